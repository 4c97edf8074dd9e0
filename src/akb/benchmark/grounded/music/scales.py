"""Grounded questions on scales, modes and key signatures, proven by music21's keys and scales.

for candidate in GENERATORS["scales_keys.key_signature"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.pitches import INTERVALS, TONICS, above, for_music21, parse, pitch, plain_spelling

KEYS = Templates("scales_keys", "music21: keys and scales")
GENERATORS, CHECKS = KEYS.generators, KEYS.checks

# Intervals of each degree above the first.
MODES = {
    "major": "major second, major third, perfect fourth, perfect fifth, major sixth, major seventh",
    "Dorian": "major second, minor third, perfect fourth, perfect fifth, major sixth, minor seventh",
    "Phrygian": "minor second, minor third, perfect fourth, perfect fifth, minor sixth, minor seventh",
    "Lydian": "major second, major third, augmented fourth, perfect fifth, major sixth, major seventh",
    "Mixolydian": "major second, major third, perfect fourth, perfect fifth, major sixth, minor seventh",
    "natural minor": "major second, minor third, perfect fourth, perfect fifth, minor sixth, minor seventh",
    "Locrian": "minor second, minor third, perfect fourth, diminished fifth, minor sixth, minor seventh",
    "harmonic minor": "major second, minor third, perfect fourth, perfect fifth, minor sixth, major seventh",
    "ascending melodic minor": "major second, minor third, perfect fourth, perfect fifth, major sixth, major seventh",
}  # fmt: skip
CHURCH = ("Dorian", "Phrygian", "Lydian", "Mixolydian", "Locrian")
MINOR_TONICS = ("A", "E", "B", "F♯", "C♯", "G♯", "D", "G", "C", "F", "B♭", "E♭")
DEGREES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
ROLES = {"supertonic": 2, "mediant": 3, "subdominant": 4, "dominant": 5, "submediant": 6, "leading note": 7}
COUNTS = ("no sharps or flats", "one", "two", "three", "four", "five", "six", "seven")


def scale(tonic: str, mode: str) -> list[str]:
    """The seven notes of a scale, spelled, from its tonic."""
    return [tonic, *(above(tonic, name) for name in MODES[mode].split(", "))]


def signature(tonic: str, mode: str) -> int:
    """Sharps (positive) or flats (negative) of the diatonic scale on a tonic."""
    notes = "".join(scale(tonic, mode))
    return notes.count("♯") - notes.count("♭")


def in_words(sharps: int) -> str:
    return (
        COUNTS[0]
        if not sharps
        else f"{COUNTS[abs(sharps)]} {'sharp' if sharps > 0 else 'flat'}{'s' if abs(sharps) > 1 else ''}"
    )


@cache
def _sharps(name: str) -> int:
    from music21.key import Key

    tonic, _, mode = name.partition(" ")
    return int(Key(for_music21(tonic), {"natural minor": "minor"}.get(mode, mode).lower()).sharps)


@cache
def _pitch_classes(tonic: str, mode: str) -> list[int]:
    from music21 import scale as scales

    kinds = {
        "major": scales.MajorScale, "natural minor": scales.MinorScale, "harmonic minor": scales.HarmonicMinorScale,
        "ascending melodic minor": scales.MelodicMinorScale, "Dorian": scales.DorianScale, "Phrygian": scales.PhrygianScale,
        "Lydian": scales.LydianScale, "Mixolydian": scales.MixolydianScale, "Locrian": scales.LocrianScale,
    }  # fmt: skip
    low = pitch(tonic + "4")
    build: Any = kinds[mode]
    notes = build(low).getPitches(low, low.transpose(12), direction=scales.Direction.ASCENDING)
    return [p.pitchClass for p in notes][:7]


@KEYS.check
def has_signature(args: Mapping[str, Any], option: str) -> bool:
    """music21 gives the key named in args this signature, or the option the signature in args."""
    if "key" in args:
        return in_words(_sharps(args["key"])) == option
    return bool(_sharps(option) == args["sharps"])


@KEYS.check
def degree_note(args: Mapping[str, Any], option: str) -> bool:
    """The option is, enharmonics allowed, the scale's note of this degree by music21."""
    return bool(_pitch_classes(args["tonic"], args["mode"])[args["degree"] - 1] == pitch(option).pitchClass)


@KEYS.check
def mode_of_notes(args: Mapping[str, Any], option: str) -> bool:
    """music21's scale of the option's name has the notes in this order."""
    tonic, _, mode = option.partition(" ")
    return _pitch_classes(tonic, mode) == [pitch(n).pitchClass for n in args["notes"]]


