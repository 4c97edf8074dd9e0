"""Which backbone leads, which may be the best, and how far each stands behind it.

Of several backbones the one that did best on these items did so by luck, too. So three things stand
beside the ranking: a set that contains the truly best backbone with 95 %; simultaneous intervals of how
far each stands behind the truly best; and accuracies shrunk towards their mean, which take the luck
of the first out on average. All come from one bootstrap in which backbones keep their answers to an item.

    table = leads(graded(responses, items), cascade_captioner="combined", seed=1)

Sources: S. S. Gupta, Technometrics 7 (1965), for the set; D. G. Edwards and J. C. Hsu, J. Am. Stat. Assoc. 78 (1983),
for intervals of the distance to the best; B. Efron and C. Morris, J. Am. Stat. Assoc. 68 (1973), for shrinkage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from akb.analysis.gains import points
from akb.analysis.scores import unit_numbers
from akb.estimates import (
    LEVEL,
    UNKNOWN,
    Array,
    Training,
    Units,
    effective_items,
    resampled,
    strayed,
    training_variance,
    wilson,
)

# Accuracies and `chance` are fractions of 1; `behind`, `low` and `high` are points. `among` is the setting whose
# backbones are compared: beside each setting's own ranking stand rankings by the cheaper settings of the backbones that
# the dearer ones have. `possibly_best` is the set; `beats_chance` allows for as many backbones as are compared.
LEADS = {
    "setting": pl.String,
    "among": pl.String,
    "captioner": pl.String,
    "rank": pl.Int64,
    "backbone": pl.String,
    "accuracy": pl.Float64,
    "shrunk": pl.Float64,
    "behind": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "possibly_best": pl.Boolean,
    "beats_chance": pl.Boolean,
    "chance": pl.Float64,
    "trainings": pl.Int64,
    "n": pl.Int64,
}
DEAREST_FIRST = ("audio", "cascade", "probe")


@dataclass(frozen=True)
class Comparison:
    """Several backbones over the same items, in their order; see `compare`. All but the last as fractions of 1."""

    accuracy: Array
    shrunk: Array
    low: Array
    high: Array
    possibly_best: NDArray[np.bool_]


def leads(graded: pl.DataFrame, cascade_captioner: str, seed: int) -> pl.DataFrame:
    """LEADS rows: in each setting the backbones by accuracy over all its items, best first.

    `behind` is how far a backbone stands behind the first; `low` and `high` bound how far it stands behind the
    truly best, for all of them at once. An audio-grounded backbone that was trained once, as all others were, is
    `possibly_best` whatever the items say: nothing is known of what another training would do.
    The cascade is judged by `cascade_captioner` alone.
    """
    full = graded.filter(
        pl.col("control").is_null() & ((pl.col("setting") != "cascade") | (pl.col("captioner") == cascade_captioner))
    )
    of = {setting: set(full.filter(setting=setting)["backbone"]) for setting in DEAREST_FIRST}
    frames = []
    for place, setting in enumerate(DEAREST_FIRST):
        frames.append(_ranking(full.filter(setting=setting), setting, setting, seed))
        for among in DEAREST_FIRST[:place]:
            common = of[setting] & of[among]
            if common:
                runs = full.filter(pl.col("backbone").is_in(list(common)), setting=setting)
                frames.append(_ranking(runs, setting, among, seed))
    captioner = pl.when(setting="cascade").then(pl.lit(cascade_captioner)).otherwise(pl.lit(None, pl.String))
    return pl.concat(frames).with_columns(captioner=captioner).select(list(LEADS))


def compare(marks: Array, units: Units, training: Training, trainings: Sequence[float], seed: int) -> Comparison:
    """marks: (items, backbones), what each item earned. units: of the items. trainings: behind each backbone."""
    accuracy = marks.mean(axis=0)
    count = len(accuracy)
    draws = resampled(marks, units, seed) + strayed(training, trainings, seed)
    apart = draws[:, :, None] - draws[:, None, :]  # [resample, j, i]: how far j is ahead of i by chance alone
    error = apart.std(axis=0)
    error[error == 0] = np.inf  # the same answers throughout: never told apart
    ratio = apart / error
    ratio[:, np.arange(count), np.arange(count)] = 0.0
    one_sided = np.quantile(ratio.max(axis=1), LEVEL, axis=0)
    two_sided = np.quantile(np.abs(ratio).max(axis=1), LEVEL, axis=0)
    lead = accuracy[:, None] - accuracy[None, :]  # [j, i]
    reach = np.where(np.isinf(error), 0.0, error)
    possibly = ~(lead > one_sided[None, :] * error).any(axis=0)
    wide = ~(lead > two_sided[None, :] * error).any(axis=0)
    # Whoever of the set is the best, backbone i stands this far behind it.
    least, most = lead - two_sided[:, None] * reach, lead + two_sided[:, None] * reach
    own = np.eye(count, dtype=bool)
    low = np.where(own, 0.0, least)[wide].min(axis=0).clip(0)
    high = np.where(own, 0.0, most)[wide].max(axis=0).clip(0)
    return Comparison(accuracy, _shrunk(accuracy, draws), low, high, possibly)


def _shrunk(accuracy: Array, draws: Array) -> Array:
    """Accuracies drawn towards their mean by the share of their spread that chance explains."""
    if len(accuracy) < 2:
        return accuracy
    centre = accuracy.mean()
    by_chance = float((draws - draws.mean(axis=1, keepdims=True)).var(axis=0).sum()) / (len(accuracy) - 1)
    seen = float(accuracy.var(ddof=1))
    kept = max(0.0, 1 - by_chance / seen) if seen else 0.0
    found: Array = centre + kept * (accuracy - centre)
    return found


def _ranking(runs: pl.DataFrame, setting: str, among: str, seed: int) -> pl.DataFrame:
    """One ranking, without its captioner."""
    keys = ["benchmark", "item_id", "unit"]
    earned = runs.group_by(*keys, "backbone").agg(
        pl.col("correct").mean(), chance=1 / pl.col("options").first().list.len()
    )
    wide = earned.pivot(on="backbone", index=[*keys, "chance"], values="correct").drop_nulls().sort(keys)
    names = sorted(c for c in wide.columns if c not in (*keys, "chance"))
    if not names or not len(wide):
        return pl.DataFrame(schema=LEADS)
    marks, units = wide.select(names).to_numpy(), unit_numbers(wide)
    asked = wide.select("benchmark", "item_id")
    tables = [_by_training(runs.filter(backbone=name), asked) for name in names]
    trained = [table.shape[1] for table in tables]
    training = training_variance(tables, units) if setting == "audio" else UNKNOWN
    found = compare(marks, units, training, trained, seed)
    alone = setting == "audio" and not training.df
    chance = float(wide["chance"].mean())  # type: ignore[arg-type]
    order = sorted(range(len(names)), key=lambda i: (-found.accuracy[i], names[i]))
    level = 1 - (1 - LEVEL) / len(names)
    rows = []
    for rank, i in enumerate(order, start=1):
        worth, df = effective_items(marks[:, i], units)
        share = found.accuracy[i]
        if training.df and 0 < share < 1:
            worth = share * (1 - share) / (share * (1 - share) / worth + training.variance / trained[i])
        rows.append(
            {
                "setting": setting,
                "among": among,
                "rank": rank,
                "backbone": names[i],
                "accuracy": float(share),
                "shrunk": float(found.shrunk[i]),
                "behind": points(float(found.accuracy[order[0]] - share)),
                "low": points(float(found.low[i])) if len(names) > 1 else None,
                "high": points(float(found.high[i])) if len(names) > 1 else None,
                "possibly_best": bool(found.possibly_best[i]) or alone,
                "beats_chance": wilson(share * worth, worth, level, df)[0] > chance,
                "chance": chance,
                "trainings": trained[i] if setting == "audio" else None,
                "n": len(wide),
            }
        )
    return pl.DataFrame(rows, schema=LEADS, orient="row")


def _by_training(runs: pl.DataFrame, asked: pl.DataFrame) -> Array:
    """One backbone's marks as (items, trainings), the items as in `asked`."""
    parts = [
        asked.join(part, on=["benchmark", "item_id"], how="left", maintain_order="left")["correct"].to_numpy()
        for _, part in runs.group_by("training", maintain_order=True)
    ]
    return np.stack(parts, axis=1)
