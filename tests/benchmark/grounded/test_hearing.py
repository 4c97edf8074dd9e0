"""Questions whose answer a program hears: outcomes in balance, unclear settings not asked, proofs made anew."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from akb.benchmark import proofs
from akb.benchmark.candidates import Candidate, proof_faults
from akb.benchmark.grounded.craft.hearing import SOURCE, Outcomes

SAID = {"low": "A hum", "mid": "A tone", "high": "A whistle", "none": "Nothing"}


def outcome(frequency: float) -> str:
    """The outcome at a frequency; not clear from 900 to 1100 Hz."""
    if 900 < frequency < 1100:
        return ""
    return "none" if frequency > 20000 else "high" if frequency > 1000 else "mid" if frequency > 200 else "low"


def asked(frequencies: list[float], said: dict[str, str] = SAID) -> tuple[Outcomes, list[Candidate]]:
    heard = Outcomes("spectrum_fourier")
    settings = [{"frequency": f, "say_what": f"{f:g} Hz"} for f in frequencies]
    heard.add(
        "made_up", outcome, said, ["{say_what} sounds. What is heard?", "what is {say_what}?"], settings, tier="hard"
    )
    return heard, list(heard.generators["spectrum_fourier.made_up"](1))


MANY = [50, 60, 70, 80, 90, 100, 300, 400, 500, 1000, 2000, 3000, 4000, 30000, 40000, 50000]


def test_each_outcome_is_right_equally_often() -> None:
    _, found = asked(MANY)
    assert Counter(c.answer for c in found) == dict.fromkeys(SAID.values(), 3)
    assert all({c.answer, *c.distractors} == set(SAID.values()) for c in found)


def test_leading_parts_are_balanced_as_well() -> None:
    _, found = asked(MANY)
    assert {c.answer for c in found[:4]} == set(SAID.values())


def test_a_setting_whose_outcome_is_not_clear_is_not_asked() -> None:
    _, found = asked(MANY)
    assert not any("1000 Hz" in c.question for c in found)


def test_more_outcomes_than_four_are_asked_as_far_as_there_are_settings() -> None:
    _, found = asked([50, 300, 2000, 30000, 60], SAID | {"odd": "A rattle"})
    assert Counter(c.answer for c in found) == {"A hum": 2, "A tone": 1, "A whistle": 1, "Nothing": 1}


def test_the_proof_measures_again_and_words_for_the_stem_are_no_part_of_it() -> None:
    heard, found = asked(MANY)
    for candidate in found:
        assert proof_faults(candidate, heard.checks) == []
        assert set(json.loads(candidate.proof)["args"]["figures"]) == {"frequency"}
        assert (candidate.source, candidate.skill, candidate.tier) == (SOURCE, "inference", "hard")
        assert candidate.question[0].isupper() or candidate.question[0].isdigit()


def test_a_key_that_the_measurement_does_not_bear_out_has_no_proof() -> None:
    heard, found = asked(MANY)
    wrong = json.loads(found[0].proof) | {"args": {"simulation": "made_up", "figures": {"frequency": 60}}}
    swapped = Candidate(
        "spectrum_fourier", "?", "A whistle", ("A hum", "A tone", "Nothing"), "t", "s", proof=json.dumps(wrong)
    )
    assert proof_faults(swapped, heard.checks)


@pytest.mark.parametrize(
    "template",
    [
        "distortion_clipping.partials_of_a_bent_sine",
        "sampling_aliasing.played_at_wrong_rate",
        "decibels_levels.two_sources",
    ],
)
def test_shipped_templates_ask_for_each_outcome_equally_often(template: str) -> None:
    counts = Counter(c.answer for c in proofs.generators()[template](1))
    assert len(counts) == 4 and max(counts.values()) == min(counts.values())
