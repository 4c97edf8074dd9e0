"""Grounded questions on rhythm and metre: note values, bars, metres, tuplets, polyrhythms, cycles.

Note values and metres are proven by music21, the rest by arithmetic with fractions.

    for candidate in GENERATORS["rhythm_metre.fills_bar"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from math import gcd, lcm
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import Formulas, formula_check, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

RHYTHM = Templates("rhythm_metre", "arithmetic: note values and metres")
GENERATORS, CHECKS = RHYTHM.generators, RHYTHM.checks
MUSIC21 = "music21: durations and metres"

# Lengths in quarter notes.
VALUES: dict[str, Fraction | int] = {
    "whole": 4,
    "half": 2,
    "quarter": 1,
    "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4),
    "32nd": Fraction(1, 8),
}
LENGTHS = {
    f"{dot}{name} note": Fraction(value) * factor
    for dot, factor in (("", 1), ("dotted ", Fraction(3, 2)), ("double-dotted ", Fraction(7, 4)))
    for name, value in VALUES.items()
}

FORMULAS: Formulas = {
    "onsets": lambda a: len({Fraction(i, a["first"]) for i in range(a["first"])} | {Fraction(i, a["second"]) for i in range(a["second"])}),
    "coincide": lambda a: len({Fraction(i, a["first"]) for i in range(a["first"])} & {Fraction(i, a["second"]) for i in range(a["second"])}),
    "realign": lambda a: next(n for n in range(1, 10**4) if n % a["first"] == 0 and n % a["second"] == 0) / a["per"],
    "tuplet": lambda a: 60 / a["bpm"] * a["beats"] / a["notes"],
    "swing": lambda a: 60 / a["bpm"] * a["part"] / a["whole"],
}  # fmt: skip
equals = RHYTHM.check(formula_check(FORMULAS))


@cache
def _quarters(name: str) -> Fraction:
    """Length of "dotted eighth note" by music21, in quarter notes."""
    from music21.duration import Duration

    *dot, kind, _ = name.split()
    return Fraction(
        Duration(type=kind, dots={"": 0, "dotted": 1, "double-dotted": 2}[dot[0] if dot else ""]).quarterLength
    )


@RHYTHM.check
def times_contained(args: Mapping[str, Any], option: str) -> bool:
    """The option says how often the short value goes into the long one, by music21's durations."""
    return option == str(_quarters(args["long"]) / _quarters(args["short"]))


@RHYTHM.check
def sum_of_values(args: Mapping[str, Any], option: str) -> bool:
    """The option's value lasts as long as the values together, by music21's durations."""
    return _quarters(option) == sum(map(_quarters, args["parts"]))


@RHYTHM.check
def completes_bar(args: Mapping[str, Any], option: str) -> bool:
    """The parts and the option's value fill the bar, by music21's metre."""
    return sum(map(_quarters, args["parts"])) + _quarters(option) == _bar(args["metre"])


@RHYTHM.check
def fills_exactly(args: Mapping[str, Any], option: str) -> bool:
    """The option's values together fill one bar of the metre."""
    return sum(_quarters(part + " note") for part in option.split(" – ")) == _bar(args["metre"])


@RHYTHM.check
def metre_class(args: Mapping[str, Any], option: str) -> bool:
    """music21 classifies the metre so, or so classifies the option's metre."""
    from music21.meter import TimeSignature

    if "metre" in args:
        return bool(TimeSignature(args["metre"]).classification.lower() == option)
    return bool(TimeSignature(option).classification.lower() == args["class"])


@cache
def _bar(metre: str) -> Fraction:
    from music21.meter import TimeSignature

    return Fraction(TimeSignature(metre).barDuration.quarterLength)


