"""Which of four sounds is heard when, and where several are heard in a given order, by the speed of sound.

A bolt 2 km away is heard after one that struck two seconds later at 1 km.
"""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected

WEATHER = Rankings("nature_weather", "arithmetic: speed of sound in air 340 m/s")
SCENES = Rankings("acoustic_scenes", "arithmetic: speed of sound in air 340 m/s, water 1,500 m/s, steel 5,000 m/s")

_METRES_A_SECOND = {"air": 340.0, "water": 1500.0, "rail": 5000.0}


def thunder(struck: float, away: float) -> float:
    """The second at which a bolt's thunder is heard; away in kilometres."""
    return struck + 1000 * away / _METRES_A_SECOND["air"]


def said_bolt(struck: float, away: float) -> str:
    """The flash at 12 s, 3 km away."""
    return f"The flash at {struck:g} s, {away:g} km away"


def _bolts(rng: Random) -> Drawn:
    distances = (0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8)
    return {}, [{"struck": rng.randint(0, 24), "away": rng.choice(distances)} for _ in range(4)]


WEATHER.add(
    "order_of_thunder",
    thunder,
    said_bolt,
    both_ways(
        "Four flashes of lightning are seen at these times and distances. Whose thunder is heard {}?",
        "During a storm it is noted when each flash is seen and how far off it strikes. Which thunder arrives {}?",
        "Light comes at once, thunder does not. Which of these four lightning strokes is the {} to be heard?",
        "A camera on a roof has timed four bolts; a map gives their distances. Whose thunder does its microphone record {}?",
        "One child listens with closed eyes while another writes down time and distance of each flash. Whose thunder does the listener hear {}?",
        "Going by when they were seen and how far away they were, whose thunder reached the mountain hut {}?",
        "A single observer sees these bolts. Which of them makes itself heard {}?",
        "Thunder follows each of four flashes with the delay that its distance demands. Which rumbles {}?",
        most="last",
        least="first",
    ),
    _bolts,
    margin=1.5,
    close=6.0,
    seen=(lambda c: c["struck"], lambda c: c["away"]),
    counts=(lambda c: c["struck"], lambda c: c["away"]),
)


def arrival(sound: str, start: float, away: float, path: str, echo: bool) -> float:
    """Seconds until a sound is heard; away in metres; an echo comes back from there to where it was made."""
    return start + away / _METRES_A_SECOND[path] * (2 if echo else 1)


def said_arrival(sound: str, start: float, away: float, path: str, echo: bool) -> str:
    """A shot at 2 s, 680 m off, through the air."""
    metres = f"{away:,} m"
    if echo:
        return f"{sound} at {start} s, as an echo from " + (
            f"a cliff {metres} off" if path == "air" else f"the sea bed {metres} below"
        )
    by = {"air": "through the air", "water": "through water", "rail": "struck on a rail and heard through it"}[path]
    return f"{sound} at {start} s, {metres} off, {by}"


_SOURCES = {
    "air": (("A shot", "A shout", "A clap"), (170, 340, 510, 680, 1020, 1360)),
    "water": (("A ship's sonar ping",), (1500, 3000, 4500, 6000)),
    "rail": (("A hammer blow",), (1000, 2000, 5000)),
}


