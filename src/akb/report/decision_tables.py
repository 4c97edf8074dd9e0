"""What a decision rests on, as the report's tables: the choice, the leaderboard, relations between scores, costs.

table = choices_table(frame, "mini", names)
"""

from __future__ import annotations

import polars as pl

from akb.analysis.choice import UNKNOWN
from akb.analysis.metrics import Metric
from akb.report.tables import Cell, Names, Table, items_link

_ORDER = {"audio": 0, "cascade": 1, "probe": 2}


def choice_sentence(frame: pl.DataFrame, benchmark: str, names: Names) -> str:
    """What to choose now by one benchmark, how sure that is, and what it may cost."""
    rows = frame.filter(pl.col("basis") != UNKNOWN, benchmark=benchmark).sort("regret").to_dicts()
    if not rows:
        return f"By {benchmark} nothing can be said: no backbone was heard, and too few trained ones share its scores."
    first = rows[0]
    name = names.get(first["backbone"], first["backbone"])
    if len(rows) == 1:
        return f"By {benchmark} there is no choice: {name} is the only backbone heard."
    basis = "as measured" if first["basis"] == "measured" else first["basis"]
    chance = f"{100 * first['best']:.0f}\N{NO-BREAK SPACE}%"
    return (
        f"By {benchmark}, {basis}: {name}. It is the best with a chance of {chance}; the best is expected "
        f"to be {first['regret']:.1f} points above it."
    )


def choices_table(frame: pl.DataFrame, benchmark: str, names: Names) -> Table:
    """Every backbone: what to expect of it by ear, and how likely it is the best."""
    body = []
    for row in frame.filter(benchmark=benchmark).to_dicts():
        name = Cell(names.get(row["backbone"], row["backbone"]))
        if row["expected"] is None:
            body.append((name, Cell(row["basis"], kind="faint"), *(Cell("–", -1) for _ in range(4))))
            continue
        body.append(
            (
                name,
                Cell(row["basis"]),
                Cell(f"{row['expected']:.1f}", row["expected"], f"{row['low_90']:.1f} to {row['high_90']:.1f}"),
                Cell(f"{100 * row['best']:.0f}", row["best"]),
                Cell(f"{100 * row['top_3']:.0f}", row["top_3"]),
                Cell(f"{row['regret']:.1f}", row["regret"]),
            )
        )
    heads = (("Backbone", False), ("Basis", False), ("Accuracy by ear, 90 %", True), ("Best, percent", True))
    more = (("Among three, percent", True), ("Behind the best, expected", True))
    return Table(f"{benchmark}: what is expected of each backbone by ear.", (*heads, *more), tuple(body))


def leaderboard(accuracy: pl.DataFrame, captioner: str, names: Names) -> Table:
    """A row a backbone, a column a setting and benchmark: the whole accuracy, floor and chance in the head."""
    rows = accuracy.filter(
        pl.col("control").is_null(),
        (pl.col("setting") != "cascade") | (pl.col("captioner") == captioner),
        domain="all",
    )
    columns = sorted({(r["setting"], r["benchmark"]) for r in rows.to_dicts()}, key=lambda c: (_ORDER[c[0]], c[1]))
    cells = {(r["backbone"], r["setting"], r["benchmark"]): r for r in rows.to_dicts()}
    best = {column: max(r["accuracy"] for key, r in cells.items() if key[1:] == column) for column in columns}
    first = columns[0] if columns else ("", "")
    order = sorted({key[0] for key in cells}, key=lambda b: (-cells.get((b, *first), {"accuracy": -1})["accuracy"], b))
    body = []
    for backbone in order:
        line = [Cell(names.get(backbone, backbone))]
        for column in columns:
            row = cells.get((backbone, *column))
            if row is None:
                line.append(Cell("–", -1))
                continue
            bounds = f"{100 * row['low']:.0f}–{100 * row['high']:.0f}"
            kind = "best" if row["accuracy"] == best[column] else ""
            line.append(Cell(f"{100 * row['accuracy']:.1f}", row["accuracy"], bounds, kind, items_link(row)))
        body.append(tuple(line))
    told = [_bounds(next(r for key, r in cells.items() if key[1:] == column), column) for column in columns]
    heads = (("Backbone", False), *((f"{Metric(*column).benchmark}, {_WORDS[column[0]]}", True) for column in columns))
    return Table("Percent right, all settings; small: 95 %. " + " ".join(told), heads, tuple(body))


