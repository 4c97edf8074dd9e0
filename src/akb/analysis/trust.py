"""How far the cheap scores may be trusted to predict the expensive one, in words.

trust(predictions)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from akb.analysis.metrics import Metric
from akb.analysis.words import signed, spanned

Row = Mapping[str, Any]
ALPHA = 0.05


@dataclass(frozen=True)
class Trust:
    """headline: may the cheap score choose? sentences: one per target, from the score of the probe."""

    headline: str
    sentences: tuple[str, ...]


def trust(predictions: pl.DataFrame) -> Trust:
    """How far the cheap score may be trusted to predict the expensive one, on the published models.

    predictions: the frame of `leave_one_out.predictions`. "Demonstrably" means: after correction for as many
    comparisons as the table has.
    """
    single = predictions.filter(~pl.col("predictors").str.contains("+", literal=True)).to_dicts()
    if not single:
        return Trust("Too few models have both scores to say.", ())
    knowledge = [row for row in single if Metric.parse(row["predictors"]).setting == "probe"]
    return Trust(f"{_order(single)} {_size(single)}", tuple(_prediction(row) for row in knowledge or single))


def _order(rows: Sequence[Row]) -> str:
    """Whether cheap scores put backbones in order, beside what chance does."""
    shown = [row for row in rows if row["order_p"] < ALPHA and row["kendall"] > 0]
    against = [row for row in rows if row["order_p"] < ALPHA and row["kendall"] < 0]
    if len({row["pairs"] for row in rows}) == 1:
        pairs = rows[0]["pairs"]
        right = spanned((row["pairs_right"] for row in rows), 1 if any(r["pairs_right"] % 1 for r in rows) else 0)
        puts = f"{right} of {pairs} pairs of backbones in order, where chance gives {pairs / 2:g}"
    else:
        puts = (
            f"{spanned((100 * row['pairs_right'] / row['pairs'] for row in rows), 0)} % of the pairs of backbones in "
            "order, where chance gives 50 %"
        )
    p = f"p {spanned((row['order_p'] for row in rows), 2)}, corrected for as many comparisons"
    if not shown and not against:
        return f"Not shown to order backbones better than chance: it puts {puts} ({p})."
    reverse = f" {len(against)} demonstrably put them in the reverse order." if against else ""
    if len(shown) == len(rows):
        return f"Enough to order backbones better than chance: it puts {puts}."
    some = f"{len(shown)} of {len(rows)} cheap scores demonstrably order backbones better than chance"
    return f"{some}: it puts {puts} ({p}).{reverse}"


def _size(rows: Sequence[Row]) -> str:
    """How far off, beside knowing nothing and beside the noise of the expensive score itself."""
    error, rival = (spanned(row[column] for row in rows) for column in ("error", "error_of_mean"))
    better = [row for row in rows if row["saved_p"] < ALPHA and row["saved"] > 0]
    worse = [row for row in rows if row["saved_p"] < ALPHA and row["saved"] < 0]
    told = [f"{len(better)} of {len(rows)} cheap scores demonstrably do better than that"] if better else []
    told += [f"{len(worse)} of {len(rows)} demonstrably do worse than that"] if worse else []
    floors = [row["noise_floor"] for row in rows if row["noise_floor"] is not None]
    floor = (
        f" Noise in the expensive score alone puts even a perfect prediction {spanned(floors)} points off."
        if floors
        else ""
    )
    return (
        f"How well one will do it does not say closely: it is off by {error} points on average, knowing nothing about "
        f"the backbone by {rival}, and "
        f"{', and '.join(told) or 'no difference between the two is beyond chance'}.{floor}"
    )


def _prediction(row: Row) -> str:
    target, cheap = Metric.parse(row["target"]).label, Metric.parse(row["predictors"]).label
    sure = row["saved_p"] < ALPHA
    beats = "not told apart from" if not sure else "better than" if row["saved"] > 0 else "worse than"
    family = "" if row["family_error"] is None else f" With its whole family left out, too, {row['family_error']:.1f}."
    return (
        f"{cheap} predicts {target} of a model left out to {row['error']:.1f} points "
        f"(95 % {row['error_low']:.1f} to {row['error_high']:.1f}), {beats} the other models’ mean, which is off by "
        f"{row['error_of_mean']:.1f} (saved {signed(row['saved'])}, 95 % {signed(row['saved_low'])} to "
        f"{signed(row['saved_high'])}).{family} It orders {row['pairs_right']:g} of {row['pairs']} pairs of models "
        f"rightly, chance {row['pairs'] / 2:g}; its favourite stands {row['regret']:.1f} points behind the best."
    )
