"""How stable the ranking of backbones is: over captioners, trainings, option orders and ways of asking.

Each is a factor with levels; the same backbones answer the same items at every level. Two things are told: how like
the rankings are (the mean of Kendall's tau over all pairs of levels, and how often two levels agree on the best), and
how much of what parts backbones depends on the level: the standard deviation of the backbone × level interaction
beside that of the backbones themselves, in points, freed of what a finite number of items adds (which is told, too).

    table = rank_stability(responses, answers_in_other_modes, items)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from scipy import stats

from akb.analysis.scores import RUN, TRAINED_RUN, graded, unit_numbers
from akb.estimates import Array, Units, between_units

# `tau`: Kendall's, the mean over pairs of levels; null where a level does not part any backbones. `same_best`: the
# share of pairs of levels with the same best backbone. Standard deviations are in points; `noise` is what the
# interaction would show of items alone.
RANK_STABILITY = {
    "factor": pl.String,
    "setting": pl.String,
    "benchmark": pl.String,
    "levels": pl.Int64,
    "which": pl.String,
    "backbones": pl.Int64,
    "tau": pl.Float64,
    "same_best": pl.Float64,
    "of_backbones": pl.Float64,
    "of_interaction": pl.Float64,
    "noise": pl.Float64,
    "n": pl.Int64,
}
CAPTIONERS, TRAININGS, ORDERS, WAYS = "captioners", "trainings", "option orders", "ways of asking"


@dataclass(frozen=True)
class Marks:
    """What the same backbones earned on the same items at each level: (items, backbones, levels)."""

    levels: tuple[str, ...]
    backbones: tuple[str, ...]
    values: Array
    units: Units


def rank_stability(
    responses: pl.DataFrame, other_ways: pl.DataFrame, items: pl.DataFrame, true_captions: str | None = None
) -> pl.DataFrame:
    """RANK_STABILITY rows of every factor that has two levels and two backbones.

    responses: RESPONSES rows of all runs. other_ways: answers to the same items, asked for in another mode.
    true_captions: a captioner that is none, for it is told the truth.
    """
    full = responses.filter(
        pl.col("control").is_null(),
        pl.col("captioner").ne_missing(pl.lit(true_captions, pl.String)) | pl.col("captioner").is_null(),
    )
    rows = []
    for factor, setting, benchmark, marks in _factors(full, other_ways.filter(pl.col("control").is_null()), items):
        found = _table(marks)
        if found:
            rows.append({"factor": factor, "setting": setting, "benchmark": benchmark} | _stability(found))
    return pl.DataFrame(rows, schema=RANK_STABILITY, orient="row")


def in_one_order(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """TRAINED_RUN columns, `item_id`, `unit`, `level`, `correct`: what each order alone would have earned.

    Only of runs that were asked in several orders. An item of two options has two orders: they serve again as the
    third and fourth, so that every level has every item.
    """
    several = responses.group_by(TRAINED_RUN).agg(orders=pl.col("rotation").max() + 1).filter(pl.col("orders") > 1)
    asked = responses.join(several, on=TRAINED_RUN, nulls_equal=True).join(
        items.select("item_id", "benchmark", "unit", right="answer", options=pl.col("options").list.len()),
        on=["item_id", "benchmark"],
    )
    levels = [
        asked.filter(pl.col("rotation") == level % pl.col("options"), pl.col("orders") > level).with_columns(
            level=pl.lit(str(level))
        )
        for level in range(int(asked["orders"].max() or 0))  # type: ignore[arg-type]
    ]
    right = (pl.col("answer") == pl.col("right")).fill_null(value=False).cast(pl.Float64)
    columns = [*TRAINED_RUN, "item_id", "unit", "level"]
    frames = [frame.with_columns(correct=right).select(*columns, "correct") for frame in levels]
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys([*columns, "correct"], pl.String))


def _factors(
    full: pl.DataFrame, other_ways: pl.DataFrame, items: pl.DataFrame
) -> Iterator[tuple[str, str, str, pl.DataFrame]]:
    """(factor, setting, benchmark, rows of marks with their `level`)."""
    marks = graded(full, items)
    for (benchmark,), own in _parts(marks.filter(setting="cascade"), "benchmark"):
        yield CAPTIONERS, "cascade", benchmark, own.with_columns(level="captioner")
    for (benchmark,), own in _parts(marks.filter(setting="audio"), "benchmark"):
        yield TRAININGS, "audio", benchmark, own.with_columns(level=pl.col("training").cast(pl.String))
    for (setting, benchmark, _), own in _parts(in_one_order(full, items), "setting", "benchmark", "captioner"):
        yield ORDERS, setting, benchmark, own
    if len(other_ways):
        asked = pl.concat([_by_mode(full, marks), _by_mode(other_ways, graded(other_ways, items))])
        for (setting, benchmark, captioner), own in _parts(asked, "setting", "benchmark", "captioner"):
            of = other_ways.filter(pl.col("captioner").eq_missing(pl.lit(captioner or None, pl.String)))
            if len(of.filter(setting=setting, benchmark=benchmark)):
                yield WAYS, setting, benchmark, own


def _by_mode(responses: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    modes = responses.select(*RUN, level="mode").unique()
    return marks.join(modes, on=RUN, nulls_equal=True)


def _parts(frame: pl.DataFrame, *columns: str) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    for key, own in sorted(frame.group_by(columns), key=lambda pair: tuple(map(str, pair[0]))):
        yield tuple("" if part is None else str(part) for part in key), own


def _table(marks: pl.DataFrame) -> Marks | None:
    """The marks of those backbones that have every level; None with fewer than two levels or two such backbones."""
    marks = marks.drop_nulls("level")
    count = marks["level"].n_unique()
    whole = marks.group_by("backbone").agg(pl.col("level").n_unique()).filter(level=count)["backbone"].to_list()
    if count < 2 or len(whole) < 2:
        return None
    means = (
        marks.filter(pl.col("backbone").is_in(whole))
        .group_by("item_id", "benchmark", "unit", "backbone", "level")
        .agg(pl.col("correct").mean())
        .sort("item_id", "backbone", "level")
    )
    levels, backbones = sorted(means["level"].unique()), sorted(whole)
    values = means["correct"].to_numpy().reshape(-1, len(backbones), len(levels))
    first = means.filter(backbone=backbones[0], level=levels[0])
    return Marks(tuple(levels), tuple(backbones), values.astype(np.float64), unit_numbers(first))


def _stability(marks: Marks) -> dict[str, object]:
    n, backbones, levels = marks.values.shape
    means = marks.values.mean(axis=0)
    pairs = list(combinations(range(levels), 2))
    taus = [float(stats.kendalltau(means[:, a], means[:, b]).statistic) for a, b in pairs]
    best = [set(np.flatnonzero(column >= column.max() - 1e-9)) for column in means.T]
    inner = means - means.mean(axis=0) - means.mean(axis=1, keepdims=True) + means.mean()
    degrees = (backbones - 1) * (levels - 1)
    covariance = between_units(marks.values.reshape(n, -1), marks.units)
    apart_backbones, apart_levels = (np.eye(k) - 1 / k for k in (backbones, levels))
    noise = float(np.trace(np.kron(apart_backbones, apart_levels) @ covariance)) / degrees
    of_means = between_units(marks.values.mean(axis=2), marks.units)
    own = float(means.mean(axis=1).var(ddof=1)) - float(np.trace(apart_backbones @ of_means)) / (backbones - 1)
    return {
        "levels": levels,
        "which": ", ".join(marks.levels),
        "backbones": backbones,
        "tau": None if np.isnan(taus).any() else float(np.mean(taus)),
        "same_best": float(np.mean([bool(best[a] & best[b]) for a, b in pairs])),
        "of_backbones": _points(own),
        "of_interaction": _points(float((inner**2).sum()) / degrees - noise),
        "noise": _points(noise),
        "n": n,
    }


def _points(variance: float) -> float:
    return 100 * float(np.sqrt(max(0.0, variance)))
