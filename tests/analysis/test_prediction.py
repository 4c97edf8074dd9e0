from pathlib import Path

import numpy as np
import pytest

from akb.analysis.forecast_distributions import chances
from akb.analysis.forecast_rules import MEAN, Rule, Trained, fit, outside, rules
from akb.analysis.leave_one_out import standard_errors
from akb.analysis.metrics import values
from akb.analysis.published import CASCADE_CAPTIONER, METRICS, published_families, published_scores
from akb.analysis.rule_comparison import CHOSEN_ANEW, WEIGHTED, compare
from akb.analysis.rule_weights import forecast_of, weighted

PUBLISHED = Path("resources/published/accuracy.csv")


def published(target):
    scores, families = published_scores(PUBLISHED), published_families(PUBLISHED)
    truth = values(scores, target, CASCADE_CAPTIONER)
    errors = standard_errors(scores, target, CASCADE_CAPTIONER)
    columns = [values(scores, metric, CASCADE_CAPTIONER) for metric in METRICS[:3]]
    names = sorted(truth)
    return Trained(
        tuple(names),
        tuple(families[name] for name in names),
        tuple(map(str, METRICS[:3])),
        np.array([[column[name] for column in columns] for name in names]),
        np.array([truth[name] for name in names]),
        np.array([errors[name] ** 2 for name in names]),
    )


@pytest.mark.parametrize(
    ("target", "mean", "probe", "cascade"), [(METRICS[3], 3.14, 2.67, 2.19), (METRICS[4], 3.36, 2.31, 2.47)]
)
def test_leave_one_out_errors_on_the_published_models(target, mean, probe, cascade):
    table = {row["rule"]: row for row in compare(published(target), str(target)).to_dicts()}
    # Weights differ a little, since accuracies nearer to a half are known a little less well.
    assert table["mean of the others"]["error"] == pytest.approx(mean, abs=0.02)
    assert table["probe/AKB-2000"]["error"] == pytest.approx(probe, abs=0.02)
    assert table["cascade/MMAR"]["error"] == pytest.approx(cascade, abs=0.02)
    assert table["mean of the others"]["pairs_right"] == 14  # it knows no order
    alone = [row["error"] for name, row in table.items() if name not in (CHOSEN_ANEW, WEIGHTED)]
    assert table[CHOSEN_ANEW]["error"] >= min(alone) - 1e-9  # which is known after the fact alone


def world(rng, models, slope, metrics=3):
    """Ability behind noisy metrics and, with `slope`, behind audio accuracy measured on a thousand items."""
    ability = rng.normal(size=models)
    x = 0.7 + 0.08 * ability[:, None] + 0.02 * rng.normal(size=(models, metrics))
    true = 0.55 + slope * ability + 0.02 * rng.normal(size=models)
    return np.clip(x, 0.05, 0.98), rng.binomial(1000, true) / 1000


def trained_world(rng, slope, models=8):
    x, y = world(rng, models, slope)
    names = tuple(map(str, range(models)))
    return Trained(names, names, ("a", "b", "c"), x, y, y * (1 - y) / 1000)


def test_the_chance_to_be_best_holds_what_it_says_in_a_made_world():
    rng = np.random.default_rng(7)
    said, came, within, best_of_three = [], [], [], []
    for _ in range(200):
        slope = rng.choice([0.0, 0.03])
        known = trained_world(rng, slope)
        x, y = world(rng, 6, slope)
        forecast = forecast_of(weighted(known), known, x)
        draws = forecast.draws(seed=1, count=2_000)
        said.append(chances(draws, 1))
        came.append(y == y.max())
        within.append((forecast.quantile(0.05) <= y) & (y <= forecast.quantile(0.95)))
        best_of_three.append((chances(draws, 3), y >= np.sort(y)[-3]))
    said, came = np.concatenate(said), np.concatenate(came)
    for tenth in range(10):
        here = (said * 10).astype(int).clip(0, 9) == tenth
        if here.sum() >= 100:  # fewer would fail by chance
            assert came[here].mean() == pytest.approx(said[here].mean(), abs=0.05), f"{tenth} of {here.sum()}"
    assert 0.85 < np.mean(within) < 0.95
    three_said, three_came = (np.concatenate(column) for column in zip(*best_of_three, strict=True))
    sure = three_said > 0.7
    assert three_came[sure].mean() == pytest.approx(three_said[sure].mean(), abs=0.05)


def test_where_nothing_foretells_the_mean_of_the_others_counts_most():
    rng = np.random.default_rng(3)
    found = [dict(weighted(trained_world(rng, 0.0))) for _ in range(30)]
    means = {rule.name: np.mean([weights[rule] for weights in found]) for rule in rules(trained_world(rng, 0.0))}
    assert max(means, key=means.get) == MEAN.name


def test_a_model_known_badly_counts_less():
    x, y = np.linspace(0.5, 0.9, 8)[:, None], np.linspace(0.4, 0.6, 8)
    y[7] = 0.2  # strayed, and measured on a handful of items
    rule = Rule("a", (0,))
    sure, unsure = np.full(8, 2e-4), np.full(8, 2e-4)
    unsure[7] = 2e-2
    asked = np.array([[0.9]])
    assert fit(rule, x, y, unsure).forecast(asked).expected > fit(rule, x, y, sure).forecast(asked).expected


def test_training_a_hopeless_candidate_first_gains_less_than_training_a_rival():
    known = trained_world(np.random.default_rng(2), 0.03)
    x = np.array([[0.80] * 3, [0.79] * 3, [0.50] * 3])
    forecast = forecast_of([(Rule("a", (0,)), 0.7), (MEAN, 0.3)], known, x)
    assert forecast.gain_of_training(1, seed=0) > forecast.gain_of_training(2, seed=0) >= 0


def test_candidates_beyond_the_models_known_are_told_by_how_far():
    known = np.array([[0.5, 0.4], [0.7, 0.6]])
    assert outside(np.array([[0.8, 0.5], [0.6, 0.3]]), known) == pytest.approx(np.array([[0.1, 0], [0, 0.1]]))


def test_chances_sum_to_the_places():
    draws = np.random.default_rng(0).normal(size=(500, 5))
    assert chances(draws, 1).sum() == pytest.approx(1)
    assert chances(draws, 3).sum() == pytest.approx(3)
