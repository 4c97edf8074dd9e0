"""How much of the difference between models' scores is noise, of items and of training.

Items are the same for all models, so what makes an item easy for all is no noise between them: only what
is left after each item's mean over the models is. Two metrics over the same items share part of it.

    noise = noise_of_marks(graded, metrics, "combined"); noise(metric_a, metric_b, models)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from akb.analysis.leave_one_out import standard_errors
from akb.analysis.metrics import Metric
from akb.analysis.scores import by_training
from akb.estimates import Array, training_variance


@dataclass(frozen=True)
class Noise:
    """Mean variance of the noise in two metrics between models, and what of it they share; fractions squared."""

    first: float = 0.0
    second: float = 0.0
    shared: float = 0.0


NoiseOf = Callable[[Metric, Metric, Sequence[str]], Noise]


@dataclass(frozen=True)
class _Unit:
    """One metric: each model's deviations by unit, and what training adds to each model's variance."""

    benchmark: str
    deviations: Mapping[str, Mapping[str, float]]  # model → unit → its part in the model's error
    training: Mapping[str, float]


def noise_of_marks(graded: pl.DataFrame, metrics: Sequence[Metric], cascade_captioner: str) -> NoiseOf:
    """From what each item earned. graded: the frame of `scores.graded`."""
    of = {metric: _unit(graded, metric, cascade_captioner) for metric in metrics}

    def noise(a: Metric, b: Metric, models: Sequence[str]) -> Noise:
        if len(models) < 2:
            return Noise()
        first, second = of[a], of[b]
        units = sorted({unit for metric in (first, second) for model in models for unit in metric.deviations[model]})
        left, right = (_between(metric, models, units) for metric in (first, second))
        shared = float((left * right).sum()) / (len(models) - 1) if first.benchmark == second.benchmark else 0.0
        own = [
            float((part * part).sum()) / (len(models) - 1) + float(np.mean([metric.training[m] for m in models]))
            for part, metric in ((left, first), (right, second))
        ]
        return Noise(own[0], own[1], shared)

    return noise


def noise_of_scores(scores: pl.DataFrame, cascade_captioner: str) -> NoiseOf:
    """From scores alone, where single answers are not known: binomial, so at most as much as given."""

    def noise(a: Metric, b: Metric, models: Sequence[str]) -> Noise:
        errors = [standard_errors(scores, metric, cascade_captioner) for metric in (a, b)]
        if not models:
            return Noise()
        return Noise(*(float(np.mean([of[model] ** 2 for model in models])) for of in errors))

    return noise


def _unit(graded: pl.DataFrame, metric: Metric, cascade_captioner: str) -> _Unit:
    rows = graded.filter(pl.col("control").is_null(), setting=metric.setting, benchmark=metric.benchmark)
    if metric.setting == "cascade":
        rows = rows.filter(captioner=cascade_captioner)
    if metric.domain != "all":
        rows = rows.filter(pl.col("category").str.to_lowercase() == metric.domain.lower())
    parts = {str(model): by_training(own) for (model,), own in rows.group_by("backbone")}
    pooled = [training_variance([marks], units, least=None) for marks, units in parts.values()]
    df = sum(one.df for one in pooled)
    variance = max(0.0, sum(one.df * one.variance for one in pooled) / df) if df else 0.0
    deviations = {}
    for (model,), own in rows.group_by("backbone"):
        earned = own.group_by("item_id", "unit").agg(pl.col("correct").mean())
        apart = earned.with_columns(pl.col("correct") - pl.col("correct").mean())
        sums = apart.group_by("unit").agg(pl.col("correct").sum())
        count = len(sums)
        widened = (count / max(1, count - 1)) ** 0.5 / len(earned)
        deviations[str(model)] = {unit: value * widened for unit, value in sums.iter_rows()}
    return _Unit(
        metric.benchmark, deviations, {model: variance / marks.shape[1] for model, (marks, _) in parts.items()}
    )


def _between(metric: _Unit, models: Sequence[str], units: Sequence[str]) -> Array:
    """(units, models): deviations without what all models share."""
    table = np.array([[metric.deviations[model].get(unit, 0.0) for model in models] for unit in units])
    found: Array = table - table.mean(axis=1, keepdims=True)
    return found
