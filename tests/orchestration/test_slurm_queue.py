"""Which of Slurm's jobs are this folder's, and waiting for them; with a `squeue` that says what a file says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.orchestration.slurm_queue import QueuedJob, queued_jobs, wait_for

TITLES = {"rule_mini": "mini", "rule_distil_wildcards_m_0": "distil (backbone m, shard 0)"}


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `squeue` prints. Each call takes away the first line that holds the word GOING."""
    listed = tmp_path / "queue"
    program = tmp_path / "bin" / "squeue"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncat "{listed}" && sed -i "0,/GOING/{{/GOING/d}}" "{listed}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return listed


def test_only_this_folders_jobs_count(queue: Path, tmp_path: Path) -> None:
    queue.write_text(f"7|RUNNING|1:02|rule_mini|{tmp_path}\n8|PENDING|0:00|rule_mini|/elsewhere\n")
    assert queued_jobs(tmp_path) == [QueuedJob("7", "RUNNING", "1:02", "rule_mini")]


def test_what_is_needed_is_waited_for_and_said(queue: Path, tmp_path: Path) -> None:
    queue.write_text(
        f"7|RUNNING GOING|1:02|rule_mini|{tmp_path}\n"
        f"8|PENDING GOING|0:00|rule_distil_wildcards_m_0|{tmp_path}\n"
        f"9|RUNNING|0:10|rule_distil_wildcards_m_1|{tmp_path}\n"
    )
    told: list[str] = []
    assert wait_for(TITLES, tmp_path, told.append, seconds=0.01)
    assert "8  distil (backbone m, shard 0): pending" in told[0]
    assert "scancel 7 8:" in told[0]
    assert told[1:] == ["Ended: 7 mini; 1 left.", "Ended: 8 distil (backbone m, shard 0); 0 left."]


def test_nothing_needed_is_nothing_said(queue: Path, tmp_path: Path) -> None:
    queue.write_text(f"9|RUNNING|0:10|rule_distil_wildcards_m_1|{tmp_path}\n")
    told: list[str] = []
    assert not wait_for(TITLES, tmp_path, told.append)
    assert not told


def test_a_slurm_that_does_not_answer_is_an_error(queue: Path, tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="Slurm does not say"):
        queued_jobs(tmp_path)
