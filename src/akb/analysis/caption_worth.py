"""What each captioner's captions were worth: accuracies beside the gains over no caption and a swapped one.

One row per backbone (and all pooled), captioner and domain, in the manner of the published table of
captioners: how well the same backbone answers from whose captions.

    write_with_csv(caption_worth(accuracy, gains), Path("results/tables/captioners.parquet"), CAPTION_WORTH)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from akb.analysis.gains import POOLED, WHOLE
from akb.markdown import markdown_table

NOTHING = "none"
# How the two controls are called in the columns' names.
CONTROLS = {"none": "no_caption", "swapped": "swapped_caption"}
_KEYS = ["backbone", "benchmark", "captioner", "domain"]
CAPTION_WORTH = {
    **dict.fromkeys(_KEYS, pl.String),
    "n": pl.Int64,
    "accuracy": pl.Float64,
    "swapped": pl.Float64,
    **{f"over_{name}{bound}": pl.Float64 for name in CONTROLS for bound in ("", "_low", "_high")},
}


def caption_worth(accuracy: pl.DataFrame, gains: pl.DataFrame) -> pl.DataFrame:
    """CAPTION_WORTH rows: accuracies as fractions of 1, gains in points with their 95 % interval.

    accuracy: SCORES rows; gains: GAINS rows. `swapped` is the accuracy with another clip's caption; it and
    its gain are null for captioners that were not asked so. Pooled accuracies are means over backbones.
    The captioner "none" has neither gain.
    """
    cascade = accuracy.filter(setting="cascade").select(*_KEYS, "control", "n", "accuracy")
    pooled = (
        cascade.group_by("benchmark", "captioner", "domain", "control")
        .agg(pl.col("n").first(), pl.col("accuracy").mean())
        .with_columns(backbone=pl.lit(POOLED))
        .select(cascade.columns)
    )
    both = pl.concat([pooled, cascade])
    full = both.filter(pl.col("control").is_null() | (pl.col("captioner") == NOTHING)).drop("control")
    swapped = both.filter(control=CONTROLS["swapped"]).select(*_KEYS, swapped="accuracy")
    table = full.join(swapped, on=_KEYS, how="left")
    for name, control in CONTROLS.items():
        over = gains.filter(setting="cascade", control=control).select(
            *_KEYS, **{f"over_{name}": "gain", f"over_{name}_low": "low", f"over_{name}_high": "high"}
        )
        table = table.join(over, on=_KEYS, how="left")
    return table.select(list(CAPTION_WORTH)).sort(
        "benchmark",
        pl.col("backbone") != POOLED,
        "backbone",
        pl.col("captioner") != NOTHING,
        "captioner",
        pl.col("domain") != WHOLE,
        "domain",
    )


def caption_markdown(worth: pl.DataFrame, domains: Mapping[str, list[str]], names: Mapping[str, str]) -> str:
    """Markdown tables in percent, one per benchmark: captioners within each backbone, the pooled ones first.

    domains: each benchmark's, in the order of their columns. names: each backbone's display name.
    """
    parts = [
        "# What captions were worth\n\nPercent of all items by whose caption the backbone read; gains in points over "
        "no caption and over another clip's caption of the same domain, paired over the same items. [95 % interval]\n"
    ]
    for benchmark in sorted(worth["benchmark"].unique()):
        columns = [WHOLE, *domains[benchmark]]
        heads = ["Backbone", "Captions by", "Overall", *domains[benchmark], "over none", "over another clip's"]
        lines = []
        rows = {(r["backbone"], r["captioner"], r["domain"]): r for r in worth.filter(benchmark=benchmark).to_dicts()}
        for backbone, captioner, domain in rows:
            if domain == WHOLE:
                cells = [rows.get((backbone, captioner, column)) for column in columns]
                own = rows[backbone, captioner, WHOLE]
                name = "all, pooled" if backbone == POOLED else names.get(backbone, backbone)
                shown = [f"{100 * cell['accuracy']:.2f}" if cell else "–" for cell in cells]
                lines.append([name, captioner, *shown, *(_gain(own, control) for control in CONTROLS)])
        parts.append(f"## {benchmark}\n\n{markdown_table(heads, lines, numbers=len(heads) - 2)}")
    return "\n".join(parts)


def _gain(row: Mapping[str, Any], name: str) -> str:
    if row[f"over_{name}"] is None:
        return "–"
    return f"{row[f'over_{name}']:+.1f} [{row[f'over_{name}_low']:+.1f}, {row[f'over_{name}_high']:+.1f}]".replace(
        "-", "\N{MINUS SIGN}"
    )
