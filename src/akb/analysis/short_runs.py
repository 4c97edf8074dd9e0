"""What models with a measured audio accuracy showed after a short training, beside their text-only scores.

table = stopping_of(scores, Metric.parse("audio/mini"), "combined", families, curves, risk=0.05, seed=0)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from akb.analysis.early_stopping import stopping
from akb.analysis.forecast_rules import Trained
from akb.analysis.forecasts import text_columns, trained_on
from akb.analysis.leave_one_out import standard_errors
from akb.analysis.metrics import Metric, values
from akb.analysis.training_curves import Checkpoint, checkpoints, early_values

PREFIX = "short run"


def stopping_of(
    scores: pl.DataFrame,
    target: Metric,
    captioner: str,
    families: Mapping[str, str],
    curves: pl.DataFrame,
    risk: float,
    seed: int,
) -> pl.DataFrame:
    """STOPPING rows of `target` over the models of `scores` that have it and curves; none where they are too few."""
    return stopping(known_at(scores, target, captioner, families, curves), str(target), risk, seed)


def known_at(
    scores: pl.DataFrame, target: Metric, captioner: str, families: Mapping[str, str], curves: pl.DataFrame
) -> list[tuple[Checkpoint | None, Trained]]:
    """Before any training, then at each checkpoint: models with the target and curves, and what was known of them."""
    truth, errors = values(scores, target, captioner), standard_errors(scores, target, captioner)
    names = sorted(set(truth) & set(curves["model"]))
    text = {name: column for name, column in text_columns(scores, captioner).items() if all(m in column for m in names)}

    def trained(early: Mapping[str, Mapping[str, float]]) -> Trained:
        columns = {**text, **early}
        having = [name for name in names if all(name in column for column in columns.values())]
        return trained_on(having, list(columns.values()), list(columns), truth, errors, families, early)

    found: list[tuple[Checkpoint | None, Trained]] = [(None, trained({}))] if names else []
    for checkpoint in checkpoints(curves, names):
        early = shown_by(curves, checkpoint, names)
        if early:
            found.append((checkpoint, trained(early)))
    return found


def shown_by(
    curves: pl.DataFrame, checkpoint: Checkpoint, models: Collection[str] | None = None
) -> dict[str, dict[str, float]]:
    """What trainings had shown by a checkpoint, as metrics; given `models`, only what all that were measured then have.

    The loss on what is trained on is left out where a held-out loss is known: it says less.
    """
    found = early_values(curves, checkpoint)
    if "held-out loss" in found:
        found.pop("training loss", None)
    wanted = None if models is None else {m for column in found.values() for m in column} & set(models)
    return {f"{PREFIX}: {name}": column for name, column in found.items() if wanted is None or wanted <= column.keys()}


def last_shared(curves: pl.DataFrame, finished: Collection[str], running: Collection[str]) -> Checkpoint | None:
    """The last checkpoint of the finished trainings that all of `running` have reached; None without one."""
    for checkpoint in reversed(checkpoints(curves, finished, most=1_000)):
        found = shown_by(curves, checkpoint)
        if any(set(running) <= column.keys() for column in found.values()):
            return checkpoint
    return None
