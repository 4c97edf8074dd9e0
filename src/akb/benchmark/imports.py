"""Candidates from elsewhere: CSV, JSON, JSONL, Parquet or a `datasets` folder, for those who hold another question set.

A record has `question`, `options` and `answer` in any form that `reading.questions` knows, and `subcategory`; `id`,
`rationale` and `source` are optional. A question is its own template unless a column `template` says which
questions are of one making.

What the answer is, and whether numbers count from 0 or from 1, is decided for the whole file; one that does not
say is refused. Columns of options may be empty; letters and numbers count them all the same.

A question is called by its `id`, else by its content: neither changes with the file's name, and an id
outlives a mended text too.

    candidates = read_import(Path("akb-2000.jsonl"))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from akb.benchmark.candidates import Candidate
from akb.errors import AkbError
from akb.reading.files import IDS, absent, own_name, read_records
from akb.reading.questions import Fields, Question, is_option_column, read_questions


def read_import(path: Path) -> list[Candidate]:
    """The candidates of one file or folder. Raises AkbError naming file and row."""
    records = [
        (where, _named(record, number))
        for number, (where, record) in enumerate(read_records(path, keyed=("id", "answer")), 1)
    ]
    for where, record in records:
        for key in ("question", "answer", "subcategory"):
            value = record.get(own_name(record, key))
            if absent(value) or (isinstance(value, str) and not value.strip()):
                raise AkbError(f"a question cannot be imported: {key} is missing", where=where, remedy=_REMEDY)
    questions, meaning = read_questions(records, Fields())
    given = {where: bool(record.get("named")) for where, record in records}
    if questions:
        print(f"{path}: {len(questions)} questions; {meaning}")
    return [_candidate(question, path, given[question.where]) for question in questions]


_REMEDY = "give question, options, answer (text, letter or number) and subcategory"


def _named(record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A record without its empty cells and with an id; `named` says whether it is its own.

    Empty cells of options keep their places, by which a key counts.
    """
    kept = {
        str(name): value
        for name, value in record.items()
        if not (absent(value) or value == "") or is_option_column(str(name))
    }
    named = any(own_name(kept, name) in kept for name in IDS)
    return kept | {"named": named} | ({} if named else {"id": number})


def _candidate(question: Question, path: Path, named: bool) -> Candidate:
    record = question.record
    options, right, _ = question.shown()
    candidate = Candidate(
        subcategory=str(record[own_name(record, "subcategory")]),
        question=question.text,
        answer=options[right],
        distractors=tuple(option for place, option in enumerate(options) if place != right),
        template="",
        source=str(record.get("source") or path.name),
        rationale=str(record.get("rationale") or ""),
    )
    name = question.id if named else f"import/{candidate.content_hash}"
    template = str(record.get("template") or "").strip() or name
    return replace(candidate, template=f"import/{template.removeprefix('import/')}", given_name=name)
