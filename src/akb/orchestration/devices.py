"""GPUs for one job among several on a machine: counted before anything slow, disjoint, held for the job's life.

Snakemake counts GPUs and never says which: two jobs side by side would both take the first. So a rule
starts its script through this module, which claims devices by locking a file for each, sets
CUDA_VISIBLE_DEVICES and then becomes the script (the process stays the same, and the kernel frees the
locks when it ends, however it ends). Workers of `torchrun` inherit what their launcher claimed.

Fewer devices than asked for is an error at once: nothing falls back to a CPU in silence. Devices that
other jobs hold are waited for. A job that asks for none gets none, so that nothing uses one unclaimed.

A lock is named for the device itself, its UUID, and lies in /tmp for this user: schedulers that number each
job's devices from 0, and those that let a job see all of a node, come to the same lock for the same device.

A job on several nodes says so, and is started on each (`akb.orchestration.nodes`).

    python -m akb.orchestration.devices 2 python workflow/scripts/distil.py --instructions …
    python -m akb.orchestration.devices 8 --nodes 2 --threads 64 torchrun … workflow/scripts/finetune.py …
"""

from __future__ import annotations

import fcntl
import functools
import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from akb.errors import FOR_GOOD, AkbError
from akb.orchestration.nodes import on_every_node

# Where no UUID is known, a scheduler's job may have devices of the same numbers as its neighbour's.
_JOB_IDS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID")
CLAIMED = "AKB_GPUS"  # the variable that tells a script how many devices were claimed for it
_LOCKS = Path("/tmp")  # the same for all jobs and sessions of a host, whatever their TMPDIR
_POLL_SECONDS = 2.0


def visible_devices(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The NVIDIA devices that this process may use: CUDA_VISIBLE_DEVICES if it is set, else those of the machine."""
    named = environment.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        # CUDA stops reading at -1.
        return list(itertools.takewhile(lambda device: device not in ("", "-1"), map(str.strip, named.split(","))))
    if numbered := list(device_uuids()):
        return numbered
    found = (re.fullmatch(r"nvidia(\d+)", path.name) for path in Path("/dev").glob("nvidia*"))
    return sorted((match[1] for match in found if match), key=int)


@functools.cache
def device_uuids() -> dict[str, str]:
    """Number → UUID of each NVIDIA device that this process may see; none where nvidia-smi does not answer."""
    command = ["nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return {}
    rows = (line.split(",") for line in listed.stdout.splitlines() if not listed.returncode)
    return {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}


def lock_name(device: str, environment: Mapping[str, str] = os.environ) -> str:
    """What a device's lock is called: its UUID, or its number and the scheduler's job where no UUID is known."""
    uuid = device if re.match("(GPU|MIG)-", device) else device_uuids().get(device)
    job = next((f"-{environment[name]}" for name in _JOB_IDS if environment.get(name)), "")
    return re.sub(r"[^0-9A-Za-z.-]", "_", uuid or f"{device}{job}")


def claim_devices(count: int, purpose: str, visible: Sequence[str], folder: Path, patience: float | None = None) -> str:
    """Claim `count` of the `visible` devices for the life of this process; returns CUDA_VISIBLE_DEVICES.

    purpose: what they are for, as errors name it. folder: where the locks are; jobs that share it never
    get the same device. patience: seconds to wait for devices that others hold; None: as long as it takes.
    Raises AkbError when fewer are visible than asked for, and when patience ends.
    """
    if len(visible) < count:
        raise AkbError(
            f"GPUs asked for: {count}; GPUs that can be seen: {len(visible)}",
            where=purpose,
            remedy="ask for fewer under `resources:` in the configuration (`gpus: 0` runs on the CPU), "
            "or run where there are as many; CUDA_VISIBLE_DEVICES hides what it does not name",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    began, told = time.monotonic(), False
    while True:
        # All or none: two jobs that each kept a part would wait for each other forever.
        held = [(device, lock) for device in visible if (lock := _lock(folder, device)) is not None]
        for _, lock in held[count:]:
            lock.close()
        if len(held) >= count:
            _HELD.extend(lock for _, lock in held[:count])
            return ",".join(device for device, _ in held[:count])
        for _, lock in held:
            lock.close()
        if patience is not None and time.monotonic() - began > patience:
            raise AkbError(
                f"GPUs asked for: {count}; other jobs hold all but {len(held)} of {len(visible)}",
                where=purpose,
                remedy=f"wait, or let Snakemake keep count: --resources gpu={len(visible)}",
                passing=True,
            )
        if not told:
            print(
                f"waiting for {count} of {len(visible)} GPUs, which other jobs hold; "
                f"--resources gpu={len(visible)} makes Snakemake keep count",
                file=sys.stderr,
                flush=True,
            )
            told = True
        time.sleep(min(_POLL_SECONDS, patience or _POLL_SECONDS))


def lock_folder() -> Path:
    """Where the locks of this user are kept."""
    return _LOCKS / f"akb-devices-{os.getuid()}"


_HELD: list[Any] = []  # open lock files: a lock lives as long as its file is open


def _lock(folder: Path, device: str) -> Any:
    """The open, locked file of a device; None if another process has it."""
    handle = (folder / f"{lock_name(device)}.lock").open("a")
    os.set_inheritable(handle.fileno(), True)  # it stays open when this process becomes the script
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


def main() -> None:
    count, command = int(sys.argv[1]), sys.argv[2:]
    spread = {"--nodes": 1, "--threads": 1}
    while command[0] in spread:
        spread[command[0]], command = int(command[1]), command[2:]
    try:
        if (nodes := spread["--nodes"]) > 1:
            # Not claimed here: on each node by the process that is started there.
            command, meeting = on_every_node(nodes, count, spread["--threads"], command, os.environ)
            os.environ.update(meeting)
            os.execvp(command[0], command)
        os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # the order in which nvidia-smi numbers them
        os.environ[CLAIMED] = str(count)
        if not count:
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        else:
            script = next((word for word in command if word.endswith(".py")), command[0])
            os.environ["CUDA_VISIBLE_DEVICES"] = claim_devices(count, script, visible_devices(), lock_folder())
        # `python` and `accelerate` of this environment, even where it was never activated. Python by its whole path:
        # told to be "python", it would look for its packages beside the first one on the PATH.
        own = Path(sys.executable).parent / command[0]
        command[0] = str(own) if own.exists() else command[0]
        os.execvp(command[0], command)
    except AkbError as error:
        print(f"akb: {error}", file=sys.stderr, flush=True)
        sys.exit(1 if error.passing else FOR_GOOD)


if __name__ == "__main__":
    main()
