"""The report's answers in words: which backbone, how far the cheap scores may be trusted, what the evidence is worth.

Every sentence follows from the tables by a rule stated here, so that none claims more than they show.

    verdict(leads, names); trust(predictions)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from scipy import stats

from akb.analysis.gains import POOLED, WHOLE
from akb.analysis.metrics import Metric

_HOW = {"audio": "audio-grounded answering", "cascade": "the cascade", "probe": "the probe"}


@dataclass(frozen=True)
class Verdict:
    """headline: the answer. sentences: what stands behind it and what speaks against it."""

    headline: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Trust:
    """headline: may the cheap score choose? sentences: one per target, from the score of the probe."""

    headline: str
    sentences: tuple[str, ...]


def verdict(leads: pl.DataFrame, names: Mapping[str, str], chance: Mapping[str, float]) -> Verdict:
    """Which backbone, judged by the dearest setting measured.

    leads: the frame of `gains.leads`. names: display names. chance: each setting's accuracy of a guess.
    A rival whose paired interval reaches 0 or below is not told apart from the best.
    """
    settings = [setting for setting in _HOW if len(leads.filter(setting=setting))]
    if not settings:
        return Verdict("No backbone has been measured yet.", ())
    setting = settings[0]
    rows = leads.filter(setting=setting).to_dicts()
    best, *others = rows
    name = _named(best, names)
    close = [_named(row, names) for row in others if row["low"] <= 0]
    accuracy = f"{100 * best['accuracy']:.1f} %"
    if not others:
        headline = f"{name} is the only backbone measured."
    elif not close:
        headline = f"{name}."
    elif len(close) == len(others):
        headline = f"{name} leads, but no rival is ruled out."
    else:
        headline = f"{name}, or {listed(close, 'or')}."
    guess = f"; a guess, in {100 * chance[setting]:.1f} %" if setting in chance else ""
    sentences = [f"{name} is right in {accuracy} of {best['n']:,} items by {_HOW[setting]}{guess}."]
    sentences += [_behind(row, names) for row in others]
    if others:
        sentences += _cheap_choices(leads, settings[1:], name, names)
    return Verdict(headline, tuple(sentences))


def trust(predictions: pl.DataFrame) -> Trust:
    """How far the cheap score may be trusted to predict the expensive one, on the published models."""
    single = predictions.filter(~pl.col("predictors").str.contains("+", literal=True)).to_dicts()
    if not single:
        return Trust("Too few models have both scores to say.", ())
    proven = [row for row in single if row["saved_low"] > 0]
    error, rival = _range(single, "error"), _range(single, "error_of_mean")
    pairs = f"{min(row['pairs_right'] for row in single)} to {max(row['pairs_right'] for row in single)}"
    told = (
        f"{len(proven)} of {len(single)} cheap scores demonstrably do better than that."
        if proven
        else "no difference between the two is beyond chance."
    )
    headline = (
        f"Enough to put {pairs} of {single[0]['pairs']} pairs of backbones in order, not to say how well one "
        f"will do: it is off by {error} points on average, knowing nothing about the backbone by {rival}, and {told}"
    )
    knowledge = [row for row in single if Metric.parse(row["predictors"]).setting == "probe"]
    return Trust(headline, tuple(_prediction(row) for row in knowledge or single))


def gain_sentence(gains: pl.DataFrame, setting: str, captioner: str | None, subject: str) -> str | None:
    """What the evidence adds, pooled over the backbones, or None where it was not measured."""
    gains = gains.filter(domain=WHOLE)
    rows = gains.filter(
        pl.col("captioner").eq_missing(pl.lit(captioner, pl.String)),
        pl.col("control").str.starts_with("no_"),
        backbone=POOLED,
        setting=setting,
    ).to_dicts()
    if not rows:
        return None
    row = rows[0]
    alone = gains.filter(
        pl.col("backbone") != POOLED,
        pl.col("captioner").eq_missing(pl.lit(captioner, pl.String)),
        control=row["control"],
        setting=setting,
        benchmark=row["benchmark"],
    )
    shown = alone.filter(pl.col("low") > 0).height
    sure = "" if row["low"] > 0 else "; that is not told apart from nothing"
    return (
        f"{subject} {signed(row['gain'])} points on {row['benchmark']} against the same models without it "
        f"(95 % {signed(row['low'])} to {signed(row['high'])}, {row['n']:,} items){sure}. "
        f"Taken alone, {shown} of {alone.height} backbones show it."
    )


def smallest_significant_r(n: int) -> float | None:
    """The |r| that n models must exceed to be told from 0 (two-sided, 5 %); None below three models."""
    if n < 3:
        return None
    t = float(stats.t.ppf(0.975, n - 2))
    return t / math.sqrt(n - 2 + t * t)


def correlation_warning(backbones: int) -> str:
    """What a correlation over this many backbones is worth."""
    needed = smallest_significant_r(backbones)
    if needed is None:
        return f"With {counted(backbones)} there is no correlation to speak of."
    worth = (
        "a correlation means nothing: any three points lie near some line"
        if backbones == 3
        else "a correlation means little"
        if backbones < 8
        else "a correlation is worth reading with its interval"
    )
    return f"With {counted(backbones)} {worth}. |r| must exceed {needed:.3f} before it can be told from zero."


def counted(backbones: int) -> str:
    """A number of backbones in words."""
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return f"{words[backbones] if backbones < len(words) else backbones} backbone{'' if backbones == 1 else 's'}"


def signed(value: float) -> str:
    """Points with their sign and one decimal."""
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a sentence lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _cheap_choices(leads: pl.DataFrame, settings: Sequence[str], name: str, names: Mapping[str, str]) -> list[str]:
    """Whether the cheaper settings would have chosen the same backbone."""
    picks = {setting: _named(leads.filter(setting=setting).row(0, named=True), names) for setting in settings}
    if len(picks) > 1 and set(picks.values()) == {name}:
        return [f"{listed([_HOW[setting] for setting in picks])} would each have led to the same choice.".capitalize()]
    return [
        f"By {_HOW[setting]} alone the choice would have been {'the same' if pick == name else pick}."
        for setting, pick in picks.items()
    ]


def _behind(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    untold = "" if row["low"] > 0 else ", which these items cannot tell from none"
    return (
        f"{_named(row, names)} stands {row['behind']:.1f} points behind "
        f"(95 % {signed(row['low'])} to {signed(row['high'])}){untold}."
    )


def _range(rows: Sequence[Mapping[str, Any]], column: str) -> str:
    return f"{min(row[column] for row in rows):.1f} to {max(row[column] for row in rows):.1f}"


def _prediction(row: Mapping[str, Any]) -> str:
    target, cheap = Metric.parse(row["target"]).label, Metric.parse(row["predictors"]).label
    beats = "better than" if row["saved_low"] > 0 else "not demonstrably better than"
    return (
        f"{cheap} predicts {target} of a model left out to {row['error']:.1f} points "
        f"(95 % {row['error_low']:.1f} to {row['error_high']:.1f}), {beats} the other models’ mean, which is off by "
        f"{row['error_of_mean']:.1f}. It orders {row['pairs_right']} of {row['pairs']} pairs of models rightly; its "
        f"favourite stands {row['regret']:.1f} points behind the best."
    )


def _named(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return names.get(row["backbone"], row["backbone"])
