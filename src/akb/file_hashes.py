"""SHA-256 digests of files, each read once: a file whose size and time are what they were has the content that it had.

What was worked out is kept where Snakemake keeps its own records, and forgotten with them.

    digest = file_hash(Path("results/scores.parquet"))
    same = folder_digest([Path("model/config.json"), Path("model/model.safetensors")], Path("model"))
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from akb.atomic import write_text
from akb.errors import AkbError

MEMORY = Path(".snakemake/akb-hashes.json")
# Larger files are told apart by size and time, as Snakemake does (`max-checksum-file-size` in the profile).
LARGE = 100_000_000  # bytes
# A file that is this young, in seconds, could change once more without its time showing it.
_SETTLED = 2.0

Stat = tuple[int, int]  # bytes, nanoseconds

_new: dict[str, tuple[Stat, str]] = {}


def stat_of(path: Path) -> Stat:
    """(size, time of the last change) of a file, of what a link leads to. Raises OSError if there is none."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def content_hash(path: Path) -> str:
    """The SHA-256 of a file, in hex, read now."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hex; from the memory if its size and time are the same. `save_hashes` keeps it."""
    key, stat = str(path.resolve()), stat_of(path)
    known = _new.get(key) or _memory().get(key)
    if known and known[0] == stat:
        return known[1]
    digest = content_hash(path)
    if time.time_ns() - stat[1] > _SETTLED * 1e9:
        _new[key] = (stat, digest)
    return digest


def folder_digest(files: Sequence[Path], folder: Path, read_up_to: int | None = None) -> str:
    """16 hex digits that change when a file is added, removed, renamed or has another content.

    The content counts of files up to `read_up_to` bytes, 100 MB by default; of a larger one its size and its time, in
    either direction.
    """
    limit = LARGE if read_up_to is None else read_up_to

    def line(path: Path) -> str:
        size, time_ns = stat_of(path)
        return f"{path.relative_to(folder)} {time_ns if size > limit else file_hash(path)} {size}"

    with ThreadPoolExecutor(4) as pool:
        lines = list(pool.map(line, files))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def save_hashes() -> None:
    """Keep what was worked out since; silently not, where it cannot be kept."""
    if _new and MEMORY.parent.is_dir():
        kept = {key: [*stat, digest] for key, (stat, digest) in {**_read(), **_new}.items()}
        with contextlib.suppress(OSError, AkbError):
            write_text(MEMORY, json.dumps(kept))


@functools.cache
def _memory() -> dict[str, tuple[Stat, str]]:
    return _read()


def _read() -> dict[str, tuple[Stat, str]]:
    try:
        content = json.loads(MEMORY.read_text(encoding="utf-8"))
        return {key: ((int(size), int(time_ns)), str(digest)) for key, (size, time_ns, digest) in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # none yet, or damaged: it is only a memory
