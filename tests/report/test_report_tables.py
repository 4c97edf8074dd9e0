"""The report's tables: what stands where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
from synthetic import DOMAINS, make_items, responses_of

from akb.analysis.published import published_scores
from akb.analysis.skills import skills
from akb.items import items_frame
from akb.report.separation_tables import skills_tables
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


def test_a_benchmark_from_elsewhere_is_shown_by_its_own_categories_and_difficulties() -> None:
    items = [
        replace(item, skill=("Reasoning", "Information Extraction")[place % 2], tier=("easy", "hard")[place % 2])
        for place, item in enumerate(make_items("mmau", 60, DOMAINS))
    ]
    right = [item.tier == "easy" for item in items]
    answers = [responses_of(items, "a", "cascade", right, captioner=name) for name in ("mine", "another")]
    table, *others = skills_tables(skills(pl.concat(answers), items_frame(items)), "mine", {})
    assert not others and table.caption.startswith("mmau, from captions:")
    assert [head for head, _ in table.heads] == ["Backbone", "Information extraction", "Reasoning", "Easy", "Hard"]
    assert [cell.text for cell in table.rows[0]] == ["a", "0.0", "100.0", "100.0", "0.0"]