def _arrivals(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        path = rng.choice(("air", "air", "water", "rail"))
        sounds, distances = _SOURCES[path]
        cases.append(
            {
                "sound": rng.choice(sounds), "start": rng.randint(0, 8), "away": rng.choice(distances),
                "path": path, "echo": path != "rail" and rng.random() < 0.5,
            }
        )  # fmt: skip
    return {}, cases


SCENES.add(
    "order_of_arrival",
    arrival,
    said_arrival,
    both_ways(
        "Each sound begins at the given second and has a listener of its own; an echo is heard where its sound was made. Which is heard {}?",
        "Air, water and rail carry sounds that begin at the given seconds; echoes return to where they were made. Which reaches its listener {}?",
        "Four listeners, one sound for each, all clocks agreeing (an echo comes back to whoever made the sound): whose sound arrives {}?",
        "The seconds say when each sound is made, not when it is heard; echoes are heard by their makers. Which is the {} to be heard?",
        "Which of these, made at the given second and heard at the given distance (echoes at their starting point), comes to somebody's ear {}?",
        "Sound is fast in steel, slower in water and slow in air, and an echo travels out and back to its maker. Which of these does its listener hear {}?",
        most="last",
        least="first",
    ),
    _arrivals,
    margin=0.8,
    close=4.0,
    seen=(lambda c: c["start"], lambda c: c["away"]),
    counts=(lambda c: c["start"], lambda c: c["away"] * (2 if c["echo"] else 1)),
)


def _times(places: list[int], starts: list[float], at: int) -> list[float]:
    return [start + abs(at - place) / 340.0 for place, start in zip(places, starts, strict=True)]


def heard_in_order(places: list[int], starts: list[float], at: int, **_: Any) -> float:
    """1 where a listener on a road hears sounds in the order given, 0 where not, 0.5 where two nearly coincide."""
    times = _times(places, starts, at)
    if any(abs(a - b) < 0.12 for n, a in enumerate(times) for b in times[:n]):
        return 0.5
    return float(times == sorted(times))


def said_place(at: int) -> str:
    """At 600 m."""
    return f"At {at:,} m"


_SOUNDS = (("bell", "drum", "horn"), ("whistle", "gong", "shot"), ("siren", "clap", "cannon"))


def _orders(rng: Random) -> Drawn:
    names = rng.choice(_SOUNDS)
    placed = dict(zip(names, rng.sample(range(0, 1400, 100), 3), strict=True))
    started = dict(zip(names, rng.sample((0, 0.5, 1, 1.5, 2), 3), strict=True))
    # By what is heard in which order: places where no two sounds nearly coincide.
    places, starts = list(placed.values()), list(started.values())
    by_order: dict[tuple[int, ...], list[int]] = {}
    for at in range(0, 1500, 100):
        if all(heard_in_order([places[i] for i in order], [starts[i] for i in order], at) != 0.5 for order in _ANY):
            heard = _times(places, starts, at)
            by_order.setdefault(tuple(sorted(range(3), key=heard.__getitem__)), []).append(at)
    # Asked for is not the order in which the sounds were made; elsewhere there are others, one with the same first.
    made = tuple(sorted(range(3), key=starts.__getitem__))
    orders = rng.sample(list(by_order), min(4, len(by_order)))
    if len(orders) < 4 or orders[0] == made or all(o[0] != orders[0][0] for o in orders[1:]):
        return {}, []
    wanted = [names[i] for i in orders[0]]
    shared = {
        "places": [placed[n] for n in wanted],
        "starts": [started[n] for n in wanted],
        "say_scene": ", ".join(f"a {n} at {placed[n]:,} m sounds at {started[n]:g} s" for n in names),
        "say_order": f"the {wanted[0]}, then the {wanted[1]}, then the {wanted[2]}",
    }
    return shared, [{"at": rng.choice(by_order[order])} for order in orders]


_ANY = tuple(permutations(range(3)))
SCENES.add(
    "where_in_that_order",
    heard_in_order,
    said_place,
    {
        "most": [
            "On a straight road {say_scene}. Where does one hear {say_order}?",
            "Along a canal, marked off in metres, {say_scene}. Where does one stand to hear {say_order}?",
            "At which place beside a railway does one hear {say_order}, if {say_scene}?",
            "Three sounds on a long beach: {say_scene}. They are heard as {say_order} by somebody who stands where?",
        ]
    },
    _orders,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["at"],),
    limit=8,
)

GENERATORS, CHECKS, SURE = collected(WEATHER, SCENES)
