"""Reviewers' files as they come back: CSV, workbook or Label Studio export, read whole or refused by row.

Every fault of every file is told at once. What does not stop the reading (a file's encoding, a row that was begun and
has no verdict) is noted, for the log.

    found = read_decisions([Path("resources/decisions/ann.csv")]); found[0].decisions
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from akb.benchmark.label_studio import export_rows
from akb.benchmark.review import COLUMNS, VERDICTS, Decision, person, read_hash
from akb.benchmark.spreadsheets import Row, looks_altered, read_sheet, without_unseen
from akb.errors import AkbError
from akb.reading.files import read_json_file

NEEDED = ("name", "content_hash", "reviewer", "verdict")
_NEW = ("new_question", "new_answer", "new_distractors")


@dataclass
class DecisionFile:
    """What one file holds. notes: what its reader should know; ignored: rows that were begun and hold no decision."""

    path: Path
    decisions: list[Decision] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_decisions(paths: Iterable[Path], *, final: bool = False) -> list[DecisionFile]:
    """Read every file. final: they are adjudications, of which a file gives an item one.

    Raises AkbError with every fault of every file by its row (of an export: task and annotation), also where a
    reviewer decides on one text in two ways and no time tells which came last.
    """
    files = [_read(path, final) for path in paths]
    faulty = [file for file in files if file.faults]
    if faulty:
        lines = [f"{file.path}, {fault}" for file in faulty for fault in file.faults]
        raise AkbError(
            "decisions cannot be read:\n" + "\n".join(f"  - {line}" for line in lines),
            where=", ".join(str(file.path) for file in faulty),
            remedy=f"mend these rows; columns: {', '.join(COLUMNS)}; verdict is one of {', '.join(VERDICTS)}",
        )
    return files


def _read(path: Path, final: bool) -> DecisionFile:
    file = DecisionFile(path)
    stands: dict[tuple[str, ...], Decision] = {}
    for row, faults in _rows(path, file):
        decision, more = _decision(row, file)
        faults = [*faults, *more]
        if decision is not None:
            key = (decision.name, decision.content_hash, person(decision.reviewer), _moment(decision.time))
            other = stands.setdefault(key, decision)
            if replace(other, reviewer=decision.reviewer, time=decision.time) != decision:
                where = other.origin.removeprefix(f"{path}, ")
                faults.append(f"{decision.reviewer} decides on it in {where} too, and no time says which counts")
            if final:
                faults += _two_sides(decision, file.decisions)
            if other is decision:
                file.decisions.append(decision)
        file.faults += [f"{row.place}: {fault}" for fault in faults]
    if not file.decisions and not file.faults:
        file.notes.append("it holds no decision: every verdict is empty")
    return file


def _two_sides(decision: Decision, earlier: Sequence[Decision]) -> list[str]:
    for other in earlier:
        if other.content_hash == decision.content_hash and person(other.reviewer) != person(decision.reviewer):
            said = [(d.verdict, d.new_question, d.new_answer, d.new_distractors) for d in (decision, other)]
            if said[0] != said[1]:
                return [
                    f"both sides of a conflict stand here: {other.reviewer} says {other.verdict}, {decision.reviewer} "
                    f"{decision.verdict}; leave one row, the adjudicator's"
                ]
    return []


def _rows(path: Path, file: DecisionFile) -> Iterable[tuple[Row, list[str]]]:
    """Each row with what is wrong with it before its cells are looked at."""
    if path.suffix.lower() in (".json", ".jsonl"):
        yield from _exported(path)
        return
    sheet = read_sheet(path, NEEDED)
    file.notes += sheet.notes
    if missing := [c for c in NEEDED if c not in sheet.columns]:
        file.faults.append(f"row 1: no column {', '.join(missing)}")
        return
    short = []
    for row in sheet.rows:
        faults = []
        if row.extra:
            faults.append(f"{row.extra} cells more than columns: quote a text that holds a comma")
        if row.missing:
            lost = sheet.columns[len(sheet.columns) - row.missing :]
            short.append(row.place.removeprefix("row "))
            if set(lost) & {"name", "content_hash"}:
                faults.append(f"{row.missing} cells too few: {', '.join(lost)} are not there")
            elif "verdict" in lost and row.cells["reviewer"].strip():
                file.ignored.append(f"{row.place}: {row.missing} cells too few, so that it has no verdict")
        yield row, faults
    if short:
        listed = ", ".join(short[:10]) + (" …" if len(short) > 10 else "")
        file.notes.append(f"{len(short)} rows have too few cells, and the missing ones count as empty: rows {listed}")


def _exported(path: Path) -> Iterable[tuple[Row, list[str]]]:
    try:
        found = list(export_rows(read_json_file(path)))
    except (KeyError, TypeError, AttributeError) as error:
        raise AkbError(
            f"not a Label Studio export: {error!r}",
            where=str(path),
            remedy="export the project as JSON (not JSON-MIN)",
        ) from error
    for place, cells, faults in found:
        yield Row(place, cells), faults


def _decision(row: Row, file: DecisionFile) -> tuple[Decision | None, list[str]]:
    """The row's decision, if it holds one, and what is wrong with it."""
    cells = {key: without_unseen(text or "") for key, text in row.cells.items()}
    cells["verdict"] = cells.get("verdict", "").casefold()
    cells["verdict"] = _PAST.get(cells["verdict"], cells["verdict"])
    new = [c for c in _NEW if cells.get(c)]
    if not cells["verdict"]:
        if new:
            return None, [f"{', '.join(new)} without a verdict: write edit, or take the text away"]
        begun = [c for c in ("reason", "comment") if cells.get(c)]
        if begun:
            file.ignored.append(f"{row.place}: {', '.join(begun)} without a verdict")
        return None, []
    faults = [f"{c} is empty" for c in ("name", "content_hash", "reviewer") if not cells.get(c)]
    if cells["verdict"] not in VERDICTS:
        faults.append(f"the verdict {cells['verdict']!r} is unknown")
    elif cells["verdict"] == "edit" and not new:
        faults.append("an edit without new text")
    elif cells["verdict"] != "edit" and new:
        faults.append(f"{cells['verdict']} with new text")
    for column in new:
        lines = cells[column].splitlines() if column == "new_distractors" else [cells[column]]
        for text in lines:
            made = "a date" if column in row.altered else looks_altered(text)
            if made:
                faults.append(f"{column} {text!r} looks like {made} that a spreadsheet made of another text")
    cells["time"], fault = _iso(cells.get("time", ""))
    faults += [fault] if fault else []
    if cells.get("seconds") and not re.fullmatch(r"\d+([.,]\d+)?", cells["seconds"]):
        faults.append(f"seconds {cells['seconds']!r} is no number")
    if faults:
        return None, faults
    shown = (cells["question"], row.cells["options"]) if "question" in cells and "options" in cells else None
    texts = {c: cells.get(c, "") for c in COLUMNS}
    texts["content_hash"] = read_hash(texts["content_hash"])
    return Decision(**texts, origin=f"{file.path}, {row.place}", shown=shown), []


