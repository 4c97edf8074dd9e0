"""Grounded questions on instruments: strings and frets, transposition, valves, pipes, families.

Tunings, transpositions and families are proven by music21's instruments, kinds of instrument by
WordNet, physics by arithmetic.

    for candidate in GENERATORS["instruments.stopped_string"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import Formulas, formula_check, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.music.pitches import above, parse, pitch, plain_spelling, some_note, write

INSTRUMENTS = Templates("instruments", "music21: instruments")
GENERATORS, CHECKS = INSTRUMENTS.generators, INSTRUMENTS.checks

FORMULAS: Formulas = {
    "open_pipe": lambda a: a["order"] * 343 / (2 * a["metres"]),
    "closed_pipe": lambda a: (2 * a["order"] - 1) * 343 / (4 * a["metres"]),
    "string_length": lambda a: a["hz"] * a["before"] / a["after"],
    "string_tension": lambda a: a["hz"] * a["factor"] ** 0.5,
    "fret": lambda a: a["scale_mm"] * 2 ** (-a["fret"] / 12),
}  # fmt: skip
equals = INSTRUMENTS.check(formula_check(FORMULAS))

STRINGS = {
    "Violin": "violin",
    "Viola": "viola",
    "Violoncello": "cello",
    "Guitar": "guitar (standard tuning)",
    "ElectricBass": "four-string bass guitar",
    "Mandolin": "mandolin",
}
TUNINGS = {
    "Violin": "G3 D4 A4 E5",
    "Viola": "C3 G3 D4 A4",
    "Violoncello": "C2 G2 D3 A3",
    "Guitar": "E2 A2 D3 G3 B3 E4",
    "ElectricBass": "E1 A1 D2 G2",
    "Mandolin": "G3 D4 A4 E5",
}
TRANSPOSING = {"Clarinet": ("B♭ clarinet", "major second"), "AltoSaxophone": ("alto saxophone in E♭", "major sixth"), "EnglishHorn": ("English horn", "perfect fifth"), "Horn": ("horn in F", "perfect fifth"),
               "Trumpet": ("B♭ trumpet", "major second"), "SopranoSaxophone": ("soprano saxophone in B♭", "major second"), "TenorSaxophone": ("tenor saxophone in B♭", "major ninth"), "BassClarinet": ("bass clarinet (treble-clef notation)", "major ninth")}  # fmt: skip
# The lowest and the highest note that each is commonly asked for, as it sounds.
RANGES = {"Clarinet": "D3 G6", "AltoSaxophone": "D♭3 A♭5", "EnglishHorn": "E3 A5", "Horn": "B1 F5", "Trumpet": "E3 C6", "SopranoSaxophone": "A♭3 E♭6", "TenorSaxophone": "A♭2 E♭5", "BassClarinet": "D♭2 F5"}  # fmt: skip
FAMILIES = {
    "StringInstrument": {"Violin": "violin", "Viola": "viola", "Harp": "harp", "Lute": "lute", "Sitar": "sitar", "Koto": "koto", "Shamisen": "shamisen", "Mandolin": "mandolin", "Ukulele": "ukulele", "Banjo": "banjo"},
    "WoodwindInstrument": {"Flute": "flute", "Oboe": "oboe", "Bassoon": "bassoon", "Clarinet": "clarinet", "Saxophone": "saxophone", "Shakuhachi": "shakuhachi", "Shehnai": "shehnai", "EnglishHorn": "English horn", "Recorder": "recorder", "Ocarina": "ocarina", "PanFlute": "pan flute"},
    "BrassInstrument": {"Trumpet": "trumpet", "Trombone": "trombone", "Tuba": "tuba", "Horn": "French horn"},
    "PitchedPercussion": {"Marimba": "marimba", "Vibraphone": "vibraphone", "Timpani": "timpani", "Glockenspiel": "glockenspiel", "Xylophone": "xylophone", "SteelDrum": "steel drum"},
    "UnpitchedPercussion": {"SnareDrum": "snare drum", "Maracas": "maracas", "Castanets": "castanets", "Tambourine": "tambourine", "Triangle": "triangle", "Taiko": "taiko", "CongaDrum": "conga", "Vibraslap": "vibraslap"},
}  # fmt: skip
FAMILY_NAMES = {
    "StringInstrument": "string instrument",
    "WoodwindInstrument": "woodwind instrument",
    "BrassInstrument": "brass instrument",
    "PitchedPercussion": "pitched percussion instrument",
    "UnpitchedPercussion": "percussion instrument of indefinite pitch",
}


@cache
def _instrument(name: str) -> Any:
    from music21 import instrument

    return getattr(instrument, name)()


@INSTRUMENTS.check
def string_note(args: Mapping[str, Any], option: str) -> bool:
    """The option sounds on this string of music21's tuning, stopped so many semitones up."""
    strings = _instrument(args["instrument"]).stringPitches
    return bool(pitch(option).ps == strings[args["string"]].ps + args["semitones"])


