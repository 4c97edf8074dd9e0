"""What to measure next: what each further measurement is expected to be worth for the choice of what to train.

Now the best expectation would be chosen. A measurement moves expectations, and the best is chosen then: that this is
better on average is the regret that it saves (the value of information of decision theory; R. A. Howard, IEEE Trans.
Syst. Sci. Cybern. 2 (1966)). Expectations and what moves them are taken as normal.

    rows = next_measurements(forecasts.asked, noise, items, training_variance, more, seed=0)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from akb.analysis.forecast_rules import FEWEST_TRAINED, Trained
from akb.analysis.forecasts import Asked, Column
from akb.analysis.rule_weights import forecast_of, left_out, weighted
from akb.estimates import Array

# `model` is null for what is measured of all candidates. `shortening`: by how much of its length the interval (of that
# model; the mean of all) is expected to shorten, a fraction of 1. `regret_saved` in points. `kind` names what it costs,
# `times` and `share` how much of it: so many trainings, so many times the questions, that share of a training.
MEASUREMENTS = {
    "measurement": pl.String,
    "kind": pl.String,
    "model": pl.String,
    "times": pl.Int64,
    "share": pl.Float64,
    "shortening": pl.Float64,
    "regret_saved": pl.Float64,
    "note": pl.String,
}
TRAIN, ITEMS, METRIC, SHORT_RUN = "training", "more items", "another score", "short run"
MOST_TRAININGS = 3
_DRAWS = 20_000
_STEP = 1e-3


@dataclass(frozen=True)
class Score:
    """Trained models' score that candidates lack. early: of a short run, this `share` of a training."""

    values: Column
    early: bool = False
    share: float = 1.0


def next_measurements(
    asked: Asked,
    errors: Mapping[str, Column],
    target_variance: float,
    training_variance: float | None,
    more: Mapping[str, Score],
    seed: int,
) -> pl.DataFrame:
    """MEASUREMENTS rows, the greatest expected saving first.

    errors: metric → model → standard error over items, of trained models and candidates. target_variance: of an audio
    accuracy over items; training_variance: between trainings of one model, None if no model was trained twice. more:
    by its name, scores that the candidates do not have yet.
    """
    draws = asked.mixture.draws(seed, _DRAWS)
    middle, spread = draws.mean(axis=0), np.atleast_2d(np.cov(draws, rowvar=False))
    rows = [
        *_trainings(asked, middle, spread, target_variance, training_variance, seed),
        *_items(asked, errors, middle, spread, seed),
        *_metrics(asked, more, middle, spread, seed),
    ]
    return pl.DataFrame(rows, schema=MEASUREMENTS, orient="row").sort(
        "regret_saved", "shortening", descending=True, maintain_order=True
    )


def regret_saved(middle: Array, moves: Array, had: float) -> float:
    """How much better the best of what is expected then is than the best now, in points.

    middle: (candidates,) what is expected now, moves: (draws, candidates) by how much that may change.
    """
    now = max(had, float(middle.max()))
    then = np.maximum(had, (middle + moves - moves.mean(axis=0)).max(axis=1))
    return max(0.0, 100 * (float(then.mean()) - now))


def _trainings(
    asked: Asked, middle: Array, spread: Array, of_items: float, of_training: float | None, seed: int
) -> list[dict[str, object]]:
    """Each candidate trained: once, and where it is known how far trainings stray from each other, three times."""
    noise = of_items + (of_training or 0.0)
    true = spread - min(noise, 0.9 * float(np.diag(spread).min())) * np.eye(len(middle))
    normal = np.random.default_rng([seed, 4]).normal(size=_DRAWS)
    rows = []
    for i, name in enumerate(asked.names):
        for times in (1,) if of_training is None else (1, MOST_TRAININGS):
            seen = true[i, i] + of_items + (of_training or 0.0) / times
            moves = normal[:, None] * true[i] / np.sqrt(seen)
            left = true[i, i] * (1 - true[i, i] / seen)
            seeds = "" if of_training is None else " once" if times == 1 else f" with {times} seeds"
            rows.append(
                {
                    "measurement": f"train {name}{seeds}",
                    "kind": TRAIN,
                    "model": name,
                    "times": times,
                    "shortening": 1 - float(np.sqrt(left / true[i, i])),
                    "regret_saved": regret_saved(middle, moves, asked.had),
                    "note": "no model was trained twice: what seeds add is not known" if of_training is None else None,
                }
            )
    return rows


