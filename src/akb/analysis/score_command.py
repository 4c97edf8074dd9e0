"""`akb score`: what a prediction file scores, and how much of that is the scoring rule.

akb score mmau-test-mini.json predictions.jsonl --field model_output --rule robust --json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from akb.analysis.other_toolkits import (
    RULES,
    Scoreboard,
    Tally,
    effect_of_rules,
    given_ids,
    in_their_order,
    other_version,
    read_predictions,
    read_scored_items,
)
from akb.reading.questions import MEANINGS, Fields


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `score` to the command line."""
    parser = commands.add_parser(
        "score",
        help="score a prediction file under the official or the robust rule",
        description="Score any toolkit's predictions (JSON list or JSONL, joined by `id`) for MMAU, MMAR or akb items.",
    )
    parser.add_argument(
        "items", type=Path, metavar="ITEMS", help="questions: JSON, JSONL, CSV, Parquet, a datasets folder"
    )
    parser.add_argument(
        "predictions", type=Path, metavar="PREDICTIONS", help="JSON, JSONL, CSV or Parquet with an `id` per row"
    )
    parser.add_argument("--field", required=True, metavar="NAME", help="the field that holds the model's response")
    parser.add_argument(
        "--rule",
        choices=RULES,
        default="robust",
        help="official: the benchmarks' published word rule; robust: read the answer out of the text (default)",
    )
    parser.add_argument(
        "--answer-is",
        choices=MEANINGS,
        help="what the items' key is, where their file cannot tell: the right option's text, its letter, its number",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Score and print. Raises AkbError naming file and row."""
    items = read_scored_items(arguments.items, Fields(answer_is=arguments.answer_is or ""))
    called = given_ids(arguments.items)
    predictions = read_predictions(arguments.predictions, arguments.field, (item.id for item in items), called)
    version = other_version(arguments.predictions, items, arguments.field, called)
    if version.rows:
        print(
            f"akb: {version.rows} rows of {arguments.predictions} carry other options or keys than the items: "
            f"were they made from another version of the benchmark?\n  first: {version.first}",
            file=sys.stderr,
        )
    if version.orders:
        print(
            f"akb: {arguments.predictions} lists the options of {len(version.orders)} items in another order than "
            "their file: letters are read in the order that the predictions list",
            file=sys.stderr,
        )
    effect = effect_of_rules(in_their_order(items, version.orders), predictions)
    board = effect.official if arguments.rule == "official" else effect.robust
    if arguments.json:
        print(json.dumps(board.as_dict(), indent=2, ensure_ascii=False))
        return
    print(table(board))
    if board.reasons:
        print("\nnot read: " + ", ".join(f"{reason} {count}" for reason, count in board.reasons.items()))
    print(
        f"\nThe rule alone: official {effect.official.total.accuracy:.1%}, robust {effect.robust.total.accuracy:.1%} "
        f"({effect.moved:+.1%}); {len(effect.gained)} items right under robust alone, "
        f"{len(effect.lost)} under official alone."
    )


def table(board: Scoreboard) -> str:
    """The score as aligned text, one line a group."""
    rows = [("", "", board.total)]
    rows += [(name, value, tally) for name, values in board.by.items() for value, tally in values.items()]
    width_name = max(len(name) for name, _, _ in rows)
    width_value = max(len(value) for _, value, _ in rows)
    names = f"{'n':>6} {'correct':>8} {'missing':>8} {'invalid':>8} {'accuracy':>9}"
    head = f"{board.rule + ' rule':<{width_name + width_value + 2}}  {names}"
    lines = [f"{name or 'all':<{width_name}}  {value:<{width_value}}  {_numbers(tally)}" for name, value, tally in rows]
    return "\n".join([head, *lines])


def _numbers(tally: Tally) -> str:
    return f"{tally.n:>6} {tally.correct:>8} {tally.missing:>8} {tally.invalid:>8} {tally.accuracy:>9.1%}"
