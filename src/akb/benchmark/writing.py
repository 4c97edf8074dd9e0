"""LLMs write candidate questions: one request per subcategory, seed and number, held to a JSON schema.

What comes back is a candidate like any other, with `verification` "none": hygiene, reviewers and
selection decide about it. A response that is no question is kept with its reason.

    requests = writing_requests(taxonomy, template, per_subcategory=20, seeds=[0, 1], temperature=0.8)
    candidates, failures = written(responses, "qwen")
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema

from akb.benchmark.candidates import Candidate
from akb.benchmark.taxonomy import Subcategory
from akb.errors import AkbError
from akb.llm.engine import Request, Sampling
from akb.strict_yaml import read_yaml

if TYPE_CHECKING:
    from akb.llm.inference import Response

_MAX_TOKENS = 400
_LONGEST = {"question": 300, "answer": 120, "distractors": 120, "rationale": 300}  # letters
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["question", "answer", "distractors", "rationale"],
    "properties": {
        "question": {"type": "string", "minLength": 15, "maxLength": _LONGEST["question"]},
        "answer": {"type": "string", "minLength": 1, "maxLength": _LONGEST["answer"]},
        "distractors": {
            "type": "array",
            "minItems": 3,
            "maxItems": 3,
            "items": {"type": "string", "minLength": 1, "maxLength": _LONGEST["distractors"]},
        },
        "rationale": {"type": "string", "minLength": 1, "maxLength": _LONGEST["rationale"]},
    },
}


@dataclass(frozen=True)
class Failure:
    """A response that gave no candidate, and why."""

    item_id: str
    reason: str
    text: str


def read_writing_template(path: Path) -> dict[str, str]:
    """The texts system, user and angles. Raises AkbError if one is missing or another is there."""
    content = read_yaml(path)
    if not isinstance(content, dict) or set(content) != {"system", "user", "angles"}:
        raise AkbError("a writing template needs the texts system, user and angles", where=str(path), remedy="mend it")
    return {name: str(text) for name, text in content.items()}


def writing_requests(
    taxonomy: Mapping[str, Subcategory],
    template: Mapping[str, str],
    *,
    per_subcategory: int,
    seeds: Sequence[int],
    temperature: float,
) -> list[Request]:
    """One request for each subcategory, seed and number; a request's item_id is "subcategory/digest".

    template: `system`, `user` with {category}, {subcategory}, {definition} and {angle}, and `angles`,
    one a line: what the question should be about, so that repeats differ in more than the seed.
    """
    angles = template["angles"].strip().splitlines()
    requests = []
    for subcategory in taxonomy.values():
        for seed in seeds:
            for number in range(per_subcategory):
                user = template["user"].format(
                    category=subcategory.category,
                    subcategory=subcategory.name.replace("_", " "),
                    definition=subcategory.definition,
                    angle=angles[number % len(angles)],
                )
                chance = seed * 100_003 + number
                digest = hashlib.sha256(f"{user}/{chance}".encode()).hexdigest()[:12]
                sampling = Sampling(
                    max_tokens=_MAX_TOKENS, temperature=temperature, seed=chance, json_schema=json.dumps(SCHEMA)
                )
                requests.append(
                    Request(f"{subcategory.name}/{digest}", user, system=template["system"], sampling=sampling)
                )
    return requests


def written(responses: Iterable[Response], writer: str) -> tuple[list[Candidate], list[Failure]]:
    """The candidates that a writer's responses hold, and the responses that hold none."""
    candidates, failures = [], []
    for response in responses:
        reason = response.invalid or _fault(response.text)
        if reason:
            failures.append(Failure(response.item_id, reason, response.text))
            continue
        record = json.loads(response.text)
        candidates.append(
            Candidate(
                subcategory=response.item_id.split("/")[0],
                question=record["question"].strip(),
                answer=record["answer"].strip(),
                distractors=tuple(d.strip() for d in record["distractors"]),
                template=f"llm/{writer}/{response.item_id}",
                source=f"llm:{writer}",
                rationale=record["rationale"].strip(),
            )
        )
    return candidates, failures


def _fault(text: str) -> str | None:
    try:
        record = json.loads(text)
        jsonschema.validate(record, SCHEMA)
    except json.JSONDecodeError:
        return "not_json"
    except jsonschema.ValidationError as error:
        return f"schema: {error.json_path}: {error.message[:80]}"
    for name, longest in _LONGEST.items():
        texts = record[name] if isinstance(record[name], list) else [record[name]]
        # Where a server holds a model to the schema, it ends a text there, mostly in the middle of a word.
        if any(len(text) == longest for text in texts):
            return f"cut_off: {name} fills its {longest} letters"
    return None
