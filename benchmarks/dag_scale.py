"""How long Snakemake needs to see that nothing is to do, and to plan a build from nothing, by the number of backbones.

A simulated project in a temporary folder: this workflow with a made-up configuration, every output an
empty file with Snakemake's own record of it (`--touch`). Nothing is computed. For each size two calls:
`plan` lists every job of an empty results folder (`-n`), `nothing` is the plain call with all results
present, and both report wall time, CPU time and peak memory of the whole process.

    python benchmarks/dag_scale.py                      every size, the table, results/dag_scale.csv, docs/dag_scale.svg
    python benchmarks/dag_scale.py --only paper 200     some sizes; prints, writes nothing
    python benchmarks/dag_scale.py --draw               the figure alone, from the CSV
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/dag_scale.csv"
FIGURE = ROOT / "docs/dag_scale.svg"
SIZES = ["paper", "3", "17", "50", "200", "1000", "8x1000"]
TARGETS = {"paper": 3.0, "200": 8.0, "1000": 20.0}  # seconds for "nothing to do"


@dataclass(frozen=True)
class Measurement:
    """One call. load: one-minute load average before it, of a machine with `cores` cores."""

    size: str
    call: str
    jobs: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    load: float
    cores: int


def configuration(size: str) -> dict[str, Any]:
    """`paper`: config/paper.yaml as it is. `N`: N backbones, each trained. `8xS`: 8 with S shards of distillation,
    features and captions: five million rows in jobs of a sensible size, see docs/scale.md.
    """
    if size == "paper":
        content: dict[str, Any] = yaml.safe_load((ROOT / "config/paper.yaml").read_text(encoding="utf-8"))
        return content
    count, _, shards = size.partition("x")
    return {
        "tools": {
            "whisper-tiny.en": {"source": {"random": "tiny-whisper"}},
            "minilm": {"source": {"random": "tiny-minilm"}},
        },
        "backbones": {
            f"backbone-{number:04}": {"source": {"random": "tiny-llama", "seed": number}}
            for number in range(int(count))
        },
        "audio_benchmarks": {"mini": {"kind": "mini"}},
        "captioners": {"whisper": {"kind": "whisper", "model": "whisper-tiny.en"}},
        "analysis": {"cascade_captioner": "whisper"},
        "shards": dict.fromkeys(("captions", "features", "distil"), int(shards or 1)),
    }


def project(folder: Path, settings: Mapping[str, Any]) -> None:
    """The workflow's own files, the configuration, and empty files where it names data that is not shipped."""
    for name in ("Snakefile", "workflow", "config", "resources", "envs", "profiles"):
        source = ROOT / name
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name, follow_symlinks=False)
    (folder / "config/simulated.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    data = [entry["items"] for entry in settings["audio_benchmarks"].values() if "items" in entry]
    data += [entry["file"] for entry in settings["captioners"].values() if "file" in entry]
    for name in [*data, "resources/authored/second_solve.csv"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def call(folder: Path, *words: str) -> tuple[str, float, float, float]:
    """Run Snakemake; returns what it printed, wall seconds, CPU seconds and peak MiB."""
    command = [sys.executable, "-m", "snakemake", "--cores", "8", "--configfile", "config/simulated.yaml", *words]
    os.environ["AKB_UNPINNED"] = "1"  # the paper's models stand at `main`, and none is fetched
    with (folder / "printed.txt").open("w+") as printed:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=printed, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\n{text[-3000:]}")
    return text, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measured(size: str) -> list[Measurement]:
    """Both calls on one simulated project. Raises SystemExit if "nothing to do" would do something."""
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="akb-dag-") as name:
        folder = Path(name)
        project(folder, configuration(size))
        load = os.getloadavg()[0]
        text, *figures = call(folder, "--dry-run")
        jobs = int(re.findall(r"^total +(\d+)", text, flags=re.M)[0])
        found = [Measurement(size, "plan", jobs, *rounded(figures), round(load, 1), cores)]
        for line in re.findall(r"^    output: (.*)", text, flags=re.M):
            for path in line.split(", "):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).touch()
        call(folder, "--touch", "--quiet")
        load = os.getloadavg()[0]
        text, *figures = call(folder)
        if "Nothing to be done" not in text:
            raise SystemExit(f"size {size}: something is to be done\n{text[-3000:]}")
        return [*found, Measurement(size, "nothing", jobs, *rounded(figures), round(load, 1), cores)]


def rounded(figures: Sequence[float]) -> tuple[float, float, float]:
    """Seconds to hundredths, MiB to units."""
    seconds, cpu_seconds, peak = figures
    return round(seconds, 2), round(cpu_seconds, 2), round(peak)


def table(rows: Sequence[Measurement]) -> str:
    """The measurements as Markdown, the targets beside them."""
    lines = [
        "| size | jobs | call | s | CPU s | peak MiB | target s | load of cores |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        target = TARGETS.get(row.size, "") if row.call == "nothing" else ""
        lines.append(
            f"| {row.size} | {row.jobs} | {row.call} | {row.seconds:.1f} | {row.cpu_seconds:.1f} | {row.peak_mib:.0f} "
            f"| {target} | {row.load:.1f} of {row.cores} |"
        )
    return "\n".join(lines)


def draw(rows: Sequence[Measurement], path: Path) -> None:
    """CPU seconds (other work disturbs them least) and peak memory by the number of jobs; same rows, same bytes."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    with pyplot.rc_context({"svg.hashsalt": "akb", "svg.fonttype": "path", "font.size": 9}):
        figure, (left, right) = pyplot.subplots(1, 2, figsize=(7.5, 3.0), layout="constrained")
        for call_, label, marker in (("nothing", "nothing to do", "o"), ("plan", "plan from nothing", "s")):
            chosen = sorted((row for row in rows if row.call == call_), key=lambda row: row.jobs)
            jobs = [row.jobs for row in chosen]
            left.plot(jobs, [row.cpu_seconds for row in chosen], marker=marker, markersize=4, label=label)
            right.plot(jobs, [row.peak_mib for row in chosen], marker=marker, markersize=4, label=label)
        for axes, label in ((left, "CPU time (s)"), (right, "peak memory (MiB)")):
            axes.set(xscale="log", xlabel="jobs in the DAG", ylabel=label)
            axes.set_ylim(bottom=0)
            axes.spines[["top", "right"]].set_visible(False)
            axes.grid(alpha=0.3)
        left.legend(frameon=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="SIZE", help=f"of {', '.join(SIZES)}, or another NUMBERxSHARDS")
    parser.add_argument("--draw", action="store_true", help="draw the CSV that is there")
    given = parser.parse_args()
    if not given.draw:
        rows = []
        for size in given.only or SIZES:
            rows += measured(size)
            print(table(rows[-2:]).split("\n", 2)[2] if len(rows) > 2 else table(rows), flush=True)
        if given.only:
            return
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        with RESULTS.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, [field.name for field in fields(Measurement)], lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(row) for row in rows)
    with RESULTS.open(encoding="utf-8") as handle:
        draw([_read(row) for row in csv.DictReader(handle)], FIGURE)


def _read(row: Mapping[str, str]) -> Measurement:
    kinds = {field.name: {"str": str, "int": int, "float": float}[str(field.type)] for field in fields(Measurement)}
    return Measurement(**{name: kinds[name](value) for name, value in row.items()})


if __name__ == "__main__":
    main()
