"""Which of four sounds is strongest where it is heard, or dies away last, by spreading, walls and absorption.

A long road loses 3 dB for each doubling of distance, a pump 6 dB, a fan far away in an echoing hall nothing.
"""

from __future__ import annotations

from itertools import product
from math import log2, log10
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected
from akb.benchmark.grounded.craft.wordings import blended

ALARMS = Rankings("alarms_signals", "model: 6 dB for a doubling of distance, mass law")
ROOMS = Rankings("room_acoustics", "model: spreading of point and line sources, diffuse field")
TAILS = Rankings("reverberation", "model: Sabine's formula, decay in dB a second")


def reaching(frequency: float, level: float, away: float, loss: int = 30, **_: object) -> float:
    """How high an alarm stands, up to a constant, for a hard-of-hearing sleeper behind a wall.

    level at 1 m; 6 dB less for each doubling of distance; a wall that by the mass law loses 6 dB more an octave; a hearing
    loss of so many dB from 2 kHz on.
    """
    return level - 20 * log10(away) - 6 * log2(frequency / 500) - (loss if frequency >= 2000 else 0)


def said_alarm(frequency: float, level: float, away: float) -> str:
    """500 Hz, 95 dB at 1 m, 8 m away."""
    return f"{frequency:,} Hz, {level} dB at 1 m, {away} m away"


def _alarms(rng: Random) -> Drawn:
    # High alarms are near or strong, low ones far or weak, so that all may come through about equally well.
    aim, loss = rng.choice((64, 70, 76)), rng.choice((20, 30, 40))
    fits = [
        [
            {"frequency": f, "level": level, "away": away}
            for level, away in product(range(70, 121, 5), (1, 2, 4, 8, 16, 32, 64))
            if abs(reaching(f, level, away, loss) - aim) < 14
        ]
        for f in rng.sample((125, 250, 500, 1000, 2000, 4000), 4)
    ]
    return {"loss": loss}, [rng.choice(cases) for cases in fits if cases]


ALARMS.add(
    "alarm_behind_a_wall",
    reaching,
    said_alarm,
    both_ways(
        *blended(
            "a hotel guest; a tenant; a patient; a night porter; a lodger",
            "Behind a wall that obeys the mass law sleeps {thing} with {loss} dB of hearing loss from 2 kHz up. Which alarm in the yard is {} above the sleeper's threshold? (Normal thresholds count as equal.)",
            "A closed window follows the mass law; {thing} behind it hears {loss} dB worse than normal from 2 kHz on. Let normal ears be equally keen at all pitches: whose alarm outside stands {} above what is just heard?",
            "Which tone signal gets {} above threshold for {thing} whose hearing is {loss} dB down at 2 kHz and higher, when it comes from outdoors through a heavy door (mass law)? (Otherwise one threshold for all tones.)",
            "Four fire alarms in a courtyard, each a pure tone. {Thing} indoors has lost {loss} dB from 2 kHz upwards, and the brickwork between insulates by the mass law. Which is {} above threshold, normal ones being alike?",
            "Distance costs 6 dB a doubling, the partition follows the mass law, and {thing} lacks {loss} dB of hearing at 2 kHz and up. Going by level above threshold (normally the same at all frequencies), which alarm is {} up?",
            "For {thing}, with hearing normal below 2 kHz and {loss} dB worse from there up, sirens are tested outside a single-leaf wall (mass law). Which lies {} above the threshold? (Normal: one value at all frequencies.)",
        ),
        most="furthest",
        least="least far",
    ),
    _alarms,
    skill="computation",
    margin=5.5,
    close=14.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"], lambda c: c["away"]),
    counts=(lambda c: c["level"], lambda c: -c["frequency"], lambda c: -c["away"]),
)

_SLOPES = {"point": 20.0, "line": 10.0, "diffuse": 0.0}
_NAMED = {
    ("point", 1): "A pump in the open", ("point", 2): "Two pumps in the open", ("point", 10): "Ten pumps in the open",
    ("line", 1): "A long busy road", ("line", 2): "Two long busy roads", ("diffuse", 1): "A fan in an echoing hall",
    ("diffuse", 2): "Two fans in an echoing hall",
}  # fmt: skip


# Levels at 10 m with which any kind may be the loudest where it is heard.
_AT_TEN = {"point": (65, 70, 75, 80, 85), "line": (60, 65, 70, 75), "diffuse": (50, 55, 60, 65)}


def at_listener(kind: str, number: int, level: float, away: float) -> float:
    """Level at a listener of so many equal, unrelated sources, given for one of them at 10 m.

    point: 6 dB less for each doubling of distance; line: 3 dB; diffuse: beyond the critical distance of a hall, no less.
    """
    return level + 10 * log10(number) - _SLOPES[kind] * log10(away / 10)


def said_source(kind: str, number: int, level: float, away: float) -> str:
    """Two pumps in the open, each 70 dB, heard from 40 m."""
    return f"{_NAMED[kind, number]}, {'each ' if number > 1 else ''}{level} dB, heard from {away} m"


