"""Position bias: does a backbone answer what is right, or what stands in one place?

Set against each other: the share of answers at each shown position, and the share of right options
shown there. A backbone that reads the options answers each position about as often as it is right.

    table = position_bias(responses, items)
"""

from __future__ import annotations

import math

import polars as pl

_RUN = ["backbone", "setting", "benchmark", "captioner", "mode"]
POSITIONS = {
    **dict.fromkeys(_RUN, pl.String),
    "position": pl.Int64,
    "answered": pl.Float64,
    "right": pl.Float64,
    "n": pl.Int64,
    "bias": pl.Float64,
    "expected": pl.Float64,
}


def position_bias(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """POSITIONS rows: per run with full evidence and per shown position (0-based, 0 is the first option).

    Columns: backbone, setting, benchmark, captioner, mode, position, `answered` and `right` (shares
    of 1), `n` (responses read, all rotations), `bias` (half the sum of absolute differences over the
    run's positions: the share of answers that would have to move; 0 none, near 1 total), `expected` (the bias
    to expect of a backbone that is wrong as often but prefers no place: few items look biased by chance alone).
    """
    shown = (
        responses.filter(pl.col("control").is_null() & pl.col("invalid").is_null() & pl.col("answer").is_not_null())
        .join(items.select("item_id", "benchmark", "options", right="answer"), on=["item_id", "benchmark"])
        .with_columns(options=pl.col("options").list.len().cast(pl.Int64))
        # rotation r shows option (i + r) mod n at place i
        .with_columns(
            answered=(pl.col("answer") - pl.col("rotation")) % pl.col("options"),
            right=(pl.col("right") - pl.col("rotation")) % pl.col("options"),
        )
    )
    counts = [
        shown.group_by([*_RUN, column]).agg(pl.len().alias(f"{column}_count")).rename({column: "position"})
        for column in ("answered", "right")
    ]
    keys = [*_RUN, "position"]
    expected = _expected(shown)
    return (
        counts[0]
        .join(counts[1], on=keys, how="full", coalesce=True, nulls_equal=True)
        .with_columns(pl.col("answered_count", "right_count").fill_null(0).cast(pl.Int64))
        .with_columns(n=pl.col("answered_count").sum().over(_RUN))
        .select(
            *keys,
            pl.col("n"),
            answered=pl.col("answered_count") / pl.col("n"),
            right=pl.col("right_count") / pl.col("n"),
        )
        .with_columns(bias=(pl.col("answered") - pl.col("right")).abs().sum().over(_RUN) / 2)
        .join(expected, on=_RUN, how="left", nulls_equal=True)
        .sort(keys)
        .select(list(POSITIONS))
    )


def _expected(shown: pl.DataFrame) -> pl.DataFrame:
    """The mean bias by chance alone, by run.

    At a place the difference of answers and right options is what wrong answers brought there or took away: each does
    either with probability 1 / options, so it is nearly normal with variance 2 / options for each wrong answer.
    """
    wrong = shown.filter(pl.col("answered") != pl.col("right"))
    places = wrong.with_columns(position=pl.int_ranges(pl.col("options"))).explode("position")
    at_each = places.group_by([*_RUN, "position"]).agg(variance=(2 / pl.col("options")).sum())
    moved = at_each.group_by(_RUN).agg(moved=(2 / math.pi * pl.col("variance")).sqrt().sum() / 2)
    counts = shown.group_by(_RUN).agg(n=pl.len())
    joined = counts.join(moved, on=_RUN, how="left", nulls_equal=True)
    return joined.select(*_RUN, expected=pl.col("moved").fill_null(0.0) / pl.col("n"))
