"""What each clause of a response says of the options in it."""

from __future__ import annotations

import pytest

from akb.reading.extraction import LETTERS, extract
from akb.reading.option_form import form_of
from akb.reading.option_signs import signed
from akb.reading.stances import judged

ANIMALS = ("Dog", "Cat", "Cow", "Pig")
FORM = form_of(ANIMALS, LETTERS)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("A fails on every count; only B fits.", 1),
        ("C is less likely than D.", 3),
        ("I prefer B to A.", 1),
        ("A is good, B is better.", 1),
        ("Between A and B, B.", 1),
        ("Not only A; also B.", None),
        ("The teacher said A. I say B.", 1),
        ("Tempting as A is, B is right.", 1),
        ("I picked A. Let me change that to C.", 2),
        ("A. I retract that.", None),
        ("Anything other than A.", None),
        ("Who would say A?", None),
        ("I have ruled out A and B.", None),
        ("True, there is a dog. The answer is a cat.", 1),
        ('A friend told me: "The answer is A." I answer B.', 1),
    ],
)
def test_one_option_is_left_by_what_is_said_of_all(text: str, index: int | None) -> None:
    assert judged(text, FORM).index == index
    assert extract(text, ANIMALS)[0] == index


def test_a_list_of_options_shares_what_is_said_of_it() -> None:
    assert judged("Neither A, B nor the cow.", FORM).denied == {0, 1, 2}


def test_what_an_option_means_is_no_statement_that_it_is_right() -> None:
    assert extract("Option A claims it is a dog. Option B claims it is a cat. B is right.", ANIMALS) == (1, None)


def test_a_response_may_hold_the_characters_that_stand_for_options() -> None:
    _, groups = signed("\ue001 B \ue000", FORM)
    assert groups == [frozenset((1,))]
    assert extract("\ue001 The answer is B. \ue000", ANIMALS) == (1, None)


@pytest.mark.parametrize("text", ["A or B, " * 3000, "I said " * 3000, "not " * 5000 + "A", 'he says "A" ' * 2000])
def test_a_response_that_loops_takes_no_odd_time(text: str) -> None:
    extract(text, ANIMALS)
