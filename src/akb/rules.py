"""How much the scoring rule alone moves a score: the benchmarks' published rule beside ours.

Only free-text responses can be read in two ways; both rules grade the same texts over all the items.

    table = compare_rules(responses, items)
"""

from __future__ import annotations

import polars as pl

from akb.scores import RUN, graded
from akb.string_match import matches


def compare_rules(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """One row per run of free text with full evidence: RUN columns, `n`, `official`, `robust`, `moved`.

    official, robust: accuracies as fractions of 1, of rotation 0, so that both rules read one
    response per item. moved: official minus robust, in points.
    """
    texts = responses.filter(pl.col("mode") == "generate", pl.col("control").is_null(), pl.col("rotation") == 0)
    ours = graded(texts, items)
    rows = ours.join(texts.select(*RUN, "item_id", "text"), on=[*RUN, "item_id"], nulls_equal=True)
    official = [
        matches(text or "", tuple(options), right)
        for text, options, right in rows.select("text", "options", "right").iter_rows()
    ]
    return (
        rows.with_columns(official=pl.Series(official, dtype=pl.Boolean))
        .group_by(RUN)
        .agg(n=pl.len().cast(pl.Int64), official=pl.col("official").mean(), robust=pl.col("correct").mean())
        .with_columns(moved=100 * (pl.col("official") - pl.col("robust")))
        .sort(RUN)
    )
