"""Which lock `make env` and the conda environment take, by what a stand-in for `nvidia-smi` tells of the driver."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from akb.preflight import machine
from akb.preflight.machine import Machine

ROOT = Path(__file__).parents[1]
NONE = "exit 9"  # nvidia-smi without a driver
# What a driver of this version answers, and the lock that it is given.
DRIVERS = [
    (NONE, "cpu"),
    ("echo 595.10", "gpu"),
    ("echo 580.65.06", "gpu"),
    ("echo '[N/A]'", "gpu"),
    ("echo 575.57.08; echo 575.57.08", "gpu-cuda12"),
    ("echo 525.60.13", "gpu-cuda12"),
    ("echo WARNING: infoROM is corrupted; echo 550.54.15", "gpu-cuda12"),
]


def project(folder: Path, driver: str) -> dict[str, str]:
    """A copy of what `make env` needs, and an environment in which `nvidia-smi` is a program that runs `driver`."""
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "envs", folder / "envs")
    program = folder / "bin/nvidia-smi"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{driver}\n", encoding="utf-8")
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("LOCK", "AKB_LOCK", "MAKEFLAGS")}
    return {**kept, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def run(folder: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def versions(lock: str) -> dict[str, str]:
    return dict(
        re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / f"envs/{lock}.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )


def test_the_lock_for_cuda_12_has_what_the_others_have_and_nothing_for_cuda_13() -> None:
    old, new, cpu = versions("gpu-cuda12"), versions("gpu"), versions("cpu")
    assert not [name for name in old if "cu13" in name or name in ("cuda-toolkit", "nvidia-cuda-runtime")]
    assert "nvidia-cuda-runtime-cu12" in old and "nvidia-cuda-runtime" in new
    lines = (ROOT / "envs/requirements.in").read_text(encoding="utf-8").splitlines()
    named = {re.split("[=<>]", line)[0] for line in lines if line and not line.startswith("#")}
    assert {name for name in named if len({lock[name.lower().replace(".", "-")] for lock in (old, new, cpu)}) > 1} == {
        "torch"
    }


@pytest.mark.parametrize(("driver", "lock"), DRIVERS)
def test_make_env_takes_the_lock_that_the_driver_allows(driver: str, lock: str, tmp_path: Path) -> None:
    planned = run(tmp_path, project(tmp_path, driver), "make", "-n", "env")
    assert planned.returncode == 0, planned.stderr
    assert set(re.findall(r"envs/([\w-]+)\.lock", planned.stdout)) == {lock}


@pytest.mark.parametrize(("driver", "lock"), DRIVERS)
def test_the_conda_environment_takes_the_same(driver: str, lock: str, tmp_path: Path) -> None:
    environment = project(tmp_path, driver) | {"AKB_HOME": str(tmp_path)}
    (tmp_path / "bin/python").write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    (tmp_path / "bin/python").chmod(0o755)
    filled = run(tmp_path, environment, "bash", "envs/akb.post-deploy.sh")
    assert filled.returncode == 0, filled.stderr
    assert filled.stdout.splitlines()[0].endswith(f"-r {tmp_path}/envs/{lock}.lock")
    assert (tmp_path / f"envs/{lock}.lock").is_file()
    named = run(tmp_path, environment | {"AKB_LOCK": "cpu.lock"}, "bash", "envs/akb.post-deploy.sh")
    assert named.stdout.splitlines()[0].endswith("envs/cpu.lock")


@pytest.mark.parametrize(
    ("driver", "given", "told"),
    [
        ("echo 470.82.01", "", r"gpu-cuda12\.lock is built for CUDA 12, which needs driver 525.*has 470.*LOCK=cpu"),
        ("echo 470.82.01", "LOCK=gpu", r"gpu\.lock is built for CUDA 13, which needs driver 580.*has 470.*LOCK=cpu"),
        ("echo 550.54.15", "LOCK=gpu", r"gpu\.lock is built for CUDA 13.*has 550.*LOCK=gpu-cuda12"),
    ],
)
def test_make_env_refuses_what_the_driver_cannot_run(driver: str, given: str, told: str, tmp_path: Path) -> None:
    refused = run(tmp_path, project(tmp_path, driver), "make", "env", *given.split())
    assert refused.returncode != 0
    assert re.search(told, refused.stderr), refused.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("driver", "lock", "told"),
    [
        ("echo 550.54.15", "gpu-cuda12", "driver 550 is too old for CUDA 13"),
        ("echo 550.54.15", "cpu", ""),
        ("echo 580.65.06", "gpu-cuda12", ""),
        (NONE, "gpu", ""),  # where environments are made for other machines
        (NONE, "gpu-cuda12", ""),
    ],
)
def test_a_lock_that_the_driver_can_run_is_taken_and_an_old_driver_is_told(
    driver: str, lock: str, told: str, tmp_path: Path
) -> None:
    environment = project(tmp_path, driver)
    assert set(
        re.findall(r"envs/([\w-]+)\.lock", run(tmp_path, environment, "make", "-n", "env", f"LOCK={lock}").stdout)
    ) == {lock}
    checked = run(tmp_path, environment, "bash", "envs/lock.sh", lock)
    assert checked.returncode == 0
    assert (told in checked.stderr) if told else checked.stderr == ""


@pytest.mark.parametrize(
    ("driver", "cuda", "lock"),
    [
        ("595.10", "", "gpu"),
        ("575.57.08", "", "gpu-cuda12"),
        ("575.57.08", "13.0", "gpu-cuda12"),
        ("470.82.01", "13.0", "cpu"),
        ("470.82.01", "12.8", "cpu"),
    ],
)
def test_the_doctor_s_remedy_is_a_lock_that_the_driver_can_run(
    driver: str, cuda: str, lock: str, tmp_path: Path
) -> None:
    (found,) = machine.driver(Machine(driver, cuda, 1, 0, 24.0, 2), gpus_asked=1)
    assert found.level == "wrong" and found.remedy.endswith(f"make env LOCK={lock}")
    assert run(tmp_path, project(tmp_path, f"echo {driver}"), "bash", "envs/lock.sh", lock).returncode == 0
