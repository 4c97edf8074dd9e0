"""Stopping early as the report shows it: a sentence, a table, and regret against what was spent.

panels = stopping_panels(contents.stopping, ["mini"], trained=3, costs)
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from akb.analysis.early_stopping import FEWEST_CURVES
from akb.analysis.predict_text import place_of, stopping_sentence
from akb.report import charts
from akb.report.tables import Cell, Table


@dataclass(frozen=True)
class Panel:
    """Of one benchmark. chart: SVG markup, "" where no races could be held."""

    sentence: str
    table: Table
    chart: Markup


def stopping_panels(stopping: pl.DataFrame, trained: int, hours: float | None) -> list[Panel]:
    """A panel a benchmark; one that says why there is none, if too few were trained.

    stopping: STOPPING rows. trained: how many backbones have curves. hours: of one whole training, None if not known.
    """
    if not len(stopping):
        return [
            Panel(
                f"Whether a short run would have told which backbone ends best does not follow from {trained}: it "
                f"takes {FEWEST_CURVES} trained backbones to say how far off a short run is.",
                Table("", (), ()),
                Markup(),
            )
        ]
    return [
        Panel(f"By {str(target).removeprefix('audio/')}: {stopping_sentence(own)}", _table(own), _chart(own, hours))
        for (target,), own in stopping.group_by("target", maintain_order=True)
    ]


def hours_of_training(costs: pl.DataFrame) -> float | None:
    """The mean wall time of one training, of COSTS rows; None where none is known."""
    rows = costs.filter(pl.col("jobs") > 0, rule="finetune")
    return float(rows["hours"].sum()) / float(rows["jobs"].sum()) if len(rows) else None


def _table(rows: pl.DataFrame) -> Table:
    body = []
    models = rows.select(pl.col("models").max()).item()
    for row in rows.to_dicts():
        line = [Cell(place_of(row), row["share"]), Cell(f"{100 * row['share']:.0f}", row["share"])]
        line.append(Cell(f"{row['error']:.1f}", row["error"], f"mean {row['error_of_mean']:.1f}"))
        if row["races"] is None:
            body.append((*line, *(Cell("–", -1) for _ in range(5))))
            continue
        line.append(Cell(f"{row['kept']:.1f}", row["kept"], f"of {row['size']}"))
        line.append(Cell(f"{100 * row['missed']:.0f}", row["missed"], f"said {100 * row['said']:.0f}"))
        line += [Cell(f"{row['regret']:.1f}", row["regret"]), Cell(f"{100 * row['saved']:.0f}", row["saved"])]
        line.append(Cell(f"{row['favourite_regret']:.1f}", row["favourite_regret"]))
        body.append(tuple(line))
    heads = ("Steps taken, percent", "Off by, points", "Go on", "Best dropped, percent", "Regret, points")
    more = ("Steps saved, percent", "Regret if the favourite alone goes on")
    caption = (
        f"Candidates dropped early, at a risk of {100 * rows['risk'][0]:.0f}\N{NO-BREAK SPACE}%: tried in races among "
        f"{models} trained backbones, what short runs mean being learnt from the others."
    )
    return Table(caption, (("Dropped", False), *((head, True) for head in (*heads, *more))), tuple(body))


def _chart(rows: pl.DataFrame, hours: float | None) -> Markup:
    held = rows.filter(pl.col("races").is_not_null())
    if not len(held):
        return Markup()
    risk, size = held["risk"][0], held["size"][0]
    scale = 100.0 if hours is None else size * hours  # what training all takes
    unit = "%" if hours is None else "h"

    def line(label: str, regret: str, saved: str) -> charts.Trade:
        points = [((1 - row[saved]) * scale, row[regret], place_of(row)) for row in held.to_dicts()]
        told = tuple((x, y, f"{label}, {place}: {x:.3g} {unit}, regret {y:.2f} points") for x, y, place in points)
        return charts.Trade(label, told)

    across = "steps taken, % of training all" if hours is None else f"hours, to choose among {size}"
    lines = [
        line(f"dropped at a risk of {100 * risk:.0f} %", "regret", "saved"),
        line("the favourite alone goes on", "favourite_regret", "favourite_saved"),
    ]
    return Markup(charts.trades(lines, across, "regret, points", scale))
