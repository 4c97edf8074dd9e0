"""Grounded questions on notation: clefs, signatures, ledger lines, and terms as WordNet glosses them.

for candidate in GENERATORS["notation_terms.note_on_staff"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.pitches import LETTERS, for_music21, pitch, some_note

NOTATION = Templates("notation_terms", "music21: clefs and signatures")
GENERATORS, CHECKS = NOTATION.generators, NOTATION.checks

# Diatonic number (C0 = 0) of the lowest line.
CLEFS = {
    "TrebleClef": ("treble clef", 30),
    "BassClef": ("bass clef", 18),
    "AltoClef": ("alto clef", 24),
    "TenorClef": ("tenor clef", 22),
}
PLACES = [
    "bottom line",
    "lowest space",
    "second line from the bottom",
    "second space from the bottom",
    "middle line",
    "third space from the bottom",
    "fourth line from the bottom",
    "top space",
    "top line",
]
OUTSIDE = {
    -2: "first ledger line below",
    -1: "space just below",
    9: "space just above",
    10: "first ledger line above",
    -4: "second ledger line below",
    12: "second ledger line above",
}
SHARPS, FLATS = "FCGDAEB", "BEADGCF"


@NOTATION.check
def on_staff(args: Mapping[str, Any], option: str) -> bool:
    """The option is the note that music21's clef puts at this place (0 is the bottom line)."""
    from music21 import clef

    lowest = getattr(clef, args["clef"])().lowestLine
    return bool(pitch(option).diatonicNoteNum == lowest + args["place"])


@NOTATION.check
def place_on_staff(args: Mapping[str, Any], option: str) -> bool:
    """music21's clef puts the note at the place of this name."""
    from music21 import clef

    lowest = getattr(clef, args["clef"])().lowestLine
    places = dict(enumerate(PLACES)) | OUTSIDE
    return places.get(pitch(args["note"]).diatonicNoteNum - lowest) == option


@NOTATION.check
def signature_order(args: Mapping[str, Any], option: str) -> bool:
    """music21's key signature of that many accidentals adds the option's note last."""
    from music21.key import KeySignature

    added = KeySignature(args["sharps"]).alteredPitches[-1]
    return bool(added.name == for_music21(option))


@NOTATION.check
def altered(args: Mapping[str, Any], option: str) -> bool:
    """The option is the pitch class (enharmonics allowed) that the note has under the signature in music21."""
    from music21.key import KeySignature

    accidental = KeySignature(args["sharps"]).accidentalByStep(args["letter"])
    shift = int(accidental.alter) if accidental else 0
    return bool(pitch(option).pitchClass == (pitch(args["letter"]).pitchClass + shift) % 12)


@NOTATION.check
def same_key_on_piano(args: Mapping[str, Any], option: str) -> bool:
    """The option is, by music21, another spelling of the note."""
    return bool(pitch(option).pitchClass == pitch(args["note"]).pitchClass)


@NOTATION.check
def octave_sign(args: Mapping[str, Any], option: str) -> bool:
    """The option is the written note moved by the sign's number of semitones."""
    return bool(pitch(option).ps == pitch(args["note"]).ps + args["semitones"])


def staff_note(number: int) -> str:
    return LETTERS[number % 7] + str(number // 7)


@NOTATION.template(on_staff)
def note_on_staff(rng: Random) -> Iterator[Sketch]:
    while True:
        clef = rng.choice(["TrebleClef", "BassClef", "AltoClef", "TenorClef", "AltoClef", "TenorClef"])
        words, lowest = CLEFS[clef]
        place = rng.choice([*range(9), -2, -1, 9, 10, -4, 12])
        where = (PLACES[place] + " of the staff") if 0 <= place < 9 else OUTSIDE[place] + " the staff"
        right = lowest + place
        stem = rng.choice([
            f"In the {words}, which note stands {'in' if 'space' in where else 'on'} the {where} (middle C is C4)?",
            f"A part in {words} shows a note at the {where}. Which pitch is it, without accidentals (middle C = C4)?",
        ])  # fmt: skip
        wrong = [other - lowest + right for _, other in CLEFS.values() if other != lowest] + [
            right + d for d in (1, -1, 2, -2, 7, -7)
        ]
        wrong = [2 * right - w if w < 7 else w for w in wrong]
        yield Sketch.of(stem, [staff_note(n) for n in (right, *wrong)], {"clef": clef, "place": place}, f"the bottom line is {staff_note(lowest)}")  # fmt: skip


@NOTATION.template(altered, limit=30)
def note_under_signature(rng: Random) -> Iterator[Sketch]:
    while True:
        sharps, letter = rng.choice([-6, -5, -4, -3, -2, 2, 3, 4, 5, 6]), rng.choice(LETTERS)
        kind, letters = ("sharps", SHARPS) if sharps > 0 else ("flats", FLATS)
        changed = letter in letters[: abs(sharps)]
        sign = "♯" if sharps > 0 else "♭"
        stem = rng.choice([
            f"The key signature has {abs(sharps)} {kind}. Which pitch is meant by a note on the line or space of {letter}, with no accidental beside it?",
            f"Under a signature of {abs(sharps)} {kind}, how is a written {letter} without its own accidental played?",
        ])  # fmt: skip
        right = letter + sign if changed else letter
        wrong = [
            letter if changed else letter + sign,
            letter + ("♭" if sharps > 0 else "♯"),
            LETTERS[(LETTERS.index(letter) + 1) % 7],
            LETTERS[(LETTERS.index(letter) - 1) % 7],
        ]
        yield Sketch.of(stem, [right, *wrong], {"sharps": sharps, "letter": letter}, f"the signature alters {', '.join(letters[: abs(sharps)])}")  # fmt: skip


@NOTATION.template(octave_sign, limit=30)
def octave_line(rng: Random) -> Iterator[Sketch]:
    signs = {
        "8va above the notes": 12,
        "8vb below the notes": -12,
        "15ma above the notes": 24,
        "15mb below the notes": -24,
    }
    while True:
        sign, note = rng.choice(sorted(signs)), some_note(rng, 2, 5)
        octave = int(note[-1])
        shift = signs[sign] // 12
        if not 0 <= octave + shift <= 8:
            continue
        stem = rng.choice([
            f"A note is written as {note} with {sign}. Which pitch sounds?",
            f"A pianist reads {note} under the sign {sign}. Which note must be played?",
        ])  # fmt: skip
        yield Sketch.of(stem, [note[:-1] + str(octave + d) for d in (shift, -shift, 0, shift // 2 if abs(shift) == 2 else 2 * shift, -shift // 2 or 1) if octave + d >= 0], {"note": note, "semitones": signs[sign]}, f"{sign.split()[0]} moves by {abs(shift)} octave(s)")  # fmt: skip