@INSTRUMENTS.check
def tuned_to(args: Mapping[str, Any], option: str) -> bool:
    """music21's open strings of the instrument are these."""
    strings = [p.ps for p in _instrument(args["instrument"]).stringPitches]
    return [pitch(n).ps for n in option.split("–")] == strings


@INSTRUMENTS.check
def sounding(args: Mapping[str, Any], option: str) -> bool:
    """The option is what music21's transposition makes of the written note (or what must be written for it)."""
    shift = _instrument(args["instrument"]).transposition.semitones
    return bool(pitch(option).ps == pitch(args["note"]).ps + (shift if args["written"] else -shift))


@INSTRUMENTS.check
def in_family(args: Mapping[str, Any], option: str) -> bool:
    """music21 counts the instrument of this name in the family."""
    name = next(key for members in FAMILIES.values() for key, text in members.items() if text == option)
    return args["family"] in _instrument(name).classes


@INSTRUMENTS.check
def valve_note(args: Mapping[str, Any], option: str) -> bool:
    """The option lies as many semitones below the open note as the valves lower it."""
    return bool(pitch(option).ps == pitch(args["open"]).ps - sum({1: 2, 2: 1, 3: 3}[v] for v in args["valves"]))


@INSTRUMENTS.check
def kind_of(args: Mapping[str, Any], option: str) -> bool:
    """WordNet counts a sense of the option among the kinds of this synset."""
    from akb.benchmark.grounded.craft.wordnet import hyponyms, synset

    return any(option in s.lemmas for s in hyponyms(synset(args["lemma"], "n", args["gloss"])))


@INSTRUMENTS.template(string_note)
def stopped_string(rng: Random) -> Iterator[Sketch]:
    while True:
        name, semitones = rng.choice(sorted(STRINGS)), rng.randrange(2, 13)
        strings = TUNINGS[name].split()
        index = rng.randrange(len(strings))
        steps = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7][semitones]
        diatonic, semitone = parse(strings[index])
        right = write(diatonic + steps, semitone + semitones, octave=True)
        if not plain_spelling(right):
            continue
        if "guitar" in STRINGS[name]:
            stem = rng.choice([
                f"On a {STRINGS[name]}, which note sounds at fret {semitones} of the {strings[index]} string?",
                f"A player of a {STRINGS[name]} presses the {strings[index]} string down at fret {semitones}. Which pitch results?",
            ])  # fmt: skip
        else:
            stem = rng.choice([
                f"On a {STRINGS[name]}, a finger stops the open {strings[index]} string {semitones} semitones higher. Which note sounds?",
                f"Which note sounds on the {strings[index]} string of a {STRINGS[name]} when it is stopped {semitones} semitones above the open string?",
            ])  # fmt: skip
        wrong = [
            write(parse(s)[0] + steps, parse(s)[1] + semitones, octave=True) for s in strings if s != strings[index]
        ]
        wrong += [
            write(diatonic + steps + d, semitone + semitones + s, octave=True)
            for d, s in ((1, 1), (1, 2), (-1, -1), (-1, -2), (7, 12))
        ]
        yield Sketch.of(stem, [right, *(w for w in wrong if plain_spelling(w))], {"instrument": name, "string": index, "semitones": semitones}, f"{semitones} semitones above {strings[index]}")  # fmt: skip


@INSTRUMENTS.template(tuned_to, limit=12, skill="recall")
def open_strings(rng: Random) -> Iterator[Sketch]:
    while True:
        name = rng.choice(["Violin", "Viola", "Violoncello", "ElectricBass", "Mandolin"])
        stem = rng.choice([
            f"To which notes are the strings of a {STRINGS[name]} tuned, from the lowest up?",
            f"What are the open strings of a {STRINGS[name]} in standard tuning, low to high?",
        ]).replace("a four-string bass guitar", "a four-string bass guitar (sounding pitch)")  # fmt: skip
        right = TUNINGS[name].split()
        wrong = [TUNINGS[n].split() for n in TUNINGS if len(TUNINGS[n].split()) == 4 and n != name]
        wrong += [
            [above(s, i, down=d) for s in right]
            for i, d in (("major second", False), ("perfect fourth", True), ("perfect octave", False))
        ]
        yield Sketch.of(stem, ["–".join(o) for o in (right, *wrong)], {"instrument": name}, "standard tuning")


