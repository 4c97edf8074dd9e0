"""Where several sounds are heard in a given order: by their starts, their places and the speed of sound.

A drum that is struck half a second after a bell is heard before it by those who stand near to the drum.
"""

from __future__ import annotations

from random import Random
from typing import Any

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings

SCENES, ROOMS = Rankings("acoustic_scenes"), Rankings("room_acoustics")
_SPEED = 340.0


def hears_in_order(places: list[int], starts: list[float], at: int, **_: Any) -> float:
    """1 where a listener on the road hears the sounds in the order given, 0 where not, 0.5 where two nearly coincide."""
    times = [start + abs(at - place) / _SPEED for place, start in zip(places, starts, strict=True)]
    gaps = [b - a for a, b in zip(times, times[1:])]
    if any(abs(a - b) < 0.12 for n, a in enumerate(times) for b in times[:n]):
        return 0.5
    return float(all(g > 0 for g in gaps))


def said_place(at: int) -> str:
    return f"At the {at:,} m mark" if at else "At its beginning, 0 m"


_SOUNDS = (("bell", "drum", "horn"), ("whistle", "gong", "shot"), ("siren", "clap", "cannon"))


def _orders(rng: Random) -> Drawn:
    names = rng.choice(_SOUNDS)
    placed = dict(zip(names, rng.sample(range(0, 1400, 100), 3), strict=True))
    started = dict(zip(names, rng.sample((0, 0.5, 1, 1.5, 2), 3), strict=True))
    wanted = rng.sample(names, 3)
    shared: dict[str, Any] = {
        "places": [placed[n] for n in wanted],
        "starts": [started[n] for n in wanted],
        "say_scene": "; ".join(f"a {n} at {placed[n]} m sounds at {started[n]:g} s" for n in names),
        "say_order": f"first the {wanted[0]}, then the {wanted[1]}, then the {wanted[2]}",
    }
    return shared, [{"at": at} for at in rng.sample(range(0, 1500, 100), 4)]


_ORDER_STEMS = [
    "Along a straight road: {say_scene}. Where does a listener hear {say_order}?",
    "On a line, {say_scene}. Who hears {say_order}?",
]
SCENES.add(
    "where_in_that_order",
    hears_in_order,
    said_place,
    {"most": _ORDER_STEMS},
    _orders,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["at"],),
    tier="hard",
)

GENERATORS, CHECKS, SURE = SCENES.generators, SCENES.checks, SCENES.sure
