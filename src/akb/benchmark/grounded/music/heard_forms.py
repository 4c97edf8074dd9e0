"""Grounded questions on what sounds together or in turn: canons, strains of a form, the twelve-bar blues.

in_canon(["C4", "E4", "G4"], 1, -7, 2)  # semitones from the leader's second note to the follower's
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import (
    NAMES,
    NUMBERS,
    ORDINALS,
    a_size,
    an,
    capital,
    compared,
    key,
    scenes,
    signed,
)
from akb.benchmark.grounded.music.heard_chords import root_of, symbol
from akb.benchmark.grounded.music.pitches import LETTERS
from akb.benchmark.grounded.music.scales import scale

FORMS = Templates("form_texture", "arithmetic: voices of a canon", skill="symbolic")
BLUES = Templates("genres_styles", "the twelve-bar blues", skill="symbolic")


def in_canon(melody: Sequence[str], late: int, by: int, note: int, mirrored: bool = False) -> int:
    """Semitones from the leader's note (1: the first) to the follower's that sounds with it."""
    leader, followed, first = key(melody[note - 1]), key(melody[note - 1 - late]), key(melody[0])
    return (2 * first - followed if mirrored else followed) + by - leader


def step(note: str, steps: int, notes: Sequence[str]) -> str:
    """The note so many steps of a scale away."""
    octave, place = int(note[-1]), LETTERS.index(note[0]) + steps
    name = next(n for n in notes if n[0] == LETTERS[place % 7])
    return f"{name}{octave + place // 7}"


@FORMS.check
def canon_interval(args: Mapping[str, Any], option: str) -> bool:
    """The follower sounds so far from the leader."""
    return option == compared(in_canon(args["melody"], args["late"], args["by"], args["note"], args["mirrored"]))


@FORMS.template(canon_interval, tier="hard")
def voices_in_canon(rng: Random) -> Iterator[Sketch]:
    leaders = scenes(rng, "viola", "cello", "harp", "piano", "marimba", "organ", "harpsichord", "accordion", "clarinet", "lute")  # fmt: skip
    for who in leaders:
        notes = scale(rng.choice(("C", "G", "F", "D", "B♭")), "major")
        melody = [rng.choice(notes) + "4"]
        while len(melody) < 5:
            melody.append(step(melody[-1], signed(rng, 1, 1, 2, 2, 3), notes))
        late, by = rng.choice((1, 2)), rng.choice((-12, -7, -5, 5, 7, 12))
        note, mirrored = rng.randrange(late + 2, 6), rng.random() < 0.4
        apart = in_canon(melody, late, by, note, mirrored)
        other = abs(apart) + rng.choice((-2, -1, 1, 2))
        if not 1 <= abs(apart) <= 12 or not 1 <= other <= 12 or len(set(melody)) < 4:
            continue
        late_by = f"{NUMBERS[late]} note{'s' * (late > 1)} later"
        how = f"{a_size(by)} {'above' if by > 0 else 'below'}"
        if mirrored:
            how = f"upside down, from the note {how} the first"
        stem = rng.choice([
            f"In notes of equal length {an(who)} plays {', '.join(melody)} and is imitated exactly {late_by}, {how}. At the leader’s {ORDINALS[note - 1]} note, the imitation is …",
            f"{capital(an(who))} plays {', '.join(melody)}, all equally long; another player imitates this exactly, {late_by}, {how}. When the leader reaches the {ORDINALS[note - 1]} note, the imitation is …",
        ])  # fmt: skip
        args = {"melody": melody, "late": late, "by": by, "note": note, "mirrored": mirrored}
        yield Sketch.of(stem, [compared(v) for v in (apart, -apart, other, -other)], args, "the note that was sung so long ago, moved")  # fmt: skip


# What is heard, strain by strain (ragtime: Berlin, Ragtime, 1980; the others as the words say).
STRAINS = {
    "a minuet (strains A, B) with trio (C, D), every strain twice, but once each in the da capo of the minuet": "AABBCCDDAB",
    "a scherzo (A, B) and trio (C, D), no repeats, in the order scherzo, trio, scherzo, trio, scherzo": "ABCDABCDAB",
    "a rondo with refrain A and episodes B, C and D, refrain first and last": "ABACADA",
    "a march: A and B twice each, the trio C, then twice the break strain D with C after it": "AABBCDCDC",
    "a classic rag: A twice, B twice, A once more, then C and D twice each": "AABBACCDD",
    "a medley of two songs, verse A and chorus B sung three times, verse C and chorus D twice, then A and B": "ABABABCDCDAB",
}


def strain_at(form: str, place: int, after: str) -> str:
    """The strain heard in a place (1: the first) of the form, or after that hearing of the strain `after`."""
    order = STRAINS[form]
    if not after:
        return order[place - 1]
    hearings = [n for n, strain in enumerate(order) if strain == after]
    return order[hearings[place - 1] + 1]


@FORMS.check
def is_strain(args: Mapping[str, Any], option: str) -> bool:
    """The option is the strain that is heard there."""
    return option == strain_at(args["form"], args["place"], args["after"])


@FORMS.template(is_strain, tier="hard")
def strain_heard(rng: Random) -> Iterator[Sketch]:
    asked: dict[str, list[tuple[str, int, str]]] = {strain: [] for strain in "ABCD"}
    for form, order in STRAINS.items():
        for place in range(5, min(10, len(order)) + 1):
            asked[order[place - 1]].append((form, place, ""))
        for n, (strain, following) in enumerate(pairwise(order), 1):
            # A strain that is always followed by the same one tells nothing of the form.
            if order[:n].count(strain) > 1 and len({b for a, b in pairwise(order) if a == strain}) > 1:
                asked[following].append((form, order[:n].count(strain), strain))
    for cases in asked.values():
        rng.shuffle(cases)
    for row in zip(*asked.values(), strict=False):
        for form, place, after in rng.sample(row, len(row)):
            what = (
                f"follows the {ORDINALS[place - 1]} {after} directly"
                if after
                else f"is the {ORDINALS[place - 1]} heard"
            )
            stem = rng.choice([
                f"One hears {form}. Counting every hearing, which strain {what}?",
                f"{capital(form)}: with every hearing counted, which strain {what}?",
            ])  # fmt: skip
            right = strain_at(form, place, after)
            yield Sketch.of(stem, [right, *(s for s in "ABCD" if s != right)], {"form": form, "place": place, "after": after}, STRAINS[form])  # fmt: skip


# Bars 2, 10 and 12 vary and are not asked about.
# Semitones of the root above the tonic, bar by bar (Kernfeld, The New Grove Dictionary of Jazz, 2002, "Blues progression": I I I I IV IV I I V IV I I).
TWELVE = (0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0)


@BLUES.check
def chord_with_capo(args: Mapping[str, Any], option: str) -> bool:
    """The option is the chord in that bar as it sounds with the capo."""
    return root_of(option) == ((NAMES.index(args["key"]) + TWELVE[args["bar"] - 1] + args["capo"]) % 12, "7")


@BLUES.template(chord_with_capo, tier="hard")
def capo_blues(rng: Random) -> Iterator[Sketch]:
    while True:
        bar, capo = rng.choice((4, 5, 6, 7, 9, 9, 9, 11)), rng.randrange(1, 8)
        tonic = rng.choice(("E", "A", "D", "G", "C"))
        root = NAMES.index(tonic) + TWELVE[bar - 1] + capo
        wrong = rng.choice([d for d in (0, 5, 7) if d != TWELVE[bar - 1]]) - TWELVE[bar - 1]
        miss = -capo  # the shape that is fingered
        options = [symbol(root + d, "7") for d in (0, wrong, miss, wrong + miss)]
        # A black key would come of the capo, since the shapes have none: white ones alone do not tell.
        if any(len(o) > 2 for o in options):
            continue
        kind = rng.choice(("basic", "slow", "fast", "shuffling", "rocking", "country"))
        stem = rng.choice([
            f"With a capo at fret {capo} a guitarist fingers a {kind} twelve-bar blues in {tonic}, all seventh chords, no quick change. Which chord is heard in bar {bar}?",
            f"A {kind} twelve-bar blues of sevenths (no quick change) is fingered in {tonic}, capo at fret {capo}. Which chord sounds in bar {bar}?",
            f"In {tonic} shapes, capo at fret {capo}, a guitar plays a {kind} twelve-bar blues of sevenths without quick change. What sounds in bar {bar}?",
        ])  # fmt: skip
        yield Sketch.of(stem, options, {"key": tonic, "bar": bar, "capo": capo}, "the chord of the bar, moved up by the capo")  # fmt: skip


GENERATORS = FORMS.generators | BLUES.generators
CHECKS = FORMS.checks | BLUES.checks
