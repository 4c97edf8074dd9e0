"""Hand-written candidates: one YAML file a subcategory under `resources/authored/`.

Each entry is {id, question, answer, distractors: [three], rationale}. The id is for good: reviewers'
decisions name it, and it survives a change of the text.

    candidates = read_authored(Path("resources/authored/emotion.yaml"))
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from akb.benchmark.candidates import Candidate
from akb.errors import AkbError
from akb.strict_yaml import read_yaml

_FIELDS = {"id": str, "question": str, "answer": str, "distractors": list, "rationale": str}


def read_authored(path: Path) -> list[Candidate]:
    """The candidates of one file; its name is their subcategory. Raises AkbError naming file and entry."""
    entries = read_yaml(path) or []
    stands: dict[str, int] = {}  # ids and content hashes, by entry
    candidates = []
    for number, entry in enumerate(entries, start=1):
        faults = _faults(entry)
        if not faults:
            candidate = _candidate(entry, path.stem)
            for key, what in ((candidate.name, f"the id {candidate.name}"), (candidate.content_hash, "this question")):
                if stands.setdefault(key, number) != number:
                    faults.append(f"{what} stands in entry {stands[key]} already")
            candidates.append(candidate)
        if faults:
            raise AkbError(
                f"an authored question is malformed: {'; '.join(faults)}",
                where=f"{path}, entry {number}",
                remedy="write id, question, answer, distractors (three) and rationale, each as text",
            )
    return candidates


def _candidate(entry: dict[str, Any], subcategory: str) -> Candidate:
    return Candidate(
        subcategory=subcategory,
        question=entry["question"].strip(),
        answer=entry["answer"].strip(),
        distractors=tuple(d.strip() for d in entry["distractors"]),
        # Each authored question is its own template: nothing was filled in.
        template=f"authored/{entry['id']}",
        source="authored",
        rationale=entry["rationale"].strip(),
        given_name=entry["id"],
    )


def _faults(entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return ["not a mapping"]
    faults = [f"{key} is missing" for key in _FIELDS if key not in entry]
    faults += [f"{key} is not {t.__name__}" for key, t in _FIELDS.items() if key in entry and type(entry[key]) is not t]
    faults += [f"unknown key {key}" for key in entry if key not in _FIELDS]
    if not faults:
        faults += [f"a distractor is not text: {d!r}" for d in entry["distractors"] if not isinstance(d, str)]
    return faults
