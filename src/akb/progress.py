"""Progress that people can follow: which stage, how many of how many, how long still.

On a terminal a moving bar; in a log file one line every few seconds, so that `tail -f` reads well.

    for clip in track(clips, "encode clips"): ...
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import Any, TypeVar

from tqdm import tqdm

T = TypeVar("T")
_LOG_INTERVAL_SECONDS = 5.0


def bar(stage: str, total: int | None, unit: str = "it") -> tqdm[Any]:
    """A progress bar to be updated by hand: `with bar("train", 100) as b: b.update(8)`."""
    on_terminal = sys.stderr.isatty()
    return tqdm(
        total=total,
        desc=stage,
        unit=unit,
        file=sys.stderr,
        dynamic_ncols=on_terminal,
        mininterval=0.2 if on_terminal else _LOG_INTERVAL_SECONDS,
        maxinterval=10.0,
        ascii=not on_terminal,
    )


def track(things: Iterable[T], stage: str, total: int | None = None, unit: str = "it") -> Iterator[T]:
    """Iterate over `things` and show the progress of `stage`."""
    if total is None and isinstance(things, Sized):
        total = len(things)
    with bar(stage, total, unit) as progress:
        for thing in things:
            yield thing
            progress.update()
