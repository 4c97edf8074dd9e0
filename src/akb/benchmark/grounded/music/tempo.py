"""Grounded questions on tempo, dynamics and articulation, proven by arithmetic and music21's tempo table.

for candidate in GENERATORS["tempo_dynamics.beat_length"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import Formulas, amount, formula_check, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

TEMPO = Templates("tempo_dynamics", "arithmetic: tempo")
GENERATORS, CHECKS = TEMPO.generators, TEMPO.checks

FORMULAS: Formulas = {
    "note": lambda a: 60 / a["bpm"] * a["quarters"],
    "tempo": lambda a: 60 / a["seconds"],
    "piece": lambda a: a["bars"] * a["beats"] * 60 / a["bpm"],
    "modulated": lambda a: a["bpm"] / a["new_beat"],
    "gate": lambda a: 60 / a["bpm"] * a["quarters"] * a["share"],
    "bars_fit": lambda a: a["seconds"] * a["bpm"] / 60 / a["beats"],
    "stretch": lambda a: a["seconds"] * a["bpm"] / a["new_bpm"],
    "percent": lambda a: 100 * (a["new_bpm"] / a["bpm"] - 1),
}  # fmt: skip
equals = TEMPO.check(formula_check(FORMULAS))

# Markings far enough apart that nobody disputes their order.
MARKINGS = ("largo", "adagio", "andante", "moderato", "allegro", "vivace", "presto")
ALIKE = ({"largo", "adagio"}, {"allegro", "vivace"}, {"vivace", "presto"})
NOTE_NAMES = {
    "quarter note": 1.0,
    "eighth note": 0.5,
    "16th note": 0.25,
    "half note": 2.0,
    "dotted quarter note": 1.5,
    "dotted eighth note": 0.75,
    "note of an eighth-note triplet": 1 / 3,
    "32nd note": 0.125,
    "dotted half note": 3.0,
}


@TEMPO.check
def extreme_marking(args: Mapping[str, Any], option: str) -> bool:
    """music21's default tempo of the option is the highest (lowest) of those asked about."""
    from music21.tempo import defaultTempoValues as speeds

    return bool(speeds[option] == (max if args["fast"] else min)(speeds[m] for m in args["among"]))


@TEMPO.check
def dynamic_order(args: Mapping[str, Any], option: str) -> bool:
    """The option's dynamics grow (or fall) strictly in music21's volumes."""
    from music21 import dynamics

    dynamic: Any = dynamics.Dynamic
    volumes = [float(dynamic(mark).volumeScalar) for mark in option.split(" – ")]
    return all((a < b) if args["rising"] else (a > b) for a, b in pairwise(volumes))


def times(rng: Random) -> int:
    return rng.choice(
        [
            40,
            45,
            48,
            50,
            54,
            60,
            66,
            72,
            75,
            80,
            84,
            90,
            96,
            100,
            108,
            112,
            120,
            125,
            128,
            132,
            140,
            144,
            150,
            160,
            168,
            180,
            200,
        ]
    )


@TEMPO.template(equals)
def beat_length(rng: Random) -> Iterator[Sketch]:
    while True:
        bpm, name = times(rng), rng.choice(sorted(NOTE_NAMES))
        quarters = NOTE_NAMES[name]
        stem = rng.choice([
            f"At {bpm} quarter notes per minute, how long does one {name} last?",
            f"A delay effect is to repeat a sound after one {name} of a song at {bpm} BPM (quarter notes). Which delay time is right?",
            f"With quarter note = {bpm}, what is the duration of one {name}?",
        ])  # fmt: skip
        right = 60000 / bpm * quarters
        options = same_form([right * f for f in (1, 2, 0.5, 1.5, 2 / 3, 0.75, 4)], "ms")
        yield Sketch.of(
            stem, options, {"of": "note", "bpm": bpm, "quarters": quarters}, "60 s ÷ tempo × length in quarters"
        )


