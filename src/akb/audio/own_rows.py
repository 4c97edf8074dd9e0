"""The rows of a training set of one's own, read from JSONL or Parquet and checked before any work is done.

A row names an audio file, has a text that describes it (a backbone reads it in place of the sound), and may have a
question or a list of them, and a transcript. What shows without decoding is an error that names file and row: a
field that is not there, an empty description, audio that is missing.

    rows = read_rows([Path("train.jsonl")], Fields(question="prompt"), Path("audio"))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from akb.errors import AkbError
from akb.reading.files import at, read_json

_ROWS: dict[str, Any] = {
    "file": pl.String,
    "row": pl.Int64,
    "audio": pl.String,
    "description": pl.String,
    "question": pl.List(pl.String),
    "transcript": pl.String,
    "group": pl.String,
}
_PART = 1 << 14  # rows that are Python objects at a time
_GROUP = 1 << 18  # rows of a Parquet file that are read at a time
_NAMED = 10  # faults that an error names; it counts the others


@dataclass(frozen=True)
class Fields:
    """What the files call things; a dot goes inwards, into lists by number: `messages.1.audios.0.text`.

    question may be absent from a row; transcript and group are not looked for if "". group: what the clips of one
    recording share, so that none is learnt while another is held out; without it each clip is its own.
    """

    audio: str = "audio"
    description: str = "description"
    question: str = "question"
    transcript: str = ""
    group: str = ""


def read_rows(files: Sequence[Path], fields: Fields, audio: Path) -> pl.DataFrame:
    """All rows: file, row (from 1), audio (below the folder `audio`), description, question (list), transcript, group.

    Raises AkbError that names the first faulty rows and counts all.
    """
    faults: list[tuple[str, int, str]] = []
    parts = [pl.DataFrame(schema=_ROWS)]
    for path in files:
        for records in _parts(path, fields):
            good = []
            for number, record in records:
                try:
                    good.append((str(path), number, *_row(record, fields)))
                except ValueError as error:
                    faults.append((str(path), number, str(error)))
            parts.append(pl.DataFrame(good, schema=_ROWS, orient="row"))
    rows = pl.concat(parts)
    lost = _missing(rows["audio"].unique(), audio)
    without = rows.filter(pl.col("audio").is_in(lost)).select("file", "row", "audio").rows()
    faults += [(file, row, f"there is no audio file {audio / name}") for file, row, name in without]
    if faults or rows.is_empty():
        named = [f"{file}, row {row}: {reason}" for file, row, reason in sorted(faults)[:_NAMED]]
        more = f"\n          and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        raise AkbError(
            f"{len(faults)} rows of a training set cannot be used" if faults else "a training set has no rows",
            where="\n          ".join(named or map(str, files)) + more,
            remedy="mend or remove them, complete the audio folder, or say under `fields` what the files call things",
        )
    return rows


def _parts(path: Path, fields: Fields) -> Iterator[list[tuple[int, Any]]]:
    """(row from 1, record) of a file, some at a time; a line that is no JSON comes as the error itself."""
    try:
        if path.suffix == ".parquet":
            wanted = {name for field in astuple(fields) for name in (field, field.split(".")[0])}
            table = pl.scan_parquet(path, glob=False)
            table = table.select(name for name in table.collect_schema().names() if name in wanted)
            number = 1
            for begin in range(0, table.select(pl.len()).collect().item(), _GROUP):
                for rows in table.slice(begin, _GROUP).collect().iter_slices(_PART):
                    yield list(enumerate(rows.iter_rows(named=True), start=number))
                    number += len(rows)
            return
        with path.open("rb") as lines:
            part: list[tuple[int, Any]] = []
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    part.append((number, _decoded(line, number)))
                if len(part) == _PART:
                    yield part
                    part = []
            yield part
    except (OSError, pl.exceptions.ComputeError) as error:
        raise AkbError(
            f"a file of a training set cannot be read: {error}",
            where=str(path),
            remedy="correct its path in `training_sets`; it is JSONL, or Parquet if its name ends so",
        ) from error


def _decoded(line: bytes, number: int) -> Any:
    try:
        return read_json(line.decode("utf-8-sig" if number == 1 else "utf-8"), f"row {number}")
    except AkbError as error:
        return ValueError(error.what)
    except UnicodeDecodeError as error:
        return ValueError(f"not UTF-8: {error}")


def _row(record: Any, fields: Fields) -> tuple[str, str, list[str] | None, str | None, str | None]:
    """audio, description, questions, transcript, group. Raises ValueError with the reason."""
    if not isinstance(record, dict):
        raise record if isinstance(record, ValueError) else ValueError("not an object")
    try:
        asked = at(record, fields.question)
    except LookupError:
        asked = None
    questions = None if asked in (None, "", []) else asked if isinstance(asked, list) else [asked]
    if questions and not all(isinstance(question, str) and question.strip() for question in questions):
        raise ValueError(f"`{fields.question}` holds something that is no question")
    return (
        _text(record, fields.audio),
        _text(record, fields.description),
        questions,
        _text(record, fields.transcript, empty=True) if fields.transcript else "",
        _text(record, fields.group) if fields.group else None,
    )


def _text(record: dict[str, Any], field: str, *, empty: bool = False) -> str:
    try:
        value = at(record, field)
    except LookupError as error:
        raise ValueError(f"no field `{field}`") from error
    value = "" if value is None else value
    if not isinstance(value, str):
        raise ValueError(f"`{field}` is no text")
    if not empty and not value.strip():
        raise ValueError(f"`{field}` is empty")
    return value.strip()


def _missing(names: pl.Series, audio: Path) -> list[str]:
    with ThreadPoolExecutor(16) as pool:  # a file system over a network answers many at once
        lost = []
        for part in names.to_frame().iter_slices(_PART):
            there = pool.map(lambda name: (audio / name).is_file(), part["audio"])
            lost += [name for name, found in zip(part["audio"], there, strict=True) if not found]
    return lost
