"""Several reviewers' decisions become one status per candidate.

A decision counts only for the text it judged: its content hash must still be the candidate's. One
decision per reviewer counts, the latest. Where no verdict has the required majority, the candidate
is in conflict until an adjudicator, whose file is an input of its own, decides it.

    merged = merge(candidates, decisions, adjudications, Rules(minimum=2, majority=0.5))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from akb.candidates import Candidate
from akb.review import Decision

# unreviewed: too few decisions, the candidate stays as it was.
STATUSES = ("unreviewed", "accepted", "edited", "rejected", "conflict")


@dataclass(frozen=True)
class Rules:
    """minimum: reviewers needed before their word counts. majority: share that a verdict must exceed."""

    minimum: int = 1
    majority: float = 0.5


@dataclass(frozen=True)
class Merged:
    """candidates: every candidate, edits applied. status and decisions: by the candidate's name.

    stale: decisions that judged another text or an unknown candidate, with the reason; they do not count.
    """

    candidates: list[Candidate]
    status: dict[str, str]
    decisions: dict[str, list[Decision]]
    stale: list[tuple[Decision, str]]


def merge(
    candidates: Sequence[Candidate],
    decisions: Iterable[Decision],
    adjudications: Iterable[Decision],
    rules: Rules,
) -> Merged:
    """Apply decisions to candidates; order of decisions does not matter."""
    by_name = {c.name: c for c in candidates}
    stale: list[tuple[Decision, str]] = []
    counted = _counted(decisions, by_name, stale)
    final = {name: given[-1] for name, given in _counted(adjudications, by_name, stale).items()}
    merged, status = [], {}
    for candidate in candidates:
        given = counted.get(candidate.name, [])
        verdict = final.get(candidate.name) or _majority(given, rules)
        if isinstance(verdict, Decision):
            candidate, status[candidate.name] = _applied(candidate, verdict)
        else:
            status[candidate.name] = verdict
        merged.append(candidate)
    return Merged(merged, status, counted, stale)


def _counted(
    decisions: Iterable[Decision], by_name: Mapping[str, Candidate], stale: list[tuple[Decision, str]]
) -> dict[str, list[Decision]]:
    """The decisions that apply, by candidate, one per reviewer, in the reviewers' order."""
    latest: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda d: (d.time, d.verdict, d.reason)):
        candidate = by_name.get(decision.name)
        if candidate is None:
            stale.append((decision, "there is no such candidate"))
        elif candidate.content_hash != decision.content_hash:
            stale.append((decision, f"the text has changed: its hash is now {candidate.content_hash}"))
        else:
            latest[decision.name, decision.reviewer] = decision
    counted: dict[str, list[Decision]] = defaultdict(list)
    for (name, _), decision in sorted(latest.items()):
        counted[name].append(decision)
    return dict(counted)


def _majority(given: Sequence[Decision], rules: Rules) -> Decision | str:
    if len(given) < rules.minimum or not given:
        return "unreviewed"
    # Two edits are the same verdict only if they write the same text.
    ballots = Counter((d.verdict, d.new_question, d.new_answer, d.new_distractors) for d in given)
    ballot, votes = ballots.most_common(1)[0]
    if votes / len(given) <= rules.majority:
        return "conflict"
    return next(d for d in given if (d.verdict, d.new_question, d.new_answer, d.new_distractors) == ballot)


def _applied(candidate: Candidate, decision: Decision) -> tuple[Candidate, str]:
    if decision.verdict == "reject":
        return candidate, "rejected"
    if decision.verdict == "accept":
        return replace(candidate, verification="human"), "accepted"
    distractors = tuple(line.strip() for line in decision.new_distractors.splitlines() if line.strip())
    edited = replace(
        candidate,
        question=decision.new_question or candidate.question,
        answer=decision.new_answer or candidate.answer,
        distractors=distractors or candidate.distractors,
        verification="human",
        # The program proved the old text, not this one.
        proof="",
        given_name=candidate.name,
    )
    return edited, "edited"
