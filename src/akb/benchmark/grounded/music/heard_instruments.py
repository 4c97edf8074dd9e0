"""Grounded questions on which note an instrument sounds: transposing pairs, harmonics, overblowing, pipes, slides.

sounding("clarinet in B♭", "C4")  # 58
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import log2
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import (
    ORDINALS,
    SIZES,
    a_size,
    beside,
    compared,
    key,
    named,
    signed,
    spelled,
    squared,
)
from akb.benchmark.grounded.music.pitches import plain_spelling, some_note

HEARD = Templates("instruments", "arithmetic: transposition, harmonics, pipes", skill="inference")
GENERATORS, CHECKS = HEARD.generators, HEARD.checks

# Semitones from the written to the sounding note (Piston, Orchestration, 1955; Adler, The Study of Orchestration, 2002).
SOUNDS = {
    "flute": 0, "oboe": 0, "violin": 0, "clarinet in B♭": -2, "clarinet in A": -3, "clarinet in E♭": 3, "horn in F": -7,
    "cor anglais": -7, "alto saxophone": -9, "tenor saxophone": -14, "soprano saxophone": -2, "trumpet in B♭": -2,
    "alto flute": -5, "piccolo": 12,
}  # fmt: skip


def sounding(instrument: str, written: str) -> int:
    """The piano key that sounds when the instrument plays a written note."""
    return key(written) + SOUNDS[instrument]


@HEARD.check
def pair_interval(args: Mapping[str, Any], option: str) -> bool:
    """The second instrument sounds so far above or below the first."""
    (one, first), (other, second) = args["parts"]
    return option == compared(sounding(other, second) - sounding(one, first))


@HEARD.template(pair_interval, tier="hard", skill="symbolic")
def transposing_pair(rng: Random) -> Iterator[Sketch]:
    while True:
        one, other = rng.sample(sorted(SOUNDS), 2)
        first, second = some_note(rng, 4, 5), some_note(rng, 4, 5)
        apart = sounding(other, second) - sounding(one, first)
        wrong = abs(apart) + rng.choice((-2, -1, 1, 2))
        if (
            0 in (SOUNDS[one] % 12, SOUNDS[other] % 12, (SOUNDS[one] - SOUNDS[other]) % 12)
            or not 1 <= abs(apart) <= 11
            or not 1 <= wrong <= 11
        ):
            continue
        stem = rng.choice([
            f"A player of the {one} reads a written {first}, one of the {other} a written {second}. Compared with the {one}, the {other} sounds …",
            f"Written {first} for the {one} and written {second} for the {other}: how far is the second sounding note from the first?",
        ])  # fmt: skip
        yield Sketch.of(stem, [compared(v) for v in (apart, -apart, wrong, -wrong)], {"parts": [[one, first], [other, second]]}, "bring both to sounding pitch")  # fmt: skip


STRINGS = {
    "violin": ("G3", "D4", "A4", "E5"),
    "viola": ("C3", "G3", "D4", "A4"),
    "cello": ("C2", "G2", "D3", "A3"),
}
# The harmonic that speaks when a string is touched so many semitones above its end (Piston, Orchestration, 1955).
TOUCHED = {3: 6, 4: 5, 5: 4, 7: 3}


def harmonic(number: int) -> int:
    """Semitones of a harmonic above its fundamental, on the piano."""
    return round(12 * log2(number))


@HEARD.check
def touched_note(args: Mapping[str, Any], option: str) -> bool:
    """The harmonic that speaks at the touched place of the string, stopped or with a capo, is the option's key."""
    string = key(args["open"]) + args["stopped"]
    return bool(key(option) == string + harmonic(args["harmonic"]))


