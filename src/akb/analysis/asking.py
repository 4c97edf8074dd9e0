"""How much the way of asking moves a score: one backbone answers the same items a second time, in another way.

The second answers stand in tables of their own and enter no other score.

    table = asking(graded(responses, items), graded(second, items), modes, seed=1)
"""

from __future__ import annotations

import polars as pl

from akb.analysis.scores import RUN, unit_numbers
from akb.estimates import mean_by_item

ASKING = {
    "backbone": pl.String,
    "benchmark": pl.String,
    "captioner": pl.String,
    "mode": pl.String,
    "accuracy": pl.Float64,
    "other_mode": pl.String,
    "other_accuracy": pl.Float64,
    "other_invalid": pl.Int64,
    "moved": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}


def asking(graded: pl.DataFrame, second: pl.DataFrame, modes: pl.DataFrame, seed: int) -> pl.DataFrame:
    """ASKING rows, one a run that was asked twice: accuracies as fractions of 1, `moved` in points with its interval.

    graded, second: frames of `scores.graded`. modes: RUN columns, `mode` and `second` (whether it is of the second
    answers).
    """
    if not len(second):
        return pl.DataFrame(schema=ASKING)
    both = graded.join(second, on=[*RUN, "item_id"], suffix="_other", nulls_equal=True)
    rows = []
    for key, own in sorted(both.group_by(RUN), key=lambda pair: tuple(map(str, pair[0]))):
        run = dict(zip(RUN, key, strict=True))
        own = own.sort("item_id")
        of_run = modes.filter(*(pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in run.items()))
        right, other = own["correct"].cast(pl.Float64), own["correct_other"].cast(pl.Float64)
        moved = mean_by_item((other - right).to_numpy(), seed, unit_numbers(own))
        rows.append(
            {
                "backbone": run["backbone"],
                "benchmark": run["benchmark"],
                "captioner": run["captioner"],
                "mode": of_run.filter(~pl.col("second"))["mode"][0],
                "accuracy": right.mean(),
                "other_mode": of_run.filter("second")["mode"][0],
                "other_accuracy": other.mean(),
                "other_invalid": own["invalid_other"].is_not_null().sum(),
                "moved": None if moved.value is None else 100 * moved.value,
                "low": None if moved.low is None else 100 * moved.low,
                "high": None if moved.high is None else 100 * moved.high,
                "n": moved.n,
            }
        )
    return pl.DataFrame(rows, schema=ASKING, orient="row")


def modes_of(responses: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """How each run was asked: RUN columns, `mode`, `second`."""
    parts = [(responses, False), (second, True)]
    return pl.concat([part.select(*RUN, "mode").unique().with_columns(second=pl.lit(value)) for part, value in parts])
