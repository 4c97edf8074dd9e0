"""What separates backbones, in worlds whose truth is known: who shows through, what fails, whose rank holds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from synthetic import DOMAINS, make_items, responses_of

from akb.analysis.consistency import consistency
from akb.analysis.error_sources import BEFORE, CONNECTOR, EVIDENCE, KNOWLEDGE, error_sources
from akb.analysis.needed_audio import needing_audio
from akb.analysis.own_cascade import ALL, own_cascades
from akb.analysis.rank_stability import CAPTIONERS, ORDERS, TRAININGS, WAYS, rank_stability
from akb.analysis.reading_rules import (
    ELSE_BY_LOT,
    ELSE_FIRST,
    FIRST_LETTER,
    OURS,
    WORD_MATCH,
    marks_of,
    reading_rules,
)
from akb.analysis.scores import graded
from akb.items import items_frame
from akb.tables import RESPONSES, frame_of

N = 600
ITEMS = make_items("mini", N, DOMAINS, seed=3)
FRAME = items_frame(ITEMS)
NAMES = ("a", "b", "c")
MANY = make_items("mini", 1500, DOMAINS, seed=4)


def answered(backbone, setting, right, **more):
    return responses_of(ITEMS, backbone, setting, [bool(mark) for mark in right], **more)


def heard_and_read(seed, copied):
    """Three backbones on items of shared difficulty; a share `copied` of what each hears goes as what it reads."""
    rng = np.random.default_rng(seed)
    easy = rng.normal(size=N)
    parts = []
    for name in NAMES:
        read = easy + rng.normal(size=N) > 0
        alone = easy + rng.normal(size=N) > 0.2
        parts.append(answered(name, "cascade", read, captioner="c"))
        parts.append(answered(name, "audio", np.where(rng.random(N) < copied, read, alone)))
    return graded(pl.concat(parts), FRAME)


@pytest.mark.parametrize("seed", range(4))
def test_a_backbone_that_shows_through_is_found(seed):
    table = own_cascades(heard_and_read(seed, copied=0.5), seed=1)
    whole = table.filter(backbone=ALL).row(0, named=True)
    assert whole["low"] > 0
    own, others = table.filter(pl.col("own"), pl.col("backbone") != ALL), table.filter(~pl.col("own"))
    assert whole["kappa"] == pytest.approx(own["kappa"].mean() - others["kappa"].mean())


def test_items_that_are_hard_for_all_are_no_sign_of_the_backbone():
    strayed = [
        own_cascades(heard_and_read(seed, copied=0.0), seed=1).filter(backbone=ALL).row(0, named=True)
        for seed in range(20)
    ]
    outside = sum(row["low"] > 0 or row["high"] < 0 for row in strayed)
    assert outside <= 3  # 1 of 20 is what 95 % intervals leave
    kappas = own_cascades(heard_and_read(0, copied=0.0), seed=1).filter(~pl.col("own"))["kappa"]
    assert kappas.min() > 0.2  # shared difficulty alone makes all agree over chance


def test_agreement_with_oneself_is_whole_and_with_chance_none():
    rng = np.random.default_rng(0)
    marks = rng.random(N) < 0.6
    parts = [answered("a", "audio", marks), answered("a", "cascade", marks, captioner="c")]
    parts += [answered("b", "audio", rng.random(N) < 0.6), answered("b", "cascade", rng.random(N) < 0.7, captioner="c")]
    table = own_cascades(graded(pl.concat(parts), FRAME), seed=1)
    kappas = {(row["backbone"], row["reader"]): row["kappa"] for row in table.to_dicts()}
    assert kappas["a", "a"] == pytest.approx(1)
    assert abs(kappas["b", "b"]) < 0.1
    wrong = table.filter(backbone="a", reader="a").row(0, named=True)
    assert wrong["same_wrong"] == 1 and wrong["by_chance"] == pytest.approx(1 / 3)


def test_nobody_who_only_reads_is_set_against_hearing():
    assert not len(own_cascades(graded(answered("a", "cascade", [True] * N, captioner="c"), FRAME), seed=1))


def failing(knowledge, evidence, connector):
    """A backbone that gets so many items wrong for each reason, all others right."""
    place = np.arange(N)
    lacks, lost = place < knowledge, (place >= knowledge) & (place < knowledge + evidence)
    mute = (place >= knowledge + evidence) & (place < knowledge + evidence + connector)
    return graded(
        pl.concat(
            [
                answered("a", "audio", ~(lacks | lost | mute)),
                answered("a", "cascade", ~(lacks | lost), captioner="words"),
                answered("a", "cascade", ~lacks, captioner="truth"),
            ]
        ),
        FRAME,
    )


def test_each_wrong_answer_is_laid_to_its_source():
    table = error_sources(failing(60, 90, 120), "truth", seed=1)
    assert table["captioner"].unique().to_list() == ["words"]
    found = {row["source"]: round(row["share"] * N) for row in table.to_dicts()}
    assert found == {KNOWLEDGE: 60, EVIDENCE: 90, CONNECTOR: 120}
    assert table["of_wrong"].sum() == pytest.approx(1)
    assert all(row["low"] < row["share"] < row["high"] for row in table.to_dicts())


def test_without_a_true_description_less_is_said():
    table = error_sources(failing(60, 90, 120).filter(pl.col("captioner").ne_missing("truth")), "truth", seed=1)
    found = {row["source"]: round(row["share"] * N) for row in table.to_dicts()}
    assert found == {BEFORE: 150, CONNECTOR: 120}


def test_who_leads_by_items_solved_without_audio_does_not_lead_on_the_others():
    place = np.arange(N)
    blind = place < 300  # solved by all without audio
    parts = []
    for name, hears in (("reader", place < 360), ("listener", (place < 200) | ((place >= 300) & (place < 440)))):
        parts += [answered(name, "audio", hears), answered(name, "audio", blind, control="no_audio")]
    table = needing_audio(graded(pl.concat(parts), FRAME))
    rows = {row["backbone"]: row for row in table.to_dicts()}
    assert rows["reader"]["rank_all"] == 1 and rows["reader"]["rank"] == 2
    assert rows["listener"]["n"] == 300 and rows["listener"]["n_all"] == N
    assert rows["listener"]["accuracy"] == pytest.approx(140 / 300)
    assert rows["listener"]["low"] < 140 / 300 < rows["listener"]["high"]


def captioned(interaction, seed=0):
    """Eight backbones 5 points apart in standard deviation; each of three captioners moves each by `interaction`."""
    rng = np.random.default_rng(seed)
    parts = []
    for name in "abcdefgh":
        own = 0.5 + 0.05 * rng.normal()
        for captioner in ("x", "y", "z"):
            right = [bool(mark) for mark in rng.random(len(MANY)) < own + interaction * rng.normal()]
            parts.append(responses_of(MANY, name, "cascade", right, captioner=captioner))
    return rank_stability(pl.concat(parts), frame_of([], RESPONSES), items_frame(MANY)).row(0, named=True)


def test_the_interaction_of_captioner_and_backbone_is_measured():
    moved, still = captioned(0.06), captioned(0.0)
    assert moved["factor"] == CAPTIONERS and moved["which"] == "x, y, z" and moved["n"] == len(MANY)
    assert moved["of_interaction"] == pytest.approx(6, abs=2)
    assert moved["noise"] == pytest.approx(100 * np.sqrt(0.25 / len(MANY)), rel=0.1)
    assert still["of_interaction"] < 1.2 < 3 < still["of_backbones"] < 8
    assert still["tau"] > moved["tau"]


def test_trainings_orders_and_ways_of_asking_are_factors_too():
    rng = np.random.default_rng(0)
    parts, others = [], []
    for place, name in enumerate(NAMES):
        marks = rng.random(N) < 0.4 + 0.1 * place
        parts += [answered(name, "audio", marks, training=seed) for seed in (0, 1)]
        parts += [answered(name, "cascade", marks, captioner="c", mode="letter", rotation=turn) for turn in range(4)]
        others.append(answered(name, "cascade", marks, captioner="c", mode="generate"))
    table = rank_stability(pl.concat(parts), pl.concat(others), FRAME)
    assert table["factor"].to_list() == [TRAININGS, ORDERS, WAYS]
    for row in table.to_dicts():
        assert row["tau"] == pytest.approx(1) and row["same_best"] == 1 and row["of_interaction"] < 1e-6


def test_one_backbone_has_no_rank_and_one_level_moves_none():
    one = answered("a", "audio", [True] * N, training=0)
    assert not len(rank_stability(one, frame_of([], RESPONSES), FRAME))


def always_a(turn):
    """Answers of a backbone that takes the first option shown, whatever it is."""
    return answered(
        "fixed", "probe", [item.answer == turn for item in ITEMS], mode="letter", rotation=turn
    ).with_columns(answer=pl.lit(turn, pl.Int64))


def test_a_backbone_that_takes_the_first_option_is_right_by_luck_and_never_consistent():
    sure = [answered("sure", "probe", np.arange(N) < 240, mode="letter", rotation=turn) for turn in range(4)]
    table = consistency(pl.concat([*map(always_a, range(4)), *sure]), FRAME)
    fixed, known = (table.filter(backbone=name).row(0, named=True) for name in ("fixed", "sure"))
    assert fixed["one_order"] == pytest.approx(0.25) and fixed["consistent"] == 0 and fixed["right_in_all"] == 0
    assert known["one_order"] == known["right_in_all"] == 0.4 and known["consistent"] == 1
    assert known["low"] < 0.4 < known["high"] and known["rank"] == 1 and fixed["rank"] == 2


def test_an_order_that_could_not_be_read_is_not_consistent():
    sure = pl.concat([answered("a", "probe", [True] * N, mode="letter", rotation=turn) for turn in range(2)])
    lost = (pl.col("rotation") == 1) & (pl.col("item_id") == ITEMS[0].item_id)
    sure = sure.with_columns(answer=pl.when(~lost).then("answer"), invalid=pl.when(lost).then(pl.lit("no_answer")))
    row = consistency(sure, FRAME).row(0, named=True)
    assert row["right_in_all"] == row["consistent"] == pytest.approx(1 - 1 / N)


OPTIONS = ["a dog", "a cat", "two birds", "rain"]


@pytest.mark.parametrize(
    ("text", "right", "expected"),
    [
        ("The answer is (B) a cat.", 1, {OURS: 1, WORD_MATCH: 1, FIRST_LETTER: 1, ELSE_FIRST: 1, ELSE_BY_LOT: 1}),
        ("C", 2, {OURS: 1, WORD_MATCH: 0, FIRST_LETTER: 1, ELSE_FIRST: 1, ELSE_BY_LOT: 1}),
        ("a cat", 1, {OURS: 1, WORD_MATCH: 1, FIRST_LETTER: None, ELSE_FIRST: 0, ELSE_BY_LOT: 0.25}),
        ("No idea.", 0, {OURS: None, WORD_MATCH: 0, FIRST_LETTER: None, ELSE_FIRST: 1, ELSE_BY_LOT: 0.25}),
        ("", 0, {OURS: None, WORD_MATCH: None, FIRST_LETTER: None, ELSE_FIRST: 1, ELSE_BY_LOT: 0.25}),
        ("Not (A). It is (D).", 3, {OURS: 1, FIRST_LETTER: 0, ELSE_FIRST: 0, ELSE_BY_LOT: 0}),
        ("I'd say B", 1, {FIRST_LETTER: 1}),  # the I of "I'd" labels nothing
    ],
)  # fmt: skip
def test_each_toolkit_reads_an_answer_in_its_own_way(text, right, expected):
    marks = marks_of(text, OPTIONS, right)
    assert {rule: marks[rule] for rule in expected} == expected


@pytest.mark.parametrize("rotation", range(4))
def test_letters_are_those_of_the_order_that_was_shown(rotation):
    said = answered("a", "probe", [True] * N, mode="generate", rotation=rotation)
    table = reading_rules(said, FRAME)
    assert table.filter(pl.col("rule").is_in([OURS, FIRST_LETTER]))["accuracy"].to_list() == [1.0, 1.0]


def test_a_fallback_to_the_first_option_is_worth_its_share_of_keys_and_can_change_ranks():
    silent = answered("silent", "cascade", [False] * N, captioner="c", mode="generate").with_columns(text=pl.lit("Hm."))
    weak = answered("weak", "cascade", np.arange(N) < 60, captioner="c", mode="generate")
    chose = answered("chose", "cascade", [True] * N, captioner="c")  # by likelihood: nothing to read
    table = reading_rules(pl.concat([silent, weak, chose]), FRAME)
    assert set(table["backbone"]) == {"silent", "weak"}
    row = table.filter(backbone="silent", rule=ELSE_FIRST).row(0, named=True)
    assert row["accuracy"] == pytest.approx((FRAME["answer"] == 0).mean()) and row["unread"] == 0
    assert row["rank"] == 1 and row["rank_by_ours"] == 2 and row["moved"] == pytest.approx(100 * row["accuracy"])
    assert table.filter(backbone="silent", rule=FIRST_LETTER)["unread"].item() == N