@HEARD.template(touched_note, tier="hard")
def stopped_and_touched(rng: Random) -> Iterator[Sketch]:
    while True:
        player, touch = rng.choice(sorted(STRINGS)), rng.choice(sorted(TOUCHED))
        string, stop = rng.choice(STRINGS[player]), rng.choice((2, 3, 4, 5))
        stopped, up = spelled(string, stop), harmonic(TOUCHED[touch])
        right = spelled(stopped, up)
        options = beside(right, [spelled(stopped, harmonic(h)) for h in (3, 4, 5)], rng)
        if key(right) > 100 or not all(map(plain_spelling, options)):
            continue
        stem = rng.choice([
            f"On the {string} string of a {player} one finger stops the note {a_size(stop)} above the open string; another only touches the string {a_size(touch)} above that. Which note sounds?",
            f"A {player} player stops the {string} string {a_size(stop)} up and touches it lightly {a_size(touch)} above the stopping finger. Which note speaks?",
        ])  # fmt: skip
        args = {"open": string, "stopped": stop, "harmonic": TOUCHED[touch]}
        yield Sketch.of(stem, options, args, f"harmonic {TOUCHED[touch]} of the stopped note")


@HEARD.template(touched_note, tier="hard")
def capo_harmonic(rng: Random) -> Iterator[Sketch]:
    frets = {7: 3, 5: 4, 9: 5, 4: 5}
    while True:
        string, capo, fret = rng.choice(("E2", "A2", "D3", "G3", "B3", "E4")), rng.randrange(1, 6), rng.choice(sorted(frets))  # fmt: skip
        base = spelled(string, capo)
        options = beside(spelled(base, harmonic(frets[fret])), [spelled(base, harmonic(h)) for h in (2, 3, 5)], rng)
        if not all(map(plain_spelling, options)):
            continue
        stem = rng.choice([
            f"A guitarist has a capo at fret {capo}, touches the {string} string lightly just about {fret} frets above the capo and plucks. Which note rings, as it sounds?",
            f"With a capo at fret {capo}, which sounding note is the harmonic of a guitar’s {string} string touched just about {fret} frets above the capo?",
        ])  # fmt: skip
        args = {"open": string, "stopped": capo, "harmonic": frets[fret]}
        yield Sketch.of(stem, options, args, f"harmonic {frets[fret]} of the shortened string")


# What the next register lies above with the same fingers: an octave, or a twelfth where the bore is a closed cylinder
# (Fletcher and Rossing, The Physics of Musical Instruments, 1998). None in F: a fifth down undoes the twelfth.
REGISTERS = {
    "flute": (12, 0), "oboe": (12, 0), "alto flute": (12, -5), "alto saxophone": (12, -9),
    "soprano saxophone": (12, -2), "tenor saxophone": (12, -14), "clarinet in B♭": (19, -2), "clarinet in A": (19, -3),
    "clarinet in E♭": (19, 3),
}  # fmt: skip

# Written notes of the low register whose fingers give the next one with no more than that key.
LOW = {"clarinet": (52, 67), "oboe": (64, 69)}


@HEARD.check
def next_register(args: Mapping[str, Any], option: str) -> bool:
    """The note of the next register, at sounding pitch, is the option's key."""
    up, by = REGISTERS[args["instrument"]]
    return key(option) == key(args["written"]) + up + by


@HEARD.template(next_register, tier="hard")
def next_register_up(rng: Random) -> Iterator[Sketch]:
    kinds: dict[tuple[bool, bool], list[tuple[str, str]]] = {}
    for instrument, (up, by) in REGISTERS.items():
        low = LOW["clarinet"] if up == 19 else LOW.get(instrument, (62, 72))
        kinds.setdefault((up == 19, by != 0), []).extend((instrument, named(k)) for k in range(*low))
    for notes in kinds.values():
        rng.shuffle(notes)
    for row in zip(*kinds.values(), strict=False):
        for instrument, written in rng.sample(row, len(row)):
            up, by = REGISTERS[instrument]
            shift = by or rng.choice((-2, -3, -5, -9))
            # The register's interval and the transposition, each right or not.
            options = [spelled(spelled(written, u), s) for u in (up, 31 - up) for s in (by, shift if not by else 0)]
            if not all(map(plain_spelling, options)):
                continue
            opened = "opening the register key" if up == 19 else "opening the octave key"
            blown = "blowing just hard enough for the next register" if "flute" in instrument else opened
            stem = rng.choice([
                f"A player of the {instrument} reads {written}, plays it in the low register and then, {blown}, keeps the same fingering. Which note sounds?",
                f"On the {instrument} someone fingers the low-register note that is written {written}. With that fingering, {blown}: which note sounds?",
            ])  # fmt: skip
            yield Sketch.of(stem, options, {"instrument": instrument, "written": written}, "register, then transposition")  # fmt: skip


