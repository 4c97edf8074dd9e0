import polars as pl
import pytest

from akb.analysis.gains import LEADS
from akb.analysis.verdict import correlation_warning, smallest_significant_r, verdict


def leads_of(*rows):
    """rows: (backbone, accuracy, behind, low)"""
    records = [
        {
            "setting": "audio",
            "captioner": None,
            "rank": rank,
            "backbone": name,
            "accuracy": accuracy,
            "behind": behind,
            "low": low,
            "high": None if low is None else behind + 5,
            "n": 100,
        }
        for rank, (name, accuracy, behind, low) in enumerate(rows, start=1)
    ]
    return pl.DataFrame(records, schema=LEADS)


def test_a_clear_winner_is_named_alone():
    assert verdict(leads_of(("a", 0.7, 0, None), ("b", 0.5, 20, 8)), {}, {}).headline == "a."


def test_rivals_that_the_items_do_not_tell_apart_are_named_too():
    table = leads_of(("a", 0.7, 0, None), ("b", 0.69, 1, -4), ("c", 0.5, 20, 8))
    assert verdict(table, {"a": "Alpha"}, {}).headline == "Alpha, or b."


def test_where_nothing_is_told_apart_the_headline_says_so():
    table = leads_of(("a", 0.7, 0, None), ("b", 0.69, 1, -4))
    assert "no rival is ruled out" in verdict(table, {}, {}).headline


def test_one_backbone_is_no_winner():
    assert "only backbone" in verdict(leads_of(("a", 0.7, 0, None)), {}, {}).headline


def test_nothing_measured_is_said():
    assert "yet" in verdict(leads_of(), {}, {}).headline


def test_three_backbones_make_a_correlation_meaningless():
    assert "means nothing" in correlation_warning(3)
    assert "0.997" in correlation_warning(3)


def test_the_significant_r_is_the_textbook_one():
    assert smallest_significant_r(10) == pytest.approx(0.632, abs=5e-4)
