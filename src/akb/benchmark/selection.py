"""Which candidates make the benchmark: an integer programme solved by PuLP.

The quota of each subcategory, as far as candidates reach; at most one of a near-duplicate cluster; no
template with more than its share, no more proven and no more hard questions than wanted; the right option not too
often the longest; better verified, less flagged and hard candidates preferred. What a quota falls short of is told
by `shortfall`. The programme holds only candidates that a best selection may need, so that 100,000 of them are no
more work than some thousands.

    chosen = select(entries, quotas, Limits())
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TypeVar

import pulp

# What one item is worth by its verification: a person's word over a program's over nobody's.
WORTH = {"human": 3.0, "program": 2.0, "none": 1.0}
_FLAG_COST = 0.4
_HARD_WORTH = 0.3  # less than a flag costs
# Far above any item's worth: a quota is missed only if it cannot be met.
_SHORTFALL_COST = 1e4
# Above what any item is worth more than another, far below a shortfall: a cue's balance gives way to quotas alone.
_EXCESS_COST = 20.0
# Items of a category from which on cues are balanced: among fewer they say nothing, and would only choose the items.
_BALANCED_FROM = 20
# How far from the best a selection may be, as a share of its worth: names' tiny parts are not worth minutes.
_GAP = 1e-3

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Entry:
    """What the selection needs to know of a candidate that may be selected.

    cues: how much more of each cue falls on the right option than chance would (`akb.benchmark.cues`).
    """

    name: str
    subcategory: str
    template: str
    verification: str
    cluster: int
    flags: int
    longest_right: float
    proven: bool = False
    category: str = ""
    skill: str = ""
    hard: bool = False
    cues: tuple[float, ...] = ()


@dataclass(frozen=True)
class Limits:
    """per_template: items that one template may give in all. template_share: the part of a subcategory
    that it may give. longest_right: share of items whose right option is the longest. proven: by
    subcategory, how many items may carry a program's proof while others can fill the rest. computation: the share of
    all items that may ask for a formula and numbers; computation_in: the same of each category. cue_balance: by how
    much, as a share of a category's items, a cue may pick right options more or less often than chance, as far as the
    quotas can be filled so; 1 for any. hard: the part of each subcategory that is filled with hard candidates before
    others that are verified alike, and no further while others can fill the rest."""

    per_template: int = 25
    template_share: float = 1.0
    longest_right: float = 0.27
    proven: Mapping[str, int] = field(default_factory=dict)
    computation: float = 1.0
    computation_in: float = 1.0
    cue_balance: float = 1.0
    hard: float = 1.0


@dataclass(frozen=True)
class Bound:
    """At most `most` of these candidates; only bounds that can bind are made."""

    names: frozenset[str]
    most: int


def select(entries: Sequence[Entry], quotas: Mapping[str, int], limits: Limits) -> list[str]:
    """Names of the chosen candidates, in the order of `entries`; fewer than the quotas where these cannot be filled.

    Where cues in balance leave a quota unfilled they give way, each as little as it must.
    """
    entries = [e for e in entries if e.subcategory in quotas]
    bounds = _bounds(entries, quotas, limits)
    pool = sorted(contenders(_distinct(entries), quotas, bounds), key=lambda e: e.name)
    chosen = _solved(pool, quotas, limits, bounds)
    return [e.name for e in entries if e.name in chosen]


def _solved(pool: Sequence[Entry], quotas: Mapping[str, int], limits: Limits, bounds: Sequence[Bound]) -> set[str]:
    """The names of the best choice from the pool."""
    programme = pulp.LpProblem("selection", pulp.LpMaximize)
    pick = {e.name: programme.add_variable(f"x{i}", cat="Binary") for i, e in enumerate(pool)}
    short = {s: programme.add_variable(f"s{i}", lowBound=0) for i, s in enumerate(quotas)}
    held_cues = list(_held_cues(pool, quotas, limits))
    # That cues may leave their balance, at a cost that is paid only for a quota, also lets the solver find a first
    # choice at once: with bounds that never give way it has searched for minutes.
    over = [programme.add_variable(f"o{i}", lowBound=0) for i in range(len(held_cues))]
    worth = pulp.lpSum(_worth(e) * pick[e.name] for e in pool)
    programme += worth - _SHORTFALL_COST * pulp.lpSum(short.values()) - _EXCESS_COST * pulp.lpSum(over)
    members = _groups(pool, lambda e: e.subcategory)
    for subcategory, quota in quotas.items():
        programme += pulp.lpSum(pick[e.name] for e in members[subcategory]) + short[subcategory] == quota
    for group in _groups(pool, lambda e: e.cluster).values():
        if len(group) > 1:
            programme += pulp.lpSum(pick[e.name] for e in group) <= 1
    for bound in bounds:
        held = [pick[name] for name in sorted(bound.names) if name in pick]
        if len(held) > bound.most:
            programme += pulp.lpSum(held) <= bound.most
    total = sum(quotas.values())
    programme += pulp.lpSum(e.longest_right * pick[e.name] for e in pool) <= limits.longest_right * total
    for number, (weights, most) in enumerate(held_cues):
        pulled = pulp.lpSum(weight * pick[name] for name, weight in weights)
        programme += pulled <= most + over[number]
        programme += pulled >= -most - over[number]
    if programme.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, gapRel=_GAP)) != pulp.LpStatusOptimal:
        raise RuntimeError(f"the selection was not solved: {pulp.LpStatus[programme.status]}")
    return {name for name, chosen in pick.items() if (chosen.value() or 0) > 0.5}


def _held_cues(
    pool: Sequence[Entry], quotas: Mapping[str, int], limits: Limits
) -> Iterator[tuple[list[tuple[str, float]], float]]:
    """By category and cue: how it falls on each candidate, and how far the sum of the chosen may be from 0."""
    if limits.cue_balance >= 1:
        return
    for group in _groups(pool, lambda e: e.category).values():
        size = sum(quotas[s] for s in {e.subcategory for e in group})
        if size < _BALANCED_FROM:
            continue
        most = limits.cue_balance * size
        for place in range(len(group[0].cues)):
            weights = [(e.name, e.cues[place]) for e in group if e.cues[place]]
            if weights:
                yield weights, most


def _distinct(entries: Sequence[Entry]) -> list[Entry]:
    """Of each cluster's candidates from one template, equal in what bounds see, only the best; names break ties."""
    best: dict[Hashable, Entry] = {}
    for entry in entries:
        key = (*_seen(entry), entry.subcategory, entry.cluster, entry.template, entry.proven, entry.longest_right)
        if key not in best or (_value(entry), entry.name) > (_value(best[key]), best[key].name):
            best[key] = entry
    kept = {e.name for e in best.values()}
    return [e for e in entries if e.name in kept]


