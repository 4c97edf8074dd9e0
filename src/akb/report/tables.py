"""The report's tables as plain values: what each cell says and what it sorts by.

The template renders them; nothing here knows HTML.

    table = accuracy_table(accuracy, "audio", "mini", names)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import polars as pl

from akb.analysis.accuracy import evidence, ordered_domains
from akb.analysis.caption_worth import CONTROLS, NOTHING
from akb.analysis.endings import DISTILLED
from akb.analysis.gains import POOLED, WHOLE
from akb.analysis.metrics import Metric, values
from akb.analysis.published import CASCADE_CAPTIONER, METRICS
from akb.analysis.words import signed
from akb.reading.letters import letter_at

Names = Mapping[str, str]


@dataclass(frozen=True)
class Cell:
    """text is shown, sort is compared (text itself when None), note stands small behind it, link leads to the items."""

    text: str
    sort: float | None = None
    note: str = ""
    kind: str = ""  # "best", "faint" or "ours"
    link: str = ""


@dataclass(frozen=True)
class Table:
    """heads: (label, numeric). Rows have as many cells as heads."""

    caption: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]


def accuracy_table(accuracy: pl.DataFrame, setting: str, benchmark: str, names: Names) -> Table:
    """One setting on one benchmark: backbones by domain, in percent, controls faint beneath."""
    rows = accuracy.filter(setting=setting, benchmark=benchmark)
    domains = ordered_domains([d for d in rows["domain"].unique() if d != "all"])
    cells = {(r["backbone"], r["captioner"], r["control"], r["domain"]): r for r in rows.to_dicts()}
    sizes = {r["domain"]: r["n"] for r in rows.to_dicts()}
    full = rows.filter(pl.col("control").is_null())
    best = dict(full.group_by("domain").agg(pl.col("accuracy").max()).iter_rows())
    heads = [("Backbone", False), *([("Given", False)] if setting != "probe" else [])]
    heads += [("Overall" if d == "all" else d, True) for d in ["all", *domains]]
    body = []
    whole = rows.filter(domain="all").to_dicts()
    for row in sorted(whole, key=lambda r: (r["control"] is not None, -r["accuracy"], r["backbone"])):
        run = (row["backbone"], row["captioner"], row["control"])
        faint = "faint" if row["control"] else ""
        line = [Cell(names.get(row["backbone"], row["backbone"]), kind=faint)]
        if setting != "probe":
            given = evidence(row["captioner"], row["control"])
            line.append(Cell("the sound" if setting == "audio" and given == "full" else given, kind=faint))
        for domain in ["all", *domains]:
            cell = cells.get((*run, domain))
            if cell is None:
                line.append(Cell("–", -1))
                continue
            top = not faint and cell["accuracy"] == best.get(domain)
            bounds = f"{100 * cell['low']:.0f}–{100 * cell['high']:.0f}"
            kind = faint or ("best" if top else "")
            line.append(Cell(_percent(cell["accuracy"]), cell["accuracy"], bounds, kind, items_link(cell)))
        body.append(tuple(line))
    guess = {r["domain"]: r["chance"] for r in whole + rows.to_dicts() if r["chance"] is not None}
    chance = f" A guess is right in {_percent(guess['all'])} %." if "all" in guess else ""
    reached = [r for r in whole if r.get("floor") is not None]
    if reached:
        low, high = (_percent(reached[0][bound]) for bound in ("floor_low", "floor_high"))
        chance += f" A choice among the options alone is in {_percent(reached[0]['floor'])} % ({low} to {high})."
    counts = ", ".join(f"{d} {sizes[d]:,}" for d in domains)
    caption = f"{Metric(setting, benchmark).label.split(' (')[0]}: {sizes.get('all', 0):,} items ({counts}).{chance}"
    return Table(caption, tuple(heads), tuple(body))


def items_link(row: Mapping[str, Any]) -> str:
    """Where the answers behind a row of scores can be looked at: `report/item_pages`."""
    told = {key: row[key] for key in ("setting", "benchmark", "captioner", "control", "backbone") if row[key]}
    if row["domain"] != "all":
        told["category"] = row["domain"]
    return f"items/index.html#{urlencode(told)}"


def gains_table(gains: pl.DataFrame, names: Names) -> Table:
    """Every gain with its interval; pooled rows first in their run."""
    labels = ("Setting", "Benchmark", "Evidence", "Against", "Domain", "Backbone")
    heads = tuple((label, False) for label in labels)
    body = []
    for row in gains.to_dicts():
        pooled = row["backbone"] == POOLED
        kind = "best" if pooled and row["domain"] == WHOLE else ""
        body.append(
            (
                Cell(row["setting"], kind=kind),
                Cell(row["benchmark"], kind=kind),
                Cell(row["captioner"] or "the sound", kind=kind),
                Cell(evidence(None, row["control"]), kind=kind),
                Cell("whole" if row["domain"] == WHOLE else row["domain"], kind=kind),
                Cell("all, pooled" if pooled else names.get(row["backbone"], row["backbone"]), kind=kind),
                Cell(signed(row["gain"]), row["gain"], f"{signed(row['low'])} to {signed(row['high'])}", kind),
                Cell(f"{row['n']:,}", row["n"], kind=kind),
            )
        )
    return Table("Gain in points over the same items.", (*heads, ("Gain", True), ("Items", True)), tuple(body))


def captioner_table(worth: pl.DataFrame, benchmark: str, names: Names) -> Table:
    """Whose captions were worth what: captioners within each backbone, with their gains over both controls."""
    rows = worth.filter(benchmark=benchmark)
    domains = ordered_domains([d for d in rows["domain"].unique() if d != WHOLE])
    cells = {(r["backbone"], r["captioner"], r["domain"]): r for r in rows.to_dicts()}
    body = []
    for backbone, captioner, domain in cells:
        if domain != WHOLE:
            continue
        own = cells[backbone, captioner, WHOLE]
        pooled = backbone == POOLED
        kind = "faint" if captioner == NOTHING else "best" if pooled else ""
        line = [Cell("all, pooled" if pooled else names.get(backbone, backbone), kind=kind)]
        line.append(Cell("no caption" if captioner == NOTHING else captioner, kind=kind))
        for column in (WHOLE, *domains):
            cell = cells.get((backbone, captioner, column))
            line.append(Cell(_percent(cell["accuracy"]), cell["accuracy"], kind=kind) if cell else Cell("–", -1))
        for name in CONTROLS:
            gain, low, high = (own[f"over_{name}{bound}"] for bound in ("", "_low", "_high"))
            known = gain is not None
            line.append(
                Cell(signed(gain), gain, f"{signed(low)} to {signed(high)}", kind) if known else Cell("–", -1000)
            )
        body.append(tuple(line))
    heads = (("Backbone", False), ("Captions by", False), ("Overall", True), *((d, True) for d in domains))
    heads = (*heads, ("Gain over no caption", True), ("Gain over another clip’s", True))
    return Table(
        f"{benchmark}: percent right by whose caption was read. Another clip’s is of the same domain.",
        heads,
        tuple(body),
    )


def question_type_table(types: pl.DataFrame, benchmark: str, captioner: str, names: Names) -> Table:
    """Question types by backbone: audio-grounded beside cascade accuracy, in percent."""
    rows = types.filter(
        pl.col("control").is_null(),
        pl.col("domain") != "all",
        (pl.col("setting") == "audio") | (pl.col("captioner") == captioner),
        benchmark=benchmark,
    )
    cells = {(r["domain"], r["backbone"], r["setting"]): r for r in rows.to_dicts()}
    backbones = sorted({r["backbone"] for r in rows.to_dicts()})
    present = {key[1:] for key in cells}
    runs = [(b, s) for b in backbones for s in ("audio", "cascade") if (b, s) in present]
    body = []
    for kind in sorted(rows["domain"].unique()):
        own = [cells.get((kind, *run)) for run in runs]
        n = max(cell["n"] for cell in own if cell)
        line = [Cell(kind.replace("_", " ")), Cell(f"{n:,}", n)]
        for cell in own:
            line.append(Cell(_percent(cell["accuracy"]), cell["accuracy"]) if cell else Cell("–", -1))
        body.append(tuple(line))
    heads = [("Question type", False), ("Items", True), *((f"{names.get(b, b)}, {s}", True) for b, s in runs)]
    return Table(
        f"{benchmark}: accuracy in percent by what is asked; cascade by “{captioner}”.", tuple(heads), tuple(body)
    )


def asking_table(asked: pl.DataFrame, names: Names) -> Table:
    """The same backbone and items, asked in two ways."""
    ways = {"option": "by each option’s likelihood", "letter": "by the letter", "generate": "in free text"}
    texts = ("Backbone", "Benchmark", "Captions by", "Asked", "Asked as well")
    numbers = ("Right", "Right as well", "Moved", "Unreadable as well", "Items")
    heads = (*((text, False) for text in texts), *((number, True) for number in numbers))
    body = tuple(
        (
            Cell(names.get(row["backbone"], row["backbone"])),
            Cell(row["benchmark"]),
            Cell(row["captioner"]),
            Cell(ways[row["mode"]]),
            Cell(ways[row["other_mode"]]),
            Cell(_percent(row["accuracy"]), row["accuracy"]),
            Cell(_percent(row["other_accuracy"]), row["other_accuracy"]),
            Cell(signed(row["moved"]), row["moved"], f"{signed(row['low'])} to {signed(row['high'])}"),
            Cell(f"{row['other_invalid']:,}", row["other_invalid"]),
            Cell(f"{row['n']:,}", row["n"]),
        )
        for row in asked.to_dicts()
    )
    return Table("The same backbone and items asked in two ways, percent right.", heads, body)


def rules_table(rules: pl.DataFrame, names: Names) -> Table:
    """Both scoring rules over the same responses."""
    heads = (("Backbone", False), ("Setting", False), ("Benchmark", False), ("Given", False), ("Read from", False))
    numbers = (("Our rule", True), ("Published rule", True), ("Moved by the rule", True), ("Items", True))
    body = tuple(
        (
            Cell(names.get(row["backbone"], row["backbone"])),
            Cell(row["setting"]),
            Cell(row["benchmark"]),
            Cell(row["captioner"] or ("the sound" if row["setting"] == "audio" else "–")),
            Cell("its words" if row["mode"] == "generate" else "the option it chose"),
            Cell(_percent(row["robust"]), row["robust"]),
            Cell(_percent(row["official"]), row["official"]),
            Cell(signed(row["moved"]), row["moved"]),
            Cell(f"{row['n']:,}", row["n"]),
        )
        for row in rules.to_dicts()
    )
    return Table("The same responses under both rules, percent right.", (*heads, *numbers), body)


def positions_table(positions: pl.DataFrame, names: Names) -> Table:
    """Share of answers at each position, beside the share of right options there."""
    places = sorted(positions["position"].unique())
    heads = (("Backbone", False), ("Setting", False), ("Benchmark", False), ("Given", False), ("Mode", False))
    numbers = (*((letter_at(place), True) for place in places), ("Bias", True), ("By chance", True))
    body = []
    keys = ["backbone", "setting", "benchmark", "captioner", "mode"]
    for key, group in positions.group_by(keys, maintain_order=True):
        row = dict(zip(keys, key, strict=True))
        by_place = {r["position"]: r for r in group.to_dicts()}
        shares = [
            Cell(
                f"{100 * by_place[p]['answered']:.0f}",
                by_place[p]["answered"],
                f"right {100 * by_place[p]['right']:.0f}",
            )
            if p in by_place
            else Cell("–", -1)
            for p in places
        ]
        line = [Cell(names.get(row["backbone"], row["backbone"])), Cell(row["setting"]), Cell(row["benchmark"])]
        line += [Cell(row["captioner"] or "–"), Cell(row["mode"])]
        bias = [Cell(f"{100 * group[column][0]:.0f}", group[column][0]) for column in ("bias", "expected")]
        body.append((*line, *shares, *bias))
    caption = (
        "Percent of answers at each shown position; small, the percent of right options there. "
        "Bias is the percent of answers that would have to move; by chance, what to expect of a backbone that prefers "
        "no place."
    )
    return Table(caption, (*heads, *numbers), tuple(body))


def invalid_table(invalid: pl.DataFrame, names: Names) -> Table:
    """Items without an answer, by reason; every one of them counts as wrong."""
    heads = (("Backbone", False), ("Setting", False), ("Benchmark", False), ("Given", False), ("Reason", False))
    body = tuple(
        (
            Cell(names.get(row["backbone"], row["backbone"])),
            Cell(row["setting"]),
            Cell(row["benchmark"]),
            Cell(evidence(row["captioner"], row["control"])),
            Cell(row["reason"].replace("_", " ")),
            Cell(f"{row['items']:,}", row["items"]),
        )
        for row in invalid.to_dicts()
    )
    return Table("Items without a readable answer, by reason; each counts as wrong.", (*heads, ("Items", True)), body)


def endings_table(endings: pl.DataFrame, names: Names) -> Table:
    """Written answers that were cut off before their end."""
    heads = (("Backbone", False), ("Setting", False), ("Benchmark", False), ("Given", False))
    numbers = (("Written", True), ("Cut off", True), ("Of these unread", True))
    body = tuple(
        (
            Cell(names.get(row["backbone"], row["backbone"])),
            Cell("training targets" if row["setting"] == DISTILLED else row["setting"]),
            Cell(row["benchmark"] or "–"),
            Cell("–" if row["setting"] == DISTILLED else evidence(row["captioner"], row["control"])),
            *(Cell(f"{row[name]:,}", row[name]) for name in ("written", "cut", "unread")),
        )
        for row in endings.to_dicts()
    )
    caption = "Answers that were written, and how many of them were cut off at their longest length."
    return Table(caption, (*heads, *numbers), body)


def modes_table(modes: pl.DataFrame, names: Names) -> Table:
    """The same audio language model asked in more than one way."""
    heads = (("Backbone", False), ("Benchmark", False), ("Answers", False))
    numbers = (("Right, percent", True), ("Unread", True), ("Cut off", True), ("Items", True))
    said = {"generate": "written", "letter": "the likeliest letter", "option": "the likeliest option"}
    body = tuple(
        (
            Cell(names.get(row["backbone"], row["backbone"])),
            Cell(row["benchmark"]),
            Cell(said[row["mode"]]),
            Cell(_percent(row["accuracy"]), row["accuracy"], f"{100 * row['low']:.0f}–{100 * row['high']:.0f}"),
            *(Cell(f"{row[name]:,.0f}", row[name]) for name in ("invalid", "cut", "n")),
        )
        for row in modes.to_dicts()
    )
    caption = "From the sound, asked in several ways; an unread answer counts as wrong."
    return Table(caption, (*heads, *numbers), body)


def hygiene_table(hygiene: Mapping[str, pl.DataFrame]) -> Table:
    """What is odd about imported benchmarks' files, a row a benchmark."""
    heads = [name for frame in hygiene.values() for name in frame.columns] if hygiene else []
    names = list(dict.fromkeys(heads))
    body = tuple(
        (Cell(benchmark), *(Cell(f"{frame[name].item():,}", frame[name].item()) for name in names))
        for benchmark, frame in hygiene.items()
    )
    caption = "What is odd about the files of imported benchmarks; every item is kept, and shown without it."
    return Table(caption, (("Benchmark", False), *((name.replace("_", " "), True) for name in names)), body)