LENGTHS = {"half as long": Fraction(1, 2), "twice as long": Fraction(2), "two thirds as long": Fraction(2, 3), "a third as long": Fraction(1, 3), "three times as long": Fraction(3), "one and a half times as long": Fraction(3, 2), "of the same length": Fraction(1)}  # fmt: skip


def pipe(stopped: bool, length: Fraction, overblown: bool) -> Fraction:
    """Frequency of an ideal pipe against that of an open one of length 1 on its lowest note."""
    return 1 / length * (Fraction(1, 2) if stopped else 1) * ((3 if stopped else 2) if overblown else 1)


def from_pipe(args: Mapping[str, Any]) -> float:
    """Semitones from the first pipe's lowest note to the second pipe's note."""
    first = pipe(args["first stopped"], Fraction(1), False)
    return 12 * log2(pipe(args["stopped"], LENGTHS[args["length"]], args["overblown"]) / first)


@HEARD.check
def second_pipe(args: Mapping[str, Any], option: str) -> bool:
    """The second pipe's note lies within a third of a semitone of the option's key."""
    return abs(key(args["note"]) + from_pipe(args) - key(option)) < 1 / 3


@HEARD.template(second_pipe, tier="medium")
def two_pipes(rng: Random) -> Iterator[Sketch]:
    kinds = {True: "closed at one end", False: "open at both ends"}
    while True:
        one, over, length = rng.random() < 0.5, rng.random() < 0.75, rng.choice(sorted(LENGTHS))
        other, note = not one, some_note(rng, 3, 4)
        args = {"note": note, "first stopped": one, "stopped": other, "length": length, "overblown": over}
        apart = round(from_pipe(args))
        # Two things beside the ends would be too few if neither differed.
        if (not over and LENGTHS[length] == 1) or not apart or abs(apart) > 24:
            continue
        right = spelled(note, apart)
        options = beside(right, [spelled(right, n) for n in (5, 7)], rng)
        if not all(plain_spelling(o) and 24 <= key(o) <= 108 for o in options):
            continue
        how = "overblown to its next note" if over else "sounding its fundamental"
        stem = rng.choice([
            f"An ideal pipe {kinds[one]} has the fundamental {note}. Another is {kinds[other]}, {length} and {how}. Which note does it give?",
            f"{note} is the fundamental of an ideal pipe {kinds[one]}. Which note comes from one {kinds[other]}, {length}, {how}?",
        ])  # fmt: skip
        yield Sketch.of(stem, options, args, "length, ends, harmonic")


@HEARD.check
def slide_note(args: Mapping[str, Any], option: str) -> bool:
    """The partial of the slide position, from B♭1 in first position, is the option's key."""
    return bool(key(option) == key("B♭1") - (args["position"] - 1) + harmonic(args["partial"]))


@HEARD.template(slide_note, tier="medium")
def slide_partial(rng: Random) -> Iterator[Sketch]:
    while True:
        position, partial = rng.randrange(2, 7), rng.choice((2, 3, 4, 5, 6, 8))
        other = rng.choice([p for p in (3, 4, 5, 6, 8) if abs(p - partial) in (1, 2) and p != partial])
        right = key("B♭1") - (position - 1) + harmonic(partial)
        options = squared(right, harmonic(other) - harmonic(partial), signed(rng, 1))
        stem = rng.choice([
            f"On a B♭ tenor trombone, whose pedal note in first position is B♭1, someone blows the {ORDINALS[partial - 1]} harmonic in {ORDINALS[position - 1]} position (the pedal note is the first harmonic). Which note sounds?",
            f"A B♭ tenor trombone’s pedal note in first position is B♭1, the first harmonic. Which note is the {ORDINALS[partial - 1]} harmonic in {ORDINALS[position - 1]} position?",
        ])  # fmt: skip
        yield Sketch.of(stem, [named(k) for k in options], {"position": position, "partial": partial}, f"{SIZES[position - 1]} below the harmonic of B♭1")  # fmt: skip
