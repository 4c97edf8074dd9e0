"""Which of four sirens, changed things, machines or bats is heard highest, by Doppler's and vibration's laws.

A bar cut to half its length rises by two octaves, one planed to half its thickness falls by one.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log2
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected
from akb.benchmark.grounded.craft.wordings import blended

ALARMS = Rankings("alarms_signals", "arithmetic: Doppler effect")
MATERIALS = Rankings(
    "materials_impacts", "model: ideal bars, strings, plates, pipes and resonators (Fletcher and Rossing 1998)"
)
MACHINES = Rankings("machines_vehicles", "arithmetic: firings, blades, teeth and holes a second")
ANIMALS = Rankings("animals", "arithmetic: mixing, division and slowing down of ultrasound")

# What is said of a siren, and what its frequency is multiplied by at a speed v, as a share of the speed of sound. Steady
# wind changes nothing; a wall hears a siren as a listener would and sends on what it hears.
_MOVES: dict[str, tuple[str, Callable[[float], float]]] = {
    "towards": ("driving towards the listener", lambda v: 1 / (1 - v)),
    "away": ("driving away from the listener", lambda v: 1 / (1 + v)),
    "to source": ("at rest, the listener driving towards it", lambda v: 1 + v),
    "from source": ("at rest, the listener driving away from it", lambda v: 1 - v),
    "wind to": ("at rest, the wind blowing from it to the listener at that speed", lambda v: 1.0),
    "wind from": ("at rest, the wind blowing from the listener to it at that speed", lambda v: 1.0),
    "echo ahead": ("heard by its own driver as the echo of a wall straight ahead", lambda v: (1 + v) / (1 - v)),
    "wall behind": (
        "driving away from the listener, heard as the echo from a wall ahead of the siren",
        lambda v: 1 / (1 - v),
    ),
    "wall ahead": (
        "driving towards the listener, heard as the echo from a wall behind the siren",
        lambda v: 1 / (1 + v),
    ),
    "side by side": ("driving, the listener beside it at the same speed", lambda v: 1.0),
}


def doppler(share: float, move: str, base: float, **_: object) -> float:
    """Semitones above 1 Hz of a siren's pitch as it is heard."""
    return 12 * log2(base * _MOVES[move][1](share))


def said_siren(move: str, base: float) -> str:
    return f"A siren of {base:g} Hz, {_MOVES[move][0]}"


def _sirens(rng: Random) -> Drawn:
    share = rng.choice((0.1, 0.15, 0.2))
    cases = [{"move": m, "base": rng.choice((400, 450, 500, 550, 600, 650, 700))} for m in rng.sample(list(_MOVES), 4)]
    return {"share": share, "say_share": round(100 * share)}, cases


ALARMS.add(
    "siren_in_motion",
    doppler,
    said_siren,
    both_ways(
        *blended(
            "ambulances; police cars; fire engines; police motorcycles; rescue boats",
            "Four {thing} have sirens of the given pitches; whatever moves, moves at {say_share} % of the speed of sound. Which is heard {}?",
            "Sirens of {thing}, with their pitches at rest: all that moves has {say_share} % of the speed of sound. Which reaches the ear {}?",
            "Pitches are those at the sirens of four {thing}; the speed is always {say_share} % of that of sound. Which does its listener hear {}?",
            "Which of these sirens sounds {} to the listener, if every speed named is {say_share} % of the speed of sound?",
            "Doppler's effect on the sirens of {thing}, at {say_share} % of the speed of sound: which siren is heard with the {} pitch?",
            "At {say_share} % of the speed of sound, vehicles, listeners or the wind move as stated. Where is the siren's tone the {}?",
        ),
        most="highest",
        least="lowest",
    ),
    _sirens,
    skill="computation",
    margin=0.7,
    close=2.5,
    seen=(lambda c: c["base"],),
    counts=(lambda c: c["base"], lambda c: _MOVES[c["move"]][1](c["share"])),
)  # fmt: skip


