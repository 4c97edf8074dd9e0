"""Grounded questions on rhythms as heard: played backwards, in canon with themselves, filled in, three against four.

turns(3, 4)  # ['both', 'right', 'left', 'right', 'left', 'right']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from math import gcd
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import NUMBERS, ORDINALS, scenes

HEARD = Templates("rhythm_metre", "enumeration: onsets on a grid", skill="symbolic")
GENERATORS, CHECKS = HEARD.generators, HEARD.checks


DRUMMERS = (
    "A tabla player", "A xylophone player", "A bell player", "A handpan player", "A conga player", "A woodblock player",
    "A djembe player", "A dulcimer player", "A timpanist", "A marimba player", "A steel-pan player", "A taiko drummer",
    "A cajón player", "A bongo player", "A frame-drum player", "A jazz drummer", "A snare drummer", "A vibraphone player",
)  # fmt: skip


def onsets(gaps: Sequence[int]) -> list[int]:
    """The steps of a cycle that have a stroke, from gaps between strokes, the first on step 0."""
    return [0, *accumulate(gaps[:-1])]


def gaps_of(steps: Sequence[int], cycle: int) -> tuple[int, ...]:
    """Gaps from stroke to stroke round the cycle."""
    return tuple((b - a - 1) % cycle + 1 for a, b in zip(steps, [*steps[1:], steps[0]], strict=True))


def written(gaps: Sequence[int]) -> str:
    return "–".join(map(str, gaps))


def a_pattern(rng: Random, cycle: int, strokes: int) -> list[int]:
    """Gaps of a cycle without rotational symmetry, of 1 to 4 steps."""
    while True:
        gaps = [rng.randrange(1, 5) for _ in range(strokes)]
        places = {tuple(gaps[n:] + gaps[:n]) for n in range(strokes)}
        if sum(gaps) == cycle and len(places) == strokes and len(set(gaps)) > 1:
            return gaps


def backwards(gaps: Sequence[int], stroke: int) -> tuple[int, ...]:
    """Gaps heard in a recording run backwards, from the stroke (1: the first) on."""
    cycle = sum(gaps)
    struck = [(-s) % cycle for s in onsets(gaps)]
    start = struck[stroke - 1]
    return gaps_of(sorted((s - start) % cycle for s in struck), cycle)


# Gaps in sixteenths of the cycle, from the first stroke of the bar on (Toussaint, The Geometry of Musical Rhythm, 2013); 2–3: halves exchanged.
CLAVES = {
    "3–2 son clave": (3, 3, 4, 2, 4),
    "2–3 son clave": (2, 4, 3, 3, 4),
    "3–2 rumba clave": (3, 4, 3, 2, 4),
    "2–3 rumba clave": (2, 4, 3, 4, 3),
    "bossa-nova clave (three strokes first)": (3, 3, 4, 3, 3),
}


@HEARD.check
def clave_gaps(args: Mapping[str, Any], option: str) -> bool:
    """The option's gaps are the clave's from that stroke on."""
    gaps, start = CLAVES[args["clave"]], args["stroke"] - 1
    return option == written((*gaps[start:], *gaps[:start]))


@HEARD.template(clave_gaps, tier="hard")
def clave_from(rng: Random) -> Iterator[Sketch]:
    every = {gaps[n:] + gaps[:n] for gaps in CLAVES.values() for n in range(5)}
    while True:
        clave, stroke = rng.choice(sorted(CLAVES)), rng.randrange(1, 6)
        right = CLAVES[clave][stroke - 1 :] + CLAVES[clave][: stroke - 1]
        alike = sorted(g for g in every if g[0] == right[0] and g != right)
        unlike = [g for g in sorted(every) if g[0] != right[0]]
        first = rng.choice(unlike)
        pair = [g for g in unlike if g[0] == first[0]]
        if not alike or len(pair) < 2:
            continue
        options = [right, rng.choice(alike), *rng.sample(pair, 2)]
        stem = rng.choice([
            f"A {clave} is looped. In sixteenths of the cycle, which gaps between strokes are heard from the pattern’s {ORDINALS[stroke - 1]} stroke on?",
            f"Someone claps a {clave} over and over; you join in on its {ORDINALS[stroke - 1]} stroke. How many sixteenths of the cycle lie between one stroke and the next?",
            f"The {ORDINALS[stroke - 1]} stroke of a {clave} and those after it: which gaps, in sixteenths of the cycle, follow until that stroke comes again?",
        ])  # fmt: skip
        yield Sketch.of(stem, [written(o) for o in options], {"clave": clave, "stroke": stroke}, "turn the pattern")


@HEARD.check
def reversed_gaps(args: Mapping[str, Any], option: str) -> bool:
    """The option's gaps are those heard backwards from that stroke on."""
    return option == written(backwards(args["gaps"], args["stroke"]))


