"""What bounds calls to a paid server: requests and tokens per minute, a shared pause, money.

The ledger is a folder of JSONL files, one for each process, so that no two ever write to one file and
no lock is needed, on a network file system neither. A reservation of a call's worst-case cost is on
the disk before the call is sent, and is settled when its real cost is known; calls of a killed process
stay reserved, since they may have been billed.

    await Window(60).acquire(1)
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from akb.errors import AkbError

_MINUTE = 60.0


class Window:
    """At most `limit` units in any `seconds`; waiting calls pass in the order in which they came."""

    def __init__(self, limit: float | None, seconds: float = _MINUTE) -> None:
        self._limit, self._seconds = limit, seconds
        self._taken: deque[tuple[float, float]] = deque()
        self._sum = 0.0
        self._turn = asyncio.Lock()

    async def acquire(self, amount: float) -> None:
        """Wait until `amount` more fits. An amount above the limit waits for an empty window."""
        if self._limit is None:
            return
        async with self._turn:
            while True:
                now = time.monotonic()
                while self._taken and self._taken[0][0] <= now - self._seconds:
                    self._sum -= self._taken.popleft()[1]
                if not self._taken or self._sum + amount <= self._limit:
                    break
                await asyncio.sleep(max(self._taken[0][0] + self._seconds - now, 0.001))
            self._taken.append((now, amount))
            self._sum += amount


class Pause:
    """A moment before which nobody sends: one call that is told to wait makes all of them wait."""

    def __init__(self) -> None:
        self._until = 0.0

    def extend(self, seconds: float) -> None:
        """Let nobody send for the next `seconds`."""
        self._until = max(self._until, time.monotonic() + seconds)

    async def wait(self) -> None:
        """Return once the pause is over."""
        while (left := self._until - time.monotonic()) > 0:
            await asyncio.sleep(left)


@dataclass(frozen=True)
class Prices:
    """US dollars per million tokens."""

    input_per_million: float
    output_per_million: float

    def cost(self, prompt_tokens: int, output_tokens: int) -> float:
        """US dollars for a call."""
        return (prompt_tokens * self.input_per_million + output_tokens * self.output_per_million) / 1e6


class BudgetReachedError(Exception):
    """The next call could pass the budget."""


class Ledger:
    """What calls to a server used and cost, over all runs and processes that share `folder`.

    budget: US dollars that the sum of real costs and open reservations never passes. Without a folder
    the ledger is kept in memory.
    """

    def __init__(self, folder: Path | None, prices: Prices | None, budget: float | None) -> None:
        self._folder, self._prices, self._budget = folder, prices, budget
        self._open: dict[str, float] = {}
        self._spent = 0.0
        self._offsets: dict[Path, int] = {}
        self._file: int | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._path = folder / f"{uuid.uuid4().hex[:12]}.jsonl"

    @property
    def committed(self) -> float:
        """US dollars spent and reserved, as far as this process has read."""
        return self._spent + sum(self._open.values())

    def reserve(self, prompt_tokens: int, output_tokens: int, item: str) -> str:
        """Reserve a call's worst-case cost and return the call's name.

        Raises BudgetReachedError, with nothing left reserved, if the budget could be passed. The reservation is
        written before the others' are read: two processes can both stop too early, never too late.
        """
        name = uuid.uuid4().hex
        cost = self._prices.cost(prompt_tokens, output_tokens) if self._prices else 0.0
        self._read_others()
        if self._budget is not None and self.committed + cost > self._budget:
            raise BudgetReachedError
        self._write({"call": name, "event": "reserved", "item": item, "usd": cost})
        self._read_others()
        if self._budget is not None and self.committed > self._budget:
            self.settle(name, 0, 0, item, "not sent")
            raise BudgetReachedError
        return name

    def settle(self, call: str, prompt_tokens: int, output_tokens: int, item: str, outcome: str = "ok") -> None:
        """Put a call's real use in the place of its reservation."""
        cost = self._prices.cost(prompt_tokens, output_tokens) if self._prices else 0.0
        self._write(
            {
                "call": call,
                "event": "settled",
                "item": item,
                "outcome": outcome,
                "prompt_tokens": prompt_tokens,
                "output_tokens": output_tokens,
                "usd": cost,
                "time": round(time.time(), 3),
            }
        )

    def close(self) -> None:
        """Close this process's file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, entry: dict[str, object]) -> None:
        self._count(entry)
        if self._folder is None:
            return
        if self._file is None:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(self._file, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
        except OSError as error:
            raise AkbError(
                f"the usage ledger cannot be written: {error.strerror}", where=str(self._path), remedy="free some space"
            ) from error

    def _read_others(self) -> None:
        """Count what other processes have written since the last look; a half-written line waits."""
        if self._folder is None or self._budget is None:
            return
        for path in sorted(self._folder.glob("*.jsonl")):
            offset = self._offsets.get(path, 0)
            if path == self._path or path.stat().st_size <= offset:
                continue
            with path.open("rb") as file:
                file.seek(offset)
                whole = file.read().rpartition(b"\n")[0]
            if whole:
                self._offsets[path] = offset + len(whole) + 1
                for line in whole.split(b"\n"):
                    self._count(json.loads(line))

    def _count(self, entry: dict[str, object]) -> None:
        call, usd = str(entry["call"]), float(str(entry["usd"]))
        if entry["event"] == "reserved":
            self._open[call] = usd
        else:
            self._open.pop(call, None)
            self._spent += usd