# What is done to a sounding thing, and by which factor its pitch changes (Fletcher and Rossing 1998).
_DEEDS = {
    "bar_half": ("a xylophone bar cut so that half its length remains", 4.0),
    "bar_thin": ("a xylophone bar planed evenly to half its thickness", 0.5),
    "bar_wide": ("a xylophone bar sawn to half its width", 1.0),
    "bar_third": ("a xylophone bar cut so that two thirds of its length remain", 2.25),
    "bar_small": ("a xylophone bar replaced by one of half the length, half the width and half the thickness", 2.0),
    "string_half": ("a string stopped so that half its length sounds", 2.0),
    "string_four": ("a string put under four times the tension", 2.0),
    "string_double": ("a string put under twice the tension", 2**0.5),
    "string_thick": ("a string replaced by one of twice the diameter, same material, length and tension", 0.5),
    "string_two": ("a string stopped so that two thirds of its length sound, at a quarter of the tension", 0.75),
    "pipe_open": ("a stopped organ pipe whose stopper is taken out", 2.0),
    "pipe_close": ("an open organ pipe whose far end is stopped", 0.5),
    "pipe_third": ("an open organ pipe cut so that a third of its length remains, then stopped at the far end", 1.5),
    "pipe_helium": ("an organ pipe blown with helium instead of air", 2.9),
    "bottle": ("a bottle blown across its neck, three quarters of its volume filled with water instead of none", 2.0),
    "bottle_half": ("a bottle blown across its neck, half of its volume filled with water instead of none", 2**0.5),
    "bell": ("a bell cast anew with all dimensions, wall thickness included, halved", 2.0),
    "plate": ("a steel plate replaced by one of the same sides and twice the thickness", 2.0),
    "plate_wide": ("a square plate replaced by one of sides half as long and the same thickness", 4.0),
    "drum": ("a drum head replaced by one of half the diameter, same material and tension", 2.0),
    "drum_tight": ("a drum head slackened to half its tension", 2**-0.5),
    "fork": ("a tuning fork replaced by one with prongs 1.4 times as long, of the same thickness", 1 / 1.96),
    "rod": ("a ruler clamped at one end, its free part made a third as long as before", 9.0),
}  # fmt: skip


def raised(deed: str) -> float:
    """Semitones by which a deed changes the pitch."""
    return 12 * log2(_DEEDS[deed][1])


def said_deed(deed: str) -> str:
    """A string stopped at half its length."""
    text = _DEEDS[deed][0]
    return text[:1].upper() + text[1:]


def _deeds(rng: Random) -> Drawn:
    families: dict[str, list[str]] = {}
    for name in _DEEDS:
        families.setdefault(name.split("_")[0], []).append(name)
    return {}, [{"deed": rng.choice(families[f])} for f in rng.sample(list(families), 4)]


MATERIALS.add(
    "pitch_after_a_change",
    raised,
    said_deed,
    {
        "most": [
            "Which change raises the pitch of what is struck, plucked or blown by most?",
            "Four sounding things are altered. Whose pitch rises most (or falls least)?",
            "Whose pitch, after against before, goes up by the widest interval?",
            "Compare each thing with what it was: which sounds furthest above its old pitch?",
            "An instrument maker alters four things. Which ends highest against its old pitch (everything else unchanged)?",
            "Going by the lowest mode of vibration, which change raises the pitch most?",
        ],
        "least": [
            "Which change lowers the pitch of what is struck, plucked or blown by most, or raises it least?",
            "Four sounding things are altered. Whose pitch falls most (or rises least)?",
            "Whose pitch, after against before, goes down by the widest interval (or, if all rise, up by the narrowest)?",
            "Compare each thing with what it was: which sounds furthest below its old pitch, or least above it?",
            "An instrument maker alters four things. Which ends lowest against its old pitch (everything else unchanged)?",
            "Going by the lowest mode of vibration, which change lowers the pitch most, or raises it least?",
        ],
    },
    _deeds,
    margin=3.0,
    close=14.0,
)  # fmt: skip


def machine_note(kind: str, number: int, turns: float) -> float:
    """Semitones of the strongest note of a machine: firings, blades, teeth, holes a second."""
    each = {"four-stroke": 0.5, "two-stroke": 1.0, "blades": 1.0, "teeth": 1.0, "holes": 1.0}[kind]
    return 12 * log2(number * each * turns / 60)


def said_machine(kind: str, number: int, turns: float) -> str:
    words = {
        "four-stroke": "{}-cylinder four-stroke engine",
        "two-stroke": "{}-cylinder two-stroke engine",
        "blades": "{}-bladed propeller",
        "teeth": "gear wheel of {} teeth",
        "holes": "siren disc with {} holes",
    }[kind].format(_COUNT.get(number, number) if kind not in ("teeth", "holes") else number)
    return f"{words[:1].upper() + words[1:]} at {turns:,.0f} rpm"


