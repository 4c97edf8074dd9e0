"""Sentences that ask the same and are built differently: what keeps questions of one template apart.

Questions whose texts are nearly alike are near-duplicates, of which a benchmark takes one.

    blended("ambulances; fire engines", "Four {thing} …", "Of {thing} …", "Which of …")
"""

from __future__ import annotations

from math import lcm


def blended(things: str, *stems: str) -> tuple[str, ...]:
    """The stems in turn, with each of the things (parted by semicolons) in turn for {thing}, or {Thing} with a capital."""
    named = [" ".join(thing.split()) for thing in things.split(";")]
    count = lcm(len(named), len(stems))
    return tuple(_with(stems[n % len(stems)], named[n % len(named)]) for n in range(count))


def _with(stem: str, thing: str) -> str:
    return stem.replace("{thing}", thing).replace("{Thing}", thing[:1].upper() + thing[1:])