@RHYTHM.template(fills_exactly, source=MUSIC21)
def fills_bar(rng: Random) -> Iterator[Sketch]:
    metres: dict[str, Fraction | int] = {
        "3/4": 3,
        "4/4": 4,
        "5/4": 5,
        "6/8": 3,
        "5/8": Fraction(5, 2),
        "7/8": Fraction(7, 2),
        "9/8": Fraction(9, 2),
        "3/8": Fraction(3, 2),
    }
    pool = [n.removesuffix(" note") for n in LENGTHS if "double" not in n and "32nd" not in n and "whole" not in n]
    while True:
        metre = rng.choice(sorted(metres))
        right, wrong = [], []
        for _ in range(400):
            parts = rng.choices(pool, k=rng.choice([3, 4]))
            total = sum(LENGTHS[p + " note"] for p in parts)
            if total == metres[metre]:
                right.append(parts)
            elif abs(total - metres[metre]) <= 1:  # type: ignore[operator]
                wrong.append(parts)
        if not right or len(wrong) < 4:
            continue
        stem = rng.choice([
            f"Which of these rhythms fills exactly one bar of {metre}?",
            f"Only one of these series of note values is a complete {metre} bar. Which?",
            f"A student writes four candidate bars in {metre}. Which one adds up?",
        ])  # fmt: skip
        options = [" – ".join(p) for p in (right[0], *wrong[:6])]
        yield Sketch.of(
            stem, options, {"metre": metre, "of": options[0]}, f"a bar of {metre} lasts {metres[metre]} quarter notes"
        )


@RHYTHM.template(metre_class, source=MUSIC21, limit=30)
def metre_kind(rng: Random) -> Iterator[Sketch]:
    kinds = {
        "simple duple": ["2/2", "2/4"],
        "simple triple": ["3/4", "3/2"],
        "simple quadruple": ["4/4", "4/2"],
        "compound duple": ["6/8", "6/4", "6/16"],
        "compound triple": ["9/8", "9/4", "9/16"],
        "compound quadruple": ["12/8", "12/4", "12/16"],
    }
    while True:
        kind = rng.choice(sorted(kinds))
        metre = rng.choice(kinds[kind])
        if rng.random() < 0.5:
            stem = rng.choice([
                f"How is the metre {metre} classified?",
                f"A piece is written in {metre} throughout. Which type of metre is this?",
                f"Going by the number of main beats and their division, which kind of metre is {metre}?",
            ])  # fmt: skip
            yield Sketch.of(
                stem,
                [kind, *(k for k in kinds if k != kind)],
                {"metre": metre},
                "compound metres divide each beat into three",
            )
            continue
        stem = rng.choice([
            f"Which of these is a {kind} metre?",
            f"Which time signature stands for {kind} time?",
            f"A conductor asks for a piece in {kind} metre. Which signature fits?",
        ])  # fmt: skip
        others = [m for k, ms in kinds.items() if k != kind for m in ms]
        chosen = [metre, *rng.sample(others, 5)]
        yield Sketch.of(stem, chosen, {"class": kind, "of": metre}, "compound metres divide each beat into three")


@RHYTHM.template(equals)
def polyrhythm(rng: Random) -> Iterator[Sketch]:
    while True:
        first, second = rng.sample(range(2, 13), 2)
        common, kind = gcd(first, second), rng.random() < 0.7
        onsets = first + second - common
        if kind:
            stem = rng.choice([
                f"Two drummers divide the same bar into {first} and {second} equal parts and strike at the start of each part. How many distinct moments in the bar have a stroke?",
                f"A bar holds {first} evenly spaced notes against {second}, both from its first beat. At how many different points in time does at least one note begin?",
                f"One hand divides a bar into {first} even strokes, the other into {second}, both from the first beat. How many separate attacks does the bar have, simultaneous ones counted once?",
            ])  # fmt: skip
            options = [
                str(v)
                for v in (
                    onsets,
                    first + second,
                    first * second,
                    lcm(first, second),
                    onsets - 1,
                    onsets + 2,
                    max(first, second) + 1,
                )
            ]
            yield Sketch.of(
                stem,
                options,
                {"of": "onsets", "first": first, "second": second},
                "first + second − greatest common divisor",
            )
            continue
        stem = rng.choice([
            f"Over the same bar, one hand plays {first} even strokes and the other {second}, both starting on the first beat. At how many moments per bar do both sound together?",
            f"How often per bar do the two hands coincide if one spreads {first} even notes over it and the other {second}, both from the first beat?",
        ])  # fmt: skip
        options = [
            str(v)
            for v in (
                common,
                common + 1,
                common + 2,
                abs(first - second),
                min(first, second),
                lcm(first, second) // max(first, second),
            )
            if v > 0
        ]
        yield Sketch.of(
            stem, options, {"of": "coincide", "first": first, "second": second}, "the greatest common divisor"
        )


