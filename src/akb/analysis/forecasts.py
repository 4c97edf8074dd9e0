"""The candidates of a table of scores, and what to expect of each: `akb predict` in values.

found = forecasts(own, published, Metric.parse("audio/MMAU"), families, "Gemini-caption", seed=0, where="scores.csv")
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from akb.analysis.forecast_distributions import Mixture, chances
from akb.analysis.forecast_rules import FEWEST_TRAINED, Trained, outside
from akb.analysis.leave_one_out import standard_errors
from akb.analysis.metrics import Metric, values
from akb.analysis.rule_comparison import compare
from akb.analysis.rule_weights import Weights, forecast_of, weighted
from akb.errors import AkbError
from akb.estimates import Array

# `status` is "measured" where the model has the target, else "forecast". Accuracies in %, `best` and `top_3` are
# chances among the candidates, `regret` is how many points the best of them is expected to be above it. `outside` is
# how many points its metric `outside_by` lies beyond those learnt from.
CANDIDATES = {
    "model": pl.String,
    "status": pl.String,
    "expected": pl.Float64,
    "low_50": pl.Float64,
    "high_50": pl.Float64,
    "low_90": pl.Float64,
    "high_90": pl.Float64,
    "best": pl.Float64,
    "top_3": pl.Float64,
    "regret": pl.Float64,
    "gain_of_training": pl.Float64,
    "outside": pl.Float64,
    "outside_by": pl.String,
}
_BOUNDS = {"low_50": 0.25, "high_50": 0.75, "low_90": 0.05, "high_90": 0.95}
Column = Mapping[str, float]  # a metric by model


@dataclass(frozen=True)
class Asked:
    """Candidates without an audio accuracy, and what is expected of them.

    names: theirs; x: (candidates, metrics) of `trained`. had: the best accuracy measured already, or 0.
    """

    names: tuple[str, ...]
    x: Array
    trained: Trained
    weights: Weights
    mixture: Mixture
    had: float


@dataclass(frozen=True)
class Forecasts:
    """CANDIDATES and COMPARISON rows, how much each rule counts, the models learnt from, and the forecast itself.

    unused: text-only scores that trained models have and only some candidates, each with the candidates that lack it.
    left_out: models of `own` none of whose scores counts.
    """

    candidates: pl.DataFrame
    comparison: pl.DataFrame
    weights: dict[str, float]
    learnt_from: tuple[str, ...]
    asked: Asked
    unused: dict[str, tuple[str, ...]]
    left_out: tuple[str, ...]


def forecasts(
    own: pl.DataFrame,
    known: pl.DataFrame,
    target: Metric,
    families: Mapping[str, str],
    captioner: str,
    seed: int,
    where: str,
    early: Mapping[str, Column] | None = None,
) -> Forecasts:
    """Forecast `target` for every model of `own`, learnt from those of `own` and `known` that have it.

    own, known: SCORES rows. A model of both is `own`'s. Metrics are those text-only ones that all candidates
    without the target and all models learnt from have, and in the same way what short trainings showed: `early`,
    name → model → value. Raises AkbError, with `where`, if there is none.
    """
    both = together(own, known)
    truth = values(both, target, captioner)
    errors = standard_errors(both, target, captioner)
    text, shown = text_columns(both, captioner), dict(early or {})
    table = {**text, **shown}
    counted = {*truth, *(name for column in table.values() for name in column)}
    candidates = sorted(counted & set(own["backbone"]))
    asked = [name for name in candidates if name not in truth]
    left_out = tuple(sorted(set(own["backbone"]) - counted))
    if left_out and not asked:
        raise AkbError(
            f"none of the scores of {', '.join(left_out)} counts; a whole probe's does, and a cascade's by {captioner}",
            where=where,
            remedy=f"say with --captioner whose cascade counts; it has {_captioners(own) or 'none'}",
        )
    if not asked:
        raise AkbError(
            f"every model has {target} already, or none has a text-only score",
            where=where,
            remedy="give the text-only scores of models that were not trained",
        )
    learnable = {name: [model for model in truth if model in column] for name, column in table.items()}
    shared = [
        name
        for name, column in table.items()
        if all(model in column for model in asked) and len(learnable[name]) >= FEWEST_TRAINED
    ]
    learnt = sorted(model for model in truth if all(model in table[name] for name in shared))
    if not shared or len(learnt) < FEWEST_TRAINED:
        raise AkbError(
            f"no text-only score is shared by all {len(asked)} candidates and {FEWEST_TRAINED} models with {target}",
            where=where,
            remedy=f"trained models have: {', '.join(n for n, have in learnable.items() if have) or 'none'}; "
            f"candidates have: {', '.join(n for n in table if any(model in table[n] for model in asked))}. "
            "--as OWN=KNOWN takes one for the other, --captioner names whose cascade counts",
        )
    trained = trained_on(learnt, [table[name] for name in shared], shared, truth, errors, families, shown)
    weights = weighted(trained)
    x = _matrix(asked, [table[name] for name in shared])
    mixture = forecast_of(weights, trained, x)
    measured = [name for name in candidates if name in truth]
    reached = np.array([truth[name] for name in measured])
    strayed = np.array([errors[name] for name in measured])
    draws = mixture.draws(seed)
    noise = np.random.default_rng([seed, 1]).normal(size=(len(draws), len(measured)))
    drawn = np.column_stack([draws, reached + strayed * noise])
    best, top = chances(drawn, 1), chances(drawn, 3)
    regret = 100 * (drawn.max(axis=1, keepdims=True) - drawn).mean(axis=0)
    bounds = {name: mixture.quantile(share) for name, share in _BOUNDS.items()}
    of_text = len(shared) - trained.early
    beyond = 100 * outside(x[:, :of_text], trained.x[:, :of_text])
    rows = []
    for i, name in enumerate(asked):
        furthest = int(beyond[i].argmax()) if of_text else None
        row: dict[str, object] = {"model": name, "status": "forecast", "expected": 100 * mixture.expected[i]}
        row |= {"outside": 0.0 if furthest is None else beyond[i, furthest]}
        row |= {bound: 100 * found[i] for bound, found in bounds.items()}
        row |= {
            "best": best[i],
            "top_3": top[i],
            "regret": regret[i],
            "gain_of_training": mixture.gain_of_training(i, seed, max(reached, default=0.0)),
        }
        far = furthest is not None and beyond[i, furthest] > 0
        rows.append(row | {"outside_by": shared[furthest] if far and furthest is not None else None})
    for i, name in enumerate(measured):
        around = {"low_50": -0.674, "high_50": 0.674, "low_90": -1.645, "high_90": 1.645}
        row = {"model": name, "status": "measured", "expected": 100 * reached[i], "outside": 0.0}
        row |= {bound: 100 * (reached[i] + z * strayed[i]) for bound, z in around.items()}
        place = len(asked) + i
        rows.append(row | {"best": best[place], "top_3": top[place], "regret": regret[place]})
    frame = pl.DataFrame(rows, schema=CANDIDATES, orient="row").sort("expected", descending=True)
    had = float(max(reached, default=0.0))
    return Forecasts(
        frame,
        compare(trained, str(target)),
        {rule.name: weight for rule, weight in weights},
        trained.names,
        Asked(tuple(asked), x, trained, weights, mixture, had),
        _unused(text, shared, asked, truth),
        left_out,
    )


def _captioners(scores: pl.DataFrame) -> str:
    cascades = scores.filter(pl.col("control").is_null(), setting="cascade")
    return ", ".join(cascades["captioner"].drop_nulls().unique().sort())


def _unused(
    text: Mapping[str, Column], shared: Collection[str], asked: Sequence[str], trained: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Of `text` what trained models and some of `asked`, not all, have: each with those that lack it."""
    found = {}
    for name in text.keys() - set(shared):
        lacking = tuple(model for model in asked if model not in text[name])
        if 0 < len(lacking) < len(asked) and any(model in text[name] for model in trained):
            found[name] = lacking
    return dict(sorted(found.items()))


