"""How much the scoring rule alone moves a score: the benchmarks' published rule beside ours.

Both rules grade the same responses over all the items. Free text is read as it stands; where options
were compared by their log-probabilities, the published rule reads the text of the option chosen, which
it misjudges where options share their words.

    table = compare_rules(responses, items)
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from akb.analysis.scores import RUN, graded
from akb.reading.string_match import matches

RULE_SCORES = {
    **dict.fromkeys([*RUN, "mode"], pl.String),
    "n": pl.Int64,
    "official": pl.Float64,
    "robust": pl.Float64,
    "moved": pl.Float64,
}


def compare_rules(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """RULE_SCORES rows, one per run with full evidence.

    official, robust: accuracies as fractions of 1, of rotation 0, so that both rules read one
    response per item. moved: official minus robust, in points.
    """
    read = responses.filter(pl.col("control").is_null(), pl.col("rotation") == 0)
    rows = graded(read, items).join(
        read.select(*RUN, "item_id", "mode", "text"), on=[*RUN, "item_id"], nulls_equal=True
    )
    official = [
        _official([text] if mode == "generate" else [options[option] for option in chosen], options, right)
        for mode, text, chosen, options, right in rows.select("mode", "text", "chosen", "options", "right").rows()
    ]
    return (
        rows.with_columns(official=pl.Series(official, dtype=pl.Float64))
        .group_by(*RUN, "mode")
        .agg(n=pl.len().cast(pl.Int64), official=pl.col("official").mean(), robust=pl.col("correct").mean())
        .with_columns(moved=100 * (pl.col("official") - pl.col("robust")))
        .sort(*RUN, "mode")
    )


def _official(said: Sequence[str], options: Sequence[str], right: int) -> float:
    """What the published rule gives for a text; for several options that tie, the mean over them; 0 for none."""
    return sum(matches(text, tuple(options), right) for text in said) / len(said) if said else 0.0
