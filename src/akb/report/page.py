"""The report: one page that opens with the answer and needs nothing but itself.

It is put together from tables and figures that are on the disk already; nothing is measured here.

    html = render(template, Contents(…), names)
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import polars as pl
from markupsafe import Markup, escape

from akb.analysis import short_answer, trust, verdict, words
from akb.analysis.accuracy import evidence
from akb.analysis.endings import ENDINGS, MODES
from akb.analysis.gains import POOLED, WHOLE
from akb.analysis.metrics import in_order, values
from akb.analysis.published import CASCADE_CAPTIONER, METRICS
from akb.errors import AkbError
from akb.report import charts, decision_tables, separation_tables, stopping_panel, tables
from akb.report.figures.families import Families, families

SETTINGS = ("audio", "cascade", "probe")
MOST_DRAWN = 24  # backbones that a figure names one by one: of more, tables tell
AT_ONCE = 600  # cells of a table that are markup from the start: a page of more opens slowly


@dataclass(frozen=True)
class Contents:
    """What the page is made of: frames of `akb.tables`, `akb.analysis.gains`, …, and figures as markup.

    training: TRAINING rows of each backbone. hygiene: each imported benchmark's. figures: "heatmap", "scatter",
    "published_heatmap", "published_scatter".
    """

    accuracy: pl.DataFrame
    gains: pl.DataFrame
    captioners: pl.DataFrame
    asking: pl.DataFrame
    leads: pl.DataFrame
    correlations: pl.DataFrame
    question_types: pl.DataFrame
    positions: pl.DataFrame
    rules: pl.DataFrame
    invalid: pl.DataFrame
    skills: pl.DataFrame
    own_cascades: pl.DataFrame
    error_sources: pl.DataFrame
    needing_audio: pl.DataFrame
    rank_stability: pl.DataFrame
    consistency: pl.DataFrame
    reading_rules: pl.DataFrame
    relations: pl.DataFrame
    choices: pl.DataFrame
    stopping: pl.DataFrame
    published: pl.DataFrame
    predictions: pl.DataFrame
    published_relations: pl.DataFrame
    costs: pl.DataFrame
    training: Mapping[str, pl.DataFrame]
    figures: Mapping[str, Markup]
    cascade_captioner: str
    endings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ENDINGS))
    modes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MODES))
    hygiene: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def render(template: Path, contents: Contents, display: Mapping[str, Mapping[str, str]]) -> str:
    """The page as HTML. display: each backbone's {name, label, …}; names default to the registry's."""
    try:
        text = template.read_text(encoding="utf-8")
    except OSError as error:
        raise AkbError(
            f"the report's template cannot be read: {error}",
            where=str(template),
            remedy="restore the file from the repository",
        ) from error
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    parts = {"packed": packed, "rows_at_once": rows_at_once}
    environment.filters["prose"] = prose
    page = environment.from_string(text).render(**parts, **_page(contents, display))
    return re.sub(r"(\d) %", "\\1\N{NO-BREAK SPACE}%", page)  # no line ends between a number and its sign


def figure_markup(path: Path, label: str) -> Markup:
    """A figure from the disk as markup that stands in the page itself: SVG, or PNG as base64. label: what it shows."""
    try:
        if path.suffix == ".svg":
            svg = charts.page_svg(path.read_text(encoding="utf-8"))
            return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1))
        data = base64.b64encode(path.read_bytes()).decode()
    except OSError as error:
        raise AkbError(
            f"a figure is missing: {error}", where=str(path), remedy=f"build it: snakemake {path}"
        ) from error
    return Markup('<img alt="{}" src="data:image/png;base64,{}">').format(label, data)


def prose(text: str) -> Markup:
    """A sentence as markup: what stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def rows_at_once(table: tables.Table) -> int:
    """How many rows of a table are markup from the start; a few even of the widest, so that it is seen what it is."""
    return max(5, AT_ONCE // max(1, len(table.heads)))


def packed(rows: Sequence[Sequence[tables.Cell]]) -> Markup:
    """Rows of a table as JSON that may stand in a script: (text, sort, note, kind, link) of each cell."""
    cells = [[(cell.text, cell.sort, cell.note, cell.kind, cell.link) for cell in row] for row in rows]
    text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _page(contents: Contents, display: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    accuracy = contents.accuracy
    names = {name: entry.get("name", name) for name, entry in display.items()}
    labels = {name: entry.get("label", name) for name, entry in display.items()}
    looks = families(display)
    whole = accuracy.filter(pl.col("domain") == "all", pl.col("control").is_null())
    backbones = whole["backbone"].n_unique()
    captioner = contents.cascade_captioner
    heard = in_order(whole.filter(pl.col("setting") != "probe")["benchmark"])
    trained = len({key.partition(":")[0] for key in contents.training})
    hours = stopping_panel.hours_of_training(contents.costs)
    return {
        "verdict": verdict.verdict(contents.leads, names),
        "in_short": short_answer.short_answer(contents.leads, contents.choices, names),
        "choices": [
            (
                decision_tables.choice_sentence(contents.choices, benchmark, names),
                decision_tables.choices_table(contents.choices, benchmark, names),
            )
            for benchmark in sorted(contents.choices["benchmark"].unique())
        ],
        "leaderboard": decision_tables.leaderboard(accuracy, captioner, names),
        "relations": [
            decision_tables.relations_table(contents.published_relations, "The paper’s models."),
            decision_tables.relations_table(contents.relations, f"Our {words.counted(backbones)}."),
        ],
        "costs": decision_tables.costs_table(contents.costs, names),
        "metered": bool(contents.costs["gpu_wh"].is_not_null().any()),
        "rankings": [ranking for setting in SETTINGS if (ranking := _ranking(contents, setting, names, looks))],
        "trust": trust.trust(contents.predictions),
        "predictions": tables.predictions_table(contents.predictions),
        "warning": verdict.correlation_warning(backbones, whole.filter(setting="audio")["backbone"].n_unique()),
        "correlations": tables.correlations_table(contents.correlations),
        "counted": words.counted(backbones),
        "tied": _tied(accuracy),
        "beside": tables.beside_table(contents.published, accuracy, contents.cascade_captioner, names),
        "families": looks.legend,
        "strips": Markup(charts.strips(_strips(contents, labels, looks))),
        "figures": contents.figures,
        "scatter_is": "wide" if _is_wide(contents.figures["scatter"]) else "narrow",
        "gain_sentences": _gain_sentences(contents),
        "forest": Markup(charts.forest(_bars(contents.gains, names))) if len(contents.gains) else None,
        "gains": tables.gains_table(contents.gains, names),
        "captioners": [
            tables.captioner_table(contents.captioners, benchmark, names)
            for benchmark in sorted(contents.captioners["benchmark"].unique())
        ],
        "accuracies": [
            (setting, [tables.accuracy_table(accuracy, setting, benchmark, names) for benchmark in benchmarks])
            for setting in SETTINGS
            if (benchmarks := sorted(accuracy.filter(setting=setting)["benchmark"].unique()))
        ],
        "question_types": [
            tables.question_type_table(contents.question_types, benchmark, contents.cascade_captioner, labels)
            for benchmark in heard
        ],
        "skills": separation_tables.skills_tables(contents.skills, captioner, names),
        "own_cascade_sentences": separation_tables.own_cascade_sentences(contents.own_cascades, captioner),
        "separation": [
            table
            for table in (
                separation_tables.own_cascades_table(contents.own_cascades, captioner, names),
                separation_tables.error_sources_table(contents.error_sources, captioner, names),
                separation_tables.needing_audio_table(contents.needing_audio, captioner, names),
                separation_tables.rank_stability_table(contents.rank_stability),
                separation_tables.consistency_table(contents.consistency, names),
            )
            if table.rows
        ],
        "reading_rules": separation_tables.reading_rules_table(contents.reading_rules, names),
        "asking": tables.asking_table(contents.asking, names),
        "rules": tables.rules_table(contents.rules, names),
        "positions": tables.positions_table(contents.positions, names),
        "invalid": tables.invalid_table(contents.invalid, names),
        "endings": tables.endings_table(contents.endings, names),
        "modes": tables.modes_table(contents.modes, names),
        "hygiene": tables.hygiene_table(contents.hygiene),
        "asked": int(accuracy.filter(domain="all")["n"].sum()),
        "training": [
            (names.get(name, name), len(frames), Markup(_curves(frames)))
            for name, frames in _by_backbone(contents).items()
        ],
        "trained": trained,
        "stopping": stopping_panel.stopping_panels(contents.stopping, trained, hours) if trained else [],
        "cascade_captioner": contents.cascade_captioner,
    }


def _by_backbone(contents: Contents) -> dict[str, dict[str, pl.DataFrame]]:
    """The trainings by their seed of the MOST_DRAWN backbones that hear best.

    Keys of `training` are `backbone`, or `backbone:seed` of several.
    """
    found: dict[str, dict[str, pl.DataFrame]] = {}
    for key, frame in contents.training.items():
        name, _, seed = key.partition(":")
        found.setdefault(name, {})[seed] = frame
    heard = contents.leads.filter(setting="audio", among="audio").sort("rank")["backbone"].to_list()
    return {name: found[name] for name in sorted(found, key=(*heard, *found).index)[:MOST_DRAWN]}


def _is_wide(figure: str) -> bool:
    """Whether a figure of several panels: they stand side by side. One that is no SVG has the room of several."""
    box = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', figure)
    return box is None or float(box[1]) > 1.4 * float(box[2])


def _tied(accuracy: pl.DataFrame) -> str:
    """In words: how many items were left with options that tie."""
    whole = accuracy.filter(domain="all")
    count = float(whole["tied"].sum() or 0.0)
    of = f"of {int(whole['n'].sum()):,} questions put, over all backbones and runs"
    if not count:
        return f"None {of}."
    return f"{count:,.0f} {of}: each earned the share that choosing among the tied options by lot would."


def _ranking(contents: Contents, setting: str, names: Mapping[str, str], looks: Families) -> dict[str, Any] | None:
    rows = contents.leads.filter(setting=setting, among=setting).to_dicts()
    if not rows:
        return None
    titles = {
        "audio": "It hears",
        "cascade": "It reads captions",
        "probe": "It knows",
    }
    notes = {
        "audio": "audio-grounded, the expensive score",
        "cascade": f"cascade by “{contents.cascade_captioner}”",
        "probe": "probe, from text alone",
    }
    lines = []
    for row in rows:
        lines.append(
            {
                "name": names.get(row["backbone"], row["backbone"]),
                "colour": looks.colours.get(row["backbone"], ""),
                "percent": 100 * row["accuracy"],
                "behind": "" if row["rank"] == 1 else words.signed(-row["behind"]) if row["behind"] else "level",
                "told": row["rank"] == 1 or not row["possibly_best"],
            }
        )
    return {
        "title": titles[setting],
        "note": notes[setting],
        "n": rows[0]["n"],
        "chance": 100 * (rows[0]["chance"] or 0.0),
        "lines": lines,
    }


def _strips(contents: Contents, labels: Mapping[str, str], looks: Families) -> list[charts.Strip]:
    """The paper's models on each of its metrics, and our backbones on the metric that answers to it."""
    ours = contents.accuracy.filter(pl.col("domain") == "all", pl.col("control").is_null())
    lines = []
    for setting, word in (("probe", "probe"), ("cascade", "cascade"), ("audio", "audio")):
        for metric in (metric for metric in METRICS if metric.setting == setting):
            of = values(contents.published, metric, CASCADE_CAPTIONER)
            dots = [(model, 100 * value, False, "") for model, value in of.items()]
            lines.append(charts.Strip(f"{metric.benchmark} {word}, paper", tuple(dots)))
        rows = ours.filter(setting=setting)
        if setting == "cascade":
            rows = rows.filter(captioner=contents.cascade_captioner)
        for benchmark in sorted(rows["benchmark"].unique()):
            own = rows.filter(benchmark=benchmark).to_dicts()
            dots = [
                (
                    labels.get(r["backbone"], r["backbone"]),
                    100 * r["accuracy"],
                    True,
                    looks.colours.get(r["backbone"], ""),
                )
                for r in own
            ]
            guess = own[0]["chance"]
            lines.append(charts.Strip(f"{benchmark} {word}, ours", tuple(dots), None if guess is None else 100 * guess))
    return lines


def _gain_sentences(contents: Contents) -> list[str]:
    caption = f"The caption by “{contents.cascade_captioner}”"
    return [
        *verdict.gain_sentences(contents.gains, "audio", None, "Hearing"),
        *verdict.gain_sentences(contents.gains, "cascade", contents.cascade_captioner, caption),
    ]


def _bars(gains: pl.DataFrame, names: Mapping[str, str]) -> list[charts.Bar]:
    """Each run's gains over the whole benchmark against each of its controls, pooled row first."""
    bars = []
    for (benchmark, captioner, control), group in gains.filter(domain=WHOLE).group_by(
        ["benchmark", "captioner", "control"], maintain_order=True
    ):
        rows = sorted(group.to_dicts(), key=lambda row: (row["backbone"] != POOLED, row["backbone"]))
        for row in rows if len(rows) <= MOST_DRAWN else rows[:1]:
            pooled = row["backbone"] == POOLED
            head = f"{benchmark}: {captioner or 'sound'} against {evidence(None, str(control))}"
            label = "all, pooled" if pooled else names.get(row["backbone"], row["backbone"])
            bars.append(charts.Bar(label, row["gain"], row["low"], row["high"], pooled, head if pooled else ""))
    return bars


def _curves(trainings: Mapping[str, pl.DataFrame]) -> str:
    """One chart a stage: the loss of every training of a backbone, and dashed what was held out.

    Trainings of several seeds look alike: it is their spread that says something.
    """
    stages = dict.fromkeys(
        stage for frame in trainings.values() for stage in frame["stage"].unique(maintain_order=True)
    )
    drawn = []
    for stage in stages:
        lines = []
        for frame in trainings.values():
            rows = frame.filter(stage=stage)
            for column, label in (("loss", "training"), ("held_out_loss", "held out")):
                points = tuple(rows.select("step", column).drop_nulls().cast(pl.Float64).iter_rows())
                if points:
                    lines.append(charts.Curve(label, points, dashed=column != "loss"))
        drawn.append(charts.curves(lines, f"step of {stage or 'training'}", "loss"))
    return "".join(drawn)
