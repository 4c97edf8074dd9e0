"""Note names in the grounded questions on music: reading, stepping by intervals, writing with ♯ and ♭.

Generators reckon with these few lines of their own; predicates ask music21, so that a slip in
either shows as a proof that fails.

    above("E♭", "major third")  # 'G'
"""

from __future__ import annotations

from random import Random
from typing import Any

LETTERS = "CDEFGAB"
SEMITONES = (0, 2, 4, 5, 7, 9, 11)

# Diatonic steps and semitones of the intervals asked about.
INTERVALS = {
    "minor second": (1, 1), "major second": (1, 2), "augmented second": (1, 3),
    "diminished third": (2, 2), "minor third": (2, 3), "major third": (2, 4), "augmented third": (2, 5),
    "diminished fourth": (3, 4), "perfect fourth": (3, 5), "augmented fourth": (3, 6),
    "diminished fifth": (4, 6), "perfect fifth": (4, 7), "augmented fifth": (4, 8),
    "diminished sixth": (5, 7), "minor sixth": (5, 8), "major sixth": (5, 9), "augmented sixth": (5, 10),
    "diminished seventh": (6, 9), "minor seventh": (6, 10), "major seventh": (6, 11),
    "perfect octave": (7, 12), "minor ninth": (8, 13), "major ninth": (8, 14), "minor tenth": (9, 15),
    "major tenth": (9, 16), "perfect eleventh": (10, 17), "perfect twelfth": (11, 19),
}  # fmt: skip
COMMON = tuple(n for n in INTERVALS if n.split()[0] in ("minor", "major", "perfect") and INTERVALS[n][1] < 12)
TONICS = ("C", "G", "D", "A", "E", "B", "F♯", "C♯", "F", "B♭", "E♭", "A♭", "D♭", "G♭")
ROOTS = ("C", "D", "E", "F", "G", "A", "B", "C♯", "F♯", "G♯", "B♭", "E♭", "A♭", "D♭")


def parse(note: str) -> tuple[int, int]:
    """Diatonic number and semitone number of a note such as "E♭4"; without an octave, those in octave 0."""
    name = note.rstrip("0123456789")
    octave = int(note[len(name) :] or 0)
    letter = LETTERS.index(name[0])
    return letter + 7 * octave, SEMITONES[letter] + name.count("♯") - name.count("♭") + 12 * octave


def write(diatonic: int, semitone: int, *, octave: bool) -> str:
    """The note with these numbers: the inverse of `parse`."""
    letter, number = diatonic % 7, diatonic // 7
    alter = semitone - SEMITONES[letter] - 12 * number
    return LETTERS[letter] + ("♯" * alter if alter > 0 else "♭" * -alter) + (str(number) if octave else "")


def above(note: str, interval: str, *, down: bool = False) -> str:
    """The note an interval above (or below) another, spelled as the interval asks."""
    steps, semitones = INTERVALS[interval]
    sign = -1 if down else 1
    diatonic, semitone = parse(note)
    has_octave = note[-1].isdigit()
    base = 0 if has_octave else 28
    return write(diatonic + base + sign * steps, semitone + base // 7 * 12 + sign * semitones, octave=has_octave)


def plain_spelling(note: str) -> bool:
    """Whether a note needs no double accidental and is none of C♭, F♭, B♯ and E♯."""
    return "♯♯" not in note and "♭♭" not in note and note[:2] not in ("C♭", "F♭", "B♯", "E♯")


def some_note(rng: Random, low: int, high: int) -> str:
    """A plainly spelled note with an octave between two octave numbers."""
    return rng.choice(ROOTS) + str(rng.randint(low, high))


def for_music21(note: str) -> str:
    return note.replace("♯", "#").replace("♭", "-")


def pitch(note: str) -> Any:
    """The note as a music21 pitch. music21 is imported here, when first needed: it takes its time."""
    from music21.pitch import Pitch

    return Pitch(for_music21(note))
