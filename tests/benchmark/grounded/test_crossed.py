"""Wrong numbers from crossed mistakes: the right one has any rank, and from each of the four the others lie alike."""

from __future__ import annotations

import re
from random import Random

import pytest

from akb.benchmark.grounded.craft.crossed import crossed, is_number

RANKS = range(4)


def value(option: str) -> float:
    return float(re.sub(r"[^\d.−]", "", option).replace("−", "-"))


def drawn(answer: str, mistakes: list[str], rank: int) -> list[list[str]]:
    return list(crossed(answer, mistakes, rank, Random(1)))


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize(
    ("answer", "mistakes"),
    [
        ("440 Hz", ["880 Hz", "132 Hz"]),
        ("1.25 s", ["2.50 s", "0.42 s"]),
        ("−36.1 dBFS", ["−30.1 dBFS"]),
        ("16", ["13"]),
    ],
)
def test_the_right_number_can_stand_at_every_rank(answer: str, mistakes: list[str], rank: int) -> None:
    found = drawn(answer, mistakes, rank)
    assert found
    for wrong in found:
        assert len({answer, *wrong}) == 4
        assert sorted([answer, *wrong], key=value)[rank] == answer


@pytest.mark.parametrize("rank", RANKS)
def test_of_factors_the_outer_two_have_the_product_of_the_inner_two(rank: int) -> None:
    for wrong in drawn("4,400 Hz", ["8,800 Hz", "1,300 Hz"], rank):
        a, b, c, d = sorted(map(value, ["4,400 Hz", *wrong]))
        assert a * d == pytest.approx(b * c, rel=2e-3)


@pytest.mark.parametrize("rank", RANKS)
def test_of_offsets_the_outer_two_have_the_sum_of_the_inner_two(rank: int) -> None:
    for wrong in drawn("64.5 dB", ["67.5 dB", "57.0 dB"], rank):
        a, b, c, d = sorted(map(value, ["64.5 dB", *wrong]))
        assert a + d == pytest.approx(b + c)


@pytest.mark.parametrize("rank", RANKS)
def test_named_mistakes_are_made_in_one_direction_or_the_other(rank: int) -> None:
    """A factor of seven is none that is made with every quantity, so it can come from its name alone."""
    named, unnamed = drawn("440 Hz", ["3,080 Hz", "880 Hz"], rank), drawn("440 Hz", ["880 Hz"], rank)
    sevens = [[v for v in map(value, wrong) if round(max(v / 440, 440 / v), 1) == 7.0] for wrong in (*named, *unnamed)]
    assert any(sevens[: len(named)]) and not any(sevens[len(named) :])


def test_wrong_numbers_have_the_decimals_and_the_unit_of_the_right_one() -> None:
    for rank in RANKS:
        for wrong in drawn("2.50 mV", ["5.00 mV"], rank):
            assert all(re.fullmatch(r"[\d,]+\.\d\d mV", option) for option in wrong)


def test_a_share_is_at_most_the_whole_and_nothing_that_cannot_be_is_nought_or_less() -> None:
    for rank in RANKS:
        assert all(0 < value(o) <= 100 for wrong in drawn("60 %", ["30 %"], rank) for o in wrong)
        assert all(value(o) > 0 for wrong in drawn("2 bars", ["4 bars"], rank) for o in wrong)


def test_one_of_a_thing_is_said_without_an_s() -> None:
    options = {o for rank in RANKS for wrong in drawn("2 octaves", ["4 octaves"], rank) for o in wrong}
    assert "1 octave" in options and "1 octaves" not in options


def test_what_is_no_number_has_no_wrong_numbers() -> None:
    assert not is_number("4 Hz and 8 Hz") and is_number("−3.5 dB")
    assert drawn("a fifth", ["a third"], 0) == []
