"""Ask backbones for the right option without the stem.

python workflow/scripts/stemless.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.benchmark.candidates import read_candidates
from akb.benchmark.stemless import COLUMNS, ask, rows
from akb.errors import guard
from akb.llm.backbones import backbone_of
from akb.tables import write_csv


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--backbones", nargs="+", required=True, help="each an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    backbones = [backbone_of(text) for text in args.backbones]
    answers = ask(read_candidates(args.candidates), backbones, args.store)
    write_csv(pl.DataFrame(rows(answers), schema=list(COLUMNS), orient="row"), args.output)


if __name__ == "__main__":
    main()
