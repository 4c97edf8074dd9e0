"""Who leads on the items that need the audio: those that backbones do not solve without it.

An item counts as solved without the evidence if more than half of the backbones are right under the control. The set
is the same for all backbones of a run: a set of its own for each would favour those that guessed badly.

    table = needing_audio(graded(responses, items))
"""

from __future__ import annotations

import math

import polars as pl

from akb.analysis.scores import by_training
from akb.estimates import effective_items, wilson

# Accuracies are fractions of 1; `n` items need the evidence, of `n_all`. Ranks count from 1, equals share the better.
NEEDING_AUDIO = {
    "setting": pl.String,
    "benchmark": pl.String,
    "captioner": pl.String,
    "control": pl.String,
    "backbone": pl.String,
    "rank_all": pl.Int64,
    "accuracy_all": pl.Float64,
    "n_all": pl.Int64,
    "rank": pl.Int64,
    "accuracy": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}
_CONTROLS = ("no_audio", "no_caption")


def needing_audio(graded: pl.DataFrame) -> pl.DataFrame:
    """NEEDING_AUDIO rows for every run of several items that was also asked without its evidence.

    graded: the frame of `scores.graded`. Intervals are over units of items.
    """
    rows: list[dict[str, object]] = []
    controls = graded.filter(pl.col("control").is_in(_CONTROLS))
    full = graded.filter(pl.col("control").is_null(), pl.col("setting") != "probe")
    for (setting, benchmark, captioner), own in sorted(
        full.group_by(["setting", "benchmark", "captioner"]), key=lambda pair: tuple(map(str, pair[0]))
    ):
        without = controls.filter(setting=setting, benchmark=benchmark)
        if not len(without):
            continue
        solved = without.group_by("item_id", "backbone").agg(pl.col("correct").mean())
        solved = solved.group_by("item_id").agg(share=(pl.col("correct") > 0.5).mean()).filter(pl.col("share") > 0.5)
        kept = own.join(solved.select("item_id"), on="item_id", how="anti")
        if not len(kept):
            continue
        found = {str(name): _score(part) for (name,), part in own.group_by("backbone")}
        needing = {str(name): _score(part) for (name,), part in kept.group_by("backbone")}
        for name in sorted(found, key=lambda name: (-needing[name][0], name)):
            whole, part = found[name], needing[name]
            rows.append(
                {
                    "setting": setting,
                    "benchmark": benchmark,
                    "captioner": captioner,
                    "control": without["control"][0],
                    "backbone": name,
                    "rank_all": 1 + sum(other[0] > whole[0] + 1e-9 for other in found.values()),
                    "accuracy_all": whole[0],
                    "n_all": whole[3],
                    "rank": 1 + sum(other[0] > part[0] + 1e-9 for other in needing.values()),
                    "accuracy": part[0],
                    "low": part[1],
                    "high": part[2],
                    "n": part[3],
                }
            )
    return pl.DataFrame(rows, schema=NEEDING_AUDIO, orient="row")


def _score(rows: pl.DataFrame) -> tuple[float, float, float, int]:
    """Accuracy, its interval, the number of items."""
    marks, units = by_training(rows)
    means = marks.mean(axis=1)
    worth, df = effective_items(means, units)
    accuracy = float(means.mean())
    low, high = wilson(accuracy * worth, worth, df=df) if worth and math.isfinite(worth) else (0.0, 1.0)
    return accuracy, low, high, len(means)
