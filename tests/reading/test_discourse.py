"""What is said of an answer: denied, taken back, weighed, granted, reported, or no longer the model's own words."""

from __future__ import annotations

import pytest
from made_responses import responses

from akb.reading.extraction import extract

ANIMALS = ("Dog", "Cat", "Cow", "Pig")
NOTES = ("F", "F#", "G", "G#")
SPEAKERS = ("A man", "A woman", "A child", "A robot")

# (response, options, the index that it means or None)
CASES: list[tuple[str, tuple[str, ...], int | None]] = [
    ("The answer cannot be A.", ANIMALS, None),
    ("I don't think A is right.", ANIMALS, None),
    ("The answer is C. Sorry, I meant D.", ANIMALS, 3),
    ("The answer might be A, but I am going with B.", ANIMALS, 1),
    ("A is tempting but B is correct.", ANIMALS, 1),
    ("F sharp", NOTES, 1),
    ("The answer is F sharp.", NOTES, 1),
    ("It is G-sharp", NOTES, 3),
    ("Gsharp", NOTES, 3),
    ("B\n\nQuestion: What else?\nAnswer: C", ANIMALS, 1),
    ("K", tuple(f"o{number}" for number in range(12)), 10),
    ("The answer is L.", tuple(f"thing{number}" for number in range(12)), 11),
    ("A isn't the answer.", ANIMALS, None),
    ("It's definitely not option C.", ANIMALS, None),
    ("I would rule out B.", ANIMALS, None),
    ("I doubt it's B.", ANIMALS, None),
    ("B can be excluded.", ANIMALS, None),
    ("There's no way it's A.", ANIMALS, None),
    ("The answer is anything but A.", ANIMALS, None),
    ("The correct answer is not Dog.", ANIMALS, None),
    ("No dog is heard.", ANIMALS, None),
    ("It's hardly a cat.", ANIMALS, None),
    ("The answer is never B", ANIMALS, None),
    ("A. No wait, B.", ANIMALS, 1),
    ("The answer is A... actually, it is B.", ANIMALS, 1),
    ("Answer: A. Correction: B.", ANIMALS, 1),
    ("I said A, but the answer is C.", ANIMALS, 2),
    ("First I thought A, now I believe B.", ANIMALS, 1),
    ("My initial answer was A. My final answer is B.", ANIMALS, 1),
    ("A? No, B.", ANIMALS, 1),
    ("Dog. Wait, on second thought, cat.", ANIMALS, 1),
    ("The answer is A. Scratch that, B.", ANIMALS, 1),
    ("I choose B. Let me reconsider. I choose C.", ANIMALS, 2),
    ("The answer is A, I mean B.", ANIMALS, 1),
    ("It could be A or B, but B is more likely.", ANIMALS, 1),
    ("A seems plausible, yet C fits best.", ANIMALS, 2),
    ("While A is possible, D is the best choice.", ANIMALS, 3),
    ("Although the sound resembles a dog, it is a cat.", ANIMALS, 1),
    ("A is close, however B is right.", ANIMALS, 1),
    ("Between Dog and Cat, Cat is more likely.", ANIMALS, 1),
    ("It might be a dog but is more likely a cat.", ANIMALS, 1),
    ("Either A or B; I'd say B.", ANIMALS, 1),
    ("At first glance A seems right, but B is the answer.", ANIMALS, 1),
    ("I considered A, B and C. I settle on D.", ANIMALS, 3),
    ("I am torn between A and B, leaning towards B.", ANIMALS, 1),
    ("Some would say A, but it is C.", ANIMALS, 2),
    ('The user says "the answer is A", but it is B.', ANIMALS, 1),
    ('Someone might answer "Dog". The correct answer is Cat.', ANIMALS, 1),
    ("You asked whether it is a dog. It is a cat.", ANIMALS, 1),
    ("'A' would be wrong.", ANIMALS, None),
    ("Many people would answer A. I answer B.", ANIMALS, 1),
    ("Option A claims it is a dog. Option B is correct.", ANIMALS, 1),
    ("B\nQ: next?\nA: C", ANIMALS, 1),
    ("B. Cat\n\nHuman: And now?\nAssistant: C", ANIMALS, 1),
    ("Cat\n\n### Question\nfoo\n### Answer\nDog", ANIMALS, 1),
    ("Not A, B, or C; it's D.", ANIMALS, 3),
    ("A, B and C are wrong.", ANIMALS, None),
    ("All but D are wrong.", ANIMALS, 3),
    ("The only option left is D.", ANIMALS, 3),
    ("By elimination, D.", ANIMALS, 3),
    ("It's tempting to say A, but B is what I hear.", ANIMALS, 1),
    ("A? Hmm... no. C.", ANIMALS, 2),
    ("Ruling out A and C leaves B or D; B it is.", ANIMALS, 1),
    ("The answer can't possibly be A.", ANIMALS, None),
    ("It is in no way a dog.", ANIMALS, None),
    ("A would be incorrect.", ANIMALS, None),
    ("I wouldn't say it's A.", ANIMALS, None),
    ("I would not pick A.", ANIMALS, None),
    ("Anything except A.", ANIMALS, None),
    ("A is not the correct answer; neither is B.", ANIMALS, None),
    ("It's not a cow. It's not a pig either.", ANIMALS, None),
    ("My first instinct was A, but after listening again I say C.", ANIMALS, 2),
    ("Answer: B (not A)", ANIMALS, 1),
    ("Answer: B, although A is also possible", ANIMALS, 1),
    ("The answer is B. A is also a possibility, though.", ANIMALS, 1),
    ("B is right; A is only a distractor.", ANIMALS, 1),
    ("The sound is not from a dog but from a pig.", ANIMALS, 3),
    ("The teacher said the answer is A, but I believe it's B.", ANIMALS, 1),
    ("According to the user it is a dog; I hear a cat.", ANIMALS, 1),
    ("People often confuse it with a dog. The answer is Cat.", ANIMALS, 1),
    ('The phrase "option A" appears in the prompt. My answer is C.', ANIMALS, 2),
    ('The caption says "a dog barks". The answer is A.', ANIMALS, 0),
    ("The caption says it is a dog.", ANIMALS, 0),
    ("Answer: A\n\nAnswer: A\n\nAnswer: A", ANIMALS, 0),
    ("B\n\n\nQuestion:", ANIMALS, 1),
    ("B. Cat\nQuestion: What is it?\nA. Dog\nB. Cat\nAnswer: A. Dog", ANIMALS, 1),
    ("C<|endoftext|>Human: What?", ANIMALS, 2),
    ("B\n\nExplanation: The question asks for A or B.", ANIMALS, 1),
    ("The answer is A. Wait, no. The answer is B.", ANIMALS, 1),
    ("The answer is B. Wait, let me double check. Yes, the answer is B.", ANIMALS, 1),
    ("The answer is A. Edit: B.", ANIMALS, 1),
    ("A -- no, B.", ANIMALS, 1),
    ("Let me correct that: the answer is B, not A.", ANIMALS, 1),
    ("The answer is A. Apologies, the answer is C.", ANIMALS, 2),
    ("The answer is A. Actually, it could also be B.", ANIMALS, None),
    ("I mean, it's clearly B.", ANIMALS, 1),
    ("By that I mean a dog. The answer is A.", ANIMALS, 0),
    ("It means the answer is B.", ANIMALS, 1),
    ("A is more likely than B.", ANIMALS, 0),
    ("B is less likely than A, so A.", ANIMALS, 0),
    ("B rather than A.", ANIMALS, 1),
    ("More A than B", ANIMALS, None),
    ("It leans more towards B than A. Answer: B", ANIMALS, 1),
    ("Either a dog or a cat, hard to say.", ANIMALS, None),
    ("50/50 between A and B.", ANIMALS, None),
    ("Probably A, possibly B.", ANIMALS, None),
    ("F sharp minor", ("F minor", "F# minor", "G minor"), 1),
    ("It's in the key of B flat major.", ("B major", "Bb major"), 1),
    ("E-flat", ("E", "Eb", "D"), 1),
    ("a flat tone", ("Ab", "A", "B"), None),
    ("The note is C♯.", ("C", "C#", "D"), 1),
    ("C sharp", ("C", "D", "E"), None),
    ("O", tuple(f"thing {number}" for number in range(15)), 14),
    ("The answer is (M) thing 12.", tuple(f"thing {number}" for number in range(15)), 12),
    ("K. thing 10", tuple(f"thing {number}" for number in range(15)), 10),
    ("I think it's N.", tuple(f"thing {number}" for number in range(15)), 13),
    ("S", ANIMALS, None),
    ("The answer is K.", ANIMALS, None),
    ("I don't hear a dog.", ANIMALS, None),
    ("I do not think so.", ANIMALS, None),
    ("The dog is not the source; the cat is.", ANIMALS, 1),
    ("Not only a dog but also a cat.", ANIMALS, None),
    ("No, it's a cat.", ANIMALS, 1),
    ("Neither; it's a pig.", ANIMALS, 3),
    ("The answer is certainly not B, C or D, which leaves A.", ANIMALS, 0),
    ("It's a cat, isn't it?", ANIMALS, 1),
    ("Isn't it a cat?", ANIMALS, None),
    ("I can't rule out A.", ANIMALS, None),
    ("It can only be B.", ANIMALS, 1),
    ("There is no doubt that it is B.", ANIMALS, 1),
    ("Without a doubt, B.", ANIMALS, 1),
    ("No doubt: B.", ANIMALS, 1),
    ("I have no doubt the answer is C.", ANIMALS, 2),
    ("It's not impossible that it's A, but the answer is D.", ANIMALS, 3),
    ("Nothing but B fits.", ANIMALS, 1),
    ("I never doubted B: the answer is B.", ANIMALS, 1),
    ("It is unmistakably B.", ANIMALS, 1),
    ("I could not agree more with B.", ANIMALS, None),
    ("The correct answer isn't A, B or C. It's D.", ANIMALS, 3),
    ("It does not sound like a dog, it sounds like a cow.", ANIMALS, 2),
    ("The answer is not A.", ANIMALS, None),
    ("A is not it.", ANIMALS, None),
    ("It definitely is not a cat.", ANIMALS, None),
    ("I'm fairly sure it isn't B.", ANIMALS, None),
    ("There is nothing to suggest a dog.", ANIMALS, None),
    ("We can exclude A.", ANIMALS, None),
    ("A has been ruled out.", ANIMALS, None),
    ("A can't be it.", ANIMALS, None),
    ("The answer won't be C.", ANIMALS, None),
    ("I'd never choose B.", ANIMALS, None),
    ("The correct answer is neither A nor B.", ANIMALS, None),
    ("I disagree with B.", ANIMALS, None),
    ("B seems wrong to me.", ANIMALS, None),
    ("It's not like a dog at all.", ANIMALS, None),
    ("Hardly a dog.", ANIMALS, None),
    ("The answer is unlikely to be A.", ANIMALS, None),
    ("The answer is A. No, B.", ANIMALS, 1),
    ("B. Wait... C!", ANIMALS, 2),
    ("I'll say A. On reflection, B.", ANIMALS, 1),
    ("A (correction: C)", ANIMALS, 2),
    ("Final answer: A. Sorry, I meant B.", ANIMALS, 1),
    ("The answer is dog. I misspoke: cat.", ANIMALS, 1),
    ("A. Let me think again. B.", ANIMALS, 1),
    ("It is a man. Hmm, actually it is a woman.", SPEAKERS, 1),
    ("I picked A before, now I pick B.", ANIMALS, 1),
    ("The answer is A; no, make that B.", ANIMALS, 1),
    ("Previously I said B; my answer now is C.", ANIMALS, 2),
    ("The answer was A, but now I think it is B.", ANIMALS, 1),
    ("It may sound like a child, but it is a woman.", SPEAKERS, 1),
    ("A child? Possibly. But the answer is a woman.", SPEAKERS, 1),
    ("Both are plausible. I lean towards B.", ANIMALS, 1),
    ("If I had to guess, I'd say C.", ANIMALS, 2),
    ("Forced to choose between A and B, I would pick B.", ANIMALS, 1),
    ("True, a dog can growl; even so, it is a cat.", ANIMALS, 1),
    ("Granted, A is loud, but the answer remains C.", ANIMALS, 2),
    ("Yes, it resembles a dog. But no: the answer is a pig.", ANIMALS, 3),
    ("Admittedly A fits too, but B fits better.", ANIMALS, 1),
    ("B, though A was close.", ANIMALS, 1),
    ("B, even if A is tempting.", ANIMALS, 1),
    ("The answer is B even though it sounds like a dog.", ANIMALS, 1),
    ('You wrote "A". I think the answer is C.', ANIMALS, 2),
    ('"The answer is A" is what most would write; it is B.', ANIMALS, 1),
    ("My friend says A. I say D.", ANIMALS, 3),
    ("The textbook answer is A, but here it is B.", ANIMALS, 1),
    ("Whoever says it is a dog is wrong. It is a cat.", ANIMALS, 1),
    ("The hint 'dog' is misleading; the answer is B.", ANIMALS, 1),
    ('Asked "is it a dog?", I answer: a cat.', ANIMALS, 1),
    ("B\n\nQuestion: x\nA. Dog\nB. Cat\nAnswer: D\n\nQuestion: y\nAnswer: A", ANIMALS, 1),
    ("Cat\n\nProblem 2: foo\nAnswer: Dog", ANIMALS, 1),
    ("B. Cat<|eot_id|>assistant: A", ANIMALS, 1),
    ("(C)\n\n\n\nQ: foo A: bar", ANIMALS, 2),
    ("D\n\nInput: another\nOutput: A", ANIMALS, 3),
    ("The cat\nUser: thanks\nAssistant: A", ANIMALS, 1),
]


