"""How far reviewers agree, per category: Krippendorff's alpha and Fleiss' kappa, by libraries.

Alpha takes every decision and bears gaps; kappa needs the same number of reviewers for each item, so
it is taken over the items that have the most common number (of several the largest), and says over how many.

    rows = agreement({"Sound": [["accept", "accept"], ["accept", "reject"]]})
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from akb.benchmark.candidates import Candidate
from akb.benchmark.review import Decision
from akb.benchmark.taxonomy import Subcategory

# `on`: verdicts or answers. Otherwise the fields of `Agreement`.
AGREEMENT = {
    "on": pl.String,
    "category": pl.String,
    "items": pl.Int64,
    "decisions": pl.Int64,
    "alpha": pl.Float64,
    "kappa": pl.Float64,
    "kappa_items": pl.Int64,
}


@dataclass(frozen=True)
class Agreement:
    """Nominal agreement over the verdicts, or the answers, of one category; NaN where it is not defined."""

    category: str
    items: int  # with at least two decisions
    decisions: int
    alpha: float
    kappa: float
    kappa_items: int


def agreement(verdicts: Mapping[str, Sequence[Sequence[str]]]) -> list[Agreement]:
    """One row per category: `verdicts` holds, per category, each item's verdicts or answers (in any order)."""
    return [_one(category, [v for v in items if len(v) >= 2]) for category, items in verdicts.items()]


def by_category(
    decisions: Mapping[str, Sequence[Decision]], candidates: Iterable[Candidate], taxonomy: Mapping[str, Subcategory]
) -> dict[str, list[list[str]]]:
    """Each judged candidate's verdicts, gathered by category, as `agreement` takes them."""
    gathered: dict[str, list[list[str]]] = {s.category: [] for s in taxonomy.values()}
    for candidate in candidates:
        if candidate.subcategory in taxonomy and candidate.name in decisions:
            verdicts = [d.verdict for d in decisions[candidate.name]]
            gathered[taxonomy[candidate.subcategory].category].append(verdicts)
    return gathered


def _one(category: str, items: Sequence[Sequence[str]]) -> Agreement:
    import krippendorff
    from statsmodels.stats.inter_rater import fleiss_kappa

    if not items:
        return Agreement(category, 0, 0, math.nan, math.nan, 0)
    values = sorted({value for given in items for value in given})
    counts = np.array([[Counter(v)[value] for value in values] for v in items]).reshape(-1, len(values))
    total = int(counts.sum())
    # With one value throughout there is no expected disagreement to compare with.
    if np.count_nonzero(counts.sum(axis=0)) < 2:
        return Agreement(category, len(items), total, math.nan, math.nan, 0)
    alpha = float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))
    # Of numbers that are equally common the largest, which has the most decisions behind it.
    raters, _ = max(Counter(map(len, items)).items(), key=lambda pair: (pair[1], pair[0]))
    same = counts[counts.sum(axis=1) == raters]
    defined = np.count_nonzero(same.sum(axis=0)) > 1
    kappa = float(fleiss_kappa(same, method="fleiss")) if defined else math.nan
    return Agreement(category, len(items), total, alpha, kappa, len(same))
