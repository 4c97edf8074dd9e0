"""A job on several nodes: what is started on each, and that what is started there meets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from akb.errors import FOR_GOOD, AkbError
from akb.orchestration.nodes import on_every_node

# Stands for Slurm's: starts the command as often as there are nodes, all on this machine.
SRUN = """#!/bin/bash
echo "$@" > "$TOLD"
nodes=1
while [[ $1 == --* ]]; do case $1 in --nodes=*) nodes=${1#*=} ;; esac; shift; done
for _ in $(seq "$nodes"); do "$@" & started+=($!); done
for process in "${started[@]}"; do wait "$process" || exit 1; done
"""


@pytest.fixture
def cluster(tmp_path: Path) -> dict[str, str]:
    """The environment of a job of a Slurm cluster that has this machine alone."""
    (tmp_path / "srun").write_text(SRUN, encoding="utf-8")
    (tmp_path / "srun").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "SLURM_JOB_ID": "17", "TOLD": str(tmp_path / "told"), "OMP_NUM_THREADS": "1"}


def test_every_node_gets_one_task_with_its_share(cluster: dict[str, str]) -> None:
    command, added = on_every_node(2, 8, 64, ["torchrun", "--nproc_per_node", "8", "x.py"], cluster)
    assert command[:2] == ["srun", "--jobid=17"]
    asked = {"--nodes=2", "--ntasks=2", "--ntasks-per-node=1", "--cpus-per-task=64", "--gpus-per-node=8"}
    assert asked <= set(command)
    assert command[-8:] == [
        sys.executable, "-m", "akb.orchestration.devices", "8", "torchrun", "--nproc_per_node", "8", "x.py",
    ]  # fmt: skip
    assert added["PET_NNODES"] == "2" and added["PET_RDZV_ID"] == "17" and ":" in added["PET_RDZV_ENDPOINT"]


def test_without_gpus_none_are_asked_for(cluster: dict[str, str]) -> None:
    command, _ = on_every_node(3, 0, 4, ["torchrun"], cluster)
    assert not any("gpus" in word for word in command) and command[-2:] == ["0", "torchrun"]


@pytest.mark.parametrize("missing", ["SLURM_JOB_ID", "PATH"])
def test_outside_of_a_slurm_job_it_is_an_error(cluster: dict[str, str], missing: str) -> None:
    cluster[missing] = ""
    with pytest.raises(AkbError, match="2 nodes were asked for") as refused:
        on_every_node(2, 8, 64, ["torchrun"], cluster)
    assert "workflow/profiles/slurm" in refused.value.remedy


def start(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    launched = [sys.executable, "-m", "akb.orchestration.devices", "0", "--nodes", "2", "--threads", "1", *command]
    return subprocess.run(launched, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_a_launch_outside_of_slurm_ends_for_good() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SLURM_JOB_ID"}
    done = start(environment, "torchrun", "x.py")
    assert done.returncode == FOR_GOOD and "no job of Slurm" in done.stderr


@pytest.mark.slow
def test_what_torchrun_starts_on_two_nodes_are_one_training_s_processes(
    cluster: dict[str, str], tmp_path: Path
) -> None:
    program, seen = tmp_path / "who.py", tmp_path / "seen"
    seen.mkdir()
    names = "RANK WORLD_SIZE LOCAL_RANK LOCAL_WORLD_SIZE"
    # A file each: torchrun's Python writes a line in pieces, between which another's may come.
    program.write_text(
        "import os\n"
        f"said = ' '.join(os.environ[name] for name in {names.split()})\n"
        f"open(os.path.join({str(seen)!r}, os.environ['RANK']), 'w').write(said)\n",
        encoding="utf-8",
    )
    done = start(cluster, "torchrun", "--nproc_per_node", "1", str(program))
    assert done.returncode == 0, done.stderr
    assert sorted(path.read_text(encoding="utf-8") for path in seen.iterdir()) == ["0 2 0 1", "1 2 0 1"]
    assert "--nodes=2" in (tmp_path / "told").read_text(encoding="utf-8")
