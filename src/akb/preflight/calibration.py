"""What earlier jobs took, set against what the assumptions say of them: a factor for each rule.

Snakemake keeps the wall time of every job below `results/benchmarks`. The factor is the ratio of sums, so that long
jobs count for what they are; it replaces nothing where a rule has never run.

    factors = measured_factors(results, study)
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from akb.preflight.amounts import OF_A_BACKBONE, Task, work_of
from akb.preflight.study import Study


def measured_factors(results: Path, study: Study) -> dict[str, float]:
    """For each rule that has run: measured seconds over estimated ones, over all its jobs."""
    measured: dict[str, float] = defaultdict(float)
    estimated: dict[str, float] = defaultdict(float)
    for task, seconds in finished(results, study):
        measured[task.rule] += seconds
        estimated[task.rule] += work_of(task, study).seconds
    return {rule: measured[rule] / estimated[rule] for rule in measured if estimated[rule] > 0}


def finished(results: Path, study: Study) -> Iterator[tuple[Task, float]]:
    """The jobs that have a record of their time, and their seconds; those of backbones that are gone are left out."""
    folder = results / "benchmarks"
    for path in sorted(folder.rglob("*.tsv")):
        parts = path.relative_to(folder).with_suffix("").parts
        seconds = _seconds(path)
        task = Task(parts[0], _wildcards(parts[0], parts[1:], study), 0)
        if seconds is not None and (task.backbone or task.rule not in OF_A_BACKBONE):
            yield task, seconds


def _wildcards(rule: str, rest: tuple[str, ...], study: Study) -> dict[str, str]:
    """The wildcards that a record's path tells: names of the configuration among its words, longest first."""
    text = "/".join(rest)
    known: Mapping[str, list[str]] = {
        "backbone": list(study.models),
        "benchmark": [*study.benchmarks, *study.settings.training_sets],
        "captioner": list(study.settings.captioners),
        "split": ["train", "test"],
    }
    found = {}
    for wildcard, names in known.items():
        for name in sorted(names, key=len, reverse=True):
            if re.search(rf"(^|[/-]){re.escape(name)}($|[/-])", text):
                found[wildcard] = name
                break
    if rule == "checkpoint":
        return {"model": text}
    return found


def _seconds(path: Path) -> float | None:
    try:
        with path.open(encoding="utf-8") as handle:
            return float(next(csv.DictReader(handle, delimiter="\t"))["s"])
    except (OSError, ValueError, KeyError, StopIteration):
        return None
