"""Which of four paths keeps a recording whole, its treble or its quiet, and which bent pair hums lowest.

“Halved, then 24 bits, then doubled” loses a bit that “24 bits, then halved, then doubled” keeps.
"""

from __future__ import annotations

from functools import cache
from math import log2, log10
from random import Random

import numpy as np

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings
from akb.benchmark.grounded.signals.ranked_hearing import hertz

FORMATS, BANDWIDTH = Rankings("formats_codecs", "simulation: the samples are made and compared"), Rankings("bandwidth_response")
NOISE, DISTORTION = Rankings("noise_snr"), Rankings("distortion_clipping")

_STEPS_SAID = {
    "half": "halved", "double": "doubled", "quarter": "quartered", "four": "quadrupled", "24": "to 24 bits",
    "16": "to 16 bits", "float": "to 32-bit float", "flac": "FLAC", "invert": "inverted", "swap": "channels swapped",
}  # fmt: skip


@cache
def is_exact(chain: str) -> float:
    """1 where a chain (steps parted by spaces) gives back every 16-bit sample; peaks of the original at −9 dBFS.

    Samples are held as 16-bit or 24-bit whole numbers, rounded and clipped at every step, or as floats.
    """
    original = np.random.default_rng(1).integers(-11600, 11601, (2000, 2)).astype(np.float64)
    x, depth = original / 2**15, "16"
    inverted = swapped = False
    for step in chain.split():
        if step in ("16", "24", "float"):
            depth = step
        elif step == "invert":
            x, inverted = -x, not inverted
        elif step == "swap":
            x, swapped = x[:, ::-1], not swapped
        elif step != "flac":
            x = x * {"half": 0.5, "double": 2.0, "quarter": 0.25, "four": 4.0}[step]
        if depth == "float":
            x = x.astype(np.float32).astype(np.float64)
        else:
            top = 2.0 ** (int(depth) - 1)
            x = np.clip(np.round(x * top), -top, top - 1) / top
    x = np.clip(np.round(x * 2**15), -(2**15), 2**15 - 1)
    return float(not inverted and not swapped and np.array_equal(x, original))


def said_exact(chain: str) -> str:
    text = ", ".join(_STEPS_SAID[step] for step in chain.split())
    return text[:1].upper() + text[1:]


def _exact(rng: Random) -> Drawn:
    good = rng.random() < 0.5
    cases = []
    for place in range(4):
        while True:
            up, down = rng.choice((("double", "half"), ("four", "quarter"), ("half", "double"), ("quarter", "four")))
            format_step = rng.choice(("24", "float", "16 24", "flac"))
            steps = [up, down]
            for step in format_step.split()[::-1]:
                steps.insert(rng.randint(0, len(steps)), step)
            if rng.random() < 0.6:
                steps.insert(rng.randint(0, len(steps)), "16" if "24" in steps or "float" in steps else "flac")
            if len(steps) != 4 or len(set(steps)) < 4:
                continue
            if is_exact(" ".join(steps)) == (1.0 if (place == 0) == good else 0.0):
                break
        cases.append({"chain": " ".join(steps)})
    return {}, cases


FORMATS.add(
    "exact_after_steps",
    is_exact,
    said_exact,
    {
        "most": [
            "A 16-bit recording peaks at −9 dBFS. It is treated step by step (no dither; whole numbers clip and are rounded) and saved with 16 bits. After which steps is every sample what it was?",
        ],
        "least": [
            "A 16-bit recording peaks at −9 dBFS. It is treated step by step (no dither; whole numbers clip and are rounded) and saved with 16 bits. After which steps alone is it no longer identical?",
        ],
    },
    _exact,
    margin=0.9,
    close=1.0,
    tier="hard",
)


def reach(steps: list[list[object]]) -> float:
    """Octaves of kHz up to which sound remains of 20 kHz: sampled properly, filtered, played at other speeds."""
    top = 20.0
    for kind, figure in steps:
        amount = float(str(figure))
        top = top * amount if kind == "speed" else min(top, amount / 2 if kind == "rate" else amount)
    return log2(top)


