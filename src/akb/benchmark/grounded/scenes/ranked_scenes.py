"""Which of four sounds arrives first, loudest or highest: by speeds of sound, spreading, walls and laws of vibration.

A bolt 2 km away is heard after one that struck two seconds later at 1 km.
"""

from __future__ import annotations

from math import log2, log10
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings

WEATHER, SCENES, ALARMS = Rankings("nature_weather"), Rankings("acoustic_scenes"), Rankings("alarms_signals")
ROOMS, MATERIALS = Rankings("room_acoustics"), Rankings("materials_impacts")
MACHINES, ANIMALS, TAILS = Rankings("machines_vehicles"), Rankings("animals"), Rankings("reverberation")

# Seconds a kilometre: air 340 m/s, water 1500 m/s, steel 5000 m/s (thin bar).
_PACE = {"air": 1000 / 340, "water": 1000 / 1500, "rail": 1000 / 5000}


def thunder(struck: float, away: float) -> float:
    """Seconds after the hour at which a bolt's thunder is heard, with its distance in kilometres."""
    return struck + away * _PACE["air"]


def said_bolt(struck: float, away: float) -> str:
    return f"The flash at {struck:g} s, {away:g} km away"


def _bolts(rng: Random) -> Drawn:
    return {}, [{"struck": rng.randint(0, 24), "away": rng.choice((0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8))} for _ in range(4)]


WEATHER.add(
    "order_of_thunder",
    thunder,
    said_bolt,
    {
        "least": ["Four bolts strike at different times and places. Whose thunder is heard first?"],
        "second": ["Four bolts strike at different times and places. Whose thunder is the third that is heard?"],
        "third": ["Four bolts strike at different times and places. Whose thunder is the second that is heard?"],
        "most": ["Four bolts strike at different times and places. Whose thunder is heard last?"],
    },
    _bolts,
    margin=1.0,
    close=6.0,
    seen=(lambda c: c["struck"], lambda c: c["away"]),
    tier="hard",
)


def arrival(sound: str, start: float, away: float, path: str, echo: bool) -> float:
    """Seconds until a sound is heard; away in kilometres; an echo comes back from there to where it was made."""
    return start + away * _PACE[path] * (2 if echo else 1)


def said_arrival(sound: str, start: float, away: float, path: str, echo: bool) -> str:
    metres = f"{away * 1000:,.0f} m"
    where = {
        "air": f"by a cliff {metres} off" if echo else f"{metres} off, through the air",
        "water": f"by the sea bed {metres} below" if echo else f"{metres} off, under water",
        "rail": f"{metres} off, by an ear on the rail",
    }[path]
    return f"{sound} at {start:g} s, {'echoed ' if echo else ''}{where}"