def _seen(entry: Entry) -> tuple[Hashable, ...]:
    """What two candidates must have in common for one to stand in for the other, beside bounds and length."""
    return entry.skill, entry.category, entry.cues


def contenders(entries: Sequence[Entry], quotas: Mapping[str, int], bounds: Sequence[Bound]) -> list[Entry]:
    """The candidates, in their order, that a best selection may need; without the others it is worth no less.

    A better candidate of the same subcategory can stand in for another that is under the same bounds, or more, on which
    the same cues fall, and whose right option is the longest at least as often. One of its own cluster always can: the
    two are never chosen together. So can one out of `quota` different clusters that lie in this subcategory alone:
    beside the candidate at most quota - 1 are chosen, so one of these clusters is free. Replacing again and again ends,
    since each step goes to a better one.
    """
    confined = _confined(entries)
    holding: dict[str, list[int]] = defaultdict(list)
    for number, bound in enumerate(bounds):
        for name in bound.names:
            holding[name].append(number)
    kept: set[str] = set()
    for subcategory, members in _groups(entries, lambda e: e.subcategory).items():
        lengths = sorted({e.longest_right for e in members})
        # The clusters of those kept, by the bounds that they are under and their length.
        clusters: dict[tuple[Hashable, ...], set[int]] = defaultdict(set)
        for entry in sorted(members, key=lambda e: (-_worth(e), e.name)):
            under = holding[entry.name]
            stand_ins = set().union(
                *(
                    clusters.get((fewer, length, _seen(entry)), ())
                    for fewer in chain.from_iterable(combinations(under, n) for n in range(len(under) + 1))
                    for length in lengths
                    if length <= entry.longest_right
                )
            )
            if entry.cluster not in stand_ins and len(stand_ins & confined) < quotas[subcategory]:
                clusters[tuple(under), entry.longest_right, _seen(entry)].add(entry.cluster)
                kept.add(entry.name)
    return [e for e in entries if e.name in kept]


def _confined(entries: Sequence[Entry]) -> set[int]:
    """The clusters whose candidates all stand in one subcategory."""
    places = _groups(entries, lambda e: e.cluster)
    return {cluster for cluster, group in places.items() if len({e.subcategory for e in group}) == 1}


def _bounds(entries: Sequence[Entry], quotas: Mapping[str, int], limits: Limits) -> list[Bound]:
    """Over all: no template above its number. Within a subcategory: no template above its share, no more proven
    or hard items than wanted; these give way as far as other clusters cannot fill the quota."""
    confined = _confined(entries)
    found = [(group, limits.per_template) for group in _groups(entries, lambda e: e.template).values()]
    computing = [e for e in entries if e.skill == "computation"]
    found.append((computing, math.floor(limits.computation * sum(quotas.values()))))
    sizes_of: Counter[str] = Counter()
    for subcategory, members in _groups(entries, lambda e: e.subcategory).items():
        sizes_of[members[0].category] += quotas[subcategory]
    for category, members in _groups(computing, lambda e: e.category).items():
        found.append((members, math.floor(limits.computation_in * sizes_of[category])))
    for subcategory, members in _groups(entries, lambda e: e.subcategory).items():
        quota = quotas[subcategory]
        sizes = Counter(e.cluster for e in members if e.cluster in confined)
        share = max(1, math.ceil(limits.template_share * quota))
        wanted = [(group, share) for group in _groups(members, lambda e: e.template).values()]
        wanted.append(([e for e in members if e.proven], limits.proven.get(subcategory, quota)))
        wanted.append(([e for e in members if e.hard], math.ceil(limits.hard * quota)))
        for group, most in wanted:
            if len(group) > most:
                alone = sum(sizes[cluster] == n for cluster, n in Counter(e.cluster for e in group).items())
                most = max(most, quota - (len(sizes) - alone))
                if most < quota:
                    found.append((group, most))
    return [Bound(frozenset(e.name for e in group), most) for group, most in found if len(group) > most]


def _value(entry: Entry) -> float:
    return WORTH[entry.verification] - _FLAG_COST * entry.flags + _HARD_WORTH * entry.hard


def _worth(entry: Entry) -> float:
    """The value, and a tiny part from the name, so that equal candidates fall out alike on every machine."""
    return _value(entry) + int(hashlib.sha256(entry.name.encode()).hexdigest()[:6], 16) / 0xFFFFFF * 1e-2


def _groups(entries: Iterable[Entry], key: Callable[[Entry], Key]) -> dict[Key, list[Entry]]:
    groups: dict[Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups
