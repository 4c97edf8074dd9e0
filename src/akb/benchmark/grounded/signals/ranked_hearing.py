"""Which of four tones is loudest, heard beside noise, or rough: by published models of hearing.

“63 Hz at 72 dB”, “4 kHz at 50 dB”, … : the second is the louder by ISO 226.
"""

from __future__ import annotations

from functools import cache
from math import exp
from random import Random

from akb.benchmark.grounded.craft.equal_loudness import above_masked, phons, threshold
from akb.benchmark.grounded.craft.ranked import Drawn, Rankings

LEVELS, NOISE, SPECTRUM = Rankings("decibels_levels"), Rankings("noise_snr"), Rankings("spectrum_fourier")


def hertz(frequency: float) -> str:
    """63 Hz, 2.5 kHz."""
    return f"{frequency / 1000:g} kHz" if frequency >= 1000 else f"{frequency:g} Hz"


def said_tone(frequency: float, level: float) -> str:
    return f"{hertz(frequency)} at {level:g} dB".replace("-", "−")


_TONES = (31.5, 40, 50, 63, 100, 125, 250, 500, 1000, 2000, 4000, 8000, 12500)


def _tones(rng: Random) -> Drawn:
    aim = rng.choice((25, 35, 45, 55))
    cases = []
    for frequency in rng.sample(_TONES, 4):
        level = next(
            (x for x in range(1, 110) if phons(frequency, x) > aim + rng.choice((-14, -8, 0, 8, 14))), 100
        )
        level = min(level, 100)
        cases.append({"frequency": frequency, "level": max(level, round(threshold(frequency)) + 9)})
    return {}, cases


LEVELS.add(
    "loudest_tone",
    phons,
    said_tone,
    {
        "most": [
            "Four pure tones are played one after the other in a quiet room. Which sounds loudest to a person with normal hearing?",
            "Which of these pure tones, with these sound pressure levels at a good pair of ears, is heard as the loudest?",
        ],
        "least": [
            "Four pure tones are played one after the other in a quiet room. Which sounds softest to a person with normal hearing?",
            "Which of these pure tones, with these sound pressure levels at a good pair of ears, is heard as the softest?",
        ],
    },
    _tones,
    margin=6.0,
    close=11.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
    tier="hard",
)


def is_audible(frequency: float, level: float) -> float:
    """1 for a tone well above the threshold of hearing, 0 for one well below it."""
    return 1.0 if level > threshold(frequency) + 5 else 0.0 if level < threshold(frequency) - 5 else 0.5


def _near_threshold(rng: Random) -> Drawn:
    odd = rng.random() < 0.5
    cases = []
    for place, frequency in enumerate(rng.sample((25, 31.5, 40, 50, 63, 80, 100, 125, 200, 315, 1000, 4000, 10000), 4)):
        heard = (place == 0) == odd
        away = rng.choice((6, 7, 8, 9, 10))
        cases.append({"frequency": frequency, "level": round(threshold(frequency) + (away if heard else -away))})
    return {}, cases


LEVELS.add(
    "tone_at_the_threshold",
    is_audible,
    said_tone,
    {
        "most": [
            "In an anechoic chamber, perfectly quiet, four pure tones are played to young people with normal hearing. Which alone do they hear?",
            "Three of these faint pure tones lie below the normal threshold of hearing. Which one lies above it?",
        ],
        "least": [
            "In an anechoic chamber, perfectly quiet, four pure tones are played to young people with normal hearing. Which alone goes unheard?",
            "Three of these faint pure tones lie above the normal threshold of hearing. Which one lies below it?",
        ],
    },
    _near_threshold,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
    tier="hard",
)


@cache
def is_heard_beside(masker: float, masker_level: float, frequency: float, level: float) -> float:
    """1 where a strict model of masking has the tone heard, 0 where a generous one has it masked."""
    strict, generous = (above_masked(masker, masker_level, frequency, level, offset) for offset in (0.0, 7.0))
    return 1.0 if strict > 5 else 0.0 if generous < -5 else 0.5


