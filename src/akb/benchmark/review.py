"""A reviewer's decision, and the forms that go out to people: tasks, conflicts, decisions, what no longer applies.

A decision names the candidate, the hash of the content that was judged, the reviewer, a verdict, a reason and a time.
An edit carries the new text. `answer` is what the reviewer chose before the key was shown; it counts beside the
verdict. `decision_files` reads what comes back.

    text = tasks_csv([task(candidate, "Phonetic", ["nested_options: …"])])
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

from akb.benchmark.candidates import Candidate
from akb.benchmark.spreadsheets import csv_text, safe

Verdict = Literal["accept", "reject", "edit"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Decision:
    """One reviewer's verdict on one candidate. Empty new texts keep the old ones.

    answer: the text of the option chosen before the key was shown. seconds: how long it took. origin: file and row,
    for messages. shown: question and options as the file shows them beside the decision, if it does.
    """

    name: str
    content_hash: str
    reviewer: str
    verdict: str
    reason: str = ""
    time: str = ""  # ISO 8601
    new_question: str = ""
    new_answer: str = ""
    new_distractors: str = ""  # one a line
    answer: str = ""
    comment: str = ""
    difficulty: str = ""  # one of DIFFICULTIES
    seconds: str = ""
    flagged: str = ""  # "yes": to be talked about
    origin: str = field(default="", compare=False)
    shown: tuple[str, str] | None = field(default=None, compare=False)


COLUMNS = [f.name for f in fields(Decision) if f.name not in ("origin", "shown")]
# What a spreadsheet's user is asked; the others come from the page.
ASKED = ("reviewer", "verdict", "reason", "time", "new_question", "new_answer", "new_distractors", "comment")
_SHOWN = ("name", "content_hash", "category", "subcategory", "question", "options", "rationale", "flags")


def written_hash(content_hash: str) -> str:
    """A content hash as files for people hold it: a letter first, so that no spreadsheet takes it for a number."""
    return f"q{content_hash}"


def read_hash(text: str) -> str:
    """The content hash of either form, `written_hash`'s or, in older files, the bare one."""
    text = text.strip().lstrip("'")  # by which a spreadsheet marks a text
    return text[-16:].lower() if re.fullmatch(r"[qQ]?[0-9a-fA-F]{16}", text) else text


def person(reviewer: str) -> str:
    """By what reviewers are told apart: Ann, ann and "ann " are one."""
    return " ".join(unicodedata.normalize("NFKC", reviewer).casefold().split())


def task(candidate: Candidate, category: str, flags: Sequence[str]) -> dict[str, str]:
    """What a reviewer is shown, as flat text fields."""
    return {
        "name": candidate.name,
        "content_hash": written_hash(candidate.content_hash),
        "category": category,
        "subcategory": candidate.subcategory,
        "question": candidate.question,
        "options": shown_options(candidate),
        "rationale": candidate.rationale or candidate.proof,
        "flags": "; ".join(flags),
    }


def shown_options(candidate: Candidate) -> str:
    """The options one a line, the right one marked."""
    return "\n".join([f"✓ {candidate.answer}", *(f"   {d}" for d in candidate.distractors)])


def tasks_csv(tasks: Iterable[Mapping[str, str]]) -> str:
    """The tasks as CSV with empty decision columns at the end: fill them in and hand the file back."""
    return csv_text([*_SHOWN, *ASKED], tasks)


def tasks_workbook(tasks: Sequence[Mapping[str, str]]) -> bytes:
    """The same as an Excel workbook: every cell a text, verdicts from a drop-down."""
    return _workbook([*_SHOWN, *ASKED], tasks)


def decisions_csv(decisions: Iterable[Decision]) -> str:
    """Decisions in the form that `decision_files` reads."""
    return csv_text(COLUMNS, map(_row, decisions))


def stale_csv(stale: Iterable[tuple[Decision, str]]) -> str:
    """The decisions that do not apply, each with its reason."""
    return csv_text(["why", "origin", *COLUMNS], ({"why": why, "origin": d.origin, **_row(d)} for d, why in stale))


@dataclass(frozen=True)
class Conflict:
    """A candidate that waits for adjudication: as a reviewer is shown it, why it waits, and who said what."""

    task: Mapping[str, str]
    why: str
    given: Sequence[Decision]


def conflicts_csv(conflicts: Iterable[Conflict]) -> str:
    """A row a conflict, with everybody's opinion and empty decision columns: the adjudicator's form."""
    rows = ({**c.task, "why": c.why, "opinions": "\n".join(map(opinion, c.given))} for c in conflicts)
    return csv_text([*_SHOWN, "why", "opinions", *ASKED], rows)


def opinion(decision: Decision) -> str:
    """One reviewer's view in a line: who, what was answered, the verdict, its texts and its reason."""
    parts = [f"{decision.reviewer}: {decision.verdict}"]
    parts += [f"answered {decision.answer!r}"] if decision.answer else []
    texts = (("question", decision.new_question), ("answer", decision.new_answer))
    parts += [f"new {key} {text!r}" for key, text in texts if text]
    if decision.new_distractors:
        parts.append("new wrong options " + " / ".join(decision.new_distractors.splitlines()))
    parts += [text for text in (decision.reason, decision.comment) if text]
    return "; ".join(parts)


def _row(decision: Decision) -> dict[str, str]:
    return {**asdict(decision), "content_hash": written_hash(decision.content_hash)}


def _workbook(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("tasks")
    sheet.freeze_panes = "B2"
    wide = {"question": 60, "options": 40, "rationale": 40, "flags": 30, "content_hash": 20, "name": 24}
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = wide.get(column, 30 if "new_" in column else 16)
    letter = get_column_letter(columns.index("verdict") + 1)
    choice = DataValidation(type="list", formula1=f'"{",".join(VERDICTS)}"', allow_blank=True, showErrorMessage=True)
    choice.error = f"one of {', '.join(VERDICTS)}"
    choice.add(f"{letter}2:{letter}{max(2, len(rows) + 1)}")
    sheet.data_validations.append(choice)

    top, bold, normal = Alignment(wrap_text=True, vertical="top"), Font(bold=True), Font()

    def cell(text: str, font: Font = normal) -> Any:
        made = WriteOnlyCell(sheet, value=safe(_ILLEGAL.sub("�", text)))
        made.data_type, made.number_format = "s", "@"  # a text, whatever it looks like
        made.alignment, made.font = top, font
        return made

    sheet.append([cell(column, bold) for column in columns])
    for row in rows:
        sheet.append([cell(str(row.get(column, ""))) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _timeless(workbook: bytes) -> bytes:
    """The workbook without the moment of its making, so that equal tasks give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content)
            kept.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# What XML cannot hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
