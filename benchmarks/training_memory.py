"""What training's tables cost in memory: Arrow form, as they are kept, against a Python dictionary for each row.

Tables of made-up rows (two questions a clip, answers of 120 random words). Each way of holding them runs in a
process of its own, with two sizes, and their difference is what rows cost: `kept` when all is there, without what is
mapped from files; `peak` on the way, with it.

    python benchmarks/training_memory.py               the table; writes results/training_memory.csv
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from akb.tables import DISTIL, INSTRUCTIONS, OPEN, scan_table, write_table

RESULTS = Path(__file__).parent / "results/training_memory.csv"
SIZES = (200_000, 600_000)
SHARDS = 64
NO_TRANSCRIPTS = pl.DataFrame(schema={"clip_id": pl.String, "text": pl.String})


def made(rows: int) -> pl.DataFrame:
    """A table of `tables.DISTIL`."""
    chance = random.Random(0)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(5000)]

    def text(length: int) -> list[str]:
        return [" ".join(chance.choices(words, k=length)) for _ in range(rows)]

    clip = (pl.int_range(rows, eager=True) // 2).cast(pl.String).str.pad_start(64, "0")
    described = [f"[00:00-00:05] ({a})" for a in text(12)[: rows // 2] for _ in range(2)]
    columns: dict[str, Any] = dict.fromkeys(DISTIL, pl.lit(None))
    columns |= {name: pl.Series(described) for name in ("description", "words")}
    columns |= dict.fromkeys(("clip_id", "group", "instruction_id"), clip)
    columns |= {"prompt": pl.Series(described), "question": pl.Series(text(10)), "response": pl.Series(text(120))}
    columns |= {"kind": pl.lit(OPEN), "options": pl.lit([], pl.List(pl.String)), "backbone": pl.lit("m")}
    table = pl.DataFrame({"clip_id": clip}).with_columns(**columns)
    return table.select(pl.col(name).cast(kind) for name, kind in DISTIL.items())


def examples(folder: Path) -> object:
    from akb.lalm.examples import examples_of

    return examples_of(scan_table(folder / "distil.parquet", DISTIL), NO_TRANSCRIPTS, None, 0.001, 0)


def shard(folder: Path) -> object:
    from akb.lalm.distillation import rows_of_shard

    return rows_of_shard(scan_table(folder / "instructions.parquet", INSTRUCTIONS), 0, SHARDS)


WAYS: dict[str, Callable[[Path], object]] = {
    "fine-tuning, dictionaries": lambda folder: pl.read_parquet(folder / "distil.parquet").to_dicts(),
    "fine-tuning, Arrow": examples,
    "distillation, dictionaries": lambda folder: pl.read_parquet(folder / "instructions.parquet").to_dicts(),
    f"distillation, one shard of {SHARDS}": shard,
}


def memory() -> dict[str, int]:
    """This process's memory in kB: now, without what is mapped from files; and at its highest, with it."""
    lines = (line.split() for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    found = {words[0].rstrip(":"): int(words[1]) for words in lines if words[0] in ("RssAnon:", "VmHWM:")}
    return {"kept": found["RssAnon"], "peak": found["VmHWM"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--way", choices=WAYS, help="measure one way in this process")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.way:
        held = WAYS[given.way](given.folder)
        print(*memory().values())
        del held  # not before it was measured
        return
    measured: dict[str, list[list[int]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as temporary:
        for size in SIZES:
            table = made(size)
            write_table(table, Path(temporary, "distil.parquet"), DISTIL)
            write_table(table.select(list(INSTRUCTIONS)), Path(temporary, "instructions.parquet"), INSTRUCTIONS)
            del table
            for way in WAYS:
                command = [sys.executable, __file__, "--way", way, "--folder", temporary]
                said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                measured[way].append([int(word) for word in said.split()])
    with RESULTS.open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle)
        lines.writerow(["way", "kept_mb_per_100000", "peak_mb_per_100000"])
        for way, (small, large) in measured.items():
            each = [
                round((b - a) * 1024 / 1e6 * 1e5 / (SIZES[1] - SIZES[0]), 1) for a, b in zip(small, large, strict=True)
            ]
            lines.writerow([way, *each[:2]])
            print(f"| {way} | {each[0]} | {each[1]} |")


if __name__ == "__main__":
    main()
