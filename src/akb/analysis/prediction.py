"""From text-only scores to the audio accuracy that a training would end with, and which simple rule foretells it best.

Rules are compared on trained models that each rule has not seen: one left out, its family left out, two left
out and set against each other. The mean of the other models is one of the rules. The best of several rules is
too sure of itself with few models, so a forecast takes all of them, each by how likely it made the models left
out. docs/prediction.md says what that is worth on the paper's models and in a made world.

    trained = Trained(names, families, metrics, x, y, variances)
    forecast = forecast_of(weighted(trained), trained, candidates)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from akb.estimates import Array, jackknife

Index = NDArray[np.int64]

# Errors, savings and regret in points; coverages are fractions of 1. `saved` is how much smaller `error` is than that
# of the mean of the others. Of `pairs` unseen pairs `pairs_right` are ordered rightly, ties half, and
# `pair_regret` is what choosing the rule's favourite of two costs on average.
COMPARISON = {
    "target": pl.String,
    "rule": pl.String,
    "n": pl.Int64,
    "error": pl.Float64,
    "saved": pl.Float64,
    "saved_low": pl.Float64,
    "saved_high": pl.Float64,
    "covered_50": pl.Float64,
    "covered_90": pl.Float64,
    "families": pl.Int64,
    "family_error": pl.Float64,
    "family_covered_90": pl.Float64,
    "pairs_right": pl.Float64,
    "pairs": pl.Int64,
    "pair_regret": pl.Float64,
}
CHOSEN_ANEW = "the best rule, chosen anew"
WEIGHTED = "all rules, weighted anew"
FEWEST_TRAINED = 6  # with one left out of fewer, a line has too few models to say how far off it is
DRAWS = 20_000
_PENALTIES = 10.0 ** np.arange(-1, 4)
_EDGE = 1e-3  # how near 0 and 1 a logit is taken


@dataclass(frozen=True)
class Rule:
    """A linear rule: which columns it reads, joined to their mean or not, as logits or fractions, shrunk or not."""

    name: str
    columns: tuple[int, ...] = ()
    joined: bool = False
    logits: bool = False
    shrunk: bool = False


MEAN = Rule("mean of the others")
Weights = list[tuple[Rule, float]]


@dataclass(frozen=True)
class Trained:
    """Models whose audio accuracy is known. x: (models, metrics), y and its variances: (models,), fractions of 1."""

    names: tuple[str, ...]
    families: tuple[Hashable, ...]
    metrics: tuple[str, ...]
    x: Array
    y: Array
    variances: Array

    def only(self, kept: Index) -> Trained:
        """The same of the models `kept`."""
        names, families = (tuple(values[i] for i in kept) for values in (self.names, self.families))
        return Trained(names, families, self.metrics, self.x[kept], self.y[kept], self.variances[kept])


Way = Callable[[Trained], Weights]


@dataclass(frozen=True)
class Forecast:
    """What a rule expects of several candidates, as a joint Student distribution on the rule's own scale.

    centre: (candidates,). spread: (candidates, candidates), its squared scale, with what they share.
    """

    centre: Array
    spread: Array
    df: float
    logits: bool

    @property
    def expected(self) -> Array:
        """Each candidate's middle accuracy, as a fraction of 1."""
        return _accuracies(self.centre, self.logits)

    def below(self, accuracies: Array) -> Array:
        """The share of what is expected of each candidate that lies below `accuracies` (..., candidates)."""
        found: Array = special.stdtr(self.df, self._strayed(accuracies))
        return found

    def density(self, accuracies: Array) -> Array:
        """The logarithm of each candidate's density over accuracy, at `accuracies` (..., candidates)."""
        slope = -np.log(np.clip(accuracies * (1 - accuracies), _EDGE, None)) if self.logits else 0.0
        bound = special.gammaln((self.df + 1) / 2) - special.gammaln(self.df / 2) - 0.5 * math.log(self.df * math.pi)
        tail = (self.df + 1) / 2 * np.log1p(self._strayed(accuracies) ** 2 / self.df)
        found: Array = bound - tail - 0.5 * np.log(np.diag(self.spread)) + slope
        return found

    def draws(self, rng: np.random.Generator, count: int) -> Array:
        """Accuracies (count, candidates) that could come of training them all."""
        root = np.linalg.cholesky(self.spread + 1e-12 * np.eye(len(self.centre)))
        scale = np.sqrt(rng.chisquare(self.df, size=(count, 1)) / self.df)
        return _accuracies(self.centre + rng.normal(size=(count, len(self.centre))) @ root.T / scale, self.logits)

    def given(self, one: int, accuracies: Array) -> Array:
        """What is expected of every candidate (count, candidates) once `one` was trained and reached `accuracies`."""
        strayed = (_logit(accuracies) if self.logits else accuracies) - self.centre[one]
        share = self.spread[one] / self.spread[one, one]
        return _accuracies(self.centre + strayed[:, None] * share, self.logits)

    def _strayed(self, accuracies: Array) -> Array:
        aim = _logit(accuracies) if self.logits else accuracies
        found: Array = (aim - self.centre) / np.sqrt(np.diag(self.spread))
        return found


