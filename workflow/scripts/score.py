"""Score one backbone's responses: results/models/<backbone>/scores.parquet."""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.analysis.scores import score
from akb.errors import AkbError, guard
from akb.tables import ITEMS, RESPONSES, SCORES, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=Path, required=True, help="text responses")
    parser.add_argument(
        "--audio", type=Path, nargs="*", default=[], help="audio-grounded responses, a table per benchmark"
    )
    parser.add_argument("--items", type=Path, nargs="+", required=True, help="items of every benchmark asked")
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()

    files = [given.responses, *given.audio]
    responses = pl.concat([read_table(path, RESPONSES) for path in files])
    strangers = sorted(set(responses["backbone"]) - {given.backbone})
    if strangers:
        raise AkbError(
            f"responses of {', '.join(strangers)} among those of {given.backbone}",
            where=", ".join(map(str, files)),
            remedy="delete the tables and build them again",
        )
    items = pl.concat([read_table(path, ITEMS) for path in given.items])
    write_table(score(responses, items), given.output, SCORES)


if __name__ == "__main__":
    main()
