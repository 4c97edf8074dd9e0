"""Progress that people can follow: which stage, how many of how many, how long still.

On a terminal a moving bar; elsewhere (a log, a pipe) a line every few seconds.

    for clip in track(clips, "encode clips"): ...
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sized
from typing import Any, TypeVar

from tqdm import tqdm

T = TypeVar("T")
_LOG_INTERVAL_SECONDS = 5.0


class _Lines(io.TextIOBase):
    """Turns the carriage returns of a moving bar into lines."""

    def write(self, text: str) -> int:
        line = text.replace("\r", "").strip()
        if line:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        return len(text)


def bar(stage: str, total: int | None, unit: str = "it", *, shown: bool = True) -> tqdm[Any]:
    """A progress bar to be updated by hand: `with bar("train", 100) as b: b.update(8)`. Of several processes that do
    the same, one has it `shown`."""
    on_terminal = sys.stderr.isatty()
    return tqdm(
        total=total,
        desc=stage,
        unit=unit,
        file=sys.stderr if on_terminal else _Lines(),
        dynamic_ncols=on_terminal,
        mininterval=0.2 if on_terminal else _LOG_INTERVAL_SECONDS,
        maxinterval=10.0,
        ncols=None if on_terminal else 100,
        ascii=not on_terminal,
        disable=not shown,
    )


def track(things: Iterable[T], stage: str, total: int | None = None, unit: str = "it") -> Iterator[T]:
    """Iterate over `things` and show the progress of `stage`."""
    if total is None and isinstance(things, Sized):
        total = len(things)
    with bar(stage, total, unit) as progress:
        for thing in things:
            yield thing
            progress.update()
