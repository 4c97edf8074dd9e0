"""What the editor of a benchmark looks at: agreement, accuracy, pace, the most disputed questions, and what waits.

tables = overview(merged, agreement, accuracy)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median

import polars as pl

from akb.benchmark.merging import Merged
from akb.benchmark.review import Decision, opinion, person
from akb.benchmark.review_page import Table

_SHOWN = 12


def waiting(merged: Merged) -> list[str]:
    """Names of the candidates that an adjudication can help: conflicts first, then what too few doubt."""
    order = {"conflict": 0, "open": 1}
    found = [name for name, status in merged.status.items() if status in order]
    return sorted(found, key=lambda name: order[merged.status[name]])


def overview(merged: Merged, agreement: pl.DataFrame, accuracy: pl.DataFrame) -> list[Table]:
    """The tables of the editor's page; those that would be empty are left out."""
    status = Counter(merged.status.values())
    tables = [Table("Questions by status", ["status", "questions"], [(s, f"{n:,}") for s, n in status.most_common()])]
    judged = agreement.filter(pl.col("items") > 0)
    if not judged.is_empty():
        rows = [
            (f"{a['category']}, {a['on']}", f"{a['items']:,}", _number(a["alpha"]), _number(a["kappa"]))
            for a in judged.iter_rows(named=True)
        ]
        heads = ["category", "questions with two or more", "Krippendorff's alpha", "Fleiss' kappa"]
        tables.append(Table("Agreement", heads, rows))
    if not accuracy.is_empty():
        people = [
            (
                f"{a['reviewer']}, {a['category']}",
                f"{a['right']} of {a['answered']}",
                f"{a['accuracy']:.0%} ({a['low']:.0%} to {a['high']:.0%})",
            )
            for a in accuracy.iter_rows(named=True)
        ]
        tables.append(
            Table("Answers before the key was shown", ["reviewer, category", "as the key", "accuracy"], people)
        )
    if pace := _pace(merged):
        tables.append(Table("Pace", ["reviewer", "decisions", "seconds to answer, median"], pace))
    disputed = _disputed(merged)
    if disputed:
        tables.append(Table("Most disputed", ["question", "opinions"], disputed, numeric=False))
    return tables


def _pace(merged: Merged) -> list[tuple[str, str, str]]:
    by: dict[str, list[Decision]] = defaultdict(list)
    for given in merged.decisions.values():
        for decision in given:
            by[person(decision.reviewer)].append(decision)
    rows = []
    for _, given in sorted(by.items()):
        seconds = [float(d.seconds.replace(",", ".")) for d in given if d.seconds]
        rows.append((given[0].reviewer, f"{len(given):,}", f"{median(seconds):.0f}" if seconds else "–"))
    return rows


def _disputed(merged: Merged) -> list[tuple[str, str]]:
    """Questions by the part of reviewers' pairs that differ, in verdict or answer, the most first."""
    questions = {c.name: c.question for c in merged.candidates}
    found = [(dispute(given), name) for name, given in merged.decisions.items()]
    ranked = sorted((pair for pair in found if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    return [(questions[name], " | ".join(map(opinion, merged.decisions[name]))) for _, name in ranked[:_SHOWN]]


def dispute(given: Sequence[Decision]) -> float:
    """The part of pairs of reviewers who differ in their verdict or, if both answered, in their answer; 0 for one."""
    pairs = [(a, b) for i, a in enumerate(given) for b in given[i + 1 :]]
    differ = [a.verdict != b.verdict or bool(a.answer and b.answer and a.answer != b.answer) for a, b in pairs]
    return sum(differ) / len(pairs) if pairs else 0.0


def _number(value: float) -> str:
    return "–" if value is None or value != value else f"{value:.2f}".replace("-", "−")
