"""The report's answers in words: which backbone, and what the evidence is worth.

Every sentence follows from the tables by a rule stated here, so that none claims more than they show.

    verdict(leads, names); gain_sentences(gains, "audio", None, "Hearing")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from akb.analysis.gains import POOLED, WHOLE
from akb.analysis.leads import DEAREST_FIRST
from akb.analysis.words import HOW, counted, listed, number, signed, spanned
from akb.estimates import smallest_significant_r

Row = Mapping[str, Any]
MOST_NAMED = 4  # rivals that a sentence lists, or that have one each: of more, tables tell


@dataclass(frozen=True)
class Verdict:
    """headline: the answer. sentences: what stands behind it and what speaks against it."""

    headline: str
    sentences: tuple[str, ...]


def verdict(leads: pl.DataFrame, names: Mapping[str, str]) -> Verdict:
    """Which backbone, judged by the dearest setting in which there are several to choose from.

    leads: the frame of `leads.leads`. names: display names. A rival is ruled out when it is not in the set
    that holds the best with 95 %; by ear nobody is while each was trained once.
    """
    own = leads.filter(pl.col("among") == pl.col("setting"))
    measured = [setting for setting in DEAREST_FIRST if len(own.filter(setting=setting))]
    if not measured:
        return Verdict("No backbone has been measured yet.", ())
    judged = next((s for s in measured if len(own.filter(setting=s)) > 1), measured[0])
    rows = own.filter(setting=judged).to_dicts()
    sentences = [*_dearer(own, measured[: measured.index(judged)], names), *_choice(rows, judged, names)]
    if len(rows) > 1:
        for setting in measured[measured.index(judged) + 1 :]:
            cheap = leads.filter(setting=setting, among=judged).to_dicts()
            sentences.append(_cheap_choice(cheap, rows, setting, names))
    return Verdict(_headline(rows, judged, names), tuple(sentences))


def gain_sentences(gains: pl.DataFrame, setting: str, captioner: str | None, subject: str) -> list[str]:
    """What the evidence adds, pooled over the backbones: a sentence for each benchmark; none where not measured.

    subject: "Hearing", a caption's name.
    """
    rows = gains.filter(
        pl.col("captioner").eq_missing(pl.lit(captioner, pl.String)),
        pl.col("control").str.starts_with("no_"),
        setting=setting,
        domain=WHOLE,
    )
    pooled = rows.filter(backbone=POOLED).sort("benchmark", "control").to_dicts()
    return [
        _gain(
            row, rows.filter(pl.col("backbone") != POOLED, benchmark=row["benchmark"], control=row["control"]), subject
        )
        for row in pooled
    ]


def correlation_warning(backbones: int, heard: int | None = None) -> str:
    """What a correlation over this many backbones is worth; `heard` of them have an audio-grounded score."""
    few = _worth(backbones)
    if heard is None or heard == backbones:
        return few
    return f"{few} Cells with an audio-grounded score rest on fewer. {_worth(heard)}"


def _worth(backbones: int) -> str:
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


def _headline(rows: Sequence[Row], setting: str, names: Mapping[str, str]) -> str:
    first, *others = rows
    name = named(first, names)
    if not others:
        return f"{name} is the only backbone measured."
    if not any(row["beats_chance"] for row in rows):
        return f"No choice can be made: by {HOW[setting]} no backbone is told from a guess."
    if trained_once(rows):
        return f"{name} leads, but no rival is ruled out: each was trained once."
    close = [named(row, names) for row in others if row["possibly_best"]]
    if not close:
        return f"{name}."
    return (
        f"{name} leads, but no rival is ruled out."
        if len(close) == len(others)
        else f"{name}, or one of {number(len(close))} others."
        if len(close) > MOST_NAMED
        else f"{name}, or {listed(close, 'or')}."
    )


def _dearer(own: pl.DataFrame, settings: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """Of the settings with a single backbone, which decide nothing."""
    return [
        f"By {HOW[setting]} only {named(own.filter(setting=setting).row(0, named=True), names)} was measured: "
        "with nothing to compare it with, that decides nothing."
        for setting in settings
    ]


def _choice(rows: Sequence[Row], setting: str, names: Mapping[str, str]) -> list[str]:
    first, *others = rows
    name = named(first, names)
    guess = "" if first["chance"] is None else f"; a guess, in {100 * first['chance']:.1f} %"
    said = [f"{name} is right in {100 * first['accuracy']:.1f} % of {first['n']:,} items by {HOW[setting]}{guess}."]
    if not others:
        return said
    once = trained_once(rows)
    shrunk = f"{100 * first['shrunk']:.1f}"
    if shrunk != f"{100 * first['accuracy']:.1f}":
        said.append(
            f"The first of {number(len(rows))} owes its place to luck, too: shrunk towards the others, it is right "
            f"in {shrunk} %."
        )
    if once:
        said.append(
            "Intervals are over items alone: each backbone was trained once, and what another training would change is "
            "not in them until there are three `lalm.seeds`."
        )
    else:
        best = [named(row, names) for row in rows if row["possibly_best"]]
        told = f"{number(len(best))} of them: the first, and those with a question mark below"
        told = told if len(best) > MOST_NAMED + 1 else listed(best)
        said.append(f"With 95 % the best is {'among ' if len(best) > 1 else ''}{told}.")
    said += _rivals(others, once, names)
    said.append(f"{name} itself stands at most {first['high']:.1f} points behind the best.")
    return said


def _rivals(others: Sequence[Row], once: bool, names: Mapping[str, str]) -> list[str]:
    """A sentence a rival; of many, one for each of the nearest and one for the rest."""
    if len(others) <= MOST_NAMED:
        return [_behind(row, once, names) for row in others]
    near, rest = others[: MOST_NAMED - 1], others[MOST_NAMED - 1 :]
    possible = sum(bool(row["possibly_best"]) for row in rest)
    ruled = "" if once else f"; {number(possible) if possible else 'none'} of them may be the best"
    behind = spanned(row["behind"] for row in rest)
    return [
        *(_behind(row, once, names) for row in near),
        f"The other {number(len(rest))} stand {behind} points behind{ruled}.",
    ]


def _behind(row: Row, once: bool, names: Mapping[str, str]) -> str:
    ruled = "" if once else ", and may itself be the best" if row["possibly_best"] else ", and is ruled out"
    place = "stands level with it" if row["behind"] == 0 else f"stands {row['behind']:.1f} points behind"
    return (
        f"{named(row, names)} {place}; behind the best, whichever that is, {row['low']:.1f} to {row['high']:.1f} "
        f"(95 %, for all at once){ruled}."
    )


def _cheap_choice(cheap: Sequence[Row], judged: Sequence[Row], setting: str, names: Mapping[str, str]) -> str:
    """Whether a cheaper setting would have chosen alike among the same backbones."""
    by = f"By {HOW[setting]} alone no choice can be made"
    name = judged[0]["backbone"]
    if len(cheap) < 2:
        return f"{by}: it measured {counted(len(cheap))} of these."
    best = cheap[0]
    if not any(row["beats_chance"] for row in cheap):
        return (
            f"{by}: no backbone is told from a guess, right in {100 * best['chance']:.1f} % "
            f"(the first: {100 * best['accuracy']:.1f} %)."
        )
    chosen = [row["backbone"] for row in cheap if row["possibly_best"]]
    missing = len(judged) - len(cheap)
    of = f" ({number(missing)} not measured so)" if missing else ""
    if len(chosen) == len(cheap):
        favourite = "the same" if best["backbone"] == name else f"another, {named(best, names)}"
        return f"{by}: it rules out none of the {number(len(cheap))}{of}. Its first is {favourite}."
    alike = (
        "which agrees"
        if chosen == [name]
        else "which leaves the first in"
        if name in chosen
        else "which rules the first out"
    )
    told = (
        listed([names.get(b, b) for b in chosen], "or")
        if len(chosen) <= MOST_NAMED
        else f"one of {number(len(chosen))}"
    )
    return f"By {HOW[setting]} alone the choice would be {told}{of}, {alike}."


def _gain(row: Row, alone: pl.DataFrame, subject: str) -> str:
    if row["low"] is None or row["high"] is None:
        sure = ""
    else:
        sure = "" if row["low"] > 0 else ": a loss" if row["high"] < 0 else "; that is not told apart from nothing"
    gained, lost = alone.filter(pl.col("low") > 0).height, alone.filter(pl.col("high") < 0).height
    harmed = f", and {number(lost)} a loss" if lost else ""
    shows = "show" if gained > 1 else "shows"
    who = (
        f"all {counted(gained)}"
        if gained == alone.height > 1
        else f"{number(gained) if gained else 'none'} of {counted(alone.height)}"
    )
    return (
        f"{subject} adds {signed(row['gain'])} points on {row['benchmark']} against the same models without it "
        f"(95 % {signed(row['low'])} to {signed(row['high'])}, {row['n']:,} items){sure}. "
        f"Taken alone, {who} {shows} a gain{harmed}."
    )


def trained_once(rows: Sequence[Row]) -> bool:
    """Whether nothing is known of what another training would do: all were trained, each once."""
    return rows[0]["setting"] == "audio" and max(row["trainings"] or 1 for row in rows) == 1


def named(row: Row, names: Mapping[str, str]) -> str:
    return names.get(row["backbone"], row["backbone"])
