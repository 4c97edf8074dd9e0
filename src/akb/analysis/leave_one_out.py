"""How far the cheap text-only scores predict the expensive audio one, model left out by model left out.

For each model in turn a line is fitted to the others and asked for the model's audio accuracy from
its text-only scores: the position of someone who has trained some audio language models and must
choose the next backbone. It is set against the simplest rival, the mean of the others.

    table = predictions(scores, targets, predictors, cascade_captioner="Gemini-caption", seed=1)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from akb.analysis.metrics import Metric, values
from akb.estimates import RESAMPLES, spearman

# Errors and bounds in points; `pairs_right` of `pairs` are ordered alike by predictor and target;
# `regret` is what choosing the predictor's favourite costs against the best, in points of the target.
PREDICTIONS = {
    "target": pl.String,
    "predictors": pl.String,
    "n": pl.Int64,
    "error": pl.Float64,
    "error_low": pl.Float64,
    "error_high": pl.Float64,
    "error_of_mean": pl.Float64,
    "saved": pl.Float64,
    "saved_low": pl.Float64,
    "saved_high": pl.Float64,
    "spread": pl.Float64,
    "spearman": pl.Float64,
    "spearman_low": pl.Float64,
    "spearman_high": pl.Float64,
    "pairs_right": pl.Int64,
    "pairs": pl.Int64,
    "regret": pl.Float64,
}
FEWEST_MODELS = 5  # a line through fewer, one left out, says nothing


def predictions(
    scores: pl.DataFrame,
    targets: Sequence[Metric],
    predictors: Sequence[Sequence[Metric]],
    cascade_captioner: str,
    seed: int,
) -> pl.DataFrame:
    """PREDICTIONS rows for every target and every set of predictors that FEWEST_MODELS models have.

    `error` is the mean absolute leave-one-out error in points, its interval a bootstrap over models;
    `saved` is how much smaller it is than that of the mean of the others, paired by model; `spread`
    is the target's standard deviation over models. Rank columns are null for several predictors.
    """
    rows = []
    for target in targets:
        truth = values(scores, target, cascade_captioner)
        for chosen in predictors:
            columns = [values(scores, metric, cascade_captioner) for metric in chosen]
            models = sorted(set(truth).intersection(*columns))
            if len(models) < FEWEST_MODELS:
                continue
            y = 100 * np.array([truth[model] for model in models])
            x = 100 * np.array([[column[model] for column in columns] for model in models])
            rows.append(_row(target, chosen, x, y, seed))
    return pl.DataFrame(rows, schema=PREDICTIONS, orient="row")


def leave_one_out(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each model's value as a least-squares fit to the *other* models predicts it.

    x: (models, predictors), which may have no columns: then the mean of the others. y: (models,).
    """
    design = np.column_stack([np.ones(len(y)), x])
    fitted = np.empty(len(y))
    for left_out in range(len(y)):
        others = np.arange(len(y)) != left_out
        weights = np.linalg.lstsq(design[others], y[others], rcond=None)[0]
        fitted[left_out] = design[left_out] @ weights
    return fitted


def _row(
    target: Metric, chosen: Sequence[Metric], x: NDArray[np.float64], y: NDArray[np.float64], seed: int
) -> dict[str, object]:
    errors = np.abs(leave_one_out(x, y) - y)
    rival = np.abs(leave_one_out(x[:, :0], y) - y)
    low, high = _bounds(errors, seed)
    saved_low, saved_high = _bounds(rival - errors, seed)
    row: dict[str, object] = {
        "target": str(target),
        "predictors": " + ".join(map(str, chosen)),
        "n": len(y),
        "error": float(errors.mean()),
        "error_low": low,
        "error_high": high,
        "error_of_mean": float(rival.mean()),
        "saved": float((rival - errors).mean()),
        "saved_low": saved_low,
        "saved_high": saved_high,
        "spread": float(y.std(ddof=1)),
    }
    return row | (_ranks(x[:, 0], y) if x.shape[1] == 1 else {})


def _ranks(x: NDArray[np.float64], y: NDArray[np.float64]) -> dict[str, object]:
    rank = spearman(x.tolist(), y.tolist())
    pairs = list(combinations(range(len(y)), 2))
    return {
        "spearman": rank.value,
        "spearman_low": rank.low,
        "spearman_high": rank.high,
        "pairs_right": sum(bool((x[i] - x[j]) * (y[i] - y[j]) > 0) for i, j in pairs),
        "pairs": len(pairs),
        "regret": float(y.max() - y[int(x.argmax())]),
    }


def _bounds(of_models: NDArray[np.float64], seed: int) -> tuple[float, float]:
    """The 95 % percentile interval of the mean under a bootstrap over models."""
    draws = np.random.default_rng(seed).choice(of_models, size=(RESAMPLES, len(of_models))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)
