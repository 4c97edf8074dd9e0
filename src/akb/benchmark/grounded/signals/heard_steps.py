"""Where a voice stands, and in which order three tones and their echo come, after several steps.

for candidate in GENERATORS["microphones_recording.voice_after_steps"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, pairwise, permutations, product
from random import Random
from typing import Any

import numpy as np

from akb.benchmark.grounded.craft.templates import Sketch
from akb.benchmark.grounded.scenes.heard_motion import REVERBERATION
from akb.benchmark.grounded.signals.heard_levels import MICROPHONES

# What a step makes of (left, right).
_MATRICES = {
    "swap": ((0, 1), (1, 0)),
    "invert": ((1, 0), (0, -1)),
    "ms": ((1, 1), (1, -1)),
    "mono": ((1, 1), (1, 1)),
    "mute left": ((0, 0), (0, 1)),
    "mute right": ((1, 0), (0, 0)),
    "copy left": ((1, 0), (1, 0)),
    "difference": ((1, -1), (1, -1)),
}
_STEPS = {
    "swap": "the channels are swapped",
    "invert": "the right channel is inverted",
    "ms": "left and right are turned into their sum (left) and difference (right)",
    "mono": "both channels get their sum",
    "mute left": "the left channel is muted",
    "mute right": "the right channel is muted",
    "copy left": "the left channel is copied over the right one",
    "difference": "both channels get left minus right",
}
_PLACES = {"left": (1, 0), "right": (0, 1), "centre": (1, 1), "opposite": (1, -1)}
_PLACES_SAID = {
    "left": "in the left channel alone",
    "right": "in the right channel alone",
    "centre": "in both channels alike",
    "opposite": "in both channels with opposite polarity",
}


def place_after(first: str, steps: list[str]) -> str:
    """Where a sound is after the steps: left, right, centre, opposite or silent."""
    now = np.array(_PLACES[first], dtype=float)
    for step in steps:
        now = np.array(_MATRICES[step]) @ now
    left, right = now
    if not left and not right:
        return "silent"
    if not right or not left:
        return "left" if left else "right"
    return "centre" if left == right else "opposite" if left == -right else ""


def _stereo_settings() -> list[dict[str, object]]:
    settings: list[dict[str, object]] = []
    rng = Random(7)
    for first in _PLACES:
        for steps in product(_STEPS, repeat=3):
            trail = [place_after(first, list(steps[:n])) for n in range(4)]
            # Each step changes something, and silence comes last if at all.
            if len(set(steps)) < 3 or any(a == b for a, b in pairwise(trail)) or "silent" in trail[:3]:
                continue
            said = [_STEPS[s] for s in steps]
            settings.append(
                {"first": first, "steps": list(steps), "say_first": _PLACES_SAID[first], "say_steps": f"{said[0]}, next {said[1]}, and last {said[2]}"}
            )  # fmt: skip
    rng.shuffle(settings)
    return settings


MICROPHONES.add(
    "voice_after_steps",
    place_after,
    {
        "left": "On the left alone",
        "right": "On the right alone",
        "centre": "In the centre",
        "opposite": "On both sides, polarity opposed",
        "silent": "Nowhere: it is silent",
    },
    [
        "A voice is {say_first}. First {say_steps}. Where is the voice now?",
        "A stereo file has a voice {say_first}. Then {say_steps}. Where is it heard?",
        "Where does a voice end that starts {say_first}, if first {say_steps}?",
        "On a mixing desk a voice lies {say_first}. One after the other, {say_steps}. How is it placed then?",
        "A radio play has its narrator {say_first}. In editing, {say_steps}. In which channels is the narrator at the end?",
        "After three operations, namely that {say_steps}, where is a voice that was {say_first}?",
    ],
    _stereo_settings()[:400],
    tier="hard",
    limit=8,
)


# A tone's height: high and low change places when pitch is mirrored.
_HEIGHTS = ("low", "middle", "high")


def said_order(heights: Sequence[str], soft_first: bool) -> str:
    """High, low, middle, then the same softly."""
    text = f"{heights[0]}, {heights[1]}, {heights[2]}"
    return f"{text}, first softly, then loudly" if soft_first else f"{text}, first loudly, then softly"


def is_order_after(args: Mapping[str, Any], option: str) -> bool:
    """Whether an option says how three loud tones come after steps: reversed, mirrored in pitch, softly echoed."""
    events = [(float(n), height, 1.0) for n, height in enumerate(args["tones"])]
    for step in args["steps"]:
        if step == "reverse":
            events = [(-t, h, a) for t, h, a in events]
        elif step == "mirror":
            events = [(t, _HEIGHTS[2 - _HEIGHTS.index(h)], a) for t, h, a in events]
        else:
            events += [(t + 4.0, h, 0.3 * a) for t, h, a in events]
    events.sort()
    return option == said_order([h for _, h, _ in events[:3]], events[0][2] < 1).capitalize()


_ORDER_STEPS = {"reverse": "played backwards", "mirror": "mirrored in pitch (high becomes low)", "echo": "given one soft echo of it all, 4 s later"}  # fmt: skip
_ORDER_STEMS = (
    "Three loud tones, one a second, are {tones}. The recording is {steps}. How are they heard then?",
    "A recording holds three loud tones, {tones}, each a second after the last. It is {steps}. What does one hear?",
    "In a sampler lie three loud notes, one second apart: {tones}. They are {steps}. In what order do they sound?",
    "A music box plays {tones}, a second apart and all three loud. The tape of it is {steps}. What is on the tape now?",
    "Which sequence results when {tones}, three loud tones in three seconds, are {steps}?",
    "A door chime, recorded loud, goes {tones}, with a second between. After being {steps}, how does it go?",
    "For a radio play a signal of three loud tones ({tones}, one each second) is {steps}. How does the listener hear it?",
    "What is heard after a motif of three loud notes, {tones} and a second apart, has been {steps}?",
)


@REVERBERATION.templates.template(
    REVERBERATION.templates.check(is_order_after), limit=8, tier="hard", skill="inference"
)
def order_after_reversals(rng: Random) -> Iterator[Sketch]:
    """Three tones and their echo, turned in time and pitch; two options each begin alike."""
    ways = [
        steps
        for n in (3, 4)
        for steps in product(_ORDER_STEPS, repeat=n)
        if steps.count("echo") == 1 and len(set(steps)) == 3 and all(a != b for a, b in pairwise(steps))
    ]
    for turn in count():
        tones, steps = rng.sample(_HEIGHTS, 3), rng.choice(ways)
        args = {"tones": tones, "steps": list(steps)}
        options = [
            said_order(heights, soft).capitalize() for heights in permutations(_HEIGHTS) for soft in (True, False)
        ]
        right = next(option for option in options if is_order_after(args, option))
        _, second, third = right.split(", ")[:3]
        swapped = right.replace(f"{second}, {third}", f"{third}, {second}", 1)
        wrong = [swapped, *(_other(option) for option in (right, swapped))]
        stem = _ORDER_STEMS[turn % len(_ORDER_STEMS)].format(
            tones=", ".join(tones), steps=", then ".join(_ORDER_STEPS[s] for s in steps)
        )
        yield Sketch(stem, right, wrong, args)


def _other(option: str) -> str:
    """The same with loud and soft changing places."""
    soft, loud = "first softly, then loudly", "first loudly, then softly"
    return option.replace(soft, loud) if soft in option else option.replace(loud, soft)


GENERATORS = {
    name: family.generators[name]
    for family, name in (
        (MICROPHONES, "microphones_recording.voice_after_steps"),
        (REVERBERATION, "reverberation.order_after_reversals"),
    )
}
CHECKS = {**MICROPHONES.checks, **REVERBERATION.checks}
