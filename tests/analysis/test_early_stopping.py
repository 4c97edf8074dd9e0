"""Stopping early: in made worlds whose truth is known, the best is dropped no oftener than is said."""

import numpy as np
import pytest

from akb.analysis.early_stopping import FEWEST_CURVES, best_stop, dropped, stopping
from akb.analysis.forecast_rules import Trained
from akb.analysis.predict_text import stopping_sentence
from akb.analysis.training_curves import Checkpoint


def trained_world(rng, models, noise):
    """Models whose early loss tells their final accuracy but for `noise`; None: it tells nothing."""
    ability = rng.normal(size=models)
    early = rng.normal(size=models) if noise is None else -ability + noise * rng.normal(size=models)
    y = 0.55 + 0.05 * ability + 0.005 * rng.normal(size=models)
    names = tuple(map(str, range(models)))
    return Trained(names, names, ("short run: held-out loss",), early[:, None], y, np.full(models, 2e-5), early=1)


def at(share):
    return Checkpoint("distil", int(1000 * share), int(1000 * share), share)


def test_the_later_the_closer_and_a_curve_that_tells_saves_steps_without_losing_the_best():
    rng = np.random.default_rng(5)
    known = [(at(share), trained_world(rng, 14, noise)) for share, noise in [(0.1, 1.5), (0.5, 0.1)]]
    rows = stopping(known, "audio/mini", risk=0.05, seed=0).to_dicts()
    assert rows[1]["error"] < rows[0]["error"] and rows[1]["error"] < 0.5 * rows[1]["error_of_mean"]
    assert rows[1]["saved"] > 0.25 and rows[1]["regret"] < 0.3
    assert rows[1]["favourite_saved"] == pytest.approx(0.5 * 0.75)
    assert all(row["missed"] <= 0.15 for row in rows)


def test_where_early_losses_tell_nothing_hardly_anybody_is_dropped():
    rng = np.random.default_rng(6)
    rows = stopping([(at(0.2), trained_world(rng, 12, None))], "audio/mini", risk=0.05, seed=0).to_dicts()
    assert rows[0]["kept"] > 3 and rows[0]["saved"] < 0.25
    assert rows[0]["favourite_regret"] > 1  # choosing by it alone would cost


def test_the_chance_said_that_the_best_is_dropped_holds_over_many_worlds():
    rng = np.random.default_rng(8)
    rows = [
        stopping([(at(0.3), trained_world(rng, 9, noise))], "t", risk=0.2, seed=seed).to_dicts()[0]
        for seed, noise in enumerate([0.3, 0.8, 1.5] * 4)
    ]
    said, missed = (np.mean([row[name] for row in rows]) for name in ("said", "missed"))
    assert 0.03 < said <= 0.2 and missed == pytest.approx(said, abs=0.06)


def test_the_least_likely_are_dropped_up_to_the_risk_and_the_likeliest_never():
    best = np.array([0.60, 0.03, 0.01, 0.36])
    assert sorted(dropped(best, 0.05)) == [1, 2]
    assert dropped(best, 0.02) == [2]
    assert sorted(dropped(best, 1.0)) == [1, 2, 3]
    assert dropped(best, 0.05, np.array([True, False, False, True])) == []
    assert dropped(np.array([1.0]), 0.5) == []


def test_of_too_few_models_nothing_follows_and_the_sentence_says_so():
    rng = np.random.default_rng(1)
    table = stopping([(at(0.5), trained_world(rng, FEWEST_CURVES - 1, 0.1))], "audio/mini", 0.05, 0)
    assert len(table) == 0 and stopping_sentence(table).startswith("Nothing follows")
    table = stopping([(at(0.5), trained_world(rng, FEWEST_CURVES, 0.1))], "audio/mini", 0.05, 0)
    assert table["races"].to_list() == [None] and stopping_sentence(table).startswith("No race could be held")
    assert best_stop(table) is None