def _arrivals(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        path = rng.choice(("air", "air", "water", "rail"))
        echo = path != "rail" and rng.random() < 0.5
        away = rng.choice({"air": (170, 340, 510, 680, 1020, 1360), "water": (1500, 3000, 4500, 6000), "rail": (1000, 2000, 5000)}[path]) / 1000  # fmt: skip
        sound = {"air": rng.choice(("shot", "shout", "clap")), "water": "sonar ping", "rail": "hammer blow"}[path]
        cases.append({"sound": sound, "start": rng.randint(0, 8), "away": away, "path": path, "echo": echo})
    return {}, cases


SCENES.add(
    "order_of_arrival",
    arrival,
    said_arrival,
    {
        "least": [
            "Each sound begins at the given second and is heard where its listener waits; echoes are heard where the sound was made. Which is heard first?",
        ],
        "most": [
            "Each sound begins at the given second and is heard where its listener waits; echoes are heard where the sound was made. Which is heard last?",
        ],
        "third": [
            "Each sound begins at the given second and is heard where its listener waits; echoes are heard where the sound was made. Which is heard second?",
        ],
    },
    _arrivals,
    margin=0.8,
    close=4.0,
    seen=(lambda c: c["start"], lambda c: c["away"]),
    tier="hard",
)


def above_threshold(frequency: float, level: float, away: float) -> float:
    """How high an alarm stands for a hard-of-hearing sleeper behind a wall.

    level at 1 m; 6 dB less for each doubling of distance; a wall of 20 dB at 500 Hz that by the mass law loses 6 dB more
    an octave; a hearing loss of 30 dB from 2 kHz on.
    """
    wall = 20 + 6 * log2(frequency / 500)
    return level - 20 * log10(away) - wall - (30 if frequency >= 2000 else 0)


def said_alarm(frequency: float, level: float, away: float) -> str:
    return f"{frequency:g} Hz, {level:g} dB, {away:g} m away"


def _alarms(rng: Random) -> Drawn:
    return {}, [
        {"frequency": f, "level": rng.choice((80, 85, 90, 95, 100, 105, 110)), "away": rng.choice((2, 4, 8, 16))}
        for f in rng.sample((250, 500, 1000, 2000, 4000), 4)
    ]


ALARMS.add(
    "alarm_behind_a_wall",
    above_threshold,
    said_alarm,
    {
        "most": [
            "A wall loses 20 dB at 500 Hz and otherwise obeys the mass law; behind it sleeps a man with 30 dB of hearing loss from 2 kHz up. Which alarm (level at 1 m, in the open) reaches him most strongly?",
        ],
        "least": [
            "A wall loses 20 dB at 500 Hz and otherwise obeys the mass law; behind it sleeps a man with 30 dB of hearing loss from 2 kHz up. Which alarm (level at 1 m, in the open) reaches him most weakly?",
        ],
    },
    _alarms,
    margin=5.5,
    close=14.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"], lambda c: c["away"]),
    tier="hard",
)

# Speeds as shares of the speed of sound; how the pitch changes.
_MOVES = {
    "towards": lambda v: 1 / (1 - v),
    "away": lambda v: 1 / (1 + v),
    "to source": lambda v: 1 + v,
    "from source": lambda v: 1 - v,
    "wind to": lambda v: 1.0,
    "wind from": lambda v: 1.0,
    "echo ahead": lambda v: (1 + v) / (1 - v),
    "wall behind": lambda v: 1 / (1 - v),
    "wall ahead": lambda v: 1 / (1 + v),
    "side by side": lambda v: 1.0,
}
_MOVES_SAID = {
    "towards": "driving towards the listener",
    "away": "driving away from the listener",
    "to source": "at rest, the listener driving towards it",
    "from source": "at rest, the listener driving away from it",
    "wind to": "at rest, the wind blowing from it to the listener at that speed",
    "wind from": "at rest, the wind blowing from the listener to it at that speed",
    "echo ahead": "heard by its own driver as the echo of a wall straight ahead",
    "wall behind": "driving away, heard as the echo from a wall it drives towards",
    "wall ahead": "driving towards the listener, heard as the echo from a wall behind it",
    "side by side": "driving, the listener beside it at the same speed",
}


def doppler(move: str, base: float, share: float) -> float:
    """Semitones above 1 Hz."""
    return 12 * log2(base * _MOVES[move](share))


def said_siren(move: str, base: float) -> str:
    return f"A siren of {base:g} Hz, {_MOVES_SAID[move]}"


def _sirens(rng: Random) -> Drawn:
    share = rng.choice((0.1, 0.15, 0.2))
    cases = [{"move": m, "base": rng.choice((400, 450, 500, 550, 600, 650, 700))} for m in rng.sample(list(_MOVES), 4)]
    return {"share": share, "say_share": round(100 * share)}, cases


_SIREN = "Each siren is named by its own pitch; whatever moves, moves at {percent} % of the speed of sound. Which is heard {how}?"
ALARMS.add(
    "siren_in_motion",
    lambda share, move, base, **_: doppler(move, base, share),
    said_siren,
    {"most": [_SIREN.replace("{how}", "highest").replace("{percent} %", "{say_share} %")], "least": [_SIREN.replace("{how}", "lowest").replace("{percent} %", "{say_share} %")]},
    _sirens,
    margin=0.7,
    close=2.5,
    seen=(lambda c: c["base"],),
    tier="hard",
)  # fmt: skip


def at_listener(kind: str, number: int, level: float, near: float, away: float) -> float:
    """Level at a listener, of so many equal, unrelated sources, given for one of them at a nearer distance.

    point: 6 dB less a doubling; line: 3 dB; diffuse: beyond the critical distance of a hall, no less.
    """
    slope = {"point": 20.0, "line": 10.0, "diffuse": 0.0}[kind]
    return level + 10 * log10(number) - slope * log10(away / near)


_NAMED = {
    ("point", 1): "A pump in the open", ("point", 2): "Two pumps in the open", ("point", 4): "Four pumps in the open",
    ("point", 10): "Ten pumps in the open", ("line", 1): "A long busy road", ("line", 2): "Two long busy roads",
    ("diffuse", 1): "A fan in an echoing hall", ("diffuse", 2): "Two fans in an echoing hall",
    ("diffuse", 4): "Four fans in an echoing hall",
}  # fmt: skip


def said_listener(kind: str, number: int, level: float, near: float, away: float) -> str:
    each = "" if number == 1 else "each "
    return f"{_NAMED[kind, number]}, {each}{level:g} dB at {near:g} m, from {away:g} m"


def _listeners(rng: Random) -> Drawn:
    cases = []
    for kind, number in rng.sample(list(_NAMED), 4):
        near = rng.choice((5, 10, 20))
        cases.append({"kind": kind, "number": number, "level": rng.randint(55, 80), "near": near, "away": near * rng.choice((2, 4, 8, 10))})  # fmt: skip
    return {}, cases


ROOMS.add(
    "loudest_at_the_listener",
    at_listener,
    said_listener,
    {
        "most": ["The hall is highly reverberant and both distances there lie beyond its critical distance; no ground or air losses. What is loudest where it is heard?"],
        "least": ["The hall is highly reverberant and both distances there lie beyond its critical distance; no ground or air losses. What is softest where it is heard?"],
    },
    _listeners,
    margin=3.0,
    close=8.0,
    seen=(lambda c: c["level"], lambda c: c["away"], lambda c: c["near"], lambda c: c["number"]),
    tier="hard",
)  # fmt: skip

# What is done to a sounding thing, and by which factor its pitch changes (Fletcher and Rossing 1998).
_DEEDS = {
    "bar_half": ("a xylophone bar cut to half its length", 4.0),
    "bar_thin": ("a xylophone bar planed to half its thickness", 0.5),
    "bar_wide": ("a xylophone bar sawn to half its width", 1.0),
    "bar_third": ("a xylophone bar cut to two thirds of its length", 2.25),
    "bar_small": ("a xylophone bar scaled to half in all three dimensions", 2.0),
    "string_half": ("a string stopped at half its length", 2.0),
    "string_four": ("a string put under four times the tension", 2.0),
    "string_double": ("a string put under twice the tension", 2**0.5),
    "string_thick": ("a string replaced by one twice as thick, same material and tension", 0.5),
    "string_two": ("a string stopped at two thirds and loosened to a quarter of its tension", 0.75),
    "pipe_open": ("a stopped organ pipe whose cap is taken off", 2.0),
    "pipe_close": ("an open organ pipe whose end is stopped", 0.5),
    "pipe_third": ("an open pipe cut to a third of its length, then stopped", 1.5),
    "pipe_helium": ("an organ pipe blown with helium", 2.9),
    "bottle": ("a bottle, first empty, filled to three quarters and blown across its neck", 2.0),
    "bottle_half": ("a bottle, first empty, half filled and blown across its neck", 2**0.5),
    "bell": ("a bell cast anew at half size in all dimensions", 2.0),
    "plate": ("a steel plate replaced by one of twice the thickness", 2.0),
    "plate_wide": ("a square plate replaced by one of half the sides, as thick", 4.0),
    "drum": ("a drum head with half the diameter at the same tension", 2.0),
    "drum_tight": ("a drum head put under half the tension", 2**-0.5),
    "fork": ("a tuning fork whose prongs are made 1.4 times as long", 1 / 1.96),
    "rod": ("a clamped ruler whose free end is shortened to a third", 9.0),
    "tape": ("a tape played at one and a half times its speed", 1.5),
    "weight": ("a tuning fork with wax on the tips of its prongs that halves nothing but its pitch by a tenth", 0.9),
}  # fmt: skip
del _DEEDS["weight"]


def raised(first: str, second: str = "") -> float:
    """Semitones by which a deed changes the pitch."""
    return 12 * log2(_DEEDS[first][1] * (_DEEDS[second][1] if second else 1.0))


def said_deed(first: str, second: str = "") -> str:
    text = _DEEDS[first][0]
    return text[:1].upper() + text[1:]


def _deeds(rng: Random) -> Drawn:
    families: dict[str, list[str]] = {}
    for name in _DEEDS:
        families.setdefault(name.split("_")[0], []).append(name)
    return {}, [{"first": rng.choice(families[f])} for f in rng.sample(list(families), 4)]


MATERIALS.add(
    "pitch_after_a_change",
    raised,
    said_deed,
    {
        "most": ["Which change raises the pitch of what is struck, plucked or blown by most?", "Four sounding things are altered. Whose pitch rises most (or falls least)?"],
        "least": ["Which change lowers the pitch of what is struck, plucked or blown by most, or raises it least?", "Four sounding things are altered. Whose pitch falls most (or rises least)?"],
        "second": ["Four sounding things are altered. Whose pitch rises by the second largest interval?"],
        "third": ["Four sounding things are altered. If the changes are ordered from the greatest rise to the greatest fall, which comes third?"],
    },
    _deeds,
    margin=3.0,
    close=14.0,
    tier="hard",
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
        cases.append({"kind": kind, "number": number, "turns": max(turns, 100)})
    return {}, cases


MACHINES.add(
    "machine_by_its_note",
    machine_note,
    said_machine,
    {
        "most": ["Each machine hums at its firing, blade, tooth or hole rate. Which hums highest?"],
        "least": ["Each machine hums at its firing, blade, tooth or hole rate. Which hums lowest?"],
        "second": ["Each machine hums at its firing, blade, tooth or hole rate. Which has the second highest note?"],
    },
    _machines,
    margin=1.8,
    close=6.0,
    seen=(lambda c: c["turns"], lambda c: c["number"]),
    tier="hard",
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
        how, call = rng.choice(("heterodyne", "divider", "slow", "heterodyne")), rng.choice((20, 25, 30, 35, 40, 45, 50, 60, 80, 110))
        figure = {"heterodyne": call + rng.choice((-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)), "divider": rng.choice((8, 10, 16, 32)), "slow": rng.choice((8, 10, 16, 20))}[how]  # fmt: skip
        cases.append({"how": how, "call": call, "figure": figure})
    return {}, cases


ANIMALS.add(
    "bat_through_a_detector",
    bat_heard,
    said_bat,
    {
        "most": ["Bats calling at one steady frequency are made audible in four ways. Which is heard at the highest pitch?"],
        "least": ["Bats calling at one steady frequency are made audible in four ways. Which is heard at the lowest pitch?"],
    },
    _bats,
    margin=3.0,
    close=10.0,
    seen=(lambda c: c["call"], lambda c: c["figure"]),
    tier="hard",
)

# What is done to a hall or its recording, and the factor of the decay time.
_IN_THE_HALL = {
    "all dimensions doubled, same surfaces": 2.0,
    "all dimensions halved, same surfaces": 0.5,
    "absorbing area doubled": 0.5,
    "absorbing area halved": 2.0,
    "height doubled, absorbing area kept": 2.0,
    "air replaced by helium": 0.345,
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
    "normalised": 1.0,
}
_TREATMENTS = _IN_THE_HALL | _ON_TAPE


def decay(hall: float, deeds: list[str]) -> float:
    """Octaves of decay time, 60 dB."""
    total = hall
    for deed in deeds:
        total *= _TREATMENTS[deed]
    return log2(total)


def said_decay(hall: float, deeds: list[str]) -> str:
    return f"{hall:g} s; {deeds[0]}; {deeds[1]}"


def _decays(rng: Random) -> Drawn:
    return {}, [
        {"hall": rng.choice((0.8, 1, 1.2, 1.5, 2, 2.5, 3, 4)), "deeds": [rng.choice(list(_IN_THE_HALL)), rng.choice(list(_ON_TAPE))]}
        for _ in range(4)
    ]  # fmt: skip


TAILS.add(
    "tail_after_two_deeds",
    decay,
    said_decay,
    {
        "most": ["The old reverberation time of a hall is given, then what is done to hall and recording (throughout the tail). In which recording does the tail take longest to fall by 60 dB?"],
        "least": ["The old reverberation time of a hall is given, then what is done to hall and recording (throughout the tail). In which recording does the tail fall by 60 dB soonest?"],
    },
    _decays,
    margin=0.3,
    close=1.1,
    seen=(lambda c: c["hall"],),
    tier="hard",
)

_FAMILIES = (WEATHER, SCENES, ALARMS, ROOMS, MATERIALS, MACHINES, ANIMALS, TAILS)
GENERATORS = {name: made for family in _FAMILIES for name, made in family.generators.items()}
CHECKS = {name: check for family in _FAMILIES for name, check in family.checks.items()}
SURE = {name: check for family in _FAMILIES for name, check in family.sure.items()}
