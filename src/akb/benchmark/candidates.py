"""A candidate question for the `akb` benchmark, from whichever source, and how its proof is checked.

A grounded candidate carries a proof: the name of a predicate and its arguments. The predicate says
of any option text whether it answers the question rightly; the proof holds if it accepts the
answer and rejects every distractor, computed anew from the named source and not from the generator.

    faults = proof_faults(candidate, {"rhymes": rhymes})
"""

from __future__ import annotations

import difflib
import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akb.benchmark.taxonomy import Subcategory
from akb.errors import AkbError
from akb.tables import CANDIDATES, frame_of, read_table, write_table

# Says whether `option` is a right answer, given the proof's arguments.
Predicate = Callable[[Mapping[str, Any], str], bool]


# recall: a fact. inference: from a described sound or cause to what is heard, or back. symbolic: phonology, notation,
# harmony worked out. computation: a formula and numbers.
SKILLS = ("recall", "inference", "symbolic", "computation")
TIERS = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Candidate:
    """One question before selection.

    template names the generator's template, or the file for authored items; no template gives more
    than a configured number of the selected items. proof is empty unless a program proves the
    answer: {"check": predicate name, "args": {…}}. verification is "program" or "none". skill is what answering takes,
    tier how hard it is by construction, both "" where nobody says.
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
    skill: str = ""  # one of SKILLS, or unknown
    tier: str = ""  # one of TIERS, or unknown
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

    @property
    def content_key(self) -> str:
        """Equal for two questions that a reader cannot tell apart: spaces and forms of one letter do not count."""
        texts = [self.question, self.answer, *sorted(self.distractors)]
        return "\n".join(" ".join(unicodedata.normalize("NFC", text).split()) for text in texts)


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


def distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates without those whose content stands earlier already. Raises AkbError for a name given twice."""
    kept: dict[str, Candidate] = {}
    names: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.content_hash in kept:
            continue
        if other := names.get(candidate.name):
            raise AkbError(
                f"two candidates are called {candidate.name!r}",
                where=" and ".join(f"{c.source}, {c.subcategory}: {c.question[:60]!r}" for c in (other, candidate)),
                remedy="give each authored or imported question an id of its own",
            )
        kept[candidate.content_hash] = names[candidate.name] = candidate
    return list(kept.values())


def require_known(candidates: Iterable[Candidate], taxonomy: Mapping[str, Subcategory], where: str) -> None:
    """Raise AkbError naming every subcategory that the taxonomy lacks, and the one that may have been meant."""
    unknown = Counter(c.subcategory for c in candidates if c.subcategory not in taxonomy)
    if unknown:
        lines = [f"{name!r}, {n} questions{meant(name, taxonomy)}" for name, n in sorted(unknown.items())]
        raise AkbError(
            "the taxonomy has no such subcategory: " + "; ".join(lines),
            where=where,
            remedy=f"use one of {', '.join(taxonomy)}; or add it to the taxonomy (`benchmark.taxonomy`) with its quota",
        )


def meant(name: str, known: Iterable[str]) -> str:
    """A hint, ", did you mean …?", if a known name is near; else nothing."""
    folded = {k.casefold().replace("_", " "): k for k in known}
    near = difflib.get_close_matches(name.strip().casefold().replace("_", " ").replace("-", " "), folded, 1, 0.75)
    return f", did you mean {folded[near[0]]!r}?" if near else ""


def write_candidates(candidates: Iterable[Candidate], taxonomy: Mapping[str, Subcategory], path: Path) -> None:
    """Write the candidates table; a subcategory that the taxonomy lacks has no category."""
    rows = [
        {
            "name": c.name,
            "content_hash": c.content_hash,
            "category": taxonomy[c.subcategory].category if c.subcategory in taxonomy else "",
            "subcategory": c.subcategory,
            "question": c.question,
            "answer": c.answer,
            "distractors": list(c.distractors),
            "template": c.template,
            "source": c.source,
            "rationale": c.rationale,
            "proof": c.proof,
            "verification": c.verification,
            "skill": c.skill,
            "tier": c.tier,
        }
        for c in candidates
    ]
    write_table(frame_of(rows, CANDIDATES), path, CANDIDATES)


def read_candidates(path: Path) -> list[Candidate]:
    """Read the candidates table. Raises AkbError if it is not one."""
    return [
        Candidate(
            subcategory=row["subcategory"],
            question=row["question"],
            answer=row["answer"],
            distractors=tuple(row["distractors"]),
            template=row["template"],
            source=row["source"],
            rationale=row["rationale"],
            proof=row["proof"],
            verification=row["verification"],
            skill=row["skill"],
            tier=row["tier"],
            given_name=row["name"],
        )
        for row in read_table(path, CANDIDATES).to_dicts()
    ]
