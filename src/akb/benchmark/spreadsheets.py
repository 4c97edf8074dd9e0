"""Tables that people fill in with a spreadsheet: written so that none harms them, read whatever it made of them.

A spreadsheet takes a text that begins like a formula for one, a hash of digits for a number, and "3/4" for a date;
it writes semicolons, tabs, UTF-16 or Windows-1252. What can be told apart is read; what cannot is said to be that.

    text = csv_text(["name", "reason"], rows); table = read_sheet(Path("ann.csv"), ("name", "verdict"))
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.reading.impostors import impostor

BOM = "\ufeff"
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_MONTH = (
    "jan|feb|fév|mar|mär|mrz|apr|abr|avr|may|mai|jun|jui|juin|jul|juil|aug|aoû|août|ago|sep|sept|oct|okt|nov|"
    "dec|dez|déc|dic|ene|gen|mag|giu|lug|set|ott"
)
_DATE = re.compile(
    rf"^(\d{{1,2}}[-./ ]\s?({_MONTH})\.?([-./ ]\s?\d{{2,4}})?|({_MONTH})\.?[-./ ]\s?\d{{2,4}}"
    r"|\d{4}-\d\d-\d\d([ T]00:00(:00(\.0+)?)?)?|\d{1,2}(?P<sign>[./])\d{1,2}(?P=sign)\d{4}"
    r"|\d{2}\.\d{2}\.\d{2}|\d{4}[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일])$",
    re.I,
)
_TIME = re.compile(r"^(\d{1,2}:\d\d(:\d\d)? ?[AP]M|\d{1,2}:\d\d:00)$", re.I)
# English; and of any other language, as #NOM?, #WERT! or #BEZUG!; and LibreOffice's numbers.
_ERROR = re.compile(r"#(?:N/A|N/V|ND|DIV/0!|#+|[^\W\d_]{3,12}[?!])$|^Err:\d{3}$", re.I)
# What becomes of "True" and "False", by the language of the spreadsheet.
_TRUTH = re.compile(r"^(?:TRUE|FALSE|WAHR|FALSCH|VRAI|FAUX|VERDADERO|FALSO|VERO|VERDADEIRO|WAAR|ONWAAR|SANT|FALSKT)$")
_SCIENTIFIC = re.compile(r"^\d([.,]\d+)?E[+-]\d{2,}$|^\d[.,]\d+E\d{2,}$|^-?\d+[.,]\d{15,}$", re.I)


@dataclass(frozen=True)
class Row:
    """One row: its place for messages, its cells by column, and how many cells it lacks or has too many.

    altered: columns whose cell is a date in the file, not a text.
    """

    place: str
    cells: Mapping[str, str]
    missing: int = 0
    extra: int = 0
    altered: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """A table's columns and rows; notes: what was made out about the file, for its reader."""

    columns: list[str]
    rows: list[Row]
    notes: list[str]


def safe(text: str) -> str:
    """The text as no spreadsheet takes it for a formula; `plain` undoes it."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain(text: str) -> str:
    """The text without the mark that `safe` set."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A CSV file's text with a byte order mark, so that spreadsheets read its UTF-8 as such; cells are `safe`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: safe(str(value)) for key, value in row.items()} for row in rows)
    return BOM + out.getvalue()


def looks_altered(text: str) -> str:
    """What a spreadsheet seems to have made of a text: "a date", "a number", …, or "" where nothing shows."""
    stripped = text.strip()
    found = {"a date": _DATE, "a number": _SCIENTIFIC, "a time": _TIME, "an error": _ERROR, "a truth value": _TRUTH}
    made = next((what for what, pattern in found.items() if pattern.match(stripped)), "")
    if not made and ("\ufffd" in text or _in_wrong_encoding(text)):
        return "signs of another encoding"
    return made


def _in_wrong_encoding(text: str) -> bool:
    """Whether a text is UTF-8 that was read as Windows-1252: "cÃ¤t"."""
    try:
        return text.encode("cp1252").decode("utf-8") != text
    except UnicodeError:
        return False


def read_sheet(path: Path, needed: Sequence[str]) -> Sheet:
    """The table of a CSV, TSV or XLSX file. needed: columns by which its header and separator are known.

    Raises AkbError for a file that is neither, naming it.
    """
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _read_workbook(path, needed)
    if path.suffix.lower() in (".xls", ".ods", ".numbers"):
        raise AkbError(
            f"a {path.suffix} file is not read", where=str(path), remedy="save it as .xlsx, or as CSV in UTF-8"
        )
    raw = path.read_bytes()
    if raw.startswith(b"PK\x03\x04"):  # a workbook, whatever it is called
        return _read_workbook(path, needed)
    if b"\0" in raw[4:] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")) and raw[1:2] != b"\0" != raw[:1]:
        raise AkbError("it holds null bytes", where=str(path), remedy="save it as .xlsx, or as CSV in UTF-8")
    if found := impostor(raw):
        raise AkbError(f"it is {found[0]}", where=str(path), remedy=found[1] or "save it as .xlsx, or as CSV in UTF-8")
    text, notes = _decoded(raw, path)
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as old Macs end lines
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):  # what Excel writes to name its separator
        text = rest
    separator = _separator(text, needed)
    if separator != ",":
        notes.append(f"its cells are parted by {'tabs' if separator == chr(9) else repr(separator)}")
    lines = _lines(text, separator, path)
    above = next((number for number, cells in enumerate(lines) if any(cell.strip() for cell in cells)), 0)
    header = [_column(cell) for cell in lines[above]] if lines else []
    while header and not header[-1]:
        header.pop()
    _require_once(header, path)
    rows = []
    for number, cells in enumerate(lines[above + 1 :], start=above + 2):
        if not any(cell.strip() for cell in cells):
            continue
        extra = [cell for cell in cells[len(header) :] if cell.strip()]
        given = {column: plain(cell) for column, cell in zip(header, cells, strict=False) if column}
        rows.append(
            Row(
                f"row {number}",
                {column: "" for column in header if column} | given,
                missing=max(0, len(header) - len(cells)),
                extra=len(extra),
            )
        )
    return Sheet([c for c in header if c], rows, notes)


