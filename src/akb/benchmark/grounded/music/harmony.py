"""Grounded questions on chords and harmony, proven by music21's chords and Roman numerals.

for candidate in GENERATORS["chords_harmony.chord_quality"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.pitches import ROOTS, above, for_music21, parse, pitch, plain_spelling

CHORDS = Templates("chords_harmony", "music21: chords and Roman numerals")
GENERATORS, CHECKS = CHORDS.generators, CHORDS.checks

# Intervals above the root; the names are those music21 gives.
QUALITIES = {
    "major triad": ("major third", "perfect fifth"),
    "minor triad": ("minor third", "perfect fifth"),
    "diminished triad": ("minor third", "diminished fifth"),
    "augmented triad": ("major third", "augmented fifth"),
    "dominant seventh chord": ("major third", "perfect fifth", "minor seventh"),
    "major seventh chord": ("major third", "perfect fifth", "major seventh"),
    "minor seventh chord": ("minor third", "perfect fifth", "minor seventh"),
    "half-diminished seventh chord": ("minor third", "diminished fifth", "minor seventh"),
    "diminished seventh chord": ("minor third", "diminished fifth", "diminished seventh"),
}
SYMBOLS = {"major triad": "", "minor triad": "m", "diminished triad": "dim", "augmented triad": "aug", "dominant seventh chord": "7",
           "major seventh chord": "maj7", "minor seventh chord": "m7", "half-diminished seventh chord": "m7♭5", "diminished seventh chord": "dim7"}  # fmt: skip
MAJOR_KEYS = ("C", "G", "D", "A", "E", "B", "F", "B♭", "E♭", "A♭", "D♭")
MINOR_KEYS = ("A", "E", "B", "F♯", "C♯", "D", "G", "C", "F", "B♭")
# Diatonic triads by numeral: interval of the root above the tonic, and quality.
MAJOR_TRIADS = {"I": ("", "major triad"), "ii": ("major second", "minor triad"), "iii": ("major third", "minor triad"), "IV": ("perfect fourth", "major triad"),
                "V": ("perfect fifth", "major triad"), "vi": ("major sixth", "minor triad"), "vii°": ("major seventh", "diminished triad")}  # fmt: skip
MINOR_TRIADS = {"i": ("", "minor triad"), "ii°": ("major second", "diminished triad"), "III": ("minor third", "major triad"), "iv": ("perfect fourth", "minor triad"),
                "V": ("perfect fifth", "major triad"), "VI": ("minor sixth", "major triad"), "vii°": ("major seventh", "diminished triad")}  # fmt: skip


def notes_of(root: str, quality: str) -> list[str]:
    return [root, *(above(root, i) for i in QUALITIES[quality])]


def symbol(root: str, quality: str) -> str:
    """A chord symbol such as F♯m7."""
    return root + SYMBOLS[quality]


@cache
def _classes(chord: str) -> frozenset[int]:
    """Pitch classes of a chord symbol as ours, by music21; those of "F♯–A–C♯" note by note."""
    if "–" in chord:
        return frozenset(pitch(n).pitchClass for n in chord.split("–"))
    from music21.harmony import ChordSymbol

    figure = for_music21(chord).replace("m7-5", "m7b5")
    return frozenset(p.pitchClass for p in ChordSymbol(figure).pitches)


@cache
def _roman(numeral: str, key: str) -> Any:
    from music21.key import Key
    from music21.roman import RomanNumeral

    tonic, mode = key.split()
    return RomanNumeral(numeral.replace("°", "o"), Key(for_music21(tonic), mode))


@CHORDS.check
def chord_name(args: Mapping[str, Any], option: str) -> bool:
    """music21 calls the notes, as spelled, by this name."""
    from music21.chord import Chord

    name = Chord([for_music21(n) for n in args["notes"]]).commonName
    return bool(name == option)


@CHORDS.check
def chord_notes(args: Mapping[str, Any], option: str) -> bool:
    """The option's notes are, enharmonics allowed, those of the chord symbol."""
    return _classes(option) == _classes(args["chord"])


