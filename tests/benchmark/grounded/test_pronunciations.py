"""Pronunciations: what counts as certain, and what some accent would dispute."""

import pytest

from akb.benchmark.grounded.speech.pronunciations import (
    broad,
    ipa,
    is_settled,
    pronunciations,
    rhyme_part,
    stressed_syllable,
    syllable_count,
)


def phones(word: str) -> tuple[str, ...]:
    return pronunciations(word)[0]


def test_an_unknown_word_has_no_pronunciation() -> None:
    assert pronunciations("qwzx") == ()


@pytest.mark.parametrize(("word", "count", "stressed"), [("banana", 3, 2), ("cat", 1, 1), ("information", 4, 3)])
def test_syllables_and_stress(word: str, count: int, stressed: int) -> None:
    assert (syllable_count(phones(word)), stressed_syllable(phones(word))) == (count, stressed)


def test_the_rhyme_part_starts_at_the_stressed_vowel() -> None:
    assert rhyme_part(phones("weather")) == rhyme_part(phones("feather"))


@pytest.mark.parametrize("word", ["lead", "tomato", "bath", "cot", "new", "tear", "either", "process"])
def test_words_that_accents_or_senses_split_are_not_settled(word: str) -> None:
    assert not is_settled(word)


@pytest.mark.parametrize(
    ("one", "other"), [("saw", "sore"), ("cot", "caught"), ("writer", "rider"), ("marry", "merry")]
)
def test_words_that_some_accent_merges_are_broadly_alike(one: str, other: str) -> None:
    assert {broad(p) for p in pronunciations(one)} & {broad(p) for p in pronunciations(other)}


def test_ipa_of_a_word() -> None:
    assert ipa(phones("knight")) == "/naɪt/"
