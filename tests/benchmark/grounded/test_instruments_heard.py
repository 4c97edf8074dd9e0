# ruff: noqa: E501 (tables of cases)
"""Instruments, rhythms, tempo and canons as heard: every key computed anew from the question's own words."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from functools import cache
from math import log2
from typing import Any

import pytest
from music21 import duration, instrument
from music21 import interval as intervals
from music21.pitch import Pitch

from akb.benchmark import proofs
from akb.benchmark.candidates import Candidate
from akb.benchmark.grounded.music import heard_forms, heard_instruments, heard_rhythms, heard_tempo
from akb.benchmark.grounded.music.pitches import for_music21

NOTE = r"[A-G][♯♭]?"
ORDINALS = "first second third fourth fifth sixth seventh eighth".split()
ORDINALS_TO_TEN = [*ORDINALS, "ninth", "tenth"]
NUMBERS = "none one two three four five six seven eight nine ten eleven twelve".split()
SIZES = {"minor second": "m2", "major second": "M2", "minor third": "m3", "major third": "M3", "perfect fourth": "P4", "tritone": "A4", "perfect fifth": "P5", "minor sixth": "m6", "major sixth": "M6", "minor seventh": "m7", "major seventh": "M7", "octave": "P8"}  # fmt: skip
INTERVAL = "|".join(SIZES)


@cache
def drawn(module: Any, template: str) -> list[Candidate]:
    return list(module.GENERATORS[template](4))


def pitch(note: str) -> Pitch:
    return Pitch(for_music21(note))


def semitones(name: str) -> int:
    return int(intervals.Interval(SIZES[name]).semitones)


def signed(compared: str) -> int:
    name, side = re.fullmatch(r"an? (.*) (higher|lower)", compared).groups()  # type: ignore[union-attr]
    return semitones(name) * (1 if side == "higher" else -1)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, (pattern, text)
    return match[1]


def only(candidate: Candidate, right: Any) -> bool:
    """Whether the answer, and no other option, is right."""
    return bool(right(candidate.answer)) and not any(right(option) for option in candidate.distractors)


def at(option: str, frequency: float) -> bool:
    return abs(1200 * log2(pitch(option).frequency / frequency)) < 40


def test_instruments_transpose_as_in_music21() -> None:
    theirs = {
        "clarinet in B♭": instrument.Clarinet(), "horn in F": instrument.Horn(), "cor anglais": instrument.EnglishHorn(),
        "alto saxophone": instrument.AltoSaxophone(), "tenor saxophone": instrument.TenorSaxophone(), "piccolo": instrument.Piccolo(),
        "soprano saxophone": instrument.SopranoSaxophone(), "trumpet in B♭": instrument.Trumpet(),
    }  # fmt: skip
    for name, made in theirs.items():
        assert heard_instruments.SOUNDS[name] == made.transposition.semitones, name
    # By their names: a written C sounds A, E♭, F; an alto flute is in G.
    assert [heard_instruments.SOUNDS[n] for n in ("clarinet in A", "clarinet in E♭", "alto flute")] == [-3, 3, -5]
    for name, (_, by) in heard_instruments.REGISTERS.items():
        assert by == heard_instruments.SOUNDS.get(name, 0), name


def test_pairs_lie_apart_as_their_sounding_notes() -> None:
    for c in drawn(heard_instruments, "instruments.transposing_pair"):
        names = "|".join(sorted(heard_instruments.SOUNDS, key=len, reverse=True))
        if c.question.startswith("Written"):
            parts = [(name, note) for note, name in re.findall(rf"ritten ({NOTE}\d) for the ({names})", c.question)]
        else:
            parts = re.findall(rf"of the ({names}) (?:reads )?a written ({NOTE}\d)", c.question)
        (one, first), (other, second) = parts
        assert c.question.startswith("Written") or f"Compared with the {one}, the {other} sounds" in c.question
        apart = pitch(second).ps + heard_instruments.SOUNDS[other] - pitch(first).ps - heard_instruments.SOUNDS[one]
        assert only(c, lambda option, a=apart: signed(option) == a)


TOUCHED = {"minor third": Fraction(6, 5), "major third": Fraction(5, 4), "perfect fourth": Fraction(4, 3), "perfect fifth": Fraction(3, 2)}  # fmt: skip


def test_a_touched_string_sounds_the_harmonic_that_has_a_node_there() -> None:
    for c in drawn(heard_instruments, "instruments.stopped_and_touched"):
        string = found(rf"the ({NOTE}\d) string", c.question)
        stop, touch = re.findall(rf"an? ({INTERVAL})", c.question)
        node = 1 - 1 / TOUCHED[touch]  # of the vibrating length, from the stopping finger
        frequency = pitch(string).frequency * 2 ** (semitones(stop) / 12) * node.denominator
        assert only(c, lambda option, f=frequency: at(option, f))


def test_a_fret_lies_over_a_node_of_the_harmonic_that_rings() -> None:
    for c in drawn(heard_instruments, "instruments.capo_harmonic"):
        string = found(rf"({NOTE}\d) string", c.question)
        capo, fret = int(found(r"capo at fret (\d+)", c.question)), int(found(r"(\d+) frets above", c.question))
        place = 1 - 2 ** (-fret / 12)
        number = min(n for n in range(2, 9) for k in range(1, n) if abs(place - k / n) < 0.012)
        frequency = pitch(string).frequency * 2 ** (capo / 12) * number
        assert only(c, lambda option, f=frequency: at(option, f))


def test_only_closed_cylinders_overblow_at_the_twelfth() -> None:
    for c in drawn(heard_instruments, "instruments.next_register_up"):
        name = found("the (" + "|".join(sorted(heard_instruments.REGISTERS, key=len, reverse=True)) + ")", c.question)
        written = found(rf"(?:written|reads) ({NOTE}\d)", c.question)
        times = 3 if "clarinet" in name else 2
        by = heard_instruments.SOUNDS.get(name, 0)
        frequency = pitch(written).frequency * times * 2 ** (by / 12)
        assert only(c, lambda option, f=frequency: at(option, f))


def test_each_reading_of_register_and_transposition_is_right_equally_often() -> None:
    kinds = Counter()
    for c in drawn(heard_instruments, "instruments.next_register_up"):
        name = found("the (" + "|".join(sorted(heard_instruments.REGISTERS, key=len, reverse=True)) + ")", c.question)
        up, by = heard_instruments.REGISTERS[name]
        kinds[up, by != 0] += 1
    assert len(kinds) == 3 and max(kinds.values()) - min(kinds.values()) <= 2


def test_pipes_sound_by_the_waves_that_fit_in() -> None:
    lengths = {"half as long": 1 / 2, "twice as long": 2, "two thirds as long": 2 / 3, "a third as long": 1 / 3, "three times as long": 3, "one and a half times as long": 3 / 2, "of the same length": 1}  # fmt: skip
    for c in drawn(heard_instruments, "instruments.two_pipes"):
        note = pitch(found(rf"({NOTE}\d)", c.question)).frequency
        one, other = re.findall(r"(closed at one|open at both) end", c.question)
        length = lengths[found(f"({'|'.join(lengths)})", c.question)]
        # Lowest wave: twice the pipe, or four times; the next is half as long, or a third.
        first = (4 if "closed" in one else 2) * 1.0
        second = (4 if "closed" in other else 2) * length
        if "overblown" in c.question:
            second /= 3 if "closed" in other else 2
        assert only(c, lambda option, f=note * first / second: at(option, f))


def test_a_trombone_s_harmonics_lie_over_the_lengthened_tube() -> None:
    for c in drawn(heard_instruments, "instruments.slide_partial"):
        position = ORDINALS.index(found(r"harmonic in (\w+) position", c.question)) + 1
        number = ORDINALS.index(found(r"the (\w+) harmonic in", c.question)) + 1
        frequency = Pitch("B-1").frequency * number / 2 ** ((position - 1) / 12)
        assert only(c, lambda option, f=frequency: at(option, f))


def gaps_in(text: str) -> list[int]:
    return [int(n) for n in re.search(r"\d(?:–\d)+", text)[0].split("–")]  # type: ignore[index]


def grid(gaps: list[int]) -> str:
    """Strokes as digits that count them, rests as points: "1..2.3" for gaps of 3–2–1."""
    return "".join(str(n) + "." * (gap - 1) for n, gap in enumerate(gaps, 1))


def gaps_on(loop: str) -> str:
    """The gaps of a loop that begins with a stroke."""
    return "–".join(str(len(part) + 1) for part in re.split("[^.]", loop)[1:])


def test_reversed_rhythms_are_the_reversed_string() -> None:
    for c in drawn(heard_rhythms, "rhythm_metre.played_backwards"):
        loop = grid(gaps_in(c.question))[::-1]
        stroke = ORDINALS.index(found(r"that was (\w+),", c.question)) + 1
        start = loop.index(str(stroke))
        heard = gaps_on(loop[start:] + loop[:start])
        assert only(c, lambda option, h=heard: option == h)


def test_reversed_rhythms_do_not_tell_by_their_first_gap() -> None:
    for c in drawn(heard_rhythms, "rhythm_metre.played_backwards"):
        assert sorted(Counter(o[0] for o in (c.answer, *c.distractors)).values()) == [2, 2]


GRIDS = {
    "3–2 son": "x..x..x...x.x...", "2–3 son": "..x.x...x..x..x.", "3–2 rumba": "x..x...x..x.x...",
    "2–3 rumba": "..x.x...x..x...x", "bossa-nova": "x..x..x...x..x..",
}  # fmt: skip


def test_claves_are_the_well_known_ones() -> None:
    for c in drawn(heard_rhythms, "rhythm_metre.clave_from"):
        loop = GRIDS[found(f"({'|'.join(GRIDS)})", c.question)]
        stroke = ORDINALS.index(found(f"({'|'.join(ORDINALS)}) stroke", c.question))
        start = [n for n, step in enumerate(loop) if step == "x"][stroke]
        heard = gaps_on(loop[start:] + loop[:start])
        assert only(c, lambda option, h=heard: option == h)
        assert sorted(Counter(o[0] for o in (c.answer, *c.distractors)).values()) == [2, 2]


def test_strokes_of_a_late_copy_coincide_as_in_the_strings() -> None:
    for c in drawn(heard_rhythms, "rhythm_metre.clapped_late"):
        loop = grid(gaps_in(c.question))
        late = int(found(r"(?:same,|by) (\d) pulse", c.question))
        copy = loop[-late:] + loop[:-late]
        both = sum(a != "." != b for a, b in zip(loop, copy, strict=True))
        assert only(c, lambda option, n=both: option == str(n))


def test_hands_follow_each_other_by_the_time_of_their_strokes() -> None:
    for c in drawn(heard_rhythms, "rhythm_metre.next_strokes"):
        left = NUMBERS.index(found(r"left hand (\w+)", c.question))
        right = NUMBERS.index(found(r"right hand (\w+)", c.question))
        if c.question.startswith("In an even"):
            stroke, hand = re.search(r"after the (\w+) of the (left|right)", c.question).groups()  # type: ignore[union-attr]
        else:
            hand, stroke = re.search(r"follow the (left|right) hand’s (\w+)\?", c.question).groups()  # type: ignore[union-attr]
        # Two bars in ticks of left × right: a left stroke every `right` ticks.
        heard = []
        for tick in range(2 * left * right):
            who = {(True, True): "both", (True, False): "left", (False, True): "right"}.get(
                (tick % right == 0, tick % left == 0)
            )
            if who:
                heard.append((tick, who))
        wanted = ORDINALS.index(stroke) * (right if hand == "left" else left)
        after = [who for tick, who in heard if tick > wanted][:5]
        assert only(c, lambda option, a=after: option.split(", ") == a)


def quarters(name: str) -> Fraction:
    """Length of what becomes the beat, by music21."""
    count = NUMBERS.index(name.split()[0]) if name.split()[0] in NUMBERS else 1
    if "triplet" in name or "quintuplet" in name:
        kind = {"quarter": "quarter", "eighth": "eighth", "sixteenth": "16th"}[found(r"(\w+)-note", name)]
        made = duration.Duration(type=kind)
        made.appendTuplet(duration.Tuplet(5, 4, kind) if "quintuplet" in name else duration.Tuplet(3, 2, kind))
        return Fraction(made.quarterLength).limit_denominator(60) * count
    if "tied" in name:
        return Fraction(duration.Duration(type="quarter").quarterLength + duration.Duration(type="16th").quarterLength)
    return Fraction(duration.Duration(type=name.split()[-1], dots=1).quarterLength)


def test_beats_that_become_other_values_have_music21_s_lengths() -> None:
    assert {name: quarters(name) for name in heard_tempo.BECOMES} == heard_tempo.BECOMES
    names = "|".join(heard_tempo.BECOMES)
    for c in drawn(heard_tempo, "tempo_dynamics.beat_after_beat"):
        one, other = re.findall(names, c.question)
        length = quarters(one) * quarters(other)

        def fits(option: str, length: Fraction = length) -> bool:
            new, old = (
                NUMBERS.index(w.lower())
                for w in re.fullmatch(r"(\w+) of the last beats fill (\w+) of the first", option).groups()
            )  # type: ignore[union-attr]
            return new * length == old

        assert only(c, fits)


def test_a_tape_s_pitch_goes_with_its_speed() -> None:
    for c in drawn(heard_tempo, "tempo_dynamics.tape_speeds"):
        new, old = re.search(r"until (\w+) beats take as long as (\w+) did", c.question).groups()  # type: ignore[union-attr]
        size, way = re.search(rf"until it sounds an? ({INTERVAL}) (higher|lower)", c.question).groups()  # type: ignore[union-attr]
        speed = NUMBERS.index(new) / NUMBERS.index(old) * 2 ** (semitones(size) * (1 if way == "higher" else -1) / 12)
        assert only(c, lambda option, s=speed: abs(signed(option) - 12 * log2(s)) < 0.3)


def test_a_canon_s_follower_sings_what_was_sung_before() -> None:
    for c in drawn(heard_forms, "form_texture.voices_in_canon"):
        melody = [pitch(n) for n in re.findall(rf"{NOTE}\d", c.question)]
        assert len(melody) == 5
        late = NUMBERS.index(found(r"(one|two) notes? later", c.question))
        size, side = re.search(rf"an? ({INTERVAL}) (above|below)", c.question).groups()  # type: ignore[union-attr]
        follower = melody
        if "upside down" in c.question:
            follower = [melody[0].transpose(melody[0].ps - p.ps) for p in melody]
        follower = [p.transpose(semitones(size) * (1 if side == "above" else -1)) for p in follower]
        place = ORDINALS.index(found(r"(?:leader’s|the) (\w+) note[,.]", c.question))
        apart = follower[place - late].ps - melody[place].ps
        assert only(c, lambda option, a=apart: signed(option) == a)


def told(form: str) -> list[str]:
    """The strains in the order that the words tell."""
    if "minuet" in form:
        return [*"AABBCCDD", *"AB"]
    if "scherzo" in form:
        scherzo, trio = ["A", "B"], ["C", "D"]
        return scherzo + trio + scherzo + trio + scherzo
    if "rondo" in form:
        return ["A", "B", "A", "C", "A", "D", "A"]
    if "march" in form:
        return ["A"] * 2 + ["B"] * 2 + ["C"] + ["D", "C"] * 2
    if "rag" in form:
        return ["A"] * 2 + ["B"] * 2 + ["A"] + ["C"] * 2 + ["D"] * 2
    return ["A", "B"] * 3 + ["C", "D"] * 2 + ["A", "B"]


def test_strains_are_heard_in_the_order_that_the_words_tell() -> None:
    candidates = drawn(heard_forms, "form_texture.strain_heard")
    for c in candidates:
        heard = told(c.question)
        place = ORDINALS_TO_TEN.index(found(r"(?:follows|is) the (\w+)", c.question))
        after = re.search(r"follows the \w+ ([A-D]) directly", c.question)
        if after:
            places = [n for n, strain in enumerate(heard) if strain == after[1]]
            place = places[place] + 1
        assert only(c, lambda option, strain=heard[place]: option == strain)
    counts = Counter(c.answer for c in candidates)
    assert len(counts) == 4 and max(counts.values()) == min(counts.values())


def test_a_blues_has_its_four_in_five_and_its_five_in_nine() -> None:
    for c in drawn(heard_forms, "genres_styles.capo_blues"):
        bar, capo = int(found(r"bar (\d+)\?", c.question)), int(found(r"fret (\d+)", c.question))
        tonic = pitch(found(rf"\b[iI]n ({NOTE})[ ,]", c.question))
        assert bar in (4, 5, 6, 7, 9, 11)
        root = tonic.transpose({5: 5, 6: 5, 9: 7}.get(bar, 0) + capo)
        assert only(c, lambda option, r=root: option[-1] == "7" and pitch(option[:-1]).pitchClass == r.pitchClass)


WORKED: list[tuple[str, dict[str, Any], str]] = [
    # Written C: clarinet B♭, horn F below it. Horn's written G sounds C. Alto saxophone's A sounds C.
    ("instruments.pair_interval", {"parts": [["clarinet in B♭", "C5"], ["horn in F", "C5"]]}, "a perfect fourth lower"),
    ("instruments.pair_interval", {"parts": [["horn in F", "G4"], ["alto saxophone", "C5"]]}, "a minor third higher"),
    ("instruments.pair_interval", {"parts": [["clarinet in A", "E♭4"], ["trumpet in B♭", "E4"]]}, "a major second higher"),
    # G string stopped at A, touched a fourth above: two octaves above A. A third above: harmonic 5.
    ("instruments.touched_note", {"open": "G3", "stopped": 2, "harmonic": 4}, "A5"),
    ("instruments.touched_note", {"open": "D4", "stopped": 5, "harmonic": 3}, "D6"),
    ("instruments.touched_note", {"open": "C2", "stopped": 4, "harmonic": 5}, "G♯4"),
    ("instruments.next_register", {"instrument": "clarinet in B♭", "written": "G3"}, "C5"),
    ("instruments.next_register", {"instrument": "alto saxophone", "written": "G4"}, "B♭4"),
    ("instruments.next_register", {"instrument": "oboe", "written": "F4"}, "F5"),
    ("instruments.second_pipe", {"note": "C4", "first stopped": False, "stopped": True, "length": "of the same length", "overblown": False}, "C3"),
    ("instruments.second_pipe", {"note": "C4", "first stopped": False, "stopped": True, "length": "half as long", "overblown": True}, "G5"),
    ("instruments.second_pipe", {"note": "C4", "first stopped": True, "stopped": False, "length": "twice as long", "overblown": True}, "C5"),
    ("instruments.slide_note", {"position": 1, "partial": 4}, "B♭3"),
    ("instruments.slide_note", {"position": 3, "partial": 3}, "E♭3"),
    ("instruments.slide_note", {"position": 6, "partial": 5}, "A3"),
    # x..x..x. backwards: from the first .x..x..x turned: x.x..x..
    ("rhythm_metre.reversed_gaps", {"gaps": [3, 3, 2], "stroke": 1}, "2–3–3"),
    ("rhythm_metre.reversed_gaps", {"gaps": [3, 3, 2], "stroke": 2}, "3–2–3"),
    ("rhythm_metre.reversed_gaps", {"gaps": [3, 3, 2], "stroke": 3}, "3–3–2"),
    ("rhythm_metre.clave_gaps", {"clave": "3–2 son clave", "stroke": 1}, "3–3–4–2–4"),
    ("rhythm_metre.clave_gaps", {"clave": "3–2 rumba clave", "stroke": 2}, "4–3–2–4–3"),
    ("rhythm_metre.clave_gaps", {"clave": "2–3 son clave", "stroke": 1}, "2–4–3–3–4"),
    # Strokes 0, 3, 6 of 8; late by three 3, 6, 1; by two 2, 5, 0; by one 1, 4, 7.
    ("rhythm_metre.coincides", {"gaps": [3, 3, 2], "late": 3}, "2"),
    ("rhythm_metre.coincides", {"gaps": [3, 3, 2], "late": 2}, "1"),
    ("rhythm_metre.coincides", {"gaps": [3, 3, 2], "late": 1}, "0"),
    # Three against four: both, right, left, right, left, right.
    ("rhythm_metre.struck_next", {"left": 3, "right": 4, "hand": "left", "stroke": 1, "count": 5}, "right, left, right, left, right"),
    ("rhythm_metre.struck_next", {"left": 3, "right": 4, "hand": "left", "stroke": 3, "count": 5}, "right, both, right, left, right"),
    ("rhythm_metre.struck_next", {"left": 2, "right": 3, "hand": "right", "stroke": 2, "count": 4}, "left, right, both, right"),
    ("tempo_dynamics.beats_fill", {"changes": ["a dotted quarter"]}, "Two of the last beats fill three of the first"),
    ("tempo_dynamics.beats_fill", {"changes": ["a dotted eighth", "a dotted quarter"]}, "Eight of the last beats fill nine of the first"),
    ("tempo_dynamics.beats_fill", {"changes": ["a note of a quarter-note triplet"]}, "Three of the last beats fill two of the first"),
    ("tempo_dynamics.tape_sounds", {"parts": [["beats", [3, 2]], ["pitch", -2]]}, "a perfect fourth higher"),
    ("tempo_dynamics.tape_sounds", {"parts": [["pitch", 4], ["beats", [3, 4]]]}, "a minor second lower"),
    ("tempo_dynamics.tape_sounds", {"parts": [["beats", [2, 1]], ["pitch", -5]]}, "a perfect fifth higher"),
    # C D E …: at the third note the follower, one late and a fifth below, has G under E.
    ("form_texture.canon_interval", {"melody": ["C4", "D4", "E4"], "late": 1, "by": -7, "note": 3, "mirrored": False}, "a major sixth lower"),
    ("form_texture.canon_interval", {"melody": ["C4", "D4", "E4"], "late": 1, "by": 12, "note": 3, "mirrored": True}, "a tritone higher"),
    ("form_texture.canon_interval", {"melody": ["C4", "E4", "G4"], "late": 2, "by": 5, "note": 3, "mirrored": False}, "a major second lower"),
    ("form_texture.is_strain", {"form": "a classic rag: A twice, B twice, A once more, then C and D twice each", "place": 5, "after": ""}, "A"),
    ("form_texture.is_strain", {"form": "a rondo with refrain A and episodes B, C and D, refrain first and last", "place": 3, "after": "A"}, "D"),
    ("form_texture.is_strain", {"form": "a minuet (strains A, B) with trio (C, D), every strain twice, but once each in the da capo of the minuet", "place": 10, "after": ""}, "B"),
    ("genres_styles.chord_with_capo", {"key": "A", "bar": 9, "capo": 3}, "G7"),
    ("genres_styles.chord_with_capo", {"key": "E", "bar": 5, "capo": 1}, "B♭7"),
    ("genres_styles.chord_with_capo", {"key": "G", "bar": 11, "capo": 2}, "A7"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "args", "answer"), WORKED)
def test_cases_worked_by_hand(check: str, args: dict[str, Any], answer: str) -> None:
    assert proofs.checks()[check](args, answer)


def test_other_options_are_refused_in_cases_worked_by_hand() -> None:
    for check, args, right in WORKED:
        others = {answer for other, _, answer in WORKED if other == check and answer != right}
        assert not any(proofs.checks()[check](args, answer) for answer in others), (check, args)
