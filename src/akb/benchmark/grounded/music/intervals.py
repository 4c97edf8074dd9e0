"""Grounded questions on intervals and pitch, proven by music21 and by frequency arithmetic.

for candidate in GENERATORS["intervals_pitch.interval_name"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import log2
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import Formulas, formula_check, near, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.pitches import (
    COMMON,
    INTERVALS,
    ROOTS,
    above,
    parse,
    pitch,
    plain_spelling,
    some_note,
    write,
)

PITCH = Templates("intervals_pitch", "music21: intervals and pitches")
GENERATORS, CHECKS = PITCH.generators, PITCH.checks

FORMULAS: Formulas = {
    "beats": lambda a: abs(a["first"] - a["second"]),
    "cents": lambda a: 1200 * log2(a["ratio"]),
    "semitones": lambda a: 12 * log2(a["ratio"]),
    "edo": lambda a: a["steps"] * 1200 / a["divisions"],
    "stopped": lambda a: a["hz"] * a["length"] / a["stopped"],
    "span": lambda a: 12 * a["octaves"] + a["semitones"],
}
equals = PITCH.check(formula_check(FORMULAS))


@PITCH.check
def spelled_interval(args: Mapping[str, Any], option: str) -> bool:
    """music21 calls the interval between the two notes, as spelled, by this name."""
    from music21.interval import Interval

    return bool(Interval(pitch(args["low"]), pitch(args["high"])).niceName.lower() == option)


@PITCH.check
def transposed(args: Mapping[str, Any], option: str) -> bool:
    """The option is, enharmonics allowed, the note at that interval by music21."""
    from music21.interval import Interval

    size = f"{'-' if args['down'] else ''}{_short(args['interval'])}"
    there = pitch(args["note"]).transpose(Interval(size))
    mine = pitch(option)
    return bool(mine.ps == there.ps if option[-1].isdigit() else mine.pitchClass == there.pitchClass)


@PITCH.check
def sounds_at(args: Mapping[str, Any], option: str) -> bool:
    """The option is the frequency of the note (A4 = 440 Hz), or the note nearest to the frequency."""
    from music21.pitch import Pitch

    if "note" in args:
        return near(option, pitch(args["note"]).frequency, rel=0.01)
    nearest = Pitch()
    nearest.frequency = args["hz"]
    return bool(round(nearest.ps) == pitch(option).ps)


@PITCH.check
def ratio_interval(args: Mapping[str, Any], option: str) -> bool:
    """The option lies within 40 cents of the ratio of the two frequencies, by music21's semitones."""
    from music21.interval import Interval

    return bool(abs(12 * log2(args["high"] / args["low"]) - Interval(_short(option)).semitones) < 0.4)


@PITCH.check
def stacked(args: Mapping[str, Any], option: str) -> bool:
    """music21, adding the intervals, arrives at this one."""
    from music21 import interval

    add: Any = interval.add
    return bool(add([interval.Interval(_short(i)) for i in args["intervals"]]).niceName.lower() == option)


@PITCH.check
def inverted(args: Mapping[str, Any], option: str) -> bool:
    """music21's complement of the interval is this one."""
    from music21.interval import Interval

    return bool(Interval(_short(args["interval"])).complement.niceName.lower() == option)


@PITCH.check
def midi_note(args: Mapping[str, Any], option: str) -> bool:
    """music21 gives the note this MIDI number."""
    return bool(pitch(option).midi == args["midi"]) if "midi" in args else option == str(pitch(args["note"]).midi)


def _short(name: str) -> str:
    """music21's short name of an interval: "minor tenth" is m10."""
    quality, size = name.split()
    number = INTERVALS[name][0] + 1 if name in INTERVALS else ["unison", "second"].index(size) + 1
    return {"minor": "m", "major": "M", "perfect": "P", "augmented": "A", "diminished": "d"}[quality] + str(number)


def other_intervals(rng: Random, name: str) -> list[str]:
    """Intervals that one might take for this one: those of nearly its size first, then others."""
    steps, semitones = INTERVALS[name]
    close = [
        n
        for n, (s, t) in INTERVALS.items()
        if n != name and abs(t - semitones) <= 2 and abs(s - steps) <= 1 and abs(t - 12) > 0
    ]
    return rng.sample(close, min(5, len(close)))


