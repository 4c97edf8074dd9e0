import numpy as np
import polars as pl
import pytest
from synthetic import DOMAINS, make_items, responses_of

from akb.analysis.positions import position_bias
from akb.items import items_frame

ITEMS = make_items("mini", 200, DOMAINS)
FRAME = items_frame(ITEMS)


def test_a_perfect_backbone_has_no_bias():
    table = position_bias(responses_of(ITEMS, "b", "audio", [True] * 200), FRAME)
    assert table["bias"].unique().to_list() == [0]


def test_a_backbone_that_always_says_the_first_has_nearly_all_of_it():
    responses = responses_of(ITEMS, "b", "audio", [True] * 200).with_columns(answer=pl.lit(0, pl.Int64))
    table = position_bias(responses, FRAME)
    first = table.filter(position=0).row(0, named=True)
    assert first["answered"] == 1
    assert first["bias"] == pytest.approx(1 - first["right"])


def test_positions_are_those_shown_not_those_of_the_item():
    """Under rotation 1 the option with index 1 is shown first."""
    responses = responses_of(ITEMS, "b", "audio", [True] * 200, rotation=1).with_columns(answer=pl.lit(1, pl.Int64))
    assert position_bias(responses, FRAME).filter(position=0)["answered"].to_list() == [1]


def test_a_guesser_that_prefers_no_place_has_the_bias_that_is_expected_of_it():
    rng, found = np.random.default_rng(0), []
    for _ in range(30):
        guesses = pl.Series(rng.integers(4, size=200))
        table = position_bias(responses_of(ITEMS, "b", "audio", [True] * 200).with_columns(answer=guesses), FRAME)
        found.append(table.select("bias", "expected").row(0))
    bias, expected = np.mean(found, axis=0)
    assert expected == pytest.approx(bias, rel=0.15)
