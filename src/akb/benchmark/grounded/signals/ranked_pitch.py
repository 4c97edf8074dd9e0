"""Which of four mixtures is rough, highest in pitch, or lacks a partial: by critical bands, harmonics and nodes.

600, 800 and 1,000 Hz together have the pitch of 200 Hz, lower than that of 500, 750 and 1,000 Hz.
"""

from __future__ import annotations

from math import exp, gcd, log2
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected, of_a_kind
from akb.benchmark.grounded.craft.wordings import blended

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
    if "♭" in first + second:
        first, second = (n.replace("C♯", "D♭").replace("F♯", "G♭") for n in (first, second))
    return f"{first} and {second}"


def is_rough(note: int, steps: int) -> float:
    """1 where two pure tones grate, 0 where they lie smoothly side by side, 0.5 where that is open to doubt.

    By Sethares's (1993) fit to Plomp and Levelt's curve, by the share of a critical band (Zwicker and Terhardt 1980) and
    by that of an auditory filter (Glasberg and Moore 1990), which is narrower at low frequencies.
    """
    low, high = frequency(note), frequency(note + steps)
    width = 25 + 75 * (1 + 1.4 * ((low + high) / 2000) ** 2) ** 0.69
    scale = 0.24 / (0.0207 * low + 18.96) * (high - low)
    rough = exp(-3.5 * scale) - exp(-5.75 * scale)
    filtered = 24.7 * (4.37 * (low + high) / 2000 + 1)
    if rough > 0.12 and 0.15 < (high - low) / width < 0.6 and 16 <= high - low < 0.85 * filtered:
        return 1.0
    return 0.0 if rough < 0.07 and high - low > 1.3 * max(width, filtered) else 0.5


_NOTES_ASKED, _STEPS_ASKED = range(36, 97), range(1, 13)


def _pairs(rng: Random) -> Drawn:
    # By lot intervals are alike, so that the register decides, or registers are, so that the interval does.
    if rng.random() < 0.5:
        steps = rng.sample((3, 4, 4, 5, 5, 7), 4)
        pairs = [[(note, n) for note in _NOTES_ASKED] for n in steps]
    else:
        pairs = [[(note, n) for n in _STEPS_ASKED] for note in rng.sample(range(50, 96), 4)]
    return {}, of_a_kind(
        rng.random() < 0.5,
        lambda rough, place: [{"note": note, "steps": n} for note, n in pairs[place] if is_rough(note, n) == rough],
        rng,
    )


SPECTRUM.add(
    "rough_pair",
    is_rough,
    said_pair,
    {
        "most": [
            "Two equally strong pure tones sound together. Which pair sounds rough, while the three others sound smooth? (A4 is 440 Hz.)",
            "Four pairs of sine tones are played. Which pair grates, as it falls well within one critical band? (C4 is middle C.)",
            "Which is the only one of these pairs of sines that beats roughly in the ear? (C4 is middle C.)",
            "Two oscillators give pure tones of the same level. At which setting do they sound harsh together, instead of smooth as at the three others? (A4 is 440 Hz.)",
            "A listener sorts pairs of sines by roughness. Three are smooth. Which is not? (Middle C is C4.)",
            "Without any overtones, just two sines each: which interval, in the register where it lies, is the only rough one? (A4 is 440 Hz.)",
        ],
        "least": [
            "Two equally strong pure tones sound together. Which pair sounds smooth, while the three others sound rough? (A4 is 440 Hz.)",
            "Four pairs of sine tones are played. Which pair does not grate, as it spans more than one critical band? (C4 is middle C.)",
            "Which is the only one of these pairs of sines that does not beat roughly in the ear? (C4 is middle C.)",
            "Two oscillators give pure tones of the same level. At which setting do they sound smooth together, instead of harsh as at the three others? (A4 is 440 Hz.)",
            "A listener sorts pairs of sines by roughness. Three are rough. Which is not? (Middle C is C4.)",
            "Without any overtones, just two sines each: which interval, in the register where it lies, is the only smooth one? (A4 is 440 Hz.)",
        ],
    },
    _pairs,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["steps"], lambda c: c["note"]),
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
        "Four complex tones are each made of three equally strong partials. Which has the {} pitch?",
        "Three sines at a time fuse into one tone. Which tone is heard as the {}?",
        "A listener is to hum the pitch of each of these mixtures of three sines. Which will be hummed the {}?",
        "By its residue pitch, which of these sounds of three equally strong partials is the {}?",
        "An organ has stops of three pure tones each, sounding as one note. Which stop gives the {} note?",
        "Through headphones three partials are heard together as a single tone. In which case does that tone seem {}?",
        "The ear finds one common fundamental, even where it is missing. Which of these three-tone sounds is {} in pitch?",
        "Each of these sets of partials is heard as one note. Compared as notes, which is the {}?",
        most="highest",
        least="lowest",
    ),
    _mixtures,
    margin=1.5,
    close=7.0,
    seen=(lambda c: c["partials"][0], lambda c: c["partials"][1] - c["partials"][0], lambda c: sum(c["partials"])),
    counts=(lambda c: c["partials"][0], lambda c: sum(c["partials"])),
)


