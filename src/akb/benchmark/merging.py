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
from datetime import UTC, datetime

from akb.benchmark.candidates import Candidate
from akb.benchmark.review import Decision
from akb.errors import AkbError

# unreviewed: too few decisions, the candidate stays as it was. open: too few, and one of them is no acceptance, so
# that it must not be selected as if nobody had doubted it.
STATUSES = ("unreviewed", "open", "accepted", "edited", "rejected", "conflict")


@dataclass(frozen=True)
class Rules:
    """minimum: reviewers needed before their word counts. majority: share that a verdict must exceed."""

    minimum: int = 1
    majority: float = 0.5


@dataclass(frozen=True)
class Merged:
    """candidates: every candidate, edits applied. status and decisions: by the candidate's name.

    stale: decisions that judged another text or an unknown candidate, or that their reviewer replaced, with the
    reason; they do not count.
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
    final = {name: _latest(given) for name, given in _counted(adjudications, by_name, stale).items()}
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
    """The decisions that apply, by candidate, one per reviewer, in the reviewers' order; the others become stale.

    Raises AkbError where a reviewer decided twice, differently, and no time tells which came last.
    """
    latest: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda d: (_instant(d), d.verdict, d.reason)):
        candidate = by_name.get(decision.name)
        if candidate is None:
            stale.append((decision, "there is no such candidate"))
        elif candidate.content_hash != decision.content_hash:
            stale.append((decision, f"the text has changed: its hash is now {candidate.content_hash}"))
        else:
            key = (decision.name, decision.reviewer)
            if earlier := latest.get(key):
                stale.append((earlier, "the same reviewer decided again"))
                decision = _latest([earlier, decision])
            latest[key] = decision
    counted: dict[str, list[Decision]] = defaultdict(list)
    for (name, _), decision in sorted(latest.items()):
        counted[name].append(decision)
    return dict(counted)


def _instant(decision: Decision) -> float:
    """When it was made, in seconds; an untimed decision is the earliest. A time without a zone is UTC."""
    if not decision.time:
        return float("-inf")
    time = datetime.fromisoformat(decision.time)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _latest(given: Sequence[Decision]) -> Decision:
    """The decision made last. Raises AkbError where another of the same time says something else."""
    last = max(given, key=_instant)
    for other in given:
        if _instant(other) == _instant(last) and _ballot(other) != _ballot(last):
            raise AkbError(
                f"{other.reviewer} says {other.verdict}, {last.reviewer} says {last.verdict}, "
                "and no time says which of the two counts",
                where=f"the decisions on {last.name}",
                remedy="remove one of the two rows, or give the later one its time",
            )
    return last


def _ballot(decision: Decision) -> tuple[str, ...]:
    """What a decision would do: two edits are the same verdict only if they write the same text."""
    return decision.verdict, decision.new_question, decision.new_answer, decision.new_distractors


def _majority(given: Sequence[Decision], rules: Rules) -> Decision | str:
    if len(given) < rules.minimum or not given:
        return "open" if any(d.verdict != "accept" for d in given) else "unreviewed"
    ballot, votes = Counter(map(_ballot, given)).most_common(1)[0]
    if votes / len(given) <= rules.majority:
        return "conflict"
    return next(d for d in given if _ballot(d) == ballot)


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
