"""Decisions: read from both forms, merged by majority, applied only to the text they judged."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from akb.benchmark import review
from akb.benchmark.agreement import agreement
from akb.benchmark.candidates import Candidate
from akb.benchmark.decision_files import read_decisions
from akb.benchmark.merging import Merged, MergeRules, merge
from akb.benchmark.review import Decision, decisions_csv
from akb.errors import AkbError


def read(path: Path) -> list[Decision]:
    return read_decisions([path])[0].decisions


def candidate(number: int = 0) -> Candidate:
    return Candidate(
        "rhyme",
        f"Which word rhymes with word {number}?",
        "cat",
        ("dog", "cow", "hen"),
        "t",
        "s",
        given_name=f"r-{number}",
    )


def decision(number: int, reviewer: str, verdict: str = "accept", **changes: str) -> Decision:
    return Decision(f"r-{number}", candidate(number).content_hash, reviewer, verdict, **changes)


def merged(*decisions: Decision, adjudications: tuple[Decision, ...] = (), rules: MergeRules | None = None) -> Merged:
    return merge([candidate(0), candidate(1)], decisions, adjudications, rules or MergeRules())


def test_unjudged_candidates_stay_as_they_were() -> None:
    assert merged().status == {"r-0": "unreviewed", "r-1": "unreviewed"}


def test_acceptance_makes_the_verification_human() -> None:
    assert merged(decision(0, "ann")).candidates[0].verification == "human"


def test_too_few_reviewers_change_nothing() -> None:
    assert merged(decision(0, "ann"), rules=MergeRules(minimum=2)).status["r-0"] == "unreviewed"


@pytest.mark.parametrize("doubt", [{"verdict": "reject"}, {"verdict": "edit", "new_answer": "bat"}])
def test_a_doubt_of_too_few_reviewers_stays_open(doubt: dict[str, str]) -> None:
    assert merged(decision(0, "ann", **doubt), rules=MergeRules(minimum=2)).status["r-0"] == "open"


def test_a_tie_is_a_conflict_until_it_is_adjudicated() -> None:
    tie = (decision(0, "ann"), decision(0, "bob", "reject"))
    assert merged(*tie).status["r-0"] == "conflict"
    assert merged(*tie, adjudications=(decision(0, "eve", "reject"),)).status["r-0"] == "rejected"


def test_edits_agree_only_if_their_texts_do() -> None:
    same = [decision(0, name, "edit", new_answer="bat") for name in ("ann", "bob")]
    other = decision(0, "bob", "edit", new_answer="mat")
    assert merged(*same).candidates[0].answer == "bat"
    assert merged(same[0], other).status["r-0"] == "conflict"


def test_an_edit_voids_the_program_s_proof_and_keeps_the_name() -> None:
    edited = merged(decision(0, "ann", "edit", new_answer="bat")).candidates[0]
    assert (edited.proof, edited.verification, edited.name) == ("", "human", "r-0")


def test_a_decision_on_changed_text_does_not_apply_and_is_listed() -> None:
    result = merged(Decision("r-0", "0" * 16, "ann", "reject"), Decision("gone", "0" * 16, "ann", "reject"))
    assert result.status["r-0"] == "unreviewed"
    assert ["changed" in why or "no such" in why for _, why in result.stale] == [True, True]


def test_the_latest_decision_of_a_reviewer_counts() -> None:
    early = decision(0, "ann", "reject", time="2026-01-01T10:00:00")
    late = decision(0, "ann", "accept", time="2026-01-02T10:00:00")
    assert merged(late, early).status["r-0"] == "accepted"


def test_times_of_any_zone_are_compared_and_what_was_replaced_is_listed() -> None:
    early = decision(0, "ann", "reject", time="2026-01-01T10:00:00+02:00")
    late = decision(0, "ann", "accept", time="2026-01-01T09:00:00Z")
    result = merged(late, early)
    assert result.status["r-0"] == "accepted"
    assert [d for d, why in result.stale if why == "the same reviewer decided again"] == [early]


def test_a_reviewer_who_contradicts_himself_without_a_time_is_named() -> None:
    with pytest.raises(AkbError, match="ann says reject") as error:
        merged(decision(0, "ann"), decision(0, "ann", "reject"))
    assert "r-0" in str(error.value)


def test_an_adjudicator_s_last_word_counts() -> None:
    early = decision(0, "Eve", "accept", time="2026-01-01T10:00:00")
    late = decision(0, "eve ", "reject", time="2026-01-02T10:00:00")
    assert merged(adjudications=(late, early)).status["r-0"] == "rejected"


def test_adjudicators_who_contradict_each_other_decide_nothing() -> None:
    early = decision(0, "zoe", "accept", time="2026-01-01T10:00:00")
    late = decision(0, "eve", "reject", time="2026-01-02T10:00:00")
    result = merged(adjudications=(late, early))
    assert (result.status["r-0"], result.why["r-0"]) == ("conflict", "the adjudications contradict each other")


def test_the_same_decision_twice_contradicts_nobody(tmp_path: Path) -> None:
    row = "a,b,ann,accept,,,,,\n"
    (tmp_path / "round.csv").write_text(",".join(review.COLUMNS) + "\n" + row * 2)
    assert {d.verdict for d in read(tmp_path / "round.csv")} == {"accept"}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"verdict": "reject"}, "ann decides on it in row 2 too"),
        ({"verdict": "maybe"}, "the verdict 'maybe' is unknown"),
        ({"verdict": "edit"}, "an edit without new text"),
        ({"verdict": "accept", "new_answer": "x"}, "accept with new text"),
        ({"verdict": "accept", "reviewer": ""}, "reviewer is empty"),
        ({"verdict": "accept", "time": "yesterday"}, "not ISO 8601"),
    ],
)
def test_a_malformed_decision_is_named_with_file_and_row(tmp_path: Path, row: dict[str, str], fault: str) -> None:
    path = tmp_path / "round.csv"
    good = {"name": "a", "content_hash": "b", "reviewer": "ann", "verdict": "accept"}
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, review.COLUMNS)
        writer.writeheader()
        writer.writerows([good, good | row])
    with pytest.raises(AkbError, match=fault) as error:
        read(path)
    assert "round.csv, row 3" in str(error.value)


def test_a_cell_too_many_is_named_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "round.csv"
    path.write_text("name,content_hash,reviewer,verdict,reason\na,b,ann,reject,too long, and wrong\n")
    with pytest.raises(AkbError, match="1 cells more than columns") as error:
        read(path)
    assert "round.csv, row 2" in str(error.value)


def test_a_spreadsheet_s_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "round.csv"
    path.write_text(decisions_csv([decision(0, "ann")]), encoding="utf-8-sig")
    assert read(path) == [decision(0, "ann")]


def test_tasks_come_back_as_decisions_once_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text(review.tasks_csv([review.task(candidate(i), "Phonetic", []) for i in range(3)]))
    assert read(path) == []
    rows = list(csv.DictReader(path.open()))
    rows[1] |= {"verdict": "reject", "reviewer": "ann", "reason": "„doof“"}
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert read(path) == [decision(1, "ann", "reject", reason="„doof“")]


def test_a_label_studio_export_is_read(tmp_path: Path) -> None:
    annotation = {
        "completed_by": {"id": 7, "email": "ann@example.org"},
        "created_at": "2026-05-01T10:00:00.000000Z",
        "result": [
            {"from_name": "verdict", "type": "choices", "value": {"choices": ["edit"]}},
            {"from_name": "new_answer", "type": "textarea", "value": {"text": ["bat"]}},
        ],
    }
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"data": review.task(candidate(), "Phonetic", []), "annotations": [annotation]}]))
    (found,) = read(path)
    assert (found.name, found.reviewer, found.verdict, found.new_answer) == ("r-0", "ann@example.org", "edit", "bat")


def alpha_by_definition(items: list[list[str]]) -> float:
    """Krippendorff's nominal alpha, 1 − observed / expected disagreement, straight from pairs of values."""
    pairable = [v for v in items if len(v) > 1]
    n = sum(map(len, pairable))
    observed = sum(2 * sum(a != b for a, b in combinations(v, 2)) / (len(v) - 1) for v in pairable) / n
    totals = Counter(x for v in pairable for x in v)
    expected = sum(totals[a] * totals[b] for a in totals for b in totals if a != b) / (n * (n - 1))
    return 1 - observed / expected