@CHORDS.check
def chord_member(args: Mapping[str, Any], option: str) -> bool:
    """The option is (enharmonics allowed) the named member of the chord by music21."""
    from music21.harmony import ChordSymbol

    chord = ChordSymbol(for_music21(args["chord"]).replace("m7-5", "m7b5"))
    member = {"third": chord.third, "fifth": chord.fifth, "seventh": chord.seventh}[args["member"]]
    return bool(member.pitchClass == pitch(option).pitchClass)


@CHORDS.check
def inversion_name(args: Mapping[str, Any], option: str) -> bool:
    """music21 finds the chord, lowest note first, in this position."""
    from music21.chord import Chord

    names = ("root position", "first inversion", "second inversion", "third inversion")
    rising = [f"{for_music21(n)}{3 + i}" for i, n in enumerate(args["notes"])]
    return bool(option in names and Chord(rising).inversion() == names.index(option))


@CHORDS.check
def roman_chord(args: Mapping[str, Any], option: str) -> bool:
    """The option's chord has the pitch classes of the Roman numeral in the key, by music21."""
    return frozenset(_roman(args["numeral"], args["key"]).pitchClasses) == _classes(option)


@CHORDS.check
def numeral_of(args: Mapping[str, Any], option: str) -> bool:
    """music21's chord for this Roman numeral in the key is the chord asked about."""
    return frozenset(_roman(option, args["key"]).pitchClasses) == _classes(args["chord"])


@CHORDS.check
def progression(args: Mapping[str, Any], option: str) -> bool:
    """Every chord of the option "Dm–G–C" is the chord of its Roman numeral in the key."""
    chords = option.split(" – ")
    return len(chords) == len(args["numerals"]) and all(
        frozenset(_roman(n, args["key"]).pitchClasses) == _classes(c)
        for n, c in zip(args["numerals"], chords, strict=True)
    )


@CHORDS.check
def cadence_type(args: Mapping[str, Any], option: str) -> bool:
    """The two chords are those that the option's cadence ends with in the key, by music21."""
    numerals = {
        "authentic cadence": ("V", "I"),
        "plagal cadence": ("IV", "I"),
        "half cadence": (None, "V"),
        "deceptive cadence": ("V", "vi"),
    }[option]
    if args["key"].endswith("minor"):
        numerals = {
            "authentic cadence": ("V", "i"),
            "plagal cadence": ("iv", "i"),
            "half cadence": (None, "V"),
            "deceptive cadence": ("V", "VI"),
        }[option]
    return all(
        n is None or frozenset(_roman(n, args["key"]).pitchClasses) == _classes(c)
        for n, c in zip(numerals, args["chords"], strict=True)
    )


@CHORDS.check
def shared_tones(args: Mapping[str, Any], option: str) -> bool:
    """The option is a pitch class of both chords."""
    return pitch(option).pitchClass in _classes(args["first"]) & _classes(args["second"])


@CHORDS.check
def tritone_substitute(args: Mapping[str, Any], option: str) -> bool:
    """The option is another dominant seventh chord with the same tritone between third and seventh."""
    from music21.harmony import ChordSymbol

    tritones = [
        frozenset(p.pitchClass for p in (c.third, c.seventh))
        for c in (ChordSymbol(for_music21(s)) for s in (args["chord"], option))
    ]
    return tritones[0] == tritones[1] and _classes(option) != _classes(args["chord"])


def plain_chord(root: str, quality: str) -> bool:
    return all(plain_spelling(n) for n in notes_of(root, quality))