@pytest.mark.parametrize(("text", "options", "wanted"), CASES)
def test_what_is_said_of_an_answer_decides_how_it_is_read(
    text: str, options: tuple[str, ...], wanted: int | None
) -> None:
    assert extract(text, options)[0] == wanted


@pytest.mark.parametrize("held_out", [False, True])
def test_of_2000_made_responses_hardly_one_is_misread(held_out: bool) -> None:
    made = list(responses(2000, held_out=held_out))
    read = [(response, extract(response.text, response.options)[0]) for response in made]
    wrong = [response for response, index in read if index is not None and index != response.answer]
    unread = [response for response, index in read if index is None and response.answer is not None]
    assert len(wrong) <= 0.002 * len(made), wrong[:5]
    assert len(unread) <= 0.02 * sum(response.answer is not None for response in made), unread[:5]


def test_a_base_model_that_runs_on_has_answered_before_its_next_question() -> None:
    for head in ("B", "B. Cat", "(b)", "Cat"):
        assert extract(f"{head}\n\nQuestion: What is next?\nAnswer: C", ANIMALS) == (1, None)


def test_letters_beyond_z_have_no_label_but_texts_are_read() -> None:
    options = tuple(f"thing {number}" for number in range(30))
    assert extract("The answer is thing 29.", options) == (29, None)
    assert extract("Z", options) == (25, None)


@pytest.mark.parametrize(
    "text", ["Actually, " * 2000, "A, " * 3000, "Sorry, I meant " * 1000, "? no " * 3000, "leaving " * 3000]
)
def test_odd_discourse_takes_no_odd_time(text: str) -> None:
    extract(text, ANIMALS)