@TEMPO.template(equals, limit=30)
def tempo_of_interval(rng: Random) -> Iterator[Sketch]:
    while True:
        ms, per = (
            rng.choice([250, 300, 320, 375, 400, 480, 500, 600, 625, 640, 750, 800, 960, 1000, 1200, 1250]),
            rng.choice([1, 1, 2, 4]),
        )
        bpm = 60000 / ms
        if bpm % 1:
            continue
        if per == 1:
            stem = rng.choice([
                f"The beats of a song are {ms:,} ms apart. What is its tempo?",
                f"A metronome clicks every {ms:,} ms. Which tempo is set?",
            ])  # fmt: skip
        else:
            seconds = ms * per / 1000
            stem = rng.choice([
                f"In a song, {per} beats take {plain(seconds)} s. What is its tempo?",
                f"Bars of {per} beats follow one another every {plain(seconds)} s. Which tempo is that?",
            ])  # fmt: skip
        options = [
            f"{amount(v)} BPM" for v in (bpm, bpm * 2, bpm / 2, bpm * 4, round(bpm * 1.25), round(bpm * 0.8), ms / 10)
        ]
        yield Sketch.of(stem, options, {"of": "tempo", "seconds": ms / 1000, "over": per}, "60 s ÷ time between beats")


@TEMPO.template(equals)
def piece_length(rng: Random) -> Iterator[Sketch]:
    while True:
        bars, beats, bpm = (
            rng.choice([8, 12, 16, 20, 24, 30, 32, 36, 40, 48, 64, 72, 80, 96, 100, 128]),
            rng.choice([2, 3, 4, 5]),
            times(rng),
        )
        back = rng.random() < 0.35
        seconds = bars * beats * 60 / bpm
        if seconds % 1 or seconds > 600:
            continue
        if back:
            stem = rng.choice([
                f"How many bars of {beats}/4 fit into {plain(seconds)} s at {bpm} quarter notes per minute?",
                f"A film scene of {plain(seconds)} s is scored in {beats}/4 at quarter = {bpm}. How many bars does the composer need?",
            ])  # fmt: skip
            options = [
                f"{amount(round(v))} bars"
                for v in (
                    bars,
                    bars * beats,
                    bars / 2,
                    bars * 2,
                    bars * beats / 4 if beats != 4 else bars * 0.75,
                    bars + beats,
                )
            ]
            yield Sketch.of(stem, options, {"of": "bars_fit", "seconds": seconds, "bpm": bpm, "beats": beats, "absolute": 0.4}, "time × tempo ÷ beats per bar")  # fmt: skip
            continue
        stem = rng.choice([
            f"How long are {bars} bars of {beats}/4 at {bpm} quarter notes per minute?",
            f"A loop of {bars} bars in {beats}/4 runs at {bpm} BPM (quarter notes). How long is it?",
            f"A dance of {bars} bars in {beats}/4 is played at quarter = {bpm}, without repeats. What is its duration?",
        ])  # fmt: skip
        options = same_form(
            [seconds * f for f in (1, 2, 0.5, 1 / beats if beats > 2 else 4, 4 / beats if beats != 4 else 0.75, 1.25)],
            "s",
            significant=4,
        )
        yield Sketch.of(
            stem, options, {"of": "piece", "bars": bars, "beats": beats, "bpm": bpm}, "bars × beats × 60 s ÷ tempo"
        )


@TEMPO.template(equals)
def metric_modulation(rng: Random) -> Iterator[Sketch]:
    pivots = {
        "dotted quarter note": 1.5,
        "eighth note": 0.5,
        "dotted eighth note": 0.75,
        "half note": 2.0,
        "note of an eighth-note triplet": 1 / 3,
        "note of a quarter-note triplet": 2 / 3,
    }
    while True:
        bpm, name = times(rng), rng.choice(sorted(pivots))
        right = bpm / pivots[name]
        if abs(right - round(right)) > 1e-9 or not 25 < right < 420:
            continue
        stem = rng.choice([
            f"A piece at quarter = {bpm} modulates so that the old {name} becomes the new quarter note. What is the new tempo?",
            f"The old tempo is {bpm} quarter notes a minute. The new quarter is to last as long as one {name} did. What is the new tempo in quarter notes a minute?",
            f"At quarter = {bpm} the beat passes to another value: each {name} now counts as one. What is the tempo in these beats per minute?",
        ])  # fmt: skip
        options = [
            f"{amount(round(v))} BPM"
            for v in (right, bpm * pivots[name], bpm, right / 2, right * 2, bpm * 1.5, bpm * 0.75)
        ]
        yield Sketch.of(stem, options, {"of": "modulated", "bpm": bpm, "new_beat": pivots[name]}, "old tempo ÷ length of the new beat in old beats")  # fmt: skip