def sounding(pluck: int, pickup: int, touched: int, partial: int, **_: object) -> float:
    """1 where a partial of a string is excited, let sound, and picked up."""
    return float(not broken(pluck, pickup, touched, partial))


def broken(pluck: int, pickup: int, touched: int, partial: int) -> list[int]:
    """Why a partial is missing: 0 it has a node where the string is plucked, 1 at the pickup, 2 none where it is touched."""
    return [
        n for n, missing in enumerate((partial % pluck == 0, partial % pickup == 0, partial % touched != 0)) if missing
    ]


def said_partial(partial: int) -> str:
    """The 12th."""
    return f"The {partial}th"


def _partials(rng: Random) -> Drawn:
    touched = rng.choice((2, 3))
    pluck, pickup = rng.sample([n for n in (3, 4, 5, 6, 7) if n % 3 or touched == 2], 2)
    shared = {"pluck": pluck, "pickup": pickup, "touched": touched}
    odd = rng.random() < 0.5
    # Each missing partial fails by one rule alone; of three missing ones each by another.
    # (Among partials that are even, an odd one would stand out.)
    failing = rng.sample(range(3) if odd or touched == 3 else range(2), 3 if odd or touched == 3 else 2)
    cases = of_a_kind(
        odd,
        lambda heard, place: [
            {"partial": n}
            for n in range(4, 21)
            if broken(**shared, partial=n) == ([] if heard else [failing[max(place - 1, 0)]])
        ],
        rng,
    )
    return shared | {"say": {2: "in the middle", 3: "at a third"}[touched]}, cases


SPECTRUM.add(
    "partial_of_a_plucked_string",
    sounding,
    said_partial,
    both_ways(
        *blended(
            "an electric guitar's string; a bass guitar's string; a steel string; an electric sitar's string; a pedal steel's string",
            "An ideal string is plucked at 1/{pluck}, has a small pickup at 1/{pickup} of its length and is touched lightly {say}. Which of these partials of the open string {}?",
            "A flageolet is played: the finger lies lightly on the string {say}, the plectrum is at 1/{pluck} of the length, a tiny pickup at 1/{pickup}. Of the open string's partials, which {}?",
            "Where {thing} is plucked at 1/{pluck}, damped to a node {say} and sensed at 1/{pickup} of its length (taken as ideal), which partial, counted from the open string's fundamental, {}?",
            "Take {thing} as ideal: plectrum at 1/{pluck}, point-like pickup at 1/{pickup} of the length, a fingertip resting lightly {say}. Which of these harmonics of the open string {}?",
            "{Thing} (ideal) is lightly touched {say}, plucked at 1/{pluck} and picked up at the point 1/{pickup}. Which partial, numbered as on the open string, {}?",
            "With a finger resting lightly {say}, a string is plucked at 1/{pluck} and picked up at a point at 1/{pickup} of its length. Which partial of the open string {}?",
        ),
        most="is delivered by the pickup",
        least="is not delivered by the pickup",
    ),
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


_SOUNDS = "two flutes; two organ pipes; two tuning forks; two oscillators; two doorbells"
DISTORTION.add(
    "lowest_new_tone",
    lowest_product,
    said_product,
    {
        "most": [
            *blended(
                _SOUNDS,
                "Two sines run through a device that distorts in one order only. Where does the lowest intermodulation product have the highest pitch?",
                "{Thing}, as good as sines, pass a device that distorts in the stated order alone. In which case does the lowest combination tone lie highest?",
                "An overdriven amplifier adds intermodulation of one order to a pair of pure tones. In which case is the lowest added tone highest?",
                "{Thing} give two pure tones to an amplifier that distorts in the order named. Which lowest intermodulation product is the highest of the four?",
                "Among the combination tones that a pair of sines produces in the order named, take the lowest. For which pair is it highest?",
                "Two pure tones pass a nonlinearity of the stated order alone. Which pair's lowest intermodulation product is highest?",
            ),
        ],
        "least": [
            *blended(
                _SOUNDS,
                "An overdriven amplifier adds intermodulation of one order to a pair of pure tones. In which case is the lowest added tone deepest?",
                "{Thing} give two pure tones to an amplifier that distorts in the order named. Which lowest intermodulation product is the deepest of the four?",
                "Among the combination tones that a pair of sines produces in the order named, take the lowest. For which pair is it deepest?",
                "Two pure tones pass a nonlinearity of the stated order alone. Which pair's lowest intermodulation product is lowest?",
                "Two sines run through a device that distorts in one order only. Where is the lowest intermodulation product deepest?",
                "{Thing}, as good as sines, pass a device that distorts in the stated order alone. In which case does the lowest combination tone lie lowest?",
            ),
        ],
    },
    _products,
    skill="computation",
    margin=2.5,
    close=12.0,
    seen=(lambda c: c["low"], lambda c: c["high"] - c["low"], lambda c: c["order"]),
    counts=(lambda c: c["low"], lambda c: c["high"] - c["low"] if c["order"] == 2 else c["low"] - c["high"]),
)

GENERATORS, CHECKS, SURE = collected(SPECTRUM, DISTORTION)
