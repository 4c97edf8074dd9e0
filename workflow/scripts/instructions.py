"""Turn training clips' labels into text descriptions and questions about them.

python workflow/scripts/instructions.py --clips results/audio/mini/clips.parquet \
    --sources resources/audio_sources.yaml --output results/lalm/instructions.parquet
"""

import argparse
from dataclasses import asdict
from pathlib import Path

from akb.audio.mini_instructions import instructions
from akb.audio.sources import read_plan
from akb.errors import guard
from akb.settings.instructions import Instructions
from akb.settings.options import add_options
from akb.tables import CLIPS, INSTRUCTIONS, frame_of, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--sources", type=Path, required=True, help="the plan that says how labels are named")
    section_of = add_options(parser, Instructions)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    asking = section_of(given)

    clips = read_table(given.clips, CLIPS).filter(split="train").sort("clip_id")
    rows = instructions(clips.to_dicts(), read_plan(given.sources), asking.variants, asking.seed)
    table = frame_of([{**asdict(row), "options": list(row.options)} for row in rows], INSTRUCTIONS)
    write_table(table, given.output, INSTRUCTIONS)
    print(f"{len(table)} instructions about {len(clips)} clips, {table['description'].n_unique()} descriptions")


if __name__ == "__main__":
    main()
