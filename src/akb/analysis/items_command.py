"""`akb items`: how hard items are and how well they tell backbones apart, from results; and shorter subsets.

akb items results/benchmark/akb.parquet results/models/*/responses.parquet --subset 100 --output subset.txt
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from akb.analysis.given_tables import given_table
from akb.analysis.item_analysis import ENOUGH, Results, analyse, held_out_ranking, keeps_ranking, subset
from akb.analysis.scores import graded
from akb.atomic import write_text
from akb.errors import AkbError
from akb.tables import ITEMS, RESPONSES, write_csv


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `items` to the command line."""
    parser = commands.add_parser(
        "items",
        help="difficulty and discrimination of items from results, and subsets that keep the ranking",
        description="From the probe's responses of several backbones: each item's difficulty, point-biserial "
        "discrimination, two-parameter slope and location (8 backbones or more), and a flag where better backbones "
        "fail more often; with --subset, the items that tell most, and how well they rank other backbones.",
    )
    parser.add_argument("items", type=Path, metavar="ITEMS", help="the items table, results/benchmark/akb.parquet")
    parser.add_argument("responses", type=Path, nargs="+", metavar="RESPONSES", help="responses of each backbone")
    parser.add_argument("--csv", type=Path, help="write every item's figures there")
    parser.add_argument(
        "--subset", type=int, action="append", default=[], metavar="N", help="how many items; repeatable"
    )
    parser.add_argument("--output", type=Path, help="write the names of the last subset's items there, one a line")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Analyse and print. Raises AkbError naming the file at fault."""
    if arguments.output and not arguments.subset:
        raise AkbError("there is no subset to write", where="--output", remedy="say how many items with --subset")
    if any(size < 1 for size in arguments.subset):
        raise AkbError("a subset of no items", where="--subset", remedy="say how many items, one at least")
    table = given_table(arguments.items, ITEMS, "items", "results/benchmark/akb.parquet")
    responses = dict.fromkeys(arguments.responses)  # a file that is named twice is one
    such_as = "results/models/<backbone>/responses.parquet"
    results = results_of([given_table(path, RESPONSES, "responses", such_as) for path in responses], table)
    found = analyse(results)
    if arguments.csv:
        write_csv(pl.DataFrame([vars(f) for f in found], infer_schema_length=None), arguments.csv)
    n = len(results.backbones)
    print(f"{len(found):,} items, {n} backbones: {', '.join(results.backbones)}")
    shares = [1 - f.difficulty for f in found]
    everyone, nobody = sum(s == 1 for s in shares), sum(s == 0 for s in shares)
    print(f"right for all: {everyone}; for none: {nobody}; mean {sum(shares) / len(shares):.1%}")
    told = [f.discrimination for f in found if f.discrimination is not None]
    if told:
        print(f"point-biserial discrimination: mean {sum(told) / len(told):.2f} over {len(told)} items")
    else:
        print("no discrimination: the backbones do not differ, or are fewer than 3")
    if n < ENOUGH:
        print(f"no two-parameter model: it takes {ENOUGH} backbones")
    flagged = [f.item for f in found if f.reversed]
    print(f"{len(flagged)} items that better backbones get wrong more often: {' '.join(flagged[:20])}")
    strata = dict(table.select("item_id", "subcategory").iter_rows())
    of = [strata[item] for item in results.items]
    for size in arguments.subset:
        places = subset(results, size, of)
        own, other = keeps_ranking(results, places), held_out_ranking(results, size, of)
        kept = f"{_number(own)}; on backbones that had no part {_number(other)}"
        print(f"subset of {len(places)}: rank correlation with the whole {kept}")
    if arguments.output:
        write_text(arguments.output, "\n".join(results.items[p] for p in places) + "\n")


def results_of(responses: Sequence[pl.DataFrame], table: pl.DataFrame) -> Results:
    """Who got which item right in the probe. Raises AkbError where no backbone answered these items."""
    wanted = pl.concat(list(responses)).filter((pl.col("setting") == "probe") & pl.col("control").is_null())
    wanted = wanted.filter(pl.col("item_id").is_in(table["item_id"].implode()))
    if wanted.is_empty():
        raise AkbError("no response is to these items", where="RESPONSES", remedy="give the items that were asked")
    marks = graded(wanted, table)
    items = tuple(table["item_id"].to_list())
    backbones = tuple(sorted(marks["backbone"].unique().to_list()))
    right = np.zeros((len(backbones), len(items)))
    place = {item: k for k, item in enumerate(items)}
    row = {name: k for k, name in enumerate(backbones)}
    for name, item, correct in marks.select("backbone", "item_id", "correct").iter_rows():
        right[row[name], place[item]] = correct
    return Results(backbones, items, right)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
