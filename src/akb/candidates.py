"""A candidate question for the `akb` benchmark, from whichever source, and how its proof is checked.

A grounded candidate carries a proof: the name of a predicate and its arguments. The predicate says
of any option text whether it answers the question rightly; the proof holds if it accepts the
answer and rejects every distractor, computed anew from the named source and not from the generator.

    faults = proof_faults(candidate, {"rhymes": rhymes})
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Says whether `option` is a right answer, given the proof's arguments.
Predicate = Callable[[Mapping[str, Any], str], bool]


@dataclass(frozen=True)
class Candidate:
    """One question before selection.

    template names the generator's template, or the file for authored items; no template gives more
    than a configured number of the selected items. proof is empty unless a program proves the
    answer: {"check": predicate name, "args": {…}}. verification is "program" or "none".
    """

    subcategory: str
    question: str
    answer: str
    distractors: tuple[str, ...]
    template: str
    source: str
    rationale: str = ""
    proof: str = ""  # JSON, so that a candidate is hashable
    verification: str = "none"
    given_name: str = ""  # outlives changes of the text, where the source gives one

    @property
    def name(self) -> str:
        """What reviewers' decisions call this candidate."""
        return self.given_name or f"{self.template}/{self.content_hash}"

    @property
    def content_hash(self) -> str:
        """16 hex digits over stem and options, whatever their order: the identity that decisions name."""
        content = json.dumps([self.question, self.answer, sorted(self.distractors)], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


# A generator module offers GENERATORS: each yields candidates of one template, in a fixed order,
# the same on every machine for the same seed.
Generator = Callable[[int], Iterator[Candidate]]


def proof_faults(candidate: Candidate, checks: Mapping[str, Predicate]) -> list[str]:
    """What is wrong with a candidate's proof; empty if it accepts the answer and nothing else."""
    proof = json.loads(candidate.proof or "{}")
    check = checks.get(proof.get("check", ""))
    if check is None:
        return [f"no predicate named {proof.get('check')!r}"]
    faults = [] if check(proof["args"], candidate.answer) else [f"the answer {candidate.answer!r} is not proven"]
    return faults + [f"the distractor {d!r} is also right" for d in candidate.distractors if check(proof["args"], d)]