def said_reach(steps: list[list[object]]) -> str:
    words = []
    for kind, figure in steps:
        words.append({"rate": f"sampled at {figure} kHz", "low": f"low-passed at {figure} kHz", "speed": f"played at {'double' if figure == 2 else 'half'} speed"}[str(kind)])  # fmt: skip
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _reaches(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        while True:
            steps: list[list[object]] = [
                [kind, rng.choice({"rate": (12, 16, 20, 24, 32, 44.1, 48), "low": (5, 6, 7, 9, 10, 12, 15), "speed": (2, 0.5)}[kind])]
                for kind in rng.choice((("rate", "speed", "low"), ("low", "speed", "rate"), ("speed", "rate", "speed"), ("speed", "low", "speed"), ("rate", "speed", "rate"), ("speed", "low", "rate")))
            ]  # fmt: skip
            if steps[0] != steps[2]:
                break
        cases.append({"steps": steps})
    return {}, cases


BANDWIDTH.add(
    "reach_after_steps",
    reach,
    said_reach,
    {
        "most": ["Cymbals that reach up to 20 kHz go through three steps in this order, each sampling with a proper filter. After which does the sound reach highest?"],
        "least": ["Cymbals that reach up to 20 kHz go through three steps in this order, each sampling with a proper filter. After which does the sound reach least high?"],
        "second": ["Cymbals that reach up to 20 kHz go through three steps in this order, each sampling with a proper filter. Where does the sound reach second highest?"],
    },
    _reaches,
    margin=0.25,
    close=1.0,
    seen=(lambda c: min(float(str(s[1])) for s in c["steps"]),),
    tier="hard",
)  # fmt: skip


def clear_of_noise(steps: list[list[object]]) -> float:
    """Signal to noise in dB at the end of a chain of gains and added, unrelated noises; the signal starts at −60 dBV."""
    signal, noise = -60.0, 0.0
    for kind, figure in steps:
        amount = float(str(figure))
        if kind == "gain":
            signal, noise = signal + amount, noise * 10 ** (amount / 10)
        else:
            noise += 10 ** (amount / 10)
    return signal - 10 * log10(noise)


def said_noise(steps: list[list[object]]) -> str:
    words = []
    for kind, figure in steps:
        words.append(f"{float(str(figure)):+g} dB" if kind == "gain" else f"noise of {figure} dBV")
    return ", ".join(words).replace("-", "−")


def _noises(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        gains = rng.choice(((40, -20), (20, 20), (20, -40), (40, 20), (-20, 40), (30, -10), (10, 30)))
        noises = [rng.choice((-110, -105, -100, -95)), rng.choice((-90, -85, -80, -75, -70, -65, -60))]
        if rng.random() < 0.5:
            noises.reverse()
        order = rng.choice(("gngn", "nggn", "ngng", "gnng", "ggnn"[:3] + "n", "nngg"))
        steps: list[list[object]] = []
        g, n = list(gains), list(noises)
        for letter in order:
            steps.append(["gain", g.pop(0)] if letter == "g" else ["noise", n.pop(0)])
        cases.append({"steps": steps})
    return {}, cases


NOISE.add(
    "where_noise_enters",
    clear_of_noise,
    said_noise,
    {
        "most": ["A microphone gives −60 dBV. On its way the signal is amplified or attenuated, and noise is added, in the order given. Which chain ends with the least noise beside the signal?"],
        "least": ["A microphone gives −60 dBV. On its way the signal is amplified or attenuated, and noise is added, in the order given. Which chain ends with the most noise beside the signal?"],
    },
    _noises,
    margin=4.0,
    close=15.0,
    seen=(lambda c: max(float(str(s[1])) for s in c["steps"] if s[0] == "noise"), lambda c: sum(float(str(s[1])) for s in c["steps"] if s[0] == "gain")),
    tier="hard",
)  # fmt: skip


def lowest_product(low: float, high: float, order: int) -> float:
    """Semitones of the lowest tone that a device of some order alone adds to a pair."""
    near, far = order // 2 + order % 2, order // 2
    return 12 * log2(high - low if order == 2 else abs(near * low - far * high) or 0.01)


def said_product(low: float, high: float, order: int) -> str:
    name = {2: "second", 3: "third", 5: "fifth"}[order]
    return f"{hertz(low)} and {hertz(high)}, {name} order"


def _products(rng: Random) -> Drawn:
    cases = []
    for order in rng.sample((2, 2, 3, 3, 5, 5), 4):
        low = rng.choice((400, 500, 600, 700, 800, 900, 1000, 1200, 1500))
        cases.append({"low": low, "high": low + rng.choice((50, 100, 150, 200, 250, 300)), "order": order})
    return {}, [c for c in cases]


def _clear_products(rng: Random) -> Drawn:
    while True:
        shared, cases = _products(rng)
        if all(c["order"] // 2 * (c["high"] - c["low"]) < 0.6 * c["low"] for c in cases):
            return shared, cases


DISTORTION.add(
    "lowest_new_tone",
    lowest_product,
    said_product,
    {
        "most": ["Two tones run through a device with distortion of a single order. In which case does the lowest of the intermodulation products have the highest pitch?"],
        "least": ["Two tones run through a device with distortion of a single order. In which case is the lowest intermodulation product deepest?"],
    },
    _clear_products,
    margin=2.5,
    close=16.0,
    seen=(lambda c: c["low"], lambda c: c["high"] - c["low"], lambda c: c["order"]),
    tier="hard",
)  # fmt: skip

_FAMILIES = (FORMATS, BANDWIDTH, NOISE, DISTORTION)
GENERATORS = {name: made for family in _FAMILIES for name, made in family.generators.items()}
CHECKS = {name: check for family in _FAMILIES for name, check in family.checks.items()}
SURE = {name: check for family in _FAMILIES for name, check in family.sure.items()}
