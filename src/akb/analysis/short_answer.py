"""The report's answer in three sentences at most: how the first did, how sure that is, and what to do next.

    short_answer(leads, choices, names)

What stands behind them, backbone by backbone, is `verdict`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from akb.analysis.choice import MEASURED
from akb.analysis.leads import DEAREST_FIRST
from akb.analysis.verdict import MOST_NAMED, Row, named, trained_once
from akb.analysis.words import listed, number, spanned

_HOW = {"audio": "by ear", "cascade": "from captions", "probe": "from what it knows"}


def short_answer(leads: pl.DataFrame, choices: pl.DataFrame, names: Mapping[str, str]) -> tuple[str, ...]:
    """Of the dearest setting in which there are several to choose from; none if nothing was measured.

    leads: the frame of `leads.leads`. choices: CHOICES rows. names: display names.
    """
    own = leads.filter(pl.col("among") == pl.col("setting"))
    measured = [setting for setting in DEAREST_FIRST if len(own.filter(setting=setting))]
    if not measured:
        return ()
    judged = next((s for s in measured if len(own.filter(setting=s)) > 1), measured[0])
    rows = own.filter(setting=judged).to_dicts()
    told = [_result(rows, judged, names)]
    if len(rows) > 1:
        told.append(_sureness(rows, choices if judged == "audio" else choices.clear(), names))
    return (*told, f"Next: {_next(rows, judged, names)}")


def _result(rows: Sequence[Row], setting: str, names: Mapping[str, str]) -> str:
    first = rows[0]
    guess = "" if first["chance"] is None else f", where a guess gets {100 * first['chance']:.1f} %"
    return (
        f"{named(first, names)} answers {100 * first['accuracy']:.1f} % of {first['n']:,} questions rightly "
        f"{_HOW[setting]}{guess}."
    )


def _sureness(rows: Sequence[Row], choices: pl.DataFrame, names: Mapping[str, str]) -> str:
    first, second = rows[0], rows[1]
    lead = f"{named(second, names)} stands {second['behind']:.1f} points behind"
    lead = f"{named(second, names)} stands level with it" if second["behind"] == 0 else lead
    chances = choices.filter(
        pl.col("best").is_not_null(), pl.len().over("benchmark") > 1, basis=MEASURED, backbone=first["backbone"]
    )["best"].to_list()
    if chances:
        luck = ", before the luck of a single training" if trained_once(rows) else ""
        span = spanned((100 * chance for chance in chances), 0)
        several = ", by benchmark" if len(chances) > 1 else ""
        return f"{lead}: the chance that the first is the best is {span} %{several}{luck}."
    rivals, possible = len(rows) - 1, sum(bool(row["possibly_best"]) for row in rows[1:])
    sure = (
        "every rival is ruled out"
        if not possible
        else "no rival is ruled out"
        if possible == rivals
        else f"{number(possible)} of {number(rivals)} rivals may be the best"
    )
    return f"{lead}; at 95 % {sure}."


def _next(rows: Sequence[Row], setting: str, names: Mapping[str, str]) -> str:
    """What to do, from what stands in the way of a choice."""
    if len(rows) == 1:
        return "measure another: one backbone is no choice."
    if not any(row["beats_chance"] for row in rows):
        longer = "train longer" if setting == "audio" else "ask more questions, or larger backbones"
        return f"{longer}, since nothing here is told from a guess."
    close = [named(row, names) for row in rows if row["possibly_best"]]
    many = f"all {number(len(rows))}" if len(close) == len(rows) else f"the {number(len(close))} that may be the best"
    who = listed(close) if len(close) <= MOST_NAMED else many
    if setting != "audio":
        return (
            f"train {who}, the likeliest first; `akb predict results/scores.parquet` says which."
            if len(close) > 1
            else f"train {who}; what it hears is not known yet."
        )
    if trained_once(rows):
        return f"train {who} three times each (`lalm.seeds`), for one training rules nobody out."
    if len(close) == 1:
        return f"go on with {close[0]}; these benchmarks need no further measurement to choose."
    return f"ask {who} more questions, or train them with more seeds, to tell them apart."
