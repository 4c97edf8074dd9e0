"""The page of a large study: 200 backbones and 48 kinds of question are small, and open quickly.

The tables are those of three backbones, with one of them repeated under 200 names: what a page weighs is its rows.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from browser import slowness
from markupsafe import Markup
from synthetic import world

from akb.analysis.accuracy import accuracy_rows, item_floors
from akb.analysis.caption_worth import caption_worth
from akb.analysis.choice import choices
from akb.analysis.correlations import correlations
from akb.analysis.error_sources import error_sources
from akb.analysis.gains import gains
from akb.analysis.leads import leads
from akb.analysis.leave_one_out import predictions
from akb.analysis.metrics import default_metrics
from akb.analysis.needed_audio import needing_audio
from akb.analysis.own_cascade import own_cascades
from akb.analysis.positions import position_bias
from akb.analysis.published import CASCADE_CAPTIONER, METRICS, PREDICTORS, TARGETS, published_scores
from akb.analysis.relations import relations
from akb.analysis.result_tables import TABLES
from akb.analysis.scores import chance, graded, score
from akb.analysis.scoring_rules import compare_rules
from akb.orchestration.costs import COSTS
from akb.report.page import Contents, render
from akb.tables import TRAINING, frame_of

ROOT = Path(__file__).parents[2]
PUBLISHED = published_scores(ROOT / "resources/published/accuracy.csv")
NAMES = [f"model-{place:03}-instruct" for place in range(200)]
KINDS = [f"kind_of_question_{place}" for place in range(48)]


def repeated(frame: pl.DataFrame, column: str, names: list[str], pattern: str) -> pl.DataFrame:
    """The rows in which `column` is `pattern`, once for each name, and none of the others."""
    own = frame.filter(pl.col(column) == pattern)
    return pl.concat([own.with_columns(pl.lit(name).alias(column)) for name in names])


def large_study() -> Contents:
    responses, items = world()
    marks, scores = graded(responses, items), score(responses, items)
    accuracy = accuracy_rows(scores, chance(items).join(item_floors(items), on=["benchmark", "domain"], how="left"))
    gained, metrics = gains(marks, 1), default_metrics(scores)
    found = {
        "accuracy": accuracy,
        "gains": gained,
        "captioners": caption_worth(accuracy, gained),
        "leads": leads(marks, "combined", 1),
        "correlations": correlations(scores, metrics, "combined"),
        "question_types": score(responses, items, by="subcategory").filter(pl.col("setting") != "probe"),
        "positions": position_bias(responses, items),
        "rules": compare_rules(responses, items),
        "own_cascades": own_cascades(marks, 1),
        "error_sources": error_sources(marks, None, 1),
        "needing_audio": needing_audio(marks),
        "relations": relations(scores, metrics, "combined", {}),
        "choices": choices(marks, scores, PUBLISHED, "combined", {}, 1),
    }
    frames = {}
    for name, schema in TABLES.items():
        frame = found.get(name, pl.DataFrame(schema=schema))
        several = "backbone" in frame.columns and len(frame)
        frames[name] = repeated(frame, "backbone", NAMES, "large") if several else frame
    frames["question_types"] = repeated(frames["question_types"], "domain", KINDS, "type 1")
    steps = np.linspace(0, 5000, 100).astype(int)
    curve = [{"stage": "align", "step": int(s), "loss": 2.0 - s / 5000, "held_out_loss": 2.1} for s in steps]
    rows = [
        {"rule": rule, "backbone": name, "jobs": 1, "hours": 1.0, "cpu_hours": 2.0, "peak_gib": 3.0}
        for rule in ("text_inference", "distil", "finetune", "listen", "score")
        for name in NAMES
    ]
    return Contents(
        **frames,
        published=PUBLISHED,
        predictions=predictions(PUBLISHED, TARGETS, PREDICTORS, CASCADE_CAPTIONER),
        published_relations=relations(PUBLISHED, METRICS, CASCADE_CAPTIONER, {}),
        costs=frame_of(rows, COSTS),
        training=dict.fromkeys(NAMES, frame_of(curve, TRAINING)),
        figures=dict.fromkeys(("heatmap", "scatter", "published_heatmap", "published_scatter"), Markup("<svg></svg>")),
        cascade_captioner="combined",
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(render(ROOT / "workflow/report/report.html.j2", large_study(), {}), encoding="utf-8")
    return path


@pytest.mark.slow
def test_two_hundred_backbones_make_a_page_of_less_than_fifteen_megabytes(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert all(name in text for name in NAMES)
    assert all(kind.replace("_", " ") in text for kind in KINDS)
    assert len(text.encode()) < 15e6


@pytest.mark.slow
def test_it_opens_within_three_seconds_and_its_filter_leaves_what_was_asked_for(page: Path, browser) -> None:
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    faults: list[str] = []
    tab.on("console", lambda message: faults.append(message.text))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(page.as_uri())
    took = tab.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart") / 1000
    assert took < 3 * slowness(browser)
    tab.locator("#choice input.filter").first.fill("model-017")
    assert tab.locator("#choice table").first.locator("tbody tr:not([hidden])").count() == 1
    assert not faults
    tab.close()
