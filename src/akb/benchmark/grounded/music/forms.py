"""Grounded questions on form and style: sections of song forms, rounds, the twelve-bar blues.

for candidate in GENERATORS["form_texture.section_of_bar"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import Formulas, formula_check
from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.pitches import TONICS, above, for_music21, plain_spelling

FORMS = Templates("form_texture", "arithmetic: bars of a form")
BLUES = Templates("genres_styles", "music21: Roman numerals of the twelve-bar blues")

FORMULAS: Formulas = {
    "all_voices": lambda a: next(bar for bar in range(1, 999) if bar > (a["voices"] - 1) * a["delay"]),
    "round_end": lambda a: (a["voices"] - 1) * a["delay"] + a["bars"] * a["times"],
}
equals = FORMS.check(formula_check(FORMULAS, rel=0))
PATTERN = ("I", "I", "I", "I", "IV", "IV", "I", "I", "V", "IV", "I", "I")


@FORMS.check
def section_at(args: Mapping[str, Any], option: str) -> bool:
    """Counting section by section, the bar falls into the option's section."""
    start = 1
    for number, letter in enumerate(args["form"]):
        if start <= args["bar"] < start + args["length"]:
            return option == f"section {letter}, {_count(args['form'], number)} time" or option == f"section {letter}"
        start += args["length"]
    return False


@BLUES.check
def blues_chord(args: Mapping[str, Any], option: str) -> bool:
    """music21's root of the bar's degree in the key is the option's root."""
    from music21.key import Key
    from music21.pitch import Pitch

    degree = {"I": 1, "IV": 4, "V": 5}[PATTERN[args["bar"] - 1]]
    root: Any = Key(for_music21(args["key"])).pitchFromDegree(degree)
    return bool(option.endswith("7") and Pitch(for_music21(option[:-1])).pitchClass == root.pitchClass)


def _count(form: str, number: int) -> str:
    return ("first", "second", "third", "fourth")[form[: number + 1].count(form[number]) - 1]


@FORMS.template(section_at, limit=30)
def section_of_bar(rng: Random) -> Iterator[Sketch]:
    forms = {
        "AABA": "32-bar song form",
        "ABACA": "five-part rondo",
        "ABA": "ternary form",
        "AABB": "binary form with both parts repeated",
        "AAB": "bar form",
        "ABACABA": "seven-part rondo",
    }
    while True:
        form, length = rng.choice(sorted(forms)), rng.choice([4, 8, 8, 12, 16])
        length = 8 if form == "AABA" else length
        bar = rng.randrange(2, len(form) * length + 1)
        number = (bar - 1) // length
        names = [
            f"section {letter}, {_count(form, i)} time" if form.count(letter) > 1 else f"section {letter}"
            for i, letter in enumerate(form)
        ]
        stem = rng.choice([
            f"A piece in {form} form ({forms[form]}) has sections of {length} bars each, played without extra bars. Into which section does bar {bar} fall?",
            f"All sections of a piece in {form} form last {length} bars. Counting every bar as it sounds, in which section is bar {bar}?",
        ])  # fmt: skip
        wrong = [n for i, n in enumerate(names) if i != number] + [
            "section B, second time" if form.count("B") == 1 else "section D"
        ]
        yield Sketch.of(stem, [names[number], *wrong], {"form": form, "length": length, "bar": bar}, f"section number {number + 1} of {form}")  # fmt: skip


@FORMS.template(equals, limit=30)
def round_voices(rng: Random) -> Iterator[Sketch]:
    while True:
        voices, delay, times = rng.choice([3, 4, 5, 6]), rng.choice([1, 2, 3, 4]), rng.choice([1, 2, 3])
        bars = delay * rng.choice([voices, voices + 1])
        often = {1: "once", 2: "twice", 3: "three times"}[times]
        if rng.random() < 0.5:
            stem = rng.choice([
                f"In a round for {voices} voices, each enters {delay} bar{'s' if delay > 1 else ''} after the one before. The first begins in bar 1 of a {bars}-bar melody. From which bar on do all sing?",
                f"A canon has {voices} parts at a distance of {delay} bar{'s' if delay > 1 else ''}, the leader starting in bar 1. In which bar does the last part come in?",
            ])  # fmt: skip
            right = (voices - 1) * delay + 1
            options = [
                f"bar {v}"
                for v in (right, right - 1, voices * delay, voices * delay + 1, right + 2, voices + delay)
                if v > 1
            ]
            yield Sketch.of(stem, [o.removeprefix("bar ") for o in options], {"of": "all_voices", "voices": voices, "delay": delay}, "(voices − 1) × distance + 1")  # fmt: skip
            continue
        stem = rng.choice([
            f"A {bars}-bar round is sung through {often} by each of {voices} voices, which enter {delay} bar{'s' if delay > 1 else ''} apart. After how many bars does the last voice finish?",
            f"{voices} voices sing a round of {bars} bars, each {often}, at entries {delay} bar{'s' if delay > 1 else ''} apart. How many bars does the whole take?",
        ])  # fmt: skip
        right = (voices - 1) * delay + bars * times
        options = [
            f"{v} bars"
            for v in (
                right,
                voices * delay + bars * times,
                bars * times,
                bars * times * voices,
                right + 1,
                right - delay,
            )
        ]
        yield Sketch.of(stem, options, {"of": "round_end", "voices": voices, "delay": delay, "bars": bars, "times": times}, "(voices − 1) × distance + bars × times")  # fmt: skip


@BLUES.template(blues_chord, limit=30)
def twelve_bar_blues(rng: Random) -> Iterator[Sketch]:
    while True:
        key, bar = rng.choice(TONICS[:6] + TONICS[8:12]), rng.choice([4, 5, 6, 7, 9, 10])
        roots = {"I": key, "IV": above(key, "perfect fourth"), "V": above(key, "perfect fifth")}
        stem = rng.choice([
            f"A basic twelve-bar blues in {key} (I–I–I–I, IV–IV–I–I, V–IV–I–I) uses dominant sevenths throughout. Which chord stands in bar {bar}?",
            f"Over a standard blues in {key}, with four bars of I, two of IV, two of I and then V–IV–I–I, which seventh chord does the band play in bar {bar}?",
        ])  # fmt: skip
        right = roots[PATTERN[bar - 1]]
        wrong = [r for r in roots.values() if r != right] + [
            above(key, "major second"),
            above(key, "minor seventh"),
            above(key, "major sixth"),
        ]
        yield Sketch.of(stem, [f"{r}7" for r in (right, *(w for w in wrong if plain_spelling(w)))], {"key": key, "bar": bar}, f"bar {bar} is {PATTERN[bar - 1]}")  # fmt: skip


GENERATORS = FORMS.generators | BLUES.generators
CHECKS = FORMS.checks | BLUES.checks
