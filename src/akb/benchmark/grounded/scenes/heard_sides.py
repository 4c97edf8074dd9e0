"""From which of two loudspeakers a voice seems to come, by which is first and which is stronger at the listener.

Equal distances, but the left one's signal 20 ms late: the voice is heard at the right one.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

from akb.benchmark.grounded.signals.heard_levels import ROOMS

_SPEED = 340.0


def side(left: float, right: float, late_left: float, late_right: float, louder_left: float) -> str:
    """Where one hears speech that two loudspeakers give: left, right, middle or twice; distances in m, delays in ms.

    louder_left: by how many dB the left one is stronger at the listener. The one that leads by 5 to 25 ms decides, even
    where the other is stronger by 5 dB (Haas 1951 has up to 10); speech that lags by 80 ms and is not much weaker is heard
    as an echo; without a lead, a difference of 15 dB draws the voice to the stronger one (Blauert, Spatial Hearing, 1997).
    """
    lead = (late_right + 1000 * right / _SPEED) - (late_left + 1000 * left / _SPEED)
    if abs(lead) < 0.02:
        if not louder_left:
            return "middle"
        return ("left" if louder_left > 0 else "right") if abs(louder_left) >= 15 else ""
    if abs(louder_left) > 5:
        return ""
    if abs(lead) > 80:
        return "twice"
    if not 5 <= abs(lead) <= 25:
        return ""
    return "left" if lead > 0 else "right"


def _settings() -> list[dict[str, Any]]:
    found = []
    for left, right, late, louder in product(_METRES, _METRES, _DELAYS, _GAINS):
        figures = {
            "left": left, "right": right, "late_left": max(late, 0), "late_right": max(-late, 0), "louder_left": louder,
        }  # fmt: skip
        heard = side(**figures)
        # Something must speak against what is heard: the other one is nearer, or stronger.
        against = {"left": right < left or louder < 0, "right": left < right or louder > 0, "middle": left != right}
        if heard and late and against.get(heard, left != right):
            delayed, stronger = "left" if late > 0 else "right", "left" if louder > 0 else "right"
            found.append(
                figures
                | {
                    "say_delay": f"the {delayed} one is delayed electronically by {abs(late)} ms",
                    "say_level": f"the {stronger} one is stronger by {abs(louder)} dB"
                    if louder
                    else "both are equally strong",
                }
            )
    return Random(3).sample(found, len(found))


_METRES, _DELAYS, _GAINS = (3.4, 5.1, 6.8, 10.2, 34, 37.4), (-120, -100, -30, -20, -10, -5, 5, 10, 20, 30, 100, 120), (-18, -4, 0, 4, 18)  # fmt: skip
_STEMS = (
    "Loudspeakers {left:g} m to the left and {right:g} m to the right play the same speech, but {say_delay}. At the listener {say_level}. Where is it heard? (3.4 m take 10 ms.)",
    "One voice comes from the left over {left:g} m and from the right over {right:g} m, 10 ms for each 3.4 m. Beforehand {say_delay}; measured at the listener's seat, {say_level}. What is heard?",
    "In an open-air theatre with two loudspeakers {say_delay}, and where a spectator sits {say_level}. The left one is {left:g} m away, the right one {right:g} m, both with the same actor's voice. What does the spectator hear? (3.4 m take 10 ms.)",
    "Where does a talker seem to be, who is heard over loudspeakers {left:g} m on the left and {right:g} m on the right, if {say_delay} and, at the ears, {say_level}? (Sound needs 10 ms for 3.4 m.)",
    "At a place in the hall, {left:g} m from the left and {right:g} m from the right loudspeaker, {say_level}. Both give the same talk, but {say_delay}. How does somebody there perceive it, sound covering 3.4 m in 10 ms?",
    "A station announcement, two loudspeakers: left at {left:g} m, right at {right:g} m. For synchrony {say_delay}; on arrival {say_level}. What does a traveller hear, at 340 m/s?",
    "A reading in a garden: one loudspeaker stands {left:g} m off on the left, one {right:g} m off on the right, {say_delay}, and for a guest {say_level}. How is the voice localised? (340 m/s)",
    "In speech reinforcement by two loudspeakers {say_delay}. For a listener in the front row, {left:g} m from the left loudspeaker and {right:g} m from the right one, {say_level}. What is heard there? (10 ms for 3.4 m)",
    "Take the speed of sound as 340 m/s. To whoever sits {left:g} m from a left and {right:g} m from a right loudspeaker with identical speech, {say_level}; but {say_delay}. What is the impression?",
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
