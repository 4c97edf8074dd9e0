"""The paper's Tables 1 to 4 in its layout, with our own backbones in a block of their own.

1 what is known from text alone, by category; 2 what is answered from captions, by domain; 3 what is heard; 4 what the
text-only benchmark is made of. The fourth has no counterpart in `resources/published/` but the categories' sizes.

    sheets = paper_tables(scores, items, published_scores(path), published_rows(path), systems, names)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from akb.analysis.accuracy import ordered_domains
from akb.analysis.metrics import Metric, in_order
from akb.errors import AkbError
from akb.report.sheet import Block, Head, Row, Sheet

OURS = "This study"
_WHOLE = "Overall"
_ACCESS = {"proprietary": "Proprietary", "open-weight": "Open-weight"}
Names = Mapping[str, str]


def paper_tables(
    scores: pl.DataFrame,
    items: pl.DataFrame,
    published: pl.DataFrame,
    access: Mapping[str, str],
    systems: pl.DataFrame,
    names: Names,
) -> dict[str, Sheet]:
    """Four sheets by name: "table1" to "table4".

    scores: our SCORES rows. items: ITEMS rows of the text-only benchmarks, of all or none. published: the frame of
    `published_scores`. access: each published model's `access`. systems: the frame of `published_systems`.
    """
    ours = scores.filter(pl.col("control").is_null())
    return {
        "table1": _probe(ours, published, access, names),
        "table2": _cascade(ours, published, names),
        "table3": _audio(ours, published, systems, names),
        "table4": _composition(items, published),
    }


def published_access(path: Path) -> dict[str, str]:
    """Each published model's access, "proprietary" or "open-weight", in the file's order; none without the column."""
    rows = pl.read_csv(path, infer_schema=False)
    if "access" not in rows.columns:
        return dict.fromkeys(rows["model"].to_list(), "")
    return dict(rows.select("model", "access").unique(maintain_order=True).iter_rows())


def published_systems(path: Path) -> pl.DataFrame:
    """Others' audio language models: `system`, `benchmark`, `accuracy` (a fraction of 1). Raises AkbError."""
    try:
        rows = pl.read_csv(path, infer_schema=False)
        return rows.select("system", "benchmark", accuracy=pl.col("accuracy").cast(pl.Float64) / 100)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise AkbError(
            f"the published systems cannot be read: {error}",
            where=str(path),
            remedy="restore the file from the repository; its README names the columns",
        ) from error


def _probe(ours: pl.DataFrame, published: pl.DataFrame, access: Mapping[str, str], names: Names) -> Sheet:
    own, theirs = ours.filter(setting="probe"), published.filter(setting="probe")
    domains = ["all", *ordered_domains(_domains(theirs, own))]
    models: dict[str, list[str]] = {}
    for model in access:
        if model in set(theirs["backbone"]):
            models.setdefault(access[model], []).append(model)
    blocks = [
        Block(f"Published: {_ACCESS.get(kind, kind).lower()}" if kind else "Published", _rows(theirs, group, domains))
        for kind, group in models.items()
    ]
    for benchmark in sorted(own["benchmark"].unique()):
        rows = own.filter(benchmark=benchmark)
        n = int(rows.filter(domain="all")["n"].item(0))
        blocks.append(Block(f"{OURS}, {n:,} items of {benchmark}", _rows(rows, _best_first(rows), domains, names)))
    heads = tuple(Head("", _title(domain)) for domain in domains)
    return Sheet(
        "Auditory knowledge from text alone: accuracy in percent, overall and by category. The published models "
        "answered AKB-2000, ours our own questions.",
        "tab:probe",
        "Model",
        heads,
        tuple(blocks),
    )


def _cascade(ours: pl.DataFrame, published: pl.DataFrame, names: Names) -> Sheet:
    own, theirs = ours.filter(setting="cascade"), published.filter(setting="cascade")
    columns = _columns(theirs, own)
    blocks = []
    for source, rows, of in (("Published", theirs, {}), (OURS, own, names)):
        captioners = rows.group_by("captioner", maintain_order=True).agg(pl.col("backbone").n_unique())
        for captioner, _ in captioners.sort("backbone", maintain_order=True).iter_rows():
            given = rows.filter(captioner=captioner)
            blocks.append(Block(f"{source}, captions by {captioner}", _wide(given, columns, of)))
    return Sheet(
        "Answers from captions: accuracy in percent by benchmark and domain.",
        "tab:cascade",
        "Model",
        tuple(Head(_shown(benchmark), _title(domain)) for benchmark, domain in columns),
        tuple(blocks),
    )


