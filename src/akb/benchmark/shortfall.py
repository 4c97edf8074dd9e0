"""Where a benchmark falls short of its quotas: by how many, what became of the candidates, and what would help.

The selection takes what it can and the audit says of every candidate why it is not in; a frozen file is made only
where nothing is short.

    held = binding(entries, chosen, quotas, limits); require_filled(audit, taxonomy, where="config/taxonomy.yaml")
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from akb.benchmark.audit import BARRED, CONFLICT, FLAGGED, HELD, OPEN, REJECTED, SELECTED, UNKNOWN
from akb.benchmark.selection import Entry, Limits, select
from akb.benchmark.taxonomy import Subcategory
from akb.errors import AkbError

# Each limit at the value that holds nobody back.
LOOSEST: dict[str, Any] = {
    "per_template": 10**9,
    "template_share": 1.0,
    "longest_right": 1.0,
    "computation": 1.0,
    "computation_in": 1.0,
    "hard": 1.0,
    "cue_balance": 1.0,
}


def missing(chosen: Sequence[Entry], quotas: Mapping[str, int]) -> dict[str, int]:
    """By subcategory, how many items are wanting; only where some are."""
    have = Counter(e.subcategory for e in chosen)
    return {name: quota - have[name] for name, quota in quotas.items() if have[name] < quota}


def binding(
    entries: Sequence[Entry], chosen: Sequence[str], quotas: Mapping[str, int], limits: Limits
) -> dict[str, str]:
    """By short subcategory, the limit that holds its candidates back: with it set aside, fewer are wanting.

    "" where no limit does, so that only more candidates can help; several limits are joined by " and ".
    """
    names = set(chosen)
    short = missing([e for e in entries if e.name in names], quotas)
    if not short:
        return {}

    def without(*keys: str) -> dict[str, int]:
        kept = set(select(entries, quotas, replace(limits, **{key: LOOSEST[key] for key in keys})))
        return missing([e for e in entries if e.name in kept], quotas)

    held: dict[str, list[str]] = {name: [] for name in short}
    for key in LOOSEST:
        left = without(key)
        for name, n in short.items():
            if left.get(name, 0) < n:
                held[name].append(key)
    if not all(held.values()):
        together = list(LOOSEST)
        left = without(*together)
        for key in LOOSEST:  # only those that hold back together
            fewer = [k for k in together if k != key]
            if fewer and without(*fewer) == left:
                together = fewer
        for name, n in short.items():
            if not held[name] and left.get(name, 0) < n:
                held[name] = together
    return {name: " and ".join(keys) for name, keys in held.items()}


def require_filled(audit: pl.DataFrame, taxonomy: Mapping[str, Subcategory], *, where: str, audit_path: str) -> None:
    """Raise AkbError for a selection that misses a quota, naming what became of the candidates and what helps.

    audit: schema AUDIT, whose fates say which limit holds a candidate back.
    """
    fates: dict[str, Counter[str]] = {name: Counter() for name in taxonomy}
    strangers: Counter[str] = Counter()
    for name, fate in audit.select("subcategory", "fate").iter_rows():
        if name in fates:
            fates[name][fate] += 1
        else:
            strangers[name] += 1
    short = {name: s.quota - fates[name][SELECTED] for name, s in taxonomy.items() if fates[name][SELECTED] < s.quota}
    if not short:
        return
    lines = [f"{name}: {n} short of {taxonomy[name].quota} ({_told(fates[name])})" for name, n in short.items()]
    if strangers:
        lines.append(f"{strangers.total()} candidates are {UNKNOWN}: {', '.join(map(repr, sorted(strangers)))}")
    raise AkbError(
        "the quotas cannot be filled:\n" + "\n".join(f"  - {line}" for line in lines),
        where=f"{where}; {audit_path} has every candidate's fate",
        remedy="; or ".join(_remedies([fates[name] for name in short], bool(strangers))),
    )


def _told(fates: Counter[str]) -> str:
    if not fates:
        return "no candidate"
    kinds: Counter[str] = Counter()
    for fate, n in fates.items():
        kinds[next((kind for kind in BARRED if fate.startswith(kind)), fate)] += n
    return f"{fates.total()} candidates: " + ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())


def _remedies(fates: Sequence[Counter[str]], strangers: bool) -> list[str]:
    every = sum(fates, Counter())
    found = []
    if any(fate in every for fate in (CONFLICT, OPEN)):
        found.append(
            f"adjudicate ({every[CONFLICT]} wait in review/conflicts.csv, {every[OPEN]} for another reviewer's word)"
        )
    limits = {key for fate in every if fate.startswith(HELD) for key in fate.removeprefix(HELD).split(" and ")}
    if limits:
        found.append(f"loosen {' or '.join(f'`benchmark.{key.strip()}`' for key in sorted(limits))}")
    if strangers:
        found.append("give the candidates of unknown subcategories one of the taxonomy's")
    if any(fate.startswith(FLAGGED) for fate in every):
        found.append("mend the flagged questions")
    if REJECTED in every:
        found.append("write others for those that were rejected")
    return [*found, "write more candidates for these subcategories, or lower their quotas"]
