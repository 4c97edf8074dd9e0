"""The page as a whole: the scripts run one after another on responses with known truths."""

import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from synthetic import BACKBONES, world

from akb.tables import TRAINING, frame_of, write_table

ROOT = Path(__file__).parents[2]
NAMED = ("gains", "correlations")
SCRIPTS = ROOT / "workflow" / "scripts"


def run(script: str, *arguments: object) -> None:
    subprocess.run([sys.executable, SCRIPTS / f"{script}.py", *map(str, arguments)], check=True, cwd=ROOT)


def build(folder: Path, responses: pl.DataFrame, items: pl.DataFrame, backbones: tuple[str, ...]) -> str:
    items.write_parquet(folder / "items.parquet")
    tables, published = folder / "tables", folder / "published"
    for name in backbones:
        own = responses.filter(backbone=name)
        own.filter(pl.col("setting") != "audio").write_parquet(folder / f"{name}.parquet")
        own.filter(setting="audio").write_parquet(folder / f"{name}-audio.parquet")
        run("score", "--responses", folder / f"{name}.parquet", "--audio", folder / f"{name}-audio.parquet",
            "--items", folder / "items.parquet", "--backbone", name,
            "--output", folder / f"{name}-scores.parquet")  # fmt: skip
    run("gather_scores", "--scores", *(folder / f"{name}-scores.parquet" for name in backbones),
        "--output", folder / "scores.parquet")  # fmt: skip
    run("tables", "--scores", folder / "scores.parquet", "--items", folder / "items.parquet", "--seed", 1,
        "--responses", *(folder / f"{name}{kind}.parquet" for name in backbones for kind in ("", "-audio")),
        "--published", ROOT / "resources/published/accuracy.csv",
        "--cascade-captioner", "combined", "--output", tables)  # fmt: skip
    run("figures", "--scores", folder / "scores.parquet", "--correlations", tables / "correlations.parquet",
        "--cascade-captioner", "combined", "--heatmap", folder / "h.svg", "--scatter", folder / "s.svg")  # fmt: skip
    run("published", "--accuracy", ROOT / "resources/published/accuracy.csv",
        "--labels", ROOT / "resources/published/labels.csv",
        "--correlations", published / "correlations.parquet", "--predictions", published / "predictions.parquet",
        "--relations", published / "relations.parquet",
        "--heatmap", published / "h.svg", "--scatter", published / "s.png")  # fmt: skip
    kept, costs = folder / "benchmarks/finetune", folder / "costs/costs.parquet"
    kept.mkdir(parents=True)
    (kept / f"{backbones[0]}-0.tsv").write_text("s\th:m:s\tmax_rss\tcpu_time\n90.0\t0:01:30\t2048.0\t150.0\n")
    run("costs", "--results", folder, "--backbones", *backbones, "--output", costs)
    curve = [
        {"stage": "align", "step": 0, "loss": 2.5},
        {"stage": "align", "step": 10, "loss": 2.0, "held_out_loss": 2.1},
    ]
    write_table(frame_of(curve, TRAINING), folder / "training.parquet", TRAINING)
    (folder / "display.json").write_text('{"large": {"name": "The Large <One>", "label": "L"}}')
    run("report", "--tables", tables, "--published", ROOT / "resources/published/accuracy.csv",
        "--predictions", published / "predictions.parquet",
        "--published-relations", published / "relations.parquet", "--costs", costs,
        "--heatmap", folder / "h.svg", "--scatter", folder / "s.svg",
        "--published-heatmap", published / "h.svg", "--published-scatter", published / "s.png",
        "--training", f"{backbones[0]}={folder / 'training.parquet'}", "--cascade-captioner", "combined",
        "--display", folder / "display.json",
        "--template", ROOT / "workflow/report/report.html.j2", "--output", folder / "report.html")  # fmt: skip
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def page(folder):
    return build(folder, *world(), BACKBONES)


def test_it_asks_nothing_of_the_network(page):
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:|items/index.html)[^"']+""", page)
    assert "http" not in page
    assert "@import" not in page and not re.search(r"url\((?!#)", page)


def test_it_opens_with_the_answer(page):
    opening = page[page.index("<h1>") : page.index("</h1>")]
    assert "The Large &lt;One&gt;" in opening


def test_it_says_what_three_backbones_are_worth(page):
    assert "With three backbones a correlation means nothing" in page


def test_it_says_how_far_the_cheap_score_is_off(page):
    assert "it is off by 2.2 to 3.1 points on average" in page


