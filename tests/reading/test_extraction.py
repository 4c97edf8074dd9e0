"""Every way in which a model may word, hide or withhold its answer."""

from __future__ import annotations

import json
import random

import pytest

from akb.reading.extraction import extract
from akb.reading.response_text import split_thinking

ANIMALS = ("Dog", "Cat", "Bird", "Cow")
PIANOS = ("Piano", "Electric piano", "Drum", "Flute")
NUMBERS = ("3", "4", "2", "1")
LETTERS = ("B", "A", "C", "D")
KEYS = ("C major", "A minor", "F# minor", "F major")
CHINESE = ("钢琴", "小提琴", "电钢琴", "鼓")
YES_NO = ("Yes", "No")
ARTICLES = ("A dog", "A cat", "A bird", "None of the above")
SPEAKERS = ("Man", "Woman", "Child", "Robot")
SENTENCES = ("Too little", "Just right, no opinion", "Too much, need to give some to others", "Too much, can't finish")

# (response, options, the index it names or the reason why it names none)
CASES = [
    ("B", ANIMALS, 1),
    ("b", ANIMALS, 1),
    ("(b)", ANIMALS, 1),
    ("**B.**", ANIMALS, 1),
    ("B)", ANIMALS, 1),
    ("[B]", ANIMALS, 1),
    ("$B$", ANIMALS, 1),
    ("\\boxed{B}", ANIMALS, 1),
    ("$\\boxed{\\text{B}}$", ANIMALS, 1),
    ("The answer is (B) Cat.", ANIMALS, 1),
    ("The answer is B.", ANIMALS, 1),
    ("Answer: B", ANIMALS, 1),
    ("Answer B", ANIMALS, 1),
    ("Cat", ANIMALS, 1),
    ("cat.", ANIMALS, 1),
    ("B. Cat", ANIMALS, 1),
    ("B: Cat", ANIMALS, 1),
    ("B - Cat", ANIMALS, 1),
    ('{"answer": "B"}', ANIMALS, 1),
    ('```json\n{"answer": "B", "why": "not A"}\n```', ANIMALS, 1),
    ("{'answer': 'Cat'}", ANIMALS, 1),
    ('{"answer": ["A","B"]}', ANIMALS, "two_answers"),
    ('{"answer": null}', ANIMALS, "no_answer"),
    ("<think>A or C?</think>B", ANIMALS, 1),
    ("A or C?</think>\n\nThe answer is B", ANIMALS, 1),
    ("<think>it is A", ANIMALS, "unclosed_thinking"),
    ("", ANIMALS, "empty"),
    ("  \n", ANIMALS, "empty"),
    ("<think>x</think>", ANIMALS, "empty"),
    ("I cannot listen to audio.", ANIMALS, "refusal"),
    ("I'm sorry, but I can't determine whether it is a dog.", ANIMALS, "refusal"),
    ("As an AI language model, I cannot hear.", ANIMALS, "refusal"),
    ("I can't hear audio, but the answer is B.", ANIMALS, 1),
    ("I cannot hear it, but it is likely a cat.", ANIMALS, 1),
    ("None of the options", ANIMALS, "refusal"),
    ("None of the above", ARTICLES, 3),
    ("The answer is none of the above.", ARTICLES, 3),
    ("B or C", ANIMALS, "two_answers"),
    ("A and B", ANIMALS, "two_answers"),
    ("B, C", ANIMALS, "two_answers"),
    ("Dog and cat", ANIMALS, "two_answers"),
    ("The answer is A. The answer is B.", ANIMALS, "two_answers"),
    ("Both A and B are correct", ANIMALS, "two_answers"),
    ("Either A or C", ANIMALS, "two_answers"),
    ("A/B", ANIMALS, "two_answers"),
    ("I like turtles", ANIMALS, "no_answer"),
    ("Electric piano", PIANOS, 1),
    ("Piano", PIANOS, 0),
    ("The answer is electric piano", PIANOS, 1),
    ("I hear an electric piano here", PIANOS, 1),
    ("It is a piano.", PIANOS, 0),
    ("B. Piano", PIANOS, "letter_text_conflict"),
    ("A. Electric piano", PIANOS, "letter_text_conflict"),
    ("B. Dog", ANIMALS, "letter_text_conflict"),
    ("Dog (B)", ANIMALS, "letter_text_conflict"),
    ("Cat (B)", ANIMALS, 1),
    ("not A", ANIMALS, "only_negated"),
    ("It isn't B but C", ANIMALS, 2),
    ("Not A but B.", ANIMALS, 1),
    ("The answer is not A but B", ANIMALS, 1),
    ("The answer is not A, it is B.", ANIMALS, 1),
    ("A is wrong. B is correct.", ANIMALS, 1),
    ("It's not a dog; it's a cat.", ANIMALS, 1),
    ("A dog", ANIMALS, 0),
    ("A cat", ANIMALS, 1),
    ("a cat", ANIMALS, 1),
    ("The answer is a cat", ANIMALS, 1),
    ("A bird is singing.", ANIMALS, 2),
    ("A low hum", ANIMALS, "no_answer"),
    ("a", ANIMALS, 0),
    ("a)", ANIMALS, 0),
    ("A.", ANIMALS, 0),
    ("A", ANIMALS, 0),
    ("A dog", ARTICLES, 0),
    ("A", ARTICLES, 0),
    ("A cat", ARTICLES, 1),
    ("B. A cat", ARTICLES, 1),
    ("2", NUMBERS, 2),
    ("The answer is 2.", NUMBERS, 2),
    ("(2)", NUMBERS, 2),
    ("C. 2", NUMBERS, 2),
    ("A", NUMBERS, 0),
    ("A. 3", NUMBERS, 0),
    ("There are 3 beeps.", NUMBERS, 0),
    ("3.5", NUMBERS, "no_answer"),
    ("13", NUMBERS, "no_answer"),
    ("B", LETTERS, "ambiguous_letter"),
    ("B. A", LETTERS, 1),
    ("A) B", LETTERS, 0),
    ("C", LETTERS, 2),
    ("The answer is C", LETTERS, 2),
    ("The answer is A", LETTERS, "ambiguous_letter"),
    ("C major", KEYS, 0),
    ("A minor", KEYS, 1),
    ("F# minor", KEYS, 2),
    ("The key is F# minor", KEYS, 2),
    ("C", KEYS, 2),
    ("The answer is A minor.", KEYS, 1),
    ("C minor", KEYS, "no_answer"),
    ("B, because unlike A it purrs", ANIMALS, 1),
    ("B because A is a dog.", ANIMALS, 1),
    ("B. Cat. The dog is not heard, and birds are absent.", ANIMALS, 1),
    ("B\n\nExplanation: Option A is a dog, C is a bird.", ANIMALS, 1),
    ("Cat, unlike a dog, purrs.", ANIMALS, 1),
    ("Dog sounds are absent, so it's a cat.", ANIMALS, 1),
    ("答案是钢琴", CHINESE, 0),
    ("答案是B", CHINESE, 1),
    ("答案：电钢琴", CHINESE, 2),
    ("Ｂ", CHINESE, 1),
    ("（Ｂ）", CHINESE, 1),
    ("这是小提琴的声音", CHINESE, 1),
    ("Yes", YES_NO, 0),
    ("No, it is not.", YES_NO, 1),
    ("no", YES_NO, 1),
    ("E", ANIMALS, "letter_out_of_range"),
    ("The answer is E.", ANIMALS, "letter_out_of_range"),
    ("A. Dog\nB. Cat\nC. Bird\nD. Cow\n\nAnswer: B", ANIMALS, 1),
    ("A. Dog\nB. Cat\nC. Bird\nD. Cow", ANIMALS, "two_answers"),
    ("Option B is correct.", ANIMALS, 1),
    ("The correct option is B, Cat.", ANIMALS, 1),
    ("I would choose B.", ANIMALS, 1),
    ("I think the answer is most likely (B).", ANIMALS, 1),
    ("So B.", ANIMALS, 1),
    ("Therefore, the answer is \\(B\\).", ANIMALS, 1),
    ("### Answer\nB", ANIMALS, 1),
    ("Final answer: B. I first thought the answer was A.", ANIMALS, 1),
    ("The final answer is $\\boxed{B}$.", ANIMALS, 1),
    ("Based on the sound, the correct answer is:\n\n**B) Cat**", ANIMALS, 1),
    ("<answer>B</answer>", ANIMALS, 1),
    ("<answer>Cat</answer>", ANIMALS, 1),
    ("The correct answer is clearly the electric piano.", PIANOS, 1),
    ("rather than a dog, a cat", ANIMALS, 1),
    ("'B'", ANIMALS, 1),
    ("The answer is “B”.", ANIMALS, 1),
    ("B ✅", ANIMALS, 1),
    ("It can't be B.", ANIMALS, "only_negated"),
    ("\\frac{1}{2}", ("1/2", "1/4"), 0),
    ("I", ("a", "b", "c", "d", "e", "f", "g", "h", "x", "j"), 8),
    ("I think it is a bird", ANIMALS, 2),
    ("(A) Dog", ANIMALS, 0),
    ("a. dog", ANIMALS, 0),
    ("A, dog", ANIMALS, 0),
    ("Just right no opinion", ("Too little", "Just right, no opinion"), 1),
    ("Answer: (A) man", ("(A) man", "(B) woman"), 0),
    ("woman", ("(A) man", "(B) woman"), 1),
    ("Neither A nor B. It is C.", ANIMALS, 2),
    ("The answer isn't A.", ANIMALS, "only_negated"),
    ("Option C is correct.", ("G", "C", "E", "D"), 2),
    ("G", ("C", "G", "D", "A"), 1),
    ("a", ("one", "two", "said", "a"), 3),
    ("A", ("one", "two", "said", "a"), 0),
    ("B♭", ("Bb", "B"), 0),
    ("The chord is E♭ major", ("E♭ major", "E major"), 0),
    ("Both rain and wind", ("Rain", "Wind", "Both rain and wind"), 2),
    ("-5", ("5", "-5"), 1),
    ("50%", ("50", "50%"), 1),
    ("It is 1,300 Hz", ("300 Hz", "1,300 Hz"), 1),
    ("Guitar, Piano", ("Guitar, Piano", "Piano, Guitar"), 0),
    ("Le son est un chien, donc la réponse est B.", ANIMALS, 1),
    ("Die Antwort ist C.", ANIMALS, 2),
    ("Cat", ("Cat", "Dog", "Cat"), 0),
    ("C", ("Cat", "Dog", "Cat"), 2),
    ("**Answer:** B\n\n**Explanation:** a dog barks, and this is no bark.", ANIMALS, 1),
    ("The answer is (B", ANIMALS, 1),
    ('{"answer": "B", "explanation": "because', ANIMALS, 1),
    ("Let's see. A dog barks; a cow moos. The purring fits a cat. Answer: B", ANIMALS, 1),
    ("Unlike a dog, which barks, the cat purrs.", ANIMALS, 1),
    ("\u200b", ANIMALS, "no_answer"),
    ("\x00\ufffd", ANIMALS, "no_answer"),
    ("[THINK]A?[/THINK]B", ANIMALS, 1),
    ("It is neither a dog nor a bird.", ANIMALS, "only_negated"),
    ("Based on the audio, the speaker is a woman.", SPEAKERS, 1),
    ("The speaking voice belongs to a man, not a woman.", SPEAKERS, 0),
    ("The voice is clearly that of a Man.", SPEAKERS, 0),
    ("Sure! The answer is B.", ANIMALS, 1),
    ("The best option is C: Bird.", ANIMALS, 2),
    ("B) Cat is the right answer because A) Dog would bark.", ANIMALS, 1),
    ("I believe it's option C.", ANIMALS, 2),
    ("My answer: c", ANIMALS, 2),
    ("The correct choice would be (D).", ANIMALS, 3),
    ("**Correct answer: D. Cow**", ANIMALS, 3),
    ("After analysing, I conclude that the sound is a cow mooing.", ANIMALS, 3),
    ("The sound is of a dog barking", ANIMALS, 0),
    ("The answer is either A or B.", ANIMALS, "two_answers"),
    ("Answer: A or B", ANIMALS, "two_answers"),
    ("It could be A, B, or C.", ANIMALS, "two_answers"),
    ("A, B, C, D", ANIMALS, "two_answers"),
    ("A and maybe B", ANIMALS, "two_answers"),
    ("Too much", SENTENCES, "no_answer"),
    ("Too much, can't finish", SENTENCES, 3),
    ("The answer is D) Too much, can't finish.", SENTENCES, 3),
    ("just right", SENTENCES, "no_answer"),
    ("The answer is not listed.", ANIMALS, "no_answer"),
    ("None", ANIMALS, "no_answer"),
    ("I don't know.", ANIMALS, "refusal"),
    ("I'm not sure, but I think B.", ANIMALS, 1),
    ("Unfortunately, as a text-based AI, I cannot process audio. Could you describe it?", ANIMALS, "refusal"),
    ("I cannot hear a dog, so it's a cat.", ANIMALS, 1),
    ("There is no dog. There is a cat.", ANIMALS, 1),
    ("Definitely not a dog.", ANIMALS, "only_negated"),
    ("A cat is not a dog. The answer is A.", ANIMALS, 0),
    ("Option A is wrong since dogs bark. Option B is right.", ANIMALS, 1),
    ("A: no. B: yes.", ANIMALS, 1),
    ("The answer is B and not A.", ANIMALS, 1),
    ("B, not A.", ANIMALS, 1),
    ("B. Not A.", ANIMALS, 1),
    ("Between A and B, I choose B.", ANIMALS, 1),
    ("The right answer is 'Cat'.", ANIMALS, 1),
    ("Cat\n", ANIMALS, 1),
    ("cat (B)", ANIMALS, 1),
    ("B (Cat)", ANIMALS, 1),
    ("(B) (Cat)", ANIMALS, 1),
    ("B - Cat", ANIMALS, 1),
    ("B – Cat", ANIMALS, 1),
    ("B\tCat", ANIMALS, 1),
    ("[B] Cat", ANIMALS, 1),
    ("<B>", ANIMALS, 1),
    ("{B}", ANIMALS, 1),
    ("B]", ANIMALS, 1),
    ("b.", ANIMALS, 1),
    ("The answer is: **B**", ANIMALS, 1),
    ("Answer is $\\mathbf{B}$", ANIMALS, 1),
    ("\\text{B}", ANIMALS, 1),
    ("\\(\\text{B}\\)", ANIMALS, 1),
    ("\\[\\boxed{B}\\]", ANIMALS, 1),
    ("\\boxed{\\text{Cat}}", ANIMALS, 1),
    ("$$B$$", ANIMALS, 1),
    ('{"answer":"Cat","confidence":0.9}', ANIMALS, 1),
    ('{"Answer": "B. Cat"}', ANIMALS, 1),
    ('{"choice": "B"}', ANIMALS, 1),
    ('{"answer": B}', ANIMALS, 1),
    ('{"answer_letter": "B"}', ANIMALS, 1),
    ('{\n "reasoning": "It is not A",\n "answer": "B"\n}', ANIMALS, 1),
    ('{"final_answer": "B"}', ANIMALS, 1),
    ('{"reason": "a dog barks", "answer": "C"}', ANIMALS, 2),
    ("<think></think>\n\nB", ANIMALS, 1),
    ("<think>\nA\n</think>\n\n**B**", ANIMALS, 1),
    ("B.Cat", ANIMALS, 1),
    ("B.  Cat.", ANIMALS, 1),
    ("Answer B.", ANIMALS, 1),
    ("answer: b", ANIMALS, 1),
    ("ANSWER: B", ANIMALS, 1),
    ("ANSWER IS B", ANIMALS, 1),
    ("The Answer Is B", ANIMALS, 1),
    ("Ans: B", ANIMALS, 1),
    ("Ans. B", ANIMALS, 1),
    ("Choose B", ANIMALS, 1),
    ("Pick B.", ANIMALS, 1),
    ("I'd go with B", ANIMALS, 1),
    ("Probably B.", ANIMALS, 1),
    ("Maybe B?", ANIMALS, 1),
    ("B!", ANIMALS, 1),
    ("B?", ANIMALS, 1),
    ("It's B.", ANIMALS, 1),
    ("It's (B).", ANIMALS, 1),
    ("B is my answer.", ANIMALS, 1),
    ("B is the answer", ANIMALS, 1),
    ("My choice is B", ANIMALS, 1),
    ("I think B", ANIMALS, 1),
    ("I think it's B.", ANIMALS, 1),
    ("I say B.", ANIMALS, 1),
    ("So, the answer would be B", ANIMALS, 1),
    ("the answer should be b.", ANIMALS, 1),
    ("The answer is A", ANIMALS, 0),
    ("The answer is A, dog.", ANIMALS, 0),
    ("A is correct.", ANIMALS, 0),
    ("I choose A.", ANIMALS, 0),
    ("A because dogs bark", ANIMALS, 0),
    ("A - Dog", ANIMALS, 0),
    ("Answer: A\nReason: a cat would purr", ANIMALS, 0),
    ("A\n\nThe dog barks and no cat is heard.", ANIMALS, 0),
    ("The answer is a dog.", ANIMALS, 0),
    ("The answer is an animal: cat", ANIMALS, 1),
    ("Answer: B. Explanation: A is wrong.", ANIMALS, 1),
    ("Question: what is it? Options: A. Dog B. Cat C. Bird D. Cow. Answer: B", ANIMALS, 1),
    ("A. Dog: no.\nB. Cat: yes, purring.\nC. Bird: no.\nSo the answer is B.", ANIMALS, 1),
    ("The answer is B.\n\nQuestion: What is next?\nA. x\nAnswer: C", ANIMALS, "two_answers"),
    ("4", ("1", "2", "3", "4"), 3),
    ("Four", ("1", "2", "3", "4"), "no_answer"),
    ("There are 4 of them, not 3.", ("1", "2", "3", "4"), 3),
    ("1. Dog", ANIMALS, 0),
    ("1/2", ("1", "2", "1/2"), 2),
    ("x=2", ("1", "2"), 1),
    ("2 times", ("1", "2"), 1),
    ("A", ("A", "B"), 0),
    ("yes, the answer is A", YES_NO, 0),
    ("Yes (A)", YES_NO, 0),
    ("No (A)", YES_NO, "letter_text_conflict"),
    ("True", ("True", "False"), 0),
    ("It is false.", ("True", "False"), 1),
    ("It is not true.", ("True", "False"), "only_negated"),
]


