"""Grounded questions on modes and degrees as they are heard: a scale altered, joined midway, a note held.

mode_of((2, 1, 2, 2, 2, 1, 2))  # 'Dorian'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import ORDINALS, an, listed, scenes, signed

HEARD = Templates("scales_keys", "arithmetic: steps of scales")
GENERATORS, CHECKS = HEARD.generators, HEARD.checks

MAJOR = (2, 2, 1, 2, 2, 2, 1)
MODES = ("Ionian", "Dorian", "Phrygian", "Lydian", "Mixolydian", "Aeolian", "Locrian")
ALTERED = {-1: "lowered", 1: "raised"}


def rotated(steps: Sequence[int], start: int) -> tuple[int, ...]:
    return (*steps[start:], *steps[:start])


def mode_of(steps: Sequence[int]) -> str:
    """The church mode with these steps, "" if there is none."""
    return next((name for n, name in enumerate(MODES) if rotated(MAJOR, n) == tuple(steps)), "")


def altered(mode: str, changes: Sequence[tuple[int, int]], start: int) -> str:
    """The mode that is heard from a degree on (1: the first) when degrees have been lowered or raised by a semitone."""
    steps = list(rotated(MAJOR, MODES.index(mode)))
    for degree, by in changes:
        steps[degree - 2] += by
        steps[degree - 1] -= by
    return mode_of(rotated(steps, start - 1))


@HEARD.check
def altered_to(args: Mapping[str, Any], option: str) -> bool:
    """The altered scale, from that degree on, is the mode of the option."""
    return altered(args["mode"], [tuple(c) for c in args["changes"]], args["start"]) == option


@HEARD.template(altered_to, tier="hard")
def altered_mode(rng: Random) -> Iterator[Sketch]:
    singles = [(d, by) for d in range(2, 8) for by in (-1, 1)]
    cases = [
        (mode, (one, other), start)
        for mode in MODES
        for one in singles
        for other in singles
        for start in range(2, 8)
        if one[0] != other[0] and altered(mode, [one], 1) and altered(mode, [one, other], 1) and one[1] == other[1]
    ]
    wanted = 0
    while True:
        mode, changes, start = rng.choice(cases)
        right = altered(mode, changes, start)
        if right != MODES[wanted % 7] or right == mode:
            continue
        for wrong_start in rng.sample([1, *(s for s in range(2, 8) if s != start)], 6):
            wrong = [altered(mode, changes, wrong_start), altered(mode, changes[:1], start), altered(mode, changes[:1], wrong_start)]  # fmt: skip
            if len({right, *wrong}) == 4:
                break
        else:
            continue
        wanted += 1
        what = listed([ORDINALS[d - 1] for d, _ in changes])
        stem = rng.choice([
            f"The {mode} scale is played with its {what} notes {ALTERED[changes[0][1]]} a semitone, beginning on its {ORDINALS[start - 1]} note. Which mode is heard?",
            f"Someone plays the {mode} scale with the {what} notes {ALTERED[changes[0][1]]} by a semitone and takes the {ORDINALS[start - 1]} note as the final. Which mode does that sound like?",
        ])  # fmt: skip
        yield Sketch.of(stem, [right, *wrong], {"mode": mode, "changes": [list(c) for c in changes], "start": start}, "one alteration moves to the neighbouring mode")  # fmt: skip


def joined(steps: Sequence[int], start: int) -> str:
    """The mode of a rising scale of which these steps were heard, from its degree `start` for an octave."""
    # The steps begin on the degree: the scale's own first step stands so many places further on.
    return mode_of(rotated(steps, (8 - start) % 7))


@HEARD.check
def is_joined(args: Mapping[str, Any], option: str) -> bool:
    """The scale that was joined there, with the steps heard, is the mode of the option."""
    return joined(args["steps"], args["start"]) == option


@HEARD.template(is_joined, tier="hard")
def joined_scale(rng: Random) -> Iterator[Sketch]:
    players = scenes(rng, "flute", "piano", "harp", "violin", "cello", "guitar", "oboe", "marimba", "trumpet", "clarinet", "bassoon", "xylophone", "vocal")  # fmt: skip
    for wanted, player in enumerate(players):
        mode, start = MODES[wanted % 7], rng.randrange(2, 8)
        steps = list(rotated(rotated(MAJOR, MODES.index(mode)), start - 1))
        heard = listed([{1: "half", 2: "whole"}[s] for s in steps])
        stem = rng.choice([
            f"One starts hearing a rising {player} scale on its {ORDINALS[start - 1]} degree; the steps from there are {heard}. Which mode is the scale, from its first degree?",
            f"From its {ORDINALS[start - 1]} degree up, the steps of {an(player)} scale are {heard}. Which mode is the scale, from its first degree?",
        ])  # fmt: skip
        args = {"steps": steps, "start": start}
        yield Sketch.of(
            stem, [mode, *rng.sample([m for m in MODES if m != mode], 3)], args, "turn the steps to the first degree"
        )


# Semitones from the old tonic to the new one, the mode it is left from, the mode it arrives in (None: as before).
WAYS: dict[str, tuple[int, str | None, str | None]] = {
    "its dominant": (7, "major", "major"),
    "its subdominant": (5, "major", "major"),
    "its relative minor": (9, "major", "minor"),
    "its relative major": (3, "minor", "major"),
    "its parallel minor": (0, "major", "minor"),
    "its parallel major": (0, "minor", "major"),
    "the key a whole tone higher": (2, "major", "major"),
    "the key a whole tone lower": (10, "major", "major"),
}
UNDONE = {
    one: other
    for one, (by, before, after) in WAYS.items()
    for other, (back, then, last) in WAYS.items()
    if (by + back) % 12 == 0 and (before, after) == (last, then)
}
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


def held_degree(degree: int, ways: Sequence[str]) -> int:
    """Which degree (1 to 7) a degree of a major key has become at the end of the changes of key; 0 if it is foreign."""
    tonic, mode = 0, "major"
    for way in ways:
        by, before, after = WAYS[way]
        if before not in (None, mode):
            return 0
        tonic, mode = tonic + by, after or mode
    place = (SCALES["major"][degree - 1] - tonic) % 12
    return SCALES[mode].index(place) + 1 if place in SCALES[mode] else 0


@HEARD.check
def is_held(args: Mapping[str, Any], option: str) -> bool:
    """The held note is that degree of the last key."""
    return f"The {ORDINALS[held_degree(args['degree'], args['ways']) - 1]}" == option


@HEARD.template(is_held, tier="hard")
def held_note(rng: Random) -> Iterator[Sketch]:
    holders = scenes(rng, "A soprano", "An organ", "An accordion", "An oboe", "A violin", "A horn", "A clarinet", "A flute", "A synthesiser", "A hurdy-gurdy", "A cello", "A tenor", "A bassoon", "A harmonium", "A trumpet")  # fmt: skip
    for holder in holders:
        degree, ways = rng.randrange(1, 8), [rng.choice(sorted(WAYS)) for _ in range(2)]
        right = held_degree(degree, ways)
        if not right or right == degree or UNDONE.get(ways[0]) == ways[1]:
            continue
        one, other = signed(rng, 1, 2, 3), signed(rng, 1, 2, 3)
        options = [f"The {ORDINALS[(right - 1 + d) % 7]}" for d in (0, one, other, one + other)]
        if len(set(options)) < 4:
            continue
        # "A whole tone higher" than which key? Nobody who counts from the first may find his answer here.
        from_the_first = held_degree(degree, ways[1:])
        if from_the_first and from_the_first != right and f"The {ORDINALS[from_the_first - 1]}" in options:
            continue
        where = f"{ways[0]} and from there to {ways[1].replace('its', 'that key’s')}"
        stem = rng.choice([
            f"{holder} holds the {ORDINALS[degree - 1]} degree of a major key while the music modulates to {where}. Which degree of the last key is it?",
            f"{holder} holds one note, the {ORDINALS[degree - 1]} of a major key, as the music modulates to {where}. Which degree has that note become?",
        ])  # fmt: skip
        yield Sketch.of(stem, options, {"degree": degree, "ways": ways}, "the note stays, the tonic moves")
