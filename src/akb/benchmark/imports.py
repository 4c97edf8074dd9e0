"""Candidates from elsewhere: CSV, JSONL or a `datasets` folder, for those who hold another question set.

A record has `question`, `options` (a list, or in CSV columns option_1, option_2, …), `answer` (the
right option's text, its letter or its 0-based index) and `subcategory`; `id`, `rationale` and
`source` are optional. A question is its own template unless a column `template` says which
questions are of one making.

A question is called by its `id`, else by its content: neither changes with the file's name, and an id
outlives a mended text too.

    candidates = read_import(Path("akb-2000.jsonl"))
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from akb.benchmark.candidates import Candidate
from akb.errors import AkbError


def read_import(path: Path) -> list[Candidate]:
    """The candidates of one file or folder. Raises AkbError naming file and record."""
    candidates = []
    for number, record in enumerate(_records(path), start=1):
        try:
            candidates.append(_candidate(json.loads(record) if isinstance(record, str) else record, path))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise AkbError(
                f"a question cannot be imported: {error}",
                where=f"{path}, record {number}",
                remedy="give question, options, answer (text, letter or 0-based index) and subcategory",
            ) from error
    return candidates


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


def _candidate(record: Mapping[Any, Any], path: Path) -> Candidate:
    if None in record:  # where csv puts what goes beyond the header
        raise ValueError("more cells than columns: quote a text that holds a comma")
    for key in ("question", "answer", "subcategory"):
        if record.get(key) in (None, ""):
            raise ValueError(f"{key} is missing")
    options = [str(option) for option in record.get("options") or _numbered(record)]
    answer = _answer_text(record["answer"], options)
    candidate = Candidate(
        subcategory=str(record["subcategory"]),
        question=str(record["question"]),
        answer=answer,
        distractors=tuple(option for option in options if option != answer),
        template="",
        source=str(record.get("source") or path.name),
        rationale=str(record.get("rationale") or ""),
    )
    given = str(record.get("id") or record.get("item_id") or "").strip()
    name = given or f"import/{candidate.content_hash}"
    template = str(record.get("template") or "").strip() or name
    return replace(candidate, template=f"import/{template.removeprefix('import/')}", given_name=name)


def _numbered(record: Mapping[str, Any]) -> list[str]:
    columns = sorted((c for c in record if c.startswith("option_")), key=lambda c: int(c.removeprefix("option_")))
    return [str(record[c]) for c in columns if record[c]]


def _answer_text(answer: Any, options: list[str]) -> str:
    if str(answer) in options:
        return str(answer)
    text = str(answer).strip()
    index = int(text) if text.isdigit() else ord(text.upper()) - ord("A") if len(text) == 1 else -1
    if not 0 <= index < len(options):
        raise ValueError(f"the answer {answer!r} is none of the options {options}")
    return options[index]