@pytest.mark.parametrize(("text", "options", "wanted"), CASES)
def test_extract(text: str, options: tuple[str, ...], wanted: int | str) -> None:
    index, reason = extract(text, options)
    assert (index if index is not None else reason) == wanted
    assert (index is None) != (reason is None)


FORMS = [
    "{letter}",
    "({letter})",
    "{letter}.",
    "{letter})",
    "**{letter}.**",
    "${letter}$",
    "\\boxed{{{letter}}}",
    "$\\boxed{{\\text{{{letter}}}}}$",
    "{text}",
    "{text}.",
    '"{text}"',
    "{letter}. {text}",
    "({letter}) {text}",
    "{letter}: {text}",
    "**{letter}) {text}**",
    "{text} ({letter})",
    "The answer is {letter}.",
    "The answer is ({letter}) {text}.",
    "The correct answer is: {text}",
    "Answer: {letter}",
    "Final answer: {letter}. {text}",
    "I would choose {letter}.",
    "Option {letter} is correct.",
    "{letter}, because unlike {other} it fits.",
    "{letter}\n\nExplanation: {other} does not fit.",
    "It is not {other} but {text}.",
    "<think>{other} or {text}?</think>{letter}",
    "<think>It may be {other}.</think>The answer is {text}.",
    "<answer>{letter}</answer>",
    '{{"answer": "{letter}"}}',
    '```json\n{{"answer": "{text}"}}\n```',
]
WORDS = "dog cat rain wind low high piano Electric 钢琴 naïve C# 3/4 440 A4 door-bell mother's".split()


