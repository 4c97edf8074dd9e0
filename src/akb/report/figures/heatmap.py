"""The correlation heatmap: the lower triangle of Pearson's r over the metrics, in the manner of the paper's Figure 2.

Each cell says r, its 95 % interval and the number of models behind it; a gap parts the text metrics from the audio
metrics. Bold is what is told from zero, by the cell's own number of models. A cell with fewer than four models has no
interval and is drawn pale.

    save(heatmap(correlations, metrics), [Path("results/figures/correlation_heatmap.pdf")])
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import polars as pl
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgb
from matplotlib.patches import Rectangle

from akb.analysis.metrics import Metric
from akb.report.figures.style import COLUMN_INCHES, FAINT, INK, tip_id

FEWEST_MODELS = 4  # below this Fisher's z has no standard error
_GAP = 0.28
_COLUMN_LETTERS = 48  # of a note, beside the names of a column's rows
_LEGIBLE = 0.85  # where cells are smaller than this an interval in them could not be read
_COLOURS = LinearSegmentedColormap.from_list("blue-grey-red", ["#2f4fae", "#7f9be0", "#dcdde0", "#e88d75", "#b3122f"])


def heatmap(correlations: pl.DataFrame, metrics: Sequence[Metric], note: str = "", *, column: bool = False) -> Any:
    """A matplotlib figure. correlations: the frame of `correlations.correlations` over `metrics`, in this order.

    column: as wide as a column of a paper, whatever the number of metrics.
    """
    rows = {(row["metric_a"], row["metric_b"]): row for row in correlations.to_dicts()}
    places = _places(metrics)
    count = len(metrics)
    extent = (places[-1] if places else 0) + 1
    side = max(3.2, 0.92 * extent)
    shrunk = min(1.0, (COLUMN_INCHES - 1.1) / (side - 0.9)) if column else 1.0
    if column:
        figure, axes = plt.subplots(figsize=(COLUMN_INCHES, COLUMN_INCHES - 0.35), layout="constrained")
    else:
        figure, axes = plt.subplots(figsize=(side + 0.5, side))
    axes.set_aspect("equal")
    pale = plain = told = False
    for j in range(1, count):
        for i in range(j):
            row = rows[str(metrics[i]), str(metrics[j])]
            pale |= row["n"] < FEWEST_MODELS
            plain, told = plain | (not _told_from_zero(row)), told | _told_from_zero(row)
            _cell(axes, places[i], places[j], row, shrunk)
    axes.set_xlim(-0.5, (places[-2] if count > 1 else 0) + 0.5)
    axes.set_ylim(extent - 0.5, (places[1] if count > 1 else 0) - 0.5)
    axes.set_xticks(
        places[:-1], [_two_lines(m.label) for m in metrics[:-1]], rotation=45, ha="right", rotation_mode="anchor"
    )
    axes.set_yticks(places[1:], [_two_lines(m.label) for m in metrics[1:]])
    axes.tick_params(length=0, pad=5 * shrunk, labelsize=7 if column else None)
    axes.spines[:].set_visible(False)
    _colour_bar(figure, axes)
    notes = [note] if note else []
    if plain and told:
        notes.append("Bold: told from zero, at 95 %, over the cell\N{RIGHT SINGLE QUOTATION MARK}s own models.")
    if pale:
        notes.append(f"Pale: fewer than {FEWEST_MODELS} models; r has no interval there and carries no evidence.")
    if notes:
        size = 6.5 if column else 7.5
        lines = [line for text in notes for line in (textwrap.wrap(text, _COLUMN_LETTERS) if column else [text])]
        axes.set_title("\n".join(lines), fontsize=size, fontweight="normal", color=FAINT, pad=10)
    return figure


def _places(metrics: Sequence[Metric]) -> list[float]:
    """Each metric's coordinate: one apart, and a gap wherever text and audio metrics meet."""
    places: list[float] = []
    for index, metric in enumerate(metrics):
        gap = _GAP if index and metric.hears != metrics[index - 1].hears else 0.0
        places.append(places[-1] + 1 + gap if places else 0.0)
    return places


def _cell(axes: Any, x: float, y: float, row: dict[str, Any], shrunk: float) -> None:
    r = row["pearson"]
    colour = to_rgb(_COLOURS((r + 1) / 2)) if r is not None else to_rgb("#ececee")
    if row["n"] < FEWEST_MODELS:
        red, green, blue = colour
        colour = (0.72 + 0.28 * red, 0.72 + 0.28 * green, 0.72 + 0.28 * blue)
    axes.add_patch(Rectangle((x - 0.485, y - 0.485), 0.97, 0.97, facecolor=colour, linewidth=0, gid=tip_id(_tip(row))))
    luminance = sum(weight * part for weight, part in zip((0.299, 0.587, 0.114), colour, strict=True))
    text = "#ffffff" if luminance < 0.55 else "#20242c"  # not INK: a cell keeps its colour in dark mode
    weight = "bold" if _told_from_zero(row) else "normal"
    told: dict[str, Any] = {"ha": "center", "va": "center", "color": text}
    axes.text(x, y - 0.14, _signed(r), fontsize=13 * shrunk, fontweight=weight, **told)
    if row["low"] is not None and shrunk > _LEGIBLE:
        axes.text(x, y + 0.13, f"{_signed(row['low'])} to {_signed(row['high'])}", fontsize=6.4 * shrunk, **told)
    axes.text(x, y + 0.31, f"(n={row['n']})", fontsize=7 * shrunk, **told)


def _tip(row: dict[str, Any]) -> str:
    pair = " and ".join(Metric.parse(row[name]).label for name in ("metric_a", "metric_b"))
    within = "" if row["low"] is None else f" (95 % {_signed(row['low'])} to {_signed(row['high'])})"
    return f"{pair}: r {_signed(row['pearson'])}{within}, {row['n']} models"


def _told_from_zero(row: dict[str, Any]) -> bool:
    if row["n"] < FEWEST_MODELS or row["pearson"] is None or row["needed"] is None:
        return False
    return bool(abs(row["pearson"]) > row["needed"])


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _colour_bar(figure: Any, axes: Any) -> None:
    mappable = plt.cm.ScalarMappable(norm=Normalize(-1, 1), cmap=_COLOURS)
    bar = figure.colorbar(mappable, ax=axes, ticks=[-1, -0.5, 0, 0.5, 1], fraction=0.04, pad=0.03, aspect=24)
    bar.ax.set_yticklabels(["\N{MINUS SIGN}1", "\N{MINUS SIGN}0.5", "0", "0.5", "1"])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=7.5)
    bar.set_label("Pearson r", fontsize=8, color=INK)


def _two_lines(label: str) -> str:
    """Break a long label before what the model was given."""
    return label.replace(" (", "\n(") if len(label) > 15 else label
