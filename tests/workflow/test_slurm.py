"""Against a real Slurm on this machine: the smoke workflow to its end, GPUs, retries, scancel, a killed driver.

Run by `make test-slurm`; needs root, and Debian's packages or apt-get. slurm_node.py starts and ends the Slurm.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slurm_node import Node, reason_against, slurm_node
from smoke_project import CONFIG, ROOT, Project, prepared
from test_crash import assert_same

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(1800)]

PROFILE = "workflow/profiles/slurm"
# As a user calls it, less patient: the node answers at once, and its files are on this disk.
IMPATIENT = ["--latency-wait", "5", "--slurm-init-seconds-before-status-checks", "3"]
MINI = "results/smoke/audio/mini/items.parquet"
HEAVY = ("mini", "near_duplicates", "caption", "features", "text_inference", "distil", "finetune", "listen")
UNTIL_GO = 'import time\n\n    while not Path("data/go").exists():\n        time.sleep(0.2)'
REQUEST_SEEN = """import os, subprocess

    with Path("data/seen.txt").open("a") as seen:
        subprocess.run(["scontrol", "-o", "show", "job", os.environ["SLURM_JOB_ID"]], stdout=seen, check=True)
    if len(Path("data/seen.txt").read_text().splitlines()) < 3:
        raise SystemExit("not yet")"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if reason := reason_against():
        pytest.skip(reason)
    with slurm_node(tmp_path_factory.mktemp("slurm")) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two backbones, one of them as an audio language model, in shards; one rule asks for a GPU and a partition."""
    project = prepared(tmp_path / "project")

    def small(settings: dict[str, Any]) -> None:
        del settings["backbones"]["gamma"]
        settings["backbones"]["beta"]["lalm"] = False
        settings["shards"] = {"captions": 2, "features": 2, "distil": 2}
        settings["resources"] = {rule: {"threads": 2, "memory_gb": 2, "minutes": 10} for rule in HEAVY}
        settings["resources"]["text_inference"] |= {"gpus": 1, "partition": "gpu"}
        settings["backbone_defaults"]["engine_options"] = {"device": "cpu"}  # the GPUs are make-believe

    project.configure(small)
    return project


def command(*arguments: str) -> list[str]:
    slurm = ["--profile", PROFILE, *IMPATIENT, "--nocolor", "--configfile", CONFIG]
    return [sys.executable, "-m", "snakemake", *arguments, *slurm]


def start(project: Project, log: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A driver in the background; what it says goes into the file `log`."""
    with project.path(log).open("wb") as out:
        return subprocess.Popen(
            command(*arguments), cwd=project.folder, env=project.environment(), stdout=out, stderr=out
        )


def run(project: Project, *arguments: str) -> tuple[int, str]:
    """A driver to its end: (exit status, what it said)."""
    status = start(project, "data/said.log", *arguments).wait()
    return status, said(project, "data/said.log")


def said(project: Project, log: str) -> str:
    return project.path(log).read_text(encoding="utf-8")


def until(condition: Any, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.5)


def insert(project: Project, code: str) -> None:
    """Put `code` at the start of what the rule `mini` runs."""
    project.edit("workflow/scripts/mini.py", "    parser = ", f"    {code}\n\n    parser = ")


