"""Which of four tones is loudest, audible, or shown highest, by ISO 226 and by models of masking.

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


# Higher ones many older listeners do not hear.
_TONES = (31.5, 40, 50, 63, 80, 100, 125, 250, 500, 1000, 2000, 4000, 8000)


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
        "A listener of eighteen with normal ears sits in an anechoic room in front of a loudspeaker. Which of these sound pressure levels makes the {} sine?",
        "By the standard's equal-loudness contours, which pure tone is the {} (sound pressure levels in a free field)?",
        "Ranked by loudness level in phons rather than by sound pressure level, which of these tones comes out {}?",
        "Sine tones reach both ears from the front with the sound pressure levels given. Which does one hear {}?",
        "A young person compares four sines in silence. Their sound pressure levels were measured where the head is. Which seems {}?",
        "Ears do not weigh all frequencies alike. Which of these pure tones, in dB of sound pressure level, is therefore perceived as {}?",
        most="loudest",
        least="softest",
    ),
    _tones,
    margin=6.0,
    close=11.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
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
        "A sound level meter is set to nominal A-weighting. At which of these pure tones does it give its {} reading?",
        "A noise limit goes by the nominal A-weighted level. Which of these pure tones has the {} one?",
        "Which of these sines, with unweighted sound pressure levels given, has the {} level in dB(A) (nominal A-weighting)?",
        "An inspector's meter with nominal A-weighting is held into the hum of four machines, each a pure tone of the stated sound pressure level. Which reading is {}?",
        "Pure tones of these sound pressure levels are passed through the nominal A filter. Which is {} behind it?",
        "The figures are sound pressure levels without weighting. Judged in dB(A) by the nominal A curve, which tone is {}?",
        "A display switched from Z to A (nominal weighting) shows four sine tones one after the other. For which is the A reading {}?",
        "The levels of four pure tones are reported with nominal A-weighting. Which figure is then {}?",
        most="highest",
        least="lowest",
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
            "In an anechoic chamber, perfectly quiet, four pure tones are played to young people with normal hearing. Which is the only one that they hear?",
            "Three of these faint pure tones lie below the normal threshold of hearing. Which one lies above it?",
            "Only one of these tones, given by sound pressure level, is audible to normal ears in silence. Which?",
            "A clinic's reference listener presses the button for which of these sines, and for no other?",
            "Faint sines are played in a free field to otologically normal listeners of eighteen. Three go unnoticed: which does not?",
            "Which sound pressure level is enough for its pure tone to be heard in complete silence, while the three others are not?",
            "A synthesiser plays four very soft sines in a soundproof booth. All but one are too soft for normal hearing at their frequency. Which can be heard?",
            "Normal hearing needs more level at some frequencies than at others. Which is the only one of these tones that gets enough?",
        ],
        "least": [
            "In an anechoic chamber, perfectly quiet, four pure tones are played to young people with normal hearing. Which is the only one that goes unheard?",
            "Three of these faint pure tones lie above the normal threshold of hearing. Which one lies below it?",
            "All but one of these tones, given by sound pressure level, are audible to normal ears in silence. Which is inaudible?",
            "A clinic's reference listener presses the button for three of these sines. For which does no response come?",
            "Faint sines are played in a free field to otologically normal listeners of eighteen. Three are noticed: which is not?",
            "Which sound pressure level is too little for its pure tone to be heard in complete silence, while the three others are enough?",
            "A synthesiser plays four very soft sines in a soundproof booth. Only one is too soft for normal hearing at its frequency. Which?",
            "Normal hearing needs more level at some frequencies than at others. Which is the only one of these tones that gets too little?",
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
    # Mostly a tone just above the noise, so that the one with the greatest level is no sure guess.
    if rng.random() < 0.75:
        ratios[rng.randint(1, 3) if odd else 0] = rng.choice((1.1, 1.2, 1.25))
    cases = of_a_kind(
        odd,
        lambda heard, place: [
            {"frequency": masker * ratios[place], "level": level}
            for level in _levels(masker, loud, masker * ratios[place], heard)
        ],
        rng,
    )
    return {"masker": masker, "masker_level": loud, "say_width": _WIDTHS[masker]}, cases


_NOISES = (
    "A band of noise, {say_width} Hz wide around {masker} Hz, plays on at {masker_level} dB. Pure tones are added one at a time. ",
    "One hears noise between two close limits ({say_width} Hz apart around {masker} Hz) at a sound pressure level of {masker_level} dB. Sines join it singly. ",
    "A fan gives a narrow band of noise at {masker} Hz, {say_width} Hz wide and of {masker_level} dB. One after the other, four pure tones sound beside it. ",
    "Noise one critical band wide ({say_width} Hz about {masker} Hz) has a sound pressure level of {masker_level} dB at the ear. Four sines are tried against it in turn. ",
)
NOISE.add(
    "tone_beside_noise",
    is_heard,
    said_tone,
    {
        "most": [
            *(noise + "Which is the only one that can be heard?" for noise in _NOISES),
            "Beside steady noise of {masker_level} dB, a band {say_width} Hz wide centred at {masker} Hz, only one of these pure tones can be heard. Which?",
            "Which of these tones is audible while a {say_width} Hz wide band of noise around {masker} Hz goes on at {masker_level} dB, whereas the three others cannot be heard?",
        ],
        "least": [
            *(noise + "Which is the only one that cannot be heard?" for noise in _NOISES),
            "Beside steady noise of {masker_level} dB, a band {say_width} Hz wide centred at {masker} Hz, one of these pure tones cannot be heard. Which?",
            "Which of these tones is inaudible while a {say_width} Hz wide band of noise around {masker} Hz goes on at {masker_level} dB, whereas the three others can be heard?",
        ],
    },
    _beside,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
)


GENERATORS, CHECKS, SURE = collected(LEVELS, NOISE)