@PITCH.template(spelled_interval)
def interval_name(rng: Random) -> Iterator[Sketch]:
    while True:
        low, name = some_note(rng, 2, 5), rng.choice([n for n in INTERVALS if n != "perfect octave"])
        high = above(low, name)
        if not plain_spelling(high):
            continue
        stem = rng.choice([
            f"What is the interval from {low} up to {high}, as it is spelled?",
            f"Which interval do the notes {low} and {high} form, going by their spelling?",
            f"A melody leaps from {high} down to {low}. As spelled, which interval is that?",
        ])  # fmt: skip
        yield Sketch.of(stem, [name, *other_intervals(rng, name)], {"low": low, "high": high}, f"{INTERVALS[name][1]} semitones over {INTERVALS[name][0] + 1} letter names")  # fmt: skip


@PITCH.template(transposed)
def note_at_interval(rng: Random) -> Iterator[Sketch]:
    while True:
        note, name, down = (
            rng.choice(ROOTS),
            rng.choice([*COMMON, "augmented fourth", "diminished fifth"]),
            rng.random() < 0.45,
        )
        right = above(note, name, down=down)
        if not plain_spelling(right):
            continue
        where = "below" if down else "above"
        stem = rng.choice([
            f"Which note lies a {name} {where} {note}?",
            f"Starting on {note} and going {'down' if down else 'up'} by a {name}, on which note does one land?",
            f"A singer holds {note}; a second voice joins a {name} {where}. Which note does the second voice sing?",
        ])  # fmt: skip
        wrong = [above(note, n, down=d) for n in other_intervals(rng, name) for d in (down,)] + [
            above(note, name, down=not down)
        ]
        yield Sketch.of(stem.replace("a augmented", "an augmented"), [right, *(w for w in wrong if plain_spelling(w))], {"note": note, "interval": name, "down": down}, f"{INTERVALS[name][1]} semitones")  # fmt: skip


@PITCH.template(sounds_at)
def note_frequency(rng: Random) -> Iterator[Sketch]:
    while True:
        note, back = some_note(rng, 2, 6), rng.random() < 0.5
        diatonic, semitone = parse(note)
        hz = 440 * 2 ** ((semitone - 57) / 12)
        if back:
            shown = round(hz)
            if shown < 100:
                continue
            stem = rng.choice([
                f"In equal temperament with A4 = 440 Hz, which note is nearest to {shown:,} Hz?",
                f"A tuner (A4 = 440 Hz, equal temperament) hears {shown:,} Hz. Which note does it show?",
            ])  # fmt: skip
            wrong = [
                write(diatonic + d, semitone + s, octave=True)
                for d, s in ((7, 12), (-7, -12), (1, 2), (-1, -2), (2, 4), (-2, -3), (4, 7), (-3, -5))
            ]
            yield Sketch.of(
                stem,
                [note, *(w for w in wrong if plain_spelling(w))],
                {"hz": shown},
                "each semitone is a factor of 2^(1/12)",
            )
            continue
        stem = rng.choice([
            f"With A4 = 440 Hz in equal temperament, what is the frequency of {note}?",
            f"At concert pitch (A4 = 440 Hz, equal temperament), at about which frequency does {note} sound?",
        ])  # fmt: skip
        options = same_form([round(hz * 2 ** (s / 12), 1) for s in (0, 12, -12, 2, -2, 4, -3, 7)], "Hz", significant=4)
        yield Sketch.of(stem, options, {"note": note}, "each semitone is a factor of 2^(1/12)")


