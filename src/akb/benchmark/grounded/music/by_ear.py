"""What is heard, in numbers: notes on the piano's keys, sizes in semitones, and four options that lie alike.

key("E♭4")  # 63
squared(4, 1, 3)  # [4, 5, 7, 8]: neither mistake, one, the other, both
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from akb.benchmark.grounded.music.pitches import parse

# One name for each of the twelve keys: the one that is met most often.
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
SIZES = (
    "unison", "minor second", "major second", "minor third", "major third", "perfect fourth", "tritone",
    "perfect fifth", "minor sixth", "major sixth", "minor seventh", "major seventh", "octave",
    "minor ninth", "major ninth", "minor tenth", "major tenth", "perfect eleventh",
)  # fmt: skip
# Where the players of a question may be.
PLACES = (
    "In a pit orchestra", "At a village wedding", "In a film studio", "On a cruise ship", "In a jazz cellar", "In a cathedral",
    "At a school concert", "On an open-air stage", "At an audition", "In a museum", "At a music lesson", "In a circus tent",
    "At a state funeral", "During a broadcast", "In a repair workshop", "On a street corner", "At carnival", "In a barn",
)  # fmt: skip
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def key(note: str) -> int:
    """The piano key of a note with its octave, C4 being 60, whatever its spelling."""
    return parse(note)[1] + 12


def named(number: int) -> str:
    """The note of a piano key, with its octave."""
    return f"{NAMES[number % 12]}{number // 12 - 1}"


def an(what: str) -> str:
    """ "an oboe", "a viola"."""
    return f"{'an' if what[0] in 'aeio' else 'a'} {what}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def a_size(semitones: int) -> str:
    """ "a minor third", "an octave"."""
    return an(SIZES[abs(semitones)])


def compared(semitones: int) -> str:
    """ "a minor third lower"."""
    return f"{a_size(semitones)} {'higher' if semitones > 0 else 'lower'}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else parts[0]


def squared(value: int, one: int, other: int) -> list[int]:
    """The value, with one mistake, with the other, and with both: from each of the four the rest lie alike."""
    return [value, value + one, value + other, value + one + other]


def scenes(rng: Random, *of: str) -> Iterator[str]:
    """The scenes in an order drawn by lot, over and over: no two questions in a row play in the same one."""
    while True:
        yield from rng.sample(of, len(of))


def signed(rng: Random, *sizes: int) -> int:
    """One of the sizes, upward or downward."""
    return rng.choice(sizes) * rng.choice((1, -1))


def beside(value: int, rng: Random, classes: Sequence[int]) -> list[int]:
    """Four keys, the right one first: two note names in two octaves each.

    classes: how many semitones from the right note the other name may lie.
    """
    return squared(value, rng.choice(classes), signed(rng, 12))
