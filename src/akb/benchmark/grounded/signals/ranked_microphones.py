"""Which of four set-ups picks up least of a drum or most of a voice, and which fault can be heard.

A figure-of-eight whose side faces the drum hears less of it than a cardioid turned away but near.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, log2, log10, radians
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Figures, Rankings, both_ways, collected, of_a_kind
from akb.benchmark.grounded.craft.wordings import blended

MICROPHONES = Rankings("microphones_recording", "model: first-order pick-up patterns, 6 dB for a doubling of distance")
FAULTS = Rankings("recording_faults", "just noticeable differences: Moore (2012), ISO 3382-1")

# First-order patterns: the pressure part (Eargle, The Microphone Book, 2004).
_PATTERNS = {"omni": 1.0, "cardioid": 0.5, "supercardioid": 0.37, "hypercardioid": 0.25, "figure-of-eight": 0.0}


def picked_up(pattern: str, degrees: float, away: float, least: float = 0.03) -> float:
    """Level in dB of an even source in the open, by the angle to the microphone's axis and the distance in metres.

    least: what is left in a null; no real microphone nulls by more than some 30 dB.
    """
    part = _PATTERNS[pattern]
    return 20 * log10(max(abs(part + (1 - part) * cos(radians(degrees))), least)) - 20 * log10(away)


def said_set_up(pattern: str, degrees: float, away: float) -> str:
    """Cardioid, 120° off its axis, 2 m away."""
    return f"{pattern[:1].upper() + pattern[1:]}, {degrees:g}° off its axis, {away:g} m away"


def _agreed(value: Callable[..., float], cases: list[Figures]) -> Drawn:
    """The cases if their order is the same for ideal nulls as for real ones, else none."""
    orders = [sorted(range(4), key=lambda i: value(**cases[i], least=least)) for least in (0.03, 1e-6)]
    return {}, cases if orders[0] == orders[1] else []


def _set_ups(rng: Random) -> Drawn:
    angles, distances = (0, 30, 60, 90, 110, 120, 135, 150, 180), (0.5, 1, 1.5, 2, 3, 4)
    return _agreed(
        picked_up,
        [
            {"pattern": pattern, "degrees": rng.choice(angles), "away": rng.choice(distances)}
            for pattern in rng.sample(list(_PATTERNS), 4)
        ],
    )


MICROPHONES.add(
    "drum_at_an_angle",
    picked_up,
    said_set_up,
    both_ways(
        *blended(
            "a drum; a trumpet; an accordion; a saxophone; a violin; a lawnmower",
            "{Thing} in the open is picked up by four microphones, equally sensitive on their axes; proximity effect aside. Which gets the {} signal from it?",
            "{Thing} stands on a lawn amid four microphones with the same sensitivity to the front. In which is its sound {}?",
            "Four microphones, alike in sensitivity on axis, are set up outdoors around a source that radiates evenly. Which delivers it {}?",
            "With distance, angle and pattern as given and no room around, which microphone (all equally sensitive from the front) has {thing} {} in its signal?",
            "One source that radiates evenly, ideal polar patterns, equal sensitivity on axis, free field: which microphone gives the {} level?",
            "Outdoors, which of these microphones, all set to the same gain and equally sensitive straight ahead, hears the source {}?",
        ),
        most="strongest",
        least="weakest",
    ),
    _set_ups,
    skill="computation",
    margin=2.5,
    close=8.0,
    seen=(lambda c: c["degrees"], lambda c: c["away"]),
    counts=(lambda c: -c["degrees"], lambda c: -c["away"]),
)


def separation(pattern: str, voice: float, degrees: float, drum: float, least: float = 0.03) -> float:
    """By how many dB a voice on the axis stands above an equally strong drum; distances in metres."""
    return picked_up(pattern, 0, voice) - picked_up(pattern, degrees, drum, least)


def said_separation(pattern: str, voice: float, degrees: float, drum: float) -> str:
    """Cardioid: voice at 20 cm, drum at 2 m and 120°."""
    return f"{pattern[:1].upper() + pattern[1:]}: voice at {voice * 100:g} cm, drum at {drum:g} m and {degrees:g}°"


def _separations(rng: Random) -> Drawn:
    return _agreed(
        separation,
        [
            {
                "pattern": pattern,
                "voice": rng.choice((0.1, 0.2, 0.3, 0.4, 0.6, 0.8)),
                "degrees": rng.choice((30, 60, 90, 110, 120, 135, 150, 180)),
                "drum": rng.choice((1, 1.5, 2, 3, 4)),
            }
            for pattern in rng.sample(list(_PATTERNS), 4)
        ],
    )


MICROPHONES.add(
    "voice_above_drum",
    separation,
    said_separation,
    both_ways(
        "A singer is on axis; a drum at the given angle bleeds in: which gives the {} voice-to-drum ratio? (Free field, no proximity effect.)",
        "On an open-air stage a singer faces the microphone and a drum stands off its axis. Which set-up has the {} ratio of voice to drum? (Leave proximity effect aside.)",
        "Voice straight ahead, drum at an angle, no walls, no proximity effect: with which microphone is the ratio of voice to spill {}?",
        "A sound engineer compares four vocal microphones in the open, the voice always on axis. Where does spill from the drum leave the {} voice-to-drum ratio? (No proximity effect.)",
        "In which of these set-ups outdoors, the singer being on axis, is the ratio of voice to drum {}? (Both are equally strong at the same distance; no proximity effect.)",
        "Bleed is judged by the voice-to-drum ratio in the singer's microphone, aimed at the mouth. Which is {} in a free field, proximity effect aside?",
        most="best",
        least="poorest",
    ),
    _separations,
    skill="computation",
    margin=3.0,
    close=9.0,
    seen=(lambda c: c["voice"], lambda c: c["drum"], lambda c: c["degrees"]),
    counts=(lambda c: -c["voice"], lambda c: c["drum"]),
)

# How a difference is said, and the least and greatest value that is given for what is just noticed (Moore, An
# Introduction to the Psychology of Hearing, 2012: level 0.5 to 1 dB, frequency at 1 kHz 0.2 to 0.3 % and at 250 Hz
# 0.3 to 0.6 %, gaps in noise 2 to 4 ms, angle in front 1 to 2°, time between the ears 10 to 20 µs, between their levels
# 0.5 to 1 dB, duration 5 to 10 %; tempo 2 to 5 %; ISO 3382-1: reverberation time 5 %, clarity 1 dB).
_NOTICED = {
    "level": ("a level difference of {:g} dB in white noise", 0.4, 1.0),
    "tone": ("a 1 kHz tone that is {:g} % sharp", 0.15, 0.4),
    "low tone": ("a 250 Hz tone that is {:g} % sharp", 0.3, 0.7),
    "gap": ("a gap of {:g} ms in white noise", 1.8, 4.0),
    "angle": ("a shift of {:g}° straight ahead", 1.0, 2.0),
    "ears": ("a delay of {:g} µs between the ears", 9.0, 25.0),
    "balance": ("a level difference of {:g} dB between the ears", 0.4, 1.0),
    "duration": ("a half-second tone that is {:g} % too long", 4.0, 12.0),
    "tempo": ("a drum loop whose tempo is {:g} % too fast", 1.2, 5.0),
    "tail": ("a reverberation time that is {:g} % too long", 4.0, 7.0),
}
_SIZES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.6, 0.8, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 60, 80, 100)


def is_noticed(kind: str, size: float) -> float:
    """1 for a difference well above what is just noticed, 0 for one well below it."""
    _, least, most = _NOTICED[kind]
    return 1.0 if size >= 1.9 * most else 0.0 if size <= 0.55 * least else 0.5


def said_fault(kind: str, size: float) -> str:
    text = _NOTICED[kind][0].format(size)
    return text[:1].upper() + text[1:]


def _faults(rng: Random) -> Drawn:
    kinds = rng.sample(list(_NOTICED), 4)

    def fits(noticed: float, place: int) -> list[dict[str, object]]:
        sizes = [s for s in _SIZES if is_noticed(kinds[place], s) == noticed]
        # The three nearest to what is just noticed.
        near = sorted(sizes, key=lambda s: abs(log2(s / _NOTICED[kinds[place]][1])))[:3]
        return [{"kind": kinds[place], "size": s} for s in near]

    return {}, of_a_kind(rng.random() < 0.5, fits, rng)


FAULTS.add(
    "fault_that_is_heard",
    is_noticed,
    said_fault,
    {
        "most": [
            "A trained listener compares a copy with the original, back to back, under good conditions. Three of these differences go unnoticed. Which is noticed?",
            "Of four slight differences between two recordings only one exceeds what people can just notice in direct comparison. Which?",
            "Which of these deviations of a copy is the only one that exceeds the just noticeable difference?",
            "Original and copy alternate in a blind comparison. Experienced ears can tell them apart by one of these differences only. By which?",
            "A restorer wants to know which of four small flaws, each alone in a copy, would be heard beside the original. Which is it, the others being too small?",
            "Three of these changes are below the threshold of discrimination. Which one is above it?",
        ],
        "least": [
            "A trained listener compares a copy with the original, back to back, under good conditions. Three of these differences are noticed. Which is not?",
            "Of four slight differences between two recordings only one is too small to be noticed even in direct comparison. Which?",
            "Which of these deviations of a copy is the only one that stays below the just noticeable difference?",
            "Original and copy alternate in a blind comparison. Experienced ears can tell them apart by all but one of these differences. By which can they not?",
            "A restorer wants to know which of four small flaws, each alone in a copy, would pass unheard beside the original. Which is it, if the other three would be noticed?",
            "Three of these changes are above the threshold of discrimination. Which one is below it?",
        ],
    },
    _faults,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["size"],),
)

GENERATORS, CHECKS, SURE = collected(MICROPHONES, FAULTS)
