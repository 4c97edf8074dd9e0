"""Which of four tones passes two filters best, which sound reaches highest, which keeps clear of noise.

“Sampled at 16 kHz, then played at double speed” reaches up to 16 kHz; the other way round to 8 kHz.
"""

from __future__ import annotations

from math import log2, log10
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected, hertz
from akb.benchmark.grounded.craft.wordings import blended

BANDWIDTH = Rankings("bandwidth_response", "model: Butterworth filters, Nyquist limits")
NOISE = Rankings("noise_snr", "arithmetic: signal and noise through a chain")

# A stage: its kind and a frequency in kHz, a level in dB or a factor.
Stage = list[Any]


def filtered(
    high: float, high_order: int, low: float, low_order: int, frequency: float, level: float, **_: Any
) -> float:
    """Level after a Butterworth high-pass and low-pass filter of some order (6 dB an octave each)."""
    cut = 10 * log10(1 + (high / frequency) ** (2 * high_order)) + 10 * log10(1 + (frequency / low) ** (2 * low_order))
    return level - cut


def said_level(frequency: float, level: float) -> str:
    """100 Hz at −12 dB."""
    return f"{hertz(frequency)} at {level:g} dB".replace("-", "−")


def _filtered(rng: Random) -> Drawn:
    high, orders = rng.choice((200, 400)), rng.sample((1, 2, 3, 4), 2)
    low = high * rng.choice((2, 4))
    cases = []
    for octave in rng.sample((-3, -2, -1, 1, 2, 3), 4):
        slope = 6 * abs(octave) * orders[octave > 0]
        aim = slope - 60 + rng.choice((0, 6, 12, 18, 24))
        cases.append({"frequency": (high if octave < 0 else low) * 2.0**octave, "level": min(aim, 0)})
    shared = {"high": high, "high_order": orders[0], "low": low, "low_order": orders[1]}
    return shared | {"say_high": 6 * orders[0], "say_low": 6 * orders[1]}, cases


BANDWIDTH.add(
    "tone_through_filters",
    filtered,
    said_level,
    both_ways(
        *blended(
            "an intercom; a guitar amplifier; a megaphone; a telephone line; a car loudspeaker",
            "{Thing} has a high-pass at {high} Hz (slope {say_high} dB an octave) and a low-pass at {low} Hz ({say_low} dB an octave). Which of these input tones comes out {}?",
            "Which of these tones is {} behind a high-pass filter at {high} Hz, {say_high} dB an octave steep, and a low-pass filter at {low} Hz with {say_low} dB an octave?",
            "Below {high} Hz the sound falls by {say_high} dB an octave, above {low} Hz by {say_low} dB an octave. {Thing} with such a response passes which tone {}?",
            "A loudspeaker with straight edges, {say_high} dB an octave below {high} Hz and {say_low} dB an octave above {low} Hz, is fed four tones. Which is {} in the air?",
            "Four test tones enter a band-pass of {high} to {low} Hz: its lower edge falls off with {say_high} dB an octave, its upper one with {say_low}. Which leaves it {}?",
            "High-pass {high} Hz with {say_high} dB an octave, then low-pass {low} Hz with {say_low} dB an octave: after both filters, which tone is {}?",
        ),
        most="strongest",
        least="weakest",
    ),
    _filtered,
    skill="computation",
    margin=4.0,
    close=9.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
)


def reach(stages: list[Stage]) -> float:
    """Octaves of kHz up to which sound remains of 20 kHz: sampled properly, filtered, played at other speeds."""
    top = 20.0
    for kind, figure in stages:
        top = top * figure if kind == "speed" else min(top, figure / 2 if kind == "rate" else figure)
    return log2(top)


def said_reach(stages: list[Stage]) -> str:
    """Sampled at 16 kHz, played at double speed, low-passed at 10 kHz."""
    words = []
    for kind, figure in stages:
        speed = "double" if figure == 2 else "half"
        words.append({"rate": f"sampled at {figure} kHz", "low": f"low-passed at {figure} kHz", "speed": f"played at {speed} speed"}[kind])  # fmt: skip
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


_ORDERS_OF_STEPS = (
    ("rate", "speed", "low"), ("low", "speed", "rate"), ("speed", "rate", "speed"),
    ("speed", "low", "speed"), ("rate", "speed", "rate"), ("speed", "low", "rate"),
)  # fmt: skip