def together(own: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """SCORES rows of both; a model of both is `own`'s."""
    return pl.concat([own, known.filter(~pl.col("backbone").is_in(own["backbone"].unique().to_list()))])


def text_columns(scores: pl.DataFrame, captioner: str) -> dict[str, dict[str, float]]:
    """Every whole text-only metric by its name, with each model's accuracy: probes first."""
    return {str(metric): values(scores, metric, captioner) for metric in _text_metrics(scores, captioner)}


def trained_on(
    names: Sequence[str],
    columns: Sequence[Column],
    metrics: Sequence[str],
    truth: Mapping[str, float],
    errors: Mapping[str, float],
    families: Mapping[str, str],
    early: Mapping[str, Column],
) -> Trained:
    """The models `names` with these columns; those of `early` stand last among the metrics."""
    return Trained(
        tuple(names),
        tuple(families.get(name, name) for name in names),
        tuple(metrics),
        _matrix(names, columns),
        np.array([truth[name] for name in names]),
        np.array([errors[name] ** 2 for name in names]),
        sum(metric in early for metric in metrics),
    )


def _matrix(names: Sequence[str], columns: Sequence[Column]) -> Array:
    return np.array([[column[name] for column in columns] for name in names], dtype=np.float64).reshape(
        len(names), len(columns)
    )


def _text_metrics(scores: pl.DataFrame, captioner: str) -> list[Metric]:
    whole = scores.filter(pl.col("control").is_null(), pl.col("domain").str.to_lowercase() == "all")
    cascades = (pl.col("setting") == "cascade") & (pl.col("captioner") == captioner)
    found = whole.filter((pl.col("setting") == "probe") | cascades).select("setting", "benchmark").unique()
    return [Metric(*row) for row in sorted(found.iter_rows(), key=lambda row: (row[0] != "probe", row[1]))]
