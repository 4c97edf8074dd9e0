"""What is said of the cheap scores: beside chance, two-sided, and only what is beyond chance after correction."""

from __future__ import annotations

from typing import Any

import polars as pl

from akb.analysis.leave_one_out import PREDICTIONS
from akb.analysis.trust import trust

ROW: dict[str, Any] = {
    "target": "audio/MMAU", "predictors": "probe/AKB-2000", "n": 8, "error": 2.5, "error_low": 1.0, "error_high": 4.0,
    "error_of_mean": 3.0, "saved": 0.5, "saved_low": -1.0, "saved_high": 2.0, "saved_p": 0.5, "families": 4,
    "family_error": 3.1, "family_error_of_mean": 3.3, "noise_floor": 1.2, "spread": 4.0, "spearman": 0.5,
    "spearman_low": -0.2, "spearman_high": 0.9, "kendall": 0.4, "order_p": 0.3, "pairs_right": 20.0, "pairs": 28,
    "regret": 1.0,
}  # fmt: skip


def said(*changes: dict[str, Any]) -> tuple[str, str]:
    found = trust(pl.DataFrame([ROW | change for change in changes], schema=PREDICTIONS, orient="row"))
    return found.headline, " ".join(found.sentences)


def test_an_order_no_better_than_chance_is_said_to_be_so():
    headline, sentences = said({}, {"pairs_right": 22.0, "order_p": 0.06})
    assert headline.startswith("Not shown to order backbones better than chance: it puts 20 to 22 of 28 pairs")
    assert "where chance gives 14 (p 0.06 to 0.30" in headline
    assert "20 of 28 pairs of models rightly, chance 14" in sentences


def test_an_order_beyond_chance_is_said_with_its_sign():
    assert said({"order_p": 0.01})[0].startswith("Enough to order backbones better than chance")
    assert said({"order_p": 0.01}, {})[0].startswith("1 of 2 cheap scores demonstrably order")
    assert "1 demonstrably put them in the reverse order" in said({"order_p": 0.01, "kendall": -0.8}, {})[0]


def test_pairs_of_unequal_numbers_are_shares():
    assert "50 to 71 % of the pairs" in said({}, {"pairs": 40})[0]


def test_a_saving_has_two_sides():
    assert "no difference between the two is beyond chance" in said({})[0]
    assert "1 of 1 cheap scores demonstrably do better than that" in said({"saved_p": 0.01})[0]
    worse = {"saved_p": 0.01, "saved": -2.0, "saved_low": -3.0, "saved_high": -1.0}
    headline, sentences = said(worse)
    assert "1 of 1 demonstrably do worse" in headline
    assert "worse than the other models’ mean" in sentences and "−3.0 to −1.0" in sentences
    assert "not told apart from the other models’ mean" in said({})[1]


def test_an_interval_that_excludes_nothing_after_correction_proves_nothing():
    assert "no difference" in said({"saved_low": 0.1, "saved_p": 0.08})[0]


def test_the_noise_of_the_expensive_score_and_families_stand_beside():
    headline, sentences = said({})
    assert "Noise in the expensive score alone puts even a perfect prediction 1.2 points off." in headline
    assert "With its whole family left out, too, 3.1." in sentences
    assert "family" not in said({"family_error": None})[1]


def test_too_few_models_say_nothing():
    assert trust(pl.DataFrame(schema=PREDICTIONS)).headline == "Too few models have both scores to say."


def test_sums_of_predictors_are_not_spoken_of():
    assert trust(pl.DataFrame([ROW | {"predictors": "probe/a + cascade/b"}], schema=PREDICTIONS)).sentences == ()
