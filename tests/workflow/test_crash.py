"""After a crash one plain command finishes, and nobody can tell from the results; a job that dies says why."""

from __future__ import annotations

import contextlib
import itertools
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator

import numpy as np
import polars as pl
import psutil
import pytest
from polars.testing import assert_frame_equal
from safetensors.numpy import load_file
from smoke_project import Project

MOMENTS = 10
# What differs between any two runs: times, hosts, and which process stored what.
UNEQUAL = ("logs/", "benchmarks/", "manifest.json", "/store/", "/.made/", "/files.json", "/costs/", "/tensorboard/")
TIMES = {"seconds", "samples_per_second", "tokens_per_second", "waiting", "share_of_peak", "hours"}
# What a run took, and training curves by time.
TIMED_SECTION = re.compile(r'<section id="(costs|training)">.*?</section>', re.DOTALL)


def moments(seed: int, jobs: int = 43) -> Iterator[tuple[int, float]]:
    """After how many further finished jobs, and how many seconds later, to kill: ten times, over the whole run."""
    draw = random.Random(seed)
    steps = [0, *sorted(draw.sample(range(1, jobs - 1), MOMENTS))]
    return ((after - before, draw.uniform(0, 2)) for before, after in itertools.pairwise(steps))


def start(project: Project, target: str = "all") -> subprocess.Popen[str]:
    return subprocess.Popen(
        project.command(target),
        cwd=project.folder,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(driver: subprocess.Popen[str], finished: int, seconds: float) -> bool:
    """Let that many jobs finish and some time pass; False if the driver ended before."""
    assert driver.stdout is not None
    for line in driver.stdout:
        finished -= line.startswith("Finished jobid")
        if not finished:
            time.sleep(seconds)
            return driver.poll() is None
    return False


def restarted(project: Project) -> None:
    """A clean start on nothing but the sources."""
    for name in ("results", ".snakemake"):
        shutil.rmtree(project.path(name))


def scripts_of(driver: subprocess.Popen[str]) -> list[psutil.Process]:
    """The scripts that run as jobs of the driver, not their launchers, which have children."""
    found = []
    for process in psutil.Process(driver.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name().startswith("python") and not process.children():
                found.append(process)
    return found


def kill_one(running: list[psutil.Process], draw: random.Random) -> None:
    """Kill one of them, unless it has just ended by itself."""
    with contextlib.suppress(psutil.NoSuchProcess):
        if running:
            draw.choice(running).kill()


@pytest.mark.endurance
@pytest.mark.timeout(3600)
def test_the_driver_killed_at_ten_moments(built: Project, built_once: Project) -> None:
    restarted(built)
    for jobs, seconds in moments(seed=1):
        driver = start(built)
        if wait_for(driver, jobs, seconds):
            driver.kill()
        driver.wait()
    built.make("all")
    assert built.would_run() == set()
    assert_same(built, built_once)


@pytest.mark.endurance
@pytest.mark.timeout(3600)
def test_a_job_killed_at_ten_moments(built: Project, built_once: Project) -> None:
    restarted(built)
    draw = random.Random(2)
    killed = 0
    for jobs, seconds in moments(seed=2):
        driver = start(built)
        if wait_for(driver, jobs, seconds):
            kill_one(scripts_of(driver), draw)
        said, _ = driver.communicate()
        killed += "was ended by SIGKILL; peak memory" in said
    assert killed >= MOMENTS // 2
    built.make("all")
    assert built.would_run() == set()
    assert_same(built, built_once)


def test_a_killed_driver_leaves_no_lock_to_undo(pretended: Project) -> None:
    target = "results/smoke/models/alpha/scores.parquet"
    script = pretended.path("workflow/scripts/score.py")
    script.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    driver = start(pretended, target)
    assert driver.stdout is not None
    locks = pretended.path(".snakemake/locks")
    # The job is what runs under a lock: while the workflow is read, other Pythons may come and go.
    while not (locks.is_dir() and any(locks.iterdir()) and (running := scripts_of(driver))):
        assert driver.poll() is None, driver.stdout.read()
        time.sleep(0.2)
    driver.kill()
    driver.wait()
    kill_one(running, random.Random(0))
    script.write_text("import sys\nopen(sys.argv[sys.argv.index('--output') + 1], 'w')\n", encoding="utf-8")
    assert "its lock is lifted" in pretended.make(target)


@pytest.mark.parametrize("way", ["by the system", "by an exception"])
def test_a_job_that_runs_out_of_memory_names_itself(pretended: Project, way: str) -> None:
    end = {"by the system": "os.kill(os.getpid(), signal.SIGKILL)", "by an exception": "bytearray(2**62)"}[way]
    pretended.path("workflow/scripts/score.py").write_text(
        f"import os, signal\nheld = bytearray(os.urandom(1)) * 400_000_000\n{end}\n", encoding="utf-8"
    )
    said = pretended.snakemake("results/smoke/models/alpha/scores.parquet").stdout
    how = {"by the system": "was ended by SIGKILL", "by an exception": "failed with status 1"}[way]
    assert f"akb: score (backbone alpha) {how}; peak memory 0.4 GB" in said
    assert "log:    results/smoke/logs/score/alpha.log" in said


def test_a_full_disk_is_told_in_one_sentence(pretended: Project) -> None:
    folder = pretended.path("results/smoke/published")
    shutil.rmtree(folder)
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk is not permitted here")
    try:
        said = pretended.snakemake("results/smoke/published/correlations.csv").stdout
        left = [path for path in folder.rglob("*") if path.is_file() and "partial" in path.name]
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    assert "akb: no space left on the disk" in said
    assert "free some space" in said
    assert not left


def assert_same(project: Project, other: Project) -> None:
    """The same files with the same contents, times apart; floats as close as batches of another size leave them."""
    names = [listed(project), listed(other)]
    assert names[0] == names[1]
    for name in names[0]:
        mine, theirs = project.path(name), other.path(name)
        if mine.read_bytes() == theirs.read_bytes():
            continue
        if mine.name == "report.html":
            texts = [TIMED_SECTION.sub("", path.read_text(encoding="utf-8")) for path in (mine, theirs)]
            assert texts[0] == texts[1], f"{name} differs"
            continue
        assert mine.suffix in (".parquet", ".safetensors", ".csv"), f"{name} differs"
        if mine.suffix == ".safetensors":
            for key, tensor in load_file(mine).items():
                np.testing.assert_allclose(tensor, load_file(theirs)[key], rtol=1e-3, atol=1e-5, err_msg=name)
        else:
            frames = [
                timeless(pl.read_parquet(p) if p.suffix == ".parquet" else pl.read_csv(p)) for p in (mine, theirs)
            ]
            assert_frame_equal(*frames, rel_tol=1e-3, abs_tol=1e-4)


def listed(project: Project) -> list[str]:
    names = (str(path.relative_to(project.folder)) for path in project.path("results").rglob("*") if path.is_file())
    return sorted(name for name in names if not any(part in name for part in UNEQUAL))


def timeless(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop([name for name in frame.columns if name in TIMES])