@RHYTHM.template(equals)
def cycle_alignment(rng: Random) -> Iterator[Sketch]:
    while True:
        loop, (metre, eighths) = (
            rng.choice([3, 5, 6, 7, 9, 10, 11, 13, 14, 15]),
            rng.choice([("4/4", 8), ("3/4", 6), ("5/4", 10), ("7/8", 7), ("6/8", 6), ("2/4", 4), ("9/8", 9)]),
        )
        bars = lcm(loop, eighths) // eighths
        if bars < 2:
            continue
        stem = rng.choice([
            f"A riff of {loop} eighth notes is repeated without pause over {metre}, starting on a downbeat. After how many bars does it start on a downbeat again for the first time?",
            f"An ostinato {loop} eighth notes long loops against a one-bar drum pattern in {metre}. Both begin together. How many {metre} bars pass until they begin together again?",
            f"In {metre}, a pattern lasting {loop} eighth notes keeps cycling across the bar lines. After how many bars do pattern and bar line coincide again?",
        ])  # fmt: skip
        wrong = [
            loop * eighths // 2 if loop * eighths % 2 == 0 else loop * eighths,
            bars + 1,
            bars * 2,
            loop * 2,
            eighths,
            abs(loop - eighths) + 1,
            bars - 1,
            loop,
        ]
        yield Sketch.of(stem, [f"{v} bars" for v in (bars, *wrong) if v > 1], {"of": "realign", "first": loop, "second": eighths, "per": eighths}, "the least common multiple of both lengths")  # fmt: skip


@RHYTHM.template(equals)
def tuplet_length(rng: Random) -> Iterator[Sketch]:
    names = {3: "triplet", 5: "quintuplet", 6: "sextuplet", 7: "septuplet"}
    while True:
        notes, beats, bpm = (
            rng.choice(sorted(names)),
            rng.choice([1, 1, 2, 4]),
            rng.choice([40, 50, 60, 72, 75, 80, 90, 96, 100, 120, 125, 144, 150]),
        )
        if rng.random() < 0.65:
            over = {1: "one quarter note", 2: "one half note", 4: "one whole note"}[beats]
            stem = rng.choice([
                f"At {bpm} quarter notes per minute, {notes} equal notes are played in the time of {over}. How long does each last?",
                f"With quarter note = {bpm}, what is the spacing of the onsets in a {names[notes]} spread over {over}?",
            ])  # fmt: skip
            right = 60000 / bpm * beats / notes
            wrong = [
                right * notes / (notes - 1),
                60000 / bpm / notes if beats > 1 else right * 2,
                right / 2,
                right * notes / 2,
                right * notes / 4,
            ]
            yield Sketch.of(stem, same_form([right, *wrong], "ms"), {"of": "tuplet", "bpm": bpm, "beats": beats, "notes": notes}, "the span divided by the number of notes")  # fmt: skip
            continue
        long, short = rng.choice([(2, 1), (3, 1), (3, 2)])
        stem = rng.choice([
            f"Eighth notes swing at a ratio of {long}:{short} at {bpm} quarter notes per minute. How long is the first of each pair?",
            f"A drummer plays swung eighths {long}:{short} (long to short) with quarter = {bpm}. How long is the longer eighth?",
        ])  # fmt: skip
        right = 60000 / bpm * long / (long + short)
        options = same_form(
            [
                right,
                right * short / long,
                30000 / bpm,
                60000 / bpm,
                right * 1.25,
                right * 0.75 if short > 1 else right / 1.2,
            ],
            "ms",
        )
        yield Sketch.of(
            stem,
            options,
            {"of": "swing", "bpm": bpm, "part": long, "whole": long + short},
            "the long share of one beat",
        )
