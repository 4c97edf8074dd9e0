"""Stopping early: what a short training foretells of the audio accuracy of the whole one, and what dropping saves.

Candidates are trained side by side up to a checkpoint; then the least promising are dropped, as many as are the best of
all with a chance of together at most `risk`. How that would have gone is tried on models whose whole training is known:
some are raced as if it were not, and what their short trainings mean is learnt from the others alone.

    table = stopping(known_at, "audio/mmau", risk=0.05, seed=0)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice
from math import comb

import numpy as np
import polars as pl
from numpy.typing import NDArray

from akb.analysis.forecast_distributions import chances
from akb.analysis.forecast_rules import FEWEST_TRAINED, MEAN, Trained
from akb.analysis.rule_weights import always, forecast_of, left_out, weighted
from akb.analysis.training_curves import Checkpoint
from akb.estimates import Array

# Errors and regret in points, `share`, `risk`, `said`, `missed` and `saved` fractions of 1; a checkpoint without a step
# is before any training. `said` is the mean chance that the best was among those dropped, `missed` how often it was;
# `kept` is how many of `size` went on. `saved` is of the steps that training all of them takes. `favourite_…`: only the
# favourite goes on.
STOPPING = {
    "target": pl.String,
    "stage": pl.String,
    "step": pl.Int64,
    "share": pl.Float64,
    "models": pl.Int64,
    "error": pl.Float64,
    "error_of_mean": pl.Float64,
    "covered_90": pl.Float64,
    "risk": pl.Float64,
    "races": pl.Int64,
    "size": pl.Int64,
    "kept": pl.Float64,
    "said": pl.Float64,
    "missed": pl.Float64,
    "regret": pl.Float64,
    "saved": pl.Float64,
    "favourite_regret": pl.Float64,
    "favourite_saved": pl.Float64,
}
FEWEST_CURVES = FEWEST_TRAINED + 1  # one left out, and a line through the others
FEWEST_RACED = FEWEST_TRAINED + 2  # two raced
MOST_RACES = 40
_LARGEST, _DRAWS = 4, 2_000


def stopping(
    known_at: Sequence[tuple[Checkpoint | None, Trained]], target: str, risk: float, seed: int, races: int = MOST_RACES
) -> pl.DataFrame:
    """STOPPING rows, one for each checkpoint that FEWEST_CURVES models have.

    known_at: each checkpoint with the models trained to their end, `x` being what was known of them by then; None for
    before any training. races: held at most; they need FEWEST_RACED models, of fewer their columns are null.
    """
    rows = []
    for checkpoint, trained in known_at:
        if len(trained.y) < FEWEST_CURVES:
            continue
        out = left_out(trained, weighted)
        row: dict[str, object] = {"target": target, "models": len(trained.y), "risk": risk}
        row |= {"share": 0.0} if checkpoint is None else _place(checkpoint)
        row |= {"error": 100 * float(np.abs(out.errors).mean()), "covered_90": out.covered(0.9)}
        row["error_of_mean"] = 100 * float(np.abs(left_out(trained, always(MEAN)).errors).mean())
        if len(trained.y) >= FEWEST_RACED:
            row |= _races(trained, 0.0 if checkpoint is None else checkpoint.share, risk, seed, races)
        rows.append(row)
    return pl.DataFrame(rows, schema=STOPPING, orient="row")


def dropped(best: Array, risk: float, running: NDArray[np.bool_] | None = None) -> list[int]:
    """The candidates to drop: the least likely to be the best, as many as together have a chance of at most `risk`.

    best: each one's chance to be the best. The likeliest is never dropped, nor any that is not `running`.
    """
    order = np.argsort(best, kind="stable")[:-1]
    order = order if running is None else order[running[order]]
    return [int(i) for i in order[np.cumsum(best[order]) <= risk]]


def best_stop(table: pl.DataFrame) -> dict[str, object] | None:
    """The row of `stopping` that saves most of those in which the best was dropped no oftener than the risk says."""
    held = table.filter(pl.col("races").is_not_null(), pl.col("saved") > 0, pl.col("missed") <= pl.col("risk"))
    return held.sort("saved", descending=True).row(0, named=True) if len(held) else None


def _place(checkpoint: Checkpoint) -> dict[str, object]:
    return {"stage": checkpoint.stage, "step": checkpoint.step, "share": checkpoint.share}


def _races(trained: Trained, share: float, risk: float, seed: int, most: int) -> dict[str, object]:
    count = len(trained.y)
    size = min(_LARGEST, count - FEWEST_TRAINED)
    kept, said, missed, regret, of_favourite = [], [], [], [], []
    for racing in _groups(count, size, seed, most):
        known = trained.only(np.delete(np.arange(count), racing))
        forecast = forecast_of(weighted(known), known, trained.x[racing])
        best, truth = chances(forecast.draws(seed, _DRAWS), 1), trained.y[racing]
        out = dropped(best, risk)
        on = np.delete(truth, out)
        kept.append(len(on))
        said.append(float(best[out].sum()))
        missed.append(float(on.max() < truth.max()))
        regret.append(float(truth.max() - on.max()))
        of_favourite.append(float(truth.max() - truth[int(best.argmax())]))
    going = float(np.mean(kept)) / size
    return {
        "races": len(kept),
        "size": size,
        "kept": float(np.mean(kept)),
        "said": float(np.mean(said)),
        "missed": float(np.mean(missed)),
        "regret": 100 * float(np.mean(regret)),
        "saved": (1 - share) * (1 - going),
        "favourite_regret": 100 * float(np.mean(of_favourite)),
        "favourite_saved": (1 - share) * (1 - 1 / size),
    }


def _groups(count: int, size: int, seed: int, most: int) -> list[list[int]]:
    """Which models race each other: all groups of that size, or as many drawn as there is time for."""
    if comb(count, size) <= most:
        return [list(group) for group in combinations(range(count), size)]
    rng = np.random.default_rng([seed, 3])
    drawn = (tuple(sorted(rng.choice(count, size, replace=False).tolist())) for _ in iter(int, 1))
    return [list(group) for group in islice(drawn, most)]