@HEARD.template(reversed_gaps, tier="hard")
def played_backwards(rng: Random) -> Iterator[Sketch]:
    for loop in scenes(rng, *(f"{who} loops a pattern" for who in DRUMMERS)):
        one, other, single = rng.sample((1, 2, 3, 4), 3)
        gaps = rng.sample([one, one, other, other, single], 5)
        stroke = rng.randrange(1, 6)
        right = backwards(gaps, stroke)
        turns_of = [tuple(gaps[n:] + gaps[:n]) for n in range(5)]
        # Two turns begin with each of the gaps that occur twice: the first gap does not tell which is right.
        options = [right, *(t for t in (right[n:] + right[:n] for n in range(1, 5)) if t[0] != single)]
        if right[0] == single or right in turns_of or len(options) != 4:
            continue
        stem = rng.choice([
            f"{loop} with gaps of {written(gaps)} pulses from stroke to stroke. The recording runs backwards. Starting from the stroke that was {ORDINALS[stroke - 1]}, which gaps follow?",
            f"{loop}, its strokes {written(gaps)} pulses apart. The recording is reversed. Beginning with the stroke that was {ORDINALS[stroke - 1]}, which gaps are heard?",
        ])  # fmt: skip
        yield Sketch.of(stem, [written(o) for o in options], {"gaps": gaps, "stroke": stroke}, "from each stroke back to the one before")  # fmt: skip


def together(gaps: Sequence[int], late: int) -> int:
    """Strokes in a cycle that fall together when a second player claps the same pattern late."""
    cycle, struck = sum(gaps), set(onsets(gaps))
    return len(struck & {(s + late) % cycle for s in struck})


@HEARD.check
def coincides(args: Mapping[str, Any], option: str) -> bool:
    """The option says how many strokes fall together."""
    return option == str(together(args["gaps"], args["late"]))


@HEARD.template(coincides, tier="hard", limit=24)
def clapped_late(rng: Random) -> Iterator[Sketch]:
    for who in scenes(rng, *DRUMMERS):
        gaps, late = a_pattern(rng, rng.choice((12, 16)), rng.choice((6, 7))), rng.randrange(1, 6)
        right = together(gaps, late)
        if not right:
            continue
        stem = rng.choice([
            f"{who} loops a pattern with gaps of {written(gaps)} pulses; a partner plays the same, {late} pulse{'s' * (late > 1)} late. On how many pulses of each loop do both strike?",
            f"As in a phase piece, {who[0].lower() + who[1:]} repeats a pattern with gaps of {written(gaps)} pulses against its own recording, shifted by {late} pulse{'s' * (late > 1)}. On how many pulses of each loop do both strike?",
        ])  # fmt: skip
        counts = [right, right + 1, right + 2, right - 1, len(gaps) - right]
        yield Sketch.of(
            stem, [str(n) for n in counts], {"gaps": gaps, "late": late}, "count the strokes that both have"
        )


def turns(left: int, right: int) -> list[str]:
    """Who strikes, stroke by stroke, in a cycle of even strokes that begin together."""
    at: dict[Fraction, str] = {Fraction(n, right): "right" for n in range(right)}
    for n in range(left):
        at[Fraction(n, left)] = "both" if Fraction(n, left) in at else "left"
    return [at[t] for t in sorted(at)]


def following(left: int, right: int, hand: str, stroke: int, count: int) -> list[str]:
    """The strokes after that hand's stroke of that number, the common first one counted."""
    heard = turns(left, right)
    start = [n for n, who in enumerate(heard) if who in (hand, "both")][stroke - 1]
    return [heard[(start + n) % len(heard)] for n in range(1, count + 1)]


@HEARD.check
def struck_next(args: Mapping[str, Any], option: str) -> bool:
    """The option names the next strokes in their order."""
    return option.split(", ") == following(args["left"], args["right"], args["hand"], args["stroke"], args["count"])


@HEARD.template(struck_next, tier="hard")
def next_strokes(rng: Random) -> Iterator[Sketch]:
    pairs = [(a, b) for a in range(3, 9) for b in range(3, 9) if gcd(a, b) == 1 and a + b >= 8]
    for who in scenes(rng, *DRUMMERS):
        left, right = rng.choice(pairs)
        hand, count = rng.choice(("left", "right")), 5
        of = left if hand == "left" else right
        stroke = rng.randrange(2, of + 1)
        found = following(left, right, hand, stroke, count)
        windows = [tuple(following(left, right, h, n, count)) for h, m in (("left", left), ("right", right)) for n in range(2, m + 1)]  # fmt: skip
        others = list(dict.fromkeys(w for w in rng.sample(windows, len(windows)) if list(w) != found))
        if len(others) < 3:
            continue
        stem = rng.choice([
            f"{who} plays {NUMBERS[left]} against {NUMBERS[right]}, left hand {NUMBERS[left]}, right hand {NUMBERS[right]}, both from the downbeat, bar after bar. Which five strokes follow the {hand} hand’s {ORDINALS[stroke - 1]}?",
            f"In an even {NUMBERS[left]} against {NUMBERS[right]} (left hand {NUMBERS[left]}, right hand {NUMBERS[right]}, together on each downbeat), which five strokes come after the {ORDINALS[stroke - 1]} of the {hand} hand?",
        ])  # fmt: skip
        args = {"left": left, "right": right, "hand": hand, "stroke": stroke, "count": count}
        yield Sketch.of(stem, [", ".join(o) for o in (found, *others[:3])], args, "by the time of each stroke")  # fmt: skip