@PITCH.template(ratio_interval, limit=36)
def interval_of_frequencies(rng: Random) -> Iterator[Sketch]:
    ratios = {
        "major third": (4, 5),
        "minor third": (5, 6),
        "perfect fourth": (3, 4),
        "perfect fifth": (2, 3),
        "major sixth": (3, 5),
        "minor sixth": (5, 8),
        "major second": (8, 9),
        "minor seventh": (5, 9),
        "major seventh": (8, 15),
        "perfect octave": (1, 2),
        "perfect twelfth": (1, 3),
        "major tenth": (2, 5),
        "major ninth": (4, 9),
    }
    while True:
        name, unit = rng.choice(sorted(ratios)), rng.choice([20, 25, 30, 40, 44, 50, 55, 60, 80, 100, 110, 120])
        low, high = (n * unit for n in ratios[name])
        if low < 80:
            continue
        stem = rng.choice([
            f"Tones of {low} Hz and {high} Hz sound together. Which interval do they form in just intonation?",
            f"Which musical interval separates {low} Hz from {high} Hz?",
            f"An oscillator jumps from {low} Hz to {high} Hz. By which interval does the pitch rise?",
        ])  # fmt: skip
        yield Sketch.of(stem, [name, *rng.sample([n for n in ratios if n != name], 5)], {"low": low, "high": high}, f"the ratio is {ratios[name][1]} to {ratios[name][0]}")  # fmt: skip


@PITCH.template(stacked, limit=36)
def interval_sum(rng: Random) -> Iterator[Sketch]:
    while True:
        parts = rng.sample(COMMON, 2)
        steps, semitones = (sum(INTERVALS[p][i] for p in parts) for i in (0, 1))
        names = [n for n, size in INTERVALS.items() if size == (steps, semitones)]
        if not names:
            continue
        stem = rng.choice([
            f"Going up a {parts[0]} and then up a {parts[1]} makes which interval in all?",
            f"A {parts[0]} is stacked on a {parts[1]}. Which interval do the outer notes form?",
            f"A voice rises by a {parts[0]}, then by a {parts[1]}. Which interval, by its spelling, lies between its first note and its last?",
        ])  # fmt: skip
        yield Sketch.of(stem, [names[0], *other_intervals(rng, names[0])], {"intervals": sorted(parts)}, f"{semitones} semitones over {steps + 1} letter names")  # fmt: skip


@PITCH.template(inverted, limit=12)
def interval_inversion(rng: Random) -> Iterator[Sketch]:
    names = [n for n, (s, t) in INTERVALS.items() if 0 < s < 7]
    opposite = {
        "minor": "major",
        "major": "minor",
        "perfect": "perfect",
        "augmented": "diminished",
        "diminished": "augmented",
    }
    ordinals = {"second": "seventh", "third": "sixth", "fourth": "fifth"}
    ordinals |= {b: a for a, b in ordinals.items()}
    while True:
        quality, size = rng.choice(names).split()
        right = f"{opposite[quality]} {ordinals[size]}"
        stem = rng.choice([
            f"The lower note of a {quality} {size} is moved up by an octave. Which interval results, as spelled?",
            f"What is the inversion of a {quality} {size}, by its spelling?",
        ])  # fmt: skip
        wrong = [f"{quality} {ordinals[size]}", f"{opposite[quality]} {size}", *other_intervals(rng, right)]
        yield Sketch.of(stem.replace("a augmented", "an augmented"), [right, *(w for w in wrong if w in INTERVALS)], {"interval": f"{quality} {size}"}, "sizes add up to nine, qualities swap")  # fmt: skip


@PITCH.template(sounds_at, limit=36)
def harmonic_note(rng: Random) -> Iterator[Sketch]:
    shifts = {
        2: (7, 12),
        3: (11, 19),
        4: (14, 24),
        5: (16, 28),
        6: (18, 31),
        8: (21, 36),
        9: (22, 38),
        10: (23, 40),
        12: (25, 43),
    }
    while True:
        note, number = some_note(rng, 1, 3), rng.choice(sorted(shifts))
        diatonic, semitone = parse(note)
        right = write(diatonic + shifts[number][0], semitone + shifts[number][1], octave=True)
        stem = rng.choice([
            f"To which equal-tempered note is harmonic number {number} of {note} nearest (the fundamental is number 1)?",
            f"A harmonic series counts {note} as number 1. Which note, tuning aside, is number {number}?",
            f"A string tuned to {note} vibrates in {number} equal parts. Which note of the equal-tempered scale is nearest to its pitch?",
        ])  # fmt: skip
        wrong = [
            write(diatonic + d, semitone + s, octave=True)
            for n, (d, s) in shifts.items()
            if abs(n - number) <= 3 and n != number
        ]
        wrong += [
            write(diatonic + shifts[number][0] + d, semitone + shifts[number][1] + s, octave=True)
            for d, s in ((7, 12), (-7, -12), (1, 2))
        ]
        yield Sketch.of(stem, [right, *wrong] if plain_spelling(right) else [right], {"hz": 440 * 2 ** ((semitone - 57) / 12) * number}, f"{number} times the frequency")  # fmt: skip