def _sources(rng: Random) -> Drawn:
    cases = [
        {"kind": kind, "number": number, "level": rng.choice(_AT_TEN[kind]), "away": rng.choice((20, 40, 80, 100))}
        for kind, number in rng.sample(list(_NAMED), 4)
    ]  # fmt: skip
    return {}, cases if len({c["kind"] for c in cases}) == 3 else []


ROOMS.add(
    "loudest_at_the_listener",
    at_listener,
    said_source,
    both_ways(
        "Four sources, with the level of each one alone at 10 m; the hall's reverberant field prevails at all these distances; ground and air cost nothing. Which is {} where it is heard?",
        "The level of each source alone is given for 10 m (in the hall, beyond its critical distance). Leaving out ground and air absorption, which arrives {}?",
        "Which is {} at its listener, if the level of each source alone was measured at 10 m, neither ground nor air absorbs, and 10 m is already beyond the critical distance of the hall?",
        "Measured at 10 m, one pump, road or fan alone has the level stated. In the hall all listeners are in the diffuse field; outdoors nothing but spreading counts. Who has it {}?",
        "Point source, line source, diffuse field: the levels are those of one source at 10 m, the distances those of the listeners. Where is the sound {}? (No losses in air or on the ground.)",
        "A noise survey gives the level of each source alone at 10 m and the listener's distance; the hall is reverberant well within 10 m. Ignoring ground and air, which is {} for its listener?",
        most="loudest",
        least="softest",
    ),
    _sources,
    skill="computation",
    margin=3.0,
    close=8.0,
    seen=(lambda c: c["level"], lambda c: c["away"], lambda c: c["number"], lambda c: _SLOPES[c["kind"]]),
    counts=(lambda c: c["level"], lambda c: c["number"], lambda c: -c["away"], lambda c: -_SLOPES[c["kind"]]),
)

# What is done, and the factor of the time in which a recorded tail falls by 60 dB: Sabine's time goes with volume over
# absorption and, as 1 / c, with the gas; 2:1 halves a slope in dB a second.
_IN_THE_HALL = {
    "all dimensions doubled, same wall materials": 2.0,
    "all dimensions halved, same wall materials": 0.5,
    "absorbing area doubled": 0.5,
    "absorbing area halved": 2.0,
    "height doubled, absorbing area kept": 2.0,
    "air replaced by helium": 0.343,
    "microphone moved away to twice the distance": 1.0,
    "source made 10 dB stronger": 1.0,
}
_ON_TAPE = {
    "played at double speed": 0.5,
    "played at half speed": 2.0,
    "compressed 2:1": 2.0,
    "compressed 4:1": 4.0,
    "expanded downwards 1:2": 0.5,
    "turned up by 10 dB": 1.0,
}


def tail(hall: float, deed: str, treatment: str) -> float:
    """Octaves above 1 s of the time in which the recorded tail falls by 60 dB."""
    return log2(hall * _IN_THE_HALL[deed] * _ON_TAPE[treatment])


def said_tail(hall: float, deed: str, treatment: str) -> str:
    """2 s; absorbing area doubled; compressed 2:1."""
    return f"{hall:g} s at first; {deed}; {treatment}"


def _tails(rng: Random) -> Drawn:
    halls = (0.8, 1, 1.2, 1.5, 2, 2.5, 3, 4)
    return {}, [
        {"hall": rng.choice(halls), "deed": rng.choice(list(_IN_THE_HALL)), "treatment": rng.choice(list(_ON_TAPE))}
        for _ in range(4)
    ]


TAILS.add(
    "tail_after_two_deeds",
    tail,
    said_tail,
    both_ways(
        "Four halls: each one's reverberation time, a change to the room, then one to the recording of the whole decay. Which recording takes the {} time to fall by 60 dB?",
        "By Sabine's formula, which of these tails is {} (over 60 dB), after first the room or its set-up and then the recording of the whole decay has been changed?",
        "A room with the given reverberation time is altered and its complete decay recorded; the recording is altered too. Which has the {} decay of 60 dB in the end?",
        "Listeners hear recordings from four churches: reverberation time, what was done in the church, what was done to the recording as a whole. In which is the 60 dB decay {}?",
        "Reverberation time, then something done in the hall, then something done to the recorded tail (treated in full): which tail is the {} on playback, over 60 dB?",
        "Four halls are changed, then recorded, and the recording is processed over its whole decay. Which recording has the {} decay by 60 dB?",
        most="longest",
        least="shortest",
    ),
    _tails,
    skill="computation",
    margin=0.3,
    close=1.1,
    seen=(lambda c: c["hall"],),
    counts=(lambda c: c["hall"], lambda c: _IN_THE_HALL[c["deed"]], lambda c: _ON_TAPE[c["treatment"]]),
)

GENERATORS, CHECKS, SURE = collected(ALARMS, ROOMS, TAILS)