_WORDS = {"probe": "text alone", "cascade": "captions", "audio": "by ear"}


def _bounds(row: dict[str, float | None], column: tuple[str, str]) -> str:
    parts = [f"a guess {100 * row['chance']:.0f}"] if row.get("chance") is not None else []  # type: ignore[operator]
    if row.get("floor") is not None:
        parts.append(f"from the options alone {100 * row['floor']:.0f}")  # type: ignore[operator]
    return f"{column[1]}, {_WORDS[column[0]]}: {', '.join(parts)}." if parts else ""


def relations_table(frame: pl.DataFrame, title: str) -> Table:
    """Ranks beside r, r without each family, and with a covariate held fixed."""
    fixed = frame["covariate"].drop_nulls().unique().to_list()
    heads = [("Score", False), ("Score", False), ("Models", True), ("r", True), ("Spearman", True), ("Kendall", True)]
    heads += [("r without one family", True), *((f"r given {name}", True) for name in fixed[:1])]
    body = []
    for row in frame.to_dicts():
        line = [Cell(Metric.parse(row[key]).label) for key in ("metric_a", "metric_b")]
        line.append(Cell(f"{row['n']:,}", row["n"]))
        line.append(_r(row["pearson"]))
        line.append(_r(row["spearman"], row["spearman_low"], row["spearman_high"]))
        line.append(_r(row["kendall"]))
        if row["family_low"] is None:
            line.append(Cell("–", -2))
        else:
            text = f"{row['family_low']:.2f} to {row['family_high']:.2f}"
            line.append(Cell(_minus(text), row["family_low"], f"least without {row['without']}"))
        if fixed:
            line.append(_r(row["partial"], row["partial_low"], row["partial_high"]))
        body.append(tuple(line))
    return Table(title, tuple(heads), tuple(body))


def costs_table(frame: pl.DataFrame, names: Names) -> Table:
    """What each rule took for each backbone; with the energy of GPUs where some is known."""
    body, metered = [], frame["gpu_wh"].is_not_null().any()
    for row in frame.to_dicts():
        money = Cell("–", -1) if row["usd"] is None else Cell(f"{row['usd']:.2f}", row["usd"])
        body.append(
            (
                Cell(row["rule"].replace("_", " ")),
                Cell(names.get(row["backbone"], row["backbone"]) or "all", kind="" if row["backbone"] else "faint"),
                Cell(f"{row['jobs']:,}", row["jobs"]),
                Cell(_time(row["hours"]), row["hours"]),
                Cell(_time(row["cpu_hours"]), row["cpu_hours"]),
                Cell(f"{row['peak_gib']:.1f}", row["peak_gib"]),
                _tokens(row["prompt_tokens"]),
                _tokens(row["output_tokens"]),
                money,
                *([_energy(row["gpu_wh"])] if metered else []),
            )
        )
    heads = (("Rule", False), ("Backbone", False), ("Jobs", True), ("Wall time", True), ("Processor time", True))
    more = [("Peak GiB", True), ("Tokens read", True), ("Tokens written", True), ("US dollars", True)]
    more += [("GPU energy", True)] if metered else []
    return Table("What each rule took, of the jobs whose records lie here.", (*heads, *more), tuple(body))


def _time(hours: float) -> str:
    seconds = round(3600 * hours)
    return f"{seconds} s" if seconds < 120 else f"{seconds / 60:.0f} min" if seconds < 7200 else f"{hours:.1f} h"


def _energy(watt_hours: float | None) -> Cell:
    if watt_hours is None:
        return Cell("–", -1)
    text = f"{watt_hours:.1f} Wh" if watt_hours < 1000 else f"{watt_hours / 1000:.1f} kWh"
    return Cell(text, watt_hours)


def _tokens(count: int | None) -> Cell:
    return Cell("–", -1) if count is None else Cell(f"{count:,}", count)


def _r(value: float | None, low: float | None = None, high: float | None = None) -> Cell:
    if value is None:
        return Cell("–", -2)
    bounds = "" if low is None or high is None else _minus(f"{low:.2f} to {high:.2f}")
    return Cell(_minus(f"{value:.2f}"), value, bounds)


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")