@INSTRUMENTS.template(sounding)
def transposing_part(rng: Random) -> Iterator[Sketch]:
    while True:
        name, written, note = rng.choice(sorted(TRANSPOSING)), rng.random() < 0.6, some_note(rng, 3, 5)
        words, interval = TRANSPOSING[name]
        right = above(note, interval, down=written)
        low, high = (pitch(n).ps for n in RANGES[name].split())
        if not plain_spelling(right) or not low <= pitch(right if written else note).ps <= high:
            continue
        an = "an" if words[0] in "aeE" else "a"
        stem = rng.choice([
            f"What pitch sounds when {an} {words} plays a written {note}?",
            f"The part of {an} {words} shows {note}. Which note does the audience hear?",
        ] if written else [
            f"Which note must be written for {an} {words} so that {note} sounds?",
            f"A composer wants {note} to sound on {an} {words}. What must the transposed part show?",
        ])  # fmt: skip
        wrong = (
            [above(note, interval, down=not written), above(note, "major third", down=written), note]
            + [above(note, i, down=written) for _, i in TRANSPOSING.values() if i != interval]
            + [above(note, "perfect fourth", down=written)]
        )
        yield Sketch.of(stem, [right, *(w for w in wrong if plain_spelling(w))], {"instrument": name, "note": note, "written": written}, f"it sounds a {interval} below its notation")  # fmt: skip


@INSTRUMENTS.template(in_family, skill="recall")
def family(rng: Random) -> Iterator[Sketch]:
    while True:
        kind = rng.choice(sorted(FAMILIES))
        others = [text for k, members in FAMILIES.items() if k != kind for text in members.values()]
        right = rng.choice(sorted(FAMILIES[kind].values()))
        stem = rng.choice([
            f"Which of these is a {FAMILY_NAMES[kind]}?",
            f"An orchestration manual sorts instruments by family. Which of these belongs under “{FAMILY_NAMES[kind].replace('instrument', 'instruments')}”?",
            f"An arrangement calls for a {FAMILY_NAMES[kind]}. Which of these would serve?",
        ])  # fmt: skip
        options = [right, *rng.sample(others, 5)]
        yield Sketch.of(stem, options, {"family": kind, "of": right}, f"the {right} is a {FAMILY_NAMES[kind]}")


@INSTRUMENTS.template(valve_note, limit=36, source="arithmetic: valves lower by 2, 1 and 3 semitones")
def valves(rng: Random) -> Iterator[Sketch]:
    while True:
        open_note, pressed = (
            rng.choice(["C4", "G4", "C5", "E5", "G5", "C6"]),
            rng.choice([(1,), (2,), (1, 2), (2, 3), (1, 3), (1, 2, 3)]),
        )
        down = sum({1: 2, 2: 1, 3: 3}[v] for v in pressed)
        steps = [0, 1, 1, 2, 2, 3, 4][down]
        diatonic, semitone = parse(open_note)
        right = write(diatonic - steps, semitone - down, octave=True)
        if not plain_spelling(right):
            continue
        which = (
            f"valve {pressed[0]}"
            if len(pressed) == 1
            else f"valves {' and '.join(filter(None, [', '.join(map(str, pressed[:-1])), str(pressed[-1])]))}"
        )
        stem = rng.choice([
            f"A trumpeter plays a written {open_note} without valves, then presses {which} in the same partial. Which written note follows?",
            f"On a three-valve brass instrument in treble-clef notation, {open_note} is open. Which note in the same partial is fingered with {which}?",
        ])  # fmt: skip
        wrong = [
            write(diatonic - s, semitone - t, octave=True)
            for s, t in ((1, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 6), (4, 7))
        ] + [write(diatonic + 1, semitone + 2, octave=True)]
        yield Sketch.of(stem, [right, *(w for w in wrong if plain_spelling(w))], {"open": open_note, "valves": list(pressed)}, f"the valves lower by {down} semitones")  # fmt: skip


