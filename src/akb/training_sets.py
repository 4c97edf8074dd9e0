"""A training set of one's own: rows of (clip, what is heard in it, question) as the tables that LALMs learn from.

Files are JSONL or Parquet, with a row for each clip or for each question. A row names an audio file, has a text that
describes it (a backbone reads it in place of the sound), and may have a question or a list of them, and a transcript.
There are no options and no right answers: a backbone's own answer to the description is what is learnt
(`distillation`). A row without a question is asked what is heard.

What shows without decoding is checked in all rows before any work, and is an error that names file and row: a field
that is not there, an empty description, audio that is missing. What shows only later, after hours perhaps, costs the
row and not the run, and is listed: audio that cannot be read, a row that repeats another.

    rows = read_rows([Path("train.jsonl")], Fields(question="prompt"), Path("audio"))
    tables = tables_of(rows, write_clips(rows["audio"], Path("audio"), Path("results/audio/mine"), 8), "mine")
    learnt, heard = apart(tables.instructions, clips_under_test([Path("results/audio/mmau/clips.parquet")]))
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from threading import get_ident
from typing import Any

import msgspec
import numpy as np
import polars as pl
import soundfile

from akb.atomic import atomic_path
from akb.clips import RATE, clip_id, decode, write_flac
from akb.errors import AkbError
from akb.progress import bar
from akb.tables import CAPTIONS, CLIPS, INSTRUCTIONS, OPEN, read_table
from akb.transcripts import caption_of

# What is asked where a row has no question.
QUESTIONS = (
    "What do you hear?",
    "Describe the recording.",
    "What is in this recording?",
    "Say briefly what is heard.",
)
_ROWS: dict[str, Any] = {
    "file": pl.String,
    "row": pl.Int64,
    "audio": pl.String,
    "description": pl.String,
    "question": pl.List(pl.String),
    "transcript": pl.String,
    "group": pl.String,
}
_DECODED: dict[str, Any] = {"clip_id": pl.String, "seconds": pl.Float64, "reason": pl.String}
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


@dataclass(frozen=True)
class Tables:
    """What a training set becomes: frames of `tables.CLIPS`, INSTRUCTIONS and CAPTIONS, and the rows left out."""

    clips: pl.DataFrame
    instructions: pl.DataFrame
    transcripts: pl.DataFrame
    rejected: pl.DataFrame


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


def write_clips(names: pl.Series, audio: Path, folder: Path, threads: int) -> pl.DataFrame:
    """Decode each audio file once and write `clips/<first two digits>/<clip id>.flac` in `folder`, whole or not at all.

    Returns, for each distinct name: audio, clip_id, seconds; or the reason why it cannot be used. The same sound
    under two names is one clip.
    """
    parts = []
    distinct = names.unique(maintain_order=True).alias("audio").to_frame()
    with (
        atomic_path(folder / "clips") as temporary,
        ThreadPoolExecutor(threads) as pool,
        bar("convert the audio", len(distinct), "clip") as progress,
    ):
        for number in range(256):  # millions of files in one folder are more than some file systems bear
            (temporary / f"{number:02x}").mkdir(parents=True)
        for part in distinct.iter_slices(1024):
            found = pool.map(lambda name: _convert(audio / name, temporary), part["audio"])
            parts.append(part.hstack(pl.DataFrame(list(found), schema=_DECODED, orient="row")))
            progress.update(len(part))
    return pl.concat(parts)


def tables_of(rows: pl.DataFrame, decoded: pl.DataFrame, name: str) -> Tables:
    """Join what `read_rows` and `write_clips` found. name: of the training set, for the clips' sources."""
    rows = rows.join(decoded, on="audio", how="left", maintain_order="left")
    rows = rows.with_columns(group=pl.col("group").fill_null(pl.col("clip_id")))
    good = rows.filter(pl.col("reason").is_null())
    first = good.unique("clip_id", keep="first", maintain_order=True)
    asked = (
        good.drop("transcript", "seconds")
        .explode("question")
        .with_columns(
            question=pl.col("question").fill_null(
                pl.col("description").map_elements(_question, return_dtype=pl.String)
            ),
        )
    )
    new = pl.struct("clip_id", "description", "question").is_first_distinct()
    repeated = asked.filter(~new).with_columns(reason=pl.lit("repeats an earlier row"))
    unusable = rows.filter(pl.col("reason").is_not_null())
    columns = ("file", "row", "audio", "reason")
    return Tables(
        clips=_framed(
            first,
            CLIPS,
            path="clips/" + pl.col("clip_id").str.head(2) + "/" + pl.col("clip_id") + ".flac",
            sample_rate=pl.lit(RATE),
            domain=pl.lit(""),
            split=pl.lit("train"),
            licence=pl.lit(f"see the release of {name}"),
            source=name + ": " + pl.col("audio"),
            labels=pl.lit("{}"),
        ),
        instructions=_framed(
            asked.filter(new),
            INSTRUCTIONS,
            instruction_id=pl.struct("clip_id", "description", "question").map_elements(_identity, pl.String),
            words="description",
            kind=pl.lit(OPEN),
            options=pl.lit([], pl.List(pl.String)),
            answer=pl.lit(None),
        ),
        transcripts=_framed(
            first,
            CAPTIONS,
            captioner=pl.lit("given"),
            text=pl.col("transcript").map_elements(caption_of, return_dtype=pl.String),
            seconds=pl.lit(0),
        ),
        rejected=pl.concat([unusable.select(columns), repeated.select(columns)]).sort("file", "row"),
    )


