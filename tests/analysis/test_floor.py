"""The floor: it finds what options give away, and nothing where they give nothing away."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from akb import cli
from akb.analysis.floor import ALL, Question, cross_validated, floors, weights
from akb.analysis.option_surface import FEATURES, columns_of, quantity_of, surface

NOUNS = "bell drum flute horn harp lute pipe viol oboe gong reed cello".split()


def words(rng: Random) -> list[str]:
    return [" ".join(rng.choices(NOUNS, k=3)) + f" {i}{rng.choice('abc')}" for i in range(4)]


def made(rng: Random, mark: Callable[[str, Random], str] = lambda option, rng: option, n: int = 400) -> list[Question]:
    """Questions of arbitrary words whose right option `mark` changes."""
    found = []
    for i in range(n):
        options, answer = words(rng), rng.randrange(4)
        options[answer] = mark(options[answer], rng)
        found.append(Question(f"Which of these is number {i}?", tuple(options), answer, ("A", "B")[i % 2]))
    return found


def numbers(rng: Random, rank: Callable[[], int], n: int = 400) -> list[Question]:
    """Questions of four numbers with one unit, of which the one of a rank is right."""
    found = []
    for i in range(n):
        values = sorted(rng.sample(range(100, 999), 4))
        right = values[rank()]
        rng.shuffle(values)
        found.append(
            Question(f"How many, in case {'abcdefgh'[i % 8]}?", tuple(f"{v} Hz" for v in values), values.index(right))
        )
    return found


def test_options_that_give_nothing_away_are_chosen_by_chance() -> None:
    found = [floors(made(Random(seed)))[ALL] for seed in range(3)]
    assert all(floor.low <= 0.25 for floor in found)
    assert 0.22 < sum(floor.accuracy for floor in found) / 3 < 0.28
    assert found[0].chance == 0.25


@pytest.mark.parametrize(
    "mark",
    [
        lambda option, rng: option + " and a great deal more",
        lambda option, rng: "never " + option if rng.random() < 0.5 else option,
        lambda option, rng: option.replace(" ", ", ", 1),
        lambda option, rng: "number " + option,
    ],
    ids=["longest", "absolute word", "comma", "a word of the stem"],
)
def test_what_marks_the_right_option_is_found(mark: Callable[[str, Random], str]) -> None:
    assert floors(made(Random(0), mark))[ALL].low > 0.35


def test_a_rank_that_is_right_too_often_is_found_and_balanced_ranks_are_not() -> None:
    rng = Random(1)
    uneven = floors(numbers(rng, lambda: rng.choices(range(4), [11, 47, 38, 4])[0]))[ALL]
    even = floors(numbers(rng, lambda: rng.randrange(4)))[ALL]
    assert uneven.low > 0.33
    assert even.low <= 0.25 <= even.high


def test_a_category_that_differs_from_the_others_is_found() -> None:
    longer = made(Random(2), lambda option, rng: option + " by far")
    shorter = made(Random(3), lambda option, rng: option[:-6])
    both = [replace(q, category="long") for q in longer] + [replace(q, category="short") for q in shorter]
    found = floors(both)
    assert list(found) == [ALL, "long", "short"]
    assert min(found["long"].low, found["short"].low) > 0.8
    assert found["long"].n == 400


def test_items_of_one_group_are_learnt_or_tested_together() -> None:
    # Twins with the answer in the same place: seen apart, the twin is no help, for nothing else is common.
    twins = [replace(q, group=str(i // 2)) for i, q in enumerate(made(Random(4)))]
    assert 0.15 < cross_validated(twins).mean() < 0.35


def test_the_order_of_questions_does_not_matter() -> None:
    questions = made(Random(5), lambda option, rng: option + " more")
    forth, back = cross_validated(questions), cross_validated(questions[::-1])
    assert np.array_equal(forth, back[::-1])


def test_the_strongest_weight_names_what_gives_the_key_away() -> None:
    marked = made(Random(6), lambda option, rng: option.replace(" ", " all ", 1))
    assert "absolute words" in list(weights(marked))[:3]


def test_items_may_have_different_numbers_of_options() -> None:
    mixed = [replace(q, options=(*q.options[: q.answer + 1], "one more"), answer=q.answer) for q in made(Random(7))]
    floor = floors(mixed)[ALL]
    assert floor.n == 400
    assert 0.25 < floor.chance < 0.5


@pytest.mark.parametrize("questions", [[], [Question("Why?", ("a", "b"), 0, "A")]], ids=["none", "one"])
def test_without_items_to_learn_from_every_option_is_as_right(questions: list[Question]) -> None:
    floor = floors(questions)[ALL]
    assert floor.n == len(questions)
    assert floor.accuracy == (0.5 if questions else 0.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("3.5 kHz", 3500), ("−6 dB", -6), ("20 µPa", 20e-6), ("1,200 m", 1200), ("5 ms", 0.005)]
    + [(text, None) for text in ("two", "3 to 4", "4/4")],
)
def test_numbers_are_read_with_their_units(text: str, value: float | None) -> None:
    assert quantity_of(text) == (None if value is None else pytest.approx(value))


def test_features_say_how_an_option_stands_among_the_others() -> None:
    found = columns_of(surface("How fast is 200?", ("100 Hz", "200 Hz", "400 Hz", "900 Hz")))
    assert set(found) == set(FEATURES)
    assert found["number: rank 1 of 4"].argmax() == 0
    assert found["number: others at a ratio of 2"].argmax() == 1
    assert found["number: stands in the stem"].argmax() == 1
    assert np.allclose([column.sum() for column in found.values()], 0)


def test_the_command_prints_a_line_for_each_category(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": str(i), "question": q.stem, "options": q.options, "answer": q.answer, "category": q.category}
        for i, q in enumerate(made(Random(8), lambda option, rng: option + " more"))
    ]
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["akb", "floor", str(path), "--why"])
    cli.main()
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["all", "A", "B"]
    assert "letters" in out
    monkeypatch.setattr(sys, "argv", ["akb", "floor", str(path), "--json"])
    cli.main()
    assert json.loads(capsys.readouterr().out)["all"]["accuracy"] > 0.9
