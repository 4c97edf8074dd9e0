"""2,000 responses with known answers, made from templates: kinds in equal parts, a part kept out of writing rules.

In a template {X} is the right option, {Y} and {Z} are others; each is shown as its letter, its text or both, as the
template's ending says: a template with {x} {y} {z} names them by text alone. A template of a list under None has no
answer. `responses(held_out=True)` are those whose templates stand at odd places of their lists.

    for response in responses(2000): assert extract(response.text, response.options)[0] == response.answer
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

SETS: tuple[tuple[str, ...], ...] = (
    ("Dog", "Cat", "Cow", "Pig"),
    ("Piano", "Electric piano", "Drum", "Flute"),
    ("Rain", "Wind", "Thunder", "Footsteps"),
    ("A man", "A woman", "A child", "A robot"),
    ("Angry", "Happy", "Sad", "Neutral"),
    ("Major", "Minor"),
    ("A car horn", "A siren", "A train whistle", "A church bell", "A doorbell"),
    ("To buy bread", "To sell a car", "To visit a friend", "To ask for help"),
)
NUMBERS: tuple[tuple[str, ...], ...] = (("1", "2", "3", "4"), ("90 BPM", "120 BPM", "150 BPM"), ("5", "15", "25", "50"))
NOTES: tuple[tuple[str, ...], ...] = (
    ("F", "F#", "G", "G#"),
    ("Bb", "B", "A", "C"),
    ("C# minor", "C minor", "E major", "Eb major"),
    ("D", "D#", "E", "F", "F#"),
)
MANY = tuple(
    f"{word} tone" for word in "red blue green black white grey pink brown gold teal plum lime navy sand".split()
)

TEMPLATES: dict[str, list[str]] = {
    "plain": [
        "The answer is {X}.",
        "{X}",
        "I think the correct answer is {X}.",
        "Answer: {X}",
        "Based on the description, {X} is the best choice.",
        "My answer is {X}.",
        "The correct option is {X}.",
        "**{X}**",
        "I would choose {X}.",
        "So the answer must be {X}.",
        "The most likely answer is {X}.",
        "Therefore, {X} is correct.",
        "Correct answer: {X}",
        "I'd go with {X}.",
    ],
    "reasoned": [
        "The description mentions it twice, so the answer is {X}.",
        "{X}. The other options, such as {y}, do not match what is heard.",
        "Let's think step by step. Nothing speaks for {y}. The answer is {X}.",
        "Step 1: I look at the sounds. Step 2: I compare them. Answer: {X}",
        "There is no sign of {y} or {z}. The answer is {X}.",
        "Unlike {y}, {x} would explain what we hear. Hence the answer is {X}.",
        "The evidence points to {x}, not {y}. Final answer: {X}",
        "Considering every option, {X} is the most plausible.",
        "{X} is correct because the caption says so, while {y} is never mentioned.",
        "Given the caption, I believe the answer is {X}.",
    ],
    "structured": [
        '{{"answer": "{X}"}}',
        "\\boxed{{{X}}}",
        '```json\n{{"reason": "not {y}", "answer": "{X}"}}\n```',
        "<answer>{X}</answer>",
        "## Reasoning\nIt fits.\n\n## Answer\n{X}",
        "- Choice: {X}",
        "<think>Could it be {y}? No.</think>\n{X}",
        "Explanation: it fits.\nAnswer: **{X}**",
    ],
    "negation": [
        "It cannot be {Y}; the answer is {X}.",
        "The answer is not {Y} but {X}.",
        "I don't think {Y} is right. The answer is {X}.",
        "I do not believe it is {Y}, so I choose {X}.",
        "{Y} is wrong, {Z} is wrong, and {X} is right.",
        "Neither {Y} nor {Z} fits. It is {X}.",
        "It isn't {y}. It's {x}.",
        "{Y} can be ruled out, which makes {X} the answer.",
        "The answer can't be {Y}, so it must be {X}.",
        "I doubt that it is {Y}. I choose {X}.",
        "Definitely not {Y}. The correct answer is {X}.",
        "The answer is {X}, not {Y}.",
        "{X}, and certainly not {Y}.",
        "There is no way it is {Y}; {X} is the answer.",
    ],
    "correction": [
        "The answer is {Y}. Sorry, I meant {X}.",
        "The answer is {Y}. No, wait, it is {X}.",
        "Answer: {Y}. Correction: {X}.",
        "{Y}. Actually, no: the answer is {X}.",
        "I choose {Y}. On second thought, I choose {X}.",
        "The answer is {Y}. Let me reconsider. The answer is {X}.",
        "The answer is {Y}... scratch that, it's {X}.",
        "I said {Y}, but I made a mistake: the answer is {X}.",
        "{Y}? No, {X}.",
        "The answer is {Y}, I mean {X}.",
        "The answer is {Y}. Oops, that is wrong. The answer is {X}.",
        "First I answered {Y}. I change my answer to {X}.",
        "The answer is {Y}. Hmm, on reflection the answer is {X}.",
        "It is {Y}. My mistake, it is {X}.",
    ],
    "weighing": [
        "It could be {Y} or {X}, but {X} is more likely.",
        "The answer might be {Y}, but I am going with {X}.",
        "I am torn between {Y} and {X}, but I choose {X}.",
        "Either {Y} or {X}; I'd say {X}.",
        "Between {Y} and {X}, {X} fits best.",
        "It may be {Y}, it may be {Z}, but the best answer is {X}.",
        "{Y} is possible. {Z} is possible. {X} is the most likely.",
        "I considered {Y}, {Z} and {X}. I settle on {X}.",
        "Both {Y} and {X} are plausible, but the answer is {X}.",
        "It might be {y} but is more likely {x}.",
        "I was leaning towards {Y}, but my final answer is {X}.",
        "If it were {Y}, we would hear more. So the answer is {X}.",
        "Perhaps {Y}? More likely {X}.",
        "Compared with {Y}, {X} is a better match.",
    ],
    "concession": [
        "{Y} is tempting but {X} is correct.",
        "Although {Y} seems plausible, the answer is {X}.",
        "While {Y} is possible, {X} is the best choice.",
        "{Y} sounds right, yet {X} is the answer.",
        "At first glance {Y} seems right, but {X} is correct.",
        "{Y} is close; however, {X} is right.",
        "Even though {Y} might fit, I choose {X}.",
        "It resembles {y}; still, the answer is {X}.",
        "Initially I thought it was {Y}, but it is {X}.",
        "One could argue for {Y}. Nevertheless, the answer is {X}.",
        "{Y} would be a good guess, but the correct answer is {X}.",
        "Despite some hints of {y}, the answer is {X}.",
    ],
    "quotation": [
        'The user says "the answer is {Y}", but it is {X}.',
        "Some would say {Y}, but the answer is {X}.",
        'Someone might answer "{Y}". The correct answer is {X}.',
        "You asked whether it is {y}. It is {x}.",
        "Many people would choose {Y}. I choose {X}.",
        'The question suggests "{Y}". However, the answer is {X}.',
        "A careless listener would answer {Y}; the right answer is {X}.",
        'If you thought "it is {Y}", you would be wrong: it is {X}.',
        'He says: "I hear {y}". Still, the answer is {X}.',
        "Others claim that the answer is {Y}. I say {X}.",
    ],
    "runs on": [
        "{X}\n\nQuestion: What comes next?\nAnswer: {Y}",
        "{X}\n\nQ: And which is louder?\nA: {Y}",
        "{X}\n\nQuestion 2: Who speaks?\nOptions:\nA. foo\nB. bar\nAnswer: {Y}",
        "{X}\n\nUser: And now?\nAssistant: {Y}",
        "{X}<|im_end|>\n<|im_start|>user\nAnother one<|im_end|>\n<|im_start|>assistant\n{Y}",
        "{X}</s>Question: foo\nAnswer: {Y}",
        "{X}\n\n### Question\nWhat is it?\n### Answer\n{Y}",
        "{X}\nHuman: thanks. What of the second clip?\nAI: {Y}",
    ],
    "none": [
        "The answer cannot be {Y}.",
        "I don't think {Y} is right.",
        "It is neither {y} nor {z}.",
        "I doubt that the answer is {Y}.",
        "The answer is either {Y} or {Z}.",
        "I can rule out {Y}, but no more than that.",
        "There's no way it's {Y}.",
        "The answer is anything but {Y}.",
        "It could be {Y} as well as {Z}.",
        "Definitely not {Y}.",
        "I do not believe that the answer is {Y}.",
        "Both {Y} and {Z} are correct.",
        "I'm sorry, but I cannot listen to audio.",
        "It isn't {Y}, and it isn't {Z} either.",
    ],
}
SPOKEN = {"#": (" sharp", "-sharp", "♯", "#"), "b": (" flat", "-flat", "♭", "b")}


@dataclass(frozen=True)
class Response:
    """A made response: the options in the order shown, and the index that it means, or None."""

    kind: str
    text: str
    options: tuple[str, ...]
    answer: int | None


def responses(count: int = 2000, *, held_out: bool | None = None, seed: int = 0) -> Iterator[Response]:
    """`count` responses, each kind as often as any other. held_out: templates kept out alone, or the others."""
    draw = random.Random(seed)
    kinds = [*TEMPLATES, "notes", "many options"]
    for number in range(count):
        kind = kinds[number % len(kinds)]
        source = TEMPLATES.get(kind) or TEMPLATES["plain"]
        wanted = range(len(source)) if held_out is None else range(int(held_out), len(source), 2)
        yield _filled(kind, source[draw.choice(wanted)], draw)


def _filled(kind: str, template: str, draw: random.Random) -> Response:
    if kind == "notes":
        options = draw.choice(NOTES)
    elif kind == "many options":
        options = MANY[: draw.randint(11, len(MANY))]
    else:
        needs = 3 if "{Z}" in template or "{z}" in template else 2
        options = draw.choice([o for o in (*SETS, *NUMBERS) if len(o) >= needs])
    options = tuple(draw.sample(options, len(options)))
    right, *others = draw.sample(range(len(options)), min(3, len(options)))
    places = dict(zip("XYZ", (right, *others, others[0]), strict=False))
    form = draw.choice(["{letter}", "({letter})", "{letter}. {text}", "{text}", "({letter}) {text}"])
    if kind in ("correction", "concession") and "." in form:
        form = "{letter}"  # no period within a clause
    if any(
        options[index] in "ABCDE"[: len(options)] or "ABCDE"[index : index + 1] in options for index in places.values()
    ):
        form = "{letter}. {text}"  # alone it would be the label of one and the text of another
    texts = {}
    for name, index in places.items():
        text = _spoken(options[index], draw) if kind == "notes" else options[index]
        texts[name] = form.format(letter=chr(ord("A") + index), text=text)
        texts[name.lower()] = text.lower() if kind != "notes" else text
    answer = None if kind == "none" else right
    return Response(kind, template.format(**texts), options, answer)


def _spoken(note: str, draw: random.Random) -> str:
    for sign, ways in SPOKEN.items():
        if note[1:2] == sign:
            return note[0] + draw.choice(ways) + note[2:]
    return note
