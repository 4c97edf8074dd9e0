"""A training set of one's own as the tables that LALMs learn from: clips, questions, transcripts.

There are no options and no right answers: a backbone's own answer to a clip's description is what is learnt
(`distillation`). A row without a question is asked what is heard. `training_rows` has checked what shows without
decoding; what shows only now, after hours perhaps, costs the row and not the run, and is listed: audio that cannot be
read, a row that repeats another.

    tables = tables_of(rows, write_sounds(rows["audio"], Path("audio"), Path("results/audio/mine"), 8), "mine")
    learnt, both = apart(tables.instructions, clips_under_test([Path("results/audio/mmau/clips.parquet")]))
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from typing import Any

import numpy as np
import polars as pl
import soundfile

from akb.atomic import atomic_path
from akb.audio.clips import RATE, clip_id, decode, is_silent, write_flac
from akb.audio.transcripts import caption_of
from akb.errors import AkbError
from akb.progress import bar
from akb.tables import CAPTIONS, CLIPS, INSTRUCTIONS, OPEN, read_table

# What is asked where a row has no question.
QUESTIONS = (
    "What do you hear?",
    "Describe the recording.",
    "What is in this recording?",
    "Say briefly what is heard.",
)
_DECODED: dict[str, Any] = {"clip_id": pl.String, "seconds": pl.Float64, "reason": pl.String}


@dataclass(frozen=True)
class Tables:
    """What a training set becomes: frames of `tables.CLIPS`, INSTRUCTIONS and CAPTIONS, and the rows left out."""

    clips: pl.DataFrame
    instructions: pl.DataFrame
    transcripts: pl.DataFrame
    rejected: pl.DataFrame


def write_sounds(names: pl.Series, audio: Path, folder: Path, threads: int) -> pl.DataFrame:
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
    """Join what `read_rows` and `write_sounds` found. name: of the training set, for the clips' sources."""
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
            item_id=pl.lit(None),
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


def _convert(path: Path, folder: Path) -> tuple[str | None, float | None, str | None]:
    try:
        samples = decode(path)
    except AkbError as error:
        return None, None, error.what
    if not samples.size:
        return None, None, "no samples"
    if is_silent(samples):  # nothing can be learnt from it but to answer without hearing
        return None, None, "silent"
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