# What `csv` says of a quotation mark, what it is, and what helps.
_QUOTATION = (
    (
        "unexpected end of data",
        "a quotation mark is opened and never closed",
        "close it, or double each that stands within a text",
    ),
    (
        "expected after",
        "a quotation mark stands within a text that is quoted",
        'double it: "he said ""no"" twice"',
    ),
)


def _lines(text: str, separator: str, path: Path) -> list[list[str]]:
    """The rows of a CSV. Raises AkbError for one whose quotation mark is never closed: it would swallow all others.

    And for one that doubles no mark within a quoted text but sets a backslash before it: parts of it would be lost.
    """
    rows = 0
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows += 1
    except csv.Error as error:
        for sign, what, remedy in _QUOTATION:
            if sign in str(error):
                raise AkbError(what, where=f"{path}, row {rows + 1}", remedy=remedy) from error
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False))
    except csv.Error as error:
        raise AkbError(f"not a CSV file: {error}", where=str(path), remedy="save it as CSV in UTF-8") from error


def _require_once(header: Sequence[str], path: Path) -> None:
    if doubled := sorted({column for column in header if column and header.count(column) > 1}):
        raise AkbError(
            f"the header names {', '.join(map(repr, doubled))} twice, and one of the two would be lost",
            where=f"{path}, row 1",
            remedy="keep one of the two columns",
        )


def without_unseen(text: str) -> str:
    """The text without blanks and signs without width around it, which come along when a cell is copied from a page."""
    return text.strip(_UNSEEN)


_UNSEEN = " \t\n\r\xa0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def _column(cell: str) -> str:
    return without_unseen(cell).casefold().replace(" ", "_")


def _decoded(raw: bytes, path: Path) -> tuple[str, list[str]]:
    for mark, encoding in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if raw.startswith(mark):
            return _as(raw, encoding, path), ["it is in UTF-16"] if encoding == "utf-16" else []
    if raw[1:2] == b"\0" or raw[:1] == b"\0":
        encoding = "utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"
        return _as(raw, encoding, path), ["it is in UTF-16"]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        note = "it is not in UTF-8 and was read as Windows-1252, which has no phonetic signs: look at its texts"
        return _as(raw, "cp1252", path), [note]


def _as(raw: bytes, encoding: str, path: Path) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise AkbError(
            f"neither UTF-8, UTF-16 nor Windows-1252: {error}", where=str(path), remedy="save the file as UTF-8"
        ) from error


def _separator(text: str, needed: Sequence[str]) -> str:
    """The sign that parts the header into the most of the columns that are needed; a comma where none does."""
    header = text.lstrip("\r\n").split("\n", 1)[0]

    def found(sign: str) -> int:
        columns = {_column(cell) for cell in next(csv.reader([header], delimiter=sign), [])}
        return sum(column in columns for column in needed)

    return max((",", ";", "\t", "|"), key=found)


def _read_workbook(path: Path, needed: Sequence[str]) -> Sheet:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        if found := impostor(path.read_bytes()[:512]):
            raise AkbError(f"it is {found[0]}", where=str(path), remedy=found[1]) from error
        raise AkbError(
            f"not a workbook: {error}", where=str(path), remedy="save it again as .xlsx, or as CSV in UTF-8"
        ) from error
    columns: dict[str, None] = {}
    rows: list[Row] = []
    read = []
    for sheet in book.worksheets:  # a copy of the first may be the one that was filled in
        lines = sheet.iter_rows(values_only=True)
        header = [_column(_text(cell)) for cell in next(lines, ())]
        if not set(needed) <= set(header):
            continue
        _require_once(header, path)
        read.append(sheet.title)
        columns.update((column, None) for column in header if column)
        for number, cells in enumerate(lines, start=2):
            if any(_text(cell).strip() for cell in cells):
                pairs = [(column, cell) for column, cell in zip(header, cells, strict=False) if column]
                dates = frozenset(c for c, cell in pairs if isinstance(cell, date | datetime | time))
                texts = {column: plain(_text(cell)) for column, cell in pairs}
                rows.append(Row(f"sheet {sheet.title!r}, row {number}", texts, altered=dates))
    if columns:
        listed = ", ".join(map(repr, read))
        return Sheet(list(columns), rows, [f"it has {len(read)} sheets of tasks: {listed}"] if len(read) > 1 else [])
    raise AkbError(
        f"no sheet has the columns {', '.join(needed)} in its first row",
        where=str(path),
        remedy="keep the first row of the tasks as it was",
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