@PITCH.template(equals)
def tuning_and_speed(rng: Random) -> Iterator[Sketch]:
    while True:
        kind = rng.randrange(4)
        if kind == 0:
            first, gap = (
                rng.choice([110, 196, 220, 256, 261, 294, 330, 392, 440, 442, 523]),
                rng.choice([1, 1.5, 2, 2.5, 3, 4, 5, 6]),
            )
            stem = rng.choice([
                f"Tuning forks of {first} Hz and {plain(first + gap)} Hz sound together. How many beats per second are heard?",
                f"A piano tuner strikes two strings of {first} Hz and {plain(first + gap)} Hz. At what rate does their loudness wax and wane?",
            ])  # fmt: skip
            options = same_form([gap * f for f in (1, 2, 0.5, 4, 3)], "per second")
            yield Sketch.of(
                stem,
                options,
                {"of": "beats", "first": first, "second": first + gap},
                "the difference of the frequencies",
            )
        elif kind == 1:
            ratio = rng.choice([0.5, 0.75, 0.8, 0.9, 1.1, 1.2, 1.25, 1.5, 1.6, 1.75, 2, 2.5, 3])
            stem = rng.choice([
                f"A tape is played at {plain(ratio * 100)} % of its proper speed. By about how many semitones does its pitch shift?",
                f"A turntable runs at {plain(ratio)} times the right speed. About how far is the pitch off?",
            ])  # fmt: skip
            right = 12 * log2(ratio)
            options = same_form(
                [round(v, 1) for v in (right, -right, right * 2, right / 2, 12 * (ratio - 1), right + 2)],
                "semitones",
                signed=True,
            )
            yield Sketch.of(
                stem, options, {"of": "semitones", "ratio": ratio, "absolute": 0.25}, "12 log₂ of the ratio"
            )
        elif kind == 2:
            divisions = rng.choice([5, 7, 17, 19, 22, 24, 31, 36, 41, 48, 53])
            steps = rng.randrange(2, min(9, divisions))
            stem = rng.choice([
                f"The octave is divided into {divisions} equal steps. How large are {steps} of them?",
                f"How wide, in cents, is an interval of {steps} steps in {divisions}-tone equal temperament?",
            ])  # fmt: skip
            right = steps * 1200 / divisions
            options = [
                f"{v:.0f} cents"
                for v in (
                    right,
                    steps * 1200 / (divisions - 1),
                    right * 2,
                    right / 2,
                    steps * 100,
                    right + 1200 / divisions,
                    right * 1.2,
                )
            ]
            yield Sketch.of(
                stem, options, {"of": "edo", "steps": steps, "divisions": divisions}, "1,200 cents ÷ steps per octave"
            )
        else:
            high, low = rng.choice(
                [
                    (3, 2),
                    (4, 3),
                    (5, 4),
                    (6, 5),
                    (5, 3),
                    (8, 5),
                    (9, 8),
                    (10, 9),
                    (16, 15),
                    (7, 4),
                    (7, 6),
                    (9, 5),
                    (15, 8),
                    (45, 32),
                    (81, 64),
                    (25, 24),
                    (11, 8),
                    (13, 8),
                    (27, 16),
                ]
            )
            stem = rng.choice([
                f"How large, to the nearest cent, is an interval with the frequency ratio {high}:{low}?",
                f"A just interval has the ratio {high}:{low}. What is its size in cents?",
            ])  # fmt: skip
            right = 1200 * log2(high / low)
            options = [
                f"{v:.0f} cents"
                for v in (
                    right,
                    right + 14,
                    right - 14,
                    round(right, -2),
                    1200 - right,
                    1200 * (high / low - 1),
                    right + 22,
                )
            ]
            yield Sketch.of(stem, options, {"of": "cents", "ratio": high / low}, "1,200 log₂ of the ratio")
