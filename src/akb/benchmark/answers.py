"""What reviewers answered before they saw the key: whom it shows to know the matter, and which keys it puts in doubt.

table = blind_accuracy(merged.decisions, candidates, taxonomy)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from akb.benchmark.candidates import Candidate
from akb.benchmark.merging import Merged
from akb.benchmark.review import Decision, person
from akb.benchmark.taxonomy import Subcategory
from akb.estimates import wilson

ACCURACY: Mapping[str, Any] = {
    "reviewer": pl.String,
    "category": pl.String,
    "answered": pl.Int64,
    "right": pl.Int64,
    "accuracy": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def answered(
    decisions: Mapping[str, Sequence[Decision]], candidates: Iterable[Candidate], taxonomy: Mapping[str, Subcategory]
) -> dict[str, list[list[str]]]:
    """Each candidate's blind answers, gathered by category, as `agreement` takes them.

    Options have no name that lasts, so an answer stands as its place among the candidate's sorted options.
    """
    gathered: dict[str, list[list[str]]] = {s.category: [] for s in taxonomy.values()}
    for candidate in candidates:
        if candidate.subcategory in taxonomy:
            options = sorted((candidate.answer, *candidate.distractors))
            given = [str(options.index(d.answer)) for d in decisions.get(candidate.name, []) if d.answer in options]
            if given:
                gathered[taxonomy[candidate.subcategory].category].append(given)
    return gathered


def blind_accuracy(
    decisions: Mapping[str, Sequence[Decision]], candidates: Iterable[Candidate], taxonomy: Mapping[str, Subcategory]
) -> pl.DataFrame:
    """Accuracy against the key by reviewer and category, and over all; with Wilson's 95 % interval. Schema ACCURACY."""
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    called: dict[str, str] = {}
    for candidate in candidates:
        if candidate.subcategory in taxonomy:
            category = taxonomy[candidate.subcategory].category
            for d in decisions.get(candidate.name, []):
                if d.answer:
                    who = called.setdefault(person(d.reviewer), d.reviewer)
                    for part in (category, "all"):
                        found[who, part].append(d.answer == candidate.answer)
    rows = []
    for (who, category), right in sorted(found.items()):
        low, high = wilson(sum(right), len(right))
        row = {"reviewer": who, "category": category, "answered": len(right), "right": sum(right)}
        rows.append({**row, "accuracy": sum(right) / len(right), "low": low, "high": high})
    return pl.DataFrame(rows, schema=dict(ACCURACY), orient="row")


def statuses(merged: Merged) -> list[dict[str, Any]]:
    """One row of `tables.STATUSES` per candidate: what became of it, by whose word, and how these answered."""
    keys = {c.name: c.answer for c in merged.candidates}
    rows = []
    for name, status in merged.status.items():
        given = merged.decisions.get(name, [])
        answers = [d.answer for d in given if d.answer]
        rows.append(
            {
                "name": name,
                "status": status,
                "decisions": len(given),
                "reviewers": [published(d.reviewer) for d in given],
                "answered": len(answers),
                "right": sum(answer == keys[name] for answer in answers),
            }
        )
    return rows


def published(reviewer: str) -> str:
    """The name under which a reviewer stands in public: as given, but of an address only what is before the @."""
    return reviewer.split("@")[0].strip() or reviewer