def predictions_table(predictions: pl.DataFrame) -> Table:
    """Leave-one-out errors of every predictor, beside that of the other models' mean."""

    def label(texts: str) -> str:
        return " + ".join(Metric.parse(text).label for text in texts.split(" + "))

    def ranked(row: Mapping[str, Any]) -> tuple[Cell, ...]:
        if row["spearman"] is None:
            return (Cell("–", -2), Cell("–", -1), Cell("–", -1))
        bounds = f"{row['spearman_low']:.2f} to {row['spearman_high']:.2f}".replace("-", "\N{MINUS SIGN}")
        return (
            Cell(f"{row['spearman']:.2f}", row["spearman"], bounds),
            Cell(f"{row['pairs_right']:g} of {row['pairs']}", row["pairs_right"], f"chance {row['pairs'] / 2:g}"),
            Cell(f"{row['regret']:.1f}", row["regret"]),
        )

    body = tuple(
        (
            Cell(label(row["target"])),
            Cell(label(row["predictors"])),
            Cell(f"{row['error']:.1f}", row["error"], f"{row['error_low']:.1f} to {row['error_high']:.1f}"),
            Cell(f"{row['error_of_mean']:.1f}", row["error_of_mean"]),
            Cell(signed(row["saved"]), row["saved"], f"{signed(row['saved_low'])} to {signed(row['saved_high'])}"),
            Cell("–", -1) if row["family_error"] is None else Cell(f"{row['family_error']:.1f}", row["family_error"]),
            Cell(f"{row['noise_floor']:.1f}", row["noise_floor"]),
            *ranked(row),
        )
        for row in predictions.to_dicts()
    )
    texts = (("Expensive score", False), ("Predicted from", False))
    numbers = (
        "Error",
        "Error of the mean",
        "Saved",
        "Without its family",
        "Noise floor",
        "Rank correlation",
        "Pairs in order",
        "Favourite behind best",
    )
    heads = (*texts, *((number, True) for number in numbers))
    n = predictions["n"][0] if len(predictions) else 0
    return Table(f"{n} published models, each left out in turn; errors in points, mean absolute.", heads, body)


