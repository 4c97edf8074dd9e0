"""Build the audio benchmark `mini`: test items, test and training clips, and what was rejected.

python workflow/scripts/mini.py --plan resources/audio_sources.yaml --sources results/audio/sources/*/source.json \
    --seed 20260319 --per-domain 60 --training-scale 1.0 --output results/audio/mini
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.audio.drafts import settle, write_corpus
from akb.audio.library import Library
from akb.audio.mini import test_drafts, test_items
from akb.audio.mini_synthetic import synthetic_drafts, synthetic_items
from akb.audio.mini_training import training_drafts
from akb.audio.sources import read_plan
from akb.errors import guard
from akb.items import write_items
from akb.settings.audio import Mini
from akb.settings.options import add_options


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", type=Path, help="what labels mean; not for --synthetic")
    parser.add_argument("--sources", type=Path, nargs="*", default=[], help="the source.json of every source")
    section_of = add_options(parser, Mini)
    parser.add_argument("--output", type=Path, required=True, help="folder of items.parquet and clips.parquet")
    arguments = parser.parse_args()
    mini, seed = section_of(arguments), section_of(arguments).seed
    if mini.synthetic:
        kept, refused = settle(synthetic_drafts(seed))
        items = synthetic_items(kept, seed)
    else:
        plan = read_plan(arguments.plan or Path("resources/audio_sources.yaml"))
        library = Library.load(arguments.sources, plan, seed)
        drafts = test_drafts(library, plan, seed, mini.per_domain)
        kept, refused = settle(drafts + training_drafts(library, plan, seed, mini.training_scale))
        refused = library.refused + refused
        items = test_items(kept, plan, seed)
    write_corpus(arguments.output, kept, refused)
    write_items(items, arguments.output / "items.parquet")


if __name__ == "__main__":
    main()
