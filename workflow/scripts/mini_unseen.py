"""Build the audio benchmark `mini-unseen`: items and clips from sources that nothing else is made from.

python workflow/scripts/mini_unseen.py --plan resources/audio_sources.yaml --seed 20260319 --per-domain 60 \
    --sources results/audio/sources/*/source.json --output results/audio/mini-unseen
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.audio.drafts import settle, write_corpus
from akb.audio.library import Library
from akb.audio.mini_synthetic import synthetic_drafts, synthetic_items
from akb.audio.mini_unseen import NAME, unseen_drafts, unseen_items
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
        kept, refused = settle(synthetic_drafts(seed, unseen=True))
        items = synthetic_items(kept, seed, NAME)
    else:
        plan = read_plan(arguments.plan or Path("resources/audio_sources.yaml"))
        library = Library.load(arguments.sources, plan, seed)
        kept, refused = settle(unseen_drafts(library, plan, seed, mini.per_domain))
        refused = library.refused + refused
        items = unseen_items(kept, plan, seed)
    write_corpus(arguments.output, kept, refused)
    write_items(items, arguments.output / "items.parquet")


if __name__ == "__main__":
    main()