@TEMPO.template(equals, limit=30)
def shortened_note(rng: Random) -> Iterator[Sketch]:
    while True:
        bpm, name, share = (
            times(rng),
            rng.choice(["quarter note", "eighth note", "half note", "dotted quarter note"]),
            rng.choice([0.25, 0.5, 0.6, 0.75, 0.8, 0.9]),
        )
        stem = rng.choice([
            f"A sequencer plays a {name} at quarter = {bpm} with a gate of {plain(share * 100)} % of its written length. How long does it sound?",
            f"Played so that only {plain(share * 100)} % of its written value sounds, how long is a {name} at {bpm} quarter notes per minute?",
        ]).replace("a eighth", "an eighth").replace("as a eighth", "as an eighth")  # fmt: skip
        full = 60000 / bpm * NOTE_NAMES[name]
        options = same_form(
            [full * f for f in (share, 1, 1 - share if share != 0.5 else 0.25, share / 2, share * 2, share**2)], "ms"
        )
        yield Sketch.of(stem, options, {"of": "gate", "bpm": bpm, "quarters": NOTE_NAMES[name], "share": share}, "written length × share")  # fmt: skip


@TEMPO.template(equals, limit=30)
def tempo_change(rng: Random) -> Iterator[Sketch]:
    while True:
        bpm, new = times(rng), times(rng)
        if not 0.6 < new / bpm < 1.7 or new == bpm:
            continue
        if rng.random() < 0.5:
            seconds = rng.choice([60, 90, 120, 150, 180, 200, 240, 300])
            stem = rng.choice([
                f"A song of {seconds} s at {bpm} BPM is re-recorded at {new} BPM, bar for bar. How long is the new version?",
                f"Time-stretching brings a {seconds} s track from {bpm} to {new} BPM. What is its new duration?",
            ])  # fmt: skip
            right = seconds * bpm / new
            options = [
                f"{v:.0f} s"
                for v in (right, seconds * new / bpm, seconds + bpm - new, right * 1.1, right * 0.9, seconds)
            ]
            yield Sketch.of(
                stem,
                options,
                {"of": "stretch", "seconds": seconds, "bpm": bpm, "new_bpm": new},
                "duration × old tempo ÷ new tempo",
            )
            continue
        stem = rng.choice([
            f"A DJ speeds or slows a record from {bpm} to {new} BPM. By what percentage does the tempo change?",
            f"By what percentage must the playback speed be changed to bring {bpm} BPM to {new} BPM?",
        ])  # fmt: skip
        right = 100 * (new / bpm - 1)
        options = [
            f"{amount(v, 1, signed=True)} %"
            for v in (right, -right, 100 * (1 - bpm / new), new - bpm, right / 2, right * 1.5)
        ]
        yield Sketch.of(stem, options, {"of": "percent", "bpm": bpm, "new_bpm": new, "absolute": 0.3}, "new ÷ old − 1")


@TEMPO.template(extreme_marking, source="music21: table of tempo markings", limit=30)
def tempo_marking(rng: Random) -> Iterator[Sketch]:
    while True:
        four, fast = rng.sample(MARKINGS, 4), rng.random() < 0.5
        four.sort(key=MARKINGS.index, reverse=fast)
        if {four[0], four[1]} in ALIKE:
            continue
        stem = rng.choice([
            f"Which of these tempo markings is the {'fastest' if fast else 'slowest'}?",
            f"Four movements bear these headings. Which one should be played at the {'quickest' if fast else 'slowest'} tempo?",
            f"Which marking asks for the {'shortest' if fast else 'longest'} beats?",
        ])  # fmt: skip
        yield Sketch.of(stem, four, {"fast": fast, "among": sorted(four)}, " – ".join(four))


@TEMPO.template(dynamic_order, source="music21: dynamics", limit=30)
def dynamics_in_order(rng: Random) -> Iterator[Sketch]:
    marks = ["ppp", "pp", "p", "mp", "mf", "f", "ff", "fff"]
    while True:
        four, rising = sorted(rng.sample(marks, 4), key=marks.index), rng.random() < 0.5
        right = four if rising else four[::-1]
        swaps = [
            [right[i] for i in order]
            for order in ((1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3, 2), (3, 2, 1, 0), (2, 1, 0, 3))
        ]
        stem = rng.choice([
            f"Which series of dynamic marks goes steadily from {'soft to loud' if rising else 'loud to soft'}?",
            f"A {'crescendo' if rising else 'diminuendo'} passes through four marked levels. Which order is right?",
            f"In which of these do the dynamics {'increase' if rising else 'decrease'} at every step?",
        ])  # fmt: skip
        yield Sketch.of(
            stem,
            [" – ".join(o) for o in (right, *swaps)],
            {"rising": rising, "among": four},
            "ppp is softest, fff loudest",
        )