@dataclass(frozen=True)
class Mixture:
    """Several rules' forecasts of the same candidates, and how much each counts (sums to 1)."""

    forecasts: tuple[Forecast, ...]
    weights: Array

    @property
    def expected(self) -> Array:
        found: Array = sum(w * f.expected for w, f in zip(self.weights, self.forecasts, strict=True))
        return found

    def below(self, accuracies: Array) -> Array:
        found: Array = sum(w * f.below(accuracies) for w, f in zip(self.weights, self.forecasts, strict=True))
        return found

    def quantile(self, share: float) -> Array:
        """The accuracy of each candidate below which lies `share` of what is expected."""
        low = np.zeros(len(self.expected))
        high = np.ones(len(low))
        for _ in range(30):  # halves until a thousandth of a point is exact
            middle = (low + high) / 2
            short = self.below(middle) < share
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return high

    def draws(self, seed: int, count: int = DRAWS) -> Array:
        """Accuracies (count, candidates) that could come of training them all."""
        rng = np.random.default_rng(seed)
        counts = rng.multinomial(count, self.weights)
        return np.concatenate([f.draws(rng, n) for f, n in zip(self.forecasts, counts, strict=True)])

    def gain_of_training(self, one: int, seed: int, had: float = 0.0, count: int = 4_000) -> float:
        """What training candidate `one` first is expected to gain for the choice of the best, in points.

        Now the best expectation is chosen. Once `one` is trained, its accuracy is known, moves what each rule
        expects of the others and tells how much each rule counts; the best of all is chosen then.
        had: the best accuracy of a model that is trained already, as a fraction of 1.
        """
        reached = self.draws(seed, count)[:, one]
        likely = np.stack([f.density(reached[:, None] + np.zeros(len(f.centre)))[:, one] for f in self.forecasts])
        logs = np.log(self.weights + 1e-300)[:, None] + likely
        counts = np.exp(logs - logs.max(axis=0))
        counts /= counts.sum(axis=0)
        expected = [c[:, None] * f.given(one, reached) for c, f in zip(counts, self.forecasts, strict=True)]
        then: Array = np.sum(expected, axis=0)
        now = max(had, float(then.mean(axis=0).max()))
        return max(0.0, 100 * (float(np.maximum(had, then.max(axis=1)).mean()) - now))


@dataclass(frozen=True)
class Fit:
    """A rule fitted to trained models."""

    rule: Rule
    middle: Array
    width: Array
    weights: Array
    inverse: Array
    scale: float
    df: float

    def forecast(self, x: Array) -> Forecast:
        """Of candidates with metrics x: (candidates, metrics), fractions of 1."""
        design = _design(_features(self.rule, x), self.middle, self.width)
        spread = self.scale * (design @ self.inverse @ design.T + np.eye(len(x)))
        return Forecast(design @ self.weights, spread, self.df, self.rule.logits)


def rules(metrics: Sequence[str]) -> list[Rule]:
    """The rules that are compared, the simplest first."""
    found = [MEAN, *(Rule(name, (i,)) for i, name in enumerate(metrics))]
    if len(metrics) > 1:
        every = tuple(range(len(metrics)))
        found += [
            Rule("mean of the metrics", every, joined=True),
            Rule("ridge on logits", every, logits=True, shrunk=True),
        ]
    return found