@KEYS.check
def outside_scale(args: Mapping[str, Any], option: str) -> bool:
    """The option's pitch class is not in the scale (or is, if asked for members)."""
    return (pitch(option).pitchClass in _pitch_classes(args["tonic"], args["mode"])) is args["member"]


@KEYS.check
def same_notes(args: Mapping[str, Any], option: str) -> bool:
    """The option's scale has the same seven pitch classes."""
    tonic, _, mode = option.partition(" ")
    return set(_pitch_classes(tonic, mode)) == set(_pitch_classes(args["tonic"], args["mode"]))


@KEYS.check
def distant_key(args: Mapping[str, Any], option: str) -> bool:
    """The option's signature differs by more than one accidental from that of the key (less or one, if near)."""
    return (abs(_sharps(option) - _sharps(args["key"])) > 1) is args["distant"]


@KEYS.check
def common_notes(args: Mapping[str, Any], option: str) -> bool:
    """The option is the number of pitch classes that the two scales share."""
    first, second = ({*_pitch_classes(*pair)} for pair in args["scales"])
    return option == str(len(first & second))


def keys(mode: str) -> list[str]:
    return [f"{t} {mode}" for t in (TONICS if mode == "major" else MINOR_TONICS)]


@KEYS.template(degree_note)
def scale_degree(rng: Random) -> Iterator[Sketch]:
    while True:
        mode = rng.choice(["major", "natural minor", "harmonic minor", "ascending melodic minor", *CHURCH])
        tonic, degree = rng.choice(TONICS if mode == "major" else MINOR_TONICS), rng.randrange(2, 8)
        notes = scale(tonic, mode)
        if not plain_spelling(notes[degree - 1]):
            continue
        stem = rng.choice([
            f"Which note is the {DEGREES[degree - 1]} degree of the {tonic} {mode} scale?",
            f"Going up the {tonic} {mode} scale with {tonic} as the first note, what is the {DEGREES[degree - 1]} note?",
            f"What is scale degree {degree} of {tonic} {mode}?",
        ])  # fmt: skip
        note = notes[degree - 1]
        wrong = [
            notes[(degree - 2) % 7],
            notes[degree % 7],
            *(scale(tonic, m)[degree - 1] for m in ("major", "natural minor", "Phrygian", "Lydian")),
            above(note, "minor second"),
            above(note, "minor second", down=True),
        ]
        yield Sketch.of(stem, [note, *(w for w in wrong if plain_spelling(w) and w != tonic)], {"tonic": tonic, "mode": mode, "degree": degree}, "spell the scale from its tonic")  # fmt: skip


@KEYS.template(degree_note, limit=36)
def degree_role(rng: Random) -> Iterator[Sketch]:
    while True:
        mode, role = rng.choice(["major", "harmonic minor"]), rng.choice(sorted(ROLES))
        tonic = rng.choice(TONICS if mode == "major" else MINOR_TONICS)
        notes, degree = scale(tonic, mode), ROLES[role]
        key = f"{tonic} {mode}"
        stem = rng.choice([
            f"Which note is the {role} of {key}?",
            f"In the {key} scale, what is the {role}?",
            f"A melody in {key} comes to rest on the {role}. Which note is that?",
        ])  # fmt: skip
        options = [
            notes[degree - 1],
            *(n for i, n in enumerate(notes) if i not in (0, degree - 1)),
            above(notes[degree - 1], "minor second", down=True),
        ]
        if plain_spelling(options[0]):
            yield Sketch.of(stem, [o for o in options if plain_spelling(o)], {"tonic": tonic, "mode": mode, "degree": degree}, f"the {role} is degree {degree}")  # fmt: skip


@KEYS.template(mode_of_notes)
def scale_from_notes(rng: Random) -> Iterator[Sketch]:
    while True:
        mode, tonic = rng.choice(sorted(MODES)), rng.choice(TONICS[:10])
        notes = scale(tonic, mode)
        if not all(plain_spelling(n) for n in notes):
            continue
        listing = "–".join(notes)
        stem = rng.choice([
            f"Which scale runs {listing}–{tonic}?",
            f"A guitarist practises the notes {listing} upwards from {tonic}. What is the scale called?",
            f"A melody uses {listing}, with {tonic} as its final. Which scale is this?",
        ])  # fmt: skip
        wrong = [
            m for m in MODES if m != mode and sum(a != b for a, b in zip(scale(tonic, m), notes, strict=True)) <= 2
        ]
        yield Sketch.of(stem, [f"{tonic} {m}" for m in (mode, *wrong)], {"notes": notes}, f"degrees at {MODES[mode]}")


