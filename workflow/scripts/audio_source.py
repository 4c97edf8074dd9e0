"""Gather one source of recordings: fetch its packages, keep its chosen files, list them with labels.

python workflow/scripts/audio_source.py --plan resources/audio_sources.yaml --source scratch \
    --downloads downloads --seed 20260319 --output results/audio/sources/scratch/source.json
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.atomic import write_text
from akb.audio.sources import gather, read_plan, to_json
from akb.errors import guard
from akb.settings.audio import Mini
from akb.settings.options import add_options


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--downloads", type=Path, required=True, help="packages are kept here between runs")
    section_of = add_options(parser, Mini, "seed")
    parser.add_argument("--output", type=Path, required=True, help="source.json; the files go beside it")
    arguments = parser.parse_args()
    plan = read_plan(arguments.plan)
    source = gather(arguments.source, plan, arguments.output.parent, arguments.downloads, section_of(arguments).seed)
    write_text(arguments.output, to_json(source))


if __name__ == "__main__":
    main()
