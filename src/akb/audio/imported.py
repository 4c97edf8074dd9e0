"""Audio benchmarks from files: questions and sound become the tables that every audio benchmark has here.

`mmau` and `mmar` are presets of the mapping of fields that any other set of questions gives itself. The audio is
optional: cascades over captions made elsewhere need only the questions. With an audio folder, or sound that lies in
the data set itself, every clip is brought to 16 kHz mono FLAC; without, the clips table holds empty paths, and
the first step that needs sound says so.

A clip keeps the benchmark's own id (`mmau-…`), not a hash, so that captions and answers which others published can be
joined, and so that items are the same with and without audio. Questions about one sound share its clip.

27 items of MMAU show one option twice, four of MMAR have an empty one. Such an item cannot be asked as it stands (two
places would be equally right or wrong), and leaving it out would shrink the denominator: a repeated text is
shown once, an empty one not at all, the right answer stays, the item's `source` says so, and `hygiene.csv` counts it.

    benchmark = read_benchmark("mmau", PRESETS["mmau"], read_records(Path("mmau-test-mini.json")))
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from akb.atomic import atomic_path
from akb.audio.clips import RATE, SHORTEST, USERS_REMEDY, clip_id, decode, is_silent, write_flac
from akb.audio.hygiene import hygiene_row
from akb.errors import AkbError
from akb.items import Item
from akb.progress import track
from akb.reading.files import absent, at, own_name
from akb.reading.questions import Fields, Question, read_questions
from akb.tables import CLIPS, frame_of

PRESETS = {
    "mmau": Fields(options="choices", audio="audio_id", domain="task", category="category", subcategory="sub-category"),
    "mmar": Fields(
        options="choices", audio="audio_path", domain="modality", category="category", subcategory="sub-category"
    ),
}
_LICENCES = {"mmau": "see the MMAU release", "mmar": "see the MMAR release"}
# Where a mapping names no field.
_USUAL = {
    "domain": ("domain", "task", "modality", "category"),
    "category": ("category",),
    "subcategory": ("subcategory", "sub-category", "sub_category"),
    "difficulty": ("difficulty",),
}
_NAMED = 10  # faults that an error names; it counts the others


@dataclass(frozen=True)
class Clip:
    """A clip of a benchmark. audio: its path below the audio folder; content: the sound itself, where the data set
    holds it; ids: the benchmark's own ids of the questions about it."""

    clip_id: str
    audio: str
    domain: str
    ids: tuple[str, ...]
    content: bytes | None = None


@dataclass(frozen=True)
class Benchmark:
    """What a file of questions becomes. meaning: of its key, in words. counts: for `hygiene.csv`.

    rows: for people, a row an item, with what the file says of it and our tables have no column for.
    """

    name: str
    items: list[Item]
    clips: list[Clip]
    meaning: str
    counts: Mapping[str, int]
    rows: pl.DataFrame
    licence: str


def read_benchmark(
    name: str,
    fields: Fields,
    records: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    kind: str = "questions",
    limit: int | None = None,
) -> Benchmark:
    """The items and clips of a benchmark called `name`. Raises AkbError naming file and row of a malformed record.

    kind: one of PRESETS, or "questions". limit: only so many items, the same number of each domain as far as it goes.
    """
    records = list(records)
    if kind == "questions":
        _require_fields(records, fields)
    questions, meaning = read_questions(records, fields)
    if not questions:
        raise AkbError("there are no questions", where=f"benchmark {name}", remedy="check the path of its file")
    if limit is not None and limit < len(questions):
        questions = _balanced(questions, fields, limit)
    own = name == kind  # another set of MMAU's form is neither under its licence nor checked by its authors
    clips: dict[str, Clip] = {}
    asked: dict[str, str] = {}
    items, rows = [], []
    counts: Counter[str] = Counter(rows=len(questions))
    for question in questions:
        told = {what: _told(question.record, getattr(fields, what), what) for what in _USUAL}
        domain = (
            "-".join(part.capitalize() for part in told["domain"].split("-")) if kind in PRESETS else told["domain"]
        )
        clip = _clip(name, question, domain or name)
        known = clips.setdefault(_sound(clip), clip)
        if known is not clip:
            clips[_sound(clip)] = Clip(known.clip_id, known.audio, known.domain, (*known.ids, *clip.ids), known.content)
        item, doubled, empty = _item(name, question, known.clip_id, domain or name, told, own)
        counts.update(doubled_options=doubled, empty_options=empty, repaired_spellings=_repaired(question.record))
        if item.item_id in asked:
            raise AkbError(
                f"the same question about the same sound stands twice, first in {asked[item.item_id]}",
                where=question.where,
                remedy="keep one of the two rows",
            )
        asked[item.item_id] = question.where
        items.append(item)
        rows.append(
            {"item_id": item.item_id, "id": question.id, "clip_id": known.clip_id, "audio": known.audio, **told}
        )
    return Benchmark(
        name,
        items,
        list(clips.values()),
        meaning,
        counts,
        pl.DataFrame(rows),
        _LICENCES[kind] if own and kind in _LICENCES else f"see the release of {name}",
    )


