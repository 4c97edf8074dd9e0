"""Outputs appear whole or not at all: write beside the target, then rename.

A rename within one folder is atomic on every file system that a cluster mounts; a process that is
killed leaves at most a `.partial` neighbour, which the next write of that target on that machine removes.

    with atomic_path(Path("results/x.csv")) as temporary: temporary.write_text(text)
"""

from __future__ import annotations

import errno
import glob
import os
import platform
import re
import shutil
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from akb.errors import AkbError

_HOST = f"{zlib.crc32(platform.node().encode()):08x}"


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; rename it there if the block succeeds.

    Works for files and for folders (an existing folder is replaced). The temporary name keeps the
    target's suffix, because writers such as matplotlib choose the format by it.
    Raises AkbError when the disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    temporary = target.with_name(f".{target.stem}.{_HOST}-{os.getpid()}-{uuid.uuid4().hex[:8]}.partial{target.suffix}")
    try:
        yield temporary
        if temporary.is_dir():
            if target.is_dir():
                shutil.rmtree(target)
        else:
            _flush(temporary)
        temporary.replace(target)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise AkbError(
            "no space left on the disk",
            where=str(target),
            remedy="free some space, or set `results:` in the configuration to a larger disk; then run again",
            passing=True,
        ) from error
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all."""
    with atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def require_space(folder: Path, gigabytes: float, purpose: str) -> None:
    """Raise AkbError unless `folder`'s disk has `gigabytes` (1e9 bytes) free, before work is spent."""
    existing = next(p for p in [folder, *folder.absolute().parents] if p.exists())
    free = shutil.disk_usage(existing).free / 1e9
    if free < gigabytes:
        raise AkbError(
            f"{purpose} needs {gigabytes:.1f} GB, and the disk has {free:.1f} GB free",
            where=str(folder),
            remedy="free some space, or set `results:` in the configuration to a larger disk",
            passing=True,
        )


def _remove_leftovers(target: Path) -> None:
    """Remove what killed processes of this machine left of `target`; a folder of weights can be large."""
    for leftover in target.parent.glob(f".{glob.escape(target.stem)}.{_HOST}-*.partial{glob.escape(target.suffix)}"):
        writer = re.search(r"-(\d+)-[0-9a-f]{8}\.partial", leftover.name)
        if writer and not _alive(int(writer[1])):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        pass
    return True


def _flush(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
