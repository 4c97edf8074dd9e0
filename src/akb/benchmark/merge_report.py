"""What came of the reviewers' files, in words: for the log of `merge`, where an editor looks first.

print(told(merged, files))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from akb.benchmark.decision_files import DecisionFile
from akb.benchmark.merging import STATUSES, Merged

_CALLED = {"conflict": "conflicting"}


def told(merged: Merged, files: Sequence[DecisionFile], taxonomy: Collection[str]) -> str:
    """The statuses of the taxonomy's candidates; then of each file what counts and what does not."""
    status = Counter(merged.status[c.name] for c in merged.candidates if c.subcategory in taxonomy)
    ignored = sum(len(file.ignored) for file in files)
    counts = [f"{status[s]} {_CALLED.get(s, s)}" for s in ("accepted", "rejected", "edited", "conflict", "unreviewed")]
    counts += [f"{status[s]} {s}" for s in STATUSES if s == "open"]
    counts += [f"{len(merged.stale)} stale", f"{ignored} ignored"]
    lines = [f"candidates: {', '.join(counts[:-2])}; decisions: {', '.join(counts[-2:])}"]
    for file in files:
        stale = [(d, why) for d, why in merged.stale if d.origin.startswith(f"{file.path}, ")]
        verdicts = Counter(d.verdict for d in file.decisions)
        said = ", ".join(f"{verdicts[v]} {v}" for v in ("accept", "edit", "reject") if verdicts[v]) or "none"
        lines.append(f"{file.path}: {len(file.decisions)} decisions ({said}), {len(stale)} of them stale")
        lines += [f"  {d.origin.removeprefix(f'{file.path}, ')}: stale, {why}" for d, why in stale]
        lines += [f"  {row}: ignored" for row in file.ignored]
        lines += [f"  {note}" for note in file.notes]
    lines += merged.notes
    return "\n".join(lines)