@pytest.mark.parametrize("form", FORMS)
def test_every_right_answer_is_read_in_every_form(form: str) -> None:
    draw = random.Random(form)
    for _ in range(200):
        count = draw.randint(2, 6)
        options: list[str] = []
        while len(options) < count:
            option = " ".join(draw.sample(WORDS, draw.randint(1, 3)))
            if option.lower() not in (o.lower() for o in options):
                options.append(option)
        right, other = draw.sample(range(count), 2)
        text = form.format(letter="ABCDEF"[right], text=options[right], other=options[other])
        assert extract(text, options) == (right, None), (text, options)


def test_json_answers_may_hold_any_text() -> None:
    options = ('say "hi"', "back\\slash", "{brace}", "nothing")
    for index, option in enumerate(options):
        assert extract(json.dumps({"answer": option}), options) == (index, None)


@pytest.mark.parametrize("text", ["(" * 5000, "answer is " * 2000, "not A " * 2000, "\n" * 5000, "A. " * 3000])
def test_odd_responses_take_no_odd_time(text: str) -> None:
    extract(text, ANIMALS)


def test_other_letters_may_label_the_options() -> None:
    assert extract("The answer is Q.", ("dog", "cat"), letters="PQ") == (1, None)


def test_a_block_opened_in_the_prompt_is_thinking_too() -> None:
    assert split_thinking("hm</think>B") == ("hm", "B", True)


