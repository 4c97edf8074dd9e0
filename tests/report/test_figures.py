import re
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_rgb

from akb.analysis.correlations import correlations
from akb.analysis.metrics import Metric, default_metrics
from akb.analysis.published import CASCADE_CAPTIONER, METRICS, published_scores
from akb.analysis.scores import score
from akb.report.figures.families import ALONE, PALETTE, Families, families
from akb.report.figures.heatmap import heatmap
from akb.report.figures.label_places import Box, place_labels
from akb.report.figures.scatter import MARKS as DOMAIN_MARKS
from akb.report.figures.scatter import points, scatter, shared_benchmarks
from akb.report.figures.style import COLUMN_INCHES, save, style

PUBLISHED = published_scores(Path(__file__).parents[2] / "resources" / "published" / "accuracy.csv")


def draw(folder: Path) -> list[Path]:
    table = correlations(PUBLISHED, METRICS, CASCADE_CAPTIONER)
    heatmaps = [folder / f"heatmap.{kind}" for kind in ("pdf", "png", "svg")]
    scatters = [folder / f"scatter.{kind}" for kind in ("pdf", "png", "svg")]
    with style():
        save(heatmap(table, METRICS), heatmaps)
        save(scatter(PUBLISHED, ["MMAU", "MMAR"], CASCADE_CAPTIONER, {}), scatters)
    return heatmaps + scatters


