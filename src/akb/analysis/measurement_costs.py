"""What further measurements cost, as `akb plan --json` has it.

costs = measurement_costs(measurements, read_json_file(Path("plan.json"))["stages"], candidates)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from akb.analysis.next_measurements import ITEMS, SHORT_RUN, TRAIN
from akb.errors import AkbError

TRAINED, ONCE, TEXT = ("fine-tuning", "listening"), ("distillation",), "text inference"
Amounts = tuple[float, float, float]  # hours, GPU-hours, dollars


def read_stages(plan: Any, where: str) -> list[dict[str, Any]]:
    """The stages of what `akb plan --json` printed. Raises AkbError if it is something else."""
    stages = plan.get("stages") if isinstance(plan, dict) else None
    wanted = {"stage", "backbone", "jobs", "hours", "gpu_hours", "usd"}
    if not isinstance(stages, list) or not all(isinstance(row, dict) and wanted <= row.keys() for row in stages):
        raise AkbError("this is no plan", where=where, remedy="write it with: akb plan --whole --json > plan.json")
    return stages


def costs_in_words(
    measurements: pl.DataFrame, stages: Sequence[Mapping[str, Any]], candidates: Sequence[str]
) -> list[str]:
    """What each of `measurements` costs, "" where the plan does not know; a bound where the plan says it no closer."""
    return [_in_words(row, stages, candidates) for row in measurements.to_dicts()]


def _in_words(row: Mapping[str, Any], stages: Sequence[Mapping[str, Any]], candidates: Sequence[str]) -> str:
    asked = {entry["backbone"] for entry in stages if entry["stage"] == TEXT}
    trained = {entry["backbone"] for entry in stages if entry["stage"] == TRAINED[0]}
    if row["kind"] == TRAIN:
        return _shown(_training(stages, row["model"], row["times"])) if row["model"] in trained else ""
    if row["kind"] == SHORT_RUN:
        whole = [_training(stages, name, 1) for name in candidates if name in trained]
        return _shown(_sum(whole), row["share"]) if len(whole) == len(candidates) else ""
    if not set(candidates) <= asked:
        return ""
    # A plan knows text inference as a whole: one more score, or as many questions again, is a part of it.
    whole = [_of(entry) for entry in stages if entry["stage"] == TEXT and entry["backbone"] in candidates]
    return "at most " + _shown(_sum(whole), row["times"] - 1 if row["kind"] == ITEMS else 1)


def _training(stages: Sequence[Mapping[str, Any]], model: str, times: int) -> Amounts:
    """Of the targets once, and of so many trainings with what they hear; a plan's jobs are trainings."""
    own = [entry for entry in stages if entry["backbone"] == model]
    trainings = sum(entry["jobs"] for entry in own if entry["stage"] == TRAINED[0]) or 1
    each = _sum([_of(entry) for entry in own if entry["stage"] in TRAINED])
    once = _sum([_of(entry) for entry in own if entry["stage"] in ONCE])
    return _sum([once, *_scaled([each], times / trainings)])


def _of(entry: Mapping[str, Any]) -> Amounts:
    return float(entry["hours"]), float(entry["gpu_hours"]), float(entry["usd"])


def _sum(amounts: Sequence[Amounts]) -> Amounts:
    return (sum(a[0] for a in amounts), sum(a[1] for a in amounts), sum(a[2] for a in amounts))


def _scaled(amounts: Sequence[Amounts], factor: float) -> Iterator[Amounts]:
    return ((hours * factor, gpu * factor, usd * factor) for hours, gpu, usd in amounts)


def _shown(amounts: Amounts, factor: float = 1.0) -> str:
    hours, gpu_hours, usd = (amount * factor for amount in amounts)
    time = f"{gpu_hours:.1f} GPU-h" if gpu_hours else f"{hours:.1f} h"
    return time + (f", ${usd:,.0f}" if usd >= 0.5 else "")
