"""The pages in which every answer can be looked at: their data, and the page in a browser."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from browser import slowness
from synthetic import BACKBONES, world

from akb.report.item_pages import item_files
from akb.tables import CAPTIONS, CLIPS, frame_of

ROOT = Path(__file__).parents[2]
NASTY = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>\u2028&amp;"


def built(**changes: pl.DataFrame) -> dict[str, str]:
    responses, items = world()
    frames = {"responses": responses, "items": items} | changes
    captions = frame_of([{"clip_id": "clip0", "captioner": "combined", "text": NASTY, "seconds": 0.1}], CAPTIONS)
    clip = {"clip_id": "clip0", "path": "../audio/mini/clips/clip0.flac", "seconds": 1.0, "sample_rate": 16000,
            "domain": "Sound", "split": "test", "group": "g", "licence": "", "source": "", "labels": "{}"}  # fmt: skip
    names = {name: name.title() for name in BACKBONES}
    return dict(item_files(frames["items"], frames["responses"], captions, frame_of([clip], CLIPS), names))


def data(files: dict[str, str], name: str) -> Any:
    found = re.fullmatch(r"akb\.\w+\((?:\d+,)?(.*)\);\n", files[name], re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_index_tells_each_run_s_right_answers_as_the_scores_do() -> None:
    responses, items = world()
    from akb.analysis.scores import RUN, graded

    index = data(built(), "index.js")
    counted = {tuple(run[key] for key in RUN): sum(a == b for a, b in zip(run["answers"], index["right"], strict=True))
               for run in index["runs"]}  # fmt: skip
    marks = graded(responses, items).group_by(RUN).agg(pl.col("correct").sum())
    assert counted == {tuple(row[:-1]): row[-1] for row in marks.iter_rows()}


def test_every_response_stands_in_a_chunk_with_its_words() -> None:
    responses, items = world(mode="generate")
    files = built(responses=responses, items=items)
    given = [one for name in files if name.startswith("chunk") for item in data(files, name) for one in item["given"]]
    assert len(given) == len(responses)
    assert sum(one[5] is not None and one[5].startswith("The answer is") for one in given) == len(
        responses.filter(pl.col("mode") == "generate")
    )


def test_an_unread_answer_and_a_missing_item_have_codes_of_their_own() -> None:
    responses, items = world()
    first = responses.row(0, named=True)["item_id"]
    lost = (pl.col("item_id") == first) & (pl.col("backbone") == "small")
    responses = responses.with_columns(
        answer=pl.when(lost).then(None).otherwise("answer"),
        option_logprobs=pl.when(lost).then(None).otherwise("option_logprobs"),
        invalid=pl.when(lost).then(pl.lit("no_answer")).otherwise("invalid"),
    )
    index = data(built(responses=responses, items=items), "index.js")
    codes = {run["answers"][index["ids"].index(first)] for run in index["runs"] if run["backbone"] == "small"}
    assert codes == {"?", "-"}


def test_no_text_can_end_its_script() -> None:
    files = built()
    assert all("<" not in content for content in files.values())
    items = [item for name in files if name.startswith("chunk") for item in data(files, name)]
    assert NASTY in [text for item in items for text in item["captions"].values()]


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page in headless Chromium, and everything that it asked for or complained of."""
    folder = tmp_path_factory.mktemp("items")
    (folder / "data").mkdir()
    for name in ("index.html", "items.css", "items.js"):
        shutil.copy(ROOT / "workflow/report/items" / name, folder / name)
    for name, content in built().items():
        (folder / "data" / name).write_text(content, encoding="utf-8")
    shown = browser.new_page(viewport={"width": 1440, "height": 900})
    shown.said, shown.asked = [], []
    shown.on("console", lambda message: shown.said.append(message.text))
    shown.on("pageerror", lambda error: shown.said.append(str(error)))
    shown.on("request", lambda request: shown.asked.append(request.url))
    shown.goto(f"file://{folder}/index.html")
    shown.wait_for_selector(".row")
    return shown


