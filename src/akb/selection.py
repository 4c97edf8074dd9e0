"""Which candidates make the benchmark: an integer programme solved by PuLP.

Exactly the quota of each subcategory; at most one of a near-duplicate cluster; no template with more
than its share; the right option not too often the longest; better verified and less flagged
candidates preferred, sources spread. Where it cannot be done, the short subcategories are named.

    chosen = select(entries, quotas, Limits())
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulp

from akb.errors import AkbError

# What one item is worth by its verification: a person's word over a program's over nobody's.
WORTH = {"human": 3.0, "program": 2.0, "none": 1.0}
_FLAG_COST = 0.4
# Far above any item's worth: a quota is missed only if it cannot be met.
_SHORTFALL_COST = 1e4


@dataclass(frozen=True)
class Entry:
    """What the selection needs to know of a candidate that may be selected."""

    name: str
    subcategory: str
    template: str
    source: str
    verification: str
    cluster: int
    flags: int
    longest_right: float


@dataclass(frozen=True)
class Limits:
    """per_template: items that one template may give in all. template_share: the part of a subcategory
    that it may give. longest_right: share of items whose right option is the longest. proven: by
    subcategory, how many items may carry a program's proof while others can fill the rest."""

    per_template: int = 25
    template_share: float = 1.0
    longest_right: float = 0.27
    proven: Mapping[str, int] = field(default_factory=dict)


def select(entries: Sequence[Entry], quotas: Mapping[str, int], limits: Limits) -> list[str]:
    """Names of the chosen candidates, in the order of `entries`.

    Raises AkbError naming every subcategory that falls short, and by how many.
    """
    pool = _pruned(entries)
    programme = pulp.LpProblem("selection", pulp.LpMaximize)
    pick = {e.name: programme.add_variable(f"x{i}", cat="Binary") for i, e in enumerate(pool)}
    short = {s: programme.add_variable(f"s{i}", lowBound=0) for i, s in enumerate(quotas)}
    worth = pulp.lpSum((WORTH[e.verification] - _FLAG_COST * e.flags + _tie_break(e)) * pick[e.name] for e in pool)
    programme += worth - _SHORTFALL_COST * pulp.lpSum(short.values())
    for subcategory, quota in quotas.items():
        members = [pick[e.name] for e in pool if e.subcategory == subcategory]
        programme += pulp.lpSum(members) + short[subcategory] == quota
    for group in _groups(pool, "cluster").values():
        if len(group) > 1:
            programme += pulp.lpSum(pick[e.name] for e in group) <= 1
    for group in _groups(pool, "template").values():
        if len(group) > limits.per_template:
            programme += pulp.lpSum(pick[e.name] for e in group) <= limits.per_template
    total = sum(quotas.values())
    programme += pulp.lpSum(e.longest_right * pick[e.name] for e in pool) <= limits.longest_right * total
    _balance(programme, pool, pick, quotas, limits)
    programme.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=1e-4, threads=1))
    _require_filled(pool, quotas, {s: round(v.value() or 0) for s, v in short.items()})
    return [e.name for e in pool if (pick[e.name].value() or 0) > 0.5]


def _balance(
    programme: pulp.LpProblem,
    pool: Sequence[Entry],
    pick: Mapping[str, pulp.LpVariable],
    quotas: Mapping[str, int],
    limits: Limits,
) -> None:
    """Within a subcategory: no template above its share, no more proven items than wanted. A bound gives way
    as far as the other candidates cannot fill the quota."""
    for subcategory, members in _groups(pool, "subcategory").items():
        quota = quotas.get(subcategory, 0)
        share = max(1, math.ceil(limits.template_share * quota))
        bounds = [(group, share) for group in _groups(members, "template").values()]
        proven = [e for e in members if e.verification == "program"]
        bounds.append((proven, limits.proven.get(subcategory, quota)))
        for group, wanted in bounds:
            others = sum(1 for e in members if e not in set(group)) if len(group) > wanted else 0
            bound = max(wanted, quota - others)
            if bound < min(len(group), quota):
                programme += pulp.lpSum(pick[e.name] for e in group) <= bound


def _require_filled(pool: Sequence[Entry], quotas: Mapping[str, int], short: Mapping[str, int]) -> None:
    missing = {s: n for s, n in short.items() if n > 0}
    if not missing:
        return
    have = Counter(e.subcategory for e in pool)
    lines = [f"{s}: {n} short of {quotas[s]} ({have[s]} distinct candidates)" for s, n in missing.items()]
    raise AkbError(
        "the quotas cannot be filled:\n" + "\n".join(f"  - {line}" for line in lines),
        where="config/taxonomy.yaml",
        remedy="write more candidates for these subcategories, lower their quotas, or loosen benchmark.per_template",
    )


def _pruned(entries: Sequence[Entry]) -> list[Entry]:
    """Drop candidates that no best selection needs: within a cluster, of equal standing in every constraint,
    the best one stands for all. Keeps 100,000 candidates tractable."""
    best: dict[tuple[int, str, str, str, float], Entry] = {}
    for entry in entries:
        key = (entry.cluster, entry.subcategory, entry.template, entry.source, entry.longest_right)
        if key not in best or _rank(entry) > _rank(best[key]):
            best[key] = entry
    kept = {e.name for e in best.values()}
    return [e for e in entries if e.name in kept]


def _rank(entry: Entry) -> tuple[float, str]:
    return WORTH[entry.verification] - _FLAG_COST * entry.flags, entry.name


def _tie_break(entry: Entry) -> float:
    """A tiny worth from the name, so that equal candidates are chosen the same way on every machine."""
    return int(hashlib.sha256(entry.name.encode()).hexdigest()[:6], 16) / 0xFFFFFF * 1e-2


def _groups(pool: Sequence[Entry], field: str) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in pool:
        groups[str(getattr(entry, field))].append(entry)
    return groups
