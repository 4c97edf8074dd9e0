"""Which of four tones lands lowest, is cleanest, or comes back whole, by folding and rounding of samples.

Inside a system of 20 kHz the third harmonic of 9 kHz lands at 7 kHz, the second of 8 kHz at 4 kHz.
"""

from __future__ import annotations

from functools import cache
from math import log2, log10
from random import Random

import numpy as np

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected, of_a_kind

SAMPLING = Rankings("sampling_aliasing", "arithmetic: folding at half the sampling rate")
QUANTISATION = Rankings("quantisation_bit_depth", "arithmetic: noise of rounding")
FORMATS = Rankings("formats_codecs", "simulation: the samples are made and compared")


def fold(frequency: float, rate: float) -> float:
    """Where a tone lands that is sampled without a filter."""
    rest = frequency % rate
    return min(rest, rate - rest)


def added_partial(rate: float, tone: float, order: int) -> float:
    """Octaves above 1 kHz of a harmonic that a device makes inside a sampled system; figures in kHz."""
    return log2(fold(order * tone, rate))


def said_harmonic(tone: float, order: int) -> str:
    """Second harmonic of 7 kHz."""
    return f"{'Second' if order == 2 else 'Third'} harmonic of {tone:g} kHz"


def _harmonics(rng: Random) -> Drawn:
    rate = rng.choice((20, 24, 30, 32, 40, 44, 48))
    pool = [
        {"tone": tone, "order": order}
        for tone in range(2, rate // 2)
        for order in (2, 3)
        if fold(order * tone, rate) not in (0, tone, rate / 2)
    ]
    return {"rate": rate}, rng.sample(pool, 4)


SAMPLING.add(
    "added_partial",
    added_partial,
    said_harmonic,
    both_ways(
        "{occasion} at {rate} kHz, without oversampling or filter, adds a single harmonic to a sine. Which added harmonic is heard {}?",
        "{occasion} runs at {rate} kHz, where a distortion adds one harmonic to a sine and nothing stops aliasing. Which of these lands {}?",
        most="highest",
        least="lowest",
        second="second highest",
    ),
    _harmonics,
    skill="computation",
    margin=0.2,
    close=1.5,
    seen=(lambda c: c["tone"], lambda c: c["order"] * c["tone"], lambda c: c["order"]),
)


def final_pitch(tone: float, rate: float, played: float) -> float:
    """Octaves above 1 kHz at which a tone is heard that was sampled without a filter and is played at another rate."""
    return log2(fold(tone, rate) * played / rate)


def said_rates(tone: float, rate: float, played: float) -> str:
    """13 kHz, sampled at 20 kHz, played at 10 kHz."""
    return f"A sine of {tone:g} kHz, sampled at {rate:g} kHz, played at {played:g} kHz"


def _rates(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        rate, factor = rng.choice((10, 12, 16, 20, 24, 32)), rng.choice((0.5, 0.75, 1.5, 2))
        tone = rng.randint(rate // 2 + 1 if rng.random() < 0.7 else 1, rate - 1)
        if 2 * tone != rate:
            cases.append({"tone": tone, "rate": rate, "played": rate * factor})
    return {}, cases


SAMPLING.add(
    "pitch_after_two_rates",
    final_pitch,
    said_rates,
    both_ways(
        "With {occasion} equipment sines are sampled without an anti-aliasing filter and played at another rate than they were sampled at. Which sounds {}?",
        "{occasion} converter has no filter against aliasing, and playback has another clock. Which of these is heard {}?",
        most="highest",
        least="lowest",
    ),
    _rates,
    skill="computation",
    margin=0.2,
    close=1.2,
    seen=(lambda c: c["tone"], lambda c: c["played"], lambda c: c["rate"], lambda c: c["played"] / c["rate"]),
)


def cleanness(level: float, bits: int, gain: float, second: int) -> float:
    """Signal to noise in dB of a sine rounded at a level (dBFS), then amplified and rounded again unless second is 0."""
    first = 10 ** ((gain - 6.02 * bits) / 10)
    return level + gain + 1.76 - 10 * log10(first + (10 ** (-0.602 * second) if second else 0.0))


def said_take(level: float, bits: int, gain: float, second: int) -> str:
    """Recorded with 16 bits at −36 dBFS, raised 24 dB, reduced to 12 bits."""
    text = f"Recorded with {bits} bits at " + (f"−{-level} dBFS" if level else "full scale")
    return text + (f", raised {gain} dB, reduced to {second} bits" if second else "")


def _takes(rng: Random) -> Drawn:
    cases = []
    for n in rng.sample(range(4), 4):
        level, bits = rng.choice((-60, -48, -36, -24, -12)), rng.choice((12, 14, 16, 20, 24))
        gains = [g for g in (12, 24, 36, 48) if level + g <= 0]
        again = n > 0
        second = rng.choice([b for b in (8, 10, 12, 14, 16) if b < bits]) if again else 0
        cases.append({"level": level, "bits": bits, "gain": rng.choice(gains) if again else 0, "second": second})
    return {}, cases


QUANTISATION.add(
    "cleanest_take",
    cleanness,
    said_take,
    both_ways(
        "{occasion} is recorded in four takes, finally brought to the same loudness. Beneath which is quantisation noise {}?",
        "{occasion} is recorded in four ways and in the end played equally loud. In which take does the hiss of quantisation come out {}?",
        most="weakest",
        least="strongest",
    ),
    _takes,
    skill="computation",
    margin=5.0,
    close=18.0,
    seen=(lambda c: c["level"], lambda c: c["bits"], lambda c: c["second"] or c["bits"]),
)

_SAID = {
    "half": "halved", "double": "doubled", "quarter": "quartered", "four": "quadrupled", "24": "stored with 24 bits",
    "16": "stored with 16 bits", "float": "stored as 32-bit floats", "flac": "stored as FLAC",
}  # fmt: skip


@cache
def is_exact(chain: str) -> float:
    """1 where a chain (steps parted by spaces) gives back every 16-bit sample; the original peaks at −9 dBFS.

    Samples are held as 16-bit or 24-bit whole numbers, rounded and clipped at every step, or as floats.
    """
    original = np.random.default_rng(1).integers(-11600, 11601, 2000).astype(np.float64)
    x, depth = original / 2**15, "16"
    for step in chain.split():
        if step in ("16", "24", "float"):
            depth = step
        elif step != "flac":
            x = x * {"half": 0.5, "double": 2.0, "quarter": 0.25, "four": 4.0}[step]
        if depth == "float":
            x = x.astype(np.float32).astype(np.float64)
        else:
            top = 2.0 ** (int(depth) - 1)
            x = np.clip(np.round(x * top), -top, top - 1) / top
    return float(np.array_equal(np.clip(np.round(x * 2**15), -(2**15), 2**15 - 1), original))


def said_exact(chain: str) -> str:
    """Halved, stored with 24 bits, doubled."""
    text = ", ".join(_SAID[step] for step in chain.split())
    return text[:1].upper() + text[1:]


@cache
def _chains(exact: float) -> list[dict[str, str]]:
    found = []
    for up, down in (("double", "half"), ("four", "quarter"), ("half", "double"), ("quarter", "four")):
        for first in ("24", "float", "flac"):
            for second in ("16", "24", "flac"):
                for a in range(3):
                    for b in range(a, 3):
                        steps = [up, down]
                        steps.insert(b, second)
                        steps.insert(a, first)
                        if (
                            first != second
                            and {first, second} != {"float", "flac"}
                            and is_exact(" ".join(steps)) == exact
                        ):
                            found.append({"chain": " ".join(steps)})
    return found


def _exact(rng: Random) -> Drawn:
    return {}, of_a_kind(rng.random() < 0.5, lambda value, _: _chains(value), rng)


_WHOLE = "A 16-bit recording of {occasion} with peaks at −9 dBFS is treated in the order given (no dither; whole numbers are rounded and clip) and saved with 16 bits. "
FORMATS.add(
    "exact_after_steps",
    is_exact,
    said_exact,
    {
        "most": [_WHOLE + "After which steps is every sample what it was?"],
        "least": [_WHOLE + "After which steps alone is it no longer the same?"],
    },
    _exact,
    margin=0.9,
    close=1.0,
)


GENERATORS, CHECKS, SURE = collected(SAMPLING, QUANTISATION, FORMATS)
