"""What to measure next: what a measurement is worth where that can be reckoned otherwise, and what it costs."""

import numpy as np
import pytest

from akb.analysis.forecast_rules import Trained
from akb.analysis.forecasts import Asked
from akb.analysis.measurement_costs import costs_in_words, read_stages
from akb.analysis.next_measurements import Score, next_measurements, regret_saved
from akb.analysis.rule_weights import forecast_of, weighted
from akb.errors import AkbError


def asked(noise=0.02, models=16, seed=0, slope=0.05):
    """Candidates known by one probe whose error over items is `noise`."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=models + 3)
    x = (0.6 + 0.05 * ability + noise * rng.normal(size=models + 3))[:, None]
    y = 0.55 + slope * ability + 0.005 * rng.normal(size=models + 3)
    names = tuple(f"m{i}" for i in range(models))
    trained = Trained(names, names, ("probe/akb",), x[:models], y[:models], np.full(models, 2e-5))
    weights = weighted(trained)
    candidates = x[models:]
    mixture = forecast_of(weights, trained, candidates)
    errors = {"probe/akb": dict.fromkeys((*names, "a", "b", "c"), noise)}
    return Asked(("a", "b", "c"), candidates, trained, weights, mixture, 0.0), errors, ability, y


def row_of(rows, start):
    return next(row for row in rows.to_dicts() if row["measurement"].startswith(start))


def test_more_questions_shorten_intervals_where_questions_are_what_is_lacking():
    few, errors, *_ = asked(noise=0.04)
    many, no_errors, *_ = asked(noise=0.001)
    of_few = next_measurements(few, errors, 2e-5, None, {}, seed=0)
    of_many = next_measurements(many, no_errors, 2e-5, None, {}, seed=0)
    assert row_of(of_few, "4 ×")["shortening"] > row_of(of_few, "2 ×")["shortening"] > 0.05
    assert row_of(of_few, "4 ×")["regret_saved"] > row_of(of_few, "2 ×")["regret_saved"]
    assert row_of(of_many, "4 ×")["shortening"] < 0.02


def test_a_score_that_tells_the_truth_shortens_intervals_and_one_of_chance_does_not():
    found, errors, _, y = asked(noise=0.04)
    names = found.trained.names
    rng = np.random.default_rng(3)
    more = {
        "cascade/true": Score(dict(zip(names, y[:16] + 0.001 * rng.normal(size=16), strict=True))),
        "cascade/chance": Score(dict(zip(names, rng.uniform(0.2, 0.8, size=16), strict=True))),
        "short run: loss": Score(dict(zip(names, -10 * y[:16], strict=True)), early=True, share=0.25),
        "cascade/few": Score(dict.fromkeys(names[:5], 0.5)),
    }
    rows = next_measurements(found, errors, 2e-5, None, more, seed=0)
    assert row_of(rows, "cascade/true")["shortening"] > 0.5
    assert row_of(rows, "short run")["shortening"] > 0.5 and row_of(rows, "short run")["share"] == 0.25
    assert row_of(rows, "cascade/chance")["shortening"] < 0.1
    assert not any(row["measurement"] == "cascade/few" for row in rows.to_dicts())


def test_several_seeds_are_worth_more_where_trainings_stray():
    found, errors, *_ = asked(noise=0.04)
    strays = next_measurements(found, errors, 2e-5, 4e-4, {}, seed=0)
    steady = next_measurements(found, errors, 2e-5, 1e-8, {}, seed=0)
    gained = [
        row_of(rows, "train a with 3")["shortening"] - row_of(rows, "train a once")["shortening"]
        for rows in (strays, steady)
    ]
    assert gained[0] > 0.1 and gained[1] == pytest.approx(0, abs=1e-3)
    unknown = next_measurements(found, errors, 2e-5, None, {}, seed=0)
    assert "not known" in row_of(unknown, "train a")["note"]


def test_regret_saved_is_the_mean_gap_of_the_greatest_of_two_normals():
    rng = np.random.default_rng(0)
    moves = 0.03 * rng.normal(size=(100_000, 2))
    # E max of two independent normals of standard deviation s is s / sqrt(pi).
    assert regret_saved(np.array([0.5, 0.5]), moves, 0.0) == pytest.approx(3 / np.sqrt(np.pi), rel=0.02)
    assert regret_saved(np.array([0.5, 0.5]), moves, 0.9) == pytest.approx(0, abs=1e-9)


def plan():
    def entry(stage, backbone, hours, count=1):
        return {
            "stage": stage,
            "backbone": backbone,
            "jobs": count,
            "hours": hours,
            "gpu_hours": hours,
            "usd": 2 * hours,
        }

    stages = [("text inference", 0.5, 1), ("distillation", 1, 1), ("fine-tuning", 20, 2), ("listening", 2, 2)]
    return [entry(stage, name, hours, count) for name in ("a", "b", "c") for stage, hours, count in stages]


def test_costs_are_those_of_the_plan():
    found, errors, _, y = asked(noise=0.04)
    more = {"short run": Score(dict(zip(found.trained.names, y[:16], strict=True)), early=True, share=0.25)}
    rows = next_measurements(found, errors, 2e-5, 1e-4, more, seed=0)
    told = dict(zip(rows["measurement"], costs_in_words(rows, plan(), ["a", "b", "c"]), strict=True))
    assert told["train a once"] == "12.0 GPU-h, $24"  # the plan trains each twice, on targets made once
    assert told["train b with 3 seeds"] == "34.0 GPU-h, $68"
    assert told["2 × the questions of probe/akb"] == "at most 1.5 GPU-h, $3"
    assert told["4 × the questions of probe/akb"] == "at most 4.5 GPU-h, $9"
    assert told["short run"] == "9.0 GPU-h, $18"
    assert set(costs_in_words(rows, [], ["a", "b", "c"])) == {""}


def test_what_is_no_plan_is_refused():
    with pytest.raises(AkbError, match="no plan"):
        read_stages([{"stage": "x"}], "plan.json")
