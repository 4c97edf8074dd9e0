"""What is heard, in numbers: notes on the piano's keys, sizes in semitones, and four options that lie alike.

key("E♭4")  # 63
squared(4, 1, 3)  # [4, 5, 7, 8]: neither mistake, one, the other, both
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from akb.benchmark.grounded.music.pitches import parse, write

# One name for each of the twelve keys: the one that is met most often.
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
SIZES = (
    "unison", "minor second", "major second", "minor third", "major third", "perfect fourth", "tritone",
    "perfect fifth", "minor sixth", "major sixth", "minor seventh", "major seventh", "octave",
    "minor ninth", "major ninth", "minor tenth", "major tenth", "perfect eleventh",
)  # fmt: skip
# Letters that the notes so many semitones higher usually lie from each other.
_LETTERS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def key(note: str) -> int:
    """The piano key of a note with its octave, C4 being 60, whatever its spelling."""
    return parse(note)[1] + 12


def named(number: int) -> str:
    """The note of a piano key, with its octave."""
    return f"{NAMES[number % 12]}{number // 12 - 1}"


def spelled(note: str, semitones: int) -> str:
    """The note so many semitones above (or below), spelled by its interval: a third as a third."""
    letter, pitch = parse(note)
    octaves, within = divmod(semitones, 12)
    return write(letter + 7 * octaves + _LETTERS[within], pitch + semitones, octave=note[-1].isdigit())


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


def beside(note: str, others: Sequence[str], rng: Random) -> list[str]:
    """The note, then another name and both an octave higher or lower. others: notes of the other names to draw from."""
    far = rng.choice((1, -1))
    other = rng.choice([o for o in others if o[:-1] != note[:-1]])
    # As near to the right note as its name allows.
    while key(other) - key(note) > 6:
        other = spelled(other, -12)
    while key(note) - key(other) > 6:
        other = spelled(other, 12)
    return [note, other, spelled(note, 12 * far), spelled(other, 12 * far)]
