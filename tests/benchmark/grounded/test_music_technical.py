# ruff: noqa: E501 (tables of cases)
"""The grounded questions on music and technology: proven, enough, varied, giving nothing away."""

import importlib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from akb.benchmark import grounded
from akb.benchmark.candidates import Candidate, proof_faults
from akb.benchmark.grounded.craft.measures import amount, apart, near, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates, with_articles
from akb.benchmark.grounded.music.pitches import above
from akb.errors import AkbError

MODULES = (
    "intervals", "scales", "harmony", "rhythm", "tempo", "instruments", "notation", "terms", "forms",
    "heard_melodies", "pure_tuning", "heard_scales", "heard_chords", "heard_rhythms", "heard_tempo", "heard_instruments", "heard_forms",
    "sampling", "quantisation", "decibels", "spectrum", "filters", "formats", "microphones", "rooms", "absorption",
)  # fmt: skip
# What the open benchmark takes from programs, at least; no template may give more than 25.
NEEDED = {
    "instruments": 36, "intervals_pitch": 48, "scales_keys": 48, "chords_harmony": 50, "rhythm_metre": 48,
    "tempo_dynamics": 28, "notation_terms": 30, "genres_styles": 12, "form_texture": 6, "sampling_aliasing": 46,
    "quantisation_bit_depth": 40, "decibels_levels": 48, "spectrum_fourier": 40, "formats_codecs": 36,
    "microphones_recording": 20, "room_acoustics": 46,
}  # fmt: skip


def module(name):
    (folder,) = (path.parent.name for path in Path(grounded.__path__[0]).glob(f"*/{name}.py"))
    return importlib.import_module(f"akb.benchmark.grounded.{folder}.{name}")


@cache
def drawn(name: str, seed: int = 1) -> tuple[Candidate, ...]:
    try:
        return tuple(c for generate in module(name).GENERATORS.values() for c in generate(seed))
    except AkbError as error:
        pytest.skip(f"WordNet is not at hand: {error.what}")


def everything() -> list[Candidate]:
    return [c for name in MODULES for c in drawn(name)]


@pytest.mark.parametrize("name", MODULES)
def test_every_proof_accepts_the_answer_and_nothing_else(name):
    assert [c.question for c in drawn(name) if proof_faults(c, module(name).CHECKS)] == []


@pytest.mark.parametrize("name", MODULES)
def test_options_are_four_and_distinct(name):
    assert all(len({o.casefold() for o in (c.answer, *c.distractors)}) == 4 for c in drawn(name))


def test_a_seed_gives_the_same_candidates_again():
    generate = module("sampling").GENERATORS["sampling_aliasing.alias"]
    assert list(generate(7)) == list(generate(7))


def test_no_question_with_the_same_options_stands_twice():
    assert max(Counter(c.content_hash for c in everything()).values()) == 1


def test_templates_suffice_with_a_fifth_to_spare_though_none_gives_more_than_25():
    templates = Counter((c.subcategory, c.template) for c in everything())
    usable = Counter()
    for (subcategory, _), count in templates.items():
        usable[subcategory] += min(25, count)
    assert {s: usable[s] for s, n in NEEDED.items() if usable[s] < 1.2 * n} == {}


@pytest.mark.parametrize("subcategory", NEEDED)
def test_choosing_the_longest_option_hardly_helps(subcategory):
    candidates = [c for c in everything() if c.subcategory == subcategory]
    score = 0.0
    for c in candidates:
        lengths = [len(c.answer), *map(len, c.distractors)]
        score += (lengths[0] == max(lengths)) / lengths.count(max(lengths))
    assert score / len(candidates) <= 0.28


def test_stems_are_worded_in_several_ways():
    openings = {
        t: {c.question[:12] for c in everything() if c.template == t} for t in {c.template for c in everything()}
    }
    assert [t for t, starts in openings.items() if len(starts) < 2] == []


def test_an_answer_that_its_predicate_refuses_raises():
    made = Templates("x", "y")
    refuse = made.check(lambda args, option: False)
    made.template(refuse)(lambda rng: iter([Sketch("Why?", "a", ["b", "c", "d"], {})]))
    with pytest.raises(ValueError, match="not proven"):
        list(made.generators["x.<lambda>"](1))


def test_decimals_that_say_the_same_are_one_option():
    assert apart(["25.8 dB", "25.9 dB", "−25.8 dB", "49.9 dB"]) == ["25.8 dB", "−25.8 dB", "49.9 dB"]
    assert apart(["255", "256", "A minor"]) == ["255", "256", "A minor"]


def test_a_distractor_that_is_also_right_is_left_out():
    made = Templates("x", "y")
    check = made.check(lambda args, option: option in "ab")
    made.template(check)(lambda rng: iter([Sketch("Why?", "a", ["b", "c", "d", "e"], {})]))
    assert set(next(iter(made.generators["x.<lambda>"](1))).distractors) == {"c", "d", "e"}


def test_numeric_options_share_their_decimals():
    assert same_form([2.5, 5, 10], "ms") == ["2.5 ms", "5.0 ms", "10.0 ms"]


def test_halves_are_rounded_away_from_zero():
    assert [amount(v) for v in (112.5, -112.5, 113.5)] == ["113", "−113", "114"]


@pytest.mark.parametrize(
    ("option", "truth", "right"),
    [("1.5 kHz", 1500, True), ("22.7 ms", 0.022676, True), ("−6 dB", -6.02, True), ("10 MB", 10e6, False), ("10 MB", 80e6, True), ("none", 1, False)],
)  # fmt: skip
def test_measures_are_read_in_base_units(option, truth, right):
    assert near(option, truth) is right


def test_numbers_in_stems_have_no_needless_decimals():
    assert [plain(v) for v in (44.1, 48.0, 0.775, 96000)] == ["44.1", "48", "0.775", "96,000"]


@pytest.mark.parametrize(
    ("stem", "said"), [("A 8 kHz tone", "An 8 kHz tone"), ("a 11.025 kHz file", "an 11.025 kHz file"), ("a 110 Hz tone", "a 110 Hz tone"), ("a E♭", "an E♭"), ("A AAC file", "An AAC file"), ("A Opus stream", "An Opus stream"), ("with a “n”", "with an “n”")]
)  # fmt: skip
def test_articles_follow_the_spoken_number(stem, said):
    assert with_articles(stem) == said


@pytest.mark.parametrize(
    ("note", "interval", "down", "there"),
    [("E♭", "major third", False, "G"), ("C4", "minor second", True, "B3"), ("F♯", "augmented second", False, "G♯♯")],
)
def test_intervals_are_spelled(note, interval, down, there):
    assert above(note, interval, down=down) == there
