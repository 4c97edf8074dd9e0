"""From which of two loudspeakers a voice seems to come, by which is first and which is louder at the listener.

Equal distances, but the left one's signal 20 ms late: the voice is heard at the right one.
"""

from __future__ import annotations

from itertools import product
from math import log10
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.occasions import on_occasions
from akb.benchmark.grounded.signals.heard_levels import ROOMS

_SPEED = 340.0


def side(left: float, right: float, late_left: float, late_right: float, louder_left: float) -> str:
    """Where one hears speech that two loudspeakers give: left, right, middle or twice; distances in m, delays in ms.

    louder_left: by how many dB the left one is set higher. The one that leads by 5 to 25 ms decides, even where the other
    is stronger by 5 dB (Haas 1951 has up to 10); speech that lags by 80 ms is heard as an echo; without a lead, a
    difference of 15 dB draws the voice to the stronger one (Blauert, Spatial Hearing, 1997).
    """
    lead = (late_right + 1000 * right / _SPEED) - (late_left + 1000 * left / _SPEED)
    above = louder_left + 20 * log10(right / left)
    if abs(lead) < 0.02:
        return "middle" if abs(above) < 0.3 else ("left" if above > 0 else "right") if abs(above) >= 15 else ""
    if abs(lead) > 80:
        return "twice" if abs(above) < 10 else ""
    if not 5 <= abs(lead) <= 25:
        return ""
    louder_second = -above if lead > 0 else above
    return ("left" if lead > 0 else "right") if louder_second <= 5 else ""


def _changed(late: int, louder: int) -> str:
    """What is said of delay and gain; positive ones are the left loudspeaker's."""
    sides = {True: "the left one", False: "the right one"}
    if late and louder and (late > 0) == (louder > 0):
        return f"{sides[late > 0]} is delayed by {abs(late)} ms and {abs(louder)} dB up"
    said = [f"{sides[late > 0]} is delayed by {abs(late)} ms"] if late else []
    return " and ".join([*said, f"{sides[louder > 0]} is {abs(louder)} dB up"] if louder else said)


def _settings() -> list[dict[str, Any]]:
    found = []
    for left, right, late, louder in product(_METRES, _METRES, _DELAYS, _GAINS):
        figures = {
            "left": left, "right": right, "late_left": max(late, 0), "late_right": max(-late, 0), "louder_left": louder,
        }  # fmt: skip
        heard = side(**figures)
        # Something must speak against what is heard: the other one is nearer, or set higher.
        against = {"left": right < left or louder < 0, "right": left < right or louder > 0, "middle": left != right}
        if heard and (late or louder) and against.get(heard, left != right or louder != 0):
            found.append(figures | {"say_changes": _changed(late, louder)})
    return Random(3).sample(found, len(found))


_METRES, _DELAYS, _GAINS = (3.4, 6.8, 10.2, 13.6), (-120, -100, -30, -20, -10, 0, 10, 20, 30, 100, 120), (-12, -6, -4, 0, 4, 6, 12)  # fmt: skip
_STEMS = on_occasions(
    "voice_from_two_loudspeakers",
    "{occasion}, loudspeakers {left:g} m to the left and {right:g} m to the right play the same speech at the same level, but {say_changes}. Where is it heard? (3.4 m take 10 ms.)",
    "{occasion} one voice comes from loudspeakers {left:g} m away on the left and {right:g} m on the right, driven alike, but {say_changes}. What is heard? (3.4 m take 10 ms.)",
)
ROOMS.add(
    "voice_from_two_loudspeakers",
    side,
    {
        "left": "One voice on the left",
        "right": "One voice on the right",
        "middle": "One voice in the middle",
        "twice": "Everything twice, as with an echo",
    },
    _STEMS,
    _settings(),
    tier="hard",
)

_NAME = "room_acoustics.voice_from_two_loudspeakers"
GENERATORS, CHECKS = {_NAME: ROOMS.generators[_NAME]}, ROOMS.checks
