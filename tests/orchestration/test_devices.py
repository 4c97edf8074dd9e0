"""Claiming GPUs: too few is an error, two jobs never share one, and a job that ends frees its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from akb.errors import FOR_GOOD, AkbError
from akb.orchestration.devices import claim_devices, device_uuids, lock_name, visible_devices

FOUR = ["0", "1", "2", "3"]
SHOW = [sys.executable, "-c", "import os, time; print(os.environ.get('CUDA_VISIBLE_DEVICES'), flush=True); {}"]


def devices_of(folder: Path) -> list[str]:
    """Four devices that nobody else's test has, since locks hold for the whole machine."""
    return [f"GPU-{folder.parent.name}-{folder.name}-{number}" for number in range(4)]


def start(count: int, folder: Path, then: str = "pass", **environment: str) -> subprocess.Popen[str]:
    """A job as the rules start it, on a machine that seems to have four GPUs."""
    return subprocess.Popen(
        [sys.executable, "-m", "akb.orchestration.devices", str(count), *SHOW[:2], SHOW[2].format(then)],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ",".join(devices_of(folder)), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_line(job: subprocess.Popen[str]) -> str:
    assert job.stdout is not None
    return job.stdout.readline().strip()


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0,1", ["0", "1"]), ("", []), ("1,-1,2", ["1"]), ("GPU-1a2b", ["GPU-1a2b"]), ("-1", []), (" 2 , 3", ["2", "3"])],
)
def test_visible_devices_are_read_as_cuda_reads_them(value: str, expected: list[str]) -> None:
    assert visible_devices({"CUDA_VISIBLE_DEVICES": value}) == expected


def test_too_few_devices_name_the_script_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(AkbError) as error:
        claim_devices(2, "workflow/scripts/distil.py", ["0"], tmp_path)
    assert "GPUs asked for: 2; GPUs that can be seen: 1" in str(error.value)
    assert "distil.py" in str(error.value)
    assert "resources:" in str(error.value)


def test_one_machine_gives_disjoint_devices_and_then_refuses(tmp_path: Path) -> None:
    given = [claim_devices(count, "job", FOUR, tmp_path, patience=0.0) for count in (1, 2, 1)]
    assert sorted(",".join(given).split(",")) == FOUR
    with pytest.raises(AkbError, match="other jobs hold all but 0 of 4"):
        claim_devices(1, "job", FOUR, tmp_path, patience=0.0)


def test_a_claim_that_fails_keeps_nothing(tmp_path: Path) -> None:
    claim_devices(2, "job", FOUR, tmp_path)
    with pytest.raises(AkbError):
        claim_devices(3, "job", FOUR, tmp_path, patience=0.0)
    assert claim_devices(2, "job", FOUR, tmp_path, patience=0.0) == "2,3"


def test_the_script_holds_its_devices_until_it_ends(tmp_path: Path) -> None:
    holding = start(3, tmp_path, then="time.sleep(60)")
    assert first_line(holding).split(",") == devices_of(tmp_path)[:3]
    waiting = start(2, tmp_path)
    time.sleep(1)
    assert waiting.poll() is None
    holding.kill()  # as the kernel or a scheduler would
    holding.wait()
    assert first_line(waiting).split(",") == devices_of(tmp_path)[:2]
    _, errors = waiting.communicate(timeout=30)
    assert "waiting for 2 of 4 GPUs" in errors


def test_a_job_that_asks_for_none_sees_none(tmp_path: Path) -> None:
    assert first_line(start(0, tmp_path)) == ""


def test_too_few_ends_the_job_before_its_script_runs(tmp_path: Path) -> None:
    job = start(5, tmp_path)
    output, errors = job.communicate(timeout=30)
    assert (job.returncode, output) == (FOR_GOOD, "")
    assert "akb: GPUs asked for: 5; GPUs that can be seen: 4" in errors


def test_the_script_runs_in_this_environment_though_it_is_not_activated() -> None:
    command = [sys.executable, "-m", "akb.orchestration.devices", "0", "python", "-c", "import sys; print(sys.prefix)"]
    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sys.prefix


@pytest.fixture
def two_devices(tmp_path: Path) -> str:
    """A PATH whose nvidia-smi knows two devices of this test's own."""
    program = tmp_path / "bin/nvidia-smi"
    program.parent.mkdir()
    name = f"GPU-{tmp_path.parent.name}-{tmp_path.name}"
    program.write_text(f"#!/bin/sh\nprintf '0, {name}-a\\n1, {name}-b\\n'\n", encoding="utf-8")
    program.chmod(0o755)
    return f"{program.parent}:{os.environ['PATH']}"


def test_jobs_of_a_scheduler_that_hides_nothing_get_different_devices(tmp_path: Path, two_devices: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
    command = [sys.executable, "-m", "akb.orchestration.devices", "1", *SHOW[:2], SHOW[2].format("time.sleep(60)")]
    jobs = [
        subprocess.Popen(
            command,
            env={**environment, "PATH": two_devices, "PBS_JOBID": job, "TMPDIR": str(tmp_path / job)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for job in ("1", "2")
    ]
    assert sorted(map(first_line, jobs)) == ["0", "1"]
    for job in jobs:
        job.kill()
        job.wait()


def test_a_device_has_one_lock_under_its_number_and_under_its_uuid(
    two_devices: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", two_devices)
    device_uuids.cache_clear()
    uuid = device_uuids()["1"]
    assert lock_name("1", {"SLURM_JOB_ID": "17"}) == lock_name(uuid, {"PBS_JOBID": "4.server"}) == uuid
    device_uuids.cache_clear()


def test_without_uuids_each_job_of_a_scheduler_has_locks_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akb.orchestration.devices.device_uuids", dict)
    assert len({lock_name("0", {"SLURM_JOB_ID": "17"}), lock_name("0", {"PBS_JOBID": "17.s"}), lock_name("0", {})}) == 3
