"""Which of four mixtures is rough, highest in pitch, or lacks a partial: by critical bands, harmonics and nodes.

600, 800 and 1,000 Hz together have the pitch of 200 Hz, lower than that of 500, 750 and 1,000 Hz.
"""

from __future__ import annotations

from math import exp, gcd, log2
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected, of_a_kind

SPECTRUM = Rankings("spectrum_fourier", "model: critical bands, common fundamentals, nodes of an ideal string")
DISTORTION = Rankings("distortion_clipping", "arithmetic: combination frequencies")

# Equal temperament, A4 = 440 Hz.
_NOTES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


def frequency(note: int) -> float:
    """Of a MIDI number, in Hz."""
    return float(440 * 2 ** ((note - 69) / 12))


def said_pair(note: int, steps: int) -> str:
    """C3 and E3."""
    first, second = (f"{_NOTES[n % 12]}{n // 12 - 1}" for n in (note, note + steps))
    return f"{first} and {second}"


def is_rough(note: int, steps: int) -> float:
    """1 where two pure tones grate, 0 where they lie smoothly side by side, 0.5 where that is open to doubt.

    By Sethares's (1993) fit to Plomp and Levelt's curve and by the share of a critical band (Zwicker and Terhardt 1980).
    """
    low, high = frequency(note), frequency(note + steps)
    width = 25 + 75 * (1 + 1.4 * ((low + high) / 2000) ** 2) ** 0.69
    scale = 0.24 / (0.0207 * low + 18.96) * (high - low)
    rough = exp(-3.5 * scale) - exp(-5.75 * scale)
    if rough > 0.12 and 0.15 < (high - low) / width < 0.6 and high - low >= 16:
        return 1.0
    return 0.0 if rough < 0.07 and (high - low) / width > 1.1 else 0.5


_PAIRS = [{"note": note, "steps": steps} for note in range(36, 97) for steps in range(1, 8)]
_BY_ROUGHNESS = {value: [pair for pair in _PAIRS if is_rough(**pair) == value] for value in (0.0, 1.0)}


def _pairs(rng: Random) -> Drawn:
    odd = rng.random() < 0.5
    steps = rng.sample((2, 3, 3, 4, 4, 5), 4)
    return {}, of_a_kind(odd, lambda rough, n: [p for p in _BY_ROUGHNESS[rough] if p["steps"] == steps[n]], rng)


SPECTRUM.add(
    "rough_pair",
    is_rough,
    said_pair,
    {
        "most": [
            "{occasion}, two equally strong pure tones sound together. Which pair sounds rough, while the three others sound smooth? (A4 is 440 Hz.)",
            "{occasion}, four pairs of sine tones are played. Which pair grates, as it falls well within one critical band? (C4 is middle C.)",
        ],
        "least": [
            "{occasion}, two equally strong pure tones sound together. Which pair sounds smooth, while the three others sound rough? (A4 is 440 Hz.)",
            "{occasion}, four pairs of sine tones are played. Which pair does not grate, as it spans more than one critical band? (C4 is middle C.)",
        ],
    },
    _pairs,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["steps"],),
    tier="medium",
)


def virtual_pitch(partials: list[int]) -> float:
    """Semitones above 1 Hz of the fundamental that the partials have in common."""
    return 12 * log2(gcd(*partials))


def said_partials(partials: list[int]) -> str:
    """600, 800 and 1,000 Hz."""
    words = [f"{p:,}" for p in partials]
    return f"{', '.join(words[:-1])} and {words[-1]} Hz"


# Harmonics from which a common fundamental is heard beyond doubt: low ones, two of them at least in a row.
_ROWS = ((2, 3, 4), (3, 4, 5), (4, 5, 6), (2, 3, 5), (5, 6, 7), (3, 4, 6), (1, 2, 3), (1, 2, 4))


def _mixtures(rng: Random) -> Drawn:
    return {}, [
        {"partials": [n * base for n in row]}
        for row, base in zip(
            rng.sample(_ROWS, 4),
            rng.sample((90, 100, 110, 120, 140, 150, 160, 180, 200, 220, 250, 300), 4),
            strict=True,
        )
    ]


