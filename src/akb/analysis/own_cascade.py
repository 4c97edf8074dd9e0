"""Does the backbone show through: does a LALM err where its own backbone errs when it reads captions?

Over one benchmark's items each LALM's marks are set against the cascade of every backbone. Two good answerers agree
often for being good, so agreement is taken over what their accuracies alone would give: Cohen's kappa of right and
wrong, also called error consistency (R. Geirhos et al., NeurIPS 2020). Whether *its own* cascade is nearer than others'
is the mean kappa with its own less the mean with others'; as each LALM and each cascade stands in both means, neither
a LALM that agrees with all nor a cascade that all agree with moves it.

    table = own_cascades(graded(responses, items), seed=1)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from akb.analysis.scores import by_training
from akb.estimates import LEVEL, RESAMPLES, Array, Units, resampled

ALL = "all"
# `backbone` is the LALM's, `reader` that of the cascade; `own` if they are one. Agreements are fractions of 1 of `n`
# items. `same_wrong`: of the items that both get wrong, how often they choose the same wrong option; `by_chance`: how
# often if they chose among the wrong ones by lot. In the last rows `backbone` and `reader` are "all": `kappa` is then
# how much nearer LALMs are to their own cascades than to others', and no agreement stands there.
OWN_CASCADES = {
    "benchmark": pl.String,
    "captioner": pl.String,
    "backbone": pl.String,
    "reader": pl.String,
    "own": pl.Boolean,
    "agree": pl.Float64,
    "expected": pl.Float64,
    "kappa": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "same_wrong": pl.Float64,
    "by_chance": pl.Float64,
    "n": pl.Int64,
}


@dataclass(frozen=True)
class Run:
    """One run's marks (items,), means over its trainings, and the frame of its answers by item and training."""

    marks: Array
    answers: pl.DataFrame


def own_cascades(graded: pl.DataFrame, seed: int) -> pl.DataFrame:
    """OWN_CASCADES rows, for every benchmark and captioner; none where no backbone both reads and hears.

    graded: the frame of `scores.graded`. Intervals are over units of items.
    """
    full = graded.filter(pl.col("control").is_null())
    rows: list[dict[str, object]] = []
    for (benchmark,), heard in sorted(full.filter(setting="audio").group_by("benchmark"), key=lambda pair: pair[0]):
        cascades = full.filter(setting="cascade", benchmark=benchmark)
        for (captioner,), read in sorted(cascades.group_by("captioner"), key=lambda pair: str(pair[0])):
            found = _table(heard, read, seed)
            rows += [{"benchmark": benchmark, "captioner": captioner} | row for row in found]
    return pl.DataFrame(rows, schema=OWN_CASCADES, orient="row")


def kappa(first: Array, second: Array, both: Array) -> Array:
    """Of mean marks and of the mean product of marks: agreement on right and wrong over what the means alone give."""
    agree = 1 - first - second + 2 * both
    expected = first * second + (1 - first) * (1 - second)
    return np.divide(agree - expected, 1 - expected, out=np.full_like(agree, np.nan), where=expected < 1 - 1e-12)


def _table(heard: pl.DataFrame, read: pl.DataFrame, seed: int) -> list[dict[str, object]]:
    listeners, units = _runs(heard)
    readers, _ = _runs(read)
    if not listeners.keys() & readers.keys():
        return []
    rows: list[dict[str, object]] = []
    shared = listeners.keys() & readers.keys()
    near: list[Array] = []  # draws of kappa, of backbones that both read and hear
    far: list[Array] = []
    values: dict[bool, list[float]] = {True: [], False: []}
    for listener, own in listeners.items():
        marks = np.column_stack([own.marks, *(run.marks for run in readers.values())])
        products = marks[:, 1:] * own.marks[:, None]
        means, both = marks.mean(axis=0), products.mean(axis=0)
        strayed = resampled(np.column_stack([marks, products]), units, seed)
        count = len(readers)
        inside = np.clip(means + strayed[:, : count + 1], 0, 1)
        found = kappa(np.full(count, means[0]), means[1:], both)
        drawn = kappa(inside[:, :1] + np.zeros((RESAMPLES, count)), inside[:, 1:], both + strayed[:, count + 1 :])
        for place, (reader, run) in enumerate(readers.items()):
            agree = float(1 - means[0] - means[place + 1] + 2 * both[place])
            expected = float(means[0] * means[place + 1] + (1 - means[0]) * (1 - means[place + 1]))
            low, high = _within(drawn[:, place])
            value = None if np.isnan(found[place]) else float(found[place])
            rows.append(
                {
                    "backbone": listener,
                    "reader": reader,
                    "own": listener == reader,
                    "agree": agree,
                    "expected": expected,
                    "kappa": value,
                    "low": low,
                    "high": high,
                    **_same_wrong(own.answers, run.answers),
                    "n": len(own.marks),
                }
            )
            if {listener, reader} <= shared and value is not None:
                (near if listener == reader else far).append(drawn[:, place])
                values[listener == reader].append(value)
    if near and far:
        low, high = _within(np.mean(near, axis=0) - np.mean(far, axis=0))
        nearer = float(np.mean(values[True]) - np.mean(values[False]))
        rows.append(
            {"backbone": ALL, "reader": ALL, "own": True, "kappa": nearer, "low": low, "high": high, "n": len(units)}
        )
    return rows


def _runs(rows: pl.DataFrame) -> tuple[dict[str, Run], Units]:
    """Each backbone's run over the same items in the order of their ids, and the items' units."""
    runs, units = {}, np.zeros(0, dtype=np.int64)
    for (backbone,), own in sorted(rows.group_by("backbone"), key=lambda pair: str(pair[0])):
        marks, units = by_training(own)
        runs[str(backbone)] = Run(marks.mean(axis=1), own.select("item_id", "chosen", "right", "options", "invalid"))
    return runs, units


def _same_wrong(heard: pl.DataFrame, read: pl.DataFrame) -> dict[str, float | None]:
    """Of items (and trainings) that both answer wrongly with one option: how often with the same one, and by lot."""
    single = pl.col("chosen").list.len() == 1
    wrong = single & (pl.col("chosen").list.first() != pl.col("right"))
    both = heard.filter(wrong).join(read.filter(wrong).select("item_id", other="chosen"), on="item_id")
    if not len(both):
        return {"same_wrong": None, "by_chance": None}
    same = (both["chosen"].list.first() == both["other"].list.first()).mean()
    lot = (1 / (both["options"].list.len() - 1)).mean()
    return {"same_wrong": _number(same), "by_chance": _number(lot)}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _within(draws: Array) -> tuple[float | None, float | None]:
    if np.isnan(draws).any():
        return None, None
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
