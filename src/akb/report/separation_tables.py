"""What separates backbones, as the report's tables: plain values from the frames of `akb.analysis`.

tables = [own_cascades_table(frame, "combined", names), error_sources_table(frame, "combined", names)]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from akb.analysis import own_cascade
from akb.analysis.error_sources import BEFORE, CONNECTOR, EVIDENCE, KNOWLEDGE
from akb.analysis.skills import ORDER
from akb.analysis.words import signed
from akb.report.tables import Cell, Names, Table

_SETTINGS = {"probe": "probe", "cascade": "captions", "audio": "the sound"}


def own_cascade_sentences(frame: pl.DataFrame, captioner: str) -> list[str]:
    """Whether LALMs err as their own backbones do when they read, for each benchmark."""
    found = []
    for row in frame.filter(backbone=own_cascade.ALL, captioner=captioner).to_dicts():
        if row["low"] is None:
            continue
        told = "do" if row["low"] > 0 else "do not" if row["high"] < 0 else "cannot be said to"
        found.append(
            f"On {row['benchmark']} audio models {told} err with their own backbone’s cascade more than with others’: "
            f"κ is {_kappa(row['kappa'], signed_too=True)} nearer ({_kappa(row['low'], signed_too=True)} to "
            f"{_kappa(row['high'], signed_too=True)})."
        )
    return found


def own_cascades_table(frame: pl.DataFrame, captioner: str, names: Names) -> Table:
    """Each LALM's agreement with its own cascade over chance, beside that with the others'."""
    rows = frame.filter(pl.col("backbone") != own_cascade.ALL, captioner=captioner)
    body = []
    for (benchmark, backbone), group in rows.group_by(["benchmark", "backbone"], maintain_order=True):
        own, others = group.filter(pl.col("own")).to_dicts(), group.filter(~pl.col("own"))["kappa"].drop_nulls()
        line = [Cell(str(benchmark)), Cell(names.get(str(backbone), str(backbone)))]
        if own and own[0]["kappa"] is not None:
            bounds = "" if own[0]["low"] is None else f"{_kappa(own[0]['low'])} to {_kappa(own[0]['high'])}"
            line.append(Cell(_kappa(own[0]["kappa"]), own[0]["kappa"], bounds))
        else:
            line.append(Cell("–", -2))
        mean = _mean(others)
        line.append(Cell("–", -2) if mean is None else Cell(_kappa(mean), mean, f"of {len(others):,}"))
        line.append(_share(own[0]["same_wrong"] if own else None, own[0]["by_chance"] if own else None))
        line.append(_share(_mean(group.filter(~pl.col("own"))["same_wrong"].drop_nulls()), None))
        line.append(Cell(f"{group['n'][0]:,}", group["n"][0]))
        body.append(tuple(line))
    heads = (("Benchmark", False), ("Audio model", False), ("κ with own cascade", True), ("κ with others’", True))
    more = (("Same wrong option as own", True), ("as others’", True), ("Items", True))
    return Table(
        "Agreement on which items are right, over chance; and of items that both get wrong, how often with the same "
        f"option, in percent. Captions by “{captioner}”.",
        (*heads, *more),
        tuple(body),
    )


def error_sources_table(frame: pl.DataFrame, captioner: str, names: Names) -> Table:
    """Wrong answers by ear, by where they come from, in percent of all items and of the wrong ones."""
    rows = frame.filter(captioner=captioner)
    sources = [s for s in (KNOWLEDGE, EVIDENCE, BEFORE, CONNECTOR) if s in set(rows["source"])]
    cells = {(r["benchmark"], r["backbone"], r["source"]): r for r in rows.to_dicts()}
    body = []
    for benchmark, backbone in dict.fromkeys(key[:2] for key in cells):
        own = [cells.get((benchmark, backbone, source)) for source in sources]
        first = next(cell for cell in own if cell)
        line = [Cell(benchmark), Cell(names.get(backbone, backbone)), Cell(_percent(first["wrong"]), first["wrong"])]
        for cell in own:
            if cell is None:
                line.append(Cell("–", -1))
                continue
            bounds = f"{_percent(cell['low'])} to {_percent(cell['high'])}"
            line.append(Cell(_percent(cell["share"]), cell["share"], bounds))
        body.append((*line, Cell(f"{first['n']:,}", first["n"])))
    heads = [("Benchmark", False), ("Audio model", False), ("Wrong", True), *((s.capitalize(), True) for s in sources)]
    return Table(
        f"Wrong answers by ear in percent of all items, and what they are laid to. Captions by “{captioner}”.",
        (*heads, ("Items", True)),
        tuple(body),
    )


def needing_audio_table(frame: pl.DataFrame, captioner: str, names: Names) -> Table:
    """The ranking on the items that backbones do not solve without their evidence, beside that on all."""
    rows = frame.filter((pl.col("setting") == "audio") | (pl.col("captioner") == captioner))
    body = tuple(
        (
            Cell(row["benchmark"]),
            Cell(_SETTINGS[row["setting"]]),
            Cell(names.get(row["backbone"], row["backbone"])),
            Cell(_percent(row["accuracy_all"]), row["accuracy_all"]),
            Cell(f"{row['rank_all']}", row["rank_all"]),
            Cell(_percent(row["accuracy"]), row["accuracy"], f"{_percent(row['low'])} to {_percent(row['high'])}"),
            Cell(f"{row['rank']}", row["rank"], kind="" if row["rank"] == row["rank_all"] else "ours"),
            Cell(f"{row['n']:,}", row["n"], f"of {row['n_all']:,}"),
        )
        for row in rows.to_dicts()
    )
    heads = (("Benchmark", False), ("Given", False), ("Backbone", False), ("All items", True), ("Rank", True))
    more = (("Items that need it", True), ("Rank there", True), ("Items", True))
    return Table("Percent right. An item needs the evidence if at most half of the backbones solve it without.",
                 (*heads, *more), body)  # fmt: skip


def rank_stability_table(frame: pl.DataFrame) -> Table:
    """How far rankings hold over captioners, trainings, option orders and ways of asking."""
    body = tuple(
        (
            Cell(row["factor"], note=row["which"]),
            Cell(_SETTINGS[row["setting"]]),
            Cell(row["benchmark"]),
            Cell(f"{row['backbones']:,}", row["backbones"]),
            Cell("–", -2) if row["tau"] is None else Cell(_kappa(row["tau"]), row["tau"]),
            Cell(f"{100 * row['same_best']:.0f}", row["same_best"]),
            Cell(f"{row['of_backbones']:.1f}", row["of_backbones"]),
            Cell(f"{row['of_interaction']:.1f}", row["of_interaction"], f"beside noise of {row['noise']:.1f}"),
        )
        for row in frame.to_dicts()
    )
    heads = (("Over", False), ("Given", False), ("Benchmark", False), ("Backbones", True), ("Kendall’s τ", True))
    more = (("Same best, percent", True), ("Backbones apart", True), ("Moved by the level", True))
    return Table(
        "Rankings of the same backbones over the same items. The last two are standard deviations in points.",
        (*heads, *more),
        body,
    )


def consistency_table(frame: pl.DataFrame, names: Names) -> Table:
    """Answers in several option orders: right in one, the same in all, right in all."""
    body = tuple(
        (
            Cell(names.get(row["backbone"], row["backbone"])),
            Cell(_SETTINGS[row["setting"]], note=row["captioner"] or ""),
            Cell(row["benchmark"]),
            Cell(_percent(row["one_order"]), row["one_order"], f"rank {row['rank_of_accuracy']}"),
            Cell(_percent(row["consistent"]), row["consistent"]),
            Cell(
                _percent(row["right_in_all"]), row["right_in_all"],
                f"{_percent(row['low'])} to {_percent(row['high'])}, rank {row['rank']}",
            ),
            Cell(f"{row['n']:,}", row["n"], f"{row['orders']} orders"),
        )
        for row in frame.filter(pl.col("control").is_null()).to_dicts()
    )  # fmt: skip
    heads = (("Backbone", False), ("Given", False), ("Benchmark", False), ("Right in one order", True))
    more = (("Same in all", True), ("Right in all", True), ("Items", True))
    return Table("Percent of items, options shown in several orders.", (*heads, *more), body)


def reading_rules_table(frame: pl.DataFrame, names: Names) -> Table:
    """Written answers under five reading rules: accuracy, and the rank among the backbones of the run."""
    rules = list(dict.fromkeys(frame["rule"].to_list()))
    runs: dict[tuple[Any, ...], dict[str, Mapping[str, Any]]] = {}
    for row in frame.to_dicts():
        run = (row["backbone"], row["setting"], row["benchmark"], row["captioner"])
        runs.setdefault(run, {})[row["rule"]] = row
    body = []
    for (backbone, setting, benchmark, captioner), own in runs.items():
        line = [Cell(names.get(backbone, backbone)), Cell(_SETTINGS[setting], note=captioner or ""), Cell(benchmark)]
        for place, rule in enumerate(rules):
            read = own[rule]
            rank = f"rank {read['rank']}"
            note = rank if not place else f"{signed(read['moved'])}, {rank}"
            moved = place and read["rank"] != read["rank_by_ours"]
            line.append(Cell(_percent(read["accuracy"]), read["accuracy"], note, "ours" if moved else ""))
        line.append(Cell(f"{own[rules[0]]['unread']:,}", own[rules[0]]["unread"]))
        body.append((*line, Cell(f"{own[rules[0]]['n']:,}", own[rules[0]]["n"])))
    heads = [("Backbone", False), ("Given", False), ("Benchmark", False), *((rule, True) for rule in rules)]
    return Table(
        "The same written answers as several toolkits would read them, percent right; small: moved against ours, in "
        "points, and the rank.",
        (*heads, ("Unread by ours", True), ("Answers", True)),
        tuple(body),
    )


def skills_tables(frame: pl.DataFrame, captioner: str, names: Names) -> list[Table]:
    """A table for each setting of each benchmark that tells skills or tiers; of cascades the captioner's."""
    of_captioner = (pl.col("setting") != "cascade") | (pl.col("captioner") == captioner)
    shown = frame.filter(pl.col("control").is_null(), of_captioner)
    return [
        _skills_table(shown.filter(benchmark=benchmark, setting=setting), benchmark, setting, names)
        for benchmark in sorted(shown["benchmark"].unique())
        for setting in _SETTINGS
        if len(shown.filter(benchmark=benchmark, setting=setting))
    ]


