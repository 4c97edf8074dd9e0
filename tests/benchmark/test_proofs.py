"""Proofs of grounded questions: what each predicate lets pass and refuses, and that every template holds."""

import argparse
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from akb.benchmark import proofs
from akb.benchmark.candidates import Candidate
from akb.benchmark.grounded.speech.articulation import disagreements
from akb.errors import AkbError

PHONETIC_AND_SOUND = (
    "rhyme", "stress", "syllables", "pronunciation", "homophones", "articulation", "minimal_pairs", "animals",
    "machines_vehicles", "alarms_signals", "nature_weather", "materials_impacts", "acoustic_scenes", "household_tools",
    "connected_speech", "accent_dialect", "speaker_age", "health_state",
    "noise_snr", "distortion_clipping", "codec_artefacts", "reverberation", "bandwidth_response", "recording_faults",
)  # fmt: skip


@pytest.fixture(scope="module")
def candidates() -> list[Candidate]:
    names = [n for n in proofs.generators() if n.partition(".")[0] in PHONETIC_AND_SOUND]
    return [c for n in names for c in proofs.generators()[n](3)]


def accepts(check: str, args: dict[str, object], option: str) -> bool:
    return proofs.checks()[check](args, option)


def surely(check: str, args: dict[str, object], option: str) -> bool:
    return proofs.sure_checks()[check](args, option)


@pytest.mark.parametrize(
    ("check", "args", "option", "expected"),
    [
        ("rhyme.rhymes", {"with": "bone"}, "loan", True),
        ("rhyme.rhymes", {"with": "bone"}, "done", False),
        ("rhyme.rhymes", {"with": "name"}, "nickname", True),  # a weak rhyme can be defended
        ("rhyme.rhymes", {"with": "saw"}, "door", True),  # in Britain
        ("rhyme.rhymes", {"with": "tire"}, "admire", True),  # one syllable or two
        ("rhyme.pair_rhymes", {}, "online – timeline", True),  # without stress
        ("rhyme.pair_rhymes", {}, "dull – full", True),  # in northern England
        ("rhyme.pair_rhymes", {}, "blood – food", False),
        ("rhyme.begins_alike", {"with": "knife"}, "gnome", True),
        ("rhyme.begins_alike", {"with": "knife"}, "kite", False),
        ("homophones.sounds_like", {"word": "rain"}, "reign", True),
        ("homophones.sounds_like", {"word": "cot"}, "caught", True),  # in much of America
        ("homophones.sounds_like", {"word": "quiet"}, "quite", False),
        ("stress.on_syllable", {"word": "banana"}, "The second", True),
        ("stress.on_syllable", {"word": "banana"}, "The first", False),
        ("syllables.has_count", {"words": ["strengths"]}, "1", True),
        ("syllables.has_count", {"words": ["family"]}, "2", True),  # two or three: both can be defended
        ("syllables.has_count", {"words": ["family"]}, "3", True),
        ("pronunciation.has_silent", {"letter": "b"}, "doubt", True),
        ("pronunciation.has_silent", {"letter": "b"}, "table", False),
        ("pronunciation.ends_in", {"ending": "Z"}, "areas", True),  # no vowel that the ending brings along
        ("pronunciation.ends_in", {"ending": "IZ"}, "buses", True),
        ("minimal_pairs.is_minimal", {}, "fail – vale", True),
        ("minimal_pairs.is_minimal", {}, "steam – stream", True),  # loosely: a sound more
        ("minimal_pairs.is_minimal", {}, "quit – quiet", False),
        ("minimal_pairs.voicing_only", {}, "paste – based", True),
        ("minimal_pairs.voicing_only", {}, "pat – cat", False),
        ("articulation.differs_only", {"symbol": "s", "respect": "voicing"}, "/z/", True),
        ("articulation.differs_only", {"symbol": "s", "respect": "voicing"}, "/ʒ/", False),
        ("articulation.word_edge", {"at": 0, "manner": "nasal"}, "knee", True),
        ("articulation.word_edge", {"at": 0, "manner": "nasal"}, "key", False),
        ("animals.is_quantity", {"formula": "echo_distance_ms", "figures": {"speed": 343, "ms": 20}}, "3.43 m", True),
        ("animals.is_quantity", {"formula": "echo_distance_ms", "figures": {"speed": 343, "ms": 20}}, "6.86 m", False),
        ("animals.names_sound", {"word": "whinny", "gloss": "made by a horse"}, "neigh", True),
        ("animals.names_sound", {"word": "whinny", "gloss": "made by a horse"}, "bray", False),
    ],
)  # fmt: skip
def test_a_predicate_decides(check: str, args: dict[str, object], option: str, expected: bool) -> None:
    assert accepts(check, args, option) is expected