def test_a_rerun_writes_the_same_bytes(tmp_path):
    first, second = draw(tmp_path / "a"), draw(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_every_published_model_is_a_point_in_every_domain():
    assert len(points(PUBLISHED, "MMAR", CASCADE_CAPTIONER)) == 8 * 3


def test_a_heatmap_cell_says_r_with_its_interval_and_n():
    with style():
        figure = heatmap(correlations(PUBLISHED, METRICS, CASCADE_CAPTIONER), METRICS)
        texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts[:3] == ["0.95", "0.86 to 0.98", "(n=17)"]
    assert len(texts) == 3 * 10


def test_a_heatmap_is_bold_where_r_is_told_from_zero_over_the_cell_s_own_models():
    table = correlations(PUBLISHED, METRICS, CASCADE_CAPTIONER)
    with style():
        figure = heatmap(table, METRICS)
    drawn = [text for text in figure.axes[0].texts if "n=" not in text.get_text() and "to" not in text.get_text()]
    bold = [text.get_fontweight() == "bold" for text in drawn]
    told = {
        (a, b): abs(r) > needed for a, b, r, needed in table.select("metric_a", "metric_b", "pearson", "needed").rows()
    }
    order = [(str(METRICS[i]), str(METRICS[j])) for j in range(1, len(METRICS)) for i in range(j)]
    assert bold == [told[pair] for pair in order]


def test_a_cell_that_carries_no_evidence_is_not_bold_however_near_to_a_line_three_points_lie():
    table = correlations(PUBLISHED, METRICS, CASCADE_CAPTIONER).with_columns(n=pl.lit(3), pearson=0.999, needed=0.997)
    with style():
        figure = heatmap(table, METRICS)
    assert {text.get_fontweight() for text in figure.axes[0].texts} == {"normal"}
    assert "Bold" not in figure.axes[0].get_title(loc="left") and "Pale" in figure.axes[0].get_title(loc="left")


@pytest.mark.parametrize("backbones", [("small",), ("small", "middle"), ("small", "middle", "large")])
def test_few_backbones_are_drawn_without_a_crash(backbones, tmp_path):
    from synthetic import world

    responses, items = world(backbones=backbones)
    scores = score(responses, items)
    metrics = default_metrics(scores)
    with style():
        save(heatmap(correlations(scores, metrics, "combined"), metrics), [tmp_path / "h.png"])
        save(scatter(scores, shared_benchmarks(scores, "combined"), "combined", {}), [tmp_path / "s.png"])


def test_a_run_without_audio_still_has_a_scatter(tmp_path):
    text_only = PUBLISHED.filter(setting="probe")
    with style():
        save(scatter(text_only, shared_benchmarks(text_only, "x"), "x", {}), [tmp_path / "s.png"])


def test_default_metrics_are_the_papers_five_where_benchmarks_are_two():
    assert set(default_metrics(PUBLISHED)) == set(METRICS)


def test_a_metric_reads_back_as_it_is_written():
    assert Metric.parse("cascade/mini/Music") == Metric.parse(str(Metric("cascade", "mini", "Music")))


def test_labels_in_a_crowd_do_not_cover_each_other_or_the_points():
    crowd = [(200 + 6.0 * (i % 4), 200 + 5.0 * (i // 4)) for i in range(16)]
    boxes = place_labels(crowd, [(28.0, 8.0)] * 16, Box(0, 0, 400, 400), marker=2)
    assert all(a.overlap(b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(Box(0, 0, 400, 400).holds(box) for box in boxes)
    assert not any(box.overlap(Box(x - 2, y - 2, x + 2, y + 2)) for box in boxes for x, y in crowd)


def test_lone_labels_stay_near_their_points():
    boxes = place_labels([(50.0, 50.0), (300.0, 300.0)], [(28.0, 8.0)] * 2, Box(0, 0, 400, 400))
    assert all(abs(box.centre[0] - x) < 40 for box, x in zip(boxes, (50, 300), strict=True))


def test_backbones_of_a_family_share_a_colour_and_the_figure_has_a_legend_of_families() -> None:
    display = {
        "a": {"family": "Qwen", "colour": ""}, "b": {"family": "Qwen", "colour": "#123456"},
        "c": {"family": "Phi", "colour": ""}, "d": {"family": "", "colour": ""},
        "e": {"family": "", "colour": "#abcdef"},
    }  # fmt: skip
    looks = families(display)
    assert looks.colours["a"] == looks.colours["b"] == looks.legend["Qwen"] == "#123456"
    assert looks.colours["c"] == looks.legend["Phi"] == PALETTE[0]
    assert not {colour for colour, _ in DOMAIN_MARKS.values()} & {*PALETTE[:9]}
    assert (looks.colours["d"], looks.colours["e"], list(looks.legend)) == (ALONE, "#abcdef", ["Qwen", "Phi"])


def test_one_s_own_colour_wins_over_its_family_s() -> None:
    display = {"a": {"family": "Qwen", "colour": "#111111"}, "b": {"family": "Qwen", "colour": "#222222"}}
    assert families(display).colours == {"a": "#111111", "b": "#222222"}


def test_more_families_than_colours_still_have_one_each_while_colours_last() -> None:
    display = {f"m{n}": {"family": f"F{n}", "colour": ""} for n in range(len(PALETTE))}
    assert len(set(families(display).colours.values())) == len(PALETTE)


def test_the_scatter_names_the_families_once_below_it() -> None:
    display = {model: {"family": "One" if n % 2 else "Two"} for n, model in enumerate(PUBLISHED["backbone"].unique())}
    with style():
        figure = scatter(PUBLISHED, ["MMAU", "MMAR"], CASCADE_CAPTIONER, {}, families=families(display))
    [legend] = figure.legends
    assert sorted(text.get_text() for text in legend.get_texts()) == ["One", "Two"]
    with style():
        assert not scatter(PUBLISHED, ["MMAU"], CASCADE_CAPTIONER, {}).legends


def test_without_families_nothing_is_coloured() -> None:
    assert families({"a": {"family": "", "colour": ""}, "b": {}}) == Families()


def test_a_column_figure_is_as_wide_as_a_column_whatever_its_names(tmp_path):
    table = correlations(PUBLISHED, METRICS, CASCADE_CAPTIONER)
    labels = {name: name for name in PUBLISHED["backbone"].unique()}
    with style():
        save(heatmap(table, METRICS, column=True), [tmp_path / "h.pdf"])
        save(scatter(PUBLISHED, ["MMAU", "MMAR"], CASCADE_CAPTIONER, labels, column=True), [tmp_path / "s.pdf"])
    for name in ("h", "s"):
        box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", (tmp_path / f"{name}.pdf").read_bytes())
        assert float(box[1]) == pytest.approx(72 * COLUMN_INCHES, abs=0.5)


def test_nothing_of_a_column_figure_is_cut_off():
    """Notes and the legend of families lie on it, since it is not cut to what is drawn."""
    few = correlations(PUBLISHED, METRICS, CASCADE_CAPTIONER).with_columns(n=pl.lit(3))
    looks = families({name: {"family": f"Family {n}"} for n, name in enumerate(PUBLISHED["backbone"].unique())})
    with style():
        for figure in (
            heatmap(few, METRICS, column=True),
            scatter(PUBLISHED, ["MMAU", "MMAR"], CASCADE_CAPTIONER, {}, families=looks, column=True),
        ):
            figure.canvas.draw()
            drawn = figure.get_tightbbox(figure.canvas.get_renderer())  # with what takes no part in the layout
            width, height = figure.get_size_inches()
            assert drawn.x0 >= -0.02 and drawn.x1 <= width + 0.02 and drawn.y0 >= -0.02 and drawn.y1 <= height + 0.02


# How colours look without one of the three cones: G. M. Machado et al., IEEE TVCG 15 (2009), severity 1.
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def seen(colour: str, kind: str) -> np.ndarray:
    """CIELAB of an sRGB colour as it is seen."""
    linear = np.array([((c + 0.055) / 1.055) ** 2.4 if c > 0.04045 else c / 12.92 for c in to_rgb(colour)])
    linear = np.clip(np.array(BLIND[kind]) @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ linear / [0.9505, 1.0, 1.089], 0.0089))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize(("kind", "least"), [("protan", 30), ("deutan", 30), ("tritan", 15)])
def test_domains_are_told_apart_without_one_kind_of_cone(kind, least):
    colours = [colour for colour, _ in DOMAIN_MARKS.values()]
    apart = [np.linalg.norm(seen(a, kind) - seen(b, kind)) for a, b in combinations(colours, 2)]
    assert min(apart) > least  # a plain red and green are 16 apart without the second kind