@CHORDS.template(chord_name)
def chord_quality(rng: Random) -> Iterator[Sketch]:
    while True:
        quality, root = rng.choice(sorted(QUALITIES)), rng.choice(ROOTS)
        notes = notes_of(root, quality)
        if not plain_chord(root, quality):
            continue
        turn = rng.randrange(len(notes)) if quality not in ("augmented triad", "diminished seventh chord") else 0
        notes = notes[turn:] + notes[:turn]
        listing = "–".join(notes)
        stem = rng.choice([
            f"What kind of chord do the notes {listing} form?",
            f"A pianist plays {listing}, from the lowest note up. Which type of chord is it?",
            f"Which chord is spelled {listing}, whatever its inversion?",
        ])  # fmt: skip
        size = len(notes)
        wrong = [q for q in QUALITIES if q != quality and len(QUALITIES[q]) + 1 == size]
        yield Sketch.of(stem, [quality, *wrong], {"notes": notes}, f"the root is {root}")


@CHORDS.template(chord_notes)
def chord_spelling(rng: Random) -> Iterator[Sketch]:
    while True:
        quality, root = rng.choice(sorted(QUALITIES)), rng.choice(ROOTS)
        if not plain_chord(root, quality):
            continue
        alike = [
            q
            for q in QUALITIES
            if q != quality and len(QUALITIES[q]) == len(QUALITIES[quality]) and plain_chord(root, q)
        ]
        stem = rng.choice([
            f"Which notes make up {symbol(root, quality)}, the {quality} on {root}?",
            f"How is a {quality} on {root} spelled?",
            f"A chart asks for {symbol(root, quality)} ({quality}). Which notes are meant?",
        ])  # fmt: skip
        stem = stem.replace("a augmented", "an augmented")
        yield Sketch.of(stem, ["–".join(notes_of(root, q)) for q in (quality, *alike)], {"chord": symbol(root, quality)}, ", ".join(QUALITIES[quality]) + " above the root")  # fmt: skip


@CHORDS.template(chord_member, limit=36)
def member_of_chord(rng: Random) -> Iterator[Sketch]:
    while True:
        quality, root = rng.choice(sorted(QUALITIES)), rng.choice(ROOTS)
        member = rng.choice(["third", "fifth", "seventh"][: len(QUALITIES[quality])])
        if not plain_chord(root, quality):
            continue
        right = notes_of(root, quality)[["third", "fifth", "seventh"].index(member) + 1]
        stem = rng.choice([
            f"Which note is the {member} of {symbol(root, quality)} ({quality})?",
            f"An arranger leaves the {member} out of {symbol(root, quality)}, a {quality}. Which note is missing?",
        ]).replace("a augmented", "an augmented")  # fmt: skip
        wrong = [
            *(n for n in notes_of(root, quality)[1:] if n != right),
            above(right, "minor second"),
            above(right, "minor second", down=True),
            above(root, "perfect fourth"),
            above(root, "major sixth"),
        ]
        yield Sketch.of(stem, [right, *(w for w in wrong if plain_spelling(w))], {"chord": symbol(root, quality), "member": member}, "–".join(notes_of(root, quality)))  # fmt: skip


@CHORDS.template(inversion_name, limit=36)
def inversion(rng: Random) -> Iterator[Sketch]:
    names = ["root position", "first inversion", "second inversion", "third inversion"]
    while True:
        quality, root = (
            rng.choice([q for q in sorted(QUALITIES) if "augmented" not in q and q != "diminished seventh chord"]),
            rng.choice(ROOTS),
        )
        if not plain_chord(root, quality):
            continue
        notes = notes_of(root, quality)
        turn = rng.randrange(len(notes))
        voiced = [notes[turn], *rng.sample(notes[:turn] + notes[turn + 1 :], len(notes) - 1)]
        stem = rng.choice([
            f"From the bass up a chord reads {'–'.join(voiced)}. In which position is this {quality}?",
            f"A choir sings the {quality} {symbol(root, quality)} as {'–'.join(voiced)}, lowest voice first. Which position is that?",
            f"{symbol(root, quality)} ({quality}) is played over the bass note {voiced[0]}. What is that position called?",
        ])  # fmt: skip
        yield Sketch.of(stem, [names[turn], *(n for n in names if n != names[turn])], {"notes": voiced}, f"the bass is the {['root', 'third', 'fifth', 'seventh'][turn]}")  # fmt: skip


