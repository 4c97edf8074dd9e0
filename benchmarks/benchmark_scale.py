"""What hygiene and selection cost over very many candidates: wall time, CPU time and peak memory of each script.

The candidates are made up: questions of the open benchmark with about half of their longer words replaced by others,
so that their lengths, options, templates and proofs are like real ones and their texts are distinct; every tenth
differs from the one before it by one word, so that there are near-duplicates. Then the workflow's own scripts run
on them, bound to two cores; sentence embeddings are computed in full.

    python benchmarks/benchmark_scale.py                         100,000 candidates; writes results/benchmark_scale.csv
    python benchmarks/benchmark_scale.py --candidates 5000       fewer; prints, writes nothing
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any

from akb.benchmark.candidates import Candidate, distinct, write_candidates
from akb.benchmark.frozen import FrozenItem, read_frozen
from akb.benchmark.taxonomy import read_taxonomy
from akb.settings.benchmark import Benchmark
from akb.settings.checking import checked
from akb.strict_yaml import read_yaml

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/benchmark_scale.csv"
FULL = 100_000
CORES = 2
_WORD = re.compile(r"\b[a-z]{4,}\b")
_STAGE = re.compile(r"^(?P<stage>[\w -]+): 100%.*\[(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d+)<", re.M)


@dataclass(frozen=True)
class Measurement:
    """One script, or (with an empty memory) one stage inside it. load: one-minute load average before it."""

    candidates: int
    what: str
    seconds: float
    cpu_seconds: float | None
    peak_mib: float | None
    load: float


def made_up(seed: int) -> Iterator[Candidate]:
    """Candidates without end."""
    draw = random.Random(seed)
    items = read_frozen(ROOT / "resources/akb/akb.jsonl")
    words = [word for item in items for word in _WORD.findall(item.question)]

    def reworded(text: str, share: float) -> str:
        return _WORD.sub(lambda match: draw.choice(words) if draw.random() < share else match[0], text)

    while True:
        item = draw.choice(items)
        right = item.options[item.answer]
        wrong = tuple(reworded(o, 0.5) for o in item.options if o != right)
        question, right = reworded(item.question, 0.5), reworded(right, 0.5)
        yield _candidate(item, question, right, wrong)
        if draw.random() < 1 / 9:
            place = draw.choice([*_WORD.finditer(question)] or [re.match("", question)])
            yield _candidate(
                item, f"{question[: place.start()]}{draw.choice(words)}{question[place.end() :]}", right, wrong
            )


def _candidate(item: FrozenItem, question: str, answer: str, distractors: tuple[str, ...]) -> Candidate:
    made = Candidate(
        subcategory=item.subcategory,
        question=question,
        answer=answer,
        distractors=distractors,
        template=item.template,
        source=item.source,
        rationale=item.rationale,
        proof=item.proof,
        verification=item.verification,
    )
    # Each hand-written question is a template of its own.
    return made if item.proof else replace(made, template=f"authored/{made.content_hash}")


def call(folder: Path, script: str, options: Mapping[str, object]) -> tuple[str, float, float, float]:
    """Run one of the workflow's scripts; returns what it printed, wall seconds, CPU seconds and peak MiB."""
    command = [sys.executable, str(ROOT / f"workflow/scripts/{script}.py")]
    command += [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", str(value))]
    with (folder / f"{script}.log").open("w+") as printed:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\n{text[-3000:]}")
    return text, round(seconds, 1), round(usage.ru_utime + usage.ru_stime, 1), round(usage.ru_maxrss / 1024)


def measured(count: int, minilm: Path) -> list[Measurement]:
    """The builder's steps from hygiene to selection over `count` made-up candidates, no decisions, default limits."""
    limits = _limits()
    taxonomy = ROOT / "config/taxonomy.yaml"
    found = []
    with tempfile.TemporaryDirectory(prefix="akb-scale-") as name:
        folder = Path(name)
        # Rewording may give the same text twice.
        candidates = list(islice(distinct(islice(made_up(0), count + count // 20 + 100)), count))
        assert len(candidates) == count
        write_candidates(candidates, read_taxonomy(taxonomy), folder / "candidates.parquet")
        del candidates
        given = {"candidates": "candidates.parquet", "taxonomy": taxonomy}
        merged = {"merged": "merged.parquet", "statuses": "statuses.parquet", "agreement": "agreement.parquet"}
        steps: dict[str, dict[str, Any]] = {
            "hygiene": {**given, "flags": "flags.parquet"},
            "merge": {
                **given,
                **limits.review.model_dump(),
                **merged,
                "flags": "flags.parquet",
                "answers": "answers.parquet",
                "conflicts": "conflicts.csv",
                "stale": "stale.csv",
            },
            "near_duplicates": {
                "candidates": "merged.parquet",
                "minilm": minilm,
                "similarity": limits.similarity,
                "clusters": "clusters.parquet",
            },
            "select_items": {
                **{key: getattr(limits, key) for key in ("per_template", "template_share", "longest_right")},
                "candidates": "merged.parquet",
                "taxonomy": taxonomy,
                "flags": "flags.parquet",
                "clusters": "clusters.parquet",
                "statuses": "statuses.parquet",
                "selected": "selected.parquet",
                "audit": "audit.parquet",
            },
        }
        for script, own in steps.items():
            load = round(os.getloadavg()[0], 1)
            text, *figures = call(folder, script, own)
            found += [Measurement(count, f"{script}: {s}", t, None, None, load) for s, t in stages(text).items()]
            found.append(Measurement(count, script, *figures, load))
    return found


def _limits() -> Benchmark:
    """What the default configuration says of the benchmark."""
    path = ROOT / "config/config.yaml"
    return checked(read_yaml(path), where=str(path), files=[path]).benchmark


def stages(text: str) -> dict[str, float]:
    """Whole seconds of each finished progress bar of ours (transformers has one for loading weights)."""
    return {
        m["stage"]: int(m["hours"] or 0) * 3600.0 + int(m["minutes"]) * 60 + int(m["seconds"])
        for m in _STAGE.finditer(text)
        if not m["stage"].startswith("Loading")
    }


def table(rows: Sequence[Measurement]) -> str:
    """The measurements as Markdown."""
    lines = ["| candidates | what | s | CPU s | peak MiB | load |", "|---|---|---|---|---|---|"]
    for row in rows:
        more = [f"{value:.0f}" if value is not None else "" for value in (row.cpu_seconds, row.peak_mib)]
        lines.append(f"| {row.candidates:,} | {row.what} | {row.seconds:.1f} | {' | '.join(more)} | {row.load} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=FULL)
    parser.add_argument("--minilm", type=Path, default=ROOT / "results/checkpoints/minilm")
    given = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    rows = measured(given.candidates, given.minilm.resolve())
    print(table(rows))
    if given.candidates == FULL:
        with RESULTS.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, [field.name for field in fields(Measurement)], lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(row) for row in rows)


if __name__ == "__main__":
    main()
