"""Freeze the selected candidates, if they fill the quotas: the JSONL file and its item card.

python workflow/scripts/freeze.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.atomic import write_text
from akb.benchmark.agreement import AGREEMENT
from akb.benchmark.candidates import read_candidates
from akb.benchmark.card import card, read_second_solve
from akb.benchmark.frozen import freeze, read_frozen, to_jsonl
from akb.benchmark.shortfall import require_filled
from akb.benchmark.stemless import accuracies, read_stemless
from akb.benchmark.taxonomy import read_taxonomy
from akb.errors import guard
from akb.settings.benchmark import Benchmark
from akb.settings.options import add_options
from akb.tables import AUDIT, read_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for table in ("selected", "audit", "agreement", "taxonomy"):
        parser.add_argument(f"--{table}", type=Path, required=True)
    parser.add_argument("--second-solve", type=Path, required=True, help="CSV of the second solving of authored items")
    parser.add_argument("--stemless", type=Path, nargs="*", default=[], help="what the rule `stemless` wrote")
    parser.add_argument("--earlier", type=Path, nargs="*", default=[], help="the frozen version before")
    section_of = add_options(parser, Benchmark, "name")
    parser.add_argument("--frozen", type=Path, required=True)
    parser.add_argument("--card", type=Path, required=True)
    args = parser.parse_args()

    taxonomy = read_taxonomy(args.taxonomy)
    audit = read_table(args.audit, AUDIT)
    require_filled(audit, taxonomy, where=str(args.taxonomy), audit_path=str(args.audit.with_suffix(".csv")))
    selected = read_candidates(args.selected)
    people = {
        row["name"]: {"by": row["reviewers"].split("; "), "answered": row["answered"], "right": row["right"]}
        for row in audit.filter(pl.col("decisions") > 0).iter_rows(named=True)
    }
    items = freeze(selected, taxonomy, people)
    text = to_jsonl(items)
    agreement = read_table(args.agreement, AGREEMENT)
    second = read_second_solve(args.second_solve, audit)
    stemless = accuracies([c.content_hash for c in selected], read_stemless(args.stemless))
    earlier = next(((path.stem, read_frozen(path)) for path in args.earlier), None)
    name = section_of(args).name
    write_text(args.card, card(name, text, items, audit, agreement, second, stemless, earlier))
    write_text(args.frozen, text)


if __name__ == "__main__":
    main()