def test_the_named_outputs_have_their_columns(folder, page):
    heads = {
        name: pl.read_csv(folder / "tables" / f"{name}.csv", n_rows=0).columns for name in ("gains", "correlations")
    }
    assert heads["gains"] == [
        "backbone", "setting", "benchmark", "captioner", "control", "domain", "gain", "low", "high", "n",
    ]  # fmt: skip
    assert heads["correlations"] == [
        "metric_a", "metric_b", "n", "pearson", "low", "high", "needed", "true_r", "true_low", "true_high",
    ]  # fmt: skip


def test_one_backbone_answering_in_free_text_with_unreadable_answers(tmp_path):
    responses, items = world(mode="generate", backbones=("large",))
    lost = pl.int_range(pl.len()) % 7 == 0
    responses = responses.with_columns(
        answer=pl.when(~lost).then("answer"),
        option_logprobs=pl.when(~lost).then("option_logprobs"),
        invalid=pl.when(lost).then(pl.lit("no_answer")),
    )
    page = build(tmp_path, responses, items, ("large",))
    assert "is the only backbone measured" in page
    assert "Published rule" in page
    assert "no answer" in page


def test_a_backbone_without_audio_is_reported_by_its_cascade(tmp_path):
    responses, items = world(backbones=("small", "large"))
    page = build(tmp_path, responses.filter(pl.col("setting") != "audio"), items, ("small", "large"))
    assert "by the cascade" in page


def test_it_says_what_to_choose_and_what_that_may_cost(page):
    section = page[page.index('id="choice"') : page.index('id="trust"')]
    assert "By mini, as measured: The Large &lt;One&gt;. It is the best with a chance of" in section
    assert "All settings" not in page[: page.index('id="choice"')] and "text alone" in section


def test_it_says_what_the_run_took(page):
    section = page[page.index('id="costs"') :]
    assert "90 s" in section and "150 s" not in section  # 2.5 min of the processor
    assert "2 min" in section and "2.0" in section


@pytest.fixture
def opened(folder, page, browser):
    """The page in a browser, with all that it asked for and complained of."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.said, tab.asked = [], []
    tab.on("console", lambda message: tab.said.append(message.text))
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.goto((folder / "report.html").as_uri())
    yield tab
    tab.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_leaves_it_nothing_runs_over_and_nothing_serious_is_inaccessible(opened, width):
    from axe_playwright_python.sync_playwright import Axe

    opened.set_viewport_size({"width": width, "height": 900})
    for details in opened.locator("details").all():
        details.evaluate("each => { each.open = true; }")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert all(url.startswith("file:") or url.startswith("data:") for url in opened.asked)
    assert opened.said == []
    found = Axe().run(opened).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


@pytest.mark.slow
def test_figures_say_their_values_to_mouse_and_keyboard(opened):
    svg = opened.locator("#trust figure svg").nth(1)  # our heatmap
    svg.focus()
    opened.keyboard.press("Home")
    first = opened.inner_text("#tip")
    assert re.search(r" and .*: r (−?\d\.\d\d|–)", first) and "models" in first
    opened.keyboard.press("ArrowRight")
    assert opened.inner_text("#tip") != first and opened.is_visible("#tip")
    opened.keyboard.press("Escape")
    assert not opened.is_visible("#tip")
    dot = opened.locator("#beside figure svg .tip").last
    dot.scroll_into_view_if_needed()
    dot.hover()
    assert re.search(r"\d+\.\d\s%", opened.inner_text("#tip"))


@pytest.mark.slow
def test_tables_are_sorted_and_filtered_by_keyboard_alone(opened):
    table = opened.locator("#accuracy table").first
    table.locator("th button").first.focus()
    opened.keyboard.press("Enter")
    assert table.locator("th").first.get_attribute("aria-sort") == "ascending"
    names = table.locator("tbody tr td:first-child").all_text_contents()
    assert all(names) and names == sorted(names, key=str.casefold)
    opened.locator("#evidence summary").first.focus()
    opened.keyboard.press("Enter")
    field = opened.locator("#evidence input.filter").first
    field.focus()
    opened.keyboard.type("pooled whole")
    # The texts, not what is drawn: a table out of sight is drawn when it comes into view (`content-visibility`).
    rows = opened.locator("#evidence details table").first.locator("tbody tr")
    shown = rows.and_(opened.locator("tr:not([hidden])")).all_text_contents()
    assert 0 < len(shown) < rows.count() and all("pooled" in row and "whole" in row for row in shown)
