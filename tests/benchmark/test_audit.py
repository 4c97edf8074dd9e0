"""Every candidate's way to its end: what bars it, what its flags cost, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from akb.benchmark.audit import OPEN, History, audit
from akb.benchmark.candidates import Candidate
from akb.benchmark.taxonomy import Subcategory
from akb.tables import CLUSTERS, FLAGS, STATUSES, frame_of

TAXONOMY = {"animals": Subcategory("animals", "Sound", 3, "How animals sound.")}
BARK = Candidate("animals", "Which animal barks?", "a dog", ("a cat", "a cow", "a hen"), "t", "s", given_name="bark")
MEW = replace(BARK, question="Which animal mews?", answer="a cat", distractors=("a dog", "a cow"), given_name="mew")


JUDGED = {"decisions": 1, "reviewers": ["ann"], "answered": 0, "right": 0}


def history(flag: str = "", fatal: bool = False, status: str = "unreviewed") -> History:
    """The audit of BARK, which has the flag and the status, and of MEW beside it in the same cluster."""
    flags = [{"name": "bark", "flag": flag, "detail": "", "fatal": fatal}] if flag else []
    statuses = [
        {"name": "bark", "status": status, **JUDGED},
        {"name": "mew", "status": "accepted", **JUDGED},
    ]
    clusters: pl.DataFrame = frame_of([{"name": name, "cluster": 0} for name in ("bark", "mew")], CLUSTERS)
    return audit([BARK, MEW], frame_of(flags, FLAGS), clusters, frame_of(statuses, STATUSES), TAXONOMY)


@pytest.mark.parametrize(("flag", "cost"), [("nested_options", 1), ("solvable_without_stem", 0)])
def test_a_flag_costs_preference_unless_it_is_for_people_alone(flag: str, cost: int) -> None:
    entries = {entry.name: entry.flags for entry in history(flag).eligible}
    assert entries["bark"] - entries["mew"] == cost
    assert history(flag).rows({"bark"})[0]["flags"] == flag


@pytest.mark.parametrize(
    ("made", "fate"),
    [
        (history("article", fatal=True), "flagged: article"),
        (history(status="rejected"), "rejected by reviewers"),
        (history(status="conflict"), "reviewers disagree: waits for adjudication"),
        (history(status="open"), OPEN),
    ],
)
def test_what_bars_a_candidate_is_its_fate(made: History, fate: str) -> None:
    assert [entry.name for entry in made.eligible] == ["mew"]
    assert made.rows({"mew"})[0]["fate"] == fate


@pytest.mark.parametrize("question", ["Which  animal\nbarks? ", "Which animal barks?"])
def test_of_two_questions_with_equal_content_one_is_eligible_at_most_once(question: str) -> None:
    twin = replace(BARK, question=question, given_name="twin")
    clusters = frame_of([{"name": name, "cluster": number} for number, name in enumerate(("bark", "twin"))], CLUSTERS)
    statuses = frame_of(
        [{"name": name, "status": "edited", **JUDGED} for name in ("bark", "twin")],
        STATUSES,
    )
    found = audit([BARK, twin], frame_of([], FLAGS), clusters, statuses, TAXONOMY)
    assert len({entry.cluster for entry in found.eligible}) == 1


def test_the_flags_of_what_a_person_accepted_cost_nothing() -> None:
    accepted = replace(BARK, verification="human")
    flags = frame_of([{"name": "bark", "flag": "nested_options", "detail": "", "fatal": False}], FLAGS)
    statuses = frame_of(
        [{"name": "bark", "status": "accepted", **JUDGED}],
        STATUSES,
    )
    clusters = frame_of([{"name": "bark", "cluster": 0}], CLUSTERS)
    assert audit([accepted], flags, clusters, statuses, TAXONOMY).eligible[0].flags == 0


def test_who_is_left_out_learns_why() -> None:
    assert [row["fate"] for row in history().rows({"mew"})] == ["a near-duplicate was selected", "selected"]


def test_an_edited_text_has_its_own_flags_not_those_of_the_old() -> None:
    edited = replace(MEW, given_name="bark")  # three options: the new text has a fatal flag of its own
    statuses = frame_of(
        [{"name": "bark", "status": "edited", **JUDGED}],
        STATUSES,
    )
    flags = frame_of([{"name": "bark", "flag": "long_answer", "detail": "", "fatal": False}], FLAGS)
    (row,) = audit([edited], flags, frame_of([{"name": "bark", "cluster": 0}], CLUSTERS), statuses, TAXONOMY).rows(
        set()
    )
    assert (row["flags"], row["fate"]) == ("option_count", "flagged: option_count")
