"""From responses to scores: one answer per item, then accuracy over every item.

A response that cannot be read is wrong, and counted as invalid with its reason. A response that is
absent is an error: no denominator ever shrinks. Options that tie share the item's one point.

    scores = score(read_table(responses, RESPONSES), items)
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import polars as pl

from akb.errors import AkbError
from akb.estimates import UNKNOWN, Array, Training, Units, effective_items, training_variance, wilson
from akb.tables import SCORES, TIE, frame_of

# What tells one run of a benchmark from another; trainings of one audio language model are parts of one run.
RUN = ["backbone", "setting", "benchmark", "captioner", "control"]
INVALID = {**dict.fromkeys([*RUN, "reason"], pl.String), "items": pl.Int64}
TRAINED_RUN = [*RUN, "training"]
_TEXT_OF_NO_ANSWER = "unreadable"
_NONE = pl.lit([], pl.List(pl.Int64))
# Means of the same numbers in another order differ by their last bits; scores in float32 by a thousand times that.
_SAME = 1e-9


def answers(responses: pl.DataFrame) -> pl.DataFrame:
    """One row per run, training and item: their columns, `chosen` (list of options, empty if invalid), `invalid`.

    With log-probabilities the chosen option is the one whose mean over the rotations is highest; one
    rotation that failed makes the item invalid, since a mean over some places would favour them. A
    rotation in which options tie has not failed: means are taken first, and only then is a tie one.
    Without (free text) it is the answer given in most rotations; the item is invalid when no rotation
    could be read. Options that share the highest mean, or the most votes, are all chosen: to take one
    of them by its place, or by the rotation that came first, would favour that place.
    Raises AkbError when one rotation of one item was answered twice.
    """
    keys = [*TRAINED_RUN, "item_id"]
    _refuse_duplicates(responses, keys)
    scored = pl.col("option_logprobs").is_not_null()
    nan = pl.col("option_logprobs").list.eval(pl.element().is_nan().any()).list.first().fill_null(value=False)
    responses = responses.with_columns(
        invalid=pl.when(scored & (pl.col("invalid") == TIE)).then(None).otherwise("invalid")
    ).with_columns(
        invalid=pl.when(nan & pl.col("invalid").is_null())
        .then(pl.lit("nan_logits"))
        .when(pl.col("invalid").is_null() & pl.col("answer").is_null() & ~scored)
        .then(pl.lit(_TEXT_OF_NO_ANSWER))
        .otherwise("invalid")
    )
    by_logprobs = pl.col("mode") != "generate"
    return pl.concat([_from_logprobs(responses.filter(by_logprobs), keys), _from_text(responses.filter(~by_logprobs))])


def _from_logprobs(responses: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    reasons = responses.group_by(keys).agg(
        invalid=pl.col("invalid").sort_by("rotation").drop_nulls().first(),
        given=pl.col("answer").drop_nulls().mode().sort(),
    )
    means = (
        responses.filter(pl.col("invalid").is_null() & pl.col("option_logprobs").is_not_null())
        .select(*keys, "option_logprobs", option=pl.int_ranges(pl.col("option_logprobs").list.len()))
        .explode("option_logprobs", "option")
        .group_by([*keys, "option"])
        .agg(pl.col("option_logprobs").mean())
        .group_by(keys)
        .agg(best=pl.col("option").filter(pl.col("option_logprobs") >= pl.col("option_logprobs").max() - _SAME).sort())
    )
    chosen = pl.coalesce(pl.col("best"), pl.col("given"))
    return reasons.join(means, on=keys, how="left", nulls_equal=True).select(
        *keys, chosen=pl.when(pl.col("invalid").is_null()).then(chosen).otherwise(_NONE), invalid=pl.col("invalid")
    )


def _from_text(responses: pl.DataFrame) -> pl.DataFrame:
    keys = [*TRAINED_RUN, "item_id"]
    votes = (
        responses.filter(pl.col("invalid").is_null())
        .group_by([*keys, "answer"])
        .agg(votes=pl.len())
        .group_by(keys)
        .agg(chosen=pl.col("answer").filter(pl.col("votes") == pl.col("votes").max()).sort())
    )
    reasons = responses.group_by(keys).agg(reason=pl.col("invalid").sort_by("rotation").drop_nulls().first())
    return reasons.join(votes, on=keys, how="left", nulls_equal=True).select(
        *keys,
        chosen=pl.col("chosen").fill_null(_NONE),
        invalid=pl.when(pl.col("chosen").is_null()).then(pl.col("reason")),
    )


def graded(responses: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """`answers` joined to their items: adds `right`, `correct`, `tied`, `category`, `subcategory`, `unit`,
    `options`.

    `correct` is what the item earns, from 0 to 1: a tie among t options earns 1/t if the right one is
    among them, which is what choosing one of them by lot would earn.
    Every run, and every training of it, must answer every item of its benchmark, and nothing else.
    Raises AkbError naming the run, the number of items at fault and the first of them.
    """
    asked = items.select(
        "item_id", "benchmark", "category", "subcategory", "skill", "tier", "unit", "options", right="answer"
    )
    given = answers(responses)
    _require_all_items(given, asked)
    earned = pl.when(pl.col("chosen").list.contains(pl.col("right"))).then(1 / pl.col("chosen").list.len())
    return given.join(asked, on=["item_id", "benchmark"], how="left").with_columns(
        correct=earned.otherwise(0.0), tied=pl.col("chosen").list.len() > 1
    )


def score(
    responses: pl.DataFrame, items: pl.DataFrame, by: Literal["category", "subcategory", "skill", "tier"] = "category"
) -> pl.DataFrame:
    """SCORES rows of every run in `responses`: domain "all", then one for each category (or what `by` names).

    responses: RESPONSES rows of one or more backbones. items: ITEMS rows of all their benchmarks. The
    intervals hold what training adds where some backbone was trained several times.
    Raises AkbError as `graded` does.
    """
    frame = graded(responses, items)
    rows = []
    for key, group in frame.group_by(RUN):
        named = dict(zip(RUN, key, strict=True))
        rows.append(named | {"domain": "all"} | _counts(group))
        rows += [named | {"domain": str(domain)} | _counts(part) for (domain,), part in group.group_by(by)]
    unbounded = frame_of([row | {"low": None, "high": None} for row in rows], SCORES)
    return with_training(unbounded.sort(*RUN, pl.col("domain") != "all", "domain", nulls_last=False))


def _counts(group: pl.DataFrame) -> dict[str, float | int | None]:
    """What one run earned over some items, as a mean over its trainings."""
    marks, units = by_training(group)
    trainings = marks.shape[1]
    worth, _ = effective_items(marks.mean(axis=1), units)
    spread = training_variance([marks], units, least=None)
    return {
        "n": len(marks),
        "correct": float(marks.sum()) / trainings,
        "tied": int(group["tied"].sum()) / trainings,
        "invalid": group["invalid"].is_not_null().sum() / trainings,
        "accuracy": float(marks.mean()),
        "effective_n": worth,
        "trainings": None if group["training"].is_null().all() else trainings,
        "training_variance": spread.variance if spread.df else None,
    }


def by_training(group: pl.DataFrame, values: str = "correct") -> tuple[Array, Units]:
    """One run's `values` as (items, trainings), and the items' units as numbers; items in the order of their ids.

    group: rows of `graded` of one run, each item once for every training.
    """
    wide = group.sort("training", "item_id", nulls_last=False)
    trainings = max(1, group["training"].n_unique())
    count = len(wide) // trainings
    marks = wide[values].to_numpy().astype(np.float64).reshape(trainings, count).T
    return marks, unit_numbers(wide.head(count))


def unit_numbers(items: pl.DataFrame) -> Units:
    """Each row's unit as a number from 0; units are told apart within a benchmark."""
    named = pl.concat_str("benchmark", pl.lit("\0"), "unit")
    found: Units = items.select(named.rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    return found


def with_training(scores: pl.DataFrame) -> pl.DataFrame:
    """The scores with their intervals, over units and, where it is known, training.

    What one training adds is taken over all backbones of `scores` together: few trainings of one say little.
    """
    known = pl.col("training_variance").is_not_null()
    weight = pl.when(known).then(pl.col("trainings") - 1)
    rest = ["setting", "benchmark", "captioner", "control", "domain"]
    pooled = (
        scores.with_columns(_mean=(weight * pl.col("training_variance")).sum().over(rest), _df=weight.sum().over(rest))
        .select(variance=pl.max_horizontal(pl.col("_mean") / pl.col("_df"), 0.0), df=pl.col("_df"))
        .rows()
    )
    bounds = [
        _bounds(row, Training(variance, int(df)) if df else UNKNOWN)
        for row, (variance, df) in zip(scores.iter_rows(named=True), pooled, strict=True)
    ]
    return scores.with_columns(
        low=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
        high=pl.Series([high for _, high in bounds], dtype=pl.Float64),
    ).select(list(SCORES))


def _bounds(row: dict[str, Any], training: Training) -> tuple[float, float]:
    """Wilson's interval over as many items as the score is worth, when units and training are counted in."""
    n, share = row["effective_n"], row["accuracy"]
    of_items = share * (1 - share)
    df = math.inf if n >= row["n"] else max(1.0, n - 1)
    if training.df and row["trainings"] and of_items > 0:
        added = training.variance / row["trainings"]
        total = of_items / n + added
        n = of_items / total
        df = total**2 / ((0 if math.isinf(df) else (total - added) ** 2 / df) + added**2 / training.df) if added else df
    return wilson(share * n, n, df=df)


def chance(items: pl.DataFrame) -> pl.DataFrame:
    """`benchmark`, `domain`, `chance`: the expected accuracy of a guess, the mean of 1 / options."""
    guesses = items.with_columns(chance=1 / pl.col("options").list.len())
    whole = guesses.group_by("benchmark").agg(pl.col("chance").mean()).with_columns(domain=pl.lit("all"))
    parts = guesses.group_by("benchmark", domain="category").agg(pl.col("chance").mean())
    columns = ["benchmark", "domain", "chance"]
    return pl.concat([whole.select(columns), parts.select(columns)]).sort(columns)


def invalid_reasons(responses: pl.DataFrame) -> pl.DataFrame:
    """INVALID rows: how many items of each run have no answer, by reason."""
    lost = answers(responses).unique([*RUN, "item_id", "invalid"]).filter(pl.col("invalid").is_not_null())
    return (
        lost.group_by([*RUN, "invalid"])
        .agg(items=pl.len().cast(pl.Int64))
        .rename({"invalid": "reason"})
        .sort(*RUN, "reason")
    )


def _refuse_duplicates(responses: pl.DataFrame, keys: list[str]) -> None:
    twice = responses.filter(pl.struct([*keys, "rotation"]).is_duplicated())
    if len(twice):
        row = twice.row(0, named=True)
        raise AkbError(
            f"{len(twice)} responses stand twice, first item {row['item_id']}, rotation {row['rotation']}",
            where=_name(row),
            remedy="delete the responses table of this backbone and build it again",
        )


def _require_all_items(given: pl.DataFrame, asked: pl.DataFrame) -> None:
    expected = given.select(TRAINED_RUN).unique().join(asked.select("benchmark", "item_id"), on="benchmark", how="left")
    keys = [*TRAINED_RUN, "item_id"]
    faults = [
        ("no response", expected.join(given, on=keys, how="anti", nulls_equal=True)),
        ("a response to an unknown item", given.join(expected, on=keys, how="anti", nulls_equal=True)),
    ]
    for fault, rows in faults:
        if len(rows):
            row = rows.sort(*keys).row(0, named=True)
            raise AkbError(
                f"{fault}: {len(rows)} items, first {row['item_id'] or 'none, for the benchmark has no items here'}",
                where=_name(row),
                remedy="delete the responses table and build it again; a score counts every item of a benchmark",
            )


def _name(row: dict[str, object]) -> str:
    return ", ".join(f"{column} {row[column]}" for column in TRAINED_RUN if row[column] is not None)
