"""Which processes drive a folder, so that a dead one's lock can be told from a living one's.

Snakemake, which plans and submits, locks a folder by files, and one that is killed leaves them behind. So every
driver also holds a lock of the kernel's, which the kernel frees when the process ends, however it ends. If nobody
holds that one, the files are a dead driver's and are removed; nobody has to say `--unlock`.

    lifted = enter(Path(".snakemake/akb-driver"), Path(".snakemake/locks"))
"""

from __future__ import annotations

import fcntl
import platform
import shutil
from pathlib import Path
from typing import Any

_HELD: list[Any] = []  # open files: a lock lives as long as its file is open


def enter(mark: Path, locks: Path, host: str = platform.node()) -> bool:
    """Hold the file `mark` for the life of this process; empty the folder `locks` if only dead drivers' are in it.

    True if it was emptied. `mark` keeps the host of the driver that entered before: not every file system shows
    one machine's kernel locks to another, so what a driver on another host left stays. Where files cannot be
    locked or written nothing is done, and `--unlock` is needed as ever.
    """
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        handle = mark.open("a+", encoding="utf-8")
        _HELD.append(handle)
        alone = _alone(handle)
        handle.seek(0)
        lift = alone and _any(locks) and handle.read() == host
        if lift:
            shutil.rmtree(locks)
        if alone and not _any(locks):
            handle.truncate(0)
            handle.write(host)
            handle.flush()
        fcntl.flock(handle, fcntl.LOCK_SH)
    except OSError:
        return False
    return lift


def _alone(handle: Any) -> bool:
    """Whether no other process holds the file; then it is this one's alone, for the moment."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _any(locks: Path) -> bool:
    return locks.is_dir() and any(locks.iterdir())
