"""The 95 % intervals that stand behind every figure: proportions, paired gains, correlations.

Each is an interval over *items* (or over models, for correlations) as a sample of more such items. Items
that share a recording, a clip or a template are no independent samples: `units` names what each item
belongs to, and whole units are resampled. docs/statistics.md has sources and measured coverage.

    low, high = wilson(70, 100)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

LEVEL = 0.95
RESAMPLES = 5_000
Array = NDArray[np.float64]
Units = NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; `n` is the number of items or models behind it.

    value, low and high are None where the data cannot give them (too few points, no variation).
    """

    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Training:
    """How far one training strays from the mean of all: `variance`, known to `df` degrees of freedom.

    None of it is known (df 0) where each model was trained once: then intervals are over items alone.
    """

    variance: float = 0.0
    df: int = 0


UNKNOWN = Training()


def wilson(correct: float, n: float, level: float = LEVEL, df: float = math.inf) -> tuple[float, float]:
    """Wilson's score interval of a proportion, as fractions of 1; (0, 1) when there are no items.

    Both counts may be fractional, which scipy's do not take: ties earn parts of an item, and clusters
    make `n` items worth fewer. A mean of values in [0, 1] varies at most as a proportion does, so with
    fractional `correct` the interval is a little wide, never narrow.
    df: degrees of freedom of the effective `n`, if it was estimated; then Student's quantile is taken.
    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
    """
    if n == 0:
        return 0.0, 1.0
    z = _quantile(level, df)
    share, shrink = correct / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink
    return (0.0 if correct == 0 else centre - reach), (1.0 if correct == n else centre + reach)


def effective_items(marks: Array, units: Units) -> tuple[float, float]:
    """How many independent right-or-wrong items `marks` (in [0, 1]) are worth, and the degrees of freedom of that.

    The number at which a proportion would vary as their mean does: fewer than there are items by the design
    effect, the variance between units over that between items (never below 1); more where marks are means over
    trainings, which vary less than right and wrong do. Where all marks are equal nothing is seen of the units, and
    they count as whole. Right-or-wrong items that stand alone are worth themselves, with infinite degrees of freedom.
    Source: L. Kish, Survey Sampling (1965); for its use in Wilson's interval N. Dean and M. Pagano,
    J. Surv. Stat. Methodol. 3 (2015).
    """
    n = len(marks)
    if n == 0:
        return 0.0, math.inf
    sizes = np.bincount(units)
    mean = float(marks.mean())
    deviations = marks - mean
    of_items = float(deviations @ deviations) / (n * n)
    alone = sizes.max() <= 1
    equal_units = n * n / float(sizes @ sizes)
    df = math.inf if alone else max(1.0, equal_units - 1)
    if of_items < 1e-12:
        return equal_units, df
    effect = 1.0 if alone else max(1.0, float(_covariance(deviations[:, None], units)[0, 0]) * (n - 1) / n / of_items)
    return mean * (1 - mean) / (of_items * effect), df


def between_units(marks: Array, units: Units) -> Array:
    """The covariance of the means of `marks` (items, columns) over units as a sample of more units."""
    return _covariance(marks - marks.mean(axis=0), units)


def training_variance(marks: Sequence[Array], units: Units, least: float | None = 0.0) -> Training:
    """What trainings add to the variance of a mean, from tables (items, trainings), one for each model.

    Few trainings of one model say little, so all models' are taken together. Accuracies of two trainings
    also differ because each item falls out anew, and an interval over items holds that already: its part,
    taken from how much the trainings differ item by item, is subtracted (the residual of a two-way layout).
    least: None, to pool estimates later, which may be negative.
    """
    df, total = 0, 0.0
    for table in marks:
        trainings = table.shape[1]
        if trainings < 2:
            continue
        between = float(table.mean(axis=0).var(ddof=1))
        residuals = table - table.mean(axis=1, keepdims=True)
        within = float(np.diag(between_units(residuals, units)).mean()) * trainings / (trainings - 1)
        df += trainings - 1
        total += (trainings - 1) * (between - within)
    return Training(total / df if least is None else max(least, total / df), df) if df else UNKNOWN


