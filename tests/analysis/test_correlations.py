"""Correlations with their thresholds, and freed of noise."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from synthetic import DOMAINS, make_items, responses_of

from akb.analysis.correlations import correlations, freed_of_noise
from akb.analysis.metrics import Metric
from akb.analysis.noise import Noise, noise_of_marks
from akb.analysis.scores import graded, score
from akb.estimates import pearson
from akb.items import items_frame


def test_noise_takes_away_what_is_given_back():
    rng = np.random.default_rng(0)
    true = rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 4000)
    x, y = (true + rng.normal(0, 0.6, true.shape)).T.tolist()
    r = pearson(x, y)
    assert r.value == pytest.approx(0.9 / 1.36, abs=0.03)
    assert freed_of_noise(x, y, r, Noise(0.36, 0.36)).value == pytest.approx(0.9, abs=0.03)


def test_noise_that_both_share_is_no_correlation():
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, 4000)
    x, y = (rng.normal(size=4000) + noise).tolist(), (rng.normal(size=4000) + noise).tolist()
    found = freed_of_noise(x, y, pearson(x, y), Noise(1, 1, 1))
    assert found.value == pytest.approx(0, abs=0.06)


def test_where_noise_explains_everything_nothing_is_said():
    x, y = [0.5, 0.52, 0.49, 0.51], [0.4, 0.41, 0.42, 0.40]
    assert freed_of_noise(x, y, pearson(x, y), Noise(0.01, 0.01)).value is None


def test_items_that_are_hard_for_all_are_no_noise_between_models():
    items = make_items("mini", 400, DOMAINS)
    rng = np.random.default_rng(2)
    hard = rng.normal(0, 3, 400)
    parts = []
    for number in range(6):
        for setting, captioner in (("cascade", "x"), ("audio", None)):
            right = (0.3 * number - 1 + hard + rng.normal(size=400) > 0).tolist()
            parts.append(responses_of(items, f"m{number}", setting, right, captioner=captioner))
    marks = graded(pl.concat(parts), items_frame(items))
    metrics = [Metric("cascade", "mini"), Metric("audio", "mini")]
    found = noise_of_marks(marks, metrics, "x")(*metrics, [f"m{number}" for number in range(6)])
    assert found.first < 0.6 * 0.25 / 400
    scores = score(pl.concat(parts), items_frame(items))
    row = correlations(scores, metrics, "x", noise_of_marks(marks, metrics, "x")).row(0, named=True)
    assert row["needed"] == pytest.approx(0.811, abs=1e-3)
    assert row["true_r"] >= row["pearson"]
