"""What captions were worth: each captioner beside both controls."""

import re

import polars as pl
import pytest
from synthetic import DOMAINS, draw, make_items, responses_of

from akb.analysis.caption_worth import CAPTION_WORTH, caption_markdown, caption_worth
from akb.analysis.gains import POOLED, gains
from akb.analysis.scores import graded, score
from akb.items import items_frame

# Right, of 60: per backbone with no caption, a caption by each, and another clip's caption by one of them.
RIGHT = {"small": (20, 30, 40, 25), "large": (30, 30, 50, 29)}


@pytest.fixture(scope="module")
def worth() -> pl.DataFrame:
    items = make_items("mmau", 60, DOMAINS)
    parts = []
    for number, (name, (none, poor, good, swapped)) in enumerate(RIGHT.items()):
        runs = (("none", "no_caption", none), ("poor", None, poor), ("good", None, good))
        for captioner, control, right in (*runs, ("good", "swapped_caption", swapped)):
            right_ones = draw(60, right / 60, seed=number)
            parts.append(responses_of(items, name, "cascade", right_ones, captioner=captioner, control=control))
    responses, table = pl.concat(parts), items_frame(items)
    return caption_worth(score(responses, table), gains(graded(responses, table), seed=1))


def test_each_captioner_stands_beside_both_controls(worth: pl.DataFrame) -> None:
    assert dict(worth.schema) == CAPTION_WORTH
    row = worth.filter(backbone="large", captioner="good", domain="all").row(0, named=True)
    assert (row["accuracy"], row["swapped"]) == (pytest.approx(50 / 60), pytest.approx(29 / 60))
    assert row["over_none"] == pytest.approx(100 * 20 / 60)
    assert row["over_swapped"] == pytest.approx(100 * 21 / 60)
    assert row["over_none_low"] < row["over_none"] < row["over_none_high"]


def test_a_captioner_that_was_not_swapped_has_no_such_gain(worth: pl.DataFrame) -> None:
    rows = worth.filter(captioner="poor")
    assert rows["over_swapped"].null_count() == len(rows) > 0
    assert rows.filter(backbone="small", domain="all")["over_none"][0] == pytest.approx(100 * 10 / 60)


def test_pooled_rows_come_first_and_are_the_mean_over_backbones(worth: pl.DataFrame) -> None:
    whole = worth.filter(domain="all")
    assert whole["backbone"].to_list() == [POOLED] * 3 + ["large"] * 3 + ["small"] * 3
    assert whole["captioner"].to_list()[:3] == ["none", "good", "poor"]
    assert whole["accuracy"][0] == pytest.approx((20 + 30) / 120)
    assert set(worth["domain"]) == {"all", *DOMAINS}


def test_the_markdown_table_says_the_same(worth: pl.DataFrame) -> None:
    text = caption_markdown(worth, {"mmau": DOMAINS}, {"large": "The Large"})
    text = re.sub(" +", " ", text)
    line = next(line for line in text.splitlines() if line.startswith("| The Large | good "))
    assert line.startswith("| The Large | good | 83.33 |") and "+33.3 [" in line
    assert "| all, pooled | none | 41.67 |" in text