@KEYS.template(outside_scale)
def foreign_note(rng: Random) -> Iterator[Sketch]:
    while True:
        member, mode = rng.random() < 0.5, rng.choice(["major", "natural minor", "harmonic minor", *CHURCH[:4]])
        tonic = rng.choice(TONICS if mode == "major" else MINOR_TONICS)
        inside = [n for n in scale(tonic, mode)[1:] if plain_spelling(n)]
        keys_played = {parse(n)[1] % 12 for n in scale(tonic, mode)}
        chromatic = [above(tonic, i) for i in INTERVALS if INTERVALS[i][1] < 12]
        outside = [n for n in chromatic if plain_spelling(n) and parse(n)[1] % 12 not in keys_played]
        if len(inside) < 4:
            continue
        stem = rng.choice([
            f"Which of these notes belongs to the {tonic} {mode} scale?",
            f"Only one of these notes occurs in {tonic} {mode}. Which one?",
        ] if member else [
            f"Which of these notes is not part of the {tonic} {mode} scale?",
            f"A melody keeps strictly to {tonic} {mode}. Which of these notes can it not contain?",
        ])  # fmt: skip
        right, wrong = (inside, outside) if member else (outside, inside)
        chosen = [rng.choice(right), *rng.sample(wrong, min(len(wrong), 5))]
        yield Sketch.of(stem, chosen, {"tonic": tonic, "mode": mode, "member": member, "of": chosen[0]}, "–".join(scale(tonic, mode)))  # fmt: skip


@KEYS.template(same_notes)
def relative_scale(rng: Random) -> Iterator[Sketch]:
    diatonic = ["major", "natural minor", *CHURCH[:4]]
    while True:
        first, second = rng.sample(diatonic, 2)
        tonic = rng.choice(TONICS[:12])
        sharps = signature(tonic, first)
        if abs(sharps) > 5:
            continue
        candidates = [t for t in (*TONICS, "G♯", "D♯") if signature(t, second) == sharps]
        if not candidates:
            continue
        stem = rng.choice([
            f"Which scale has exactly the same notes as {tonic} {first}, in another order?",
            f"{tonic} {first} shares all its notes with which of these?",
            f"A player who improvises with exactly the notes of {tonic} {first} also plays the notes of which other scale?",
        ])  # fmt: skip
        others = [f"{t} {m}" for t in TONICS[:12] for m in diatonic if 0 < abs(signature(t, m) - sharps) <= 2]
        parallel = [f"{tonic} {m}" for m in diatonic if m != first]
        yield Sketch.of(stem, [f"{candidates[0]} {second}", *rng.sample(others, 3), rng.choice(parallel)], {"tonic": tonic, "mode": first, "other": second}, "both have the same signature")  # fmt: skip


@KEYS.template(distant_key)
def related_key(rng: Random) -> Iterator[Sketch]:
    full = {"major": "major", "minor": "natural minor"}
    named = [
        f"{t} {m}"
        for m in ("major", "minor")
        for t in (TONICS if m == "major" else MINOR_TONICS)
        if abs(signature(t, full[m])) < 7
    ]
    sizes = {k: signature(k.split()[0], full[k.split()[1]]) for k in named}
    while True:
        home, distant = rng.choice([k for k in named if abs(sizes[k]) < 5]), rng.random() < 0.5
        near_keys = [k for k in named if abs(sizes[k] - sizes[home]) <= 1 and k != home]
        far_keys = [k for k in named if 2 <= abs(sizes[k] - sizes[home]) <= 5]
        stem = rng.choice([
            f"Which key is not closely related to {home}, because its signature differs by more than one accidental?",
            f"Closely related keys differ by at most one sharp or flat in their signatures. Which of these is not closely related to {home}?",
        ] if distant else [
            f"Which of these keys is closely related to {home}, its signature differing by at most one sharp or flat?",
            f"A movement in {home} modulates to a key whose signature differs by no more than one accidental. Which of these can it be?",
        ])  # fmt: skip
        right, wrong = (far_keys, near_keys) if distant else (near_keys, far_keys)
        chosen = [rng.choice(right), *rng.sample(wrong, 4)]
        yield Sketch.of(stem, chosen, {"key": home, "distant": distant, "of": chosen[0]}, "compare the signatures")
