"""Shares overlap as asked, are balanced, and stay with their reviewers when a text is mended."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from akb.benchmark.assignment import assign
from akb.benchmark.candidates import Candidate
from akb.errors import AkbError

QUOTAS = {"rhyme": 30, "animals": 10}
CANDIDATES = [
    Candidate(("rhyme", "animals")[i % 2], f"Question {i}?", "a", ("b", "c", "d"), "t", "s", given_name=f"c{i}")
    for i in range(400)
]


@pytest.mark.parametrize(("reviewers", "items", "overlap"), [(2, 80, 0.25), (3, 40, 0.5), (2, 40, 0.0), (2, 40, 1.0)])
def test_everybody_has_the_overlap_and_the_rest_is_one_person_s(reviewers: int, items: int, overlap: float) -> None:
    shares = assign(CANDIDATES, QUOTAS, [f"r{i}" for i in range(reviewers)], items=items, overlap=overlap)
    times = Counter(c.name for share in shares.values() for c in share)
    common = round(items * overlap)
    assert Counter(times.values()) == Counter({reviewers: common}) + Counter({1: reviewers * (items - common)})
    assert {len(share) for share in shares.values()} == {items}


def test_subcategories_take_part_by_their_quotas() -> None:
    for share in assign(CANDIDATES, QUOTAS, ["ann", "bea"], items=80, overlap=0.25).values():
        assert Counter(c.subcategory for c in share)["rhyme"] == pytest.approx(60, abs=2)


def test_too_few_questions_are_shared_out_to_the_last() -> None:
    shares = assign(CANDIDATES[:10], QUOTAS, ["ann", "bea"], items=400, overlap=0.01)
    assert sum(len(share) for share in shares.values()) == 10 + 4


def test_a_mended_text_moves_no_question_to_another_person() -> None:
    mended = [replace(CANDIDATES[0], question="Mended?"), *CANDIDATES[1:]]
    before, after = (assign(c, QUOTAS, ["ann", "bea"], items=80, overlap=0.25) for c in (CANDIDATES, mended))
    assert {r: [c.name for c in share] for r, share in before.items()} == {
        r: [c.name for c in share] for r, share in after.items()
    }


def test_questions_that_go_first_do() -> None:
    first = {c.content_hash for c in CANDIDATES[100:140]}
    shares = assign(CANDIDATES, QUOTAS, ["ann"], items=25, overlap=0)
    assert not {c.content_hash for c in shares["ann"]} <= first
    shares = assign(CANDIDATES, QUOTAS, ["ann"], items=25, overlap=0, first=first)
    assert {c.content_hash for c in shares["ann"]} <= first


@pytest.mark.parametrize("reviewers", [[], ["ann", "Ann "], ["ann", " "]])
def test_reviewers_must_be_different_people(reviewers: list[str]) -> None:
    with pytest.raises(AkbError, match="not different reviewers"):
        assign(CANDIDATES, QUOTAS, reviewers, items=1, overlap=0)
