"""Cues without knowledge: what each picks, what it is worth, and that over all keys it gains nothing."""

from __future__ import annotations

import pytest

from akb.benchmark.cues import NAMES, cues

OPTIONS = ("a dog", "a cat", "a cow", "a mule")


def test_the_longest_option_is_worth_three_quarters_where_it_is_right() -> None:
    longest = [cues("Which barks?", OPTIONS, answer)["letters: log ratio to the mean, most"] for answer in range(4)]
    assert longest == [-0.25, -0.25, -0.25, 0.75]


def test_options_that_tie_share_what_a_cue_picks() -> None:
    shortest = [cues("Which barks?", OPTIONS, answer)["letters: log ratio to the mean, least"] for answer in range(4)]
    assert shortest == pytest.approx([1 / 3 - 1 / 4] * 3 + [-1 / 4])


def test_a_cue_that_sees_no_difference_picks_none() -> None:
    found = cues("Which?", ("6 dB", "3 dB", "9 dB", "4 dB"), 1)
    assert found["letters: log ratio to the mean, most"] == 0 and found["negations, most"] == 0


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_each_rank_of_numbers_is_a_cue(rank: int) -> None:
    options = ("6 dB", "3 dB", "9 dB", "4 dB")
    picked = [cues("Which?", options, a)[f"number: rank {rank} of 4"] for a in range(4)]
    assert picked.index(max(picked)) == sorted(range(4), key=lambda a: int(options[a][0]))[rank - 1]
    assert max(picked) == 0.75


@pytest.mark.parametrize(
    ("stem", "options"),
    [
        ("Which barks?", OPTIONS),
        ("How far, in all, does 6 dB carry?", ("6 dB", "−3 dB", "12.5 dB", "7 dB")),
        ("What changes?", ("Only the pitch", "The pitch and the level", "Neither, perhaps", "The well-known beat")),
        ("Two?", ("yes", "no")),
    ],
)
def test_over_all_possible_keys_no_cue_gains_anything(stem: str, options: tuple[str, ...]) -> None:
    found = [cues(stem, options, answer) for answer in range(len(options))]
    assert all(set(each) == set(NAMES) for each in found)
    assert all(sum(each[name] for each in found) == pytest.approx(0, abs=1e-9) for name in NAMES)


def test_the_option_that_stands_in_the_stem_is_a_cue() -> None:
    stem = "A drum is struck. What sounds?"
    found = cues(stem, ("the drum", "a flute", "a bell", "a horn"), 0)
    assert found["stem: share of the option's words in it, most"] == 0.75
