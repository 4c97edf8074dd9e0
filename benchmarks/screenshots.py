"""The pictures of README.md: the report's first screen and a page of items, as Chromium shows them.

python benchmarks/screenshots.py --results results --output docs
"""

from __future__ import annotations

import argparse
import io
import shutil
from pathlib import Path
from typing import Any

from PIL import Image

from akb.atomic import atomic_path
from akb.errors import AkbError, guard

# What each picture shows: file of results, height in pixels of the page, what is done first.
SHOTS = {
    "report.png": ("report.html", 1240),
    "items.png": ("items/index.html", 760),
}
WIDTH, COLOURS = 1280, 96


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--output", type=Path, default=Path("docs"))
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise AkbError("there is no chromium", where="PATH", remedy="apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (path, height) in SHOTS.items():
            tab = browser.new_page(viewport={"width": WIDTH, "height": height}, color_scheme="light")
            tab.goto((given.results / path).resolve().as_uri())
            if name == "items.png":
                _open_an_item(tab)
            keep(tab.screenshot(), given.output / name)
        browser.close()


def _open_an_item(tab: Any) -> None:
    """A question that backbones answer differently, from sound."""
    tab.wait_for_selector(".row")
    ways = tab.locator("#way option").all_inner_texts()
    heard = [way for way in ways if way.endswith("from sound")]
    tab.select_option("#way", label=(heard or ways)[0])
    tab.select_option("#only", "apart")
    tab.locator(".row").nth(1).click()
    tab.wait_for_selector("article h2")


def keep(png: bytes, path: Path) -> None:
    """Write a picture in few colours: a page has few, and the file is a third as large."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    with atomic_path(path) as temporary:
        image.save(temporary, format="PNG", optimize=True)


if __name__ == "__main__":
    main()
