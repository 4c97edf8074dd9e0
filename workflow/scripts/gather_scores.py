"""Put every backbone's scores into one table: results/scores.parquet."""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.analysis.scores import with_training
from akb.errors import guard
from akb.tables import SCORES, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=Path, nargs="+", required=True, help="one table per backbone")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()

    write_table(with_training(pl.concat([read_table(path, SCORES) for path in given.scores])), given.output, SCORES)


if __name__ == "__main__":
    main()
