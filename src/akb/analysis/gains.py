"""What the evidence is worth, and which backbone leads: paired differences over the same items.

A gain is accuracy with the evidence minus accuracy under a control, item by item. A lead is the best
backbone's accuracy minus another's, item by item. Pairing takes the items' own difficulty out.

    table = gains(graded(responses, items), seed=20260319)
"""

from __future__ import annotations

from typing import Any

import polars as pl

from akb.estimates import Estimate, mean_by_item

POOLED = "pooled"
WHOLE = "all"
GAINS = {
    "backbone": pl.String,
    "setting": pl.String,
    "benchmark": pl.String,
    "captioner": pl.String,
    "control": pl.String,
    "domain": pl.String,
    "gain": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}
LEADS = {
    "setting": pl.String,
    "captioner": pl.String,
    "rank": pl.Int64,
    "backbone": pl.String,
    "accuracy": pl.Float64,
    "behind": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}


def gains(graded: pl.DataFrame, seed: int) -> pl.DataFrame:
    """GAINS rows, in points (hundredths): each backbone alone, then all pooled, per run and control;
    over the whole benchmark (domain "all"), then in each of its domains.

    graded: the frame of `scores.graded`. `n` is the number of items. A control without a captioner
    of its own (no caption at all: null or "none") is the control of every captioner. Pooled rows
    average an item's differences over the backbones that have both runs, then resample items.
    """
    full = graded.filter(pl.col("control").is_null() & (pl.col("setting") != "probe"))
    controls = graded.filter(pl.col("control").is_not_null())
    on = ["backbone", "setting", "benchmark", "item_id"]
    pairs = full.join(controls, on=on, suffix="_control").filter(
        pl.col("captioner").eq_missing(pl.col("captioner_control"))
        | pl.col("captioner_control").is_null()
        | (pl.col("captioner_control") == "none")
    )
    pairs = pairs.select(
        *on,
        "captioner",
        domain="category",
        control="control_control",
        difference=pl.col("correct") - pl.col("correct_control"),
    )
    run = ["setting", "benchmark", "captioner", "control"]
    rows = []
    for key, group in sorted(pairs.group_by(run), key=lambda pair: _order(pair[0])):
        named = dict(zip(run, key, strict=True))
        for domain in (WHOLE, *sorted(group["domain"].unique())):
            part = group if domain == WHOLE else group.filter(domain=domain)
            rows += _rows({**named, "domain": domain}, part, seed)
    return pl.DataFrame(rows, schema=GAINS, orient="row")


def leads(graded: pl.DataFrame, cascade_captioner: str, seed: int) -> pl.DataFrame:
    """LEADS rows: in each setting the backbones by accuracy over all its items, best first.

    accuracy is a fraction of 1; `behind` is how many points a backbone stands behind the best, with
    its paired interval (null for the best itself). An interval that reaches below 0 means that these
    items do not tell the two apart. The cascade is judged by `cascade_captioner` alone.
    """
    full = graded.filter(
        pl.col("control").is_null() & ((pl.col("setting") != "cascade") | (pl.col("captioner") == cascade_captioner))
    )
    rows: list[dict[str, Any]] = []
    for setting in ("audio", "cascade", "probe"):
        runs = full.filter(setting=setting)
        table = runs.pivot(on="backbone", index=["benchmark", "item_id"], values="correct").sort("benchmark", "item_id")
        table = table.drop_nulls()  # backbones are compared over the items that all of them were asked
        names = [c for c in table.columns if c not in ("benchmark", "item_id")]
        marks = {name: table[name].to_numpy() for name in names}
        ranked = sorted(names, key=lambda name: (-marks[name].mean(), name)) if len(table) else []
        for rank, name in enumerate(ranked, start=1):
            gap = mean_by_item(marks[ranked[0]] - marks[name], seed)
            rows.append(
                {
                    "setting": setting,
                    "captioner": cascade_captioner if setting == "cascade" else None,
                    "rank": rank,
                    "backbone": name,
                    "accuracy": float(marks[name].mean()),
                    "behind": _points(gap.value),
                    "low": _points(gap.low) if rank > 1 else None,
                    "high": _points(gap.high) if rank > 1 else None,
                    "n": len(table),
                }
            )
    return pl.DataFrame(rows, schema=LEADS, orient="row")


def _rows(run: dict[str, Any], pairs: pl.DataFrame, seed: int) -> list[dict[str, Any]]:
    """Each backbone's gain over these items, then the pooled one."""
    rows = [
        _row(run, str(backbone), mean_by_item(own.sort("item_id")["difference"].to_numpy(), seed))
        for (backbone,), own in sorted(pairs.group_by("backbone"), key=lambda pair: _order(pair[0]))
    ]
    by_item = pairs.group_by("item_id").agg(pl.col("difference").mean()).sort("item_id")
    return [*rows, _row(run, POOLED, mean_by_item(by_item["difference"].to_numpy(), seed))]


def _row(run: dict[str, Any], backbone: str, gain: Estimate) -> dict[str, Any]:
    bounds = {"gain": _points(gain.value), "low": _points(gain.low), "high": _points(gain.high)}
    return {"backbone": backbone, **run, **bounds, "n": gain.n}


def _points(fraction: float | None) -> float | None:
    return None if fraction is None else 100 * fraction


def _order(key: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in key)
