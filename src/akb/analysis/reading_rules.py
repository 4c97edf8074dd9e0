"""The same written answers as other toolkits would read them: how far scores and ranks move by the reading alone.

Re-implemented from what their documentation and users describe, none copied:
- *word match*: MMAU's and MMAR's published rule (`reading.string_match`);
- *first letter*: the first capital letter of an option that stands alone; none, and the answer is wrong;
- *first letter, else the first option*: as before, and an answer without a letter counts as a choice of A;
- *first letter, else by lot*: as before, and an answer without a letter earns what a guess would;
- *ours*: `reading.extraction`, with a reason where nothing can be read.

    table = reading_rules(responses, items)
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence

import polars as pl

from akb.analysis.scores import RUN
from akb.reading.extraction import extract
from akb.reading.string_match import matches, words

OURS = "ours"
WORD_MATCH = "word match"
FIRST_LETTER = "first letter"
ELSE_FIRST = "first letter, else the first option"
ELSE_BY_LOT = "first letter, else by lot"
RULES = (OURS, WORD_MATCH, FIRST_LETTER, ELSE_FIRST, ELSE_BY_LOT)
# Accuracies are fractions of 1 of `n` answers (each order of the options is an answer of its own); `unread`: answers in
# which the rule finds no option. `moved`: against ours, in points. Ranks count from 1 among the backbones of the run.
READING_RULES = {
    **dict.fromkeys([*RUN, "rule"], pl.String),
    "accuracy": pl.Float64,
    "unread": pl.Int64,
    "moved": pl.Float64,
    "rank": pl.Int64,
    "rank_by_ours": pl.Int64,
    "n": pl.Int64,
}
_ALONE = re.compile(r"(?<![A-Za-z0-9'’])([A-Z])(?![A-Za-z0-9'’])")


def reading_rules(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """READING_RULES rows of every run whose answers were written; five to a run.

    responses: RESPONSES rows of all runs and modes; those that chose by likelihood are passed over.
    """
    written = responses.filter(pl.col("mode") == "generate").join(
        items.select("item_id", "benchmark", "options", right="answer"), on=["item_id", "benchmark"]
    )
    earned = [
        marks_of(text, options, right, rotation)
        for text, options, right, rotation in written.select("text", "options", "right", "rotation").iter_rows()
    ]
    frames = []
    for rule in RULES:
        marks = pl.Series([None if marks[rule] is None else marks[rule] for marks in earned], dtype=pl.Float64)
        read = written.with_columns(mark=marks)
        frames.append(
            read.group_by(RUN).agg(
                rule=pl.lit(rule),
                accuracy=pl.col("mark").fill_null(0.0).mean(),
                unread=pl.col("mark").is_null().sum().cast(pl.Int64),
                n=pl.len().cast(pl.Int64),
            )
        )
    frame = pl.concat(frames)
    ours = frame.filter(rule=OURS).select(*RUN, ours="accuracy")
    run = [name for name in RUN if name != "backbone"]
    frame = frame.join(ours, on=RUN, nulls_equal=True).with_columns(
        moved=100 * (pl.col("accuracy") - pl.col("ours")),
        rank=pl.col("accuracy").round(9).rank("min", descending=True).over([*run, "rule"]).cast(pl.Int64),
        rank_by_ours=pl.col("ours").round(9).rank("min", descending=True).over([*run, "rule"]).cast(pl.Int64),
    )
    order = pl.col("rule").cast(pl.Enum(RULES)).to_physical()
    return frame.sort(*run, order, "rank", "backbone").select(list(READING_RULES))


def marks_of(text: str, options: Sequence[str], right: int, rotation: int = 0) -> Mapping[str, float | None]:
    """What an answer earns under each of RULES, from 0 to 1; None where the rule finds no option in it.

    options: in the item's own order; they were shown from option `rotation` on.
    """
    count = len(options)
    shown = [options[(place + rotation) % count] for place in range(count)]
    answer = (right - rotation) % count
    ours, _ = extract(text, shown)
    letter = first_letter(text, count)
    by_letter = None if letter is None else float(letter == answer)
    told = matches(text, tuple(shown), answer)
    return {
        OURS: None if ours is None else float(shown[ours].strip() == shown[answer].strip()),
        WORD_MATCH: float(told) if told or words(text) else None,
        FIRST_LETTER: by_letter,
        ELSE_FIRST: float(answer == 0) if by_letter is None else by_letter,
        ELSE_BY_LOT: 1 / count if by_letter is None else by_letter,
    }


def first_letter(text: str, count: int) -> int | None:
    """The place of the first capital letter that stands alone and labels one of `count` options, if any."""
    for found in _ALONE.finditer(text):
        place = string.ascii_uppercase.index(found[1])
        if place < count:
            return place
    return None
