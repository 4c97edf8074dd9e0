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


ANIMALS = ("Dog", "Cat", "Cow", "Pig")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nicht A, sondern D.", 3),
        ("Es ist weder A noch B, sondern C.", 2),
        ("No es A sino C.", 2),
        ("Ce n'est pas A, c'est B.", 1),
        ("Ce n'est ni A ni B, c'est C.", 2),
        ("La risposta non è A ma B.", 1),
        ("Não é A, mas sim B.", 1),
        ("Не A, а B.", 1),
        ("答案不是A，而是B。", 1),
        ("应该选A而不是B。", 0),
        ("A ではなく C です。", 2),
        ("정답은 A가 아니라 D입니다.", 3),
        ("Die Antwort ist nicht A.", None),
        ("No es A.", None),
        ("不是B。", None),
    ],
)
def test_denials_are_read_in_other_languages_too(text: str, wanted: int | None) -> None:
    assert extract(text, ANIMALS)[0] == wanted


def test_a_word_of_denial_that_is_an_option_is_none() -> None:
    assert extract("Nicht da.", ("Nicht da", "Da"))[0] == 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("~~A~~ B", 1),
        ("~~Dog~~\nCat", 1),
        ("~~A~~", None),
        ("Some say it's A, and I agree.", 0),
        ("Not A. Definitely.", None),
    ],
)
def test_what_is_crossed_out_is_not_said_and_what_is_agreed_to_is(text: str, wanted: int | None) -> None:
    assert extract(text, ANIMALS)[0] == wanted


@pytest.mark.parametrize(
    ("options", "text", "wanted"),
    [
        (("B minor", "D major", "A major"), "D major, whose relative is B minor.", 1),
        (("0.5 s", "1.5 s"), "The pause lasts 1.5 s, three times 0.5 s.", 1),
        (("8 kHz", "16 kHz"), "Twice 8 kHz gives 16 kHz.", 1),
        (("Violin", "Viola"), "A violin-like viola", 1),
        (("Cello", "Viola"), "Cello in its high register, easily taken for a viola.", 0),
    ],
)
def test_what_an_answer_is_related_to_is_no_answer(options: tuple[str, ...], text: str, wanted: int) -> None:
    assert extract(text, options)[0] == wanted


def test_of_two_structured_answers_the_one_behind_a_correction_holds() -> None:
    assert extract("$\\boxed{A}$\n\nWait, that overlooks the second tone.\n\n$\\boxed{B}$", ANIMALS)[0] == 1
    assert extract("$\\boxed{A}$ $\\boxed{B}$", ANIMALS)[0] is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Right: C. Wrong: A, B, D.", 2),
        ("Some claim A. Wrong: it's C.", 2),
        ("Less a dog than a cat.", 1),
        ("I considered A, B and D before settling on C.", 2),
        ("B (not A/C/D)", 1),
        ("A cow, with pig undertones", 2),
        ("If pushed I'd say B, but A is just as good.", None),
        ("A. B. C. D.", None),
        ("Q: What is heard? A: Cat", 1),
    ],
)
def test_headings_and_comparisons_say_what_is_held_to(text: str, wanted: int | None) -> None:
    assert extract(text, ANIMALS)[0] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Choosing B would be a mistake.", None),
        ("It would be a mistake to choose B.", None),
        ("Saying it is a cat would be inaccurate.", None),
        ("A would be an error, so B.", 1),
        ("My mistake, it is B.", 1),
        ("If it weren't for the barking, I'd say B.", None),
        ("Were it not for the barking, I'd say B, but it is A.", 0),
        ("Had there been barking, the answer would be A. It is C.", 2),
        ("I had it as A.", 0),
    ],
)
def test_what_would_be_wrong_or_would_have_been_is_no_answer(text: str, wanted: int | None) -> None:
    assert extract(text, ANIMALS)[0] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Dog: no\nCat: yes\nCow: no\nPig: no",
        "A - no\nB - yes\nC - no",
        '{"A": false, "B": true, "C": false, "D": false}',
    ],
)
def test_a_verdict_on_each_option_is_read_line_by_line(text: str) -> None:
    assert extract(text, ANIMALS)[0] == 1


@pytest.mark.parametrize(
    ("options", "text", "wanted"),
    [
        (("Male", "Female"), "a non-male voice", None),
        (("Human", "Non-human"), "A non-human sound", 1),
        (("Happy", "Sad"), "un-happy", None),
        (("Yes", "No"), "I have no idea.", None),
        (("Yes", "No"), "No clue, sorry.", None),
        (("Yes", "No"), "No matter what, yes.", 0),
        (("Yes", "No"), "No, there is none.", 1),
        (("One", "Two"), "the first one", None),
        (("One", "Two"), "twenty-one", None),
        (("One", "Two"), "one and a half", None),
        (("One", "Two"), "There is only one.", 0),
        (("5 s", "0.5 s"), ".5 s", None),
        (("5 s", "0.5 s"), "It lasts 5 s.", 0),
        (("C major", "A minor"), "the relative minor of C major", None),
        (("C major", "A minor"), "A minor, the relative minor of C major", 1),
        (("C major", "G major"), "a fifth above C major", None),
        (("C major", "A minor"), "The key is A.", None),
        (("C major", "A minor"), "The key is A minor.", 1),
        (("C major", "A minor"), "The answer is A.", 0),
    ],
)
def test_a_word_that_is_a_part_of_another_says_nothing(options: tuple[str, ...], text: str, wanted: int | None) -> None:
    assert extract(text, options)[0] == wanted