def _audio(ours: pl.DataFrame, published: pl.DataFrame, systems: pl.DataFrame, names: Names) -> Sheet:
    own, theirs = ours.filter(setting="audio"), published.filter(setting="audio")
    columns = [(b, d) for b, d in _columns(theirs, own) if d == "all" or b.casefold() in _keys(own) - _keys(theirs)]
    cells = {(s, b.casefold()): 100 * a for s, b, a in systems.iter_rows()}
    others = [
        Row(system, tuple(cells.get((system, b.casefold())) if d == "all" else None for b, d in columns))
        for system in systems["system"].unique(maintain_order=True)
    ]
    blocks = [
        Block("Published audio language models", tuple(others)),
        Block("Published, one recipe for all backbones", _wide(theirs, columns, {})),
    ]
    if len(own):
        blocks.append(Block(OURS, _wide(own, columns, names)))
    return Sheet(
        "Answers from the sound itself: accuracy in percent.",
        "tab:audio",
        "Model",
        tuple(Head(_shown(benchmark), _title(domain)) for benchmark, domain in columns),
        tuple(block for block in blocks if block.rows),
    )


def _composition(items: pl.DataFrame, published: pl.DataFrame) -> Sheet:
    theirs = {
        domain.casefold(): n
        for domain, n in published.filter(setting="probe").select("domain", "n").unique().iter_rows()
    }
    blocks = []
    for category in ordered_domains(items["category"].unique().to_list()):
        own = items.filter(category=category)
        rows = [_counted(category, own, theirs.get(category.casefold()))]
        for subcategory in sorted(own["subcategory"].unique()):
            rows.append(_counted(subcategory.replace("_", " "), own.filter(subcategory=subcategory), None))
        blocks.append(Block(category, tuple(rows), best=False))
    blocks.append(Block("", (_counted(_WHOLE, items, theirs.get("all")),), best=False))
    heads = ("Items", "Proven", "Recall", "Inference", "Symbolic", "Computation", "Easy", "Medium", "Hard")
    groups = ("", "", *["Skill"] * 4, *["Tier"] * 3)
    return Sheet(
        "What the text-only questions are about. Proven: by a program. AKB-2000: the published benchmark’s size, "
        "inferred from its percentages.",
        "tab:composition",
        "Category",
        (*(Head(g, h) for g, h in zip(groups, heads, strict=True)), Head("", "AKB-2000")),
        tuple(blocks),
    )


def _counted(name: str, items: pl.DataFrame, published: int | None) -> Row:
    def count(column: str, *values: str) -> tuple[int, ...]:
        return tuple(int((items[column] == value).sum()) for value in values)

    skills = count("skill", "recall", "inference", "symbolic", "computation")
    tiers = count("tier", "easy", "medium", "hard")
    return Row(name, (len(items), *count("verification", "program"), *skills, *tiers, published))


def _columns(theirs: pl.DataFrame, own: pl.DataFrame) -> list[tuple[str, str]]:
    """(benchmark, domain) of every column: the paper's benchmarks in its order, then ours that it has not."""
    named = dict.fromkeys(theirs["benchmark"].unique(maintain_order=True).to_list())
    known = _keys(theirs)
    named |= dict.fromkeys(b for b in sorted(own["benchmark"].unique()) if b.casefold() not in known)
    columns = []
    for benchmark in named:
        rows = [frame.filter(_of(benchmark)) for frame in (theirs, own)]
        columns += [(benchmark, domain) for domain in ["all", *in_order(_domains(*rows))]]
    return columns


def _domains(*frames: pl.DataFrame) -> list[str]:
    """Every domain but the whole, spelled as first met."""
    found: dict[str, str] = {}
    for frame in frames:
        for domain in frame["domain"].unique(maintain_order=True):
            found.setdefault(domain.casefold(), domain)
    found.pop("all", None)
    return list(found.values())


def _wide(rows: pl.DataFrame, columns: Sequence[tuple[str, str]], names: Names) -> tuple[Row, ...]:
    """A row a model, best first on what it answered as a whole."""
    cells = {
        (model, b.casefold(), d.casefold()): 100 * a
        for model, b, d, a in rows.select("backbone", "benchmark", "domain", "accuracy").iter_rows()
    }
    return tuple(
        Row(names.get(model, model), tuple(cells.get((model, b.casefold(), d.casefold())) for b, d in columns))
        for model in _best_first(rows)
    )


def _rows(
    rows: pl.DataFrame, models: Sequence[str], domains: Sequence[str], names: Names | None = None
) -> tuple[Row, ...]:
    cells = {(m, d.casefold()): 100 * a for m, d, a in rows.select("backbone", "domain", "accuracy").iter_rows()}
    return tuple(
        Row((names or {}).get(model, model), tuple(cells.get((model, d.casefold())) for d in domains))
        for model in models
    )


def _best_first(rows: pl.DataFrame) -> list[str]:
    whole = rows.filter(domain="all").group_by("backbone").agg(pl.col("accuracy").mean())
    return whole.sort("accuracy", "backbone", descending=[True, False])["backbone"].to_list()


def _of(benchmark: str) -> pl.Expr:
    return pl.col("benchmark").str.to_lowercase() == benchmark.casefold()


def _keys(rows: pl.DataFrame) -> set[str]:
    return {benchmark.casefold() for benchmark in rows["benchmark"].unique()}


def _shown(benchmark: str) -> str:
    return Metric("cascade", benchmark).label.removesuffix(" (Text)")


def _title(domain: str) -> str:
    return _WHOLE if domain == "all" else domain
