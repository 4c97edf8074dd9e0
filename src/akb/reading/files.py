"""Records from files that others made: JSON, JSONL, CSV, Parquet, a `datasets` folder. The one place that reads them.

Every record comes with the place that it stands at, for messages. What is decided here: UTF-8 with or without a byte
order mark, UTF-16 with one; Parquet is known by its content; lines end at a line feed alone, so a U+2028 inside a text
ends nothing; a file named `.json` may hold lines, and one named `.jsonl` a list; a key that stands twice in an object
is an error, since one of its values would be lost; so is a CSV row of another length than its header. CSV may be
separated by commas, semicolons or tabs: whichever parts the header into the most columns.

    for where, record in read_records(Path("items.csv")): record["question"]
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.reading.impostors import impostor

Record = dict[str, Any]

# The fields that may name an item or its clip, the likeliest first: ids, then paths.
IDS = ("id", "item_id", "clip_id", "question_id", "uid", "key")
PATHS = ("audio", "audio_path", "audio_id", "path", "file", "file_name", "filename", "audio_file", "wav", "wav_path")
NAMES = (*IDS, *PATHS)

_TABLES = (".csv", ".tsv", ".tab")
_JSON_NAMES = (".json", ".jsonl", ".ndjson", ".geojson")
_SIGNS = (",", ";", "\t", "|")  # between the cells of a CSV
_UTF16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ENCODINGS = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), *_UTF16)
_SPLITS = ("train", "training", "test", "validation", "valid", "val", "dev", "eval")
_LISTS = ("data", "rows", "items", "questions", "records", "annotations", "results", "predictions", "captions")


def read_records(
    path: Path, *, keyed: tuple[str, str] | None = None, split: str | None = None
) -> Iterator[tuple[str, Record]]:
    """Yield (where, record) for each record of a file, or of a folder that `datasets` saved.

    keyed: (name, value), the fields of the records that a JSON object `{name: value, …}` stands for; None: such an
    object is one record. split: of a folder that `datasets` saved; None: all. Raises AkbError naming file and row.
    """
    if path.is_dir():
        yield from _dataset(path, split)
    elif is_parquet(path):
        yield from _parquet(path)
    elif path.suffix.lower() in _TABLES or _is_table(path):
        yield from _csv(path)
    else:
        yield from _json(path, keyed)


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by its first bytes, or should be by its name and holds nothing else that is known."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError:
        return False
    return start.startswith(b"PAR1") or (path.suffix.lower() in (".parquet", ".pq") and impostor(start) is None)


def _is_table(path: Path) -> bool:
    """Whether a file whose name says nothing begins as a CSV does: a line of cells that is no JSON."""
    if path.suffix.lower() not in ("", ".txt", ".text", ".dat"):
        return False
    first, _, rest = text_of(path).lstrip("\r\n").partition("\n")
    second = rest.partition("\n")[0]
    return first.lstrip()[:1] not in ("", "[", "{", '"') and any(
        0 < first.count(sign) == second.count(sign) for sign in _SIGNS
    )


def read_csv(path: Path, columns: Sequence[str], remedy: str) -> Iterator[Record]:
    """Yield each row of a CSV file that must have exactly these columns. Raises AkbError if it has others."""
    for _, record in _csv(path, columns, remedy):
        yield record


def read_json_file(path: Path | str) -> Any:
    """What a JSON file holds. Raises AkbError if it is missing or no JSON."""
    return read_json(text_of(Path(path)), str(path))


def at(record: Mapping[str, Any], field: str) -> Any:
    """The value under `field`; a dot goes inwards, into lists by number (`audios.0.text`). Raises LookupError.

    A record that has the field in another case alone (`ID`, `Answer `) is meant by it.
    """
    if (called := own_name(record, field)) in record:
        return record[called]
    value: Any = record
    for key in field.split("."):
        if isinstance(value, list) and key.isdecimal():
            value = value[int(key)]
        elif isinstance(value, Mapping):
            value = value[key]
        else:
            raise LookupError(field)
    return value


def own_name(record: Mapping[str, Any], field: str) -> str:
    """`field` as the record spells it, where it has it in another case or with blanks around it, and only once."""
    if field in record:
        return field
    alike = [name for name in record if isinstance(name, str) and name.strip().casefold() == field.casefold()]
    return alike[0] if len(alike) == 1 else field


def absent(value: Any) -> bool:
    """Whether a cell holds nothing: null, or the NaN that pandas writes in its place."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def name_of(value: Any) -> str:
    """An id as text: 7, "7" and the 7.0 that pandas makes of it are one. Raises ValueError for what is no id."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise ValueError(f"{value!r} is no id: it is neither text nor a whole number")
    return str(value).strip()


def text_of(path: Path) -> str:
    """A file's text. Raises AkbError for one that is missing or in another encoding."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise AkbError("the file does not exist", where=str(path), remedy="check the path") from error
    except OSError as error:
        raise AkbError(f"the file cannot be read: {error}", where=str(path), remedy="check the path") from error
    if content.startswith(b"PK\x03\x04"):
        raise AkbError(
            "the file is a spreadsheet or an archive", where=str(path), remedy="save it as UTF-8 CSV or JSON"
        )
    if found := impostor(content):
        raise AkbError(f"the file is {found[0]}", where=str(path), remedy=found[1] or "save it as UTF-8 CSV or JSON")
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "")
    if not encoding and 0 in content[:2] and content[:4].count(0) == 2:  # ASCII's every other byte, without a mark
        encoding = "utf-16-le" if content[1] == 0 else "utf-16-be"
    encoding = encoding or "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise AkbError(f"not UTF-8: {error}", where=f"{path}, line {line}", remedy="save the file as UTF-8") from error


