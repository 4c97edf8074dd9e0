"""Hand-written candidates: one YAML file a subcategory under `resources/authored/`.

Each entry is {id, question, answer, distractors: [three], rationale}, and {skill, tier} where they are not what its
form says: a stem that tells a case asks for inference and is medium, any other for recall and easy. The id is for good:
reviewers' decisions name it, and it survives a change of the text.

    candidates = read_authored(Path("resources/authored/emotion.yaml"))
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from akb.benchmark.candidates import SKILLS, TIERS, Candidate
from akb.benchmark.grounded.craft.crossed import is_number
from akb.errors import AkbError
from akb.strict_yaml import read_yaml

_CHOICES = {"skill": SKILLS, "tier": TIERS}
# What shows that a stem tells a case from which one infers, and does not ask for a fact.
_CASE = re.compile(
    r"^(an?|the|two|three|one|after|during|over|while|when|if|on|in|at|as|someone|you) .*[.,:;] "
    r"|\b(hears?|heard|you|suppose|listener|recording|spectrogram|suddenly|compared"
    r"|would|probably|best explains|suggests?)\b",
    re.IGNORECASE,
)
_FIELDS = {"id": str, "question": str, "answer": str, "distractors": list, "rationale": str}


def read_authored(path: Path) -> list[Candidate]:
    """The candidates of one file; its name is their subcategory. Raises AkbError naming file and entry."""
    entries = read_yaml(path) or []
    for line, kept, lost in cut_off(path.read_text(encoding="utf-8")):
        print(
            f"akb: {path}, line {line}: what follows ` #` is a comment to YAML: {kept!r} is all that is read, without "
            f"{lost!r}; put the text into quotes if that is not meant",
            file=sys.stderr,
        )
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


def cut_off(text: str) -> list[tuple[int, str, str]]:
    """(line, what is read, what is not) of texts without quotes that a ` #` cuts off: "C # minor" is read as "C"."""
    lines = text.splitlines()
    found = []
    for token in yaml.scan(text) if " #" in text else ():
        if isinstance(token, yaml.ScalarToken) and token.plain:
            rest = lines[token.end_mark.line][token.end_mark.column :] if token.end_mark.line < len(lines) else ""
            if rest.startswith(" ") and rest.lstrip().startswith("#"):
                found.append((token.end_mark.line + 1, str(token.value), rest.strip()))
    return found


def _candidate(entry: dict[str, Any], subcategory: str) -> Candidate:
    skill = entry.get("skill") or _skill(entry["question"], [entry["answer"], *entry["distractors"]])
    return Candidate(
        subcategory=subcategory,
        question=entry["question"].strip(),
        answer=entry["answer"].strip(),
        distractors=tuple(d.strip() for d in entry["distractors"]),
        # Each authored question is its own template: nothing was filled in.
        template=f"authored/{entry['id']}",
        source="authored",
        rationale=entry["rationale"].strip(),
        skill=skill,
        tier=entry.get("tier") or ("easy" if skill == "recall" else "medium"),
        given_name=entry["id"],
    )


def _skill(question: str, options: list[str]) -> str:
    if all(map(is_number, options)):
        return "computation" if re.search(r"\d", question) else "recall"
    return "inference" if _CASE.search(question) else "recall"


def _faults(entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return ["not a mapping"]
    faults = [f"{key} is missing" for key in _FIELDS if key not in entry]
    faults += [f"{key} is not {t.__name__}" for key, t in _FIELDS.items() if key in entry and type(entry[key]) is not t]
    faults += [f"unknown key {key}" for key in entry if key not in _FIELDS and key not in _CHOICES]
    faults += [f"{key} is none of {', '.join(c)}" for key, c in _CHOICES.items() if entry.get(key, c[0]) not in c]
    if not faults:
        faults += [f"a distractor is not text: {d!r}" for d in entry["distractors"] if not isinstance(d, str)]
    return faults
