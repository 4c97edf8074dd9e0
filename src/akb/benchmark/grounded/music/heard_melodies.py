"""Grounded questions on melodies and pairs of notes as they sound: traced, mirrored, beating, differing.

moved([3, -7, 6])  # 2: up a minor third, down a fifth, up a tritone ends a major second higher
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log2
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.by_ear import (
    SIZES,
    a_size,
    an,
    beside,
    capital,
    compared,
    key,
    listed,
    scenes,
    signed,
    spelled,
)
from akb.benchmark.grounded.music.pitches import ROOTS, parse, plain_spelling, some_note, write
from akb.benchmark.grounded.music.scales import scale

MELODIES = Templates("intervals_pitch", "arithmetic: semitones and pure ratios")
GENERATORS, CHECKS = MELODIES.generators, MELODIES.checks

# Pure ratios of intervals, upper to lower (Helmholtz, On the Sensations of Tone, 1863/1885).
PURE = {
    "perfect fifth": (3, 2), "perfect fourth": (4, 3), "major third": (5, 4), "minor third": (6, 5),
    "major sixth": (5, 3), "minor sixth": (8, 5), "major tenth": (5, 2), "minor tenth": (12, 5),
}  # fmt: skip


def moved(moves: Sequence[int]) -> int:
    """Where a melody of these moves ends, in semitones above its first note."""
    return sum(moves)


@MELODIES.check
def ends_at(args: Mapping[str, Any], option: str) -> bool:
    """The melody of these moves ends so far above or below its beginning."""
    size, _, side = option.rpartition(" ")
    return SIZES.index(size.split(" ", 1)[1]) * {"higher": 1, "lower": -1}[side] == moved(args["moves"])


@MELODIES.template(ends_at, tier="hard")
def traced_melody(rng: Random) -> Iterator[Sketch]:
    tunes = scenes(
        rng, "A flute melody", "An oboe tune", "A violin theme", "A cello line", "A trumpet tune", "A guitar lick", "A piano melody",
        "A bass line", "A soprano’s phrase", "A tenor’s phrase", "A clarinet tune", "A whistled tune", "A marimba tune",
        "A harp melody", "A saxophone lick", "A horn melody", "A trombone line", "A bassoon tune", "A synthesiser riff",
    )  # fmt: skip
    for tune in tunes:
        moves = [rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 9)) * side for side in rng.choice([(1, -1, 1, -1, 1), (-1, 1, -1, 1, -1), (1, 1, -1, 1, -1), (-1, -1, 1, -1, 1), (1, -1, -1, 1, 1)])]  # fmt: skip
        end = moved(moves)
        other = abs(end) + rng.choice((-2, -1, 1, 2))
        if not 1 <= abs(end) <= 9 or not 1 <= other <= 9 or len(set(map(abs, moves))) < 4:
            continue
        path = listed([f"{'up' if m > 0 else 'down'} {a_size(m)}" for m in moves])
        # Both sizes are named among the moves, or neither is.
        if (abs(end) in map(abs, moves)) is not (other in map(abs, moves)):
            continue
        stem = rng.choice([
            f"{tune} goes {path}. Where is the last note, compared with the first?",
            f"{tune} moves {path}. How does its last note sound against the first?",
            f"{tune}: {path}. How far is that from the first note?",
        ])  # fmt: skip
        yield Sketch.of(stem, [compared(v) for v in (end, -end, other, -other)], {"moves": moves}, f"{end:+d} semitones in all")  # fmt: skip


def semitones_between(melody: Sequence[str]) -> list[int]:
    """Semitones from note to note by the shorter way."""
    return [(b - a + 6) % 12 - 6 for a, b in pairwise(parse(note)[1] for note in melody)]


def transformed(melody: Sequence[str], start: str, backwards: bool, mirrored: bool) -> list[str]:
    """The melody from another note, perhaps backwards or upside down, each interval spelled as it was."""
    numbers = [parse(note) for note in melody]
    # By the shorter way: no more than a fourth, up or down.
    moves = [
        ((b[0] - a[0] + 3) % 7 - 3, (b[1] - a[1] + 6) % 12 - 6) for a, b in pairwise(numbers)
    ]  # diatonic steps and semitones
    if backwards:
        moves = [(-steps, -semitones) for steps, semitones in reversed(moves)]
    if mirrored:
        moves = [(-steps, -semitones) for steps, semitones in moves]
    found = [parse(start)]
    for steps, semitones in moves:
        found.append((found[-1][0] + steps, found[-1][1] + semitones))
    return [write(letter + 35, semitone + 60, octave=False) for letter, semitone in found]


# Of an answer, whether it is backwards and whether it is upside down.
ANSWERS = {
    "unchanged": (False, False),
    "with each rise turned into an equal fall and vice versa": (False, True),
    "from its last note to its first": (True, False),
    "from its last note to its first, with rises and falls exchanged": (True, True),
}


@MELODIES.check
def is_transformed(args: Mapping[str, Any], option: str) -> bool:
    """The option's notes are the answer to the melody, by their keys on the piano."""
    answer = transformed(args["melody"], args["start"], *ANSWERS[args["answer"]])
    return [parse(n)[1] % 12 for n in option.split("–")] == [parse(n)[1] % 12 for n in answer]