_COUNT = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 12: "twelve"}


def _machines(rng: Random) -> Drawn:
    aim = rng.choice((60, 80, 120, 160))
    cases = []
    for kind in rng.sample(("four-stroke", "two-stroke", "blades", "teeth", "holes", "four-stroke"), 4):
        number = rng.choice({"four-stroke": (1, 2, 3, 4, 5, 6, 8, 12), "two-stroke": (1, 2, 3), "blades": (2, 3, 5, 6, 7), "teeth": (15, 20, 30, 40), "holes": (8, 12, 15, 20)}[kind])  # fmt: skip
        turns = round(60 * aim * 2 ** rng.uniform(-0.7, 0.7) / number / (0.5 if kind == "four-stroke" else 1), -2)
        if 100 <= turns <= (3000 if kind == "blades" else 8000):
            cases.append({"kind": kind, "number": number, "turns": turns})
    return {}, cases


MACHINES.add(
    "machine_by_its_note",
    machine_note,
    said_machine,
    both_ways(
        "Each machine hums at its firing, blade, tooth or hole rate. Which note is the {}?",
        "Engines fire, propellers beat, gear wheels and siren discs whirr, each at its own rate. Whose hum is the {}?",
        "Which of these, heard by the rate at which its cylinders fire or its blades, teeth or holes pass, has the {} pitch?",
        "A mechanic listens to four machines, each running evenly and humming once for every firing, blade, tooth or hole. Which one is the {}?",
        "Sound effects are to be sorted by pitch. Going by firings, blades, teeth or holes in a second, which is the {}?",
        "Taking the rate of firing or of passing blades, teeth and holes as the pitch, which sound is the {}?",
        most="highest",
        least="lowest",
    ),
    _machines,
    skill="computation",
    margin=1.8,
    close=6.0,
    seen=(lambda c: c["turns"], lambda c: c["number"]),
    counts=(lambda c: c["turns"], lambda c: c["number"]),
)


def bat_heard(how: str, call: float, figure: float) -> float:
    """Semitones above 1 Hz of what a listener hears of a call (kHz) by a detector."""
    heard = {"heterodyne": abs(call - figure), "divider": call / figure, "slow": call / figure}[how]
    return 12 * log2(max(heard, 0.01) * 1000)


def said_bat(how: str, call: float, figure: float) -> str:
    return {
        "heterodyne": f"{call:g} kHz call, heterodyne detector tuned to {figure:g} kHz",
        "divider": f"{call:g} kHz call, frequency division by {figure:g}",
        "slow": f"{call:g} kHz call, recording slowed down {figure:g} times",
    }[how]


def _bats(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        how, call = (
            rng.choice(("heterodyne", "divider", "slow", "heterodyne")),
            rng.choice((20, 25, 30, 35, 40, 45, 50, 60, 80, 110)),
        )
        figure = {"heterodyne": call + rng.choice((-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)), "divider": rng.choice((8, 10, 16, 32)), "slow": rng.choice((8, 10, 16, 20))}[how]  # fmt: skip
        cases.append({"how": how, "call": call, "figure": figure})
    return {}, cases


ANIMALS.add(
    "bat_through_a_detector",
    bat_heard,
    said_bat,
    both_ways(
        "Bats that call at one steady frequency are made audible in four ways. Which is heard {}?",
        "Constant-frequency bat calls are heard through different detectors. Which comes out {}?",
        "Four bats, each with a call of steady frequency, and four ways to bring it into the range of hearing: which sound is the {}?",
        "Which of these steady bat calls does the observer's headphone give as the {} tone?",
        "Heterodyne, frequency division, slow playback: which of these unvarying calls ends up with the {} pitch?",
        "A biologist listens to bat calls of one frequency each. Which sounds {} through its device?",
        most="highest",
        least="lowest",
    ),
    _bats,
    skill="computation",
    margin=3.0,
    close=10.0,
    seen=(lambda c: c["call"], lambda c: c["figure"]),
    tier="medium",
)

GENERATORS, CHECKS, SURE = collected(ALARMS, MATERIALS, MACHINES, ANIMALS)
