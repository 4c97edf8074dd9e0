"""Where wrong answers by ear come from: the backbone's knowledge, the evidence that it was given, or the connector.

The same backbone answers the same item from the sound, from a caption and, where there are captions that hold the
truth, from a true description. An item that it gets wrong from the sound is laid to
- *knowledge* if it is wrong from the true description, too: no better evidence would help;
- *evidence* if it is right from the truth and wrong from the caption, too: what the sound's features or the caption's
  words hold did not do;
- *connector* if it is right from the caption (and the truth): the backbone can answer, and what it hears did not get
  through.
Without a true description the first two cannot be told apart, and stand as *before the connector*. Guesses blur all of
them: an answer that is right by luck counts as right.

    table = error_sources(graded(responses, items), "truth", seed=1)
"""

from __future__ import annotations

import numpy as np
import polars as pl

from akb.analysis.scores import by_training
from akb.estimates import LEVEL, Array, resampled

KNOWLEDGE, EVIDENCE, CONNECTOR, BEFORE = "knowledge", "evidence", "connector", "before the connector"
# `share` and its interval: of all `n` items, as fractions of 1; `of_wrong`: of those that are wrong from the sound.
ERROR_SOURCES = {
    "benchmark": pl.String,
    "captioner": pl.String,
    "backbone": pl.String,
    "source": pl.String,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "of_wrong": pl.Float64,
    "wrong": pl.Float64,
    "n": pl.Int64,
}


def error_sources(graded: pl.DataFrame, true_captions: str | None, seed: int) -> pl.DataFrame:
    """ERROR_SOURCES rows for every backbone, benchmark and captioner that it both read and, without, heard.

    graded: the frame of `scores.graded`. true_captions: the captioner whose captions hold the truth, if any; a
    benchmark that it did not caption is treated as without.
    """
    full = graded.filter(pl.col("control").is_null())
    rows: list[dict[str, object]] = []
    heard = full.filter(setting="audio").group_by(["benchmark", "backbone"])
    for (benchmark, backbone), own in sorted(heard, key=lambda pair: tuple(map(str, pair[0]))):
        read = full.filter(setting="cascade", benchmark=benchmark, backbone=backbone)
        marks, units = by_training(own)
        wrong = 1 - marks.mean(axis=1)
        truth = _marks(read, true_captions) if true_captions else None
        for captioner in sorted(read["captioner"].unique().drop_nulls()):
            if captioner in (true_captions, "none"):
                continue
            caption = _marks(read, captioner)
            if caption is None:
                continue
            parts = _parts(wrong, caption, truth)
            shares = np.column_stack(list(parts.values()))
            means = shares.mean(axis=0)
            low, high = means + np.quantile(resampled(shares, units, seed), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
            total = float(wrong.mean())
            for place, source in enumerate(parts):
                rows.append(
                    {
                        "benchmark": benchmark,
                        "captioner": captioner,
                        "backbone": backbone,
                        "source": source,
                        "share": float(means[place]),
                        "low": float(np.clip(low[place], 0, 1)),
                        "high": float(np.clip(high[place], 0, 1)),
                        "of_wrong": float(means[place]) / total if total else None,
                        "wrong": total,
                        "n": len(wrong),
                    }
                )
    return pl.DataFrame(rows, schema=ERROR_SOURCES, orient="row")


def _parts(wrong: Array, caption: Array, truth: Array | None) -> dict[str, Array]:
    """How much of each item's wrongness is laid to each source; they add up to `wrong`."""
    if truth is None:
        return {BEFORE: wrong * (1 - caption), CONNECTOR: wrong * caption}
    return {
        KNOWLEDGE: wrong * (1 - truth),
        EVIDENCE: wrong * truth * (1 - caption),
        CONNECTOR: wrong * truth * caption,
    }


def _marks(read: pl.DataFrame, captioner: str) -> Array | None:
    own = read.filter(captioner=captioner)
    return by_training(own)[0].mean(axis=1) if len(own) else None
