"""Review tasks out, reviewers' decisions in: as CSV and as Label Studio JSON.

A decision names the candidate, the hash of the content that was judged, the reviewer, a verdict, a
reason and a time. An edit carries the new text. Decisions are files that people edit, so every
malformed row is an error that names file and row.

    decisions = read_decisions(Path("resources/decisions/round-1.csv"))
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from akb.benchmark.candidates import Candidate
from akb.errors import AkbError

Verdict = Literal["accept", "reject", "edit"]
VERDICTS: tuple[str, ...] = get_args(Verdict)

# How Label Studio shows a task and what it asks. Names are those that `from_label_studio` reads.
LABELLING_CONFIGURATION = """<View>
  <Header value="$category · $subcategory"/>
  <Text name="question" value="$question"/>
  <Text name="options" value="$options"/>
  <Text name="rationale" value="$rationale"/>
  <Text name="flags" value="$flags"/>
  <Choices name="verdict" toName="question" choice="single" required="true">
    <Choice value="accept"/><Choice value="edit"/><Choice value="reject"/>
  </Choices>
  <TextArea name="reason" toName="question" placeholder="Why?" maxSubmissions="1"/>
  <TextArea name="new_question" toName="question" placeholder="New stem, for an edit" maxSubmissions="1"/>
  <TextArea name="new_answer" toName="question" placeholder="New right option, for an edit" maxSubmissions="1"/>
  <TextArea name="new_distractors" toName="question" placeholder="New wrong options, one a line" maxSubmissions="1"/>
</View>
"""


@dataclass(frozen=True)
class Decision:
    """One reviewer's verdict on one candidate. Empty new texts keep the old ones."""

    name: str
    content_hash: str
    reviewer: str
    verdict: str
    reason: str = ""
    time: str = ""  # ISO 8601
    new_question: str = ""
    new_answer: str = ""
    new_distractors: str = ""  # one a line


COLUMNS = [field.name for field in fields(Decision)]


def task(candidate: Candidate, category: str, flags: Sequence[str]) -> dict[str, str]:
    """What a reviewer is shown, as flat text fields."""
    options = [f"✓ {candidate.answer}", *(f"   {d}" for d in candidate.distractors)]
    return {
        "name": candidate.name,
        "content_hash": candidate.content_hash,
        "category": category,
        "subcategory": candidate.subcategory,
        "question": candidate.question,
        "options": "\n".join(options),
        "rationale": candidate.rationale or candidate.proof,
        "flags": "; ".join(flags),
    }


def tasks_csv(tasks: Iterable[Mapping[str, str]]) -> str:
    """The tasks as CSV with empty decision columns at the end: fill them in and hand the file back."""
    asked = [c for c in COLUMNS if c not in ("name", "content_hash")]
    out = io.StringIO()
    shown = ["name", "content_hash", "category", "subcategory", "question", "options", "rationale", "flags"]
    writer = csv.DictWriter(out, [*shown, *asked], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(tasks)
    return out.getvalue()


def tasks_label_studio(tasks: Iterable[Mapping[str, str]]) -> str:
    """The tasks as Label Studio's import JSON."""
    return json.dumps([{"data": dict(t)} for t in tasks], ensure_ascii=False, indent=1) + "\n"


def decisions_csv(decisions: Iterable[Decision]) -> str:
    """Decisions in the form that `read_decisions` reads."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(d) for d in decisions)
    return out.getvalue()


def stale_csv(stale: Iterable[tuple[Decision, str]]) -> str:
    """The decisions that do not apply, each with its reason."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ["why", *COLUMNS], lineterminator="\n")
    writer.writeheader()
    writer.writerows({"why": why, **asdict(d)} for d, why in stale)
    return out.getvalue()


def read_decisions(path: Path) -> list[Decision]:
    """Decisions of a CSV file or a Label Studio export. Rows without a verdict are tasks still open.

    Raises AkbError naming file and row (for an export: task and annotation), also where a reviewer decides on one
    text in two ways and no time tells which came last.
    """
    decisions = []
    stands: dict[tuple[str, ...], tuple[Decision, str]] = {}
    for place, row in _rows(path):
        faults = _faults(row)
        decision = Decision(**{c: (row.get(c) or "").strip() for c in COLUMNS})
        key = (decision.name, decision.content_hash, decision.reviewer, decision.time)
        if decision.verdict and key in stands and decision != stands[key][0]:
            faults.append(f"{decision.reviewer} decides on it in {stands[key][1]} too, and no time says which counts")
        if faults:
            raise AkbError(
                f"a decision is malformed: {'; '.join(faults)}",
                where=f"{path}, {place}",
                remedy=f"columns: {', '.join(COLUMNS)}; verdict is one of {', '.join(VERDICTS)}",
            )
        if decision.verdict:
            stands[key] = decision, place
            decisions.append(decision)
    return decisions


def _rows(path: Path) -> list[tuple[str, Mapping[Any, Any]]]:
    """Each row with its place in the file, for messages. A CSV's first row is its header."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # spreadsheets write a byte order mark
        if path.suffix == ".json":
            return list(_from_label_studio(json.loads(text)))
        return [(f"row {number}", row) for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2)]
    except UnicodeDecodeError as error:
        raise AkbError(f"not UTF-8: {error}", where=str(path), remedy="save the file as UTF-8") from error
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise AkbError(
            f"not a Label Studio export: {error!r}",
            where=str(path),
            remedy="export the project as JSON (not JSON-MIN)",
        ) from error


def _faults(row: Mapping[Any, Any]) -> list[str]:
    if None in row:  # where csv puts what goes beyond the header
        return [f"{len(row[None])} cells more than columns: quote a text that holds a comma"]
    missing = [c for c in ("name", "content_hash", "reviewer", "verdict") if c not in row]
    if missing:
        return [f"no column {c}" for c in missing]
    verdict = (row["verdict"] or "").strip()
    if not verdict:
        return []
    faults = [f"{c} is empty" for c in ("name", "content_hash", "reviewer") if not (row[c] or "").strip()]
    if verdict not in VERDICTS:
        faults.append(f"the verdict {verdict!r} is unknown")
    new = [c for c in ("new_question", "new_answer", "new_distractors") if (row.get(c) or "").strip()]
    if verdict == "edit" and not new:
        faults.append("an edit without new text")
    if verdict != "edit" and new:
        faults.append(f"{verdict} with new text")
    if time := (row.get("time") or "").strip():
        try:
            datetime.fromisoformat(time)
        except ValueError:
            faults.append(f"the time {time!r} is not ISO 8601")
    return faults


def _from_label_studio(export: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    for entry in export:
        for number, annotation in enumerate(entry["annotations"], start=1):
            if annotation.get("was_cancelled"):
                continue
            row = {"name": entry["data"]["name"], "content_hash": entry["data"]["content_hash"], "verdict": ""}
            row["reviewer"] = _reviewer(annotation["completed_by"])
            row["time"] = annotation.get("updated_at") or annotation.get("created_at") or ""
            for result in annotation["result"]:
                value = result["value"]
                row[result["from_name"]] = "\n".join(value.get("choices") or value.get("text") or [])
            yield f"task {entry.get('id', row['name'])}, annotation {number}", row


def _reviewer(completed_by: Any) -> str:
    """Label Studio names the annotator by number or as a record, depending on the kind of export."""
    if isinstance(completed_by, Mapping):
        return str(completed_by.get("email") or completed_by["id"])
    return str(completed_by)
