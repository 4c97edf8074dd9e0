"""Several reviewers' decisions become one status per candidate.

A decision counts only for the text it judged, whatever that text is called now. One decision per reviewer counts, the
latest. Where no verdict has the required majority, or most reviewers chose another option than the key, the candidate
is in conflict until an adjudicator, whose file is an input of its own, decides it.

    merged = merge(candidates, decisions, adjudications, MergeRules(minimum=2, majority=0.5))
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from akb.benchmark.candidates import Candidate
from akb.benchmark.review import Decision, person
from akb.errors import AkbError

# unreviewed: too few decisions, the candidate stays as it was. open: too few, and one of them is no acceptance, so
# that it must not be selected as if nobody had doubted it.
STATUSES = ("unreviewed", "open", "accepted", "edited", "rejected", "conflict")
DISAGREE = "no verdict has the majority"
CONTRADICTED = "most reviewers chose another option than the key"
ADJUDICATORS = "the adjudications contradict each other"
# Times without a zone are local: until they are this many seconds apart, they may be in either order with others.
_ZONES = 14 * 3600


@dataclass(frozen=True)
class MergeRules:
    """minimum: reviewers needed before their word counts. majority: share that a verdict must exceed."""

    minimum: int = 1
    majority: float = 0.5


@dataclass(frozen=True)
class Merged:
    """candidates: every candidate, edits applied. status, decisions: by the candidate's name. why: of each conflict.

    stale: decisions that judged another text or an unknown candidate, or that their reviewer replaced, with the
    reason; they do not count. notes: what was repaired.
    """

    candidates: list[Candidate]
    status: dict[str, str]
    decisions: dict[str, list[Decision]]
    stale: list[tuple[Decision, str]]
    why: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def merge(
    candidates: Sequence[Candidate],
    decisions: Iterable[Decision],
    adjudications: Iterable[Decision],
    rules: MergeRules,
) -> Merged:
    """Apply decisions to candidates; order of decisions does not matter."""
    known = _Known(candidates)
    stale: list[tuple[Decision, str]] = []
    counted = _counted(decisions, known, stale)
    final = _counted(adjudications, known, stale)
    merged, status, why = [], {}, {}
    for candidate in candidates:
        given = counted.get(candidate.name, [])
        verdict = _adjudicated(final.get(candidate.name, [])) or _majority(given, rules)
        changed, state = _applied(candidate, verdict) if isinstance(verdict, Decision) else (candidate, verdict)
        doubted = candidate.name not in final and state != "rejected" and contradicted(given, changed)
        if doubted:
            changed, state, verdict = candidate, "conflict", CONTRADICTED
        if state.startswith("conflict"):
            why[candidate.name] = CONTRADICTED if doubted else ADJUDICATORS if candidate.name in final else DISAGREE
        status[candidate.name] = state
        merged.append(changed)
    return Merged(merged, status, counted, stale, why, known.notes)


def contradicted(given: Sequence[Decision], candidate: Candidate) -> bool:
    """Whether more than half of those who answered before they saw the key chose another option."""
    answers = [d.answer for d in given if d.answer]
    return 2 * sum(answer != candidate.answer for answer in answers) > len(answers)


class _Known:
    """The candidates by what decisions name: their content, else, where a spreadsheet harmed the hash, its number."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.by_hash = {c.content_hash: c for c in candidates}
        self.by_name = {c.name: c for c in candidates}
        self.notes: list[str] = []
        self._numbers = [(number, c) for c in candidates if (number := _number(c.content_hash)) is not None]

    def find(self, decision: Decision) -> Candidate | str:
        """The candidate whose text the decision judged, or why there is none."""
        if found := self.by_hash.get(decision.content_hash):
            return found
        named = self.by_name.get(decision.name)
        number = _number(decision.content_hash.replace(",", "."))
        if number is not None:
            near = [c for other, c in self._numbers if abs(other - number) <= 1e-5 * abs(number)]
            if named in near or (len(near) == 1 and named is None):
                candidate = named if named in near else near[0]
                self.notes.append(f"{decision.origin}: a spreadsheet made a number of the hash; it was recognised")
                assert candidate is not None
                return candidate
        if number is not None and not re.fullmatch(r"[0-9a-f]{16}", decision.content_hash):
            return f"the hash looks like a number that a spreadsheet made of it; {_now(named)}"
        return f"the text has changed: {_now(named)}" if named else "there is no such candidate"


