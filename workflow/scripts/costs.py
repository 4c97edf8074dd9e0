"""What the run took so far, by rule and backbone: time, memory, tokens, money.

python workflow/scripts/costs.py --results results --backbones m1 m2 --responses results/models/*/responses.parquet \
    --output results/tables/costs.parquet
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.errors import guard
from akb.orchestration.costs import COSTS, costs
from akb.tables import RESPONSES, scan_table, write_with_csv

_READ = ("backbone", "setting", "prompt_tokens", "output_tokens")


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True, help="the folder whose benchmarks/ is read")
    parser.add_argument("--backbones", nargs="*", default=[])
    parser.add_argument("--responses", type=Path, nargs="*", default=[], help="of every backbone, text and audio")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()

    none = pl.DataFrame(schema={name: RESPONSES[name] for name in _READ})
    scans = [scan_table(path, RESPONSES).select(_READ) for path in given.responses]
    responses = pl.concat([none.lazy(), *scans]).collect()
    write_with_csv(costs(given.results, given.backbones, responses), given.output, COSTS)


if __name__ == "__main__":
    main()
