"""Grounded questions on tempo as heard: beats that change what they are, tapes that change their speed.

new_beat(["a dotted eighth", "a triplet quarter"])  # Fraction(1, 2)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import log2, prod
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import NUMBERS, SIZES, a_size, compared, scenes

HEARD = Templates("tempo_dynamics", "arithmetic: ratios of tempo and pitch")
GENERATORS, CHECKS = HEARD.generators, HEARD.checks

# Lengths of what becomes the new quarter-note beat, in old quarters.
BECOMES = {
    "a dotted eighth": Fraction(3, 4), "a dotted quarter": Fraction(3, 2), "a note of a quarter-note triplet": Fraction(2, 3),
    "a quarter tied to a sixteenth": Fraction(5, 4), "four notes of eighth-note triplets": Fraction(4, 3),
    "five notes of eighth-note triplets": Fraction(5, 3), "four notes of sixteenth-note quintuplets": Fraction(4, 5),
    "six notes of sixteenth-note quintuplets": Fraction(6, 5),
}  # fmt: skip


def new_beat(changes: Sequence[str]) -> Fraction:
    """Length of the last beat in first beats."""
    return prod((BECOMES[c] for c in changes), start=Fraction(1))


def spanned(length: Fraction) -> str:
    """ "Three new beats fill four old ones", for a beat of 4/3."""
    return f"{NUMBERS[length.denominator].capitalize()} of the last beats fill {NUMBERS[length.numerator]} of the first"


@HEARD.check
def beats_fill(args: Mapping[str, Any], option: str) -> bool:
    """So many of the last beats last as long as so many of the first."""
    return option == spanned(new_beat(args["changes"]))


@HEARD.template(beats_fill, tier="hard")
def beat_after_beat(rng: Random) -> Iterator[Sketch]:
    bands = scenes(
        rng, "A marching band", "A big band", "A string quartet", "A taiko troupe", "A film orchestra", "A ballet pianist",
        "A metal band", "A techno DJ", "A bluegrass group", "A samba school", "A brass quintet", "An accordion duo",
        "A gamelan", "A church organist", "A rock drummer", "A wind octet", "A tango orchestra", "A percussion trio",
    )  # fmt: skip
    for band in bands:
        changes = rng.sample(sorted(BECOMES), 2)
        length = new_beat(changes)
        other = new_beat([changes[0], rng.choice(sorted(BECOMES))])
        values = [length, 1 / length, other, 1 / other]
        if len(set(values)) < 4 or 1 in values or max(max(v.numerator, v.denominator) for v in values) > 12 or min(v.denominator for v in values) == 1:  # fmt: skip
            continue
        stem = rng.choice([
            f"{band} takes {changes[0]} as the new quarter-note beat; of this tempo it later takes {changes[1]} as the beat. How many last beats take as long as how many first ones?",
            f"{band} gives the quarter-note beat the length of {changes[0]}, later that of {changes[1]} in the new tempo. How many last beats take as long as how many first ones?",
        ])  # fmt: skip
        yield Sketch.of(stem, [spanned(v) for v in values], {"changes": changes}, "multiply the lengths")


def shifted(parts: Sequence[tuple[str, Any]]) -> float:
    """Semitones by which a tape is higher after changes of speed, told by beats or by pitch."""
    return sum(12 * log2(Fraction(*what)) if how == "beats" else what for how, what in parts)


@HEARD.check
def tape_sounds(args: Mapping[str, Any], option: str) -> bool:
    """The recording sounds so far above or below the original, to the nearest semitone."""
    size, _, side = option.rpartition(" ")
    said = SIZES.index(size.split(" ", 1)[1]) * {"higher": 1, "lower": -1}[side]
    return abs(said - shifted(args["parts"])) < 1 / 2


@HEARD.template(tape_sounds, tier="hard", skill="inference")
def tape_speeds(rng: Random) -> Iterator[Sketch]:
    speeds = [(3, 2), (2, 3), (4, 3), (3, 4), (5, 4), (4, 5), (2, 1), (1, 2)]
    players = scenes(rng, *(f"a recorded {dance}" for dance in ("march", "waltz", "tango", "polka", "samba", "reel", "jig", "foxtrot", "rumba", "mazurka", "minuet", "bolero", "gavotte", "hymn", "lullaby", "rock song", "fugue", "aria")))  # fmt: skip
    for turn, player in enumerate(players):
        beats, pitch = rng.choice(speeds), rng.choice((2, 3, 4, 5, 7, 12)) * rng.choice((1, -1))
        parts = rng.sample([("beats", beats), ("pitch", pitch)], 2)
        exact = shifted(parts)
        end = round(exact)
        # One of the two taken the wrong way round.
        other = abs(round(shifted([("beats", beats)]) - pitch))
        if abs(exact - end) > 0.25 or not 1 <= abs(end) <= 11 or not 1 <= other <= 11 or other == abs(end):
            continue
        # The result lies on the side of the change of pitch as often as not.
        if ((end > 0) == (pitch > 0)) is (turn % 2 == 0):
            continue
        said = {
            "beats": f"until {NUMBERS[beats[0]]} beats take as long as {NUMBERS[beats[1]]} did before",
            "pitch": f"until it sounds {a_size(pitch)} {'higher' if pitch > 0 else 'lower'} than before",
        }
        told = [said[how] for how, _ in parts]
        stem = rng.choice([
            f"The playback speed of {player} is changed {told[0]}, then {told[1]}. How does it sound now, against the original?",
            f"One alters the playback speed of {player} {told[0]}; next, {told[1]}. Where does the pitch lie now, against the beginning?",
        ])  # fmt: skip
        yield Sketch.of(stem, [compared(v) for v in (end, -end, other, -other)], {"parts": [list(p) for p in parts]}, f"{exact:+.2f} semitones")  # fmt: skip
