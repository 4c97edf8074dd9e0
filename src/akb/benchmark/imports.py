"""Candidates from elsewhere: CSV, JSONL or a `datasets` folder, for those who hold another question set.

A record has `question`, `options` (a list, or in CSV columns option_1, option_2, …), `answer` (the
right option's text, its letter or its number) and `subcategory`; `id`, `rationale` and
`source` are optional. A question is its own template unless a column `template` says which
questions are of one making.

Whether numbers count from 0 or from 1 is decided for the whole file: one that holds a 0 counts from 0, one
that holds the number of a last option counts from 1, and one that says neither is refused. Columns of
options may be empty; letters and numbers count them all the same.

A question is called by its `id`, else by its content: neither changes with the file's name, and an id
outlives a mended text too.

    candidates = read_import(Path("akb-2000.jsonl"))
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from akb.benchmark.candidates import Candidate
from akb.errors import AkbError


def read_import(path: Path) -> list[Candidate]:
    """The candidates of one file or folder. Raises AkbError naming file and record."""
    records = []
    for number, record in enumerate(_records(path), start=1):
        with _placed(path, number):
            records.append((number, json.loads(record) if isinstance(record, str) else record))
    first = _counted_from([record for _, record in records if isinstance(record, Mapping)])
    candidates = []
    for number, record in records:
        with _placed(path, number):
            candidates.append(_candidate(record, path, first))
    return candidates


@contextmanager
def _placed(path: Path, number: int) -> Iterator[None]:
    """Faults of one record, with its place."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AkbError(
            f"a question cannot be imported: {error}",
            where=f"{path}, record {number}",
            remedy="give question, options, answer (its text, letter or number) and subcategory",
        ) from error


def _records(path: Path) -> Iterable[Mapping[str, Any] | str]:
    """Records, or lines that are JSON."""
    if path.is_dir():
        import datasets

        loaded = datasets.load_from_disk(str(path))
        parts = loaded.values() if isinstance(loaded, datasets.DatasetDict) else [loaded]
        return [record for part in parts for record in part]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AkbError(f"not UTF-8: {error}", where=str(path), remedy="save the file as UTF-8") from error
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(text)))
    return [line for line in text.split("\n") if line.strip()]


def _candidate(record: Mapping[Any, Any], path: Path, first: int | None) -> Candidate:
    if None in record:  # where csv puts what goes beyond the header
        raise ValueError("more cells than columns: quote a text that holds a comma")
    for key in ("question", "answer", "subcategory"):
        if record.get(key) in (None, ""):
            raise ValueError(f"{key} is missing")
    options = _options(record)
    answer = _answer_text(record["answer"], options, first)
    if not answer:
        raise ValueError(f"the answer {record['answer']!r} is an empty option")
    candidate = Candidate(
        subcategory=str(record["subcategory"]),
        question=str(record["question"]),
        answer=answer,
        distractors=tuple(option for option in options if option and option != answer),
        template="",
        source=str(record.get("source") or path.name),
        rationale=str(record.get("rationale") or ""),
    )
    given = str(record.get("id") or record.get("item_id") or "").strip()
    name = given or f"import/{candidate.content_hash}"
    template = str(record.get("template") or "").strip() or name
    return replace(candidate, template=f"import/{template.removeprefix('import/')}", given_name=name)


def _options(record: Mapping[Any, Any]) -> list[str]:
    """The options by place; an empty column has a place, too."""
    if given := record.get("options"):
        return [str(option) for option in given]
    columns = sorted((c for c in record if c.startswith("option_")), key=lambda c: int(c.removeprefix("option_")))
    return [str(record[c] or "").strip() for c in columns]


def _number(record: Mapping[Any, Any]) -> int | None:
    """The answer, where it is a number that is no option's text."""
    text = str(record.get("answer", "")).strip()
    return int(text) if text.isdigit() and text not in _options(record) else None


def _counted_from(records: Iterable[Mapping[Any, Any]]) -> int | None:
    """0 or 1, where the numbers of a file tell from which they count."""
    numbers = [(number, len(_options(r))) for r in records if (number := _number(r)) is not None]
    if any(number == 0 for number, _ in numbers):
        return 0
    return 1 if any(number == options for number, options in numbers) else None


def _answer_text(answer: Any, options: list[str], first: int | None) -> str:
    text = str(answer).strip()
    if text in options:
        return text
    if text.isdigit() and first is None and 0 < int(text) < len(options):
        readings = f"{options[int(text)]!r} counted from 0 and {options[int(text) - 1]!r} counted from 1"
        raise ValueError(
            f"the answer {text} is {readings}, and no number of the file tells which: write texts or letters"
        )
    index = int(text) - (first or 0) if text.isdigit() else ord(text.upper()) - ord("A") if len(text) == 1 else -1
    if not 0 <= index < len(options):
        raise ValueError(f"the answer {answer!r} is none of the options {options}")
    return options[index]
