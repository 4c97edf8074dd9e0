"""All that `akb predict` says of one audio benchmark: forecasts, what to measure next, and whom to drop early.

found = foretold(About(own, known, target, families, captioner, seed, where), curves, risk=0.05)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from akb.analysis.early_stopping import dropped
from akb.analysis.forecast_rules import FEWEST_TRAINED
from akb.analysis.forecasts import Forecasts, forecasts, text_columns, together
from akb.analysis.leave_one_out import standard_errors
from akb.analysis.metrics import Metric, score_rows, values
from akb.analysis.next_measurements import Score, next_measurements
from akb.analysis.short_runs import last_shared, shown_by, stopping_of
from akb.analysis.training_curves import Checkpoint, checkpoints

_PLACES = 3  # checkpoints that are offered as short runs


@dataclass(frozen=True)
class About:
    """What is asked: `forecasts.forecasts` explains each."""

    own: pl.DataFrame
    known: pl.DataFrame
    target: Metric
    families: Mapping[str, str]
    captioner: str
    seed: int
    where: str


@dataclass(frozen=True)
class Foretold:
    """forecasts; MEASUREMENTS rows; STOPPING rows, over `with_curves` trained models with curves.

    checkpoint: the last that every one of the candidates, `running`, has reached; None where their curves tell nothing.
    drop: which of them to drop there, together the best with `chance`.
    """

    forecasts: Forecasts
    measurements: pl.DataFrame
    stopping: pl.DataFrame
    with_curves: int
    checkpoint: Checkpoint | None
    running: tuple[str, ...]
    drop: tuple[str, ...]
    chance: float


def unmeasured(about: About) -> list[str]:
    """The models of `own` without an audio accuracy."""
    return sorted(set(about.own["backbone"]) - set(values(about.own, about.target, about.captioner)))


def stopped(about: About, curves: pl.DataFrame, risk: float) -> tuple[pl.DataFrame, list[str]]:
    """STOPPING rows, and the models of `own` with an audio accuracy and curves, from which they are."""
    finished = sorted(set(curves["model"]) & set(values(about.own, about.target, about.captioner)))
    return stopping_of(about.own, about.target, about.captioner, about.families, curves, risk, about.seed), finished


def foretold(about: About, curves: pl.DataFrame, risk: float) -> Foretold:
    """Forecast, and what follows. curves: CURVES rows, also none. Raises AkbError as `forecasts` does."""
    table, finished = stopped(about, curves, risk)
    running = unmeasured(about)
    checkpoint = last_shared(curves, finished, running) if set(running) <= set(curves["model"]) else None
    early = shown_by(curves, checkpoint, [*finished, *running]) if checkpoint else {}
    if len(finished) < FEWEST_TRAINED or not early:
        checkpoint, early = None, {}
    found = forecasts(
        about.own, about.known, about.target, about.families, about.captioner, about.seed, about.where, early
    )
    best, open_ = found.candidates["best"].to_numpy(), (found.candidates["status"] == "forecast").to_numpy()
    out = dropped(best, risk, open_) if checkpoint else []
    return Foretold(
        found,
        _measurements(about, found, curves, finished, checkpoint),
        table,
        len(finished),
        checkpoint,
        tuple(running),
        tuple(found.candidates["model"][i] for i in out),
        float(best[out].sum()),
    )


def _measurements(
    about: About, found: Forecasts, curves: pl.DataFrame, finished: list[str], reached: Checkpoint | None
) -> pl.DataFrame:
    both = together(about.own, about.known)
    errors = {
        name: standard_errors(both, Metric.parse(name), about.captioner) for name in text_columns(both, about.captioner)
    }
    rows = score_rows(both, about.target, about.captioner)
    trainings = rows["training_variance"].drop_nulls()
    of_items = rows.select((pl.col("accuracy") * (1 - pl.col("accuracy")) / pl.col("effective_n")).mean()).item()
    more = _scores(about, both, found) | _short_runs(curves, finished, reached)
    between = max(0.0, float(trainings.mean())) if len(trainings) else None  # type: ignore[arg-type]
    return next_measurements(found.asked, errors, float(of_items), between, more, about.seed)


def _scores(about: About, both: pl.DataFrame, found: Forecasts) -> dict[str, Score]:
    """Text-only scores, by any captioner, that trained models have and a candidate lacks."""
    captioners = both.filter(pl.col("control").is_null())["captioner"].drop_nulls().unique().sort().to_list()
    scores = {}
    for captioner in (about.captioner, *(name for name in captioners if name != about.captioner)):
        for metric, column in text_columns(both, captioner).items():
            of_another = captioner != about.captioner and Metric.parse(metric).setting == "cascade"
            if captioner != about.captioner and not of_another:
                continue
            lacking = [name for name in found.asked.names if name not in column]
            if (lacking and metric not in found.asked.trained.metrics) or of_another:
                scores[f"{metric} by {captioner}" if of_another else metric] = Score(column)
    return scores


def _short_runs(curves: pl.DataFrame, finished: list[str], reached: Checkpoint | None) -> dict[str, Score]:
    """A short run of every candidate up to each of a few checkpoints that they have not reached."""
    found = {}
    for place in checkpoints(curves, finished, _PLACES):
        if reached is None or place.taken > reached.taken:
            for name, column in shown_by(curves, place, finished).items():
                found[f"{name} after {place}"] = Score(column, early=True, share=place.share)
    return found