def resampled(marks: Array, units: Units, seed: int) -> Array:
    """Deviations of the means of `marks` (items, columns) under a bootstrap of whole units: (RESAMPLES, columns).

    Columns are resampled together. The deviations are widened to what a Student interval over as many
    units has, since a plain percentile interval is too narrow with few.
    Source of the widening: T. C. Hesterberg, Am. Stat. 69 (2015).
    """
    sizes = np.bincount(units).astype(np.float64)
    count = len(sizes)
    sums = np.stack([np.bincount(units, weights=column) for column in (marks - marks.mean(axis=0)).T], axis=1)
    if count < 2:
        return np.zeros((RESAMPLES, marks.shape[1]))
    weights = _weights(count, seed)
    draws: Array = (weights @ sums) / (weights @ sizes)[:, None]
    effective = float(sizes.sum() ** 2 / (sizes @ sizes))
    return draws * math.sqrt(count / (count - 1)) * _quantile(LEVEL, max(1.0, effective - 1)) / _quantile(LEVEL)


def strayed(training: Training, trainings: Sequence[float], seed: int) -> Array:
    """Draws of what training adds to each of several models' means: (RESAMPLES, models).

    trainings: how many each mean is over. All share one estimate of the variance, so its error is shared.
    """
    if not training.df or not training.variance:
        return np.zeros((RESAMPLES, len(trainings)))
    rng = np.random.default_rng([seed, 1])
    scale = np.sqrt(training.variance / np.asarray(trainings, dtype=np.float64))
    chi = rng.chisquare(training.df, size=(RESAMPLES, 1)) / training.df
    draws: Array = rng.normal(size=(RESAMPLES, len(trainings))) * scale / np.sqrt(chi)
    return draws


def mean_by_item(
    differences: Sequence[float] | Array,
    seed: int,
    units: Units | None = None,
    training: Training = UNKNOWN,
    trainings: float = 1.0,
) -> Estimate:
    """The mean of one difference per item, with the percentile interval of a bootstrap over units.

    For a pooled gain give each item's mean over the backbones: their answers to one item stay together.
    units: none, where each item stands alone. training, trainings: what training adds, and the number of
    trainings that the mean is over.

    Where all differences are equal the bootstrap would claim certainty. Then the interval reaches as
    far as a unit that goes the other way and was not seen by chance (Wilson's bound for 0 of n).
    """
    values = np.asarray(differences, dtype=np.float64)
    n = len(values)
    if n == 0:
        return Estimate(0, None, None, None)
    groups = np.arange(n) if units is None else units
    mean = float(values.mean())
    if values.min() == values.max():
        unseen = wilson(0, int(groups.max()) + 1)[1]
        return Estimate(n, mean, max(-1.0, mean - unseen), min(1.0, mean + unseen))
    draws = resampled(values[:, None], groups, seed)[:, 0] + strayed(training, [trainings], seed)[:, 0]
    low, high = mean + np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(n, mean, float(low), float(high))


def jackknife(statistic: Callable[[NDArray[np.int64]], float], n: int, level: float = LEVEL) -> tuple[float, float]:
    """A Student interval for statistic(all), from how it moves when each of `n` models is left out.

    About the statistic itself: what is asked is its mean over as many models, not over ever more of them.
    statistic: of the models' indices. Source: J. W. Tukey, Ann. Math. Stat. 29 (1958).
    """
    every = np.arange(n)
    whole = statistic(every)
    pseudo = [n * whole - (n - 1) * statistic(np.delete(every, left_out)) for left_out in range(n)]
    reach = _quantile(level, n - 1) * float(np.std(pseudo, ddof=1)) / math.sqrt(n)
    return whole - reach, whole + reach


def pearson(x: Sequence[float], y: Sequence[float], level: float = LEVEL) -> Estimate:
    """Pearson's r with its interval by Fisher's z.

    None for r with fewer than two points or no variation; None for the interval with fewer than
    four points, where Fisher's z has no standard error. Points exactly on a line say of the correlation
    behind them only what their order says: that interval is `spearman`'s.
    """
    n, r = len(x), _defined(_pearson, x, y)
    if r is None or n < 4:
        return Estimate(n, r, None, None)
    if abs(r) > 1 - 1e-12:
        return Estimate(n, r, *_of_ranks(x, y, level))
    found = stats.pearsonr(x, y).confidence_interval(level)
    return Estimate(n, r, float(found.low), float(found.high))


