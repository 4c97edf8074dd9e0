"""Which of four sounds is strongest where it is heard, or dies away last, by spreading, walls and absorption.

A long road loses 3 dB for each doubling of distance, a pump 6 dB, a fan far away in an echoing hall nothing.
"""

from __future__ import annotations

from math import log2, log10
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected

ALARMS = Rankings("alarms_signals", "model: 6 dB for a doubling of distance, mass law")
ROOMS = Rankings("room_acoustics", "model: spreading of point and line sources, diffuse field")
TAILS = Rankings("reverberation", "model: Sabine's formula, decay in dB a second")


def reaching(frequency: float, level: float, away: float) -> float:
    """How high an alarm stands, up to a constant, for a hard-of-hearing sleeper behind a wall.

    level at 1 m; 6 dB less for each doubling of distance; a wall that by the mass law loses 6 dB more an octave; a hearing
    loss of 30 dB from 2 kHz on.
    """
    return level - 20 * log10(away) - 6 * log2(frequency / 500) - (30 if frequency >= 2000 else 0)


def said_alarm(frequency: float, level: float, away: float) -> str:
    """500 Hz, 95 dB at 1 m, 8 m away."""
    return f"{frequency:,} Hz, {level} dB at 1 m, {away} m away"


def _alarms(rng: Random) -> Drawn:
    levels, distances = (80, 85, 90, 95, 100, 105, 110), (2, 4, 8, 16)
    return {}, [
        {"frequency": f, "level": rng.choice(levels), "away": rng.choice(distances)}
        for f in rng.sample((250, 500, 1000, 2000, 4000), 4)
    ]


ALARMS.add(
    "alarm_behind_a_wall",
    reaching,
    said_alarm,
    both_ways(
        "Behind a wall that obeys the mass law sleeps {occasion} with 30 dB of hearing loss from 2 kHz up. Which alarm in the yard is {} above his threshold? (Normal thresholds count as equal.)",
        "An alarm is to wake {occasion}, who has lost 30 dB of hearing from 2 kHz up, through a wall obeying the mass law. Which comes through {} above his threshold? (Normal thresholds count as equal.)",
        most="highest",
        least="lowest",
    ),
    _alarms,
    skill="computation",
    margin=5.5,
    close=14.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"], lambda c: c["away"]),
)

_SLOPES = {"point": 20.0, "line": 10.0, "diffuse": 0.0}
_NAMED = {
    ("point", 1): "A pump in the open", ("point", 2): "Two pumps in the open", ("point", 10): "Ten pumps in the open",
    ("line", 1): "A long busy road", ("line", 2): "Two long busy roads", ("diffuse", 1): "A fan in an echoing hall",
    ("diffuse", 2): "Two fans in an echoing hall",
}  # fmt: skip


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
        {"kind": kind, "number": number, "level": rng.choice((55, 60, 65, 70, 75, 80)), "away": rng.choice((20, 40, 80, 100))}
        for kind, number in rng.sample(list(_NAMED), 4)
    ]  # fmt: skip
    return {}, cases if len({c["kind"] for c in cases}) == 3 else []


ROOMS.add(
    "loudest_at_the_listener",
    at_listener,
    said_source,
    both_ways(
        "{occasion} four sources, levels being those of one at 10 m; the hall's reverberant field prevails at all these distances; ground and air cost nothing. Which is {} where it is heard?",
        "{occasion} these, each one's level given for 10 m (in the hall beyond its critical distance). Leaving out ground and air absorption, which arrives {}?",
        most="strongest",
        least="weakest",
    ),
    _sources,
    skill="computation",
    margin=3.0,
    close=8.0,
    seen=(lambda c: c["level"], lambda c: c["away"], lambda c: c["number"]),
)

# What is done, and the factor of the time in which a recorded tail falls by 60 dB: Sabine's time goes with volume over
# absorption and, as 1 / c, with the gas; 2:1 halves a slope in dB a second.
_IN_THE_HALL = {
    "all dimensions doubled, same surfaces": 2.0,
    "all dimensions halved, same surfaces": 0.5,
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
    "expanded 1:2": 0.5,
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
        "Of {occasion} are given: its reverberation time, a change made to it, one made to the recording (whole tail). In which recording does a fall by 60 dB take {}?",
        "{occasion} obeys Sabine's formula. First it is changed, then its recording, whole tail included. Which recorded decay of 60 dB takes {}?",
        most="longest",
        least="the shortest time",
    ),
    _tails,
    skill="computation",
    margin=0.3,
    close=1.1,
    seen=(lambda c: c["hall"],),
)

GENERATORS, CHECKS, SURE = collected(ALARMS, ROOMS, TAILS)
