"""Tones in running speech and changed voices: the rules, worked by hand, and options that give nothing away."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest

from akb.benchmark.candidates import Generator
from akb.benchmark.grounded.speech import tones, voices, vowels
from akb.benchmark.grounded.speech.tones import melody, spoken_tones, two_nouns
from akb.benchmark.grounded.speech.voices import changed


@pytest.mark.parametrize(
    ("syllables", "spoken"),
    [
        ([("ni", 3), ("hao", 3)], [2, 3]),
        ([("bu", 4), ("shi", 4)], [2, 4]),
        ([("bu", 4), ("hao", 3)], [4, 3]),
        ([("yi", 1), ("ge", 4)], [2, 4]),
        ([("yi", 1), ("ben", 3), ("shu", 1)], [4, 3, 1]),
        # “bu” goes by the tone that “mai” has, and keeps its own before a third.
        ([("wo", 3), ("ye", 3), ("bu", 4), ("mai", 3), ("yi", 1), ("wan", 3), ("jiu", 3)], [2, 3, 4, 3, 4, 2, 3]),
    ],
)
def test_mandarin_tones_change_before_others(syllables: list[tuple[str, int]], spoken: list[int]) -> None:
    assert spoken_tones(syllables) == spoken


def test_three_third_tones_in_a_row_are_not_asked_about() -> None:
    assert not tones.is_sure([("wo", 3), ("ye", 3), ("mai", 3)])
    for candidate in tones.GENERATORS["connected_speech.mandarin_tones"](0):
        assert "3 – 3 – 3" not in candidate.question


@pytest.mark.parametrize(
    ("morae", "accent", "heard"),
    [(3, 0, "LHH"), (3, 1, "HLL"), (3, 2, "LHL"), (4, 4, "LHHH"), (4, 3, "LHHL")],
)
def test_a_tokyo_word_rises_after_its_first_mora_and_falls_after_its_accent(
    morae: int, accent: int, heard: str
) -> None:
    assert melody(morae, accent) == heard


def test_within_a_phrase_nothing_dips_before_the_second_noun() -> None:
    # sakana no otoko ga would be: unaccented of three, then four morae accented on the second.
    assert two_nouns(3, 4, 2, phrases=1) == "LHHHHHLLL"
    assert two_nouns(3, 4, 2, phrases=2) == "LHHHLHLLL"


def test_a_tape_changes_all_three_and_a_stretch_gives_the_tempo_back() -> None:
    assert changed(["tape up", "stretch"]) == (Fraction(3, 2), Fraction(3, 2), 1)
    assert changed(["formants up", "pitch down", "tape down"]) == (Fraction(4, 9), 1, Fraction(2, 3))


@pytest.mark.parametrize("name", sorted(voices.GENERATORS))
def test_every_outcome_is_right_before_any_is_again(name: str) -> None:
    drawn = list(voices.GENERATORS[name](0))[:16]
    asked = [c.answer if c.template.endswith("steps") else json.loads(c.proof)["args"]["ways"] for c in drawn]
    assert len({str(a) for a in asked}) == 16


@pytest.mark.parametrize("generator", [*tones.GENERATORS.values(), *voices.GENERATORS.values()])
def test_the_right_option_is_not_the_one_that_is_most_like_the_others(generator: Generator) -> None:
    most_alike = 0
    drawn = list(generator(1))[:24]
    for candidate in drawn:
        options = [candidate.answer, *candidate.distractors]
        words = [re.split(r", then |, | – | ", option.lower()) for option in options]
        shared = [sum(a == b for other in words for a, b in zip(own, other, strict=False)) for own in words]
        most_alike += shared[0] > max(shared[1:])
    assert most_alike <= 0.3 * len(drawn)


def test_the_size_of_the_head_decides_which_vowel_it_is() -> None:
    assert vowels.nearest((530, 2730, 3600), "child") == "hid"
    assert vowels.nearest((530, 1840, 2480), "man") == "head"
    # A child's “had” at two thirds of its speed has a man's formants of the same word, about.
    assert vowels.nearest([f * 2 / 3 for f in (1010, 2320, 3320)], "man") == "had"


def test_vowels_are_asked_about_only_where_one_is_clearly_nearest() -> None:
    for generator in vowels.GENERATORS.values():
        for candidate in generator(0):
            args = json.loads(candidate.proof)["args"]
            formants = [f * args["factor"] for f in vowels.FORMANTS[args["speaker"]][args["word"]]]
            assert vowels.is_clear(formants, args["norm"])
            assert not {"“hod”", "“hawed”"} <= {candidate.answer, *candidate.distractors}
