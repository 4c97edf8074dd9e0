"""Training curves of several backbones as data: what each showed after as many steps.

Curves come from folders of results (`models/<backbone>/lalm/<seed>/training.parquet`, or the CSV beside it) and from
tables of one's own: `model`, `step` and at least one of `held_out_loss`, `loss` and `accuracy`; `seed`, `stage` and
`hours` if known.

    curves = read_curves([Path("results")])
    for checkpoint in checkpoints(curves, finished): early_values(curves, checkpoint)
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from akb.errors import AkbError
from akb.reading.files import absent, read_records
from akb.tables import frame_of

# One measurement of one training. `taken` counts the steps of all stages up to it, `hours` the time where it is known;
# `accuracy` is a fraction of 1, of some held-out questions.
CURVES = {
    "model": pl.String,
    "seed": pl.String,
    "stage": pl.String,
    "step": pl.Int64,
    "taken": pl.Int64,
    "loss": pl.Float64,
    "held_out_loss": pl.Float64,
    "accuracy": pl.Float64,
    "hours": pl.Float64,
}
SHOWN = {"held_out_loss": "held-out loss", "accuracy": "accuracy", "loss": "training loss"}
_LATE = 0.1  # a measurement counts for a checkpoint that it precedes by at most this share of the steps
_REMEDY = "give model, step and one of held_out_loss, loss, accuracy in each row; seed, stage, hours if known"


@dataclass(frozen=True)
class Checkpoint:
    """After so many steps of a stage; `taken` counts all stages', `share` is of a whole training's."""

    stage: str
    step: int
    taken: int
    share: float

    def __str__(self) -> str:
        return f"step {self.step:,}" + (f" of {self.stage}" if self.stage else "")


def read_curves(paths: Sequence[Path]) -> pl.DataFrame:
    """CURVES rows of folders of results and of tables. Raises AkbError naming file and row."""
    rows = [row for path in paths for row in (_of_folder(path) if path.is_dir() else _of_table(path))]
    return curves_of(rows)


def of_trainings(trainings: Iterable[tuple[str, str, pl.DataFrame]]) -> pl.DataFrame:
    """CURVES of (model, seed, TRAINING rows)."""
    rows = [
        {**row, "model": model, "seed": seed, "stage": row["stage"] or ""}
        for model, seed, frame in trainings
        for row in frame.to_dicts()
    ]
    return curves_of(rows)


def curves_of(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """CURVES from rows without `taken`, in the order of the training."""
    before: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    found = []
    for row in rows:
        stages = before[row["model"], row["seed"]]
        if row["step"] <= stages.get(row["stage"], -1) or (stages and [*stages][-1] != row["stage"] in stages):
            raise AkbError(
                f"the steps of {row['model']} (seed {row['seed'] or 'not given'}) do not go on: {row['step']}",
                where=str(row.get("where", row["model"])),
                remedy="put a training's measurements in their order, and give each training a seed of its own",
            )
        stages[row["stage"]] = row["step"]
        found.append({**{key: row.get(key) for key in CURVES}, "taken": sum(stages.values())})
    return frame_of(found, CURVES)


def checkpoints(curves: pl.DataFrame, finished: Collection[str], most: int = 8) -> list[Checkpoint]:
    """At most `most` places, evenly spread, at which trainings of the `finished` models were measured.

    The last, where a training is over, is left out. finished: models whose training went to its end.
    """
    whole = curves.filter(pl.col("model").is_in(list(finished)))
    if not len(whole):
        return []
    length = float(whole.group_by("model", "seed").agg(pl.col("taken").max())["taken"].median())  # type: ignore[arg-type]
    every = whole.filter(pl.col("taken") < 0.99 * length).group_by("taken", "stage", "step").len().sort("taken")
    # Of measurements that stand close together the one that most trainings have stands for all.
    places: list[dict[str, Any]] = []
    for row in every.to_dicts():
        if places and row["taken"] <= places[-1]["taken"] * (1 + _LATE / 2):
            if row["len"] > places[-1]["len"]:
                places[-1] = row
            continue
        places.append(row)
    count = min(most, len(places))
    chosen = sorted({round(i * (len(places) - 1) / max(1, count - 1)) for i in range(count)})
    return [
        Checkpoint(places[i]["stage"], places[i]["step"], places[i]["taken"], places[i]["taken"] / length)
        for i in chosen
    ]


def early_values(curves: pl.DataFrame, checkpoint: Checkpoint) -> dict[str, dict[str, float]]:
    """What each model had shown by then: quantity → model → its mean over the model's trainings.

    Beside the values stands by how much the held-out loss fell since the stage's first measurement: losses of two
    backbones need not be on one scale.
    """
    upto = curves.filter(
        pl.col("taken") <= checkpoint.taken, pl.col("taken") >= (1 - _LATE) * checkpoint.taken, stage=checkpoint.stage
    )
    latest = upto.sort("taken").group_by("model", "seed").last()
    first = (
        curves.filter(pl.col("held_out_loss").is_not_null(), stage=checkpoint.stage)
        .group_by("model", "seed", maintain_order=True)
        .agg(first=pl.col("held_out_loss").first(), since=pl.col("taken").first())
    )
    latest = latest.join(first, on=["model", "seed"], how="left").with_columns(
        fall=pl.when(pl.col("taken") > pl.col("since")).then(pl.col("first") - pl.col("held_out_loss"))
    )
    found = {}
    for column, name in (*SHOWN.items(), ("fall", "fall of the held-out loss")):
        means = latest.filter(pl.col(column).is_not_null()).group_by("model").agg(pl.col(column).mean())
        if len(means):
            found[name] = dict(means.iter_rows())
    return found


def _of_folder(folder: Path) -> Iterator[dict[str, Any]]:
    files = sorted({path.with_suffix("") for path in folder.glob("models/*/lalm/*/training.*")})
    if not files:
        raise AkbError(
            "no training curve lies below the folder",
            where=str(folder),
            remedy="give a folder of results, in which models/<backbone>/lalm/<seed>/training.parquet lies, or a CSV",
        )
    for stem in files:
        path = stem.with_suffix(".parquet")
        path = path if path.exists() else stem.with_suffix(".csv")
        for where, record in read_records(path):
            yield _row({**record, "model": stem.parts[-4], "seed": stem.parts[-2]}, where)


def _of_table(path: Path) -> Iterator[dict[str, Any]]:
    for where, record in read_records(path):
        yield _row(record, where)


def _row(record: Mapping[str, Any], where: str) -> dict[str, Any]:
    model, step = record.get("model"), _number(record, "step", where)
    values = {key: _number(record, key, where) for key in (*SHOWN, "hours")}
    if absent(model) or not str(model).strip() or step is None or not any(key in record for key in SHOWN):
        raise AkbError("this is no measurement of a training", where=where, remedy=_REMEDY)
    accuracy = values["accuracy"]
    if accuracy is not None and not 0 <= accuracy <= 1:
        raise AkbError(f"an accuracy of {accuracy:g}", where=where, remedy="give accuracies as fractions of 1")
    seed, stage = ("" if absent(record.get(key)) else str(record[key]) for key in ("seed", "stage"))
    return {"model": str(model), "seed": seed, "stage": stage, "step": int(step), "where": where, **values}


def _number(record: Mapping[str, Any], key: str, where: str) -> float | None:
    value = record.get(key)
    if absent(value) or (isinstance(value, str) and not value.strip()):
        return None
    try:
        found = float(str(value))
    except ValueError as error:
        raise AkbError(f"{key} is no number: {value!r}", where=where, remedy=_REMEDY) from error
    if not math.isfinite(found):  # a training that blew up was measured all the same, and says nothing more
        return None
    return found
