"""How far the cheap text-only scores predict the expensive audio one, model left out by model left out.

For each model in turn a line is fitted to the others and asked for the model's audio accuracy from
its text-only scores: the position of someone who has trained some audio language models and must
choose the next backbone. It is set against the simplest rival, the mean of the others. Relatives
of a model may give it away, so the same is done with its whole family left out.

    table = predictions(scores, targets, predictors, cascade_captioner="Gemini-caption", families=families)
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from akb.analysis.metrics import Metric, score_rows, values
from akb.estimates import Array, holm, jackknife, spearman

# Errors and bounds in points; `pairs_right` of `pairs` are ordered alike by predictor and target, ties half;
# `regret` is what choosing the predictor's favourite costs against the best, in points of the target.
# `saved_p` and `order_p` are corrected for the number of rows.
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
    "saved_p": pl.Float64,
    "families": pl.Int64,
    "family_error": pl.Float64,
    "family_error_of_mean": pl.Float64,
    "noise_floor": pl.Float64,
    "spread": pl.Float64,
    "spearman": pl.Float64,
    "spearman_low": pl.Float64,
    "spearman_high": pl.Float64,
    "kendall": pl.Float64,
    "order_p": pl.Float64,
    "pairs_right": pl.Float64,
    "pairs": pl.Int64,
    "regret": pl.Float64,
}
FEWEST_MODELS = 5  # a line through fewer, one left out, says nothing


def predictions(
    scores: pl.DataFrame,
    targets: Sequence[Metric],
    predictors: Sequence[Sequence[Metric]],
    cascade_captioner: str,
    families: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """PREDICTIONS rows for every target and every set of predictors that FEWEST_MODELS models have.

    `error` is the mean absolute leave-one-out error in points, its interval and that of `saved`, how much
    smaller it is than that of the mean of the others, by a jackknife over models; `spread` is the target's
    standard deviation over models. `noise_floor` is how far off a prediction of the true accuracy would be.
    Rank columns are null for several predictors; family columns where fewer than three families are known.
    """
    rows = []
    for target in targets:
        truth = values(scores, target, cascade_captioner)
        noise = standard_errors(scores, target, cascade_captioner)
        for chosen in predictors:
            columns = [values(scores, metric, cascade_captioner) for metric in chosen]
            models = sorted(set(truth).intersection(*columns))
            if len(models) < FEWEST_MODELS:
                continue
            y = 100 * np.array([truth[model] for model in models])
            x = 100 * np.array([[column[model] for column in columns] for model in models])
            row: dict[str, object] = {"target": str(target), "predictors": " + ".join(map(str, chosen))}
            row |= prediction(x, y, [(families or {}).get(model, model) for model in models])
            row["noise_floor"] = 100 * noise_floor([noise[model] for model in models])
            rows.append(row)
    frame = pl.DataFrame(rows, schema=PREDICTIONS, orient="row")
    return frame.with_columns(
        pl.Series(column, _corrected(frame[column].to_list()), dtype=pl.Float64) for column in ("saved_p", "order_p")
    )


def prediction(x: Array, y: Array, families: Sequence[Hashable]) -> dict[str, object]:
    """One row of PREDICTIONS from values alone, p values not yet corrected.

    x: (models, predictors) and y: (models,), in points. families: of the models.
    """
    n = len(y)
    low, high = jackknife(lambda kept: _error(x[kept], y[kept]), n)
    saved_low, saved_high = jackknife(lambda kept: _saved(x[kept], y[kept]), n)
    saved = _saved(x, y)
    reach = (saved_high - saved_low) / 2
    t = (saved_low + reach) / reach * float(stats.t.ppf(0.975, n - 1)) if reach else math.copysign(math.inf, saved)
    row: dict[str, object] = {
        "n": n,
        "error": _error(x, y),
        "error_low": max(0.0, low),
        "error_high": high,
        "error_of_mean": _error(x[:, :0], y),
        "saved": saved,
        "saved_low": saved_low,
        "saved_high": saved_high,
        "saved_p": 2 * float(stats.t.sf(abs(t), n - 1)),
        "spread": float(y.std(ddof=1)),
        "families": len(set(families)),
    }
    if len(set(families)) >= 3:
        row["family_error"] = _error(x, y, families)
        row["family_error_of_mean"] = _error(x[:, :0], y, families)
    return row | (_ranks(x[:, 0], y) if x.shape[1] == 1 else {})


def leave_one_out(x: Array, y: Array, groups: Sequence[Hashable] | None = None) -> Array:
    """Each model's value as a least-squares fit to the *other* models predicts it.

    x: (models, predictors), which may have no columns: then the mean of the others. y: (models,).
    groups: of the models, such as families; all of a model's group are left out with it.
    """
    names = list(range(len(y))) if groups is None else list(groups)
    design = np.column_stack([np.ones(len(y)), x])
    fitted = np.empty(len(y))
    for name in dict.fromkeys(names):
        out = np.array([other == name for other in names])
        weights = np.linalg.lstsq(design[~out], y[~out], rcond=None)[0]
        fitted[out] = design[out] @ weights
    return fitted


def noise_floor(errors: Sequence[float]) -> float:
    """How far measured scores lie from the true ones on average, in the errors' own unit.

    errors: standard errors of the measured scores; their noise is taken as normal. What a perfect prediction is off by.
    """
    return math.sqrt(2 / math.pi) * float(np.mean(errors))


def standard_errors(scores: pl.DataFrame, metric: Metric, cascade_captioner: str) -> dict[str, float]:
    """Each model's standard error by `metric` as a fraction of 1, over items and, where known, trainings."""
    rows = score_rows(scores, metric, cascade_captioner)
    known = rows["training_variance"].drop_nulls()
    training = max(0.0, float(known.mean())) if len(known) else 0.0  # type: ignore[arg-type]
    return {
        row["backbone"]: math.sqrt(
            row["accuracy"] * (1 - row["accuracy"]) / row["effective_n"] + training / (row["trainings"] or 1)
        )
        for row in rows.to_dicts()
    }


def _error(x: Array, y: Array, groups: Sequence[Hashable] | None = None) -> float:
    return float(np.abs(leave_one_out(x, y, groups) - y).mean())


def _saved(x: Array, y: Array) -> float:
    return _error(x[:, :0], y) - _error(x, y)


def _ranks(x: NDArray[np.float64], y: NDArray[np.float64]) -> dict[str, object]:
    rank = spearman(x.tolist(), y.tolist())
    pairs = list(combinations(range(len(y)), 2))
    order = stats.kendalltau(x, y)  # exact without ties
    signs = [float(np.sign((x[i] - x[j]) * (y[i] - y[j]))) for i, j in pairs]
    return {
        "spearman": rank.value,
        "spearman_low": rank.low,
        "spearman_high": rank.high,
        "kendall": None if math.isnan(order.statistic) else float(order.statistic),
        "order_p": 1.0 if math.isnan(order.pvalue) else float(order.pvalue),
        "pairs_right": sum((sign + 1) / 2 for sign in signs),
        "pairs": len(pairs),
        "regret": float(y.max() - y[int(x.argmax())]),
    }


def _corrected(values: Sequence[float | None]) -> list[float | None]:
    found = iter(holm([value for value in values if value is not None]))
    return [None if value is None else next(found) for value in values]
