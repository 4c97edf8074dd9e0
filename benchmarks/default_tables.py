"""The README's tables and sentences of numbers about the default configuration, from a finished run.

python benchmarks/default_tables.py results
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl


def percent(frame: pl.DataFrame, **where: str | None) -> str:
    """One accuracy in %, or a dash where there is none."""
    found = frame.filter(pl.lit(True), *[pl.col(key).eq_missing(value) for key, value in where.items()])
    return f"{100 * found['accuracy'][0]:.1f}" if len(found) else "–"


def main() -> None:
    results = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
    accuracy = pl.read_parquet(results / "tables/accuracy.parquet").filter(pl.col("domain") == "all")
    gains = pl.read_parquet(results / "tables/gains.parquet").filter(pl.col("domain") == "all")
    captioner = "combined"
    columns: dict[str, dict[str, str | None]] = {
        "probe": {"setting": "probe", "benchmark": "akb", "captioner": None, "control": None},
        "cascade, mini": {"setting": "cascade", "benchmark": "mini", "captioner": captioner, "control": None},
        "no caption": {"setting": "cascade", "benchmark": "mini", "captioner": "none"},
        "mini": {"setting": "audio", "benchmark": "mini", "control": None},
        "no audio": {"setting": "audio", "benchmark": "mini", "control": "no_audio"},
        "mini-unseen": {"setting": "audio", "benchmark": "mini-unseen", "control": None},
        "no audio, unseen": {"setting": "audio", "benchmark": "mini-unseen", "control": "no_audio"},
    }
    print("| backbone | " + " | ".join(columns) + " |\n|---" + "|--:" * len(columns) + "|")
    for backbone in sorted(accuracy["backbone"].unique()):
        mine = accuracy.filter(backbone=backbone)
        print(f"| {backbone} | " + " | ".join(percent(mine, **where) for where in columns.values()) + " |")
    for benchmark, chance, items in sorted(accuracy.select("benchmark", "chance", "n").unique().iter_rows()):
        print(f"A guess in {benchmark}: {100 * chance:.1f} %; {items} items.")
    print("\n| pooled gain | over | of | points | 95 % |\n|---|---|---|--:|---|")
    for row in gains.filter(pl.col("backbone") == "pooled").iter_rows(named=True):
        over = row["control"] or "no caption"
        told = f"{row['benchmark']} {row['captioner'] or ''}".strip()
        print(f"| {row['setting']} | {over} | {told} | {row['gain']:+.1f} | {row['low']:.1f} to {row['high']:.1f} |")


if __name__ == "__main__":
    main()