def _skills_table(rows: pl.DataFrame, benchmark: str, setting: str, names: Names) -> Table:
    """A row a backbone: percent right by skill, by tier, and without computation."""
    present = {(row["by"], row["domain"]): row["n"] for row in rows.to_dicts()}
    columns = sorted(
        (key for key in present if key[1] != "with computation"),
        key=lambda key: (key[0] != "skill", ORDER.index(key[1]) if key[1] in ORDER else len(ORDER), key[1]),
    )
    cells = {(row["backbone"], row["by"], row["domain"]): row for row in rows.to_dicts()}
    body = []
    for backbone in sorted({key[0] for key in cells}):
        line = [Cell(names.get(backbone, backbone))]
        for by, domain in columns:
            cell = cells.get((backbone, by, domain))
            if cell is None:
                line.append(Cell("–", -1))
            else:
                bounds = f"{100 * cell['low']:.0f}–{100 * cell['high']:.0f}"
                line.append(Cell(_percent(cell["accuracy"]), cell["accuracy"], bounds))
        body.append(tuple(line))
    counts = ", ".join(f"{domain} {present[by, domain]:,}" for by, domain in columns)
    heads = (("Backbone", False), *((domain.capitalize(), True) for _, domain in columns))
    given = "" if setting == "probe" else f", from {_SETTINGS[setting]}"
    return Table(f"{benchmark}{given}: percent right by what a question takes ({counts} items).", heads, tuple(body))


def _share(value: float | None, chance: float | None) -> Cell:
    if value is None:
        return Cell("–", -1)
    return Cell(_percent(value), value, "" if chance is None else f"by lot {_percent(chance)}")


def _mean(values: pl.Series) -> float | None:
    return float(values.to_numpy().mean()) if len(values) else None


def _kappa(value: float, *, signed_too: bool = False) -> str:
    return f"{value:{'+' if signed_too else ''}.2f}".replace("-", "\N{MINUS SIGN}")


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}"