def clips_under_test(tables: Sequence[Path]) -> pl.DataFrame:
    """The test clips of these tables of `tables.CLIPS` that have a file: clip_id, by their samples, and test, a name.

    A file that this program wrote and that is imported once more is quantised twice: both hashes stand here.
    """
    found = []
    for path in tables:
        for clip in read_table(path, CLIPS).filter(split="test").filter(pl.col("path") != "").iter_rows(named=True):
            samples, _ = soundfile.read(path.parent / clip["path"], dtype="int16")
            name = f"{path.parent.name}: {clip['clip_id']}"
            found.append((hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest(), name))
            found.append((clip_id(samples.astype(np.float32) / 32768), name))
    return pl.DataFrame(found, schema={"clip_id": pl.String, "test": pl.String}, orient="row").unique("clip_id")


def apart(instructions: pl.DataFrame, tests: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(instructions about clips that no test holds, the others' clips: clip_id and test). tests: of `clips_under_test`.

    Only clips of equal samples are found: a cut, another gain or another codec is another clip.
    """
    both = tests.join(instructions, on="clip_id", how="semi").sort("test")
    return instructions.join(both, on="clip_id", how="anti", maintain_order="left"), both


def _parts(path: Path, fields: Fields) -> Iterator[list[tuple[int, Any]]]:
    """(row from 1, record) of a file, some at a time; a line that is no JSON comes as the error itself."""
    try:
        if path.suffix == ".parquet":
            wanted = {name for field in astuple(fields) for name in (field, field.split(".")[0])}
            table = pl.scan_parquet(path, glob=False)
            table = table.select(name for name in table.collect_schema().names() if name in wanted)
            number = 1
            for at in range(0, table.select(pl.len()).collect().item(), _GROUP):
                for rows in table.slice(at, _GROUP).collect().iter_slices(_PART):
                    yield list(enumerate(rows.iter_rows(named=True), start=number))
                    number += len(rows)
            return
        with path.open("rb") as lines:
            part: list[tuple[int, Any]] = []
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    part.append((number, _decoded(line)))
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


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        return error


def _row(record: Any, fields: Fields) -> tuple[str, str, list[str] | None, str | None, str | None]:
    """audio, description, questions, transcript, group. Raises ValueError with the reason."""
    if not isinstance(record, dict):
        raise ValueError(f"not JSON: {record}" if isinstance(record, Exception) else "not an object")
    try:
        asked = _at(record, fields.question)
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
        value = _at(record, field)
    except LookupError as error:
        raise ValueError(f"no field `{field}`") from error
    value = "" if value is None else value
    if not isinstance(value, str):
        raise ValueError(f"`{field}` is no text")
    if not empty and not value.strip():
        raise ValueError(f"`{field}` is empty")
    return value.strip()


def _at(record: dict[str, Any], field: str) -> Any:
    """The value under a field. Raises LookupError."""
    if field in record:
        return record[field]
    value: Any = record
    for key in field.split("."):
        if isinstance(value, list) and key.isdecimal():
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value[key]
        else:
            raise LookupError(field)
    return value


def _missing(names: pl.Series, audio: Path) -> list[str]:
    with ThreadPoolExecutor(16) as pool:  # a file system over a network answers many at once
        lost = []
        for part in names.to_frame().iter_slices(_PART):
            there = pool.map(lambda name: (audio / name).is_file(), part["audio"])
            lost += [name for name, found in zip(part["audio"], there, strict=True) if not found]
    return lost


def _convert(path: Path, folder: Path) -> tuple[str | None, float | None, str | None]:
    try:
        samples = decode(path)
    except AkbError as error:
        return None, None, error.what
    if not samples.size or not np.isfinite(samples).all():
        return None, None, "no samples" if not samples.size else "samples that are no numbers"
    identity = clip_id(samples)
    # Two threads may write the same sound at once.
    temporary = folder / f"{identity}-{get_ident()}"
    write_flac(samples, temporary)
    temporary.replace(folder / identity[:2] / f"{identity}.flac")
    return identity, len(samples) / RATE, None


def _question(description: str) -> str:
    return QUESTIONS[zlib.crc32(description.encode()) % len(QUESTIONS)]


def _identity(asked: dict[str, str]) -> str:
    content = json.dumps([asked["clip_id"], asked["description"], asked["question"], [], None])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _framed(frame: pl.DataFrame, schema: Any, **columns: Any) -> pl.DataFrame:
    return frame.with_columns(**columns).select(pl.col(name).cast(kind) for name, kind in schema.items())
