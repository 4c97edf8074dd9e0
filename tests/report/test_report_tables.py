"""The report's tables: what stands where."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from akb.analysis.published import published_scores
from akb.report.tables import beside_table

PUBLISHED = Path(__file__).parents[2] / "resources/published/accuracy.csv"


def test_backbones_of_equal_accuracy_stand_by_name() -> None:
    """Not as a set happens to give them, which is another order in every process."""
    names = [f"model-{letter}" for letter in "hgfedcba"]
    published = published_scores(PUBLISHED)
    one = published.filter(setting="probe", domain="all").head(1).with_columns(benchmark=pl.lit("akb"))
    ours = pl.concat([one.with_columns(backbone=pl.lit(name)) for name in names])
    first = [row[0].text for row in beside_table(published, ours, "combined", {}).rows]
    assert first[: len(names)] == sorted(names)
