"""What `akb predict` prints: tables of candidates, rules, early stopping and further measurements.

print(forecast_text("audio/MMAU", found)); print(stopping_text(table, …)); print(measurements_text(rows, costs))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from tabulate import tabulate

from akb.analysis.early_stopping import FEWEST_CURVES, FEWEST_RACED, best_stop
from akb.analysis.forecasts import Forecasts
from akb.analysis.training_curves import Checkpoint

_MOST_SHOWN = 12


def forecast_text(target: str, found: Forecasts) -> str:
    """Candidates and rules of one target."""
    candidates, comparison = found.candidates, found.comparison
    width = max(9, *(len(name) for name in candidates["model"]))
    lines = [
        f"{target}, in %, learnt from {len(found.learnt_from)} trained models: {', '.join(found.learnt_from)}",
        "",
        f"{'model':<{width}}            expected      50 %            90 %       best  top 3  "
        "train it first  outside by",
    ]
    for row in candidates.to_dicts():
        inside = f"{row['low_50']:5.1f} to {row['high_50']:4.1f}   {row['low_90']:5.1f} to {row['high_90']:4.1f}"
        gain = "              -" if row["gain_of_training"] is None else f"  {row['gain_of_training']:+8.2f} points"
        beyond = f"{row['outside']:.1f} points ({row['outside_by']})" if row["outside"] > 0 else "-"
        lines.append(
            f"{row['model']:<{width}}  {row['status']:<9}  {row['expected']:6.1f}   {inside}   "
            f"{row['best']:5.0%}  {row['top_3']:5.0%}{gain}  {beyond}"
        )
    if found.left_out:
        lines += ["", f"Left out, since none of its scores counts: {', '.join(found.left_out)}"]
    for metric, lacking in found.unused.items():
        lines += ["", f"Not used, since not all have it: {metric}, which is lacking for {', '.join(lacking)}"]
    best = comparison.row(0, named=True)
    rules = max(28, *(len(name) for name in comparison["rule"]))
    lines += [
        "",
        f"{'rule':<{rules}} weight  error  family  saved (95 %)           in 50 %  in 90 %  pairs right  regret",
    ]
    for row in comparison.to_dicts():
        share = found.weights.get(row["rule"])
        saved = f"{row['saved']:+6.2f}"
        if row["saved_low"] is not None:
            saved += f" ({row['saved_low']:+.2f} to {row['saved_high']:+.2f})"
        family = "     -" if row["family_error"] is None else f"{row['family_error']:6.2f}"
        lines.append(
            f"{row['rule']:<{rules}} {'' if share is None else f'{share:.0%}':>6} {row['error']:6.2f}  {family}  "
            f"{saved:<23}{row['covered_50']:7.0%}  {row['covered_90']:7.0%}  "
            f"{row['pairs_right']:6.1f}/{row['pairs']:<4}{row['pair_regret']:8.2f}"
        )
    least = min(comparison.to_dicts()[:-2], key=lambda row: row["error"])
    sure = least["saved_low"] is not None and least["saved_low"] > 0
    lines += [
        "",
        f"Errors are leave-one-out, in points. The least has “{least['rule']}”, {best['error'] - least['error']:.2f} "
        f"less than the mean of the others, which is {'more' if sure else 'no more'} than chance may give with "
        f"{best['n']} models.",
        "",
    ]
    return "\n".join(lines)


def measurements_text(rows: pl.DataFrame, costs: Sequence[str]) -> str:
    """What to measure next, the greatest saving first."""
    shown = [
        [
            row["measurement"],
            f"{row['regret_saved']:.2f}",
            f"{row['shortening']:.0%}",
            cost or "-",
            row["note"] or "",
        ]
        for row, cost in list(zip(rows.to_dicts(), costs, strict=True))[:_MOST_SHOWN]
    ]
    head = ["what to measure next", "regret saved", "interval shorter by", "cost", ""]
    lines = [tabulate(shown, head, disable_numparse=True, colalign=("left", "right", "right", "left", "left"))]
    if len(rows) > _MOST_SHOWN:
        lines.append(f"… and {len(rows) - _MOST_SHOWN} that save less: --json has them all.")
    if not any(costs):
        lines.append("Costs: --plan PLAN, which `akb plan --whole --json` writes.")
    lines += ["Points that the best choice is expected to be better by, after that measurement alone.", ""]
    return "\n".join(lines)


def stopping_text(table: pl.DataFrame, models: int, risk: float) -> str:
    """What dropping candidates early would have cost and saved, or why the curves say nothing."""
    title = f"Stopping early, at a risk of {_percent(risk)}, from the curves of {models} trained models"
    if not len(table):
        return f"{title}: nothing follows. It takes {FEWEST_CURVES} to say how far off a short run is.\n"
    shown = [
        [
            place_of(row),
            f"{row['share']:.0%}",
            f"{row['error']:.2f}",
            f"{row['error_of_mean']:.2f}",
            f"{row['covered_90']:.0%}",
            *(_race(row) if row["races"] is not None else ["-"] * 5),
        ]
        for row in table.to_dicts()
    ]
    head = ["after", "steps", "error", "of the mean", "in 90 %", "go on", "said", "missed", "regret", "saved"]
    lines = [f"{title}:", "", tabulate(shown, head, disable_numparse=True, colalign=("left", *["right"] * 9)), ""]
    return "\n".join([*lines, stopping_sentence(table), ""])


def stopping_sentence(table: pl.DataFrame) -> str:
    """After how many steps to drop at the stated risk, what that saves, and how much stands behind it."""
    if not len(table):
        return (
            f"Nothing follows: it takes {FEWEST_CURVES} trained models with curves to say how far off a short run is."
        )
    models, risk = table.select(pl.col("models").max(), pl.col("risk").first()).row(0)
    if table["races"].is_null().all():
        return f"No race could be held: {models} trained models have curves, and it takes {FEWEST_RACED}."
    found: Mapping[str, Any] | None = best_stop(table)
    if found is None:
        return (
            f"At a risk of {_percent(risk)} nothing is saved: at every checkpoint either nobody is dropped, or the "
            "best is, more often than that."
        )
    return (
        f"Most is saved by dropping {place_of(found)}: of {found['size']} candidates {found['kept']:.1f} go on, which "
        f"saves {_percent(found['saved'])} of all steps. In {found['races']} races among {found['models']} trained "
        f"models the best was dropped in {_percent(found['missed'])} (said: {_percent(found['said'])}), at a regret of "
        f"{found['regret']:.2f} points. Races share models, and the checkpoint was chosen after the fact: take the "
        "risk as no smaller than said."
    )


def advice_text(checkpoint: Checkpoint, names: Sequence[str], chance: float, running: int, risk: float) -> str:
    """Whom to drop now, of candidates that are in training."""
    now = f"At {checkpoint}, {_percent(checkpoint.share)} of a training"
    if not names:
        return f"{now}, none of the {running} can be dropped at a risk of {_percent(risk)}.\n"
    saved = (1 - checkpoint.share) * len(names) / running
    return (
        f"{now}, drop {', '.join(names)}: together they are the best with {100 * chance:.1f} %. That saves "
        f"{_percent(saved)} of the steps of training all {running}.\n"
    )


def place_of(row: Mapping[str, Any]) -> str:
    """A row's checkpoint in words."""
    if row["step"] is None:
        return "before any training"
    return f"after step {row['step']:,}" + (f" of {row['stage']}" if row["stage"] else "")


def _race(row: Mapping[str, Any]) -> list[str]:
    return [
        f"{row['kept']:.1f} of {row['size']}",
        f"{row['said']:.1%}",
        f"{row['missed']:.1%}",
        f"{row['regret']:.2f}",
        f"{row['saved']:.0%}",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
