"""Claiming GPUs: too few is an error, two jobs never share one, and a job that ends frees its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.orchestration.devices import claim_devices, lock_folder, visible_devices

FOUR = ["0", "1", "2", "3"]
SHOW = [sys.executable, "-c", "import os, time; print(os.environ.get('CUDA_VISIBLE_DEVICES'), flush=True); {}"]


def start(count: int, folder: Path, then: str = "pass", **environment: str) -> subprocess.Popen[str]:
    """A job as the rules start it, on a machine that seems to have four GPUs."""
    return subprocess.Popen(
        [sys.executable, "-m", "akb.orchestration.devices", str(count), *SHOW[:2], SHOW[2].format(then)],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "0,1,2,3", "TMPDIR": str(folder), **environment},
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
    assert first_line(holding) == "0,1,2"
    waiting = start(2, tmp_path)
    time.sleep(1)
    assert waiting.poll() is None
    holding.kill()  # as the kernel or a scheduler would
    holding.wait()
    assert first_line(waiting) == "0,1"
    _, errors = waiting.communicate(timeout=30)
    assert "waiting for 2 of 4 GPUs" in errors


def test_a_job_that_asks_for_none_sees_what_it_saw(tmp_path: Path) -> None:
    assert first_line(start(0, tmp_path)) == "0,1,2,3"


def test_too_few_ends_the_job_before_its_script_runs(tmp_path: Path) -> None:
    job = start(5, tmp_path)
    output, errors = job.communicate(timeout=30)
    assert (job.returncode, output) == (1, "")
    assert "akb: GPUs asked for: 5; GPUs that can be seen: 4" in errors


def test_the_script_runs_in_this_environment_though_it_is_not_activated() -> None:
    command = [sys.executable, "-m", "akb.orchestration.devices", "0", "python", "-c", "import sys; print(sys.prefix)"]
    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sys.prefix


@pytest.mark.parametrize("environment", [{"SLURM_JOB_ID": "17"}, {"PBS_JOBID": "17.server"}])
def test_each_job_of_a_scheduler_has_locks_of_its_own(environment: Mapping[str, str]) -> None:
    assert lock_folder(environment) != lock_folder({})
