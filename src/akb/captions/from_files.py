"""Captions made elsewhere, matched to a benchmark's clips: by the benchmark's own id, by file name or path, by our id.

A file is JSONL, JSON (a list, or `{id: text}`), CSV, Parquet or a `datasets` folder; a row names its clip in one of
`NAMES` and has the text in `field`, where a dot goes inwards: "captions.qwen2audio". A list of texts is one
caption, a line each. A clip may be named twice with one text, not with two. Rows about other clips are passed over
and counted: one file may serve several benchmarks. A clip that is not there, or has an empty text, is an error unless
`partial`; a file without any of the clips always is.

    found = read_captions(Path("gemini.jsonl"), clips, "gemini", "caption")
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl

from akb.errors import AkbError
from akb.reading.files import NAMES, PATHS, absent, at, name_of, own_name, read_records
from akb.tables import CAPTIONS, frame_of

_ENDING = re.compile(r"\.(?:wav|wave|flac|mp3|ogg|oga|opus|m4a|aac|mp4|webm|aiff?|au|wma|gsm|raw)$", re.IGNORECASE)
_SHOWN = 5  # names that a message lists


def read_captions(
    path: Path, clips: Sequence[Mapping[str, Any]], name: str, field: str, *, partial: bool = False
) -> pl.DataFrame:
    """A row of `tables.CAPTIONS` for each clip, in order; with `partial` the text of a clip without a caption is empty.

    clips: rows of `tables.CLIPS`. Raises AkbError naming file and row for a row that cannot be read, and for clips
    without a caption their number.
    """
    known = _Names(clips)
    found: dict[str, tuple[str, str]] = {}  # clip id → (text, where)
    rows = others = with_field = 0
    seen: dict[str, None] = {}
    for where, record in read_records(path, keyed=("id", field)):
        rows += 1
        seen.update(dict.fromkeys(record))
        text, has = _text(record, field, where)
        with_field += has
        clip_id = known.clip_of(record, where)
        if not has and not partial:
            raise AkbError(
                f"a caption cannot be read: there is no field `{field}`",
                where=where,
                remedy=f"name the field that holds the text (it has {', '.join(record)}), or say `partial: true`",
            )
        if clip_id is None:
            others += 1
        elif text:
            first, stands = found.setdefault(clip_id, (text, where))
            if first != text:
                raise AkbError(
                    f"two different captions of one clip, {first[:60]!r} and {text[:60]!r}",
                    where=f"{stands}; {where}",
                    remedy="keep one of the two",
                )
    if not with_field:
        raise AkbError(
            f"no row has the field `{field}`" if rows else "there are no captions",
            where=str(path),
            remedy=f"name one of its fields under `field`: {', '.join(seen)}" if rows else "check the path of the file",
        )
    without = [clip for clip in clips if clip["clip_id"] not in found]
    if without and not (partial and found):
        raise AkbError(
            f"{len(without)} of {len(clips)} clips have no caption by {name}",
            where=f"{path}: none for {', '.join(str(clip['clip_id']) for clip in without[:_SHOWN])}"
            + (", …" if len(without) > _SHOWN else "")
            + f"; {others} of its {rows} rows name no clip"
            + (f", the first {known.stranger!r}" if known.stranger else ""),
            remedy="name under `benchmarks` those whose clips the file describes (a clip goes by its id in the "
            "benchmark, its file's name or path, or its clip_id)"
            if partial
            else "complete the file (a clip goes by its id in the benchmark, its file's name or path, or its clip_id), "
            "or say `partial: true` for this captioner: such clips then get an empty caption",
        )
    described = len(clips) - len(without)
    print(f"{described} of {len(clips)} clips have a caption by {name}; {others} of {rows} rows name none of them")
    texts = {clip_id: text for clip_id, (text, _) in found.items()}
    return frame_of(
        [
            {"clip_id": clip["clip_id"], "captioner": name, "text": texts.get(clip["clip_id"], ""), "seconds": 0.0}
            for clip in clips
        ],
        CAPTIONS,
    )


class _Names:
    """What the clips of a benchmark may be called: ids, and the ends of their files' paths."""

    def __init__(self, clips: Sequence[Mapping[str, Any]]) -> None:
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._paths: dict[str, set[str]] = defaultdict(set)
        self._folded: dict[str, set[str]] = defaultdict(set)  # ids and paths in lower case
        self.stranger = ""
        for clip in clips:
            labels = json.loads(clip["labels"] or "{}")
            own = [*labels.get("ids", []), *([labels["id"]] if "id" in labels else [])]
            for known in (clip["clip_id"], *own):
                self._ids[str(known)].add(clip["clip_id"])
            source, path = str(clip["source"]), str(clip.get("path") or "")
            for file in {source, source.partition(": ")[2], str(labels.get("audio") or ""), path}:
                for end in _ends(file):
                    self._paths[end].add(clip["clip_id"])
        for names in (self._ids, self._paths):
            for called, owners in names.items():
                self._folded[_folded(called)] |= owners

    def clip_of(self, record: Mapping[str, Any], where: str) -> str | None:
        """The clip that a row is about; None for one of another benchmark. Raises AkbError if it may be two."""
        given = list(_given(record, where))
        found: dict[bool, tuple[str, str]] = {}  # by id (False) and by path (True): the field with its value, the clip
        for called, field in given:
            readings = [self._ids.get(called)]
            by_path = next((self._paths[end] for end in _ends(called) if end in self._paths), None)
            readings.insert(0 if field in PATHS else 1, by_path)
            clips = next((clips for clips in readings if clips), None) or self._loosely(called)
            if not clips or (field in PATHS) in found:
                continue
            if len(clips) > 1:
                raise AkbError(
                    f"`{field}: {called}` may be clip {' or '.join(sorted(clips)[:3])}",
                    where=where,
                    remedy="name the clip by its id, or by more of its path",
                )
            found[field in PATHS] = f"`{field}: {called}`", next(iter(clips))
        if len({clip for _, clip in found.values()}) > 1:
            raise AkbError(
                "one row names two clips: " + ", ".join(f"{said} is {clip}" for said, clip in found.values()),
                where=where,
                remedy="take one of the two fields out, if it counts the rows or belongs to another data set",
            )
        if found:
            return next(iter(found.values()))[1]
        if not given:
            raise AkbError(
                "a caption cannot be read: no field names the clip",
                where=where,
                remedy=f"give its id or its file under one of {', '.join(NAMES)}",
            )
        self.stranger = self.stranger or given[0][0]
        return None

    def _loosely(self, called: str) -> set[str]:
        """The clips of a name in another case, with blanks around it, as pandas spells a number, or of an address."""
        called = unquote(called.strip().partition("?")[0]) if "://" in called or "%" in called else called.strip()
        if "#" in called and "://" in called:
            called = called.partition("#")[0]
        if called.endswith(".0") and called not in self._folded:
            called = called[:-2]  # what pandas makes of whole numbers beside an empty cell
        return next((self._folded[end] for end in map(_folded, _ends(called)) if end in self._folded), set())