def test_an_answer_that_one_accent_disputes_is_not_sure() -> None:
    assert not surely("rhyme.rhymes", {"with": "saw"}, "door")


def test_a_difference_that_one_accent_lacks_is_not_sure() -> None:
    assert not surely("minimal_pairs.differ_in", {"one": "luck", "other": "look"}, "The vowel sound")


def test_a_loose_minimal_pair_is_not_sure() -> None:
    assert not surely("minimal_pairs.is_minimal", {}, "steam – stream")


def test_the_chart_agrees_with_panphon() -> None:
    assert disagreements() == []


def test_every_proof_holds(candidates: list[Candidate]) -> None:
    assert proofs.verify(candidates).faults == ()


def test_a_generator_repeats_itself_for_the_same_seed(candidates: list[Candidate]) -> None:
    name = candidates[0].template
    assert list(proofs.generators()[name](3)) == [c for c in candidates if c.template == name]


def test_every_candidate_has_four_different_options(candidates: list[Candidate]) -> None:
    assert all(len({c.answer.casefold(), *(d.casefold() for d in c.distractors)}) == 4 for c in candidates)


def test_no_stem_keeps_an_open_field(candidates: list[Candidate]) -> None:
    assert not [c.question for c in candidates if "{" in c.question or "}" in c.question]


def test_each_subcategory_has_several_templates(candidates: list[Candidate]) -> None:
    templates = Counter(s for s, _ in {(c.subcategory, c.template) for c in candidates})
    assert min(templates[s] for s in PHONETIC_AND_SOUND) >= 3


def test_the_answer_is_seldom_the_longest(candidates: list[Candidate]) -> None:
    longest = sum(len(c.answer) > max(map(len, c.distractors)) for c in candidates)
    assert longest / len(candidates) < 0.25


def test_a_swapped_answer_is_reported(candidates: list[Candidate]) -> None:
    sound = next(c for c in candidates if c.template == "rhyme.rhymes_with")
    wrong = replace(sound, answer=sound.distractors[0], distractors=(sound.answer, *sound.distractors[1:]))
    (fault,) = proofs.verify([wrong]).faults
    assert any("is not proven" in f for f in fault.faults)


def test_a_proof_of_something_unknown_is_reported() -> None:
    sound = next(iter(proofs.generators()["instruments.family"](3)))
    (fault,) = proofs.verify([replace(sound, answer="kazoo")]).faults
    assert any("cannot be computed" in f for f in fault.faults)


def test_items_without_a_proof_are_counted_and_not_faulted() -> None:
    outcome = proofs.verify([Candidate("emotion", "?", "a", ("b", "c", "d"), "authored", "authored")])
    assert (outcome.candidates, outcome.proven, outcome.faults) == (1, 0, ())


def test_a_benchmark_file_is_verified(
    tmp_path: Path, candidates: list[Candidate], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {
            "question": c.question, "options": [*c.distractors, c.answer], "answer": 3, "subcategory": c.subcategory,
            "source": c.source, "proof": c.proof, "verification": c.verification,
        }
        for c in candidates[:5]
    ]  # fmt: skip
    path = tmp_path / "akb.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    assert proofs.run(argparse.Namespace(items=path)) == 0
    assert "5 of 5 proofs hold" in capsys.readouterr().out


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "akb.jsonl"
    path.write_text('{"question": "?"}\n')
    with pytest.raises(AkbError, match="row 1"):
        proofs.read_candidates_of(path)
