"""Grounded questions on chords as they sound: what several players make together, what remains when voices move.

chords_of({10, 2, 5, 8})  # ['B♭7']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, pairwise, product
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import NAMES, ORDINALS, a_size, an, capital, listed, scenes, spelled
from akb.benchmark.grounded.music.pitches import parse, plain_spelling

HEARD = Templates("chords_harmony", "arithmetic: notes of chords")
GENERATORS, CHECKS = HEARD.generators, HEARD.checks

SEVENTHS = {"maj7": (0, 4, 7, 11), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10), "m7♭5": (0, 3, 6, 10)}
TRIADS = {"": (0, 4, 7), "m": (0, 3, 7)}
VOICES = ("root", "third", "fifth", "seventh")


def root_of(symbol: str) -> tuple[int, str]:
    """Pitch class of the root, and the rest of the symbol."""
    length = 2 if symbol[1:2] in ("♯", "♭") else 1
    return parse(symbol[:length])[1] % 12, symbol[length:]


@cache
def notes(symbol: str) -> frozenset[int]:
    """Pitch classes of a chord symbol."""
    root, kind = root_of(symbol)
    return frozenset((root + n) % 12 for n in {**SEVENTHS, **TRIADS}[kind])


def symbol(root: int, kind: str) -> str:
    """The symbol of a chord, its root named as it usually is for such a chord."""
    minor = kind.startswith("m") and not kind.startswith("maj")
    return ("C C♯ D E♭ E F F♯ G G♯ A B♭ B" if minor else "C D♭ D E♭ E F F♯ G A♭ A B♭ B").split()[root % 12] + kind


def chords_of(classes: set[int]) -> list[str]:
    """The symbols of all seventh chords with these notes and no other."""
    return [symbol(r, kind) for r in range(12) for kind in SEVENTHS if notes(symbol(r, kind)) == frozenset(classes)]


def others_with(given: set[int], right: str, rng: Random) -> list[str]:
    """Three other seventh chords that have the given notes as well: these say nothing. Fewer if there are none."""
    every = [symbol(r, kind) for r in range(12) for kind in SEVENTHS]
    fit = [c for c in every if given <= notes(c) != notes(right)]
    return rng.sample(fit, min(3, len(fit)))


@HEARD.check
def together(args: Mapping[str, Any], option: str) -> bool:
    """The triad and the bass note are the notes of the option."""
    return notes(option) == notes(args["triad"]) | {parse(args["bass"])[1] % 12}


@HEARD.template(together, tier="medium")
def triad_over_bass(rng: Random) -> Iterator[Sketch]:
    # Of the bass above the triad's root, what makes a seventh chord.
    basses = {"": (9, 10), "m": (8, 9, 10)}
    above = scenes(rng, "guitar strums", "choir holds", "harp plucks", "brass section plays", "piano’s right hand plays", "accordion holds", "string section plays", "synthesiser holds")  # fmt: skip
    for who in above:
        kind = rng.choice(("", "m", "m"))
        triad = symbol(rng.randrange(12), kind)
        root = triad.removesuffix("m")
        bass = spelled(root, rng.choice(basses[kind]))
        low = root_of(bass)[0]
        (right,) = chords_of({*notes(triad), low})
        first, to = root_of(right)
        place = (low - first) % 12
        # Two roots and two kinds, all four with the bass note among theirs.
        kinds = [k for k in SEVENTHS if k != to and {place} < {*SEVENTHS[k]} & {*SEVENTHS[to]}]
        if not plain_spelling(bass):
            continue
        other = rng.choice(kinds)
        places = [n for n in SEVENTHS[to] if n in SEVENTHS[other] and n != place]
        second = low - rng.choice(places)
        options = [symbol(r, k) for k in (to, other) for r in (first, second)]
        said = f"{root} {'minor' if kind else 'major'}"
        stem = rng.choice([
            f"Over a bass {bass} {an(who)} the triad of {said}. Which seventh chord do they make together?",
            f"{capital(an(who))} {said} while the bass player sounds {bass} below it. Which seventh chord is heard?",
        ])  # fmt: skip
        yield Sketch.of(stem, options, {"triad": triad, "bass": bass}, "the four notes, stacked in thirds")


@HEARD.check
def has_moved(args: Mapping[str, Any], option: str) -> bool:
    """After the moves of single voices the chord has the notes of the option."""
    root, kind = root_of(args["chord"])
    sounding = [root + n for n in SEVENTHS[kind]]
    for voice, by in args["moves"]:
        sounding[voice] += by
    return notes(option) == {n % 12 for n in sounding}


@cache
def voice_moves() -> tuple[tuple[str, tuple[tuple[int, int], ...], int, str], ...]:
    """Kind of the first chord, moves of two or three voices, root and kind of a chord on another root that they lead to."""
    found = []
    for kind, shape in SEVENTHS.items():
        for voices in (*combinations(range(4), 2), *combinations(range(4), 3)):
            for by in product((-2, -1, 1, 2), repeat=len(voices)):
                sounding = list(shape)
                for voice, step in zip(voices, by, strict=True):
                    sounding[voice] += step
                reached = chords_of({n % 12 for n in sounding})
                if len(reached) == 1 and (root_of(reached[0])[0]) and len(set(by)) > 1:
                    found.append((kind, tuple(zip(voices, by, strict=True)), *root_of(reached[0])))
    return tuple(found)


def falls(by: int) -> str:
    return f"{'rises' if by > 0 else 'falls'} a {'whole tone' if abs(by) == 2 else 'semitone'}"


@HEARD.template(has_moved, tier="hard")
def moved_voices(rng: Random) -> Iterator[Sketch]:
    cases = voice_moves()
    while True:
        ends = rng.choice(sorted(SEVENTHS))
        kind, moves, root, to = rng.choice([c for c in cases if c[3] == ends])
        first = rng.randrange(12)
        chord, right = symbol(first, kind), symbol(first + root, to)
        stay = {(first + n) % 12 for voice, n in enumerate(SEVENTHS[kind]) if voice not in dict(moves)}
        # All four have the notes that stay.
        others = [o for o in others_with(stay, right, rng) if o != chord]
        if len(others) < 3:
            continue
        how = listed([f"the {VOICES[v]} {falls(by)}" for v, by in rng.sample(moves, len(moves))])
        stem = rng.choice([
            f"Four voices sing {chord}. {capital(how)}, while the rest hold. Which chord sounds now?",
            f"From {chord}, {how}; the other notes stay. Which chord is left?",
        ])  # fmt: skip
        yield Sketch.of(stem, [right, *others], {"chord": chord, "moves": [list(m) for m in sorted(moves)]}, "move the notes, then find the new root")  # fmt: skip


# What one voice of a triad does, and the triad's root and kind after it (Cohn, Audacious Euphony, 2012: R, L, P).
SINGLE = {
    "": {(2, 2): (9, "m"), (0, -1): (4, "m"), (1, -1): (0, "m")},
    "m": {(0, -2): (3, ""), (2, 1): (8, ""), (1, 1): (0, "")},
}

# Of these the second undoes the first.
UNDOING = ({(2, 2), (0, -2)}, {(0, -1), (2, 1)}, {(1, -1), (1, 1)})


@HEARD.check
def walked(args: Mapping[str, Any], option: str) -> bool:
    """The notes, moved one by one and each time heard as a new triad, end as the option."""
    sounding = notes(args["chord"])
    for voice, by in args["moves"]:
        named = next(NAMES[r] + k for r in range(12) for k in TRIADS if notes(NAMES[r] + k) == sounding)
        root, kind = root_of(named)
        moving = (root + TRIADS[kind][voice]) % 12
        sounding = (sounding - {moving}) | {(moving + by) % 12}
    return notes(option) == sounding


@HEARD.template(walked, tier="hard")
def single_voice_moves(rng: Random) -> Iterator[Sketch]:
    words = {"": "major", "m": "minor"}
    while True:
        start = root, kind = rng.randrange(12), rng.choice(["", "m"])
        moves: list[tuple[int, int]] = []
        for _ in range(3):
            move = rng.choice(sorted(SINGLE[kind]))
            moves.append(move)
            by, kind = SINGLE[kind][move]
            root = (root + by) % 12
        if root == start[0] or any({a, b} in UNDOING for a, b in pairwise(moves)):
            continue
        chord = symbol(*start)
        told = [f"the {VOICES[v]} {falls(by)}" for v, by in moves]
        stem = rng.choice([
            f"A choir sings {chord.removesuffix('m')} {words[start[1]]}. One voice moves at a time, each in the chord just reached: {'; '.join(told)}. Which triad is left?",
            f"From {chord.removesuffix('m')} {words[start[1]]}, single notes move, each named by its place in the triad just reached: {'; '.join(told)}. Which triad is heard last?",
        ])  # fmt: skip
        one, other = rng.sample((3, 4, 5), 2)
        one, other = one * rng.choice((1, -1)), other * rng.choice((1, -1))
        roots = [(root + d) % 12 for d in (0, one, other, one + other)]
        yield Sketch.of(stem, [symbol(r, kind) for r in roots], {"chord": chord, "moves": [list(m) for m in moves]}, "each move leads to a new triad")  # fmt: skip


@HEARD.check
def stacked(args: Mapping[str, Any], option: str) -> bool:
    """The notes one above (or below) the other are those of the option."""
    sounding = [parse(args["from"])[1]]
    for step in args["steps"]:
        sounding.append(sounding[-1] + step)
    return notes(option) == {n % 12 for n in sounding}


@HEARD.template(stacked, tier="hard")
def stacked_chord(rng: Random) -> Iterator[Sketch]:
    while True:
        kind, inversion, root = rng.choice(sorted(SEVENTHS)), rng.randrange(1, 4), rng.randrange(12)
        place = [*SEVENTHS[kind][inversion:], *(n + 12 for n in SEVENTHS[kind][:inversion])]
        down = rng.random() < 0.7
        if rng.random() < 0.6:
            place = sorted([place[0], place[2], place[1] + 12, place[3] + 12] if rng.random() < 0.5 else [place[0], place[1], place[3], place[2] + 12])  # fmt: skip
        order = place[::-1] if down else place
        steps = [b - a for a, b in pairwise(order)]
        if max(map(abs, steps)) > 12:
            continue
        right = symbol(root, kind)
        first = spelled(right.removesuffix(kind), order[0])
        if not plain_spelling(first):
            continue
        way = "below" if down else "above"
        told = listed([f"{a_size(s)} {way} {'it' if n == 0 else 'that'}" for n, s in enumerate(steps)])
        stem = rng.choice([
            f"The {'top' if down else 'lowest'} of four voices sings {first}; the others lie {told}. Which chord do they make?",
            f"A {'soprano' if down else 'bass'} holds {first}; three more voices join {told}. Which chord is heard?",
        ])  # fmt: skip
        yield Sketch.of(stem, [right, *others_with({root_of(first)[0]}, right, rng)], {"from": first, "steps": steps}, f"{ORDINALS[inversion - 1]} inversion")  # fmt: skip
