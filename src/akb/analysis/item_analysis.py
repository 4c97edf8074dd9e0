"""Psychometrics of items from many backbones' results: difficulty, discrimination, flags, and short subsets.

A subset is chosen on some backbones and checked on others: the shorter test should rank backbones as the whole does.

    found = analyse(Results(names, items, right)); chosen = subset(results, 100, [i.subcategory for i in items])
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import spearmanr

# From so many backbones on a two-parameter model is fitted; with fewer its slopes mean nothing.
ENOUGH = 8
# How strongly abilities and slopes are held to their priors.
_SPREAD_SLOPE = 0.5


@dataclass(frozen=True)
class Results:
    """right: (backbones, items), from 0 to 1: the share of a backbone's answers to an item that are right."""

    backbones: tuple[str, ...]
    items: tuple[str, ...]
    right: NDArray[np.float64]

    def of(self, places: Sequence[int]) -> Results:
        """The same of some backbones alone."""
        return Results(tuple(self.backbones[i] for i in places), self.items, self.right[list(places)])


@dataclass(frozen=True)
class ItemFigures:
    """difficulty: share of backbones that fail. discrimination: point-biserial correlation with the rest of the test.

    slope, location: of the two-parameter logistic model, location on the scale of abilities with mean 0 and spread 1.
    None where there are too few backbones or none differs. reversed: better backbones fail more often than weaker
    ones, beyond what chance gives (one-sided, 5 %).
    """

    item: str
    difficulty: float
    discrimination: float | None
    slope: float | None
    location: float | None
    reversed: bool


def analyse(results: Results) -> list[ItemFigures]:
    """The figures of each item, in the results' order."""
    right, n = results.right, len(results.backbones)
    total = right.sum(1)
    model = two_parameter(right) if n >= ENOUGH else None
    figures = []
    for k, item in enumerate(results.items):
        own = right[:, k]
        correlation = _correlation(own, total - own)
        # Under independence r·√(n−2)/√(1−r²) is about Student's t; 1.645 is the normal's 5 %.
        worse = (
            correlation is not None
            and n > 3
            and correlation < 0
            and -correlation * np.sqrt((n - 2) / max(1e-9, 1 - correlation**2)) > 1.645
        )
        slope, location = (float(model[0][k]), float(model[1][k])) if model else (None, None)
        figures.append(ItemFigures(item, 1 - float(own.mean()), correlation, slope, location, bool(worse)))
    return figures


def two_parameter(right: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(slopes, locations) of P(right) = c + (1 − c)·σ(a(θ − b)), c = 0, by penalised joint likelihood; a > 0.

    Abilities are held near a standard normal, log slopes and locations near 0, so that extreme items stay finite.
    """
    n, k = right.shape

    def loss(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        theta, log_a, b = x[:n], x[n : n + k], x[n + k :]
        a = np.exp(log_a)
        z = a * (theta[:, None] - b)
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        value = -(right * np.log(p + 1e-12) + (1 - right) * np.log(1 - p + 1e-12)).sum()
        value += 0.5 * (theta**2).sum() + 0.5 * (log_a**2).sum() / _SPREAD_SLOPE**2 + 0.5 * (b**2).sum() / 4
        slope = p - right
        gradient = np.concatenate(
            [
                (slope * a).sum(1) + theta,
                (slope * z).sum(0) + log_a / _SPREAD_SLOPE**2,
                -(slope * a).sum(0) + b / 4,
            ]
        )
        return float(value), gradient

    start = np.concatenate([_standardised(right.mean(1)), np.zeros(k), _standardised(-right.mean(0))])
    x: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    spread = float(x[:n].std()) or 1.0
    return np.exp(x[n : n + k]) * spread, (x[n + k :] - x[:n].mean()) / spread


def subset(results: Results, size: int, strata: Sequence[str]) -> list[int]:
    """Places of so many items: each stratum by its share, within it those that tell most about the rest of the test.

    Worth of an item: its point-biserial correlation times the spread of its answers, so that items that all or no
    backbones solve are left out. With one backbone, or none that differ, the first items of each stratum.
    """
    size = min(size, len(results.items))
    right = results.right
    total = right.sum(1)
    worth = np.zeros(len(results.items))
    for k in range(len(results.items)):
        own = right[:, k]
        worth[k] = (_correlation(own, total - own) or 0.0) * float(own.std())
    members: dict[str, list[int]] = defaultdict(list)
    for place, stratum in enumerate(strata):
        members[stratum].append(place)
    exact = {s: size * len(m) / len(strata) for s, m in members.items()}
    counts = {s: int(share) for s, share in exact.items()}
    for s in sorted(exact, key=lambda s: (counts[s] - exact[s], s))[: size - sum(counts.values())]:
        counts[s] += 1
    chosen = [p for s, m in members.items() for p in sorted(m, key=lambda p: (-worth[p], p))[: counts[s]]]
    return sorted(chosen)


def keeps_ranking(results: Results, places: Sequence[int]) -> float | None:
    """Spearman's correlation of backbones' scores on these items with those on all; None where they cannot differ."""
    whole, part = results.right.mean(1), results.right[:, list(places)].mean(1)
    if len(results.backbones) < 3 or np.ptp(whole) == 0 or np.ptp(part) == 0:
        return None
    return float(spearmanr(whole, part).statistic)


def held_out_ranking(results: Results, size: int, strata: Sequence[str], folds: int = 4) -> float | None:
    """How well subsets keep the ranking of backbones that had no part in their choice: the mean over folds."""
    found = []
    for fold in range(folds):
        test = [i for i in range(len(results.backbones)) if i % folds == fold]
        train = [i for i in range(len(results.backbones)) if i % folds != fold]
        if len(test) >= 3 and len(train) >= 2:
            kept = keeps_ranking(results.of(test), subset(results.of(train), size, strata))
            if kept is not None:
                found.append(kept)
    return float(np.mean(found)) if found else None


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _standardised(x: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(x.std())
    found: NDArray[np.float64] = (x - x.mean()) / spread if spread else np.zeros_like(x)
    return found
