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
