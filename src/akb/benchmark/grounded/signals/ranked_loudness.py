"""Which of four tones is loudest, audible, or gains most, by ISO 226 and by models of masking.

“63 Hz at 72 dB”, “4 kHz at 50 dB”, … : the second is the louder.
"""

from __future__ import annotations

from functools import cache
from random import Random

from akb.benchmark.grounded.craft.equal_loudness import a_weighting, phons, threshold
from akb.benchmark.grounded.craft.masking import beside_noise
from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected, hertz, of_a_kind

LEVELS = Rankings("decibels_levels", "ISO 226:2003, IEC 61672")
NOISE = Rankings("noise_snr", "models of masking: Terhardt (1979), Schroeder, Atal and Hall (1979)")


def said_tone(frequency: float, level: float) -> str:
    """63 Hz at 70 dB."""
    return f"{hertz(frequency)} at {level:g} dB".replace("-", "−")


_TONES = (31.5, 40, 50, 63, 100, 125, 250, 500, 1000, 2000, 4000, 8000, 12500)


@cache
def _level_of(frequency: float, loudness: float) -> int:
    """The least whole level at which a tone is as loud as that, at most 100 dB."""
    return next((level for level in range(100) if phons(frequency, level) > loudness), 100)


def _tones(rng: Random) -> Drawn:
    aim = rng.choice((25, 35, 45, 55))
    cases = []
    for frequency in rng.sample(_TONES, 4):
        level = _level_of(frequency, aim + rng.choice((-14, -8, 0, 8, 14)))
        cases.append({"frequency": frequency, "level": max(level, round(threshold(frequency)) + 9)})
    return {}, cases


LEVELS.add(
    "loudest_tone",
    phons,
    said_tone,
    both_ways(
        "Four pure tones are played one after the other in a quiet room. Which sounds {} to a person with normal hearing?",
        "Of these pure tones, with these sound pressure levels at the listener's place, which is heard as the {}?",
        most="loudest",
        least="softest",
    ),
    _tones,
    margin=6.0,
    close=11.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
)


def growth(rise: float, frequency: float, level: float) -> float:
    """By how many phons a tone becomes louder when its level rises by some dB."""
    return phons(frequency, level + rise) - phons(frequency, level)


def _growing(rng: Random) -> Drawn:
    # ISO 226 holds from 20 to 90 phons, at high frequencies to 80.
    return {"rise": rng.choice((10, 15))}, [
        {"frequency": f, "level": _level_of(f, rng.choice((20, 30, 40, 50)))}
        for f in rng.sample((25, 31.5, 40, 50, 63, 80, 125, 250, 1000, 4000), 4)
    ]


LEVELS.add(
    "gains_most_loudness",
    growth,
    said_tone,
    both_ways(
        "{occasion}, the level of each of these pure tones is raised by {rise} dB. Whose loudness level, in phons, grows {}?",
        "{occasion} four pure tones are turned up by {rise} dB each. In which case does a listener's sense of loudness grow {} (in phons)?",
        most="most",
        least="least",
    ),
    _growing,
    tier="medium",
    margin=2.5,
    close=14.0,
    seen=(lambda c: c["level"],),
)


def reading(frequency: float, level: float) -> float:
    """What a sound level meter with A-weighting shows."""
    return level + a_weighting(frequency)


def _read(rng: Random) -> Drawn:
    aim = rng.choice((40, 50, 60, 70))
    return {}, [
        {"frequency": f, "level": round(aim - a_weighting(f) + rng.choice((-12, -8, -4, 0, 4, 8)))}
        for f in rng.sample((31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000), 4)
    ]


LEVELS.add(
    "meter_shows_most",
    reading,
    said_tone,
    both_ways(
        "{occasion} measures pure tones with a sound level meter that is set to A-weighting. At which of them does it show {}?",
        "{occasion} goes by A-weighted level. Which of these pure tones counts {}?",
        most="most",
        least="least",
    ),
    _read,
    margin=3.5,
    close=9.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
)


def is_audible(frequency: float, level: float) -> float:
    """1 for a tone well above the threshold of hearing, 0 for one well below it."""
    return 1.0 if level > threshold(frequency) + 5 else 0.0 if level < threshold(frequency) - 5 else 0.5


def _near_threshold(rng: Random) -> Drawn:
    odd = rng.random() < 0.5
    frequencies = rng.sample((25, 31.5, 40, 50, 63, 80, 100, 125, 200, 315, 1000, 4000, 10000), 4)
    cases = []
    for place, frequency in enumerate(frequencies):
        away = rng.choice((6, 7, 8, 9, 10)) * (1 if (place == 0) == odd else -1)
        cases.append({"frequency": frequency, "level": round(threshold(frequency) + away)})
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
)

# The width of a critical band in Hz, in round figures (Zwicker 1961).
_WIDTHS = {500: 110, 1000: 160, 2000: 300}


def is_heard(masker: float, masker_level: float, frequency: float, level: float, **_: object) -> float:
    """1 for a tone that a band of noise leaves audible, 0 for one that it masks, 0.5 where that is not beyond doubt."""
    return beside_noise(masker, masker_level, frequency, level)


@cache
def _levels(masker: int, loud: int, frequency: float, heard: float) -> list[int]:
    fits = [x for x in range(10, loud - 9) if beside_noise(masker, loud, frequency, x) == heard]
    return sorted(fits, reverse=not heard)[:4]


def _beside(rng: Random) -> Drawn:
    masker, loud = rng.choice(list(_WIDTHS)), rng.choice((60, 70, 80, 90))
    odd = rng.random() < 0.5
    ratios = rng.sample((0.25, 0.4, 0.5, 0.6, 0.7, 1.4, 1.6, 2, 3, 4), 4)
    cases = of_a_kind(
        odd,
        lambda heard, place: [
            {"frequency": masker * ratios[place], "level": level}
            for level in _levels(masker, loud, masker * ratios[place], heard)
        ],
        rng,
    )
    return {"masker": masker, "masker_level": loud, "say_width": _WIDTHS[masker]}, cases


NOISE.add(
    "tone_beside_noise",
    is_heard,
    said_tone,
    {
        "most": [
            "A band of noise, {say_width} Hz wide around {masker} Hz, plays on at {masker_level} dB. Pure tones are added one at a time. Which is not masked?",
            "Beside steady noise of {masker_level} dB, a band {say_width} Hz wide centred at {masker} Hz, only one of these pure tones can be heard. Which?",
        ],
        "least": [
            "A band of noise, {say_width} Hz wide around {masker} Hz, plays on at {masker_level} dB. Pure tones are added one at a time. Which is masked?",
            "Beside steady noise of {masker_level} dB, a band {say_width} Hz wide centred at {masker} Hz, one of these pure tones cannot be heard. Which?",
        ],
    },
    _beside,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
)


GENERATORS, CHECKS, SURE = collected(LEVELS, NOISE)
