"""Review tasks for Label Studio, and what its JSON export holds.

Whatever the kind of export, one annotation becomes one row of texts: lists and single texts alike, several results of
one field together, people by their address where the export knows it.

    rows = export_rows(json.loads(text))
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

# How Label Studio shows a task and what it asks. Names are those that `export_rows` reads.
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
# Fields that hold one text, so that two are a contradiction; the others hold as many lines as they have.
_SINGLE = ("verdict", "new_question", "new_answer")


def tasks_label_studio(tasks: Iterable[Mapping[str, str]]) -> str:
    """The tasks as Label Studio's import JSON."""
    return json.dumps([{"data": dict(t)} for t in tasks], ensure_ascii=False, indent=1) + "\n"


def export_rows(export: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Each finished annotation: its place, its texts, and what is wrong with it. Skipped tasks give none.

    Raises KeyError, TypeError or AttributeError for what is no export.
    """
    if isinstance(export, Mapping):
        export = [export]  # one task alone
    people = _people(export)
    for entry in export:
        for number, annotation in enumerate(entry["annotations"], start=1):
            if annotation.get("was_cancelled"):
                continue
            data = entry["data"]
            row = {key: str(data[key]) for key in ("question", "options") if key in data}
            row |= {"name": str(data["name"]), "content_hash": str(data["content_hash"]), "verdict": ""}
            row["reviewer"] = _reviewer(annotation.get("completed_by"), people)
            row["time"] = annotation.get("updated_at") or annotation.get("created_at") or ""
            texts: dict[str, list[str]] = {}
            for result in annotation["result"] or []:
                if "from_name" not in result:
                    continue  # a relation between regions
                value = result.get("value") or {}
                given = value.get("choices") or value.get("text") or []
                lines = [given] if isinstance(given, str) else [str(line) for line in given]
                texts.setdefault(result["from_name"], []).extend(line for line in lines if line.strip())
            faults = [
                f"{len(found)} texts for {field}: {found}"
                for field, found in texts.items()
                if field in _SINGLE and len(set(found)) > 1
            ]
            row |= {field: "\n".join(dict.fromkeys(found)) for field, found in texts.items()}
            yield f"task {entry.get('id', row['name'])}, annotation {number}", row, faults


def _people(export: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The address of every annotator who stands somewhere as a record, by number."""
    records = (a.get("completed_by") for entry in export for a in entry["annotations"])
    return {str(r["id"]): str(r["email"]) for r in records if isinstance(r, Mapping) and r.get("email") and "id" in r}


def _reviewer(completed_by: Any, people: Mapping[str, str]) -> str:
    """Label Studio names the annotator by number or as a record, depending on the kind of export; or not at all."""
    if completed_by is None:
        return ""
    if isinstance(completed_by, Mapping):
        completed_by = completed_by.get("email") or completed_by.get("id") or ""
    return people.get(str(completed_by), str(completed_by))
