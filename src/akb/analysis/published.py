"""Scores that stand in a table, a row a number: the paper's own in `resources/published/`, and those that people have.

scores = published_scores(Path("resources/published/accuracy.csv"))
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import polars as pl

from akb.analysis.metrics import SETTINGS, Metric
from akb.errors import AkbError
from akb.estimates import wilson
from akb.reading.files import Record, absent, own_name, read_records
from akb.tables import SCORES, frame_of

CASCADE_CAPTIONER = "Gemini-caption"  # the only one that the paper gives for all 17 models
# Figure 2's five, in its order.
METRICS = tuple(map(Metric.parse, ["probe/AKB-2000", "cascade/MMAU", "cascade/MMAR", "audio/MMAU", "audio/MMAR"]))
TARGETS = METRICS[3:]
PREDICTORS = ((METRICS[0],), (METRICS[1],), (METRICS[2],), (METRICS[0], METRICS[1]), (METRICS[0], METRICS[2]))

_NEEDED = ("model", "setting", "benchmark", "accuracy", "n_items")
_NOT_MEASURED = ("", "-", "–", "—", "n/a", "na", "nan", "none", "null")
_THOUSANDS = re.compile(r"\d{1,3}([.,\s]\d{3})+")
_REMEDY = (
    "give a row for each score: model, setting (probe, cascade or audio), benchmark, accuracy in %, n_items (how many "
    "items it is of), for a cascade its captioner; domain and family if known"
)
_SHOWN = 5  # rows that a message names


def published_scores(path: Path) -> pl.DataFrame:
    """The accuracies of a table as SCORES rows (`tied` and `invalid` null: it does not say).

    Accuracies are in %, with a decimal point or comma; a row whose accuracy is empty was not measured. `correct` is
    the whole count that the percentage stands for. Raises AkbError naming the rows that cannot be meant so.
    """
    rows, faults = [], []
    stands: dict[tuple[Any, ...], str] = {}
    for where, record in read_records(path):
        _require_columns(record, path)
        try:
            row = _row(record)
        except ValueError as error:
            faults.append(f"{where.removeprefix(f'{path}, ')}: {error}")
            continue
        if row is None:
            continue
        key = tuple(row[name] for name in ("backbone", "setting", "benchmark", "captioner", "domain"))
        if key in stands:
            faults.append(f"{where.removeprefix(f'{path}, ')}: {row['backbone']} has this score in {stands[key]} too")
        stands[key] = where.removeprefix(f"{path}, ")
        rows.append(row)
    if faults:
        more = [f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        raise AkbError(
            f"{len(faults)} rows of a table of scores cannot be read:\n"
            + "\n".join(f"  - {fault}" for fault in [*faults[:_SHOWN], *more]),
            where=str(path),
            remedy="mend these rows; an accuracy is in %, between 0 and 100, and empty where nothing was measured",
        )
    if not rows:
        raise AkbError("a table of scores holds none", where=str(path), remedy=_REMEDY)
    return frame_of(rows, SCORES)


def published_families(path: Path) -> dict[str, str]:
    """Each model's family; none for a model of which the file names none."""
    found = {_cell(record, "model"): _cell(record, "family") for _, record in read_records(path)}
    return {model: family for model, family in found.items() if family}


def published_display(path: Path) -> dict[str, dict[str, str]]:
    """Short labels for the paper's models, from a CSV of `model`, `label`."""
    return {row["model"]: {"name": row["model"], "label": row["label"]} for _, row in read_records(path)}


def _require_columns(record: Record, path: Path) -> None:
    if missing := [name for name in _NEEDED if own_name(record, name) not in record]:
        raise AkbError(
            f"a table of scores has no column {', '.join(missing)}; it has {', '.join(map(str, record))}",
            where=str(path),
            remedy=_REMEDY,
        )


def _row(record: Record) -> dict[str, Any] | None:
    """One SCORES row; None where nothing was measured. Raises ValueError with the reason."""
    model, benchmark, setting = (_cell(record, name) for name in ("model", "benchmark", "setting"))
    if not model or not benchmark:
        raise ValueError("its model or its benchmark is empty")
    if setting.casefold() not in SETTINGS:
        raise ValueError(f"the setting {setting!r} is none of {', '.join(SETTINGS)}")
    text = _cell(record, "accuracy")
    if text.casefold() in _NOT_MEASURED:
        return None
    accuracy, n = _percentage(text), _count(_cell(record, "n_items"))
    domain, captioner = _cell(record, "domain"), _cell(record, "captioner")
    if setting.casefold() == "cascade" and not captioner:
        raise ValueError("a cascade needs its captioner: from whose captions were the questions answered?")
    correct = float(math.floor(accuracy * n + 0.5))
    low, high = wilson(correct, n)
    return {
        "backbone": model,
        "setting": setting.casefold(),
        "benchmark": benchmark,
        "captioner": captioner or None,
        "control": None,
        "domain": "all" if domain.casefold() in ("", "overall") else domain,
        "n": n,
        "accuracy": accuracy,
        "correct": correct,
        "low": low,
        "high": high,
        "effective_n": float(n),
        **dict.fromkeys(("tied", "invalid", "trainings", "training_variance")),
    }


def _cell(record: Record, name: str) -> str:
    value = record.get(own_name(record, name))
    return "" if absent(value) else str(value).strip()


def _percentage(text: str) -> float:
    """An accuracy in %, as a fraction of 1. Raises ValueError, also for what looks like a fraction already."""
    bare = text.removesuffix("%").strip()
    try:
        value = float(bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare)
    except ValueError:
        raise ValueError(f"the accuracy {text!r} is no number") from None
    if not 0 <= value <= 100:
        raise ValueError(f"an accuracy of {text} is not between 0 and 100")
    if 0 < value <= 1 and bare == text:
        raise ValueError(f"an accuracy of {text} seems to be a share of 1: give {100 * value:g}, or {text}% if it is")
    return value / 100


def _count(text: str) -> int:
    """A number of items. Raises ValueError with the reason."""
    bare = re.sub(r"[.,\s]", "", text) if _THOUSANDS.fullmatch(text) else text
    try:
        value = float(bare)
    except ValueError:
        raise ValueError(f"n_items {text!r} is no number: how many items is the accuracy of?") from None
    if not value >= 1 or not value.is_integer():
        raise ValueError(f"n_items {text} is no whole number of items")
    return int(value)
