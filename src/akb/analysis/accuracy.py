"""The accuracies of `tables/`: one long table, and one Markdown file in the paper's layout for people.

write_text(path, accuracy_markdown(accuracy_rows(scores, chance(items)), names))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from akb.analysis.floor import Question, floors
from akb.analysis.metrics import Metric, in_order
from akb.markdown import markdown_table
from akb.tables import SCORES

# SCORES with each row's metric, what a guess is worth in its domain, and what a choice among the options alone is.
_BOUNDS = ("chance", "floor", "floor_low", "floor_high")
ACCURACY = {"backbone": pl.String, "metric": pl.String, **SCORES, **dict.fromkeys(_BOUNDS, pl.Float64)}
_TITLES = {
    "probe": "What the backbones know: the probe, from text alone",
    "cascade": "What they answer from captions: the cascade",
    "audio": "What they hear: audio-grounded answering",
}
_CONTROLS = {
    "no_caption": "no caption",
    "swapped_caption": "another clip's caption",
    "no_audio": "no audio",
    "swapped_audio": "another clip's audio",
    "transcript_only": "the transcript alone",
}
_CATEGORIES = ["sound", "paralinguistic", "phonetic", "music", "quality", "technical"]


def item_floors(items: pl.DataFrame) -> pl.DataFrame:
    """`benchmark`, `domain`, `floor`, `floor_low`, `floor_high`: what a choice among the options alone scores.

    Fractions of 1 with their 95 % interval, for each benchmark and each of its categories; `akb.analysis.floor`.
    Items about one clip are never parted into learning and testing.
    """
    rows = []
    for (benchmark,), own in sorted(items.group_by("benchmark"), key=lambda pair: str(pair[0][0])):
        columns = own.select("question", "options", "answer", "category", "clip_id").sort("question", "clip_id")
        questions = [
            Question(question, tuple(options), answer, category, clip or "")
            for question, options, answer, category, clip in columns.iter_rows()
        ]
        for domain, found in floors(questions).items():
            rows.append((benchmark, domain, found.accuracy, found.low, found.high))
    schema = {"benchmark": pl.String, "domain": pl.String, "floor": pl.Float64}
    return pl.DataFrame(rows, schema=schema | {"floor_low": pl.Float64, "floor_high": pl.Float64}, orient="row")


def accuracy_rows(scores: pl.DataFrame, chance: pl.DataFrame) -> pl.DataFrame:
    """The scores with each row's `metric` name and what `chance` says of its domain; all as fractions of 1.

    chance: the frame of `scores.chance`, with or without the columns of `item_floors`.
    """
    names = [
        str(Metric(setting, benchmark, domain))
        for setting, benchmark, domain in scores.select("setting", "benchmark", "domain").iter_rows()
    ]
    return (
        scores.with_columns(metric=pl.Series(names, dtype=pl.String))
        .join(chance, on=["benchmark", "domain"], how="left", maintain_order="left")
        .select("backbone", "metric", pl.exclude("backbone", "metric"))
    )


def evidence(captioner: str | None, control: str | None) -> str:
    """What a run was given, in words: a captioner, the control, or both."""
    given = "" if captioner in (None, "none") else str(captioner)
    if control is None:
        return given or "full"
    named = _CONTROLS.get(control, control)
    return f"{given}: {named}" if given else named


def accuracy_markdown(rows: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Tables in percent, one per setting and benchmark, models by descending accuracy; the best in bold.

    rows: the frame of `accuracy_rows`. names: each backbone's display name. The overall accuracy has
    its 95 % interval in brackets; a column's head has its number of items.
    """
    parts = ["# Accuracy\n\nPercent of all items; a response that cannot be read is wrong. [95 % interval]\n"]
    for setting in _TITLES:
        of_setting = rows.filter(setting=setting)
        if len(of_setting):
            parts.append(f"## {_TITLES[setting]}\n")
        for benchmark in sorted(of_setting["benchmark"].unique()):
            parts.append(_table(of_setting.filter(benchmark=benchmark), names, setting != "probe"))
    return "\n".join(parts)


def ordered_domains(domains: Sequence[str]) -> list[str]:
    """Domains in the paper's order: the six categories of the probe, or Sound, Music, Speech."""
    folded = {domain.casefold() for domain in domains}
    if folded & {"paralinguistic", "phonetic", "quality", "technical"}:
        place = {name: index for index, name in enumerate(_CATEGORIES)}
        return sorted(set(domains), key=lambda domain: (place.get(domain.casefold(), 9), domain))
    return in_order(domains)


def _table(rows: pl.DataFrame, names: Mapping[str, str], with_evidence: bool) -> str:
    whole = rows.filter(domain="all")
    domains = ordered_domains([d for d in rows["domain"].unique() if d != "all"])
    sizes = {row["domain"]: row["n"] for row in rows.unique("domain").to_dicts()}
    cells = {(*_run(row), row["domain"]): row for row in rows.to_dicts()}
    full = rows.filter(pl.col("control").is_null())
    best = dict.fromkeys(["all", *domains]) | dict(full.group_by("domain").agg(pl.col("accuracy").max()).iter_rows())
    heads = ["Backbone", *(["Evidence"] if with_evidence else []), *(f"{d} ({sizes[d]})" for d in ["all", *domains])]
    heads = [head.replace("all (", "Overall (") for head in heads]
    lines = []
    for row in sorted(whole.to_dicts(), key=lambda r: (r["control"] is not None, -r["accuracy"], r["backbone"])):
        text = [names.get(row["backbone"], row["backbone"])]
        text += [evidence(row["captioner"], row["control"])] if with_evidence else []
        overall = f"{100 * row['accuracy']:.2f}"
        if row["control"] is None and row["accuracy"] == best["all"]:
            overall = f"**{overall}**"
        text.append(f"{overall} [{100 * row['low']:.1f}, {100 * row['high']:.1f}]")
        for domain in domains:
            cell = cells.get((*_run(row), domain))
            number = "–" if cell is None else f"{100 * cell['accuracy']:.2f}"
            top = cell is not None and row["control"] is None and cell["accuracy"] == best[domain]
            text.append(f"**{number}**" if top else number)
        lines.append(text)
    guess = [r for r in whole.to_dicts() if r["chance"] is not None]
    if guess:
        by_domain = {r["domain"]: r["chance"] for r in rows.to_dicts()}
        text = ["*a guess*", *([""] if with_evidence else [])]
        lines.append([*text, *(f"*{100 * by_domain[d]:.2f}*" for d in ["all", *domains])])
    reached = {row["domain"]: row for row in rows.to_dicts() if row.get("floor") is not None}
    if "all" in reached:
        text = ["*from the options alone*", *([""] if with_evidence else [])]
        bounds = f" [{100 * reached['all']['floor_low']:.1f}, {100 * reached['all']['floor_high']:.1f}]"
        cells_of = [f"*{100 * reached[d]['floor']:.2f}*" if d in reached else "–" for d in ["all", *domains]]
        lines.append([*text, cells_of[0] + bounds, *cells_of[1:]])
    return f"### {rows['benchmark'][0]}\n\n{markdown_table(heads, lines, numbers=1 + len(domains))}"


def _run(row: Mapping[str, object]) -> tuple[object, ...]:
    return row["backbone"], row["captioner"], row["control"]
