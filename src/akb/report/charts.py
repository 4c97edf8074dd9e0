"""The report's small charts: drawn as its figures are, and made part of the page, whose colours they take.

Each function returns SVG markup in which text stays text and colours are the page's own, so that dark mode follows.

    forest([Bar("pooled", 22.0, 15.6, 28.7, True)])
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from akb.analysis import words
from akb.report.figures.style import INK, SURFACE, style, svg_of, tip_id

_WIDTH = 760  # of the page's column; a point of a figure is a unit of its view box
_LETTER = 6.4  # how wide one is, in units of the page
# Exact colours that stand for the page's own.
_ACCENT, _SECOND, _SOFT, _FAINT, _RULE = "#b3122e", "#2a62b6", "#59606e", "#7d8491", "#e3e3df"
_OF_PAGE = {
    INK: "--ink",
    SURFACE: "--page",
    _ACCENT: "--accent",
    _SECOND: "--second",
    _SOFT: "--soft",
    _FAINT: "--faint",
    _RULE: "--rule",
}


@dataclass(frozen=True)
class Bar:
    """A value with its interval on one row; `strong` rows are ours, or pooled. head: what stands on a line above it."""

    label: str
    value: float
    low: float
    high: float
    strong: bool = False
    head: str = ""


@dataclass(frozen=True)
class Strip:
    """One line of dots: (label, value in percent, ours, colour) each; `chance` in percent or None.

    colour: of its family; "" for the page's own.
    """

    label: str
    dots: tuple[tuple[str, float, bool, str], ...]
    chance: float | None = None


@dataclass(frozen=True)
class Curve:
    """A line of (x, y) points."""

    label: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


@dataclass(frozen=True)
class Trade:
    """Choices as (what is spent, what is lost, what it says when it is pointed at)."""

    label: str
    points: tuple[tuple[float, float, str], ...]


def forest(bars: Sequence[Bar], unit: str = "points") -> str:
    """Values with intervals, one under another, and a line at 0."""
    places = [row + sum(bool(bar.head) for bar in bars[: row + 1]) for row in range(len(bars))]
    lines = places[-1] + 1 if places else 1
    # As much room for labels as the longest needs; one that is longer than half of the page is cut.
    longest = (_WIDTH // 2 - 22) // _LETTER
    labels = [bar.label if len(bar.label) <= longest else f"{bar.label[: int(longest) - 1]}…" for bar in bars]
    margin = 22 + round(_LETTER * max(map(len, labels), default=0) * 1.1)
    width = _WIDTH - margin - 70
    with _drawing():
        figure, axes = _canvas(_WIDTH, 22 * lines + 34, left=margin, right=70, bottom=30)
        axes.axvline(0, color=INK, linewidth=1, linestyle=(0, (3, 3)))
        for row, bar, label in zip(places, bars, labels, strict=True):
            whisker, dot, text = (_ACCENT, _ACCENT, INK) if bar.strong else (_FAINT, _FAINT, _SOFT)
            value, within = words.signed(bar.value), f"{words.signed(bar.low)} to {words.signed(bar.high)}"
            told = f"{f'{bar.head}, ' if bar.head else ''}{bar.label}: {value} ({within}) {unit}"
            axes.hlines(row, bar.low, bar.high, color=whisker, linewidth=2.5 if bar.strong else 1.5)
            size = 9 if bar.strong else 7
            axes.plot([bar.value], [row], "o", color=dot, markersize=size, markeredgewidth=0, gid=tip_id(told))
            weight = "bold" if bar.strong else "normal"
            place = _in_margin(axes) | {"color": text, "fontweight": weight}
            axes.text(-16 / width, row, label, **place)
            axes.text(1 + 66 / width, row, value, **place)
            if bar.head:
                ground = {"facecolor": SURFACE, "edgecolor": "none", "pad": 1}  # the line at 0 does not strike it out
                axes.text(-margin / width, row - 1, bar.head, **place | {"ha": "left"}, bbox=ground)
        axes.set_ylim(lines - 0.5, -0.5)
        axes.set_yticks([])
        axes.set_xlabel(unit, color=_FAINT, fontsize=11, labelpad=1)
        return _markup(figure, title="Gains with their 95 % intervals")


def strips(lines: Sequence[Strip]) -> str:
    """Lines of dots on one axis from 0 to 100 %: the paper's models and ours beside them."""
    with _drawing():
        figure, axes = _canvas(_WIDTH, 44 * len(lines) + 26, left=205, right=24, bottom=22)
        axes.set_xlim(0, 100)
        axes.set_xticks(range(0, 101, 20), [f"{tick} %" for tick in range(0, 101, 20)])
        axes.grid(axis="x", color=_RULE, linewidth=1)
        axes.set_ylim(len(lines) - 0.5, -0.5)
        axes.set_yticks([])
        for row, line in enumerate(lines):
            axes.text(-16 / 531, row, line.label, color=INK, **_in_margin(axes))
            axes.axhline(row, color=_RULE, linewidth=1)
            if line.chance is not None:
                axes.vlines(line.chance, row - 0.2, row + 0.2, color=INK, linewidth=1, linestyle=(0, (3, 3)))
            _dots(axes, row, line)
        return _markup(figure, title="Our backbones beside the paper’s models, by setting")