def read_json(text: str, where: str) -> Any:
    """A JSON value. Raises AkbError for a fault, and for a key that stands twice in one object.

    Half a character (`\\ud83d`), which a model that was cut off may leave, becomes the sign for what is lost.
    """
    try:
        value = json.loads(text, object_pairs_hook=_object)
        return _whole_characters(value) if _HALF.search(text) else value
    except json.JSONDecodeError as error:
        # A line has its row already.
        place = where if ", row " in where else f"{where}, {'line' if error.lineno > 1 else 'row'} {error.lineno}"
        known = Path(where.partition(", ")[0]).suffix.lower()
        remedy = "give a JSON list, or a JSON object a line"
        if known not in _JSON_NAMES:
            remedy += "; a table (commas, semicolons, tabs) is known by the name .csv or .tsv, Parquet by its content"
        raise AkbError(f"not valid JSON: {error.msg}", where=place, remedy=remedy) from error
    except ValueError as error:
        raise AkbError(str(error), where=where, remedy="keep one of the two values") from error
    except RecursionError as error:
        raise AkbError("JSON nested too deeply", where=where, remedy="give a flat list of objects") from error


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(part) for part in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(part) for key, part in value.items()}
    return value


def json_lines(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    """(where, value) of each line that is not blank."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{path}, row {number}"
            yield where, read_json(line, where)


def _json(path: Path, keyed: tuple[str, str] | None) -> Iterator[tuple[str, Record]]:
    text = text_of(path)
    start = text.lstrip()[:1]
    values: Iterator[tuple[str, Any]]
    whole = _whole(text, str(path)) if start in ("[", "{") else None
    if isinstance(whole, list):
        values = ((f"{path}, row {number}", value) for number, value in enumerate(whole, start=1))
    elif isinstance(whole, dict):
        values = _of_object(whole, path, keyed)
    else:
        values = json_lines(text, path)
    for where, value in values:
        if not isinstance(value, dict):
            raise AkbError(
                f"not an object but {type(value).__name__}", where=where, remedy="give one JSON object for each row"
            )
        yield where, value


def _whole(text: str, where: str) -> Any:
    """The one value that the text is; None if it is several lines of JSON."""
    if text.lstrip().startswith("["):
        return read_json(text, where)
    first, _, rest = text.strip().partition("\n")
    if rest.strip():
        try:
            json.loads(first)
        except ValueError:  # the first line alone is no value, so the file is one, or several over some lines each
            return _one_behind_another(text, where) or read_json(text, where)
        return None
    return _one_behind_another(text, where) or read_json(text, where)


def _one_behind_another(text: str, where: str) -> list[Any] | None:
    """The objects of a text that holds several, over any number of lines each; None for one, or a fault in them."""
    decoder, values, at = json.JSONDecoder(), [], 0
    text = text.strip()
    try:
        while at < len(text):
            _, end = decoder.raw_decode(text, at)
            values.append(text[at:end])
            at = end + len(text[end:]) - len(text[end:].lstrip())
    except (json.JSONDecodeError, RecursionError):
        return None
    return [read_json(value, where) for value in values] if len(values) > 1 else None


def _of_object(whole: Record, path: Path, keyed: tuple[str, str] | None) -> Iterator[tuple[str, Any]]:
    """Records of a file that is one object: a list under one of the usual names, {id: value}, columns, or one record.

    What is named by ids may lie within, under a usual name or alone: {"predictions": {…}}, {"model": …, "runs": […]}.
    """
    lists = [key for key, value in whole.items() if isinstance(value, list) and value and isinstance(value[0], dict)]
    names = {key.strip().casefold() for key in whole}
    named = keyed is not None and bool(names & {name.casefold() for name in (*NAMES, *keyed, keyed[1].split(".")[0])})
    if len(lists) > 1 and (any(key.casefold() in _SPLITS for key in lists) or (keyed and not named)):
        raise AkbError(
            f"the file holds several lists: {', '.join(lists)}", where=str(path), remedy="give each a file of its own"
        )
    within = [key for key, value in whole.items() if key in _LISTS and isinstance(value, dict) and value]
    if len(lists) == 1 and (len(whole) == 1 or lists[0] in _LISTS or (keyed and not named)):
        for number, value in enumerate(whole[lists[0]], start=1):
            yield f"{path}, row {number} of {lists[0]!r}", value
    elif named and (columns := _columns(whole)):
        for number, value in enumerate(columns, start=1):
            yield f"{path}, row {number}", value
    elif keyed and not named and len(within) == 1 and not lists:
        yield from _of_object(whole[within[0]], path, keyed)
    elif keyed and not named:
        for number, (key, value) in enumerate(whole.items(), start=1):
            rest = value if isinstance(value, dict) else {keyed[1]: value}
            yield f"{path}, row {number} ({key!r})", {keyed[0]: key, **rest}
    else:
        yield f"{path}, row 1", whole


def _columns(whole: Record) -> list[Record]:
    """The rows of a table that is written by columns, lists or pandas' {"0": …}; nothing for what is no such table."""
    values = list(whole.values())
    if len(values) > 1 and all(isinstance(value, dict) and value.keys() == values[0].keys() for value in values):
        values = [list(value.values()) for value in values]
    if len(values) < 2 or not all(isinstance(value, list) and len(value) == len(values[0]) for value in values):
        return []
    return [dict(zip(whole, row, strict=True)) for row in zip(*values, strict=True)]


def _csv(path: Path, columns: Sequence[str] = (), remedy: str = "") -> Iterator[tuple[str, Record]]:
    text, delimiter, line = _parted(text_of(path), path)
    csv.field_size_limit(1 << 30)
    if "\0" in text:
        raise AkbError("the file holds null bytes", where=str(path), remedy="save it as UTF-8 CSV")
    header: Sequence[str] | None = None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                doubled = sorted({name for name in header if header.count(name) > 1})
                if doubled:
                    raise ValueError(f"the header names {', '.join(map(repr, doubled))} twice")
                if columns and header != list(columns):
                    raise AkbError(f"its columns are {header}, not {list(columns)}", where=str(path), remedy=remedy)
                continue
            row += 1
            if len(cells) != len(header):
                more = "more" if len(cells) > len(header) else "fewer"
                raise ValueError(
                    f"{more} cells than columns: {len(cells)}, not {len(header)}; quote a text that holds a comma"
                )
            yield f"{path}, row {row} (line {line + reader.line_num})", dict(zip(header, cells, strict=True))
    except (csv.Error, ValueError) as error:
        raise AkbError(
            str(error), where=f"{path}, row {row} (line {line + reader.line_num})", remedy="mend this row of the file"
        ) from error


def _parted(text: str, path: Path) -> tuple[str, str, int]:
    """(the text of a CSV, the sign between its cells, how many lines before it were left out)."""
    if "\n" not in text:
        text = text.replace("\r", "\n")  # as old Macs end lines
    first, _, rest = text.partition("\n")
    if named := re.fullmatch(r"sep=(.)\r?", first, re.IGNORECASE):  # Excel's way of naming it
        return rest, named[1], 1
    header = next((line.rstrip("\r") for line in text.split("\n") if line.strip()), "")
    if path.suffix.lower() in (".tsv", ".tab"):
        return text, "\t", 0
    return text, max(_SIGNS, key=lambda sign: len(next(csv.reader([header], delimiter=sign), []))), 0


def _parquet(path: Path) -> Iterator[tuple[str, Record]]:
    import polars as pl

    try:
        table = pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        missing = not path.exists()
        raise AkbError(
            "the file does not exist" if missing else f"the file cannot be read: {error}",
            where=str(path),
            remedy="check the path" if missing else "write it again as Parquet",
        ) from error
    for number, record in enumerate(_with_texts(table).iter_rows(named=True), start=1):
        yield f"{path}, row {number}", record


def _with_texts(table: Any) -> Any:
    """A table whose columns of bytes are texts, where they are UTF-8 throughout, as TensorFlow writes texts."""
    import polars as pl

    for name, kind in table.schema.items():
        text = {pl.Binary(): pl.String(), pl.List(pl.Binary): pl.List(pl.String)}.get(kind)
        if text is not None:
            with contextlib.suppress(pl.exceptions.PolarsError):  # a sound, say
                table = table.with_columns(pl.col(name).cast(text))
    return table


def read_hub(name: str, revision: str | None, split: str | None) -> Iterator[tuple[str, Record]]:
    """Yield (where, record) of a data set on the hub. Raises AkbError if it cannot be fetched."""
    import datasets

    if not revision:
        raise AkbError("a data set on the hub has no revision", where=name, remedy="pin its full commit as `revision`")
    if not re.fullmatch("[0-9a-f]{40}", revision):
        raise AkbError(
            f"a data set on the hub needs its full commit, not {revision!r}: branches and tags move",
            where=name,
            remedy="`akb pin CONFIG` writes it in",
        )
    try:
        loaded = datasets.load_dataset(name, revision=revision, split=split)
    except Exception as error:  # the hub, the network and `datasets` have many
        raise AkbError(
            f"the data set cannot be fetched: {str(error).splitlines()[0] if str(error) else error!r}",
            where=f"{name} at {revision}" + (f", split {split}" if split else ""),
            remedy="check its name, revision and split; without the hub, give a folder that save_to_disk wrote",
        ) from error
    yield from _splits(loaded, f"{name} at {revision}", split)


def _dataset(path: Path, split: str | None) -> Iterator[tuple[str, Record]]:
    import datasets

    saved = any((path / name).exists() for name in ("dataset_dict.json", "state.json", "dataset_info.json"))
    try:
        # Else a data set as it lies on the hub, whose files are Parquet or sound beside a table.
        loaded = datasets.load_from_disk(str(path)) if saved else datasets.load_dataset(str(path))
    except Exception as error:  # `datasets` and what reads for it have many
        raise AkbError(
            f"the folder cannot be read: {str(error).splitlines()[0] if str(error) else error!r}",
            where=str(path),
            remedy="give a folder that `save_to_disk` wrote, or a data set's as it lies on the hub",
        ) from error
    yield from _splits(loaded, str(path), split)


def _splits(loaded: Any, name: str, split: str | None) -> Iterator[tuple[str, Record]]:
    import datasets

    parts = dict(loaded) if isinstance(loaded, datasets.DatasetDict) else {"": loaded}
    if split and "" not in parts:
        if split not in parts:
            raise AkbError(f"the data set has no split {split!r}", where=name, remedy=f"use one of {', '.join(parts)}")
        parts = {split: parts[split]}
    for called, part in parts.items():
        for number, record in enumerate(rows_of(part), start=1):
            yield f"{name}, row {number}" + (f" of split {called}" if called else ""), record


def rows_of(part: Any) -> Iterator[Record]:
    """Records of a `datasets.Dataset`; what its Audio columns hold stays as it is stored: `{"bytes", "path"}`.

    A class is told by its name, not by its number.
    """
    import datasets

    for name, feature in part.features.items():
        if isinstance(feature, datasets.Audio):
            part = part.cast_column(name, datasets.Audio(decode=False))
    classes = {name: feature for name, feature in part.features.items() if isinstance(feature, datasets.ClassLabel)}
    for record in part:
        yield {
            name: classes[name].int2str(value) if name in classes and value is not None and value >= 0 else value
            for name, value in record.items()
        }


def _object(pairs: list[tuple[str, Any]]) -> Record:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(
            f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice in one object"
        )
    return found