def test_2000_tasks_decided_by_two_scripted_reviewers_come_back_whole(tmp_path: Path) -> None:
    chance = random.Random(5)
    candidates = [candidate(i) for i in range(2000)]
    first = {i: chance.choice(["accept", "accept", "accept", "reject"]) for i in range(2000)}
    second = {i: v if chance.random() < 0.8 else {"accept": "reject", "reject": "accept"}[v] for i, v in first.items()}
    for name, verdicts in (("ann", first), ("bob", second)):
        path = tmp_path / f"{name}.csv"
        path.write_text(decisions_csv(decision(i, name, v) for i, v in verdicts.items()))
    decisions = [d for name in ("ann", "bob") for d in read(tmp_path / f"{name}.csv")]
    result = merge(candidates, decisions, [], MergeRules(minimum=2))
    conflicts = {f"r-{i}" for i in range(2000) if first[i] != second[i]}
    assert {name for name, status in result.status.items() if status == "conflict"} == conflicts
    verdicts = [[d.verdict for d in result.decisions[c.name]] for c in candidates]
    (row,) = agreement({"Phonetic": verdicts})
    assert row.alpha == pytest.approx(alpha_by_definition(verdicts), abs=1e-9)
    assert row.decisions == 4000


def test_unanimous_reviewers_have_no_alpha_rather_than_a_false_one() -> None:
    (row,) = agreement({"Music": [["accept", "accept"]] * 5})
    assert row.alpha != row.alpha


def test_kappa_does_not_depend_on_the_order_of_items_where_numbers_of_reviewers_are_equally_common() -> None:
    verdicts = [["accept", "reject"], ["accept", "accept"], ["reject", "reject", "accept"], ["accept"] * 3]
    (one,), (other,) = agreement({"Sound": verdicts}), agreement({"Sound": verdicts[::-1]})
    assert (one.kappa, one.kappa_items) == (other.kappa, 2)
    assert one.kappa == pytest.approx(agreement({"Sound": verdicts[2:]})[0].kappa)  # of the larger number
