"""The paper's own numbers, as scores: read from `resources/published/`, so that the same code draws both.

scores = published_scores(Path("resources/published/accuracy.csv"))
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from akb.analysis.metrics import Metric
from akb.errors import AkbError
from akb.estimates import wilson
from akb.reading.files import read_records
from akb.tables import SCORES

CASCADE_CAPTIONER = "Gemini-caption"  # the only one that the paper gives for all 17 models
# Figure 2's five, in its order.
METRICS = tuple(map(Metric.parse, ["probe/AKB-2000", "cascade/MMAU", "cascade/MMAR", "audio/MMAU", "audio/MMAR"]))
TARGETS = METRICS[3:]
PREDICTORS = ((METRICS[0],), (METRICS[1],), (METRICS[2],), (METRICS[0], METRICS[1]), (METRICS[0], METRICS[2]))


def published_scores(path: Path) -> pl.DataFrame:
    """The paper's accuracies as SCORES rows (`tied` and `invalid` null: the paper does not say).

    `correct` is the whole count that the percentage stands for. Raises AkbError naming the file.
    """
    columns = {"model": "backbone", "n_items": "n"}
    try:
        frame = pl.DataFrame([record for _, record in read_records(path)]).rename(columns)
        frame = frame.with_columns(
            pl.col("n").cast(pl.Int64),
            pl.col("accuracy").cast(pl.Float64) / 100,
            domain=pl.col("domain").replace("Overall", "all"),
            captioner=pl.col("captioner").replace("", None),
            control=pl.lit(None, pl.String),
            tied=pl.lit(None, pl.Float64),
            invalid=pl.lit(None, pl.Float64),
            effective_n=pl.col("n").cast(pl.Float64),
            trainings=pl.lit(None, pl.Int64),
            training_variance=pl.lit(None, pl.Float64),
        )
    except pl.exceptions.PolarsError as error:
        raise AkbError(
            f"the published results cannot be read: {error}",
            where=str(path),
            remedy="restore the file from the repository; its README names the columns",
        ) from error
    frame = frame.with_columns(correct=(pl.col("accuracy") * pl.col("n")).round())
    bounds = [wilson(row["correct"], row["n"]) for row in frame.iter_rows(named=True)]
    return frame.with_columns(
        low=pl.Series([b[0] for b in bounds], dtype=pl.Float64),
        high=pl.Series([b[1] for b in bounds], dtype=pl.Float64),
    ).select(list(SCORES))


def published_families(path: Path) -> dict[str, str]:
    """Each model's family; none where the file has no such column."""
    return {record["model"]: record["family"] for _, record in read_records(path) if "family" in record}


def published_display(path: Path) -> dict[str, dict[str, str]]:
    """Short labels for the paper's models, from a CSV of `model`, `label`."""
    return {row["model"]: {"name": row["model"], "label": row["label"]} for _, row in read_records(path)}
