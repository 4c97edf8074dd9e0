"""Whether a backbone keeps to its answer when the options change places, and is right in every order.

A backbone that guesses is right in one order of four by luck, and in all of them hardly ever: so being right in all
orders tells knowledge from luck better than accuracy does. Only of runs that were asked in several orders.

    table = consistency(responses, items)
"""

from __future__ import annotations

import polars as pl

from akb.analysis.scores import RUN, TRAINED_RUN, by_training
from akb.estimates import effective_items, wilson

# Shares of `n` items, as fractions of 1. `one_order`: right in an order drawn by lot. `consistent`: the same option in
# all orders, and every order read. `right_in_all` has its interval; `rank` is by it, `rank_of_accuracy` by `one_order`,
# among the backbones of the run.
CONSISTENCY = {
    **dict.fromkeys(RUN, pl.String),
    "orders": pl.Int64,
    "one_order": pl.Float64,
    "consistent": pl.Float64,
    "right_in_all": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "rank": pl.Int64,
    "rank_of_accuracy": pl.Int64,
    "n": pl.Int64,
}


def consistency(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """CONSISTENCY rows of every run with two orders or more; an item of two options is asked in two."""
    several = responses.group_by(RUN).agg(orders=pl.col("rotation").max() + 1).filter(pl.col("orders") > 1)
    asked = responses.join(several, on=RUN, nulls_equal=True).join(
        items.select("item_id", "benchmark", "unit", right="answer"), on=["item_id", "benchmark"]
    )
    by_item = asked.group_by(*TRAINED_RUN, "orders", "item_id", "unit").agg(
        one=(pl.col("answer") == pl.col("right")).fill_null(value=False).cast(pl.Float64).mean(),
        same=(pl.col("answer").is_not_null().all() & (pl.col("answer").n_unique() == 1)).cast(pl.Float64),
        correct=(pl.col("answer") == pl.col("right")).fill_null(value=False).all().cast(pl.Float64),
    )
    rows = []
    for key, own in sorted(by_item.group_by(RUN), key=lambda pair: tuple(map(str, pair[0]))):
        marks, units = by_training(own)
        worth, df = effective_items(marks.mean(axis=1), units)
        share = float(marks.mean())
        low, high = wilson(share * worth, worth, df=df)
        rows.append(
            dict(zip(RUN, key, strict=True))
            | {
                "orders": int(own["orders"][0]),
                "one_order": float(own["one"].to_numpy().mean()),
                "consistent": float(own["same"].to_numpy().mean()),
                "right_in_all": share,
                "low": low,
                "high": high,
                "n": len(marks),
            }
        )
    frame = pl.DataFrame(rows, schema=CONSISTENCY, orient="row")
    run = [name for name in RUN if name != "backbone"]
    ranks = {"rank": "right_in_all", "rank_of_accuracy": "one_order"}
    return frame.with_columns(
        pl.col(column).round(9).rank("min", descending=True).over(run).cast(pl.Int64).alias(name)
        for name, column in ranks.items()
    )