def read_records(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Snakemake's records: (output path, record)."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        # A long name is spread over folders whose parts begin with "@".
        name = "".join(part.removeprefix("@") for part in file.relative_to(folder).parts)
        yield Path(base64.urlsafe_b64decode(name).decode()), json.loads(file.read_text(encoding="utf-8"))


def record(project: Project, path: str) -> dict[str, Any]:
    """Snakemake's record of an output, less its times and a number that is random in every process."""
    found = dict(read_records(project.path(".snakemake/metadata")))[Path(path)]
    return {key: value for key, value in found.items() if key not in ("starttime", "endtime", "job_hash")}


def test_the_smoke_workflow_runs_to_its_end(node: Node, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    status, text = run(project, "all")
    assert status == 0, text[-4000:]

    jobs = node.jobs(project.folder)
    assert {job.state for job in jobs} == {"COMPLETED"}
    rules = Counter(re.sub(r"^rule_(\w+?)(_wildcards_.*)?$", r"\1", job.comment) for job in jobs)
    one_each = {"mini": 1, "near_duplicates": 1, "finetune": 1, "listen": 1}
    assert rules == {**one_each, "caption": 2, "features": 4, "text_inference": 2, "distil": 2}

    asked = node.show(next(job.id for job in jobs if job.comment == "rule_text_inference_wildcards_alpha"))
    assert asked["Partition"] == "gpu"
    assert asked["TimeLimit"] == "00:10:00"
    assert "mem=2000M" in asked["TRES"]
    assert asked["NumCPUs"] == "2"
    assert asked["TresPerJob"] == "gres:gpu:1"
    assert project.would_run() == set()

    at_home = Project(project.folder.with_name("local"))
    shutil.copytree(
        project.folder, at_home.folder, symlinks=True, ignore=shutil.ignore_patterns("results", ".snakemake")
    )
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")  # the same make-believe
    at_home.make("all")
    assert_same(project, at_home)


def test_jobs_side_by_side_get_different_gpus_and_too_few_is_an_error(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "show.py").write_text(
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "Path(sys.argv[1]).write_text(os.environ['CUDA_VISIBLE_DEVICES'])\n"
        "while len(list(Path().glob('seen-*'))) < 2:\n"  # neither ends before both have begun
        "    time.sleep(0.2)\n",
        encoding="utf-8",
    )
    (tmp_path / "Snakefile").write_text(
        "rule show:\n"
        "    output: 'seen-{name}'\n"
        "    resources: gpu=1\n"
        "    shell: 'python -m akb.orchestration.devices 1 python show.py {output}'\n"
        "rule two:\n"
        "    output: 'two'\n"
        "    resources: gpu=1\n"
        "    shell: 'python -m akb.orchestration.devices 2 python show.py {output} > two.log 2>&1'\n",
        encoding="utf-8",
    )

    call = [sys.executable, "-m", "snakemake", "seen-a", "seen-b", "two", "--profile", str(ROOT / PROFILE), *IMPATIENT]
    call += ["--slurm-status-command", "squeue"]  # our own workflow finds out by itself that `sacct` has no accounts
    done = subprocess.run([*call, "--retries", "0"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert {(tmp_path / name).read_text() for name in ("seen-a", "seen-b")} == {"0", "1"}, done.stderr[-3000:]
    assert done.returncode == 1
    assert "GPUs asked for: 2; GPUs that can be seen: 1" in (tmp_path / "two.log").read_text()


def test_a_failed_job_is_submitted_again_with_more_memory_and_time(node: Node, project: Project) -> None:
    insert(project, REQUEST_SEEN)
    status, text = run(project, MINI)
    assert status == 0, text[-4000:]
    seen = project.path("data/seen.txt").read_text(encoding="utf-8")
    assert re.findall(r"mem=(\w+)", seen) == ["2000M", "3000M", "4500M"]
    assert re.findall(r"TimeLimit=(\S+)", seen) == ["00:10:00", "00:15:00", "00:22:00"]
    assert [job.state for job in node.jobs(project.folder)] == ["FAILED", "FAILED", "COMPLETED"]


def test_a_cancelled_job_is_told_and_the_next_call_finishes(node: Node, project: Project) -> None:
    insert(project, UNTIL_GO)
    driver = start(project, "data/first.log", MINI, "--retries", "1")
    for _ in range(2):  # to Snakemake it is a failure like another, and tried again
        job = node.wait_for(project.folder, "rule_mini", "RUNNING")
        subprocess.run(["scancel", job.id], check=True)
        node.wait_for(project.folder, "rule_mini", "CANCELLED")
    assert driver.wait(120) == 1
    text = said(project, "data/first.log")
    assert f"SLURM-job '{job.id}' failed, SLURM status is: 'CANCELLED'" in text
    assert "Error in rule mini" in text

    project.path("data/go").touch()
    status, text = run(project, MINI)
    assert status == 0, text[-4000:]


def test_ctrl_c_cancels_the_drivers_jobs(node: Node, project: Project) -> None:
    insert(project, UNTIL_GO)
    driver = start(project, "data/first.log", MINI)
    job = node.wait_for(project.folder, "rule_mini", "RUNNING")
    driver.send_signal(signal.SIGINT)
    assert driver.wait(60) != 0
    assert node.wait_for(project.folder, "rule_mini", "CANCELLED").id == job.id


def test_a_killed_drivers_job_is_waited_for_and_not_submitted_again(node: Node, project: Project) -> None:
    insert(project, UNTIL_GO)
    driver = start(project, "data/first.log", MINI)
    job = node.wait_for(project.folder, "rule_mini", "RUNNING")
    driver.kill()
    driver.wait()

    pretended = subprocess.run(
        command(MINI, "--dry-run"), cwd=project.folder, env=project.environment(), capture_output=True, text=True
    )
    assert "its lock is lifted" in pretended.stdout + pretended.stderr
    assert f"{job.id}  rule_mini: running" in pretended.stdout + pretended.stderr

    impatient = start(project, "data/second.log", MINI)
    until(lambda: "waited for, not submitted again" in said(project, "data/second.log"))
    impatient.send_signal(signal.SIGINT)
    assert impatient.wait(30) == 1
    assert "Slurm's jobs go on" in said(project, "data/second.log")

    again = start(project, "data/third.log", MINI)
    until(lambda: "waited for, not submitted again" in said(project, "data/third.log"))
    time.sleep(5)
    assert [queued.id for queued in node.jobs(project.folder)] == [job.id]
    project.path("data/go").touch()
    status = again.wait(120)
    text = said(project, "data/third.log")
    assert status == 0, text
    assert f"{job.id}  mini: running" in text
    assert [(done.id, done.state) for done in node.jobs(project.folder)] == [(job.id, "COMPLETED")]
    assert project.would_run(MINI) == set()


def test_what_a_killed_drivers_job_made_has_the_record_of_any_other(node: Node, project: Project) -> None:
    project.make(MINI)
    project.configure(lambda settings: settings["mini"].update(seed=5))
    insert(project, UNTIL_GO)
    assert project.would_run(MINI) == {"mini"}
    driver = start(project, "data/first.log", MINI)
    node.wait_for(project.folder, "rule_mini", "RUNNING")
    driver.kill()
    driver.wait()
    project.path("data/go").touch()
    node.wait_for(project.folder, "rule_mini", "COMPLETED")

    status, text = run(project, MINI)
    assert status == 0
    assert "Nothing to be done" in text
    by_the_job = record(project, MINI)
    project.make(MINI, "--force")
    assert by_the_job == record(project, MINI)
    project.configure(lambda settings: settings["mini"].update(seed=6))
    assert project.would_run(MINI) == {"mini"}