@pytest.mark.slow
def test_the_page_is_used_by_keyboard_alone(page: Any) -> None:
    page.select_option("#way", label="mini, from sound")
    page.select_option("#only", "wrong")
    page.focus("#list")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("article h2")
    assert page.inner_text("article h2") == page.inner_text(".row[aria-selected=true] .text")
    page.select_option("#only", "")
    page.keyboard.press("/")
    page.keyboard.type("mini question 0?")
    assert page.inner_text("#count").startswith("1 question")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_selector("audio")
    assert page.get_attribute("audio", "src") == "../audio/mini/clips/clip0.flac"


@pytest.mark.slow
def test_markup_in_a_caption_is_shown_and_never_run(page: Any) -> None:
    page.evaluate("() => { location.hash = 'setting=cascade&benchmark=mini&captioner=combined&find=mini question 0?' }")
    page.wait_for_function("document.getElementById('count').textContent.startsWith('1 question')")
    page.focus("#list")
    page.keyboard.press("Enter")
    page.wait_for_selector("details pre")
    assert "<script>" in page.inner_text("details pre")
    assert page.evaluate("() => window.broken") is None


@pytest.mark.slow
def test_an_address_leads_to_its_answers(page: Any) -> None:
    page.evaluate("() => { location.hash = 'setting=audio&benchmark=mini&backbone=large&only=right' }")
    page.wait_for_function("document.getElementById('count').textContent.includes('Large 90 right')")
    assert page.input_value("#backbone") == "large"


@pytest.mark.slow
def test_nothing_leaves_the_page_and_nothing_serious_is_inaccessible(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    said = list(page.said)  # axe itself tries to read the style sheet, which the page's policy forbids
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
    assert all(url.startswith("file://") for url in page.asked)
    assert said == []


def enlarged(index: dict[str, Any], items: int, backbones: int) -> dict[str, Any]:
    """The same index with its questions repeated up to so many, and one backbone's runs under so many names."""
    many = items // len(index["ids"]) + 1
    first = index["runs"][0]["backbone"]
    own = [run for run in index["runs"] if run["backbone"] == first]
    coded = {
        key: {"values": index[key]["values"], "of": (index[key]["of"] * many)[:items]}
        for key in ("benchmark", "category", "subcategory")
    }
    return {
        **index,
        **coded,
        "names": {f"m{number}": f"Model {number}" for number in range(backbones)},
        "ids": [f"{number:08x}" for number in range(items)],
        "right": (index["right"] * many)[:items],
        "questions": [f"{question} ({number})" for number, question in enumerate((index["questions"] * many)[:items])],
        "runs": [
            {**run, "backbone": f"m{number}", "answers": (run["answers"] * many)[:items]}
            for number in range(backbones)
            for run in own
        ],
    }


@pytest.mark.slow
def test_a_large_study_opens_within_three_seconds_and_answers_a_filter_within_a_fifth(
    browser: Any, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    for name in ("index.html", "items.css", "items.js"):
        shutil.copy(ROOT / "workflow/report/items" / name, tmp_path / name)
    index = enlarged(data(built(), "index.js"), items=4_000, backbones=17)
    assert len(index["runs"]) >= 17 * 5
    (tmp_path / "data/index.js").write_text(f"akb.index({json.dumps(index)});\n", encoding="utf-8")
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    slower = slowness(browser)
    tab.goto(f"file://{tmp_path}/index.html")
    tab.wait_for_selector(".row")
    opened = tab.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart") / 1000
    assert opened < 3 * slower
    for what, value in [("only", "apart"), ("only", "lost"), ("backbone", "m7"), ("find", "question 12"), ("only", "")]:
        event = "input" if what == "find" else "change"
        took = tab.evaluate(
            "([id, value, event]) => { const t = performance.now(), e = document.getElementById(id); e.value = value;"
            " e.dispatchEvent(new Event(event, {bubbles: true})); document.getElementById('list').offsetHeight;"
            " return performance.now() - t; }",
            [what, value, event],
        )
        assert took < 200 * slower, (what, value)
    assert tab.inner_text("#count").startswith(tuple("123456789"))
    tab.close()