def spearman(x: Sequence[float], y: Sequence[float], level: float = LEVEL) -> Estimate:
    """Spearman's rank correlation, with an interval that holds for few models, too.

    It has every rank correlation under which a sample like this one is not too rare, found from the
    distribution of the sample's rank correlation under normal scores of each correlation: with five models
    in perfect order the true correlation may still be far from 1. A sample's own probability counts half,
    for the few values that ranks can take would else make the interval too wide (mid-P).
    Above FEW_RANKS models the normal approximation of D. G. Bonett and T. A. Wright, Psychometrika 65 (2000).
    None for the interval with fewer than four.
    """
    n, r = len(x), _defined(_spearman, x, y)
    if r is None or n < 4:
        return Estimate(n, r, None, None)
    if n > FEW_RANKS:
        reach = _quantile(level) * math.sqrt((1 + r * r / 2) / (n - 3))
        shown = min(1 - 1e-12, max(-1 + 1e-12, r))
        return Estimate(n, r, math.tanh(math.atanh(shown) - reach), math.tanh(math.atanh(shown) + reach))
    low, high = _of_ranks(x, y, level)
    return Estimate(n, r, *(6 / math.pi * math.asin(bound / 2) for bound in (low, high)))


def smallest_significant_r(n: int) -> float | None:
    """The |r| that n models must exceed to be told from 0 (two-sided, 5 %); None below three models."""
    if n < 3:
        return None
    t = _quantile(LEVEL, n - 2)
    return t / math.sqrt(n - 2 + t * t)


def holm(values: Sequence[float]) -> list[float]:
    """P values corrected for how many there are: S. Holm, Scand. J. Stat. 6 (1979)."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    corrected, least = [0.0] * len(values), 0.0
    for place, i in enumerate(order):
        least = max(least, min(1.0, (len(values) - place) * values[i]))
        corrected[i] = least
    return corrected


FEW_RANKS = 30
_CORRELATIONS = np.concatenate(
    [np.linspace(-0.999, -0.95, 8), np.linspace(-0.94, 0.94, 95), np.linspace(0.95, 0.999, 8)]
)


def _of_ranks(x: Sequence[float], y: Sequence[float], level: float) -> tuple[float, float]:
    """The bounds of the correlation of the normal scores behind the ranks of x and y."""
    below = np.array(_rank_distribution(len(x), round(_spearman(x, y), 9)))
    tail = (1 - level) / 2
    # As the correlation grows, fewer samples lie below what was seen.
    low, high = np.interp([tail - 1, -tail], -below, _CORRELATIONS, left=-1.0, right=1.0)
    return float(low), float(high)


@lru_cache(maxsize=256)
def _rank_distribution(n: int, seen: float) -> tuple[float, ...]:
    """For each of _CORRELATIONS the share of samples whose rank correlation is below `seen`, equal ones half."""
    return tuple(
        float((found < seen - 1e-9).mean() + 0.5 * (np.abs(found - seen) <= 1e-9).mean()) for found in _rank_samples(n)
    )


@lru_cache(maxsize=8)
def _rank_samples(n: int) -> tuple[Array, ...]:
    """Sample rank correlations of `n` models under each of _CORRELATIONS."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 4_000, n))
    ranks = first.argsort(axis=1).argsort(axis=1)
    scale = n * (n * n - 1) / 6
    found = []
    for correlation in _CORRELATIONS:
        other = correlation * first + math.sqrt(1 - correlation**2) * second
        apart = ranks - other.argsort(axis=1).argsort(axis=1)
        found.append(1 - (apart * apart).sum(axis=1) / scale)
    return tuple(found)


def _pearson(x: Sequence[float], y: Sequence[float]) -> float:
    return float(stats.pearsonr(x, y).statistic)


def _spearman(x: Sequence[float], y: Sequence[float]) -> float:
    return float(stats.spearmanr(x, y).statistic)


def _defined(
    measure: Callable[[Sequence[float], Sequence[float]], float], x: Sequence[float], y: Sequence[float]
) -> float | None:
    """The measure in [-1, 1]; None with fewer than two points or no variation."""
    if len(x) < 2 or len(set(x)) < 2 or len(set(y)) < 2:
        return None
    return min(1.0, max(-1.0, measure(x, y)))


def _covariance(deviations: Array, units: Units) -> Array:
    """The covariance of column means from deviations (items, columns) summed by unit; 0 with a single unit."""
    sums = np.stack([np.bincount(units, weights=column) for column in deviations.T], axis=1)
    count, n = len(sums), len(deviations)
    if count < 2:
        return np.zeros((deviations.shape[1],) * 2)
    found: Array = count / (count - 1) * (sums.T @ sums) / (n * n)
    return found


@lru_cache(maxsize=4)
def _weights(count: int, seed: int) -> Array:
    """How often each of `count` units is drawn, for every resample. The same for all runs over the same units."""
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    return drawn.astype(np.float64)


def _quantile(level: float, df: float = math.inf) -> float:
    """Two-sided: of the normal distribution, or of Student's with `df` degrees of freedom."""
    return float(special.ndtri((1 + level) / 2) if math.isinf(df) else special.stdtrit(df, (1 + level) / 2))
