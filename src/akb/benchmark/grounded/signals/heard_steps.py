"""Where a voice stands, and in which order two tones and their echo come, after several steps.

for candidate in GENERATORS["microphones_recording.voice_after_steps"](seed): ...
"""

from __future__ import annotations

from itertools import pairwise, product
from random import Random

import numpy as np

from akb.benchmark.grounded.craft.occasions import on_occasions
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
    ],
    _stereo_settings()[:400],
    tier="hard",
    limit=30,
)


def order_after(first: str, steps: list[str]) -> str:
    """Whether loud or soft and high or low comes first after the steps, of a high and a low tone, both loud before."""
    events = [(0.0, 1000.0, 1.0), (1.0, 250.0, 1.0)]
    if first == "low":
        events = [(t, 1250.0 - f, a) for t, f, a in events]
    for step in steps:
        if step == "reverse":
            events = [(-t, f, a) for t, f, a in events]
        elif step == "scramble":
            events = [(t, 1250.0 - f, a) for t, f, a in events]
        elif step == "echo":
            events += [(t + 3.0, f, 0.3 * a) for t, f, a in events]
    events.sort()
    if len(events) != 4:
        return ""
    pitch = "low" if events[0][1] < events[1][1] else "high"
    return f"{'soft' if events[0][2] < 1 else 'loud'} {pitch}"


_ORDER_STEPS = {
    "reverse": "played backwards",
    "scramble": "mirrored in pitch",
    "echo": "given one soft echo 3 s later",
}
REVERBERATION.add(
    "order_after_reversals",
    order_after,
    {
        "loud high": "Loud high, loud low, soft high, soft low",
        "loud low": "Loud low, loud high, soft low, soft high",
        "soft high": "Soft high, soft low, loud high, loud low",
        "soft low": "Soft low, soft high, loud low, loud high",
    },
    on_occasions(
        "order_after_reversals",
        "{occasion} a {say_first} tone is followed, a second later, by a {say_second} one. The recording is {say_steps}. In what order are the tones heard? (Mirrored, high is low.)",
        "{occasion} a {say_second} tone comes one second after a {say_first} one. This is {say_steps}. What does one hear? (Mirrored, high is low.)",
    ),
    [
        {"first": first, "steps": list(steps), "say_first": first, "say_second": second, "say_steps": ", then ".join(_ORDER_STEPS[s] for s in steps)}
        for first, second in (("high", "low"), ("low", "high"))
        for n in (3, 4)
        for steps in product(_ORDER_STEPS, repeat=n)
        if steps.count("echo") == 1 and len(set(steps)) > 1 and all(a != b for a, b in pairwise(steps))
    ],
    tier="hard",
)  # fmt: skip

GENERATORS = {
    name: family.generators[name]
    for family, name in (
        (MICROPHONES, "microphones_recording.voice_after_steps"),
        (REVERBERATION, "reverberation.order_after_reversals"),
    )
}
CHECKS = {**MICROPHONES.checks, **REVERBERATION.checks}
