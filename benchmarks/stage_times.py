"""Wall time of each stage of a finished run, from the records that Snakemake keeps of every job.

python benchmarks/stage_times.py results
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

STAGES = {
    "models": ("checkpoint",),
    "benchmark": (
        "candidates",
        "hygiene",
        "review_tasks",
        "merge",
        "near_duplicates",
        "select_items",
        "freeze",
        "akb_items",
    ),
    "audio": ("audio_source", "mini", "mini_unseen", "import_benchmark"),
    "captions": ("caption", "gather_captions", "compose_captions"),
    "text inference": ("probe_prompts", "cascade_prompts", "text_inference", "ask_as_well"),
    "features": ("features", "instructions"),
    "distillation": ("distil",),
    "fine-tuning": ("finetune",),
    "listening": ("listen",),
    "analysis": (
        "score",
        "gather_scores",
        "tables",
        "costs",
        "paper_tables",
        "figures",
        "published",
        "report",
        "item_pages",
        "manifest",
    ),
}


def seconds_by_rule(results: Path) -> dict[str, float]:
    """Summed wall seconds of each rule's jobs; the rule is the file's or the folder's name."""
    sums: dict[str, float] = defaultdict(float)
    for path in (results / "benchmarks").rglob("*.tsv"):
        rule = path.relative_to(results / "benchmarks").parts[0].removesuffix(".tsv")
        with path.open(newline="") as handle:
            sums[rule] += sum(float(row["s"]) for row in csv.DictReader(handle, delimiter="\t"))
    return sums


def main() -> None:
    sums = seconds_by_rule(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
    print("| stage | jobs' wall time, s |\n|---|--:|")
    for stage, rules in STAGES.items():
        print(f"| {stage} | {sum(sums.get(rule, 0) for rule in rules):.0f} |")
    print(f"| all, one job after the other | {sum(sums.values()):.0f} |")


if __name__ == "__main__":
    main()