def fit(rule: Rule, x: Array, y: Array, variances: Array) -> Fit:
    """Least squares, weighted by how well each accuracy is known beside how far models stray from the rule.

    x: (models, metrics), y and variances: (models,), fractions of 1. A shrunk rule's penalty is the one with
    the least leave-one-out error among these models.
    """
    features, aim, noise = _features(rule, x), y, variances
    if rule.logits:
        aim, noise = _logit(y), variances / np.clip(y * (1 - y), _EDGE, None) ** 2
    middle, width = features.mean(axis=0), features.std(axis=0)
    design = _design(features, middle, np.where(width > 0, width, 1.0))
    even = np.ones(len(y))
    penalties = _PENALTIES if rule.shrunk else np.zeros(1)
    found = min((_solved(design, aim, even, penalty) for penalty in penalties), key=lambda s: s.left_out)
    strayed = max(found.scale - float(noise.mean()), float(noise.mean()) / 4, 1e-12)
    known = 1 / (strayed + noise)
    found = _solved(design, aim, known / known.mean(), found.penalty)
    return Fit(rule, middle, np.where(width > 0, width, 1.0), found.weights, found.inverse, found.scale, found.df)


def best_rule(trained: Trained, among: Sequence[Rule]) -> Rule:
    """The rule with the least mean absolute leave-one-out error; of equals the first, which is the simpler."""
    return min(among, key=lambda rule: float(np.abs(_left_out(trained, _always(rule)).errors).mean()))


def weighted(trained: Trained) -> Weights:
    """Every rule, by how likely it made each model from the others: the density at its accuracy, multiplied."""
    among = rules(trained.metrics)
    likely = np.array([_left_out(trained, _always(rule)).density.sum() for rule in among])
    counts = np.exp(likely - likely.max())
    return list(zip(among, (counts / counts.sum()).tolist(), strict=True))


def forecast_of(weights: Weights, trained: Trained, x: Array) -> Mixture:
    """What `weights`' rules, fitted to `trained`, expect of candidates x: (candidates, metrics)."""
    fits = [fit(rule, trained.x, trained.y, trained.variances) for rule, _ in weights]
    return Mixture(tuple(found.forecast(x) for found in fits), np.array([weight for _, weight in weights]))


def compare(trained: Trained, target: str) -> pl.DataFrame:
    """COMPARISON rows, one for each rule, one for taking the best rule, and one for all rules weighted.

    In the last two the rule, or the weights, are found anew without the models asked for: a single rule's row
    does not know that the best of several was taken after the fact.
    """
    among = rules(trained.metrics)
    ways: list[tuple[str, Way]] = [(rule.name, _always(rule)) for rule in among]
    ways += [(CHOSEN_ANEW, lambda known: [(best_rule(known, among), 1.0)]), (WEIGHTED, weighted)]
    rows = []
    for name, way in ways:
        out = _left_out(trained, way)
        right, regret, pairs = _pairs(trained, way)
        row: dict[str, object] = {"target": target, "rule": name, "n": len(trained.y)}
        row |= {"error": 100 * float(np.abs(out.errors).mean())}
        row |= {f"covered_{level}": out.covered(level / 100) for level in (50, 90)}
        row["saved"] = _saved(trained, way)
        if name not in (
            CHOSEN_ANEW,
            WEIGHTED,
        ):  # what is chosen jumps from model to model, and a jackknife needs what does not
            row |= dict(zip(("saved_low", "saved_high"), _saved_within(trained, way), strict=True))
        row |= {"pairs_right": right, "pairs": pairs, "pair_regret": 100 * regret}
        row["families"] = len(set(trained.families))
        if len(set(trained.families)) >= 3:
            apart = _left_out(trained, way, trained.families)
            row["family_error"] = 100 * float(np.abs(apart.errors).mean())
            row["family_covered_90"] = apart.covered(0.9)
        rows.append(row)
    return pl.DataFrame(rows, schema=COMPARISON, orient="row")


def chances(draws: Array, places: int) -> Array:
    """How often each candidate is among the best `places` of draws (count, candidates); ties go to one of them."""
    order = np.argsort(-draws, axis=1)[:, :places]
    return np.bincount(order.ravel(), minlength=draws.shape[1]) / len(draws)