def _reaches(rng: Random) -> Drawn:
    figures = {"rate": (12, 16, 20, 24, 32, 48), "low": (5, 6, 7, 9, 10, 12, 15), "speed": (2, 0.5)}
    cases = []
    for _ in range(4):
        stages = [[kind, rng.choice(figures[kind])] for kind in rng.choice(_ORDERS_OF_STEPS)]
        if stages[0] != stages[2]:
            cases.append({"stages": stages})
    return {}, cases


BANDWIDTH.add(
    "reach_after_steps",
    reach,
    said_reach,
    both_ways(
        *blended(
            "cymbals; applause; rain on leaves; a spray can; shaken keys",
            "The sound of {thing}, up to 20 kHz, goes through three steps in this order, each sampling with a proper filter. After which does the spectrum reach {}?",
            "The hiss of {thing}, 0 to 20 kHz, is treated step by step (sampling includes the proper filter). In which case does the result extend {} upwards?",
            "After which treatment does a recording of {thing}, at first up to 20 kHz, have components that go {} up? (A proper filter precedes all sampling.)",
            "White noise up to 20 kHz undergoes three steps in a row, with anti-aliasing filters wherever it is sampled. Which leaves a band whose upper edge lies {} up?",
            "Sounds of 0 to 20 kHz are sampled (properly filtered), low-passed or played at another speed. Whose treble ends {} up?",
            "Four copies of {thing}, each with everything up to 20 kHz, are treated as stated; every sampling is properly filtered. Which reaches {} up at the end?",
        ),
        most="farthest",
        least="least far",
    ),
    _reaches,
    skill="computation",
    margin=0.25,
    close=1.0,
    seen=(lambda c: min(s[1] for s in c["stages"]),),
)


def clearance(stages: list[Stage]) -> float:
    """Signal to noise in dB at the end of gains and added, unrelated noises; the signal begins at −60 dBV."""
    signal, noise = -60.0, 0.0
    for kind, figure in stages:
        if kind == "gain":
            signal, noise = signal + figure, noise * 10 ** (figure / 10)
        else:
            noise += 10 ** (figure / 10)
    return signal - 10 * log10(noise)


def _gained(stages: list[Stage]) -> float:
    """The gain before the noise."""
    before = [kind for kind, _ in stages].index("noise")
    return float(sum(figure for _, figure in stages[:before]))


def said_noise(stages: list[Stage]) -> str:
    """Raised 40 dB, noise of −80 dBV, lowered 20 dB."""
    words = []
    for kind, figure in stages:
        way = "raised" if figure > 0 else "lowered"
        words.append(f"{way} {abs(figure)} dB" if kind == "gain" else f"noise of −{-figure} dBV")
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _noises(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        gains = list(rng.choice(((40, -20), (20, 20), (20, -40), (-20, 40), (30, -10), (10, 30))))
        place = rng.randint(0, 2)
        stages: list[Stage] = [["gain", g] for g in gains]
        stages.insert(place, ["noise", rng.choice((-110, -100, -90, -80, -70, -60))])
        cases.append({"stages": stages})
    return {}, cases


NOISE.add(
    "where_noise_enters",
    clearance,
    said_noise,
    both_ways(
        *blended(
            "a microphone; a guitar pick-up; a hydrophone; a record player's cartridge; a contact microphone",
            "{Thing} gives −60 dBV. The signal is raised or lowered, and noise is added, in the order given. Which chain ends with the {} signal-to-noise ratio?",
            "From left to right a signal of −60 dBV meets amplifiers, attenuators and one source of noise. Where is the signal-to-noise ratio {} at the end?",
            "Which way of handling a signal of −60 dBV gives the {} signal-to-noise ratio at the output (stages in this order, no other noise)?",
            "Noise enters four recording chains at different points. {Thing} delivers −60 dBV to each. Which has the {} ratio of signal to noise at its end?",
            "{Thing} with an output of −60 dBV is connected to four chains, each with a single noisy point. Judged by the final signal-to-noise ratio, which is {}?",
            "An engineer compares gain structures for a source of −60 dBV, with one noise added on the way. Which yields the {} signal-to-noise ratio?",
        ),
        most="best",
        least="poorest",
    ),
    _noises,
    skill="computation",
    margin=5.0,
    close=20.0,
    seen=(lambda c: next(s[1] for s in c["stages"] if s[0] == "noise"), lambda c: sum(s[1] for s in c["stages"])),
    counts=(lambda c: -next(s[1] for s in c["stages"] if s[0] == "noise"), lambda c: _gained(c["stages"])),
)

GENERATORS, CHECKS, SURE = collected(BANDWIDTH, NOISE)
