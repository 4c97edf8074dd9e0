"""Rankings of backbones: who may be the best, how far each is behind, and what luck and trainings do."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from synthetic import DOMAINS, draw, make_items, responses_of, world

from akb.analysis.leads import LEADS, compare, leads
from akb.analysis.scores import graded, score
from akb.estimates import UNKNOWN, Training, training_variance
from akb.items import items_frame

ITEMS = make_items("mini", 300, DOMAINS)
ALONE = np.arange(300)


def heard(accuracies: dict[str, list[float]]) -> pl.DataFrame:
    """Graded audio answers of backbones, one accuracy for each training."""
    parts = [
        responses_of(ITEMS, name, "audio", draw(300, accuracy, 7 * place + seed), training=seed)
        for place, (name, each) in enumerate(accuracies.items())
        for seed, accuracy in enumerate(each)
    ]
    return graded(pl.concat(parts), items_frame(ITEMS))


def test_leads_rank_the_backbones_and_say_how_far_behind():
    responses, items = world()
    table = leads(graded(responses, items), "combined", seed=1)
    assert table.columns == list(LEADS)
    assert table.filter(setting="probe", among="probe")["backbone"].to_list() == ["large", "middle", "small"]
    first, *others = table.filter(setting="audio").rows(named=True)
    assert (first["behind"], first["low"]) == (0, 0)
    assert all(row["low"] <= row["behind"] <= row["high"] for row in others)
    assert set(table.filter(setting="probe")["chance"]) == {0.25}


def test_by_ear_one_training_each_rules_nobody_out_and_several_do():
    once = leads(heard({"a": [0.9], "b": [0.5]}), "combined", seed=1)
    assert once["possibly_best"].to_list() == [True, True]
    several = leads(heard({"a": [0.9, 0.91, 0.9], "b": [0.5, 0.49, 0.5]}), "combined", seed=1)
    assert several["possibly_best"].to_list() == [True, False]
    assert several["low"][1] > 0
    assert several["trainings"].to_list() == [3, 3]


def test_trainings_that_stray_keep_a_rival_in():
    steady = leads(heard({"a": [0.70, 0.70, 0.70], "b": [0.55, 0.55, 0.55]}), "combined", seed=1)
    straying = leads(heard({"a": [0.60, 0.80, 0.70], "b": [0.65, 0.45, 0.55]}), "combined", seed=1)
    assert steady["behind"].to_list() == pytest.approx(straying["behind"].to_list())
    assert straying["high"][1] > steady["high"][1]
    assert (steady["possibly_best"][1], straying["possibly_best"][1]) == (False, True)


def test_cheap_choices_are_among_the_backbones_that_were_heard():
    responses, items = world()
    without = responses.filter((pl.col("setting") != "audio") | (pl.col("backbone") != "large"))
    table = leads(graded(without, items), "combined", seed=1)
    assert set(table.filter(setting="probe", among="audio")["backbone"]) == {"small", "middle"}
    assert table.filter(setting="probe", among="probe")["backbone"][0] == "large"


def test_a_backbone_at_chance_does_not_beat_it():
    table = leads(heard({"a": [0.26, 0.25], "b": [0.6, 0.6]}), "combined", seed=1)
    assert dict(table.select("backbone", "beats_chance").iter_rows()) == {"a": False, "b": True}


def test_identical_backbones_are_never_told_apart():
    marks = np.repeat(np.random.default_rng(0).integers(0, 2, (300, 1)).astype(float), 3, axis=1)
    found = compare(marks, ALONE, UNKNOWN, [1, 1, 1], seed=1)
    assert found.possibly_best.all()
    assert (found.low == 0).all() and (found.high == 0).all()


def test_what_chance_explains_is_shrunk_away():
    rng = np.random.default_rng(3)
    equal = (rng.random((300, 8)) < 0.5).astype(float)
    found = compare(equal, ALONE, UNKNOWN, [1] * 8, seed=1)
    assert np.ptp(found.shrunk) < 0.5 * np.ptp(found.accuracy)
    apart = (rng.random((300, 3)) < np.array([0.2, 0.5, 0.9])).astype(float)
    found = compare(apart, ALONE, UNKNOWN, [1] * 3, seed=1)
    assert found.shrunk == pytest.approx(found.accuracy, abs=0.01)


def test_trainings_that_differ_only_item_by_item_add_nothing_beyond_the_items():
    """Each item falls out anew; no training is better. A naive variance between trainings would count that twice."""
    rng = np.random.default_rng(5)
    tables = [(rng.random((300, 3)) < 0.5).astype(float) for _ in range(200)]
    naive = float(np.mean([table.mean(axis=0).var(ddof=1) for table in tables]))
    assert naive == pytest.approx(0.25 / 300, rel=0.2)
    assert training_variance(tables, ALONE, least=None).variance == pytest.approx(0, abs=0.1 * naive)


def test_what_trainings_add_is_found():
    rng = np.random.default_rng(6)
    tables = [(rng.random((300, 3)) < 0.5 + rng.normal(0, 0.05, 3)).astype(float) for _ in range(200)]
    found = training_variance(tables, ALONE)
    assert found.variance == pytest.approx(0.05**2, rel=0.25)
    assert found.df == 400
    assert training_variance([table[:, :1] for table in tables], ALONE) == Training(0.0, 0)


def test_a_score_is_a_mean_over_trainings_and_its_interval_holds_them():
    parts = [
        responses_of(ITEMS, name, "audio", draw(300, accuracy, seed), training=seed)
        for name, each in {"a": (0.5, 0.7, 0.6), "b": (0.4, 0.6, 0.5)}.items()
        for seed, accuracy in enumerate(each)
    ]
    whole = score(pl.concat(parts), items_frame(ITEMS)).filter(domain="all")
    assert whole["accuracy"].to_list() == pytest.approx([0.6, 0.5])
    assert (set(whole["n"]), set(whole["trainings"])) == ({300}, {3})
    one = score(pl.concat(parts).filter(training=0), items_frame(ITEMS)).filter(domain="all")
    assert one["training_variance"].null_count() == 2
    assert ((whole["high"] - whole["low"]) > (one["high"] - one["low"])).all()


def test_items_of_one_recording_are_fewer_than_they_look():
    shared = [item.__class__(**{**item.__dict__, "unit": f"r{i // 10}"}) for i, item in enumerate(ITEMS)]
    alike = [i // 10 % 2 == 0 for i in range(300)]  # each recording right or wrong as a whole
    plain, units = (
        score(responses_of(ITEMS, "a", "cascade", alike, captioner="x"), items_frame(of))
        .filter(domain="all")
        .row(0, named=True)
        for of in (ITEMS, shared)
    )
    assert plain["effective_n"] == pytest.approx(300)
    assert units["effective_n"] == pytest.approx(30, rel=0.05)
    assert units["high"] - units["low"] > 2.5 * (plain["high"] - plain["low"])
