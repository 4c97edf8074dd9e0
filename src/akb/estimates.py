"""The 95 % intervals that stand behind every figure: proportions, paired gains, correlations.

Each is an interval over *items* (or over models, for correlations) as a sample of more such items.

    low, high = wilson(70, 100)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

LEVEL = 0.95
RESAMPLES = 20_000


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; `n` is the number of items or models behind it.

    value, low and high are None where the data cannot give them (too few points, no variation).
    """

    n: int
    value: float | None
    low: float | None
    high: float | None


def wilson(correct: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval of a proportion, as fractions of 1; (0, 1) when there are no items.

    Both counts may be fractional, which scipy's do not take: ties earn parts of an item, and clusters
    make `n` items worth fewer. A mean of values in [0, 1] varies at most as a proportion does, so with
    fractional `correct` the interval is a little wide, never narrow.
    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
    """
    if n == 0:
        return 0.0, 1.0
    z = float(special.ndtri((1 + level) / 2))
    share, shrink = correct / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink
    return (0.0 if correct == 0 else centre - reach), (1.0 if correct == n else centre + reach)


def mean_by_item(differences: Sequence[float] | NDArray[np.float64], seed: int, level: float = LEVEL) -> Estimate:
    """The mean of one difference per item, with the percentile interval of a bootstrap over items.

    An item is the unit that is resampled, so for a pooled gain give each item's mean over the
    backbones: their answers to one item stay together. Differences take few distinct values, and a
    mean depends only on how often each occurs; drawing those counts from a multinomial *is* the
    bootstrap, at a thousandth of its cost.

    Where all differences are equal the bootstrap would claim certainty. Then the interval reaches as
    far as an item that goes the other way and was not seen by chance (Wilson's bound for 0 of n).
    """
    values, counts = np.unique(np.asarray(differences, dtype=np.float64), return_counts=True)
    n = int(counts.sum())
    if n == 0:
        return Estimate(0, None, None, None)
    mean = float(values @ counts / n)
    if len(values) == 1:
        unseen = wilson(0, n, level)[1]
        return Estimate(n, mean, max(-1.0, mean - unseen), min(1.0, mean + unseen))
    draws = np.random.default_rng(seed).multinomial(n, counts / n, size=RESAMPLES) @ values / n
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(n, mean, float(low), float(high))


def pearson(x: Sequence[float], y: Sequence[float], level: float = LEVEL) -> Estimate:
    """Pearson's r with its interval by Fisher's z.

    None for r with fewer than two points or no variation; None for the interval with fewer than
    four points, where Fisher's z has no standard error.
    """
    return _correlation(_pearson, x, y, lambda r, n: 1 / math.sqrt(n - 3), level)


def spearman(x: Sequence[float], y: Sequence[float], level: float = LEVEL) -> Estimate:
    """Spearman's rank correlation, its interval by Fisher's z with the wider standard error for ranks.

    Source of the error term: D. G. Bonett and T. A. Wright, Psychometrika 65 (2000).
    """
    return _correlation(_spearman, x, y, lambda r, n: math.sqrt((1 + r * r / 2) / (n - 3)), level)


def _pearson(x: Sequence[float], y: Sequence[float]) -> float:
    return float(stats.pearsonr(x, y).statistic)


def _spearman(x: Sequence[float], y: Sequence[float]) -> float:
    return float(stats.spearmanr(x, y).statistic)


def _correlation(
    measure: Callable[[Sequence[float], Sequence[float]], float],
    x: Sequence[float],
    y: Sequence[float],
    standard_error: Callable[[float, int], float],
    level: float,
) -> Estimate:
    n = len(x)
    if n < 2 or len(set(x)) < 2 or len(set(y)) < 2:
        return Estimate(n, None, None, None)
    r = min(1.0, max(-1.0, measure(x, y)))
    if n < 4:
        return Estimate(n, r, None, None)
    if abs(r) > 1 - 1e-12:
        return Estimate(n, r, r, r)
    reach = float(special.ndtri((1 + level) / 2)) * standard_error(r, n)
    return Estimate(n, r, math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach))
