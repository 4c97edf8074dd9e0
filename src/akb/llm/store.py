"""The item store: every finished response of a backbone, found again by its key.

A folder of segment files. Each writer appends to a segment of its own, named for host, process and
a random number, so shards and jobs write side by side, on a network file system too, without locks.
A record is one line, `key checksum json`: a torn or altered line is noticed by its checksum and the
lines after it are still read. Nothing is ever rewritten; a key that stands twice is the same
response twice.

    with Store(Path("results/models/m/store")) as store: store.put([(key, output)])
"""

from __future__ import annotations

import errno
import gc
import os
import re
import socket
import sys
import time
import uuid
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec

from akb.errors import AkbError
from akb.llm.engine import Output

KEY_DIGITS = 32
_SYNC_SECONDS = 1.0
_CHECKSUM = slice(KEY_DIGITS + 1, KEY_DIGITS + 9)
_BODY = slice(KEY_DIGITS + 10, None)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Output).decode


class Store:
    """The responses in `folder`. Opens no file for writing until something is put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._handle: int | None = None
        self._segment = folder / _segment_name()
        self._good_bytes = 0
        self._synced = 0.0

    def read(self, keys: Collection[str]) -> dict[str, Output]:
        """The stored outputs of those `keys` that are present and whole.

        Damaged records are reported on stderr, one line a segment, and count as absent.
        """
        wanted = {key.encode() for key in keys}
        found: dict[str, Output] = {}
        with _no_garbage():
            for segment in sorted(self.folder.glob("*.jsonl")):
                if damaged := _read_segment(segment, wanted, found):
                    note = f"{damaged} unreadable record(s) in {segment}: computed again if needed"
                    print(f"akb: {note}", file=sys.stderr)
        return found

    def put(self, records: Iterable[tuple[str, Output]]) -> None:
        """Append records in one write, and force them to the disk at least once a second.

        After `put` returns, a killed process loses none of them. Raises AkbError on a full disk, with
        the segment cut back to its last whole record.
        """
        lines = b"".join(_line(key, output) for key, output in records)
        if not lines:
            return
        try:
            if self._handle is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._handle = os.open(self._segment, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            _write_all(self._handle, lines)
            self._good_bytes += len(lines)
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                self._sync()
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            if self._handle is not None:
                os.ftruncate(self._handle, self._good_bytes)
            raise AkbError(
                "no space left on the disk; every response stored so far is kept",
                where=str(self._segment),
                remedy="free some space, or set `results:` in the configuration to a larger disk; then run again",
                passing=True,
            ) from error

    def close(self) -> None:
        """Force what was written to the disk and close the segment."""
        if self._handle is not None:
            self._sync()
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sync(self) -> None:
        if self._handle is not None:
            os.fsync(self._handle)
            self._synced = time.monotonic()


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Python's collector paused: among a million new objects that all stay it finds none, at twice the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _segment_name() -> str:
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
    return f"{host}-{os.getpid()}-{uuid.uuid4().hex[:12]}.jsonl"


def _line(key: str, output: Output) -> bytes:
    # A JSON text holds no raw line break, so a record is always exactly one line.
    body = _encode(output)
    return b"%s %08x %s\n" % (key.encode(), _checksum(key.encode(), body), body)


def _checksum(key: bytes, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(key))


def _read_segment(segment: Path, wanted: Collection[bytes], found: dict[str, Output]) -> int:
    """Add the wanted records of one segment to `found`; return how many records are damaged."""
    damaged = 0
    lines = segment.read_bytes().split(b"\n")
    tail = lines.pop()  # empty unless the writer was killed, or is still writing
    for line in lines:
        key, body = line[:KEY_DIGITS], line[_BODY]
        try:
            if int(line[_CHECKSUM], 16) != zlib.crc32(body, zlib.crc32(key)):
                raise ValueError
            if key in wanted:
                found[key.decode()] = _decode(body)
        except (ValueError, msgspec.DecodeError):
            damaged += 1
    return damaged + bool(tail)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