_PAST = {"accepted": "accept", "rejected": "reject", "edited": "edit"}


_CLOCK = r"(?:,? (\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?))?"


def _iso(time: str) -> tuple[str, str]:
    """The time in ISO 8601, and what is wrong with it. Points part day, month, year; slashes say too little."""
    if not time:
        return "", ""
    try:
        datetime.fromisoformat(time)
        return time, ""
    except ValueError:
        pass
    if found := re.fullmatch(rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}}){_CLOCK}", time, re.IGNORECASE):
        day, month, year, clock = found.groups()
        return _iso_parts(year, month, day, clock, time)
    if found := re.fullmatch(rf"(\d{{4}})[/.](\d{{1,2}})[/.](\d{{1,2}}){_CLOCK}", time, re.IGNORECASE):
        year, month, day, clock = found.groups()
        return _iso_parts(year, month, day, clock, time)
    if found := re.fullmatch(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_CLOCK}", time, re.IGNORECASE):
        first, second, year, clock = found.groups()
        if int(first) > 12:
            return _iso_parts(year, second, first, clock, time)
        if int(second) > 12:
            return _iso_parts(year, first, second, clock, time)
        if first == second:
            return _iso_parts(year, first, first, clock, time)
        return "", (
            f"the time {time!r} is {year}-{int(first):02}-{int(second):02} or {year}-{int(second):02}-{int(first):02}: "
            "a spreadsheet altered it; write it as the former or the latter"
        )
    if re.fullmatch(r"\d{5}([.,]\d+)?", time):
        return "", f"the time {time!r} looks like a spreadsheet's number for a date; write it in ISO 8601"
    return "", f"the time {time!r} is not ISO 8601"


def _iso_parts(year: str, month: str, day: str, clock: str | None, given: str) -> tuple[str, str]:
    text = f"{year}-{int(month):02}-{int(day):02}"
    if clock and (half := re.fullmatch(r"(\d{1,2})(:.*?) ?([AP])M", clock, re.IGNORECASE)):
        clock = f"{int(half[1]) % 12 + 12 * (half[3].upper() == 'P')}{half[2]}"
    if clock:
        text += f"T{clock.zfill(5) if clock.count(':') == 1 else clock.zfill(8)}"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return "", f"the time {given!r} is not ISO 8601"
    return text, ""


def _moment(time: str) -> str:
    """One text for one moment, whatever its zone; a time without a zone is UTC."""
    if not time:
        return ""
    moment = datetime.fromisoformat(time)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def altered_texts(files: Iterable[DecisionFile], texts: Mapping[str, tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Rows whose question or options were changed beside the decision: faults where it is lost, notes elsewhere.

    texts: by content hash, question and options as the tasks show them. A difference of signs alone that a
    spreadsheet's encoding lost is no fault of a person's.
    """
    faults, notes = [], []
    for file in files:
        for d in file.decisions:
            if d.shown is None or d.content_hash not in texts:
                continue
            for what, now, was, new in (
                ("question", d.shown[0], texts[d.content_hash][0], d.new_question),
                ("options", d.shown[1], texts[d.content_hash][1], d.new_answer or d.new_distractors),
            ):
                if _plainer(now) == _plainer(was) or new or d.verdict == "reject":
                    continue
                if not now.strip() or _ascii(now) == _ascii(was):
                    notes.append(f"{d.origin}: the {what} looks altered by a spreadsheet; {d.verdict} counts")
                else:
                    faults.append(
                        f"{d.origin}: {d.verdict}, and the {what} was changed to {now.strip()!r}; an edit's text "
                        "belongs under new_question, new_answer or new_distractors"
                    )
    return faults, notes


def _plainer(text: str) -> str:
    return " ".join(text.split())


def _ascii(text: str) -> str:
    """The signs that every encoding keeps, without the one that stands for those it lost."""
    return re.sub(r"[^\x21-\x7e]|\?", "", text)