def test_a_second_block_left_open_is_unclosed() -> None:
    thinking, text, closed = split_thinking("<think>a</think>B<think>c")
    assert (text, closed) == ("", False)
    assert "c" in thinking


IN_CASE = ("IT", "it", "If", "On")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("it", 1), ("IT", 0), ("The answer is it.", 1), ("**IT**", 0), ("B", 1), ("B. it", 1), ("IF", 2), ("It", None)],
)
def test_case_is_the_question_where_options_differ_in_it_alone(text: str, wanted: int | None) -> None:
    assert extract(text, IN_CASE)[0] == wanted


def test_options_may_carry_numbers_of_their_own() -> None:
    options = ("1. Woman", "2. Man")
    assert [extract(text, options)[0] for text in ("2", "Man", "2. Man", "A", "The answer is 2.")] == [1, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("options", "text", "wanted"),
    [
        (("Door bell", "Horn"), "It's a doorbell.", 0),
        (("60 BPM", "120 BPM"), "about 120bpm", 1),
        (("60 BPM", "120 BPM"), "1120bpm", None),
        (("1 s", "2 s"), "1st", None),
        (("A dog", "No one"), "noone", None),
    ],
)
def test_an_option_s_words_may_be_written_as_one(options: tuple[str, ...], text: str, wanted: int | None) -> None:
    assert extract(text, options)[0] == wanted


@pytest.mark.parametrize(
    ("options", "text", "wanted"),
    [
        (("5 minutes", "10 minutes"), "between 5 and 10 minutes", None),
        (("5 minutes", "10 minutes"), "5 to 10 minutes", None),
        (("5 minutes", "10 minutes"), "10 minutes", 1),
        (("3/4", "4/4"), "3/4 or 6/8", None),
        (("3", "4", "5"), "3 or 4", None),
        (("440 Hz", "880 Hz"), "over 440 Hz", None),
        (("440 Hz", "880 Hz"), "880 Hz, an octave above 440 Hz", 1),
    ],
)
def test_a_number_of_a_range_or_of_an_alternative_is_no_answer(
    options: tuple[str, ...], text: str, wanted: int | None
) -> None:
    assert extract(text, options)[0] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("That's right.", None), ("You are right that it is left.", 0), ("Right!", 1), ("It is on the right.", 1)],
)
def test_a_word_of_assent_is_no_option(text: str, wanted: int | None) -> None:
    assert extract(text, ("Left", "Right", "Centre"))[0] == wanted
    assert extract("At once.", ("Once", "Twice"))[0] is None
