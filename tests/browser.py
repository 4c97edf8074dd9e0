"""A headless Chromium for tests of pages: Debian's, driven by Playwright. Without it such tests are skipped.

def test_something(browser: Browser) -> None: page = browser.new_page()
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser; pages and contexts are the test's own.

    For one module, not for all: while its driver is there, an event loop runs in this thread, and every
    `asyncio.run` of a later test would be refused.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


def slowness(browser: Any) -> float:
    """How much slower this machine is just now than an idle one: a page of known work, which takes 0.25 s there."""
    tab = browser.new_page()
    took = tab.evaluate("(() => { const t = performance.now(); let s = 0; for (let i = 0; i < 2e8; i++) s += i % 7; "
                        "return (performance.now() - t) / 1000 + 0 * s; })()")  # fmt: skip
    tab.close()
    return max(1.0, float(took) / 0.25)