def _folded(name: str) -> str:
    """A name in lower case, its accents composed: macOS parts them in names of files."""
    return unicodedata.normalize("NFC", name).casefold()


def _given(record: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    for field in NAMES:
        value = record.get(own_name(record, field))
        if isinstance(value, list) and len(value) == 1:
            (value,) = value
        if isinstance(value, Mapping):
            value = value.get("path")  # an Audio column of `datasets`
        if absent(value) or value == "":
            continue
        try:
            yield name_of(value), field
        except ValueError as error:
            raise AkbError(
                f"a caption cannot be read: {error}", where=where, remedy=f"give `{field}` as text"
            ) from error


def _ends(path: str) -> Iterator[str]:
    """A path, its ends from the longest to the file's name, and each without the ending of an audio file."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    for number in range(len(parts)):
        end = "/".join(parts[number:])
        yield end
    for number in range(len(parts)):
        end = "/".join(parts[number:])
        if (bare := _ENDING.sub("", end)) != end:
            yield bare


def _text(record: Mapping[str, Any], field: str, where: str) -> tuple[str, bool]:
    """(the caption, whether the row has the field at all)."""
    try:
        value = at(record, field)
    except LookupError:
        return "", False
    several = value if isinstance(value, list) else [value]
    for part in several:
        if not isinstance(part, str) and not absent(part):
            raise AkbError(
                f"a caption cannot be read: `{field}` holds {part!r}, which is no text",
                where=where,
                remedy="give a text, or a list of texts, which become the lines of one caption",
            )
    texts = [part.strip().strip(_UNSEEN) for part in several if isinstance(part, str)]
    return "\n".join(text for text in texts if text.casefold() not in _NOTHING), True


_UNSEEN = "\u200b\u2060\ufeff"  # signs without width
# What programs write in the place of no text.
_NOTHING = ("", "nan", "none", "null", "n/a", "#n/a", "<na>")