def _dots(axes: Any, row: int, line: Strip) -> None:
    """A strip's dots, each with its name to be pointed at; ours are named where there is room, above or below."""
    ends = {"bottom": -math.inf, "top": -math.inf}  # of the names above and below, in units of the page
    for label, value, ours, colour in sorted(line.dots, key=lambda dot: dot[1]):
        tip = tip_id(f"{line.label}: {label} {value:.1f} %")
        look = (
            {"color": colour or _ACCENT, "markersize": 10}
            if ours
            else {"color": _FAINT, "markersize": 8, "alpha": 0.55}
        )
        axes.plot([value], [row], "o", markeredgewidth=0, clip_on=False, gid=tip, zorder=3, **look)
        reach, centre = _LETTER * len(label) / 2, 531 * value / 100
        side = next((side for side, end in ends.items() if centre - reach > end), None)
        if ours and side:
            ends[side] = centre + reach + _LETTER
            axes.annotate(
                label,
                (value, row),
                (0, 9 if side == "bottom" else -9),
                textcoords="offset points",
                ha="center",
                va=side,
                color=_ACCENT,
                fontsize=11,
            )


def curves(lines: Sequence[Curve], across: str, up: str) -> str:
    """Lines over a shared pair of axes, each name with its colour above; lines of one name look alike."""
    if not any(line.points for line in lines):
        return ""
    with _drawing():
        figure, axes = _canvas(360, 220, left=44, right=12, bottom=36, top=20)
        axes.grid(axis="y", color=_RULE, linewidth=1)
        names = list(dict.fromkeys(line.label for line in lines))
        colours = dict(zip(names, itertools.cycle((_ACCENT, _SECOND, _SOFT, _FAINT)), strict=False))
        fine = {"linewidth": 1.8} if len(lines) == len(names) else {"linewidth": 1.3, "alpha": 0.8}
        for line in lines:
            look = (0, (5, 3)) if line.dashed else "solid"
            mark = {"marker": "o", "markersize": 5} if len(line.points) == 1 else {}  # a line of one point is unseen
            label = line.label if line.label in names else None
            names = [name for name in names if name != line.label]
            axes.plot(
                *zip(*line.points, strict=True), color=colours[line.label], linestyle=look, label=label, **fine, **mark
            )
        axes.set_xlabel(across, color=_FAINT, fontsize=11)
        axes.locator_params(nbins=5)
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 0.98), ncols=len(colours), borderpad=0, labelcolor=_FAINT, fontsize=11
        )
        return _markup(figure, title=up)


def trades(lines: Sequence[Trade], across: str, up: str, whole: float) -> str:
    """What is lost against what is spent, a mark a choice; `whole` is what losing nothing costs."""
    with _drawing():
        figure, axes = _canvas(480, 260, left=48, right=16, bottom=40, top=22)
        axes.grid(axis="y", color=_RULE, linewidth=1)
        for line, colour, mark in zip(lines, (_ACCENT, _SECOND, _SOFT), ("o", "s", "^"), strict=False):
            x, y, _ = zip(*line.points, strict=True)
            axes.plot(x, y, color=colour, linewidth=1.5, alpha=0.6, label=line.label, marker=mark, markersize=0)
            for across_, up_, tip in line.points:
                axes.plot([across_], [up_], mark, color=colour, markersize=7, markeredgewidth=0, gid=tip_id(tip))
        axes.plot([whole], [0], "D", color=INK, markersize=7, markeredgewidth=0, gid=tip_id("all trained to the end"))
        axes.set_xlim(0, 1.05 * whole)
        axes.set_ylim(bottom=min(-0.02, axes.get_ylim()[0]))
        axes.set_xlabel(across, color=_FAINT, fontsize=11)
        axes.set_ylabel(up, color=_FAINT, fontsize=11)
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 0.98), ncols=len(lines), borderpad=0, labelcolor=_FAINT, fontsize=11
        )
        return _markup(figure, title="What is lost by stopping early, against what is spent")


def page_svg(text: str) -> str:
    """A saved figure, made part of the page: its ink and surface become the page's; nothing points outside."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", text, count=1)
    return text.replace("xlink:href", "href").replace(INK, "var(--ink)").replace(SURFACE, "var(--page)")


@contextmanager
def _drawing() -> Iterator[None]:
    """In the figures' style; a name with dollar signs in it is no formula."""
    with style(), rc_context({"text.parse_math": False}):
        yield


def _in_margin(axes: Any) -> dict[str, Any]:
    """How a row's texts stand beside the axes: across as a share of these, down at the row."""
    return {"transform": axes.get_yaxis_transform(), "va": "center", "ha": "right", "fontsize": 12}


def _canvas(width: int, height: int, *, left: int, right: int, bottom: int, top: int = 4) -> tuple[Any, Any]:
    """A figure of so many units of the page, and axes within these margins."""
    figure = Figure(figsize=(width / 72, height / 72))
    inner = ((width - left - right) / width, (height - top - bottom) / height)
    axes = figure.add_axes((left / width, bottom / height, *inner))
    axes.spines[["left", "right", "top", "bottom"]].set_visible(False)
    axes.tick_params(length=0, labelcolor=_FAINT, labelsize=11)
    axes.set_axisbelow(True)
    return figure, axes


def _markup(figure: Any, title: str) -> str:
    """title: what the whole shows, for those who do not see it."""
    text = page_svg(svg_of(figure))
    text = re.sub(r'<g id="[\w.]+_\d+"', "<g", text)
    own = hashlib.sha256(text.encode()).hexdigest()[:8]  # what is left of ids must be the page's only ones
    text = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>c{own}-", text)
    for colour, name in _OF_PAGE.items():
        text = text.replace(colour, f"var({name})")
    text = text.replace("'DejaVu Sans'", "var(--sans)").replace("<svg", '<svg class="chart" role="img"', 1)
    return text.replace("<svg", f'<svg aria-label="{escape(title)}"', 1)
