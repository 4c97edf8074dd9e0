"""`akb floor`: how many of a benchmark's items a choice among the options alone gets right.

akb floor resources/akb/akb.jsonl --why
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from akb.analysis.other_toolkits import FIELDS, ScoredItem, read_scored_items
from akb.errors import AkbError

# What tells MMAU's domains, MMAR's, and our categories.
_DOMAINS = ("task", "modality", "domain", "category")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `floor` to the command line."""
    parser = commands.add_parser(
        "floor",
        help="what a choice among the options alone scores",
        description="Fit a conditional logit to surface features of options (length, rank of numbers, likeness, "
        "wording), cross-validated by item, and say what it scores: the floor beside chance.",
    )
    parser.add_argument("items", type=Path, metavar="ITEMS", help="MMAU or MMAR JSON, JSONL, or an items.parquet")
    parser.add_argument("--by", choices=FIELDS, help="the field that parts the items; by default task, modality, …")
    parser.add_argument("--why", action="store_true", help="name the features that say most")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Fit and print. Raises AkbError naming file and row."""
    from akb.analysis.floor import Question, floors, weights

    items = read_scored_items(arguments.items)
    field = arguments.by or _field(items)
    if arguments.by and not any(arguments.by in item.fields for item in items):
        raise AkbError(f"no item has the field {field}", where=str(arguments.items), remedy="name another with --by")
    asked = [item for item in items if len(item.options) > 1]
    questions = [Question(item.question, item.options, item.answer, item.fields.get(field, "")) for item in asked]
    found = floors(questions)
    if arguments.json:
        record = {n: {**vars(f), "accuracy": f.accuracy} for n, f in found.items()}
        print(json.dumps(record, indent=2, ensure_ascii=False))
        return
    width = max(map(len, found))
    print(f"{field or '':<{width}} {'n':>6} {'chance':>7} {'floor':>7}  95 % interval")
    for name, f in found.items():
        print(f"{name:<{width}} {f.n:>6} {f.chance:>7.1%} {f.accuracy:>7.1%}  {f.low:.1%} to {f.high:.1%}")
    if skipped := len(items) - len(asked):
        print(f"\n{skipped} items with one option are left out.")
    if arguments.why:
        print("\nWhat says most (logits a standard deviation):")
        for feature, weight in list(weights(questions).items())[:12]:
            print(f"{weight:+.2f}  {feature}")


def _field(items: Sequence[ScoredItem]) -> str:
    return next((name for name in _DOMAINS if any(name in item.fields for item in items)), "")
