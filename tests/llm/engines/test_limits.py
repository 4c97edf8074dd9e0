"""Limits hold whatever the order of the calls, and over processes that know nothing of one another."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest

from akb.llm.engines.openai.limits import BudgetReachedError, Ledger, Pause, Prices, Window

DOLLAR = Prices(1e6, 1e6)  # a dollar a token


def test_a_window_never_holds_more_than_its_limit() -> None:
    times: list[float] = []

    async def call(window: Window) -> None:
        await window.acquire(1)
        times.append(time.monotonic())

    async def all_calls() -> None:
        window = Window(3, seconds=0.1)
        await asyncio.gather(*(call(window) for _ in range(10)))

    asyncio.run(all_calls())
    assert all(later - first >= 0.099 for first, later in zip(times, times[3:], strict=False))
    assert times[-1] - times[0] < 1


def test_an_amount_above_the_limit_passes_alone() -> None:
    async def calls() -> float:
        window, start = Window(10, seconds=0.1), time.monotonic()
        await window.acquire(50)
        await window.acquire(1)
        return time.monotonic() - start

    assert asyncio.run(calls()) >= 0.099


def test_a_pause_grows_while_calls_wait() -> None:
    async def calls() -> float:
        pause, start = Pause(), time.monotonic()
        pause.extend(0.05)
        waiting = asyncio.create_task(pause.wait())
        await asyncio.sleep(0.01)
        pause.extend(0.15)
        await waiting
        return time.monotonic() - start

    assert asyncio.run(calls()) >= 0.15


def test_two_ledgers_on_one_folder_share_one_budget(tmp_path: Path) -> None:
    ledgers = [Ledger(tmp_path, DOLLAR, 10.0) for _ in range(2)]
    made = 0
    for turn in range(40):
        try:
            call = ledgers[turn % 2].reserve(1, 1, "item")
        except BudgetReachedError:
            continue
        made += 1
        if turn % 3:
            ledgers[turn % 2].settle(call, 1, 0, "item")
    lines = [json.loads(line) for path in tmp_path.glob("*.jsonl") for line in path.read_text().splitlines()]
    settled = {line["call"]: line["usd"] for line in lines if line["event"] == "settled"}
    worst = sum(settled.get(line["call"], line["usd"]) for line in lines if line["event"] == "reserved")
    assert made >= 5
    assert worst <= 10.0


def test_a_half_written_line_of_another_process_waits(tmp_path: Path) -> None:
    whole = json.dumps({"call": "x", "event": "reserved", "item": "i", "usd": 9.5}) + "\n"
    other = tmp_path / "other.jsonl"
    other.write_text(whole[:20])
    ledger = Ledger(tmp_path, DOLLAR, 10.0)
    ledger.reserve(0, 0, "item")
    other.write_text(whole)
    with pytest.raises(BudgetReachedError):
        ledger.reserve(1, 0, "item")


def test_a_settled_call_costs_what_it_used() -> None:
    ledger = Ledger(None, DOLLAR, 10.0)
    ledger.settle(ledger.reserve(4, 4, "item"), 1, 0, "item")
    assert ledger.committed == 1.0
