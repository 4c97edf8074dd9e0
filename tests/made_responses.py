"""2,000 responses with known answers, made from templates: kinds in equal parts, a part kept out of writing rules.

`responses(held_out=True)` are made from the templates that no rule was written with (`made_templates`).

    for response in responses(2000): assert extract(response.text, response.options)[0] == response.answer
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from made_templates import KEPT_OUT, TEMPLATES

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

SPOKEN = {"#": (" sharp", "-sharp", "♯", "#"), "b": (" flat", "-flat", "♭", "b")}


@dataclass(frozen=True)
class Response:
    """A made response: the options in the order shown, and the index that it means, or None."""

    kind: str
    text: str
    options: tuple[str, ...]
    answer: int | None


def responses(count: int = 2000, *, held_out: bool = False, seed: int = 0) -> Iterator[Response]:
    """`count` responses, each kind as often as any other. held_out: of the templates kept out."""
    draw = random.Random(seed)
    templates = KEPT_OUT if held_out else TEMPLATES
    kinds = list(dict.fromkeys([*TEMPLATES, "notes", "many options"]))
    for number in range(count):
        kind = kinds[number % len(kinds)]
        yield _filled(kind, draw.choice(templates.get(kind) or templates["plain"]), draw)


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