def write_clips(benchmark: Benchmark, audio: Path | None, folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(the clips table, what hygiene found, a row); with sound also `clips/*.flac` in `folder`, whole or not at all.

    Raises AkbError that names the first clips whose files are missing or unreadable, and counts all.
    """
    heard = audio is not None or any(clip.content is not None for clip in benchmark.clips)
    found: dict[str, tuple[str, float]] = {}
    of_samples: dict[str, str] = {}
    counts = Counter(benchmark.counts)
    if heard:
        files = audio_files(benchmark, audio)
        faults: list[AkbError] = []
        identities: Counter[str] = Counter()
        with atomic_path(folder / "clips") as temporary:
            temporary.mkdir()
            for clip in track(benchmark.clips, f"convert the audio of {benchmark.name}"):
                try:
                    samples = decode(clip.content if clip.content is not None else files[clip.clip_id], benchmark.name)
                except AkbError as error:
                    faults.append(error)
                    continue
                if not samples.size:
                    faults.append(AkbError("a clip holds no samples", where=clip.audio, remedy=USERS_REMEDY))
                    continue
                file = _file_name(clip.clip_id)
                write_flac(samples, temporary / file)
                found[clip.clip_id] = file, len(samples) / RATE
                of_samples[clip.clip_id] = clip_id(samples)
                identities[of_samples[clip.clip_id]] += 1
                counts.update(silent=is_silent(samples), short=len(samples) < SHORTEST * RATE)
            if faults:
                raise AkbError(
                    f"{len(faults)} of {len(benchmark.clips)} clips cannot be read: {faults[0].what}",
                    where="\n          ".join(f"{fault.where}: {fault.what}" for fault in faults[:_NAMED]),
                    remedy=faults[0].remedy,
                )
        counts.update(duplicate_clips=sum(count - 1 for count in identities.values()))
    rows = clip_rows(benchmark, found, of_samples)
    counts["missing"] = 0 if heard else len(benchmark.clips)
    return frame_of(rows, CLIPS), hygiene_row(counts)


def clip_rows(
    benchmark: Benchmark, found: Mapping[str, tuple[str, float]] = {}, of_samples: Mapping[str, str] = {}
) -> list[dict[str, Any]]:
    """A row of `tables.CLIPS` for each clip. found: file and seconds, of_samples: what the samples are called, by the
    clip's id, of those whose sound was converted."""
    return [
        {
            "clip_id": clip.clip_id,
            "path": f"clips/{found[clip.clip_id][0]}" if clip.clip_id in found else "",
            "seconds": found[clip.clip_id][1] if clip.clip_id in found else None,
            "sample_rate": RATE,
            "domain": clip.domain,
            "split": "test",
            # Some clips of MMAU are one file under several ids: known by their samples, where there are any.
            "group": of_samples.get(clip.clip_id, clip.clip_id),
            "licence": benchmark.licence,
            "source": f"{benchmark.name}: {clip.audio}",
            "labels": json.dumps({"ids": list(clip.ids), "audio": clip.audio}, ensure_ascii=False),
        }
        for clip in benchmark.clips
    ]


def with_units(items: Sequence[Item], clips: pl.DataFrame) -> list[Item]:
    """The items, each with its clip's group as the unit that intervals are over."""
    groups = dict(clips.select("clip_id", "group").iter_rows())
    return [replace(item, unit=groups.get(str(item.clip_id), item.unit)) for item in items]


def require_audio(clips: pl.DataFrame, table: Path) -> None:
    """Raise AkbError for the first clip of `table` without a file. For steps that need the sound itself."""
    for clip in clips.iter_rows(named=True):
        if not clip["path"] or not (table.parent / clip["path"]).exists():
            raise AkbError(
                "a clip is missing" if clip["path"] else "this benchmark was imported without its audio",
                where=f"{table}: {clip['clip_id']} ({clip['source']})",
                remedy="set the benchmark's audio folder in the configuration, or take it out of the audio settings",
            )


def _item(
    name: str, question: Question, clip: str, domain: str, told: Mapping[str, str], own: bool
) -> tuple[Item, bool, bool]:
    """(the item, whether an option is repeated, whether one is empty). Raises AkbError for one that cannot be asked.

    What the benchmark calls an item's category and difficulty are its skill and tier, unless they are its domain.
    """
    shown, answer, repeated = question.shown()
    empty = not all(map(str.strip, question.options))
    note = f"; shown once: {', '.join(repeated)}" if repeated else ""
    note += "; an empty option left out" if empty else ""
    item = Item.make(
        name,
        question.text,
        shown,
        answer,
        category=domain,
        subcategory=told["subcategory"],
        clip_id=clip,
        source=f"{name}: {question.id}{note}",
        verification="human" if own else "none",
        skill=told["category"] if told["category"] not in (told["domain"], told["subcategory"]) else "",
        tier=told["difficulty"].casefold(),
    )
    if faults := item.faults():
        raise AkbError(
            f"a benchmark item is malformed: {'; '.join(faults)}",
            where=question.where,
            remedy="mend the file at its source",
        )
    return item, bool(repeated), empty


def _clip(name: str, question: Question, domain: str) -> Clip:
    audio, content = question.audio, None
    if isinstance(audio, Mapping):  # an Audio column of `datasets`
        content = audio.get("bytes")
        audio = audio.get("path") or (f"{question.id}" if content is not None else None)
    if isinstance(audio, list) and len(audio) > 1:
        raise AkbError(
            f"a benchmark item names {len(audio)} sounds, and one is what is heard",
            where=question.where,
            remedy="join them into one file, or leave the item out",
        )
    if not isinstance(audio, str) or not audio.strip():
        raise AkbError(
            "a benchmark item is malformed: no field names its sound",
            where=question.where,
            remedy="give the path of the audio file, or name the field that holds it under `fields: {audio: …}`",
        )
    return Clip(f"{name}-{question.id}", audio.strip().removeprefix("./"), domain, (question.id,), content)


def _require_fields(records: Sequence[tuple[str, Mapping[str, Any]]], fields: Fields) -> None:
    """Raise AkbError for a field that the mapping names and no record has: it would be missed in silence."""
    usual = asdict(Fields())
    for what, named in asdict(fields).items():
        if what == "answer_is" or named == usual[what]:
            continue
        wanted = (
            named.split(",") if what == "options" and not any(named in record for _, record in records) else [named]
        )
        for field in map(str.strip, wanted):
            if records and not any(_has(record, field) for _, record in records):
                known = dict.fromkeys(name for _, record in records for name in record)
                raise AkbError(
                    f"no row has the field {field!r}, which is named for the {what}",
                    where=records[0][0].partition(", row")[0],
                    remedy=f"name one of its fields under `fields: {{{what}: …}}`: {', '.join(map(str, known))}",
                )


def _has(record: Mapping[str, Any], field: str) -> bool:
    try:
        at(record, field)
    except LookupError:
        return False
    return True


def _sound(clip: Clip) -> str:
    """What makes two questions share a clip: one path, or the same bytes."""
    return clip.audio if clip.content is None else hashlib.sha256(clip.content).hexdigest()


def _balanced(questions: Sequence[Question], fields: Fields, limit: int) -> list[Question]:
    """The first `limit` questions, taken from the domains in turn; in the file's order."""
    by_domain: dict[str, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        by_domain[_told(question.record, fields.domain, "domain")].append(place)
    taken: list[int] = []
    for turn in range(len(questions)):
        taken += [places[turn] for places in by_domain.values() if turn < len(places)]
        if len(taken) >= limit:
            break
    return [questions[place] for place in sorted(taken[:limit])]


def _told(record: Mapping[str, Any], field: str, what: str) -> str:
    """What a record says under a field, or under its usual names; a list of one, or its spelling, is that one."""
    names = [field] if field else [name for name in _USUAL[what] if own_name(record, name) in record][:1]
    value = at(record, names[0]) if names and _has(record, names[0]) else None
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = "" if absent(value) else str(value)
    return text[2:-2] if _SPELLED.fullmatch(text) else text


_SPELLED = re.compile(r"\['[^']*'\]")


def _repaired(record: Mapping[str, Any]) -> bool:
    return any(isinstance(value, str) and _SPELLED.fullmatch(value) for value in record.values())


def audio_files(benchmark: Benchmark, audio: Path | None) -> dict[str, Path]:
    """The file of each clip whose sound does not lie in the data set, by clip id.

    Under its listed path, or, since releases unpack differently, under its name alone, where no other clip has that
    name. Raises AkbError that names the first clips without one.
    """
    wanted = [clip for clip in benchmark.clips if clip.content is None]
    listed = {clip.clip_id: clip.audio.replace("\\", "/") for clip in wanted}
    shared = Counter(Path(path).name for path in listed.values())
    found: dict[str, Path] = {}
    for clip in wanted:
        if audio is None:
            break
        names = [clip.audio, listed[clip.clip_id]]
        bare = Path(names[-1]).name
        names += [bare] if shared[bare] == 1 else []
        path = next((audio / name for name in names if (audio / name).is_file()), None)
        if path is not None:
            found[clip.clip_id] = path
    lost = [clip.audio for clip in wanted if clip.clip_id not in found]
    if lost:
        named = "\n          ".join(lost[:_NAMED])
        raise AkbError(
            f"a clip is missing: {len(lost)} of {len(benchmark.clips)} are not below the audio folder",
            where=f"{audio} (benchmark {benchmark.name}): {named}",
            remedy="complete the audio folder, or leave it out of the configuration to import the questions alone",
        )
    return found


def _file_name(own: str) -> str:
    """A file name for a clip's id, which may hold a slash, or be longer than a name can be."""
    if re.fullmatch(r"[\w.-]{1,120}", own):
        return f"{own}.flac"
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '_', own)[:80]}-{hashlib.sha256(own.encode()).hexdigest()[:12]}.flac"
