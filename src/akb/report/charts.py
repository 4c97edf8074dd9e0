"""Small charts drawn straight into the report as SVG, in the page's own colours.

Each function returns markup; colours are classes of the page's style sheet, so that dark mode follows.

    forest([Bar("pooled", 22.0, 15.6, 28.7, True)])
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from akb.report.figures.style import INK, SURFACE

_WIDTH = 760


@dataclass(frozen=True)
class Bar:
    """A value with its interval on one row; `strong` rows are ours, or pooled."""

    label: str
    value: float
    low: float
    high: float
    strong: bool = False


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


def forest(bars: Sequence[Bar], unit: str = "points") -> str:
    """Values with intervals, one under another, and a line at 0."""
    low, high = min(0.0, *(b.low for b in bars)), max(0.0, *(b.high for b in bars))
    left, right, row = 300, _WIDTH - 70, 22
    scale = (right - left) / ((high - low) or 1)
    height = row * len(bars) + 30

    def at(value: float) -> float:
        return left + (value - low) * scale

    parts = [f'<line class="zero" x1="{at(0):.1f}" x2="{at(0):.1f}" y1="4" y2="{height - 22}"/>']
    for index, bar in enumerate(bars):
        y = 16 + index * row
        kind = "strong" if bar.strong else "plain"
        parts.append(f'<text class="{kind}" x="{left - 16}" y="{y + 4}" text-anchor="end">{escape(bar.label)}</text>')
        parts.append(f'<line class="whisker {kind}" x1="{at(bar.low):.1f}" x2="{at(bar.high):.1f}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="dot {kind}" cx="{at(bar.value):.1f}" cy="{y}" r="{4.5 if bar.strong else 3.5}"/>')
        number = f"{bar.value:+.1f}".replace("-", "\N{MINUS SIGN}")
        parts.append(f'<text class="number {kind}" x="{_WIDTH - 4}" y="{y + 4}" text-anchor="end">{number}</text>')
    parts.append(f'<text class="faint" x="{at(0):.1f}" y="{height - 6}" text-anchor="middle">0 {escape(unit)}</text>')
    return _svg(_WIDTH, height, parts)


def strips(lines: Sequence[Strip]) -> str:
    """Lines of dots on one axis from 0 to 100 %: the paper's models and ours beside them."""
    left, right, row = 205, _WIDTH - 24, 44
    height = row * len(lines) + 26
    scale = (right - left) / 100
    parts = []
    for tick in range(0, 101, 20):
        x = left + tick * scale
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="6" y2="{height - 20}"/>')
        parts.append(f'<text class="faint" x="{x:.1f}" y="{height - 5}" text-anchor="middle">{tick} %</text>')
    for index, line in enumerate(lines):
        y = 28 + index * row
        parts.append(f'<text x="{left - 16}" y="{y + 4}" text-anchor="end">{escape(line.label)}</text>')
        parts.append(f'<line class="rule" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>')
        if line.chance is not None:
            x = left + line.chance * scale
            parts.append(f'<line class="chance" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 9}" y2="{y + 9}"/>')
        taken: list[float] = []
        for label, value, ours, colour in sorted(line.dots, key=lambda dot: dot[1]):
            x = left + value * scale
            kind = "ours" if ours else "theirs"
            tip = f"<title>{escape(label)}: {value:.1f} %</title>"
            fill = f' style="fill:{escape(colour)}"' if colour else ""
            parts.append(f'<circle class="{kind}"{fill} cx="{x:.1f}" cy="{y}" r="{5 if ours else 4}">{tip}</circle>')
            if ours and all(abs(x - other) > 44 for other in taken):
                parts.append(f'<text class="ours" x="{x:.1f}" y="{y - 11}" text-anchor="middle">{escape(label)}</text>')
                taken.append(x)
            elif ours:
                parts.append(f'<text class="ours" x="{x:.1f}" y="{y + 18}" text-anchor="middle">{escape(label)}</text>')
    return _svg(_WIDTH, height, parts)


def curves(lines: Sequence[Curve], across: str, up: str) -> str:
    """Lines over a shared pair of axes, each with its name at its end."""
    points = [point for line in lines for point in line.points]
    if not points:
        return ""
    width, height, left, bottom = 360, 220, 44, 32
    x_low, x_high = min(x for x, _ in points), max(x for x, _ in points)
    y_low, y_high = min(y for _, y in points), max(y for _, y in points)
    x_scale, y_scale = (width - left - 12) / ((x_high - x_low) or 1), (height - bottom - 14) / ((y_high - y_low) or 1)

    def at(x: float, y: float) -> str:
        return f"{left + (x - x_low) * x_scale:.1f},{height - bottom - (y - y_low) * y_scale:.1f}"

    parts = []
    for part in range(5):
        value = y_low + part * (y_high - y_low) / 4
        y = height - bottom - part * (height - bottom - 14) / 4
        parts.append(f'<line class="grid" x1="{left}" x2="{width - 12}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="faint" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.2f}</text>')
    for index, line in enumerate(lines):
        path = " ".join(at(x, y) for x, y in line.points)
        kind = f"curve c{index % 4}{' dashed' if line.dashed else ''}"
        parts.append(f'<polyline class="{kind}" points="{path}"><title>{escape(line.label)}</title></polyline>')
        x = left + 10 + index * 110
        parts.append(f'<line class="{kind}" x1="{x}" x2="{x + 16}" y1="8" y2="8"/>')
        parts.append(f'<text class="faint" x="{x + 21}" y="12">{escape(line.label)}</text>')
    for value, anchor, x in ((x_low, "start", left), (x_high, "end", width - 12)):
        parts.append(f'<text class="faint" x="{x}" y="{height - 14}" text-anchor="{anchor}">{value:,.0f}</text>')
    middle = (left + width) / 2
    parts.append(f'<text class="faint" x="{middle}" y="{height - 14}" text-anchor="middle">{escape(across)}</text>')
    return _svg(width, height, [f"<title>{escape(up)}</title>", *parts])


def page_svg(text: str) -> str:
    """A saved figure, made part of the page: its ink and surface become the page's; nothing points outside."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", text, count=1)
    return text.replace("xlink:href", "href").replace(INK, "var(--ink)").replace(SURFACE, "var(--page)")


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    return f'<svg class="chart" viewBox="0 0 {width} {height}" role="img">{"".join(parts)}</svg>'
