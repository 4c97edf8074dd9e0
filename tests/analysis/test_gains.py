import polars as pl
import pytest
from synthetic import BACKBONES, DOMAINS, draw, make_items, responses_of, world

from akb.analysis.gains import GAINS, POOLED, gains
from akb.analysis.scores import graded
from akb.items import items_frame


@pytest.fixture(scope="module")
def table():
    responses, items = world()
    return gains(graded(responses, items), seed=1)


def test_gains_have_their_columns_and_a_pooled_row_each(table):
    assert table.columns == list(GAINS)
    pooled = table.filter(backbone=POOLED)
    assert set(pooled.select("setting", "captioner", "control").rows()) == {
        ("cascade", "whisper", "no_caption"),
        ("cascade", "sounds", "no_caption"),
        ("cascade", "combined", "no_caption"),
        ("audio", None, "no_audio"),
    }


def test_a_gain_is_the_difference_of_accuracies_in_points(table):
    row = table.filter(backbone="small", setting="audio", domain="all").row(0, named=True)
    assert row["gain"] == pytest.approx(100 * (72 - 44) / 150)
    assert row["n"] == 150


def test_the_pooled_gain_is_the_mean_over_backbones_and_narrower_than_each(table):
    rows = table.filter(setting="audio", domain="all")
    alone, pooled = rows.filter(pl.col("backbone") != POOLED), rows.filter(backbone=POOLED).row(0, named=True)
    assert pooled["gain"] == pytest.approx(alone["gain"].mean())
    assert pooled["n"] == 150
    assert pooled["high"] - pooled["low"] < (alone["high"] - alone["low"]).min()


def test_identical_backbones_pool_to_no_narrower_an_interval():
    """Items are the clusters: asking the same model thrice is no new evidence."""
    items = make_items("mini", 150, DOMAINS)
    parts = []
    for name in BACKBONES:
        parts.append(responses_of(items, name, "audio", draw(150, 0.6, 1)))
        parts.append(responses_of(items, name, "audio", draw(150, 0.4, 2), control="no_audio"))
    rows = gains(graded(pl.concat(parts), items_frame(items)), seed=1)
    rows = rows.filter(domain="all")
    assert rows["low"].n_unique() == 1 and rows["high"].n_unique() == 1


def test_each_domain_has_its_own_gain_over_its_own_items(table):
    rows = table.filter(backbone=POOLED, setting="audio")
    assert rows["domain"].to_list() == ["all", "Music", "Sound", "Speech"]
    assert rows["n"].to_list() == [150, 50, 50, 50]
    assert rows["gain"][0] == pytest.approx(rows["gain"][1:].mean())


def test_swapped_captions_are_the_control_of_their_own_captioner_only():
    items = make_items("mini", 60, DOMAINS)
    parts = [
        responses_of(items, "b", "cascade", draw(60, 0.6, 1), captioner="whisper"),
        responses_of(items, "b", "cascade", draw(60, 0.6, 2), captioner="sounds"),
        responses_of(items, "b", "cascade", draw(60, 0.3, 3), captioner="sounds", control="swapped_caption"),
    ]
    rows = gains(graded(pl.concat(parts), items_frame(items)), seed=1)
    assert set(rows["captioner"]) == {"sounds"}


def test_no_controls_give_an_empty_table_with_its_columns():
    items = make_items("mini", 30, DOMAINS)
    frame = graded(responses_of(items, "b", "audio", draw(30, 0.5, 1)), items_frame(items))
    assert gains(frame, seed=1).columns == list(GAINS)