def outside(x: Array, known: Array) -> Array:
    """How far each value of x (candidates, metrics) lies beyond those of `known` (models, metrics); 0 within."""
    beyond: Array = np.maximum(0, np.maximum(known.min(axis=0) - x, x - known.max(axis=0)))
    return beyond


def _always(rule: Rule) -> Way:
    return lambda known: [(rule, 1.0)]


@dataclass(frozen=True)
class _LeftOut:
    """Of each model: expectation less truth, the share of its forecast below the truth, the log density there."""

    errors: Array
    below: Array
    density: Array

    def covered(self, level: float) -> float:
        return float((np.abs(self.below - 0.5) <= level / 2).mean())


def _left_out(trained: Trained, way: Way, groups: Sequence[Hashable] | None = None) -> _LeftOut:
    names = list(range(len(trained.y))) if groups is None else list(groups)
    found = _LeftOut(*np.empty((3, len(names))))
    for name in dict.fromkeys(names):
        out = np.array([other == name for other in names])
        known, truth = trained.only(np.flatnonzero(~out)), trained.y[out]
        mixture = forecast_of(way(known), known, trained.x[out])
        found.errors[out] = mixture.expected - truth
        found.below[out] = mixture.below(truth)
        found.density[out] = mixture.forecasts[0].density(truth)
    return found


def _pairs(trained: Trained, way: Way) -> tuple[float, float, int]:
    """Of all pairs, both unseen: how many are ordered rightly, the mean regret of the favourite, their number."""
    right, regret = 0.0, 0.0
    pairs = list(combinations(range(len(trained.y)), 2))
    for pair in pairs:
        both = list(pair)
        known = trained.only(np.delete(np.arange(len(trained.y)), both))
        expected = forecast_of(way(known), known, trained.x[both]).expected
        gap = float(trained.y[both[0]] - trained.y[both[1]])
        favour = 0.0 if abs(expected[0] - expected[1]) < 1e-9 else float(np.sign(expected[0] - expected[1]))
        right += (float(np.sign(gap)) * favour + 1) / 2
        regret += abs(gap) * (1 - float(np.sign(gap)) * favour) / 2
    return right, regret / len(pairs), len(pairs)


def _saved(trained: Trained, way: Way) -> float:
    errors = [np.abs(_left_out(trained, each).errors).mean() for each in (_always(MEAN), way)]
    return 100 * float(errors[0] - errors[1])


def _saved_within(trained: Trained, way: Way) -> tuple[float, float]:
    return jackknife(lambda kept: _saved(trained.only(kept), way), len(trained.y))


@dataclass(frozen=True)
class _Solved:
    weights: Array
    inverse: Array
    scale: float
    df: float
    penalty: float
    left_out: float


def _solved(design: Array, aim: Array, known: Array, penalty: float) -> _Solved:
    shrink = np.diag([0.0] + [penalty] * (design.shape[1] - 1))
    weighted = design * known[:, None]
    inverse = np.asarray(np.linalg.pinv(design.T @ weighted + shrink), dtype=np.float64)
    weights = inverse @ (weighted.T @ aim)
    residuals = aim - design @ weights
    hat: Array = ((design @ inverse) * weighted).sum(axis=1)
    df = max(1.0, len(aim) - float(hat.sum()))
    scale = max(float(known @ residuals**2) / df, 1e-12)
    left_out = float(np.abs(residuals / np.clip(1 - hat, 1e-6, None)).mean())
    return _Solved(weights, inverse, scale, df, penalty, left_out)


def _features(rule: Rule, x: Array) -> Array:
    chosen = x[:, list(rule.columns)]
    if rule.logits:
        chosen = _logit(chosen)
    return chosen.mean(axis=1, keepdims=True) if rule.joined else chosen


def _design(features: Array, middle: Array, width: Array) -> Array:
    return np.column_stack([np.ones(len(features)), (features - middle) / width])


def _logit(share: Array) -> Array:
    inside = np.clip(share, _EDGE, 1 - _EDGE)
    found: Array = np.log(inside / (1 - inside))
    return found


def _accuracies(values: Array, logits: bool) -> Array:
    found: Array = 1 / (1 + np.exp(-values)) if logits else np.clip(values, 0.0, 1.0)
    return found
