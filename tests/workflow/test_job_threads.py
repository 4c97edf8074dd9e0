"""How many threads a job's libraries start, by workflow/job.sh."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

JOB = Path(__file__).parents[2] / "workflow/job.sh"


@pytest.mark.parametrize(
    ("told", "asked", "started"),
    [
        pytest.param("8", "8", 2, id="all of more cores than there are"),
        pytest.param("8", "4", 1, id="half of them, so that two jobs fill the machine"),
        pytest.param("8", "1", 1, id="a small share is one thread"),
        pytest.param("2", "2", 2, id="as many as there are"),
        pytest.param("", "8", 2, id="of a job that a cluster started"),
    ],
)
def test_a_job_s_libraries_get_its_share_of_two_cores(tmp_path: Path, told: str, asked: str, started: int) -> None:
    fake = tmp_path / "nproc"
    fake.write_text("#!/bin/sh\necho 2\n", encoding="utf-8")
    fake.chmod(0o755)
    known = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "AKB_CORES": told, "OMP_NUM_THREADS": asked}
    shown = subprocess.run(
        ["bash", "-c", f'set -eu; . "{JOB}"; echo "$OMP_NUM_THREADS"'],
        env={**os.environ, **known},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(shown.stdout) == started
