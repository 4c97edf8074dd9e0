"""What TensorBoard reads of a training while it runs: the numbers of training.csv in event files beside it.

They are for looking at: no rule knows of them, and nothing is made from them. A training that goes on after a kill adds
a file of its own, and says from which step on it takes the place of what the killed one had written.

    watch = EventFiles(Path("…/tensorboard")); watch(records)
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from akb.lalm.recipe import Record

_NAMES = ("stage", "step")  # of a record, and no numbers of it


class EventFiles:
    """The event files in `folder`; without the package that writes them there are none, and it is said so once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: Any = None
        self._told = 0  # records

    def __call__(self, records: Sequence[Record]) -> None:
        """Add what is new. records: all of a training so far; the first call of one that goes on has several."""
        try:
            from tensorboardX.event_file_writer import EventsWriter
            from tensorboardX.proto.event_pb2 import Event, SessionLog
            from tensorboardX.proto.summary_pb2 import Summary
        except ModuleNotFoundError:
            if not self._told:
                print("akb: tensorboardX is not installed: no event files for TensorBoard", file=sys.stderr)
            self._told = len(records)
            return
        steps = list(_steps(records))
        if self._writer is None:
            goes_on = len(records) > 1 and any(self._folder.glob("events*"))
            if not goes_on and self._folder.is_dir():  # another training's
                shutil.rmtree(self._folder)
            self._folder.mkdir(parents=True, exist_ok=True)
            number = len(list(self._folder.glob("events*")))  # two of one second must not have one name
            self._writer = EventsWriter(str(self._folder / "events"), f".{number}")
            if goes_on:
                self._told = len(records) - 1
                begins = Event(wall_time=time.time(), step=steps[-1], session_log=SessionLog(status=SessionLog.START))
                self._writer.write_event(begins)
        for step, record in zip(steps[self._told :], records[self._told :], strict=True):
            numbers = {name: value for name, value in vars(record).items() if name not in _NAMES and value is not None}
            values = [
                Summary.Value(tag=f"{record.stage}/{name}", simple_value=value) for name, value in numbers.items()
            ]
            self._writer.write_event(Event(wall_time=time.time(), step=step, summary=Summary(value=values)))
        self._writer.flush()
        self._told = len(records)


def _steps(records: Sequence[Record]) -> Iterator[int]:
    """Each record's step, counted through all stages: TensorBoard forgets by step what a killed training had told."""
    before, stage, last = 0, "", 0
    for record in records:
        if record.stage != stage:
            before, stage = before + last, record.stage
        last = record.step
        yield before + last