SPECTRUM.add(
    "pitch_of_a_mixture",
    virtual_pitch,
    said_partials,
    both_ways(
        "{occasion}, four complex tones are each made of three equally strong partials. Which has the {} pitch?",
        "{occasion} three sines at a time fuse into one tone. Which tone is heard as the {}?",
        most="highest",
        least="lowest",
        second="second highest",
    ),
    _mixtures,
    margin=1.5,
    close=7.0,
    seen=(lambda c: c["partials"][0], lambda c: c["partials"][1] - c["partials"][0], lambda c: sum(c["partials"])),
)


def sounding(pluck: int, pickup: int, touched: int, partial: int, **_: object) -> float:
    """1 where a partial of a string is excited, let sound, and picked up."""
    return float(partial % pluck != 0 and partial % pickup != 0 and partial % touched == 0)


def said_partial(partial: int) -> str:
    """The 12th."""
    return f"The {partial}th"


def _partials(rng: Random) -> Drawn:
    (pluck, pickup), touched = rng.sample((3, 4, 5, 6, 7, 8), 2), rng.choice((1, 2, 3))
    shared = {"pluck": pluck, "pickup": pickup, "touched": touched}
    cases = of_a_kind(
        rng.random() < 0.6,
        lambda heard, _: [{"partial": n} for n in range(4, 21) if sounding(**shared, partial=n) == heard],
        rng,
    )
    said = {1: "left open", 2: "touched lightly in the middle", 3: "touched lightly at a third"}[touched]
    return shared | {"say": said}, cases


SPECTRUM.add(
    "partial_of_a_plucked_string",
    sounding,
    said_partial,
    {
        "most": [
            "{occasion}, taken as ideal, is plucked at 1/{pluck}, has a small pickup at 1/{pickup} of its length and is {say}. Which partial of the open string does the pickup deliver?",
        ],
        "least": [
            "{occasion}, taken as ideal, is plucked at 1/{pluck}, has a small pickup at 1/{pickup} of its length and is {say}. Which of these partials of the open string does the pickup not deliver?",
        ],
    },
    _partials,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["partial"],),
)


def lowest_product(low: float, high: float, order: int) -> float:
    """Semitones of the lowest tone that distortion of some order adds to a pair, as high − low or 2 low − high."""
    return 12 * log2(high - low if order == 2 else 2 * low - high)


def said_product(low: float, high: float, order: int) -> str:
    """600 and 700 Hz, third order."""
    return f"{low:,} and {high:,} Hz, {'second' if order == 2 else 'third'} order"


def _products(rng: Random) -> Drawn:
    cases = []
    for order in rng.sample((2, 2, 3, 3), 4):
        low = rng.choice((400, 500, 600, 700, 800, 900, 1000, 1200, 1500))
        # Close pairs distorted in third order, wide ones in second, give tones in the same range.
        cases.append({"low": low, "high": low + 100 * round(low * rng.uniform(0.3, 0.7) / 100), "order": order})
    return {}, [case for case in cases if case["high"] > case["low"]]


DISTORTION.add(
    "lowest_new_tone",
    lowest_product,
    said_product,
    {
        "most": [
            "The tones of {occasion} run through a device that distorts in one order only. Where does the lowest intermodulation product have the highest pitch?",
            "{occasion}, as good as sines, are distorted together in a single order. Whose deepest combination tone lies highest?",
        ],
        "least": [
            "The tones of {occasion} run through a device that distorts in one order only. Where is the lowest intermodulation product deepest?",
            "{occasion}, as good as sines, are distorted together in a single order. Whose deepest combination tone lies lowest?",
        ],
    },
    _products,
    skill="computation",
    margin=2.5,
    close=12.0,
    seen=(lambda c: c["low"], lambda c: c["high"] - c["low"], lambda c: c["order"]),
)

GENERATORS, CHECKS, SURE = collected(SPECTRUM, DISTORTION)
