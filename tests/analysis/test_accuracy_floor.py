"""The floor stands beside the guess in the accuracy tables."""

import polars as pl
import pytest
from synthetic import DOMAINS, draw, make_items, responses_of

from akb.analysis.accuracy import accuracy_markdown, accuracy_rows, item_floors
from akb.analysis.scores import chance, score
from akb.items import Item, items_frame
from akb.report.tables import accuracy_table


def given_away(n: int) -> list[Item]:
    """Items of a benchmark "loud" whose right option alone is long."""
    return [
        Item.make(
            "loud",
            f"Question {i}?",
            [f"no {i}", f"an answer {i} that says far more than the others do", f"so {i}", f"or {i}"],
            1,
            category=DOMAINS[i % 3],
            clip_id=f"loud{i}",
        )
        for i in range(n)
    ]


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    plain, loud = make_items("mini", 90, DOMAINS), given_away(90)
    items = items_frame([*plain, *loud])
    responses = pl.concat([responses_of(part, "b", "audio", draw(90, 0.5, 1)) for part in (plain, loud)])
    bounds = chance(items).join(item_floors(items), on=["benchmark", "domain"], how="left")
    return accuracy_rows(score(responses, items), bounds)


def test_what_options_give_away_is_the_floor(rows: pl.DataFrame) -> None:
    loud = rows.filter(benchmark="loud", domain="all").row(0, named=True)
    assert loud["chance"] == 0.25 and loud["floor"] > 0.9
    mini = rows.filter(benchmark="mini", domain="all").row(0, named=True)
    assert mini["floor"] < 0.5 and mini["floor_low"] <= mini["floor"] <= mini["floor_high"]
    assert rows["floor"].null_count() == 0, "every domain has its own"


def test_the_tables_show_it_under_the_guess(rows: pl.DataFrame) -> None:
    text = accuracy_markdown(rows, {})
    assert text.count("*from the options alone*") == 2
    assert "A choice among the options alone is in" in accuracy_table(rows, "audio", "loud", {}).caption
