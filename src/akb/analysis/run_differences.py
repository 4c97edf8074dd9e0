"""Two results side by side: which scores moved, by which items, and what differs in what was asked.

moved, items = run_differences(answers_of(responses_a, items_a), answers_of(responses_b, items_b), seed=0)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from akb.analysis.scores import RUN, graded, unit_numbers
from akb.estimates import mean_by_item

# Accuracies in %, of the `n` items that both results have; `only_a` and `only_b` count the others. `gained` and `lost`
# items earn more or less in B, `p` is of an exact sign test over these. The last four count them by what differs: the
# question, options or right answer; the way of asking; the stored request alone (prompt or weights); nothing.
MOVED = {
    **dict.fromkeys(RUN, pl.String),
    **dict.fromkeys(("n", "only_a", "only_b"), pl.Int64),
    **dict.fromkeys(("accuracy_a", "accuracy_b", "moved", "low", "high"), pl.Float64),
    **dict.fromkeys(("gained", "lost"), pl.Int64),
    "p": pl.Float64,
    **dict.fromkeys(("by_item", "by_mode", "by_request", "by_nothing"), pl.Int64),
}
ONE = [*RUN, "item_id"]


def answers_of(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """One row per run and item: `correct` (a mean over trainings), `unit`, `mode`, `request`, `question` as asked."""
    marks = graded(responses, items).group_by(ONE).agg(pl.col("correct").mean(), pl.col("unit").first())
    order = ["training", "rotation", "key"]
    asked = (
        responses.sort(order)
        .group_by(ONE)
        .agg(pl.col("mode").first(), request=pl.col("key").fill_null("").str.join(" "))
    )
    content = pl.concat_str(
        "question", pl.lit("\0"), pl.col("options").list.join("\0"), pl.lit("\0"), pl.col("answer").cast(pl.String)
    )
    texts = items.select("item_id", "benchmark", question=content)
    return marks.join(asked, on=ONE, nulls_equal=True).join(texts, on=["item_id", "benchmark"])


def run_differences(a: pl.DataFrame, b: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """MOVED rows of the runs that both have, and the items that earn more or less in `b`, with why (`differs`).

    a, b: frames of `answers_of`. The interval of what moved is a bootstrap over units, as of any paired gain.
    """
    both = a.join(b, on=ONE, how="inner", nulls_equal=True, suffix="_b").sort("item_id")
    both = both.with_columns(
        gain=pl.col("correct_b") - pl.col("correct"),
        differs=pl.when(pl.col("question") != pl.col("question_b"))
        .then(pl.lit("item"))
        .when(pl.col("mode") != pl.col("mode_b"))
        .then(pl.lit("mode"))
        .when(pl.col("request") != pl.col("request_b"))
        .then(pl.lit("request"))
        .otherwise(pl.lit("nothing")),
    )
    counts = [_sizes(frame) for frame in (a, b)]
    rows = []
    for run, own in both.group_by(RUN):
        rows.append(_row(dict(zip(RUN, run, strict=True)), own, [sizes[run] - len(own) for sizes in counts], seed))
    frame = pl.DataFrame(rows, schema=MOVED, orient="row").sort(*RUN, nulls_last=False)
    items = both.filter(pl.col("gain").abs() > 1e-9)
    return frame, items.select(*ONE, "differs", correct_a="correct", correct_b="correct_b").sort(ONE)


def _sizes(frame: pl.DataFrame) -> dict[tuple[Any, ...], int]:
    return {run: len(own) for run, own in frame.group_by(RUN)}


def _row(run: dict[str, Any], own: pl.DataFrame, alone: list[int], seed: int) -> dict[str, Any]:
    gains = own["gain"].to_numpy()
    found = mean_by_item(gains, seed, unit_numbers(own))
    gained, lost = int((gains > 1e-9).sum()), int((gains < -1e-9).sum())
    same = not np.abs(gains).max() > 1e-9
    why = own.filter(pl.col("gain").abs() > 1e-9)["differs"].to_list()
    return run | {
        "n": len(own),
        "only_a": alone[0],
        "only_b": alone[1],
        "accuracy_a": 100 * float(own["correct"].to_numpy().mean()),
        "accuracy_b": 100 * float(own["correct_b"].to_numpy().mean()),
        "moved": 100 * float(gains.mean()),
        "low": 0.0 if same else 100 * float(found.low or 0),
        "high": 0.0 if same else 100 * float(found.high or 0),
        "gained": gained,
        "lost": lost,
        "p": float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0,
        **{f"by_{cause}": why.count(cause) for cause in ("item", "mode", "request", "nothing")},
    }