def _beside(rng: Random) -> Drawn:
    masker = rng.choice((500, 1000, 2000))
    loud = rng.choice((60, 70, 80, 90))
    odd = rng.random() < 0.5
    cases = []
    ratios = rng.sample((0.25, 0.4, 0.5, 0.63, 0.75, 1.25, 1.5, 2, 3, 4), 4)
    for place, ratio in enumerate(ratios):
        heard = (place == 0) == odd
        frequency = round(masker * ratio, -1 if masker * ratio < 1000 else -2)
        fits = [
            x for x in range(10, loud - 9) if is_heard_beside(masker, loud, frequency, x) == (1.0 if heard else 0.0)
        ]
        if not fits:
            return _beside(rng)
        level = min(fits) + rng.randint(0, 3) if heard else max(fits) - rng.randint(0, 3)
        cases.append({"frequency": frequency, "level": level})
    return {"masker": masker, "masker_level": loud}, cases


NOISE.add(
    "tone_beside_noise",
    is_heard_beside,
    said_tone,
    {
        "most": [
            "A narrow band of noise, centred at {masker} Hz, plays on at {masker_level} dB. One of these pure tones is heard beside it. Which?",
            "Noise of {masker_level} dB fills one critical band around {masker} Hz. Of four pure tones, added one at a time, which is not masked?",
        ],
        "least": [
            "A narrow band of noise, centred at {masker} Hz, plays on at {masker_level} dB. One of these pure tones is not heard beside it. Which?",
            "Noise of {masker_level} dB fills one critical band around {masker} Hz. Of four pure tones, added one at a time, which is masked?",
        ],
    },
    _beside,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
    tier="hard",
)

# Equal temperament, A4 = 440 Hz.
_NOTES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")


def pitch(note: int) -> float:
    """The frequency of a MIDI number."""
    return float(440 * 2 ** ((note - 69) / 12))


def name_of(note: int) -> str:
    return f"{_NOTES[note % 12]}{note // 12 - 1}"


def said_pair(note: int, steps: int) -> str:
    return f"{name_of(note)} and {name_of(note + steps)}"


def is_rough(note: int, steps: int) -> float:
    """1 where two pure tones grate, 0 where they lie smoothly side by side.

    Both by Sethares's (1993) curve of roughness and by the share of a critical band (Zwicker and Terhardt 1980).
    """
    low, high = pitch(note), pitch(note + steps)
    width = 25 + 75 * (1 + 1.4 * ((low + high) / 2000) ** 2) ** 0.69
    scale = 0.24 / (0.0207 * low + 18.96) * (high - low)
    rough = exp(-3.5 * scale) - exp(-5.75 * scale)
    if rough > 0.13 and 0.15 < (high - low) / width < 0.6 and high - low >= 16:
        return 1.0
    return 0.0 if rough < 0.06 and (high - low) / width > 1.15 else 0.5


def _pairs(rng: Random) -> Drawn:
    odd = rng.random() < 0.5
    cases = []
    for place in range(4):
        rough = (place == 0) == odd
        while True:
            case = {"note": rng.randint(36, 96), "steps": rng.choice((1, 2, 3, 4, 5, 6, 7))}
            if is_rough(**case) == (1.0 if rough else 0.0):
                break
        cases.append(case)
    return {}, cases


SPECTRUM.add(
    "rough_pair",
    is_rough,
    said_pair,
    {
        "most": [
            "Two pure tones (sines, equally strong) sound together. Which pair sounds rough, while the three others sound smooth? (A4 is 440 Hz.)",
            "On a sine-wave generator four pairs of notes are played. Which pair grates on the ear, as it falls within one critical band? (C4 is middle C.)",
        ],
        "least": [
            "Two pure tones (sines, equally strong) sound together. Which pair sounds smooth, while the three others sound rough? (A4 is 440 Hz.)",
            "On a sine-wave generator four pairs of notes are played. Which pair does not grate on the ear? (C4 is middle C.)",
        ],
    },
    _pairs,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["steps"], lambda c: c["note"]),
    tier="hard",
)

GENERATORS = {**LEVELS.generators, **NOISE.generators, **SPECTRUM.generators}
CHECKS = {**LEVELS.checks, **NOISE.checks, **SPECTRUM.checks}
SURE = {**LEVELS.sure, **NOISE.sure, **SPECTRUM.sure}
