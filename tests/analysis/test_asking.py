"""What the way of asking moves: the same items asked twice, paired."""

import polars as pl
import pytest
from synthetic import DOMAINS, draw, make_items, responses_of

from akb.analysis.asking import ASKING, asking, modes_of
from akb.analysis.scores import graded
from akb.items import items_frame

ITEMS = make_items("mini", 60, DOMAINS)


def asked(right: int, mode: str, captioner: str = "combined") -> pl.DataFrame:
    return responses_of(ITEMS, "b", "cascade", draw(60, right / 60, seed=1), captioner=captioner, mode=mode)


def table(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    items = items_frame(ITEMS)
    return asking(graded(first, items), graded(second, items), modes_of(first, second), seed=1)


def test_the_second_way_is_compared_item_by_item_with_the_first() -> None:
    first = pl.concat([asked(30, "option"), asked(45, "option", "whisper")])
    row = table(first, asked(24, "generate")).row(0, named=True)
    assert (row["mode"], row["other_mode"], row["captioner"], row["n"]) == ("option", "generate", "combined", 60)
    assert (row["accuracy"], row["other_accuracy"]) == (pytest.approx(0.5), pytest.approx(0.4))
    assert row["moved"] == pytest.approx(-10) and row["low"] <= -10 <= row["high"]


def test_what_cannot_be_read_is_counted() -> None:
    second = asked(30, "generate").with_columns(
        answer=pl.when(pl.int_range(pl.len()) < 5).then(None).otherwise("answer"),
        invalid=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("no_answer")),
    )
    row = table(asked(30, "option"), second).row(0, named=True)
    assert row["other_invalid"] == 5 and row["n"] == 60


def test_without_a_second_way_the_table_is_empty_with_its_columns() -> None:
    first = asked(30, "option")
    assert dict(table(first, first.clear()).schema) == ASKING