def _drawn_key(rng: Random) -> tuple[str, str, dict[str, tuple[str, str]]]:
    minor = rng.random() < 0.4
    tonic = rng.choice(MINOR_KEYS if minor else MAJOR_KEYS)
    return tonic, f"{tonic} {'minor' if minor else 'major'}", MINOR_TRIADS if minor else MAJOR_TRIADS


def _triad(tonic: str, entry: tuple[str, str]) -> str:
    return symbol(above(tonic, entry[0]) if entry[0] else tonic, entry[1])


@CHORDS.template(roman_chord)
def chord_of_numeral(rng: Random) -> Iterator[Sketch]:
    while True:
        tonic, key, triads = _drawn_key(rng)
        numeral = rng.choice([n for n in triads if n.lower() != "i"])
        right = _triad(tonic, triads[numeral])
        stem = rng.choice([
            f"In {key}, which chord is {numeral}?",
            f"A Roman-numeral analysis shows {numeral} in {key}. Which triad sounds?",
            f"Which triad does {numeral} stand for in the key of {key}" + (" (harmonic minor)?" if "minor" in key else "?"),
        ])  # fmt: skip
        root = above(tonic, triads[numeral][0])
        wrong = [_triad(tonic, e) for n, e in triads.items() if n != numeral] + [
            symbol(root, q) for q in ("major triad", "minor triad") if q != triads[numeral][1]
        ]
        wrong = [w for w in wrong if plain_spelling(w)]
        yield Sketch.of(stem, [right, *rng.sample(wrong, 5)], {"numeral": numeral, "key": key}, f"its root is {root}")


@CHORDS.template(numeral_of, limit=36)
def numeral_of_chord(rng: Random) -> Iterator[Sketch]:
    while True:
        tonic, key, triads = _drawn_key(rng)
        numeral = rng.choice([n for n in triads if n.lower() != "i"])
        chord = _triad(tonic, triads[numeral])
        stem = rng.choice([
            f"Which Roman numeral describes the triad {chord} in {key}?",
            f"A Roman-numeral analysis in {key} meets the triad {chord}. Which label does it get?",
        ])  # fmt: skip
        yield Sketch.of(stem, [numeral, *(n for n in triads if n != numeral)], {"chord": chord, "key": key}, "count the root's degree in the scale")  # fmt: skip


@CHORDS.template(progression)
def progression_in_key(rng: Random) -> Iterator[Sketch]:
    patterns = [
        ("ii", "V", "I"),
        ("I", "vi", "IV", "V"),
        ("I", "V", "vi", "IV"),
        ("vi", "IV", "I", "V"),
        ("I", "iii", "IV", "V"),
        ("I", "IV", "ii", "V"),
        ("iii", "vi", "ii", "V"),
        ("IV", "V", "iii", "vi"),
    ]
    while True:
        numerals, tonic = rng.choice(patterns), rng.choice(MAJOR_KEYS)

        def chords(key: str, pattern: tuple[str, ...]) -> str:
            return " – ".join(_triad(key, MAJOR_TRIADS[n]) for n in pattern)

        shown = "–".join(numerals)
        stem = rng.choice([
            f"Which chords are {shown} in {tonic} major?",
            f"A song in {tonic} major follows {shown}. Which chords are played?",
            f"Transposed to {tonic} major, the progression {shown} reads how?",
        ])  # fmt: skip
        others = [p for p in patterns if p != numerals and len(p) == len(numerals)]
        wrong = [
            chords(k, numerals)
            for k in (above(tonic, "perfect fifth"), above(tonic, "perfect fourth"), above(tonic, "major second"))
            if plain_spelling(k) and k in MAJOR_KEYS
        ]
        wrong += [
            chords(tonic, p)
            for p in (rng.sample(others, 2) if others else [("ii", "IV", "I"), ("IV", "V", "I"), ("ii", "V", "vi")])
        ]
        yield Sketch.of(stem, [chords(tonic, numerals), *wrong], {"numerals": numerals, "key": f"{tonic} major"}, "build the triads on these degrees")  # fmt: skip


