"""Every candidate's whole way to its end: flags, cluster, decisions, status, fate.

Nothing disappears silently: a candidate that is not in the benchmark has a row that says why.

    history = audit(candidates, flags, clusters, statuses, taxonomy); history.rows(chosen)
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from akb.analysis.floor import Question, cross_validated
from akb.benchmark.candidates import Candidate
from akb.benchmark.cues import cues
from akb.benchmark.hygiene import FOR_PEOPLE, OPTIONS, candidate_flags
from akb.benchmark.selection import Entry
from akb.benchmark.taxonomy import Subcategory
from akb.items import won_by_longest

# What can become of a candidate, as the first words of its fate.
SELECTED = "selected"
REJECTED = "rejected by reviewers"
CONFLICT = "reviewers disagree: waits for adjudication"
OPEN = "rejected, edited or contradicted by too few reviewers to count: waits for another"
FLAGGED = "flagged"
UNKNOWN = "of a subcategory that the taxonomy lacks"
DUPLICATE = "a near-duplicate was selected"
HELD = "kept out by "
SPARE = "not needed: the quota was filled by others"
WANTED = "could not be chosen beside the others"
BARRED = (SELECTED, REJECTED, CONFLICT, OPEN, FLAGGED, UNKNOWN, DUPLICATE)
_BY_STATUS = {"rejected": REJECTED, "conflict": CONFLICT, "open": OPEN}


@dataclass(frozen=True)
class History:
    """eligible: what the selection may choose from. barred: why the others may not be chosen, by name."""

    candidates: Sequence[Candidate]
    eligible: list[Entry]
    barred: dict[str, str]
    flags: dict[str, list[str]]
    clusters: dict[str, int]
    statuses: dict[str, dict[str, Any]]

    def rows(self, chosen: set[str], held: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """One row of `tables.AUDIT` per candidate. held: by short subcategory, the limits that bind (`shortfall`)."""
        taken = {self.clusters[name] for name in chosen}
        return [
            {
                "name": c.name,
                "content_hash": c.content_hash,
                "subcategory": c.subcategory,
                "source": c.source,
                "flags": "; ".join(self.flags[c.name]),
                "cluster": self.clusters[c.name],
                **self.statuses[c.name],
                "reviewers": "; ".join(self.statuses[c.name]["reviewers"]),
                "fate": self._fate(c, chosen, taken, held or {}),
            }
            for c in self.candidates
        ]

    def _fate(self, candidate: Candidate, chosen: set[str], taken: set[int], held: Mapping[str, str]) -> str:
        if candidate.name in chosen:
            return SELECTED
        if candidate.name in self.barred:
            return self.barred[candidate.name]
        if self.clusters[candidate.name] in taken:
            return DUPLICATE
        if candidate.subcategory in held:
            limits = held[candidate.subcategory]
            return f"{HELD}{limits}" if limits else WANTED
        return SPARE


def audit(
    candidates: Sequence[Candidate],
    flags: pl.DataFrame,
    clusters: pl.DataFrame,
    statuses: pl.DataFrame,
    taxonomy: Mapping[str, Subcategory],
    options: tuple[int, int] = OPTIONS,
) -> History:
    """Gather what the tables say of each candidate (schemas FLAGS, CLUSTERS and STATUSES).

    options: the fewest and the most that a question may have.
    """
    named: dict[str, list[str]] = defaultdict(list)
    fatal: dict[str, list[str]] = defaultdict(list)
    for name, flag, is_fatal in flags.select("name", "flag", "fatal").iter_rows():
        (fatal if is_fatal else named)[name].append(flag)
    status_of = {row["name"]: row for row in statuses.iter_rows(named=True)}
    for c in candidates:
        if status_of[c.name]["status"] == "edited":  # the table's flags are those of the old text
            found = candidate_flags(c, taxonomy, options)
            fatal[c.name] = [f.flag for f in found if f.fatal]
            named[c.name] = [f.flag for f in found if not f.fatal]
    cluster_of = _joined(candidates, dict(clusters.select("name", "cluster").iter_rows()))
    liked = dict(zip((c.name for c in candidates), _liked(candidates, taxonomy), strict=True))
    barred = {c.name: why for c in candidates if (why := _bar(c, fatal[c.name], status_of[c.name]["status"], taxonomy))}
    eligible = [
        Entry(
            name=c.name,
            subcategory=c.subcategory,
            template=c.template,
            verification=c.verification,
            cluster=cluster_of[c.name],
            # People saw the flags of what they accepted.
            flags=0 if c.verification == "human" else sum(flag not in FOR_PEOPLE for flag in named[c.name]),
            longest_right=won_by_longest((c.answer, *c.distractors), 0),
            proven=bool(c.proof),
            category=taxonomy[c.subcategory].category,
            skill=c.skill,
            hard=c.tier == "hard",
            cues=(*cues(c.question, (c.answer, *c.distractors), 0).values(), liked[c.name]),
        )
        for c in candidates
        if c.name not in barred
    ]
    every = {c.name: fatal[c.name] + named[c.name] for c in candidates}
    return History(candidates, eligible, barred, every, cluster_of, status_of)


def _bar(candidate: Candidate, fatal: Sequence[str], status: str, taxonomy: Mapping[str, Subcategory]) -> str:
    if candidate.subcategory not in taxonomy:
        return f"{UNKNOWN}: {candidate.subcategory}"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if fatal:
        return f"{FLAGGED}: {', '.join(sorted(set(fatal)))}"
    return ""


def _joined(candidates: Sequence[Candidate], clusters: Mapping[str, int]) -> dict[str, int]:
    """The clusters, with those joined that hold the same content: an edit may have made two questions one."""
    first: dict[str, int] = {}
    goes: dict[int, int] = {}

    def end(cluster: int) -> int:
        while cluster in goes:
            cluster = goes[cluster]
        return cluster

    for candidate in candidates:
        cluster = end(clusters[candidate.name])
        other = end(first.setdefault(candidate.content_key, cluster))
        if other != cluster:
            goes[cluster] = other
    return {name: end(cluster) for name, cluster in clusters.items()}


def _liked(candidates: Sequence[Candidate], taxonomy: Mapping[str, Subcategory]) -> list[float]:
    """By candidate, how much more often than chance the floor's model picks its right option, learnt on the others.

    Options stand in an order of their own for each question, so that the right one's place tells nothing.
    """
    questions = []
    for c in candidates:
        options = sorted(
            (c.answer, *c.distractors), key=lambda o: hashlib.sha256((c.content_hash + o).encode()).digest()
        )
        category = taxonomy[c.subcategory].category if c.subcategory in taxonomy else ""
        questions.append(Question(c.question, tuple(options), options.index(c.answer), category))
    return [float(r) - 1 / len(q.options) for r, q in zip(cross_validated(questions, folds=5), questions, strict=True)]
