"""The report's lead: which, how sure and what next, in three sentences at most."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from akb.analysis.choice import CHOICES, MEASURED
from akb.analysis.leads import LEADS
from akb.analysis.short_answer import short_answer

NOTHING = pl.DataFrame(schema=CHOICES)


def ranking(*rows: tuple[str, float, bool], setting: str = "audio", **more: Any) -> pl.DataFrame:
    """One setting's own ranking of (backbone, accuracy, possibly best), best first."""
    found = [
        {
            "setting": setting, "among": setting, "rank": rank, "backbone": name, "accuracy": accuracy,
            "behind": 100 * (rows[0][1] - accuracy), "possibly_best": possibly, "beats_chance": True, "chance": 0.25,
            "trainings": 3 if setting == "audio" else None, "n": 1000,
        } | more
        for rank, (name, accuracy, possibly) in enumerate(rows, start=1)
    ]  # fmt: skip
    return pl.DataFrame(found, schema=LEADS, orient="row")


def chances(**best: tuple[float, ...]) -> pl.DataFrame:
    """CHOICES rows: of each backbone its chance to be the best by one benchmark after the other."""
    rows = [
        {"benchmark": f"b{place}", "backbone": name, "basis": MEASURED, "best": chance}
        for name, own in best.items()
        for place, chance in enumerate(own)
    ]
    return pl.DataFrame(rows, schema=CHOICES, orient="row")


CLEAR = ranking(("a", 0.7, True), ("b", 0.5, False), ("c", 0.4, False))
OPEN = ranking(("a", 0.7, True), ("b", 0.69, True), ("c", 0.5, False))


def test_a_clear_winner_is_gone_on_with():
    assert short_answer(CLEAR, NOTHING, {"a": "Alpha"}) == (
        "Alpha answers 70.0 % of 1,000 questions rightly by ear, where a guess gets 25.0 %.",
        "b stands 20.0 points behind; at 95 % every rival is ruled out.",
        "Next: go on with Alpha; these benchmarks need no further measurement to choose.",
    )


def test_rivals_that_may_be_the_best_are_what_is_measured_next():
    _, sure, then = short_answer(OPEN, NOTHING, {})
    assert sure == "b stands 1.0 points behind; at 95 % one of two rivals may be the best."
    assert then == "Next: ask a and b more questions, or train them with more seeds, to tell them apart."


def test_the_chance_is_said_where_it_is_known_and_its_span_where_benchmarks_differ():
    _, one, _ = short_answer(OPEN, chances(a=(0.6,), b=(0.3,), c=(0.1,)), {})
    assert one == "b stands 1.0 points behind: the chance that the first is the best is 60 %."
    _, two, _ = short_answer(OPEN, chances(a=(0.6, 0.4), b=(0.4, 0.6)), {})
    assert "the best is 40 to 60 %, by benchmark." in two


def test_one_training_each_rules_nobody_out():
    once = ranking(("a", 0.7, True), ("b", 0.5, True), trainings=1)
    _, sure, then = short_answer(once, chances(a=(0.9,), b=(0.1,)), {})
    assert sure.endswith("is 90 %, before the luck of a single training.")
    assert then == "Next: train a and b three times each (`lalm.seeds`), for one training rules nobody out."


def test_what_was_only_read_is_trained_next():
    text = ranking(("a", 0.7, True), ("b", 0.7, True), setting="cascade")
    first, sure, then = short_answer(text, chances(a=(0.9,), b=(0.1,)), {})
    assert "rightly from captions" in first and "chance that" not in sure and "b stands level with it" in sure
    assert then.startswith("Next: train a and b, the likeliest first; `akb predict")


def test_nothing_told_from_a_guess_chooses_nobody():
    *_, then = short_answer(ranking(("a", 0.26, True), ("b", 0.25, True), beats_chance=False), NOTHING, {})
    assert then == "Next: train longer, since nothing here is told from a guess."


def test_many_rivals_are_counted_and_not_named():
    many = ranking(*((f"m{i:02}", 0.7 - i / 100, i < 10) for i in range(17)))
    _, sure, then = short_answer(many, NOTHING, {})
    assert "nine of 16 rivals may be the best" in sure and "ask the ten that may be the best" in then


@pytest.mark.parametrize(("frame", "sentences"), [(CLEAR.head(1), 2), (CLEAR.head(0), 0), (OPEN, 3)])
def test_there_are_three_sentences_at_most(frame, sentences):
    assert len(short_answer(frame, NOTHING, {})) == sentences