@MELODIES.template(is_transformed, tier="hard")
def mirrored_melody(rng: Random) -> Iterator[Sketch]:
    players = ["flute", "oboe", "violin", "viola", "bassoon", "cello", "horn", "clarinet", "harp", "guitar"]
    for answer in scenes(rng, *ANSWERS):
        while True:
            notes = scale(rng.choice(("C", "G", "F", "D", "B♭")), "major")
            places = [rng.randrange(7)]
            for _ in range(rng.choice((3, 3, 4))):
                places.append(places[-1] + signed(rng, 1, 2, 3))
            melody, start = [notes[p % 7] for p in places], rng.choice(ROOTS)
            moves = semitones_between(melody)
            all_four = [transformed(melody, start, *how) for how in ANSWERS.values()]
            plain = all(plain_spelling(n) for m in all_four for n in m)
            # The first interval is the last one's size: it does not tell the answers apart.
            if start not in melody and plain and len({tuple(m) for m in all_four}) == 4 and abs(moves[0]) == abs(moves[-1]) and 6 not in map(abs, moves):  # fmt: skip
                break
        one, other = rng.sample(players, 2)
        stem = rng.choice([
            f"{capital(an(one))} plays {'–'.join(melody)}, no leap wider than a fourth. {capital(an(other))} plays this {answer}, transposed to begin on {start}. What is heard?",
            f"{'–'.join(melody)} on {an(one)} has no leap wider than a fourth. {capital(an(other))} repeats it {answer}, transposed to begin on {start}. Which notes are these?",
        ])  # fmt: skip
        right = transformed(melody, start, *ANSWERS[answer])
        options = ["–".join(o) for o in (right, *(o for o in all_four if o != right))]
        yield Sketch.of(
            stem, options, {"melody": melody, "start": start, "answer": answer}, "intervals keep their size"
        )


def coinciding(low: str, interval: str) -> float:
    """The piano key, and its fraction, of the lowest harmonic that both notes of a pure interval share."""
    upper, _ = PURE[interval]
    return key(low) + 12 * log2(upper)


@MELODIES.check
def beats_at(args: Mapping[str, Any], option: str) -> bool:
    """The lowest shared harmonic lies within a third of a semitone of the option's key."""
    return abs(coinciding(args["low"], args["interval"]) - key(option)) < 1 / 3


@MELODIES.template(beats_at, tier="hard", skill="inference")
def beating_partial(rng: Random) -> Iterator[Sketch]:
    while True:
        # In a minor tenth the seventh and the third harmonic lie near as well.
        low, interval = some_note(rng, 2, 3), rng.choice([i for i in sorted(PURE) if i != "minor tenth"])
        high, right = spelled(low, SIZES.index(interval)), spelled(low, round(coinciding(low, interval)) - key(low))
        options = beside(right, [low, spelled(low, 4), spelled(low, 7), high], rng)
        if not 40 < key(low) < 58 or not all(map(plain_spelling, (low, high, *options))):
            continue
        stem = rng.choice([
            f"A piano tuner strikes {low} and {high} together and listens to the beats between their lowest nearly coinciding harmonics. At which note are they?",
            f"{low} and {high}, a slightly impure {interval}, sound together on a piano. Near which note do their lowest nearly coinciding harmonics beat?",
            f"To tune {high} from {low}, one listens to the beats between their lowest nearly coinciding harmonics. At which note do they lie?",
        ])  # fmt: skip
        yield Sketch.of(stem, options, {"low": low, "interval": interval}, f"harmonic {PURE[interval][0]} of the lower note")  # fmt: skip


def difference(low: str, interval: str) -> float:
    """The piano key, and its fraction, of the tone at the difference of two pure notes' frequencies."""
    upper, lower = PURE[interval]
    return key(low) + 12 * log2((upper - lower) / lower)


@MELODIES.check
def differs_by(args: Mapping[str, Any], option: str) -> bool:
    """The difference tone lies within a third of a semitone of the option's key."""
    return abs(difference(args["low"], args["interval"]) - key(option)) < 1 / 3


@MELODIES.template(differs_by, tier="hard", skill="inference")
def difference_tone(rng: Random) -> Iterator[Sketch]:
    while True:
        low, interval = some_note(rng, 4, 5), rng.choice([i for i in sorted(PURE) if "tenth" not in i])
        high, right = spelled(low, SIZES.index(interval)), spelled(low, round(difference(low, interval)) - key(low))
        printed = {low[:-1], high[:-1]}
        around = {spelled(low, n) for n in (-3, -4, -5, -7, -8, 0)} | {high}
        # One of the two names is printed in the stem, the other is not: that says nothing.
        others = sorted(o for o in around if (o[:-1] in printed) is not (right[:-1] in printed))
        options = beside(right, others, rng)
        if not 66 < key(low) < 82 or not all(map(plain_spelling, (low, high, *options))):
            continue
        stem = rng.choice([
            f"Two flutes play {low} and {high}, tuned as a pure {interval}. Which note is the difference tone (upper frequency less lower) that buzzes in the ear?",
            f"Two sopranos hold {low} and {high} as a pure {interval}. Which note sounds where the frequency is the difference of theirs?",
            f"A loud double stop, {low} and {high}, a pure {interval}, brings out the tone of their frequencies’ difference. Which note is that?",
        ])  # fmt: skip
        yield Sketch.of(stem, options, {"low": low, "interval": interval}, "upper less lower in the pure ratio")
