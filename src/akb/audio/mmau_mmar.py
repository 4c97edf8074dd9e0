"""MMAU and MMAR from their published files to the tables that every audio benchmark has here.

Neither may be shipped, so both come from paths in the configuration: MMAU's JSON list, MMAR's JSONL. The
audio is optional: cascades over captions made elsewhere need only the questions. With an audio folder
every clip is brought to 16 kHz mono FLAC; without one the clips table holds empty paths, and the
first step that needs sound calls `require_audio`.

A clip keeps the benchmark's own id (`mmau-…`), not a hash, so that captions and answers which others
published can be joined, and so that items are the same with and without audio.

27 items of MMAU show one option twice, four of MMAR have an empty one. Such an item cannot be asked as it
stands (two places would be equally right or wrong), and leaving it out would shrink the denominator:
a repeated text is shown once, an empty one not at all, the right answer stays, and the item's
`source` says so. A right answer that is repeated stays right at its one place.

    items, records = read_benchmark("mmau", Path("mmau-test-mini.json"))
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from akb.atomic import atomic_path
from akb.audio.clips import RATE, clip_id, decode, write_flac
from akb.errors import AkbError
from akb.items import Item
from akb.progress import track
from akb.tables import CLIPS, frame_of

LICENCES = {"mmau": "see the MMAU release", "mmar": "see the MMAR release"}
_DOMAIN_FIELD = {"mmau": "task", "mmar": "modality"}
_AUDIO_FIELD = {"mmau": "audio_id", "mmar": "audio_path"}


@dataclass(frozen=True)
class Clip:
    """Where a benchmark says that a clip's audio is, relative to its audio folder."""

    clip_id: str
    audio: str
    domain: str
    ids: tuple[str, ...]  # the benchmark's own ids of the questions about it
    recording: str = ""  # what it was cut from, where the benchmark says so


def read_benchmark(benchmark: str, path: Path) -> tuple[list[Item], list[Clip]]:
    """The items and clips of "mmau" or "mmar". Raises AkbError naming the file and row of a malformed record."""
    if benchmark not in _DOMAIN_FIELD:
        raise AkbError(f"no importer for {benchmark!r}", where="audio benchmarks", remedy="use mmau or mmar")
    items, clips = [], {}
    for row, record in enumerate(_records(path), start=1):
        try:
            item, clip = _convert(benchmark, record)
        except (KeyError, TypeError, ValueError) as error:
            reason = f"no field {error}" if isinstance(error, KeyError) else str(error)
            raise _malformed(path, row, reason) from error
        if faults := item.faults():
            raise _malformed(path, row, "; ".join(faults))
        items.append(item)
        clips[clip.clip_id] = clip
    return items, list(clips.values())


def write_clips(benchmark: str, clips: Sequence[Clip], audio: Path | None, folder: Path) -> pl.DataFrame:
    """The clips table; with an audio folder also `clips/*.flac` in `folder`, named by samples, whole or not at all.

    Raises AkbError naming the first clip whose file is missing or unreadable.
    """
    seconds: dict[str, float] = {}
    names: dict[str, str] = {}
    if audio is not None:
        with atomic_path(folder / "clips") as temporary:
            temporary.mkdir()
            for clip in track(clips, f"convert the audio of {benchmark}"):
                samples = decode(_audio_file(audio, clip, benchmark), benchmark)
                names[clip.clip_id] = f"{clip_id(samples)}.flac"
                write_flac(samples, temporary / names[clip.clip_id])
                seconds[clip.clip_id] = len(samples) / RATE
    rows = [
        {
            "clip_id": clip.clip_id,
            "path": f"clips/{names[clip.clip_id]}" if audio is not None else "",
            "seconds": seconds.get(clip.clip_id),
            "sample_rate": RATE,
            "domain": clip.domain,
            "split": "test",
            # Some clips of MMAU are one file under several ids: known by their samples, where there are any.
            "group": clip.recording or names.get(clip.clip_id, clip.clip_id).removesuffix(".flac"),
            "licence": LICENCES[benchmark],
            "source": f"{benchmark}: {clip.audio}",
            "labels": json.dumps({"ids": list(clip.ids), "audio": clip.audio}, ensure_ascii=False),
        }
        for clip in clips
    ]
    return frame_of(rows, CLIPS)


