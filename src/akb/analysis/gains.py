"""What the evidence is worth: paired differences over the same items.

A gain is accuracy with the evidence minus accuracy under a control, item by item. Pairing takes the
items' own difficulty out.

    table = gains(graded(responses, items), seed=20260319)
"""

from __future__ import annotations

from typing import Any

import polars as pl

from akb.analysis.scores import by_training
from akb.estimates import Array, Estimate, Training, Units, mean_by_item, training_variance

POOLED = "pooled"
WHOLE = "all"
GAINS = {
    "backbone": pl.String,
    "setting": pl.String,
    "benchmark": pl.String,
    "captioner": pl.String,
    "control": pl.String,
    "domain": pl.String,
    "gain": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}


def gains(graded: pl.DataFrame, seed: int) -> pl.DataFrame:
    """GAINS rows, in points (hundredths): each backbone alone, then all pooled, per run and control;
    over the whole benchmark (domain "all"), then in each of its domains.

    graded: the frame of `scores.graded`. `n` is the number of items. A control without a captioner
    of its own (no caption at all: null or "none") is the control of every captioner. Pooled rows
    average an item's differences over the backbones that have both runs. Intervals are over units of
    items and, where some backbone was trained several times, over trainings; a gain is taken within each
    training.
    """
    full = graded.filter(pl.col("control").is_null() & (pl.col("setting") != "probe"))
    controls = graded.filter(pl.col("control").is_not_null())
    on = ["backbone", "setting", "benchmark", "item_id", "training"]
    pairs = full.join(controls, on=on, suffix="_control", nulls_equal=True).filter(
        pl.col("captioner").eq_missing(pl.col("captioner_control"))
        | pl.col("captioner_control").is_null()
        | (pl.col("captioner_control") == "none")
    )
    pairs = pairs.select(
        *on,
        "captioner",
        "unit",
        domain="category",
        control="control_control",
        difference=pl.col("correct") - pl.col("correct_control"),
    )
    run = ["setting", "benchmark", "captioner", "control"]
    rows = []
    for key, group in sorted(pairs.group_by(run), key=lambda pair: _order(pair[0])):
        named = dict(zip(run, key, strict=True))
        for domain in (WHOLE, *sorted(group["domain"].unique())):
            part = group if domain == WHOLE else group.filter(domain=domain)
            rows += _rows({**named, "domain": domain}, part, seed)
    return pl.DataFrame(rows, schema=GAINS, orient="row")


def _shared_training(tables: dict[str, tuple[Array, Units]]) -> Training:
    """What one training adds to a gain, over all backbones together."""
    found = [training_variance([marks], units, least=None) for marks, units in tables.values()]
    df = sum(one.df for one in found)
    return Training(max(0.0, sum(one.df * one.variance for one in found) / df), df) if df else Training()


def _pooled(group: pl.DataFrame, tables: dict[str, tuple[Array, Units]], training: Training, seed: int) -> Estimate:
    """The mean over backbones, item by item; the trainings of different backbones stray independently."""
    keys = ["item_id", "benchmark", "unit"]
    means = group.group_by(*keys, "backbone").agg(pl.col("difference").mean())
    by_item = means.group_by(keys).agg(pl.col("difference").mean()).with_columns(training=pl.lit(None, pl.Int64))
    marks, units = by_training(by_item, "difference")
    shares = sum(1 / table.shape[1] for table, _ in tables.values())
    return mean_by_item(marks[:, 0], seed, units, training, len(tables) ** 2 / shares)


def _rows(run: dict[str, Any], pairs: pl.DataFrame, seed: int) -> list[dict[str, Any]]:
    """Each backbone's gain over these items, then the pooled one."""
    parts = sorted(pairs.group_by("backbone"), key=lambda pair: _order(pair[0]))
    tables = {str(backbone): by_training(own, "difference") for (backbone,), own in parts}
    training = _shared_training(tables)
    rows = [
        _row(run, backbone, mean_by_item(marks.mean(axis=1), seed, units, training, marks.shape[1]))
        for backbone, (marks, units) in tables.items()
    ]
    return [*rows, _row(run, POOLED, _pooled(pairs, tables, training, seed))]


def _row(run: dict[str, Any], backbone: str, gain: Estimate) -> dict[str, Any]:
    bounds = {"gain": points(gain.value), "low": points(gain.low), "high": points(gain.high)}
    return {"backbone": backbone, **run, **bounds, "n": gain.n}


def points(fraction: float | None) -> float | None:
    """Hundredths."""
    return None if fraction is None else 100 * fraction


def _order(key: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in key)