def _now(candidate: Candidate | None) -> str:
    return f"its hash is now {candidate.content_hash}" if candidate else "no candidate has this name"


def _number(text: str) -> float | None:
    """The text as a spreadsheet would read it as a number, if it would."""
    try:
        value = float(text) if text[:1].isdigit() and "_" not in text else None
    except ValueError:
        return None
    return value if value is None or value < float("inf") else None


def _counted(
    decisions: Iterable[Decision], known: _Known, stale: list[tuple[Decision, str]]
) -> dict[str, list[Decision]]:
    """The decisions that apply, by candidate, one per reviewer, in the reviewers' order; the others become stale.

    Raises AkbError where a reviewer decided twice, differently, and no time tells which came last.
    """
    latest: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda d: (_instant(d), d.verdict, d.reason, d.origin)):
        candidate = known.find(decision)
        if isinstance(candidate, str):
            stale.append((decision, candidate))
            continue
        decision = replace(decision, name=candidate.name, content_hash=candidate.content_hash)
        if decision.answer and decision.answer not in (candidate.answer, *candidate.distractors):
            known.notes.append(
                f"{decision.origin}: the answer {decision.answer!r} is no option, altered by a spreadsheet perhaps: "
                "the verdict counts, it does not"
            )
            decision = replace(decision, answer="")
        key = (candidate.name, person(decision.reviewer))
        if earlier := latest.get(key):
            if replace(earlier, reviewer=decision.reviewer) == decision:
                continue  # the same row in two files
            decision = _latest([earlier, decision])
            stale.append((earlier, "the same reviewer decided again"))
        latest[key] = decision
    counted: dict[str, list[Decision]] = defaultdict(list)
    for (name, _), decision in sorted(latest.items(), key=lambda entry: entry[0]):
        counted[name].append(decision)
    return dict(counted)


def _instant(decision: Decision) -> float:
    """When it was made, in seconds; an untimed decision is the earliest. A time without a zone is UTC."""
    if not decision.time:
        return float("-inf")
    time = datetime.fromisoformat(decision.time)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _latest(given: Sequence[Decision]) -> Decision:
    """The decision made last. Raises AkbError where another may be as late and says something else."""
    last = max(given, key=_instant)
    for other in given:
        if _ballot(other) != _ballot(last) and not _earlier(other, last):
            raise AkbError(
                f"{other.reviewer} says {other.verdict}, {last.reviewer} says {last.verdict}, "
                "and no time says which of the two counts",
                where=f"the decisions on {last.name}: {other.origin or 'one'} and {last.origin or 'another'}",
                remedy="remove one of the two rows, or give the later one its time, with its zone",
            )
    return last


def _earlier(one: Decision, other: Decision) -> bool:
    """Whether it was surely made before the other."""
    zones = [bool(d.time) and datetime.fromisoformat(d.time).tzinfo is not None for d in (one, other)]
    apart = _instant(other) - _instant(one)
    return apart > (_ZONES if one.time and other.time and zones[0] != zones[1] else 0)


def _ballot(decision: Decision) -> tuple[str, ...]:
    """What a decision would do: two edits are the same verdict only if they write the same text."""
    return decision.verdict, decision.new_question, decision.new_answer, decision.new_distractors


def _adjudicated(given: Sequence[Decision]) -> Decision | str:
    """What the adjudicators say, "conflict" where they contradict each other, "" where there is none."""
    if not given:
        return ""
    return given[0] if len(set(map(_ballot, given))) == 1 else "conflict"


def _majority(given: Sequence[Decision], rules: MergeRules) -> Decision | str:
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
