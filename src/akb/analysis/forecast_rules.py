"""Simple linear rules from cheap scores to the audio accuracy that a training would end with, fitted to trained models.

fit(rules(trained)[1], trained.x, trained.y, trained.variances).forecast(candidates)
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from akb.analysis.forecast_distributions import EDGE, Forecast, logit
from akb.estimates import Array

Index = NDArray[np.int64]

FEWEST_TRAINED = 6  # with one left out of fewer, a line has too few models to say how far off it is
_PENALTIES = 10.0 ** np.arange(-1, 4)


@dataclass(frozen=True)
class Rule:
    """A linear rule: which columns it reads, joined to their mean or not, as logits or fractions, shrunk or not."""

    name: str
    columns: tuple[int, ...] = ()
    joined: bool = False
    logits: bool = False
    shrunk: bool = False


MEAN = Rule("mean of the others")


@dataclass(frozen=True)
class Trained:
    """Models whose audio accuracy is known. x: (models, metrics), y and its variances: (models,), fractions of 1.

    The last `early` metrics are what a short training showed: on scales of their own, so no rule takes their mean.
    """

    names: tuple[str, ...]
    families: tuple[Hashable, ...]
    metrics: tuple[str, ...]
    x: Array
    y: Array
    variances: Array
    early: int = 0

    def only(self, kept: Index) -> Trained:
        """The same of the models `kept`."""
        names, families = (tuple(values[i] for i in kept) for values in (self.names, self.families))
        return Trained(names, families, self.metrics, self.x[kept], self.y[kept], self.variances[kept], self.early)


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


def rules(trained: Trained) -> list[Rule]:
    """The rules that are compared, the simplest first."""
    found = [MEAN, *(Rule(name, (i,)) for i, name in enumerate(trained.metrics))]
    text = tuple(range(len(trained.metrics) - trained.early))
    if len(text) > 1:
        found += [
            Rule("mean of the metrics", text, joined=True),
            Rule("ridge on logits", text, logits=True, shrunk=True),
        ]
    if text:
        found += [
            Rule(f"ridge on text and {trained.metrics[i]}", (*text, i), shrunk=True)
            for i in range(len(text), len(trained.metrics))
        ]
    return found


def fit(rule: Rule, x: Array, y: Array, variances: Array) -> Fit:
    """Least squares, weighted by how well each accuracy is known beside how far models stray from the rule.

    x: (models, metrics), y and variances: (models,), fractions of 1. A shrunk rule's penalty is the one with
    the least leave-one-out error among these models.
    """
    features, aim, noise = _features(rule, x), y, variances
    if rule.logits:
        aim, noise = logit(y), variances / np.clip(y * (1 - y), EDGE, None) ** 2
    middle, width = features.mean(axis=0), features.std(axis=0)
    design = _design(features, middle, np.where(width > 0, width, 1.0))
    even = np.ones(len(y))
    penalties = _PENALTIES if rule.shrunk else np.zeros(1)
    found = min((_solved(design, aim, even, penalty) for penalty in penalties), key=lambda s: s.left_out)
    strayed = max(found.scale - float(noise.mean()), float(noise.mean()) / 4, 1e-12)
    known = 1 / (strayed + noise)
    found = _solved(design, aim, known / known.mean(), found.penalty)
    return Fit(rule, middle, np.where(width > 0, width, 1.0), found.weights, found.inverse, found.scale, found.df)


def outside(x: Array, known: Array) -> Array:
    """How far each value of x (candidates, metrics) lies beyond those of `known` (models, metrics); 0 within."""
    beyond: Array = np.maximum(0, np.maximum(known.min(axis=0) - x, x - known.max(axis=0)))
    return beyond


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
    inverse = _inverse(design.T @ weighted + shrink)
    weights = inverse @ (weighted.T @ aim)
    residuals = aim - design @ weights
    hat: Array = ((design @ inverse) * weighted).sum(axis=1)
    df = max(1.0, len(aim) - float(hat.sum()))
    scale = max(float(known @ residuals**2) / df, 1e-12)
    left_out = float(np.abs(residuals / np.clip(1 - hat, 1e-6, None)).mean())
    return _Solved(weights, inverse, scale, df, penalty, left_out)


def _inverse(matrix: Array) -> Array:
    """The inverse, or what comes nearest to it where a column says nothing."""
    try:
        return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(matrix), dtype=np.float64)


def _features(rule: Rule, x: Array) -> Array:
    chosen = x[:, list(rule.columns)]
    if rule.logits:
        chosen = logit(chosen)
    return chosen.mean(axis=1, keepdims=True) if rule.joined else chosen


def _design(features: Array, middle: Array, width: Array) -> Array:
    return np.column_stack([np.ones(len(features)), (features - middle) / width])
