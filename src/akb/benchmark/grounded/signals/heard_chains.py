"""What is left of hum or of a faint tone after several steps in a row, proven by making the signals.

for candidate in GENERATORS["recording_faults.hum_after_copies"](seed): ...
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from akb.benchmark.grounded.craft.hearing import Outcomes
from akb.benchmark.grounded.craft.signal_tools import Signal, spectrum, tone
from akb.benchmark.grounded.craft.wordings import blended
from akb.benchmark.grounded.signals.heard_sampling import BITS

FAULTS = Outcomes("recording_faults")
_RATE = 8000.0

# “add” or “sub” a copy some ms later, or “speed” by a factor.
Step = list[Any]


def _delayed(signal: Signal, milliseconds: float) -> Signal:
    return np.roll(signal, round(milliseconds * _RATE / 1000))


def hum_left(steps: list[Step]) -> str:
    """Which of a hum's parts, 50 and 100 Hz before all this, is left after copies are added and speeds changed."""
    found = {}
    for frequency in (50.0, 100.0):
        x = tone(frequency, 1.0, _RATE)
        for kind, figure in steps:
            amount = float(figure)
            if kind == "speed":
                x = np.interp((np.arange(len(x)) * amount) % len(x), np.arange(len(x) + 1), np.append(x, x[0]))
            else:
                x = x + (1 if kind == "add" else -1) * _delayed(x, amount)
        found[frequency] = float(spectrum(x, _RATE)[1].max() / len(x))
    ratios = [found[f] / 0.25 for f in (50.0, 100.0)]
    if any(0.02 < r < 0.99 for r in ratios):
        return ""
    return {(True, True): "both", (True, False): "low", (False, True): "high", (False, False): "none"}[ratios[0] > 0.5, ratios[1] > 0.5]  # fmt: skip


def _said(steps: list[Step]) -> str:
    words = []
    for kind, figure in steps:
        if kind == "speed":
            words.append("played at double speed" if figure == 2 else "played at half speed")
        else:
            words.append(f"mixed with its own copy{', inverted,' if kind == 'sub' else ''} {figure:g} ms later")
    return ", then ".join(words)


_COPIES: list[Step] = [["add", d] for d in (5, 10, 20)] + [["sub", d] for d in (5, 10, 20)]
_SPEEDS: list[Step] = [["speed", 2], ["speed", 0.5]]
FAULTS.add(
    "hum_after_copies",
    hum_left,
    {
        "both": "Both of its tones",
        "low": "Only its lower tone",
        "high": "Only its higher tone",
        "none": "Neither of its tones",
    },
    blended(
        "a guitar recording; a tape transfer; a choir recording; a courtroom tape; an interview",
        "{Thing} hums at 50 and 100 Hz. It is {say_what}. What is left of the hum? (Copies have equal level.)",
        "{Thing} has mains hum with its octave (50 and 100 Hz). Which part survives when it is {say_what}? (Copies have equal level.)",
        "What remains of a hum of 50 and 100 Hz after the recording was {say_what}? (Copies have equal level.)",
        "Two hum tones, 50 and 100 Hz, lie under a recording. This is {say_what}, copies having the same level. Which of the two remain?",
        "Hum at 50 Hz and at twice that is to be got rid of. The file is {say_what}, each copy as loud as the rest. Which hum is left?",
        "A buzz of 50 and 100 Hz is {say_what}, mixed at equal level each time. Which of its tones remain?",
    ),
    [
        {"steps": [first, second], "say_what": _said([first, second])}
        for first, second in (*product(_SPEEDS, _COPIES), *product(_COPIES, _SPEEDS), *product(_COPIES, _COPIES))
        if first != second
    ],
    tier="hard",
)


def faint_tone(level: float, gain: float, bits: int, dither: bool) -> str:
    """What becomes of a sine (dBFS) that is amplified, reduced to a number of bits, and amplified again."""
    peak = 10 ** ((level + gain) / 20)
    if peak > 1.05:
        return ""
    step = 2.0 ** (1 - bits)
    rng = np.random.default_rng(1)
    x = peak * tone(440.0, 0.5, 16000.0)
    y = x + (step * (rng.random(len(x)) - rng.random(len(x))) if dither else 0.0)
    y = np.round(y / step) * step
    if not np.any(y):
        return "silence" if peak < 0.4 * step else ""
    error = y - x * (np.dot(x, y) / np.dot(x, x))
    ratio = 10 * np.log10(np.mean(x**2) / np.mean(error**2))
    if ratio > 75:
        return "clean"
    if dither:
        # Weaker by more than that a tone drowns in the hiss.
        return "hiss" if -8 < ratio < 25 else ""
    return "buzz" if 0.6 < peak / step < 4 else ""


BITS.add(
    "faint_tone_after_reduction",
    faint_tone,
    {
        "silence": "Digital silence",
        "buzz": "A harsh, buzzing tone without steady hiss",
        "hiss": "A pure tone in steady hiss",
        "clean": "A pure tone, practically without noise",
    },
    blended(
        "tuning fork; singing bowl; test oscillator; flute; synthesiser",
        "The pure tone of a {thing}, with peaks at {say_level} dBFS in a 24-bit file, is raised by {gain} dB, reduced to {bits} bits {say_dither} and then turned up as far as needed. What is heard?",
        "In a 24-bit file a sine has peaks at {say_level} dBFS. It is amplified by {gain} dB, stored with {bits} bits {say_dither}, and in the end played as loud as one likes. How does it sound?",
        "What does a listener get from a sine that peaked at {say_level} dBFS, was raised {gain} dB, rounded to the nearest step of {bits} bits {say_dither} and is now turned up as far as one likes?",
        "From 24 bits to {bits}, {say_dither}: before that, the sine of a {thing} with peaks at {say_level} dBFS is lifted {gain} dB, after it the volume is set to taste. What comes out?",
        "{bits} bits {say_dither} are to hold a sine of {say_level} dBFS (peak), first turned up by {gain} dB. Played back at a good loudness, what is there to hear?",
        "A fading {thing}, by now a sine with peaks at {say_level} dBFS, gets {gain} dB more level and is then requantised to {bits} bits {say_dither}. How does that sound, turned up as needed?",
    ),
    [
        {"level": -level, "gain": gain, "bits": bits, "dither": dither, "say_level": f"−{level}", "say_dither": "with dither" if dither else "without dither"}
        for level in (40, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100, 105, 110)
        for gain in (6, 12, 18, 24, 30, 36)
        for bits in (8, 10, 12, 14, 16)
        for dither in (True, False)
    ],
    tier="hard",
)  # fmt: skip

_FAINT = "quantisation_bit_depth.faint_tone_after_reduction"
GENERATORS = {**FAULTS.generators, _FAINT: BITS.generators[_FAINT]}
CHECKS = {**FAULTS.checks, **BITS.checks}