def _items(
    asked: Asked, errors: Mapping[str, Column], middle: Array, spread: Array, seed: int
) -> list[dict[str, object]]:
    """Two and four times the questions of each text-only score, for all candidates.

    More questions make a score more reliable: what it says of the ability behind it then moves expectations by more
    (errors in variables; W. A. Fuller, Measurement Error Models (1987)).
    """
    rows = []
    trained = asked.trained
    for place, metric in enumerate(trained.metrics[: len(trained.metrics) - trained.early]):
        own = errors.get(metric, {})
        if not all(name in own for name in (*trained.names, *asked.names)):
            continue
        of_trained = float(np.mean([own[name] ** 2 for name in trained.names]))
        ability = float(trained.x[:, place].var(ddof=1)) - of_trained
        slopes = _slopes(asked, place)
        for times in (2, 4):
            if ability <= 0:
                variances = np.zeros(len(middle))
            else:
                noise = np.array([own[name] ** 2 for name in asked.names])
                reliable, more = ability / (ability + noise), ability / (ability + noise / times)
                variances = (slopes / reliable) ** 2 * ability * (more - reliable)
            note = "its scores differ by no more than chance" if ability <= 0 else None
            rows.append(_of_all(f"{times} × the questions of {metric}", ITEMS, times, variances, asked, middle, spread,
                                seed, note))  # fmt: skip
    return rows


def _metrics(
    asked: Asked, more: Mapping[str, Score], middle: Array, spread: Array, seed: int
) -> list[dict[str, object]]:
    """Each score that candidates lack and enough trained models have: how much closer it would have foretold them."""
    rows = []
    for metric, score in more.items():
        have = np.array([name in score.values for name in asked.trained.names])
        if have.sum() < FEWEST_TRAINED + 1:
            continue
        known = asked.trained.only(np.flatnonzero(have))
        with_it = _with(known, metric, score)
        before, after = (float(np.mean(left_out(each, weighted).errors ** 2)) for each in (known, with_it))
        closer = max(0.0, 1 - after / before) if before > 0 else 0.0
        note = f"from {len(known.names)} trained models" + ("; it foretold them no closer" if closer == 0 else "")
        kind = SHORT_RUN if score.early else METRIC
        rows.append(_of_all(metric, kind, 1, closer * np.diag(spread), asked, middle, spread, seed, note)
                    | {"share": score.share})  # fmt: skip
    return rows


def _with(known: Trained, metric: str, score: Score) -> Trained:
    """The same models with one more column: after the text-only ones, or last if it is of a short run."""
    place = len(known.metrics) if score.early else len(known.metrics) - known.early
    x = np.insert(known.x, place, np.array([score.values[name] for name in known.names]), axis=1)
    metrics = (*known.metrics[:place], metric, *known.metrics[place:])
    return replace(known, metrics=metrics, x=x, early=known.early + score.early)


def _of_all(
    measurement: str,
    kind: str,
    times: int,
    variances: Array,
    asked: Asked,
    middle: Array,
    spread: Array,
    seed: int,
    note: str | None,
) -> dict[str, object]:
    """A measurement of all candidates that moves each one's expectation by this variance, each by itself."""
    whole = np.diag(spread)
    inside = np.minimum(variances, 0.99 * whole)
    moves = np.random.default_rng([seed, 5]).normal(size=(_DRAWS, len(middle))) * np.sqrt(inside)
    return {
        "measurement": measurement,
        "kind": kind,
        "model": None,
        "times": times,
        "shortening": float(np.mean(1 - np.sqrt(1 - inside / whole))),
        "regret_saved": regret_saved(middle, moves, asked.had),
        "note": note,
    }


def _slopes(asked: Asked, place: int) -> Array:
    """By how much each candidate's expectation moves with one of its metrics, per unit of it."""
    step = np.zeros(asked.x.shape[1])
    step[place] = _STEP
    ends = [forecast_of(asked.weights, asked.trained, asked.x + sign * step).expected for sign in (1, -1)]
    slopes: Array = (ends[0] - ends[1]) / (2 * _STEP)
    return slopes
