"""The energy that a job's GPUs drew, asked of `nvidia-smi` every few seconds while the job runs.

It is that of the devices that `akb.orchestration.devices` claimed for the job, whose environment tells which they are:
what else runs on the machine is not in it, nor is what the processor and the memory took, for which there is no
counter of one job's own. A job that claimed none, a part of a device (MIG), or one that does not tell its power, has no
record.

    meter = Meter(child); …; meter.end()
    if meter.watt_hours is not None: keep(meter.watt_hours, record_file(log), "finetune")
"""

from __future__ import annotations

import json
import math
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from akb.atomic import write_text

_SECONDS = 5.0  # between two questions; a device answers with its mean over the last second or less
_ENDING = ".energy.json"
_CLAIMING = ["-m", "akb.orchestration.devices"]


class Meter:
    """Measures, from its making until `end`, what the devices draw that the process `child` claims."""

    def __init__(self, child: int, seconds: float = _SECONDS) -> None:
        self.watt_hours: float | None = None
        self._child, self._seconds, self._ended = child, seconds, threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """No more is asked; `watt_hours` is what was drawn, None if that is not known."""
        self._ended.set()
        self._thread.join()

    def _measure(self) -> None:
        devices = self._claimed()
        began = last = time.monotonic()
        before, drawn, known = None, 0.0, bool(devices)
        while known:
            ended = self._ended.wait(0 if before is None else self._seconds)
            watts, at = power(devices), time.monotonic()
            if watts is None:
                known = False
            else:
                drawn += (at - last) * (watts if before is None else (before + watts) / 2)
                before, last = watts, at
            if ended:
                break
        if known and last > began:
            self.watt_hours = drawn / 3600

    def _claimed(self) -> list[str]:
        """The devices, once the job has them; [] if it ends before, or there are parts of devices among them."""
        while not self._ended.wait(0.2):
            environment = _environment(self._child)
            if "AKB_GPUS" in environment:
                named = [name for name in environment.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
                return [] if any(name.startswith("MIG-") for name in named) else named
        return []


def asks_for_devices(arguments: Sequence[str]) -> bool:
    """Whether a job is started through the claiming of at least one device."""
    return list(arguments[:2]) == _CLAIMING and arguments[2:3] not in ([], ["0"])


def power(devices: Sequence[str]) -> float | None:
    """Watts of all `devices` together; None if one does not tell, or is shared out in parts."""
    asked = ("--query-gpu=power.draw,mig.mode.current", "--format=csv,noheader,nounits")
    try:
        told = subprocess.run(
            ["nvidia-smi", f"--id={','.join(devices)}", *asked], capture_output=True, text=True, timeout=30, check=True
        )
        rows = [line.split(",") for line in told.stdout.splitlines() if line.strip()]
        watts = [float(row[0]) for row in rows]
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    whole = not any(row[-1].strip() == "Enabled" for row in rows)
    return sum(watts) if whole and len(watts) == len(devices) and all(map(math.isfinite, watts)) else None


def record_file(log: Path) -> Path:
    """Where a job's record stands: beside its log."""
    return log.with_name(log.name.removesuffix(".log") + _ENDING)


def keep(watt_hours: float, record: Path, rule: str) -> None:
    """Write a job's record."""
    write_text(record, json.dumps({"rule": rule, "watt_hours": round(watt_hours, 4)}) + "\n")


def energies(logs: Path) -> Iterator[tuple[str, str, float]]:
    """(rule, what its path says besides, watt-hours) of every job that has a record below the folder of logs."""
    for path in sorted(logs.rglob(f"*{_ENDING}")):
        record = json.loads(path.read_text(encoding="utf-8"))
        rest = str(path.relative_to(logs)).removesuffix(_ENDING)
        yield record["rule"], rest.removeprefix(f"{record['rule']}/"), float(record["watt_hours"])


def _environment(process: int) -> dict[str, str]:
    """What a process was last started with; nothing where that cannot be read."""
    try:
        text = Path(f"/proc/{process}/environ").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)
