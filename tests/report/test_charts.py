"""The report's small charts: what they say, in the page's colours, and nothing that two of them would share."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from akb.report.charts import Bar, Curve, Strip, Trade, curves, forest, strips, trades

FOREST = forest([Bar("pooled <all>", 22.0, 15.6, 28.7, True), Bar("a$b$c", -12.04, -20.0, 1.0)])
STRIPS = strips(
    [
        Strip("MMAU probe, paper", (("Gemma", 40.0, False, ""),)),
        Strip("mini probe, ours", (("One & two", 41.0, True, "#123456"), ("Near", 42.0, True, "")), 25.0),
    ]
)
CURVES = curves(
    [Curve("training", ((0, 2.5), (10, 2.0))), Curve("held out", ((0, 2.6), (10, 2.1)), dashed=True)], "step", "loss"
)


def said(chart: str) -> list[str]:
    return ["".join(found.itertext()).strip() for found in ElementTree.fromstring(chart).iter("text")]


def titles(chart: str) -> list[str]:
    return [found.text or "" for found in ElementTree.fromstring(chart).iter("title")]


def test_a_forest_names_each_row_and_its_value() -> None:
    texts = said(FOREST)
    assert {"pooled <all>", "a$b$c", "+22.0", "\N{MINUS SIGN}12.0", "points", "0"} <= set(texts)
    assert texts.index("pooled <all>") < texts.index("a$b$c")
    assert titles(FOREST)[0] == "pooled <all>: +22.0 (+15.6 to +28.7) points"


def test_whatever_its_length_a_label_of_a_forest_lies_on_the_page() -> None:
    long = "mini-unseen: the captions of another captioner against another clip's caption of the same domain"
    chart = forest([Bar("all, pooled", 3.0, 1.0, 5.0, True, head=long), Bar("m" * 90, 1.0, 0.0, 2.0)])
    assert {long, "all, pooled"} <= set(said(chart)) and f"{long}, all, pooled: +3.0" in titles(chart)[0]
    (cut,) = (text for text in said(chart) if text.startswith("mmm"))
    assert cut.endswith("…") and len(cut) < 60 and titles(chart)[1].startswith("m" * 90)
    heads = [found for found in ElementTree.fromstring(chart).iter("text") if "".join(found.itertext()) == long]
    assert "text-anchor: start" in heads[0].get("style", "") or "anchor" not in heads[0].get("style", "")


def test_several_trainings_of_a_backbone_are_all_drawn_and_named_once() -> None:
    lines = [
        Curve(name, ((0, 2.5 + seed), (10, 2.0)), dashed=name != "training")
        for seed in range(5)
        for name in ("training", "held out")
    ]
    chart = curves(lines, "step", "loss")
    assert said(chart).count("training") == said(chart).count("held out") == 1
    one = curves(lines[:2], "step", "loss")
    assert chart.count("stroke-dasharray") == one.count("stroke-dasharray") + 4
    assert chart.count("<path") >= one.count("<path") + 8


def test_a_training_measured_once_is_seen() -> None:
    drawn, unseen = (curves([Curve("training", points)], "step", "loss") for points in (((24, 2.5),), ((1, 2), (3, 2))))
    assert drawn.count("<use") > unseen.count("<use")


def test_a_strip_names_ours_and_tells_every_dot_that_is_pointed_at() -> None:
    assert {"One & two", "Near", "mini probe, ours", "100 %"} <= set(said(STRIPS)) and "Gemma" not in said(STRIPS)
    ours = "mini probe, ours"
    assert titles(STRIPS) == ["MMAU probe, paper: Gemma 40.0 %", f"{ours}: One & two 41.0 %", f"{ours}: Near 42.0 %"]


def test_curves_are_named_and_one_without_points_draws_nothing() -> None:
    assert {"training", "held out", "step"} <= set(said(CURVES)) and 'aria-label="loss"' in CURVES
    assert "stroke-dasharray" in CURVES
    assert curves([Curve("training", ())], "step", "loss") == ""


@pytest.mark.parametrize("chart", [FOREST, STRIPS, CURVES], ids=["forest", "strips", "curves"])
def test_colours_are_the_page_s_but_for_those_of_families(chart: str) -> None:
    assert set(re.findall(r"[:\"] *(#[0-9a-f]{6})\b", chart)) <= {"#123456"}
    assert "var(--ink)" in chart or "var(--faint)" in chart
    assert "http" not in chart and "DejaVu" not in chart and "@import" not in chart


def test_no_two_charts_share_an_id_and_a_rerun_gives_the_same_bytes() -> None:
    ids = re.findall(r'id="([^"]+)"', FOREST + STRIPS + CURVES)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', FOREST + STRIPS + CURVES)) <= set(ids)
    assert forest([Bar("a", 1.0, 0.0, 2.0)]) == forest([Bar("a", 1.0, 0.0, 2.0)])


def test_names_never_lie_over_each_other_and_each_dot_can_still_be_pointed_at() -> None:
    chart = strips([Strip("line", tuple((f"model-{i}", 50 + i / 10, True, "") for i in range(60)))])
    assert sum(text.startswith("model-") for text in said(chart)) == 2 and len(titles(chart)) == 60


def test_what_is_lost_stands_against_what_is_spent() -> None:
    chart = trades([Trade("dropped", ((40.0, 0.2, "after step 10: 40 %"),)), Trade("one", ((20.0, 1.5, "x"),))],
                   "steps taken", "regret", 100.0)  # fmt: skip
    assert titles(chart) == ["after step 10: 40 %", "x", "all trained to the end"]
    assert {"dropped", "one", "steps taken", "regret"} <= set(said(chart))
