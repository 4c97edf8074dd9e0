"""Scores by what an item takes: its skill, its tier of difficulty, and with or without computation.

Only of items whose skill or tier is told: `akb-1.1`'s, and imported ones, where the benchmark's own category stands for
the skill and its difficulty for the tier.

    table = skills(responses, items)
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from akb.analysis.scores import score
from akb.tables import SCORES

# `by` is "skill", "tier" or "computation"; `domain` is then which of them.
SKILLS = {"by": pl.String, **SCORES}
# Of `akb`; another benchmark's categories have names of their own.
_OWN = ("recall", "inference", "symbolic", "computation")
ORDER = (
    *_OWN,
    *("easy", "medium", "hard"),
    *("without computation", "with computation"),
)
_BY: tuple[Literal["skill", "tier"], ...] = ("skill", "tier")


def skills(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """SKILLS rows; the whole has none of its own here. Raises AkbError as `scores.graded` does."""
    told = items.filter((pl.col("skill") != "") | (pl.col("tier") != ""))
    own = responses.join(told.select("item_id", "benchmark"), on=["item_id", "benchmark"], how="semi")
    if not len(own):
        return pl.DataFrame(schema=SKILLS)
    computes = pl.when(skill="computation").then(pl.lit("with computation")).otherwise(pl.lit("without computation"))
    parted = told.with_columns(category=pl.when(pl.col("skill").is_in(_OWN)).then(computes).otherwise(pl.lit("")))
    frames = [score(own, told, by=by).with_columns(by=pl.lit(by)) for by in _BY]
    frames.append(score(own, parted).with_columns(by=pl.lit("computation")))
    found = pl.concat(frames).filter(~pl.col("domain").is_in(["all", ""]))
    place = pl.col("domain").replace_strict(dict(zip(ORDER, range(len(ORDER)), strict=True)), default=len(ORDER))
    run = ["setting", "benchmark", "captioner", "control", "backbone"]
    return found.sort(*run, place, "domain", nulls_last=False).select(list(SKILLS))
