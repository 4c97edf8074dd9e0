"""The page on which a person reviews questions, and the editor adjudicates: one HTML file, complete in itself.

Its policy lets no script run but its own, by hash, and nothing be loaded or sent; texts of questions stand in it as
data. `workflow/report/review.*` are its parts.

    html = reviewer_page(Parts.read(Path("workflow/report")), "akb-1.0", "ann", entries)
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from akb.benchmark.candidates import Candidate
from akb.benchmark.review import COLUMNS, Decision, written_hash
from akb.errors import AkbError


@dataclass(frozen=True)
class Parts:
    """The page's template, script and style, as files hold them."""

    template: str
    script: str
    style: str

    @staticmethod
    def read(folder: Path) -> Parts:
        """The parts review.html.j2, review.js and review.css of a folder."""
        return Parts(*((folder / f"review.{end}").read_text(encoding="utf-8") for end in ("html.j2", "js", "css")))


@dataclass(frozen=True)
class Table:
    """A table of the editor's page; numeric: all but its first column are numbers."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: bool = True


def entry(
    candidate: Candidate, category: str, flags: Sequence[str], near: Sequence[Candidate], reviewer: str
) -> dict[str, Any]:
    """What the page knows of a question. Options stand in an order of the reviewer's own."""
    content = candidate.content_hash

    def place(option: str) -> str:
        return hashlib.sha256(f"{reviewer} {content} {option}".encode()).hexdigest()

    options = sorted((candidate.answer, *candidate.distractors), key=place)
    return {
        "name": candidate.name,
        "hash": written_hash(content),
        "category": category,
        "subcategory": candidate.subcategory,
        "question": candidate.question,
        "options": options,
        "key": options.index(candidate.answer),
        "rationale": candidate.rationale,
        "proof": candidate.proof,
        "source": candidate.source,
        "flags": list(flags),
        "near": [f"{c.question} – {c.answer}" for c in near],
    }


def clip_url(sound: Path) -> str:
    """A sound file as a `data:` address. Raises AkbError for a file that browsers are not known to play."""
    kinds = {".flac": "flac", ".wav": "wav", ".mp3": "mpeg", ".ogg": "ogg", ".opus": "ogg"}
    if sound.suffix.lower() not in kinds:
        raise AkbError(f"browsers do not play {sound.suffix}", where=str(sound), remedy="convert it to FLAC or WAV")
    return f"data:audio/{kinds[sound.suffix.lower()]};base64,{base64.b64encode(sound.read_bytes()).decode()}"


def reviewer_page(parts: Parts, benchmark: str, reviewer: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """One reviewer's page."""
    return _page(
        parts,
        {"benchmark": benchmark, "mode": "reviewer", "reviewer": reviewer, "items": list(entries)},
        title=f"{benchmark} · review by {reviewer}",
        nothing="There is nothing to review: no question passed hygiene.",
        foot="Everything stays in this browser until you save your decisions; the saved file is what the editor needs.",
    )


def editor_page(parts: Parts, benchmark: str, entries: Sequence[Mapping[str, Any]], tables: Sequence[Table]) -> str:
    """The editor's page: what waits for adjudication, and how the review stands."""
    return _page(
        parts,
        {"benchmark": benchmark, "mode": "editor", "reviewer": "", "items": list(entries)},
        title=f"{benchmark} · adjudication",
        nothing="Nothing waits for adjudication.",
        foot="Save your decisions and name the file in the configuration, under benchmark.adjudications.",
        tables=tables,
        editor=True,
    )


def opinion_entry(decision: Decision) -> dict[str, str]:
    """A reviewer's decision as the editor's page shows it."""
    shown = ("reviewer", "verdict", "answer", "reason", "comment", "new_question", "new_answer", "new_distractors")
    return {key: getattr(decision, key) for key in shown}


def _page(parts: Parts, data: Mapping[str, Any], **texts: Any) -> str:
    policy = (
        f"default-src 'none'; script-src '{_digest(parts.script)}'; style-src '{_digest(parts.style)}'; "
        "img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(parts.template).render(
        policy=policy,
        script=Markup(parts.script),
        style=Markup(parts.style),
        data=Markup(_as_data({**data, "columns": COLUMNS})),
        **{"tables": [], "editor": False, **texts},
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _as_data(value: Any) -> str:
    """JSON that no text in it can end: HTML sees neither a tag nor an entity, nor an old parser a line's end."""
    text = json.dumps(value, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
