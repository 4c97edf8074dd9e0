"""Which of four tones lands lowest, is cleanest, or comes back whole, by folding, rounding and repair of samples.

Inside a system of 20 kHz the third harmonic of 9 kHz lands at 7 kHz, the second of 8 kHz at 4 kHz.
"""

from __future__ import annotations

from functools import cache
from math import log2, log10
from random import Random
from typing import Any

import numpy as np

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected, of_a_kind

SAMPLING = Rankings("sampling_aliasing", "arithmetic: folding at half the sampling rate")
QUANTISATION = Rankings("quantisation_bit_depth", "arithmetic: noise of rounding")
FORMATS = Rankings("formats_codecs", "simulation: the samples are made and compared")
CODECS = Rankings("codec_artefacts", "arithmetic: blocks and packets")


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
        "A plug-in at {rate} kHz, without oversampling or filter, adds a single harmonic to a sine. Which added harmonic is heard {}?",
        "Inside a {rate} kHz system a distortion adds one harmonic to a sine and nothing stops aliasing. Which of these lands {}?",
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
        "Sines are sampled without an anti-aliasing filter and played at another rate than they were sampled at. Which sounds {}?",
        "No filter guards against aliasing, and the player's clock differs from the recorder's. Which of these is heard {}?",
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
        "Four takes of a tone are finally brought to the same loudness. Beneath which is quantisation noise {}?",
        "A tone is recorded in four ways and in the end played equally loud. In which take does the hiss of quantisation come out {}?",
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


_WHOLE = "A 16-bit recording with peaks at −9 dBFS is treated in the order given (no dither; whole numbers are rounded and clip) and saved with 16 bits. "
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


def smeared(block: int, rate: int, hit: int) -> float:
    """Milliseconds of noise before a hit, from the start of the transform block in which it falls; rate in kHz."""
    return hit % (block / rate)


def said_hit(block: int, rate: int, hit: int) -> str:
    """Blocks of 1,024 at 32 kHz, a hit at 90 ms."""
    return f"Blocks of {block:,} at {rate} kHz, a hit at {hit} ms"


_BLOCKS = ((640, 32), (320, 32), (960, 48), (1920, 48), (480, 48), (960, 24), (480, 24), (480, 16), (800, 16), (1600, 32), (2400, 48))  # fmt: skip


def _hits(rng: Random) -> Drawn:
    # No hit where a block begins, for that could be counted to either block.
    return {}, [
        {"block": b, "rate": r, "hit": rng.choice([hit for hit in range(30, 190, 5) if smeared(b, r, hit) > 2])}
        for b, r in rng.sample(_BLOCKS, 4)
    ]


CODECS.add(
    "longest_pre_echo",
    smeared,
    said_hit,
    both_ways(
        "A coder spreads its noise evenly over each block of samples; the first block begins at 0 ms, and blocks do not overlap. Which drum hit has noise before it for {}?",
        most="longest",
        least="the shortest time",
    ),
    _hits,
    skill="computation",
    margin=5.0,
    close=30.0,
    seen=(lambda c: c["hit"], lambda c: c["block"], lambda c: c["block"] / c["rate"]),
)

_SCHEMES = {
    "next": "each packet also carries a copy of the one before it",
    "second": "each packet also carries a copy of the packet two before it",
    "both": "each packet also carries copies of the two before it",
    "parity": "in each group of four (1–4, 5–8, 9–12) any single lost packet can be computed from the rest",
}


def has_gap(scheme: str, lost: list[int], **_: Any) -> float:
    """1 where a packet stays missing. Packets after the last one named have all arrived."""
    if scheme == "parity":
        return float(len({(n - 1) // 4 for n in lost}) < len(lost))
    copies = {"next": (1,), "second": (2,), "both": (1, 2)}[scheme]
    return float(any(all(n + c in lost for c in copies) for n in lost))


def said_lost(lost: list[int]) -> str:
    """Packets 2, 3, 7 and 11."""
    return "Packets " + ", ".join(map(str, lost[:-1])) + f" and {lost[-1]}"


def _losses(rng: Random) -> Drawn:
    scheme = rng.choice(list(_SCHEMES))
    drawn = [sorted(rng.sample(range(1, 13), 3 if scheme == "parity" else 4)) for _ in range(24)]
    odd = rng.random() < 0.5
    cases = of_a_kind(odd, lambda value, _: [{"lost": x} for x in drawn if has_gap(scheme, x) == value], rng)
    return {"scheme": scheme, "say": _SCHEMES[scheme]}, cases


CODECS.add(
    "loss_without_a_gap",
    has_gap,
    said_lost,
    {
        "least": [
            "A call is protected against loss: {say}. Of packets 1 to 12, which loss leaves no gap in the speech?"
        ],
        "most": [
            "A call is protected against loss: {say}. Of packets 1 to 12, which loss alone leaves a gap in the speech?"
        ],
    },
    _losses,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["lost"][0], lambda c: c["lost"][-1]),
    tier="medium",
)

GENERATORS, CHECKS, SURE = collected(SAMPLING, QUANTISATION, FORMATS, CODECS)