@CHORDS.template(cadence_type)
def cadence(rng: Random) -> Iterator[Sketch]:
    kinds = {
        "authentic cadence": ("V", "I", "i"),
        "plagal cadence": ("IV", "I", ""),
        "half cadence": ("", "V", ""),
        "deceptive cadence": ("V", "vi", ""),
    }
    while True:
        tonic, key, triads = _drawn_key(rng)
        kind = rng.choice(sorted(kinds))
        minor = "minor" in key
        pair = {
            "authentic cadence": ("V", "i" if minor else "I"),
            "plagal cadence": ("iv", "i") if minor else ("IV", "I"),
            "half cadence": (rng.choice(["iv", "i"] if minor else ["IV", "I", "ii"]), "V"),
            "deceptive cadence": ("V", "VI" if minor else "vi"),
        }[kind]
        first, second = (_triad(tonic, triads[n]) for n in pair)
        stem = rng.choice([
            f"In {key}, a phrase ends with the chords {first} and {second}. Which cadence is that?",
            f"The last two chords of a phrase in {key} are {first} – {second}. What is this cadence called?",
            f"A hymn line in {key} closes with the chords {first} – {second}. Which kind of cadence does it make?",
        ])  # fmt: skip
        yield Sketch.of(stem, [kind, *(k for k in kinds if k != kind)], {"key": key, "chords": [first, second]}, f"{pair[0]}–{pair[1]}")  # fmt: skip


@CHORDS.template(shared_tones, limit=36)
def common_tone(rng: Random) -> Iterator[Sketch]:
    while True:
        pair = [(rng.choice(ROOTS), rng.choice(["major triad", "minor triad"])) for _ in range(2)]
        if not all(plain_chord(*p) for p in pair):
            continue
        first, second = (notes_of(*p) for p in pair)
        shared = [n for n in first if parse(n)[1] % 12 in {parse(m)[1] % 12 for m in second}]
        if len(shared) != 1 or shared[0] not in second:
            continue
        one, other = (f"{root} {quality.split()[0]}" for root, quality in pair)
        stem = rng.choice([
            f"Which note do the triads of {one} and {other} have in common?",
            f"A pianist moves from a {one} triad to a {other} triad and holds the one common note. Which is it?",
        ])  # fmt: skip
        wrong = [n for n in (*first, *second) if n not in shared]
        yield Sketch.of(stem, [shared[0], *wrong], {"first": symbol(*pair[0]), "second": symbol(*pair[1])}, f"{'–'.join(first)} and {'–'.join(second)}")  # fmt: skip


@CHORDS.template(tritone_substitute, limit=14)
def substitute_dominant(rng: Random) -> Iterator[Sketch]:
    while True:
        root = rng.choice(ROOTS)
        right = above(root, "diminished fifth")
        stem = rng.choice([
            f"Which chord is the tritone substitute of {root}7?",
            f"A jazz pianist replaces {root}7 by the other dominant seventh chord that shares its third and seventh. Which chord is it?",
        ])  # fmt: skip
        wrong = [
            above(root, i, down=d) + "7"
            for i, d in (
                ("perfect fifth", False),
                ("perfect fourth", False),
                ("minor third", False),
                ("major second", False),
                ("minor second", True),
                ("minor second", False),
                ("major third", False),
            )
        ]
        yield Sketch.of(stem, [right + "7", *(w for w in wrong if plain_spelling(w))] if plain_spelling(right) else [right + "7"], {"chord": root + "7"}, "the roots lie a tritone apart")  # fmt: skip
