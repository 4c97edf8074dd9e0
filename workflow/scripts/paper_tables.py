"""The paper's Tables 1 to 4, theirs and ours, as CSV, Markdown and LaTeX.

python workflow/scripts/paper_tables.py --scores results/scores.parquet --items results/benchmark/akb.parquet \
    --accuracy resources/published/accuracy.csv --systems resources/published/published_lalms.csv \
    --output results/tables/paper
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.analysis.published import published_scores
from akb.atomic import write_text
from akb.errors import guard
from akb.reading.files import read_json_file
from akb.report.paper_tables import paper_tables, published_access, published_systems
from akb.report.sheet import as_csv, latex, markdown
from akb.tables import ITEMS, SCORES, read_table

WAYS = {"csv": as_csv, "md": markdown, "tex": latex}


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--items", type=Path, nargs="+", required=True, help="of the text-only benchmarks")
    parser.add_argument("--accuracy", type=Path, required=True, help="resources/published/accuracy.csv")
    parser.add_argument("--systems", type=Path, required=True, help="resources/published/published_lalms.csv")
    parser.add_argument("--display", type=read_json_file, default={}, help="a JSON file: backbone → {name, …}")
    parser.add_argument("--output", type=Path, required=True, help="a folder of table1.csv, .md, .tex, …")
    given = parser.parse_args()

    sheets = paper_tables(
        read_table(given.scores, SCORES),
        pl.concat([read_table(path, ITEMS) for path in given.items]),
        published_scores(given.accuracy),
        published_access(given.accuracy),
        published_systems(given.systems),
        {backbone: shown["name"] for backbone, shown in given.display.items()},
    )
    for name, sheet in sheets.items():
        for ending, written in WAYS.items():
            write_text(given.output / f"{name}.{ending}", written(sheet))


if __name__ == "__main__":
    main()
