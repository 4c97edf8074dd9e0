"""What a run took, by rule and backbone: time, processor time, memory, tokens and money.

Times and memory are those that Snakemake keeps of every job below `benchmarks/`, tokens those of the answers, money
that of the ledgers beside the item stores of APIs. All are of what lies there now: a job that ran again counts once,
and an answer that was found in a store took its tokens when it was first given. Energy is what
the claimed GPUs drew (`energy`), known where every job of a row has a record of it.

    table = costs(Path("results"), ["m1"], responses)
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from akb.orchestration.energy import energies
from akb.tables import frame_of

# `backbone` is "" for what all share. `hours` is wall time, `peak_gib` the most memory of one job; tokens and `usd`
# are null where a rule asks no LLM, or none that costs money; `gpu_wh`, watt-hours of GPUs, where it is not known.
COSTS = {
    "rule": pl.String,
    "backbone": pl.String,
    "jobs": pl.Int64,
    "hours": pl.Float64,
    "cpu_hours": pl.Float64,
    "peak_gib": pl.Float64,
    "prompt_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "usd": pl.Float64,
    "gpu_wh": pl.Float64,
}
TEXT, HEARD = "text_inference", "listen"  # the rules whose answers are in the tables of responses


def costs(results: Path, backbones: Sequence[str], responses: pl.DataFrame) -> pl.DataFrame:
    """COSTS rows, dearest rule first, in it dearest backbone first. responses: RESPONSES rows of all backbones."""
    jobs: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    for rule, rest, row in _records(results / "benchmarks"):
        jobs[rule, _backbone_of(rest, backbones)].append(row)
    tokens = {
        (HEARD if setting else TEXT, backbone): (prompt, output)
        for backbone, setting, prompt, output in responses.group_by("backbone", heard=pl.col("setting") == "audio")
        .agg(pl.col("prompt_tokens").sum(), pl.col("output_tokens").sum())
        .iter_rows()
    }
    drawn: dict[tuple[str, str], list[float]] = defaultdict(list)
    for rule, rest, watt_hours in energies(results / "logs"):
        drawn[rule, _backbone_of(rest, backbones)].append(watt_hours)
    spent = {name: _dollars(results / "models" / name / "usage") for name in backbones}
    rows: list[dict[str, object]] = []
    for rule, backbone in {**jobs, **dict.fromkeys(key for key in tokens if key[1] in backbones)}:
        own, energy = jobs.get((rule, backbone), []), drawn.get((rule, backbone), [])
        prompt, output = tokens.get((rule, backbone), (None, None))
        rows.append(
            {
                "rule": rule,
                "backbone": backbone,
                "jobs": len(own),
                "hours": sum(row.get("s", 0.0) for row in own) / 3600,
                "cpu_hours": sum(row.get("cpu_time", 0.0) for row in own) / 3600,
                "peak_gib": max((row["max_rss"] for row in own if "max_rss" in row), default=0.0) / 1024,
                "prompt_tokens": prompt,
                "output_tokens": output,
                "usd": spent.get(backbone) if rule == TEXT else None,
                "gpu_wh": sum(energy) if own and len(energy) == len(own) else None,
            }
        )
    frame = frame_of(rows, COSTS)
    whole = pl.col("hours").sum().over("rule")
    return frame.sort(whole, "rule", "hours", "backbone", descending=[True, False, True, False])


def _records(folder: Path) -> Iterator[tuple[str, str, dict[str, float]]]:
    """(rule, what its path says besides, the numbers) of every job that has a record."""
    for path in sorted(folder.rglob("*.tsv")):
        parts = path.relative_to(folder).with_suffix("").parts if path.parent != folder else (path.stem,)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                yield parts[0], "/".join(parts[1:]), {key: float(row[key]) for key in _KEPT if _is_number(row.get(key))}


_KEPT = ("s", "cpu_time", "max_rss")


def _is_number(text: str | None) -> bool:
    try:
        float(text or "")
    except ValueError:
        return False
    return True


def _backbone_of(text: str, backbones: Sequence[str]) -> str:
    """The backbone that a record's path names, the longest name first."""
    for name in sorted(backbones, key=len, reverse=True):
        if re.search(rf"(^|/){re.escape(name)}($|[/-])", text):
            return name
    return ""


def _dollars(folder: Path) -> float | None:
    """What the calls of a ledger cost; None without one."""
    found = None
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry.get("event") == "settled":
                found = (found or 0.0) + float(entry["usd"])
    return found
