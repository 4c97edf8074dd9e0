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
    NAMES,
    SIZES,
    a_size,
    an,
    beside,
    capital,
    compared,
    key,
    listed,
    named,
    scenes,
    signed,
)
from akb.benchmark.grounded.music.pitches import parse

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
        rng, "A yodeller’s call", "A postman’s whistling", "A blackbird’s phrase", "A bugle signal", "A soprano’s warm-up",
        "A doorbell chime", "A tune on church bells", "A child’s recorder tune", "A synthesiser riff", "A cello theme",
        "A football chant", "A telephone’s ringtone", "A lullaby", "A sea shanty", "A walking bass line", "A saxophone lick",
        "A hymn for the organ", "A bagpipe tune", "A station’s jingle", "A theremin melody", "An ice-cream van’s tune",
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


def steps(melody: Sequence[str]) -> list[int]:
    """Semitones from note to note by the shorter way."""
    classes = [parse(note)[1] for note in melody]
    return [(b - a + 6) % 12 - 6 for a, b in pairwise(classes)]


def transformed(melody: Sequence[str], start: str, backwards: bool, mirrored: bool) -> list[int]:
    """The pitch classes of the melody from another note, perhaps backwards or upside down."""
    moves = steps(melody)
    if backwards:
        moves = [-m for m in reversed(moves)]
    if mirrored:
        moves = [-m for m in moves]
    found = [parse(start)[1]]
    for move in moves:
        found.append(found[-1] + move)
    return [k % 12 for k in found]


# Of an answer, whether it is backwards and whether it is upside down.
ANSWERS = {
    "in the same shape": (False, False),
    "upside down (up becomes down)": (False, True),
    "backwards": (True, False),
    "backwards and upside down": (True, True),
}


@MELODIES.check
def is_transformed(args: Mapping[str, Any], option: str) -> bool:
    """The option's notes are the answer to the melody, by their keys on the piano."""
    keys = [parse(note)[1] % 12 for note in option.split("–")]
    return keys == transformed(args["melody"], args["start"], *ANSWERS[args["answer"]])


@MELODIES.template(is_transformed, tier="hard")
def mirrored_melody(rng: Random) -> Iterator[Sketch]:
    players = ["flute", "oboe", "violin", "viola", "bassoon", "cello", "horn", "clarinet", "harp", "tuba"]
    for answer in scenes(rng, *ANSWERS):
        while True:
            keys = [rng.randrange(12)]
            for _ in range(rng.choice((3, 4))):
                keys.append(keys[-1] + signed(rng, 1, 2, 3, 4, 5))
            melody, start = [NAMES[k % 12] for k in keys], rng.choice(NAMES)
            all_four = [transformed(melody, start, *how) for how in ANSWERS.values()]
            if start not in melody and len({tuple(keys) for keys in all_four}) == 4:
                break
        one, other = rng.sample(players, 2)
        stem = rng.choice([
            f"{capital(an(one))} plays {'–'.join(melody)}, no leap wider than a fourth. {capital(an(other))} answers {answer}, the same intervals but starting on {start}. What does it play?",
            f"In {an(one)}’s phrase {'–'.join(melody)} no leap is wider than a fourth. From {start} {an(other)} answers with the same intervals, {answer}. Which notes are heard?",
        ])  # fmt: skip
        right = transformed(melody, start, *ANSWERS[answer])
        options = ["–".join(NAMES[k] for k in o) for o in (right, *(o for o in all_four if o != right))]
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
        low, interval = named(rng.randrange(36, 58)), rng.choice([i for i in sorted(PURE) if i != "minor tenth"])
        size = SIZES.index(interval)
        high, right = named(key(low) + size), round(coinciding(low, interval))
        others = [c for c in {(k - right + 6) % 12 - 6 for k in (key(low), key(low) + 4, key(low) + 7, key(high))} if c]
        stem = rng.choice([
            f"A piano tuner strikes {low} and {high} together and hears their lowest nearly coinciding harmonics beat. At which note is that?",
            f"{low} and {high}, a slightly impure {interval}, sound together on a piano. Near which note do their lowest nearly shared harmonics beat?",
            f"To tune {high} from {low}, one listens to the slow beats of their lowest common harmonic. At which note does it lie?",
        ])  # fmt: skip
        yield Sketch.of(stem, [named(k) for k in beside(right, rng, others)], {"low": low, "interval": interval}, f"harmonic {PURE[interval][0]} of the lower note")  # fmt: skip


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
        low, interval = named(rng.randrange(67, 82)), rng.choice([i for i in sorted(PURE) if "tenth" not in i])
        size = SIZES.index(interval)
        high, right = named(key(low) + size), round(difference(low, interval))
        others = [c for c in {(k - right + 6) % 12 - 6 for k in (key(low), key(low) - 4, key(low) - 7, key(high), right + 5)} if c]  # fmt: skip
        stem = rng.choice([
            f"Two flutes play {low} and {high}, tuned as a pure {interval}. Which note is the difference tone (upper frequency less lower) that buzzes in the ear?",
            f"Two sopranos hold {low} and {high} as a pure {interval}. Which note sounds where the frequency is the difference of theirs?",
            f"A loud double stop, {low} and {high}, a pure {interval}, brings out the tone of their frequencies’ difference. Which note is that?",
        ])  # fmt: skip
        yield Sketch.of(stem, [named(k) for k in beside(right, rng, others)], {"low": low, "interval": interval}, "upper less lower in the pure ratio")  # fmt: skip