def correlations_table(correlations: pl.DataFrame) -> Table:
    """Every pair's r with its interval, what |r| needs over as many models, and r freed of noise."""

    def figure(row: Mapping[str, Any], value: str, low: str, high: str) -> Cell:
        if row[value] is None:
            return Cell("–", -2)
        bounds = "no interval" if row[low] is None else f"{row[low]:.2f} to {row[high]:.2f}"
        return Cell(_minus(f"{row[value]:.2f}"), row[value], _minus(bounds))

    body = tuple(
        (
            Cell(Metric.parse(row["metric_a"]).label),
            Cell(Metric.parse(row["metric_b"]).label),
            Cell(f"{row['n']:,}", row["n"]),
            figure(row, "pearson", "low", "high"),
            Cell("–", 2) if row["needed"] is None else Cell(f"{row['needed']:.2f}", row["needed"]),
            figure(row, "true_r", "true_low", "true_high"),
        )
        for row in correlations.to_dicts()
    )
    heads = (
        ("Score", False),
        ("Score", False),
        ("Models", True),
        ("r", True),
        ("|r| needed", True),
        ("r freed of noise", True),
    )
    return Table("Pearson’s r, 95 % beside it; needed: what |r| must exceed to be told from zero.", heads, body)


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def beside_table(published: pl.DataFrame, ours: pl.DataFrame, captioner: str, names: Names) -> Table:
    """The paper's five metrics for its models, and the same for our backbones on whatever they were asked."""
    heads = [("Model", False), ("AKB", True), ("MMAU cascade", True), ("MMAR cascade", True)]
    heads += [("MMAU audio", True), ("MMAR audio", True)]
    heard = sorted(set(ours.filter(pl.col("setting") != "probe")["benchmark"]) - {"mmau", "mmar"})
    heads += [(f"{name} {setting}", True) for name in heard for setting in ("cascade", "audio")]
    own_metrics = [Metric("probe", "akb"), Metric("cascade", "mmau"), Metric("cascade", "mmar")]
    own_metrics += [Metric("audio", "mmau"), Metric("audio", "mmar")]
    own_metrics += [Metric(setting, name) for name in heard for setting in ("cascade", "audio")]
    theirs = [values(published, metric, CASCADE_CAPTIONER) for metric in METRICS]
    mine = [values(ours, metric, captioner) for metric in own_metrics]
    models = sorted(theirs[0], key=lambda model: -theirs[0][model])
    own = sorted({name for column in mine for name in column}, key=lambda name: (-mine[0].get(name, 0), name))
    body = [_beside(names.get(name, name), [column.get(name) for column in mine], "ours") for name in own]
    padding: list[float | None] = [None] * (len(own_metrics) - len(METRICS))
    body += [_beside(model, [column.get(model) for column in theirs] + padding, "") for model in models]
    return Table(
        "Overall accuracy in percent; ours first. AKB is AKB-2000 for the paper's models.", tuple(heads), tuple(body)
    )


def _beside(name: str, numbers: Sequence[float | None], kind: str) -> tuple[Cell, ...]:
    return (Cell(name, kind=kind), *(Cell("–", -1) if v is None else Cell(_percent(v), v, kind=kind) for v in numbers))


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}"
