"""How written answers ended, and what another way of asking gives.

table = endings(responses, distilled); beside = modes(responses, beside_responses, items)
"""

from __future__ import annotations

import polars as pl

from akb.analysis.scores import RUN, graded
from akb.estimates import wilson

DISTILLED = "distil"
ENDINGS = {
    **dict.fromkeys(RUN, pl.String),
    "written": pl.Int64,
    "cut": pl.Int64,
    "unread": pl.Int64,
}
MODES = {
    "backbone": pl.String,
    "benchmark": pl.String,
    "mode": pl.String,
    "n": pl.Int64,
    "correct": pl.Float64,
    "invalid": pl.Int64,
    "cut": pl.Int64,
    "accuracy": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
_COUNTS = {"written": pl.len(), "cut": (pl.col("finish") == "length").sum()}


def endings(responses: pl.DataFrame, distilled: pl.DataFrame) -> pl.DataFrame:
    """ENDINGS rows: of the answers that each run wrote, how many were cut off, and in how many of these none could be
    read. Then the same of each backbone's training targets (setting "distil"), where `unread` counts those dropped.

    responses: RESPONSES rows. distilled: the columns backbone, finish and dropped of DISTIL rows. Answers of which it
    is not known why they ended count as not cut off.
    """
    written = responses.filter(mode="generate").group_by(RUN)
    asked = written.agg(**_COUNTS, unread=(pl.col("invalid") == "truncated").sum())
    cut = pl.col("dropped").str.ends_with("truncated") & (pl.col("finish") == "length")
    targets = distilled.filter(pl.col("finish").is_not_null()).group_by("backbone").agg(**_COUNTS, unread=cut.sum())
    nothing = {name: pl.lit(None, pl.String).alias(name) for name in RUN if name not in ("backbone", "setting")}
    targets = targets.with_columns(pl.lit(DISTILLED).alias("setting"), *nothing.values())
    both = [frame.select(*(pl.col(name).cast(kind) for name, kind in ENDINGS.items())) for frame in (asked, targets)]
    return pl.concat(both).sort(RUN, nulls_last=False)


def modes(responses: pl.DataFrame, beside: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """MODES rows: what each audio language model scores in each way that it was asked, from the whole evidence. Of
    several trainings of one, the first is shown.

    responses, beside: RESPONSES rows; the benchmarks of `beside` alone are looked at. `invalid`: items without an
    answer that could be read; `cut`: those of which an answer was cut off.
    """
    rows = []
    for frame in (responses.filter(pl.col("benchmark").is_in(beside["benchmark"].unique().implode())), beside):
        full = frame.filter(pl.col("control").is_null(), setting="audio")
        full = full.filter(pl.col("training") == pl.col("training").min().over("backbone"))
        for (mode,), own in sorted(full.group_by("mode"), key=lambda pair: str(pair[0])):
            cut = own.filter(finish="length").group_by("backbone", "benchmark").agg(pl.col("item_id").n_unique())
            marks = (
                graded(own, items)
                .group_by("backbone", "benchmark")
                .agg(n=pl.len(), correct=pl.col("correct").sum(), invalid=pl.col("invalid").is_not_null().sum())
            )
            for row in marks.join(cut, on=["backbone", "benchmark"], how="left").to_dicts():
                low, high = wilson(row["correct"], row["n"])
                rows.append(
                    {
                        **{name: row[name] for name in ("backbone", "benchmark", "n", "correct", "invalid")},
                        "mode": mode,
                        "cut": row["item_id"] or 0,
                        "accuracy": row["correct"] / row["n"],
                        "low": low,
                        "high": high,
                    }
                )
    return pl.DataFrame(rows, schema=MODES, orient="row").sort("benchmark", "backbone", "mode")
