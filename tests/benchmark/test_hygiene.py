"""Hygiene finds what gives an answer away, and flags nothing in a sound question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from akb.benchmark.candidates import Candidate
from akb.benchmark.hygiene import candidate_flags
from akb.benchmark.taxonomy import Subcategory
from akb.items import won_by_longest

TAXONOMY = {"animals": Subcategory("animals", "Sound", 3, "How animals sound.")}
SOUND = Candidate("animals", "Which animal barks?", "a dog", ("a cat", "a cow", "a hen"), "t", "s")


def flags(**changes: object) -> set[str]:
    return {f.flag for f in candidate_flags(replace(SOUND, **changes), TAXONOMY)}  # type: ignore[arg-type]


def test_a_sound_question_has_no_flags() -> None:
    assert flags() == set()


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"subcategory": "plants"}, "unknown_subcategory"),
        ({"question": " "}, "empty"),
        ({"distractors": ("a cat", "", "a hen")}, "empty"),
        ({"distractors": ("a cat", "a cow")}, "option_count"),
        ({"distractors": ("A dog.", "a cow", "a hen")}, "duplicate_options"),
        ({"distractors": ("a dog and a cat", "a cow", "a hen")}, "nested_options"),
        ({"answer": "a dog, since dogs are the animals that bark"}, "long_answer"),
        ({"question": "Which barking animal is it?", "answer": "a barking dog"}, "stem_overlap"),
        ({"question": "The animal is called an", "answer": "owl", "distractors": ("dog", "cow", "hen")}, "article"),
    ],
)
def test_each_fault_has_its_flag(changes: dict[str, object], flag: str) -> None:
    assert flag in flags(**changes)


def test_signs_and_units_tell_options_apart() -> None:
    assert "duplicate_options" not in flags(answer="-3 dB", distractors=("+3 dB", "3.5 dB", "35 dB"))


def test_ties_of_length_count_by_their_share() -> None:
    assert won_by_longest(("a pig", *SOUND.distractors), 0) == 0.25
    assert won_by_longest(("a horse", *SOUND.distractors), 0) == 1.0
    assert won_by_longest(("ox", *SOUND.distractors), 0) == 0.0
