"""Checks of the machine: driver and devices, memory and disk, folders, ports.

Each takes what was seen as values, so that it can be asked about any machine; `seen` looks at this one.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from akb.preflight.findings import Finding, fine, warning, wrong

# The oldest driver that runs programs built for a version of CUDA (NVIDIA's table of minor-version compatibility).
_OLDEST_DRIVER = {13: 580, 12: 525, 11: 450}
# The locks in envs/ for a version of CUDA; envs/lock.sh chooses among them likewise.
_LOCKS = {13: "gpu", 12: "gpu-cuda12"}
_NETWORK_SYSTEMS = ("nfs", "lustre", "gpfs", "beegfs", "ceph", "fuse.sshfs", "cifs", "9p")


@dataclass(frozen=True)
class Machine:
    """What was seen of a machine. driver and cuda are empty where there is none; sizes in GB."""

    driver: str
    cuda: str  # the version that torch was built for
    listed_gpus: int  # by nvidia-smi
    usable_gpus: int  # by torch
    memory: float
    cores: int
    gpu_memory: float = 0.0  # of the smallest GPU that is listed


def seen() -> Machine:
    """This machine. torch is asked in a process of its own: a driver that hangs must not hang the caller."""
    told = _output("nvidia-smi", "--query-gpu=driver_version,memory.total", "--format=csv,noheader,nounits")
    rows = [[word.strip() for word in line.split(",")] for line in told.splitlines() if line.strip()]
    listed = [row[0] for row in rows]
    sizes = [float(row[1]) * 2**20 / 1e9 for row in rows if len(row) > 1 and row[1].replace(".", "").isdigit()]
    program = "import torch; print(torch.version.cuda or '-', torch.cuda.device_count())"
    asked = (_output("python", "-c", program) or "- 0").split()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return Machine(
        driver=listed[0] if listed else "",
        cuda=asked[0].replace("-", ""),
        listed_gpus=len(listed),
        usable_gpus=int(asked[1]),
        memory=memory,
        cores=len(os.sched_getaffinity(0)),
        gpu_memory=min(sizes, default=0.0),
    )


def driver(machine: Machine, gpus_asked: int) -> list[Finding]:
    """Is the driver new enough for the CUDA that torch was built for, and does torch see the devices?"""
    if not gpus_asked:
        return [fine("GPUs", "none is asked for")]
    if not machine.listed_gpus:
        return [
            warning(
                "GPUs",
                f"rules ask for up to {gpus_asked} GPUs, and this machine has none",
                "fine where a cluster's nodes have them; otherwise set `gpus: 0` under `resources:`",
            )
        ]
    if not machine.cuda:
        return [wrong("CUDA", "torch was installed without CUDA", _other_environment(machine.driver))]
    oldest = _OLDEST_DRIVER.get(int(machine.cuda.split(".")[0]), 0)
    if _major(machine.driver) < oldest:
        told = f"driver {machine.driver} is too old for CUDA {machine.cuda}, which needs {oldest} or newer"
        return [wrong("driver", told, f"update the driver, or {_other_environment(machine.driver)}")]
    found = [fine("driver", f"{machine.driver}, CUDA {machine.cuda}")]
    if machine.usable_gpus < machine.listed_gpus:
        told = f"nvidia-smi lists {machine.listed_gpus} GPUs, torch can use {machine.usable_gpus}"
        found.append(
            wrong(
                "GPUs", told, "look at CUDA_VISIBLE_DEVICES, and at `python -c 'import torch; torch.zeros(1).cuda()'`"
            )
        )
    elif machine.usable_gpus < gpus_asked:
        told = f"a rule asks for {gpus_asked}, this machine has {machine.usable_gpus}"
        found.append(wrong("GPUs", told, "ask for fewer under `resources:`, or submit to a cluster"))
    else:
        found.append(fine("GPUs", f"{machine.usable_gpus} usable, {gpus_asked} asked for at most"))
    return found


def _other_environment(version: str) -> str:
    """The environment whose CUDA a driver of this version runs, the newest, as a remedy."""
    for cuda, lock in _LOCKS.items():
        if _major(version) >= _OLDEST_DRIVER[cuda]:
            return f"make clean-env; make env LOCK={lock}"
    return "run on the CPU: `gpus: 0` under `resources:`, and make clean-env; make env LOCK=cpu"


def _major(version: str) -> int:
    """Of a driver that does not tell its version, more than any: torch will find out."""
    found = re.match(r"\d+", version)
    return int(found[0]) if found else 10**6


def memory(machine: Machine, asked: Mapping[str, float]) -> list[Finding]:
    """asked: GB that each rule asks for."""
    above = {rule: size for rule, size in asked.items() if size > machine.memory}
    if not above:
        return [
            fine(
                "memory",
                f"{machine.memory:.0f} GB, of which a rule asks for {max(asked.values(), default=0):g} at most",
            )
        ]
    told = ", ".join(f"{rule} {size:g} GB" for rule, size in sorted(above.items()))
    return [
        warning("memory", f"{machine.memory:.0f} GB here; {told}", "fine where jobs run on larger nodes of a cluster")
    ]


def disk(folder: Path, needed: float) -> list[Finding]:
    """needed: GB that a run will add below `folder`."""
    there = folder if folder.exists() else next(parent for parent in folder.absolute().parents if parent.exists())
    free = shutil.disk_usage(there).free / 1e9
    if free < needed:
        told = f"{free:.0f} GB free, about {needed:.0f} GB needed"
        return [wrong(f"disk of {folder}", told, "set `results:` or `downloads:` to a larger disk")]
    return [fine(f"disk of {folder}", f"{free:.0f} GB free, about {needed:.1f} GB needed")]


def writable(folder: Path) -> list[Finding]:
    """Can files be made in `folder`, or where it will be made?"""
    there = folder if folder.exists() else next(parent for parent in folder.absolute().parents if parent.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=there):
            pass
    except OSError as error:
        return [wrong(f"folder {folder}", f"cannot be written: {error.strerror}", "change its owner, or name another")]
    return [fine(f"folder {folder}", "can be written")]


def shared(folder: Path, cluster: bool) -> list[Finding]:
    """On a cluster, all nodes must see the folder."""
    if not cluster:
        return []
    kind = _file_system(folder.absolute())
    if kind.startswith(_NETWORK_SYSTEMS):
        return [fine(f"folder {folder}", f"on {kind}, which nodes share")]
    told = f"on {kind or 'an unknown file system'}, which other nodes may not see"
    return [warning(f"folder {folder}", told, "work in a folder that every node mounts")]


def ports() -> list[Finding]:
    """Processes that train together meet at a port of this machine."""
    try:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
    except OSError as error:
        return [wrong("ports", f"no port can be opened: {error}", "ask the administrator; several processes need one")]
    return [fine("ports", "can be opened")]


def _file_system(folder: Path) -> str:
    """The type of the file system that holds `folder`, by the longest mount point above it."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    above = [(point, kind) for point, kind in mounts if folder.is_relative_to(point)]
    return max(above, key=lambda mount: len(mount[0]))[1] if above else ""


def _output(*command: str) -> str:
    import sys

    words = [sys.executable if word == "python" else word for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