def with_units(items: Sequence[Item], clips: pl.DataFrame) -> list[Item]:
    """The items, each with its clip's group as the unit that intervals are over."""
    groups = dict(clips.select("clip_id", "group").iter_rows())
    return [replace(item, unit=groups[str(item.clip_id)]) for item in items]


def require_audio(clips: pl.DataFrame, table: Path) -> None:
    """Raise AkbError for the first clip of `table` without a file. For steps that need the sound itself."""
    for clip in clips.iter_rows(named=True):
        if not clip["path"] or not (table.parent / clip["path"]).exists():
            raise AkbError(
                "a clip is missing" if clip["path"] else "this benchmark was imported without its audio",
                where=f"{table}: {clip['clip_id']} ({clip['source']})",
                remedy="set the benchmark's audio folder in the configuration, or take it out of the audio settings",
            )


def _records(path: Path) -> list[Mapping[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AkbError(
            "a benchmark file cannot be read", where=str(path), remedy="correct its path in the configuration"
        ) from error
    if text.lstrip().startswith("["):
        try:
            records: list[Mapping[str, Any]] = json.loads(text)
        except json.JSONDecodeError as error:
            raise _malformed(path, error.lineno, error.msg, unit="line") from error
        return records
    records = []
    for line, content in enumerate(text.splitlines(), start=1):
        if content.strip():
            try:
                records.append(json.loads(content))
            except json.JSONDecodeError as error:
                raise _malformed(path, line, error.msg, unit="line") from error
    return records


def _convert(benchmark: str, record: Mapping[str, Any]) -> tuple[Item, Clip]:
    domain = "-".join(part.capitalize() for part in str(record[_DOMAIN_FIELD[benchmark]]).split("-"))
    clip = Clip(
        f"{benchmark}-{record['id']}",
        str(record[_AUDIO_FIELD[benchmark]]).removeprefix("./"),
        domain,
        (str(record["id"]),),
        str(record.get("url") or ""),
    )
    options = [str(choice) for choice in record["choices"]]
    answer = str(record["answer"])
    if answer not in options or not answer.strip():
        raise ValueError(f"the answer {answer!r} is none of the options")
    # Compared as the item's own rule compares them.
    first_of: dict[str, str] = {}
    for option in filter(str.strip, options):
        first_of.setdefault(option.strip().casefold(), option)
    shown = list(first_of.values())
    repeated = _repeated(options)
    note = f"; shown once: {', '.join(repeated)}" if repeated else ""
    note += "" if all(map(str.strip, options)) else "; an empty option left out"
    item = Item.make(
        benchmark,
        str(record["question"]),
        shown,
        shown.index(first_of[answer.strip().casefold()]),
        category=domain,
        subcategory=str(record.get("sub-category") or ""),
        clip_id=clip.clip_id,
        source=f"{benchmark}: {record['id']}{note}",
        verification="human",
    )
    return item, clip


def _repeated(options: Sequence[str]) -> list[str]:
    keys = [option.strip().casefold() for option in options]
    return list(dict.fromkeys(o for o, key in zip(options, keys, strict=True) if key and keys.count(key) > 1))


def _audio_file(audio: Path, clip: Clip, benchmark: str) -> Path:
    """The clip's file: under its listed path, or, since releases unpack differently, under its name alone."""
    for candidate in (audio / clip.audio, audio / Path(clip.audio).name):
        if candidate.is_file():
            return candidate
    raise AkbError(
        "a clip is missing",
        where=f"{audio / clip.audio} (benchmark {benchmark})",
        remedy="complete the audio folder, or leave it out of the configuration to import the questions alone",
    )


def _malformed(path: Path, row: int, reason: str, unit: str = "record") -> AkbError:
    return AkbError(
        f"a benchmark item is malformed: {reason}", where=f"{path}, {unit} {row}", remedy="mend the file at its source"
    )
