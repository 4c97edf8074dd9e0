"""Cascade against audio-grounded accuracy, by domain, in the manner of the paper's Figure 3.

One square panel per benchmark; Sound red circles, Music blue squares, Speech green triangles, each
with its regression line and its r; a dashed line where both accuracies are the same. Where backbones have families,
a point is filled with its family's colour and keeps its domain's shape and rim.

    save(scatter(scores, ["mini"], "combined", labels), [Path("results/figures/cascade_vs_audio.pdf")])
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from matplotlib.patches import Patch

from akb.analysis.metrics import Metric, in_order, values
from akb.estimates import pearson
from akb.report.figures.families import Families
from akb.report.figures.label_places import Box, place_labels
from akb.report.figures.style import COLUMN_INCHES, FAINT, SURFACE, tip_id

# Red, blue and green of M. Okabe and K. Ito's palette, told apart with every common kind of colour blindness.
MARKS = {"sound": ("#d55e00", "o"), "music": ("#0072b2", "s"), "speech": ("#009e73", "^")}
_OTHER_MARKS = [("#cc79a7", "D"), ("#b8860b", "v"), ("#56b4e9", "P"), ("#7a7d83", "X")]
_SIDE_INCHES = 4.7
MOST_NAMED = 12  # models: names of more would hide the points, and each says its own when it is pointed at
_NEAR = 9.0  # typographic points; a label further off gets a leader
_Line = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Point:
    """One model in one domain; accuracies and their interval bounds in percent."""

    model: str
    domain: str
    cascade: float
    audio: float
    cascade_bounds: tuple[float, float]
    audio_bounds: tuple[float, float]


def points(scores: pl.DataFrame, benchmark: str, cascade_captioner: str) -> list[Point]:
    """Every model and domain of `benchmark` that has both accuracies."""
    rows = scores.filter(
        pl.col("control").is_null(),
        (pl.col("setting") == "audio") | (pl.col("captioner") == cascade_captioner),
        benchmark=benchmark,
    )
    of = {(row["setting"], row["domain"], row["backbone"]): row for row in rows.to_dicts()}
    found = []
    for domain in in_order(d for d in rows["domain"] if d != "all"):
        x = values(scores, Metric("cascade", benchmark, domain), cascade_captioner)
        y = values(scores, Metric("audio", benchmark, domain), cascade_captioner)
        for model in sorted(x.keys() & y.keys()):
            bounds = [
                (100 * row["low"], 100 * row["high"])
                for row in (of["cascade", domain, model], of["audio", domain, model])
            ]
            found.append(Point(model, domain, 100 * x[model], 100 * y[model], bounds[0], bounds[1]))
    return found


def shared_benchmarks(scores: pl.DataFrame, cascade_captioner: str) -> list[str]:
    """The benchmarks that some model answered both ways."""
    return [name for name in sorted(scores["benchmark"].unique()) if points(scores, name, cascade_captioner)]


def scatter(
    scores: pl.DataFrame,
    benchmarks: Sequence[str],
    cascade_captioner: str,
    labels: Mapping[str, str],
    *,
    intervals: bool = False,
    families: Families = Families(),  # noqa: B008  (frozen)
    column: bool = False,
) -> Any:
    """A matplotlib figure. labels: each model's short label. intervals: draw each point's 95 % intervals.

    column: as wide as a column of a paper, the panels one below the other.
    """
    count = max(1, len(benchmarks))
    if column:
        figure, axes = plt.subplots(count, 1, figsize=(COLUMN_INCHES, 3.5 * count), squeeze=False, layout="constrained")
    else:
        size = (_SIDE_INCHES * count + 0.9 * (count - 1), _SIDE_INCHES)
        figure, axes = plt.subplots(1, count, figsize=size, squeeze=False)
        figure.subplots_adjust(wspace=0.22)
    for panel, benchmark in zip(axes.flat, benchmarks, strict=False):
        _panel(panel, benchmark, points(scores, benchmark, cascade_captioner), labels, intervals, families)
    shown = {point.model for name in benchmarks for point in points(scores, name, cascade_captioner)}
    colours = {families.colours.get(model) for model in shown}
    marks = [Patch(facecolor=colour, label=name) for name, colour in families.legend.items() if colour in colours]
    if marks:
        # A figure of a column keeps its size, and makes room for the legend; another is cut to what is drawn.
        place: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.02), "ncols": min(6, len(marks))}
        place = {"loc": "outside lower center", "ncols": min(3, len(marks))} if column else place
        figure.legend(handles=marks, **place, fontsize=8, handlelength=0.9, columnspacing=1.1, handletextpad=0.4)
    if not benchmarks:
        axes[0][0].set_axis_off()
        axes[0][0].text(0.5, 0.5, "No benchmark was answered both ways.", ha="center", color=FAINT)
    return figure


def _panel(
    axes: Any, benchmark: str, found: list[Point], labels: Mapping[str, str], intervals: bool, families: Families
) -> None:
    narrow = axes.figure.get_figwidth() <= COLUMN_INCHES
    axes.set_title(Metric("audio", benchmark).label.removesuffix(" (Audio)"), pad=20 if narrow else 30)
    models = len({point.model for point in found})
    count = f"{models} model{'' if models == 1 else 's'}"
    axes.set_title(
        count, loc="right", pad=20 if narrow else 30, fontsize=7 if narrow else 8.5, fontweight="normal", color=FAINT
    )
    axes.set_xlabel("Cascade accuracy (%)", fontsize=7.5 if narrow else None)
    axes.set_ylabel("Audio-grounded accuracy (%)", fontsize=7.5 if narrow else None)
    axes.tick_params(labelsize=7 if narrow else None)
    low, high = _limits(found, intervals)
    axes.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    axes.grid(color=FAINT, alpha=0.18, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.plot([low, high], [low, high], linestyle=(0, (4, 4)), color=FAINT, linewidth=1, zorder=1)
    domains = in_order(point.domain for point in found)
    marks = _marks(domains)
    lines: list[_Line] = [((low, low), (high, high))]
    for domain in domains:
        own = [point for point in found if point.domain == domain]
        lines += _domain(axes, domain, own, marks[domain], intervals, families)
    if not found:
        axes.text(0.5, 0.5, "No model was measured both ways.", transform=axes.transAxes, ha="center", color=FAINT)
        return
    # In a column the legend may be as wide as the figure, and the panel is no narrower for it.
    corner = ("lower right", (1.02, 1.0)) if narrow else ("lower left", (-0.02, 1.0))
    legend = axes.legend(
        loc=corner[0], bbox_to_anchor=corner[1], ncols=4, handletextpad=0.1, columnspacing=0.7, borderpad=0.2,
        fontsize=6.6 if narrow else 8,
    )  # fmt: skip
    legend.set_in_layout(not narrow)
    if models <= MOST_NAMED:
        _label(axes, found, labels, marks, lines)


def _domain(
    axes: Any, domain: str, own: list[Point], mark: tuple[str, str], intervals: bool, families: Families
) -> list[_Line]:
    """Draw one domain; return the lines that it takes up: intervals and regression."""
    colour, shape = mark
    x, y = [point.cascade for point in own], [point.audio for point in own]
    r = pearson(x, y)
    text = "no r" if r.value is None else f"r = {r.value:.2f}".replace("-", "\N{MINUS SIGN}")
    fill = [families.colours.get(point.model, colour) for point in own]
    rim = {"linewidths": 1.1, "edgecolors": colour} if families.colours else {"linewidths": 0.5, "edgecolors": SURFACE}
    size = 16 if axes.figure.get_figwidth() <= COLUMN_INCHES else 34
    for point, colour_of_point in zip(own, fill, strict=True):  # each alone: each says its values when it is pointed at
        told = f"{point.model}, {domain}: cascade {point.cascade:.1f} %, audio {point.audio:.1f} %"
        place = ([point.cascade], [point.audio])
        axes.scatter(*place, s=size, c=[colour_of_point], marker=shape, zorder=3, gid=tip_id(told), **rim)
    axes.scatter([], [], s=size, color=colour, marker=shape, label=f"{domain}: {text}")  # the legend's, of no family
    drawn: list[_Line] = []
    if intervals:
        reach_x = np.abs(np.array([point.cascade_bounds for point in own]).T - x)
        reach_y = np.abs(np.array([point.audio_bounds for point in own]).T - y)
        axes.errorbar(x, y, xerr=reach_x, yerr=reach_y, fmt="none", ecolor=colour, alpha=0.22, linewidth=0.8, zorder=2)
        drawn += [((point.cascade_bounds[0], point.audio), (point.cascade_bounds[1], point.audio)) for point in own]
        drawn += [((point.cascade, point.audio_bounds[0]), (point.cascade, point.audio_bounds[1])) for point in own]
    if r.value is None or r.n < 3:
        return drawn
    slope, offset = np.polyfit(x, y, 1)
    left, right = [(end, float(offset + slope * end)) for end in (min(x), max(x))]
    dots = (0, (1, 1.6)) if r.n < 4 else "-"  # so few points lie near some line whatever they mean
    axes.plot(*zip(left, right, strict=True), color=colour, linewidth=1.3, alpha=0.5, zorder=2, linestyle=dots)
    return [*drawn, (left, right)]


def _label(
    axes: Any, found: list[Point], labels: Mapping[str, str], marks: Mapping[str, tuple[str, str]], lines: list[_Line]
) -> None:
    figure = axes.figure
    size = 6.8 if figure.get_figwidth() > COLUMN_INCHES else 5.6
    figure.canvas.draw()  # the transform is final only after a layout
    renderer = figure.canvas.get_renderer()
    scale = 72 / figure.dpi
    to_data = axes.transData.inverted()

    def in_points(x: float, y: float) -> tuple[float, float]:
        across, up = axes.transData.transform((x, y))
        return scale * across, scale * up

    texts = [
        axes.text(
            0,
            0,
            labels.get(point.model, point.model),
            fontsize=size,
            color=marks[point.domain][0],
            zorder=4,
            in_layout=False,
        )
        for point in found
    ]
    extents = [text.get_window_extent(renderer) for text in texts]
    frame = axes.get_window_extent(renderer)
    boxes = place_labels(
        [in_points(point.cascade, point.audio) for point in found],
        [(scale * extent.width, scale * extent.height) for extent in extents],
        Box(*(scale * part for part in (frame.x0, frame.y0, frame.x1, frame.y1))).grown(-2),
        [(in_points(*start), in_points(*end)) for start, end in lines],
    )
    for text, box, point in zip(texts, boxes, found, strict=True):
        text.set(ha="center", va="center", position=to_data.transform([part / scale for part in box.centre]))
        centre = in_points(point.cascade, point.audio)
        end = box.nearest(centre)
        if math.dist(end, centre) > _NEAR:
            x, y = to_data.transform([part / scale for part in end])
            axes.plot(
                [point.cascade, x], [point.audio, y], color=marks[point.domain][0], linewidth=0.5, alpha=0.6, zorder=2
            )


def _limits(found: list[Point], intervals: bool) -> tuple[float, float]:
    """One range for both axes, so that the panel is square and the identity its diagonal."""
    if not found:
        return 0.0, 100.0
    ends = [part for point in found for part in (point.cascade, point.audio)]
    if intervals:
        ends += [part for point in found for bounds in (point.cascade_bounds, point.audio_bounds) for part in bounds]
    pad = max(2.5, 0.07 * (max(ends) - min(ends)))
    return max(-2.0, min(ends) - pad), min(102.0, max(ends) + pad)


def _marks(domains: Sequence[str]) -> dict[str, tuple[str, str]]:
    others = iter(_OTHER_MARKS * len(domains))
    return {domain: MARKS.get(domain.casefold()) or next(others) for domain in domains}
