"""Take an imported training set's questions, but for those about clips that an audio benchmark tests with.

python workflow/scripts/training_instructions.py --rows results/audio/mine/rows.parquet \
    --tests results/audio/mini/clips.parquet --output results/audio/mine/instructions.parquet \
    --both-sides results/audio/mine/both_sides.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.audio.own_set import apart, clips_under_test
from akb.errors import guard
from akb.tables import INSTRUCTIONS, read_table, write_csv, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--tests", type=Path, nargs="*", default=[], help="clips tables of the audio benchmarks")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--both-sides", type=Path, required=True, help="which clips are left out")
    given = parser.parse_args()

    rows, tests = read_table(given.rows, INSTRUCTIONS), clips_under_test(given.tests)
    kept, both = apart(rows, tests)
    write_table(kept, given.output, INSTRUCTIONS)
    write_csv(both, given.both_sides)
    print(f"{len(kept)} of {len(rows)} questions; {len(both)} clips left out because a benchmark tests with them")


if __name__ == "__main__":
    main()
