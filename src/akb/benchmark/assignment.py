"""Who reviews which question: shares with an overlap, balanced over subcategories, the same at every build.

shares = assign(candidates, quotas, ["ann", "bea"], items=400, overlap=0.25)
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from akb.benchmark.candidates import Candidate
from akb.benchmark.review import person
from akb.errors import AkbError


def assign(
    candidates: Sequence[Candidate],
    quotas: Mapping[str, int],
    reviewers: Sequence[str],
    *,
    items: int,
    overlap: float,
    first: Collection[str] = (),
) -> dict[str, list[Candidate]]:
    """Each reviewer's questions, `items` of them as far as there are so many, in the order in which they come.

    overlap: the part of a share that every reviewer has, so that agreement can be told; the rest is one reviewer's
    alone. Subcategories take part in proportion to their quotas. first: content hashes of questions that go before
    others. The order comes from names, so that a mended text moves no other question to another person.
    Raises AkbError for reviewers who are none, or one under two names.
    """
    if not reviewers or len({person(r) for r in reviewers}) < len(reviewers) or not all(map(person, reviewers)):
        raise AkbError(
            f"these are not different reviewers: {', '.join(map(repr, reviewers)) or 'nobody'}",
            where="`benchmark.assignment.reviewers`, or --reviewers",
            remedy="give each reviewer a name of their own",
        )
    ranked = _ranked(candidates, quotas, first)
    common = min(len(ranked), math.ceil(overlap * items)) if len(reviewers) > 1 else 0
    shares: dict[str, list[Candidate]] = dict.fromkeys(reviewers, ranked[:common])
    held: dict[str, Counter[str]] = {r: Counter(c.subcategory for c in ranked[:common]) for r in reviewers}
    for candidate in ranked[common:]:
        free = [r for r in reviewers if len(shares[r]) < items]
        if not free:
            break
        taker = min(free, key=lambda r: (held[r][candidate.subcategory], len(shares[r]), reviewers.index(r)))
        shares[taker] = [*shares[taker], candidate]
        held[taker][candidate.subcategory] += 1
    place = {c.name: _hash(c.name) for c in ranked}
    return {r: sorted(share, key=lambda c: place[c.name]) for r, share in shares.items()}


def _ranked(candidates: Sequence[Candidate], quotas: Mapping[str, int], first: Collection[str]) -> list[Candidate]:
    """Candidates so that every leading part has its subcategories in proportion to their quotas."""
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        if quotas.get(candidate.subcategory):
            groups[candidate.subcategory].append(candidate)
    keyed = []
    for name, members in groups.items():
        members.sort(key=lambda c: (c.content_hash not in first, _hash(c.name)))
        keyed += [((i + 0.5) / quotas[name], c) for i, c in enumerate(members)]
    return [c for _, c in sorted(keyed, key=lambda pair: (pair[0], _hash(pair[1].name)))]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