@INSTRUMENTS.template(equals, source="arithmetic: pipes and strings")
def pipes_and_strings(rng: Random) -> Iterator[Sketch]:
    while True:
        kind = rng.randrange(3)
        if kind == 0:
            metres, order, closed = (
                rng.choice([0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 2.5, 3]),
                rng.choice([1, 1, 2, 3]),
                rng.random() < 0.5,
            )
            ends = "stopped at one end" if closed else "open at both ends"
            ordinal = {1: "lowest", 2: "second-lowest", 3: "third-lowest"}[order]
            stem = rng.choice([
                f"A cylindrical pipe, {ends}, is {plain(metres)} m long. What is its {ordinal} resonance (343 m/s, no end correction)?",
                f"An organ pipe {ends} has an effective length of {plain(metres)} m. At which frequency does its {ordinal} mode sound, at 343 m/s?",
            ])  # fmt: skip
            right = (2 * order - 1) * 343 / (4 * metres) if closed else order * 343 / (2 * metres)
            options = same_form(
                [
                    right,
                    right * 2,
                    right / 2,
                    order * 343 / (4 * metres),
                    (2 * order - 1) * 343 / (2 * metres),
                    order * 343 / metres,
                    right * 1.5,
                ],
                "Hz",
            )
            yield Sketch.of(stem, options, {"of": "closed_pipe" if closed else "open_pipe", "metres": metres, "order": order}, "half a wavelength fits an open pipe, a quarter a stopped one")  # fmt: skip
        elif kind == 1:
            hz, (top, bottom) = (
                rng.choice([110, 147, 165, 196, 220, 247, 294, 330, 440, 660]),
                rng.choice([(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (3, 5), (1, 3)]),
            )
            stem = rng.choice([
                f"A string sounds at {hz} Hz. It is stopped so that {top}/{bottom} of its length vibrates. What is its frequency now?",
                f"An open string of {hz} Hz is shortened to {top}/{bottom} of its length at the same tension. At which frequency does it sound?",
            ])  # fmt: skip
            right = hz * bottom / top
            options = same_form(
                [
                    right,
                    hz * top / bottom,
                    hz * (bottom / top) ** 0.5,
                    hz * 2 * bottom / top,
                    hz * (1 + top / bottom),
                    hz * 1.75,
                ],
                "Hz",
                significant=4,
            )
            yield Sketch.of(stem, options, {"of": "string_length", "hz": hz, "before": bottom, "after": top}, "frequency goes with 1 ÷ length")  # fmt: skip
        else:
            hz, factor = (
                rng.choice([100, 110, 147, 165, 196, 200, 220, 294, 300, 330, 440]),
                rng.choice([0.25, 0.5, 1.21, 1.44, 2, 2.25, 3, 4]),
            )
            stem = rng.choice([
                f"The tension of a {hz} Hz string is changed to {plain(factor)} times its value, nothing else. What is its frequency then?",
                f"A string of {hz} Hz is {'tightened' if factor > 1 else 'slackened'} to {plain(factor)} times its former tension. At what frequency does it now vibrate?",
            ])  # fmt: skip
            right = hz * factor**0.5
            options = same_form(
                [
                    right,
                    hz * factor,
                    hz / factor**0.5,
                    hz * factor**2,
                    hz * (1 + factor) / 2,
                    hz * factor**0.25,
                    hz / factor,
                ],
                "Hz",
                significant=4,
            )
            yield Sketch.of(stem, options, {"of": "string_tension", "hz": hz, "factor": factor}, "frequency goes with the square root of tension")  # fmt: skip


@INSTRUMENTS.template(kind_of, source="WordNet 3.0: kinds of instrument", limit=36, skill="recall")
def kind_in_wordnet(rng: Random) -> Iterator[Sketch]:
    from akb.benchmark.grounded.craft.wordnet import hyponyms, synset

    kinds = {
        ("stringed instrument", "taut strings"): ("stringed instrument", ["balalaika", "zither", "dulcimer", "harpsichord", "lyre", "theorbo", "viola da gamba", "psaltery", "samisen", "koto"]),
        ("wind instrument", "column of air"): ("wind instrument", ["ocarina", "bassoon", "sousaphone", "panpipe", "accordion", "oboe", "flugelhorn", "bagpipe", "shawm", "didgeridoo", "alpenhorn", "harmonica"]),
        ("percussion instrument", "one object striking"): ("percussion instrument", ["marimba", "glockenspiel", "castanets", "tambourine", "celesta", "timbrel", "tam-tam", "maraca", "bongo", "vibraphone", "gong", "triangle"]),
    }  # fmt: skip
    every = {key: {lemma for s in hyponyms(synset(key[0], "n", key[1])) for lemma in s.lemmas} for key in kinds}
    while True:
        key = rng.choice(sorted(kinds))
        name, members = kinds[key]
        members = [m for m in members if m in every[key] and not any(m in every[k] for k in every if k != key)]
        others = [m for k in kinds if k != key for m in kinds[k][1] if m in every[k] and m not in every[key]]
        right = rng.choice(members)
        stem = rng.choice([
            f"Which of these is a {name}?",
            f"A museum shows its {name}s in one room. Which of these does it put there?",
            f"Which of these is a kind of {name}?",
        ])  # fmt: skip
        yield Sketch.of(stem, [right, *rng.sample(others, 5)], {"lemma": key[0], "gloss": key[1], "of": right}, f"WordNet lists it under {name}")  # fmt: skip
