"""A backbone's registry entry, as JSON, and its checkpoint folder turned into what the engines need.

backbone = backbone_of('{"name": "m", "engine": "vllm", "checkpoint": "results/checkpoints/m"}')
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import msgspec

from akb.errors import AkbError
from akb.llm.engine import Backbone, Sampling
from akb.models.fingerprint import read_fingerprint
from akb.models.model_files import check_files

# The entry's own names for how the backbone generates.
_GENERATION = {"max_tokens", "temperature", "top_p", "seed", "stop"}


def backbone_of(text: str) -> Backbone:
    """Read a backbone from JSON with the fields of `engine.Backbone`, `generation` laid flat.

    `checkpoint` names a folder with `fingerprint.json`; a `fingerprint` that is given wins. For an API
    model the folder's origin is the model's name. Raises AkbError for unknown keys and wrong types.
    """
    try:
        entry = json.loads(text)
        name = str(entry.get("name", "without a name"))
    except (json.JSONDecodeError, AttributeError) as error:
        raise AkbError(f"a backbone is not a JSON object: {error}", where=text[:80], remedy="mend the JSON") from error
    generation = {key: entry.pop(key) for key in _GENERATION & entry.keys()}
    known = {field.name for field in fields(Backbone)} - {"generation"}
    if unknown := sorted(entry.keys() - known):
        raise _wrong(
            "unknown keys " + ", ".join(unknown), name, "choose among " + ", ".join(sorted(known | _GENERATION))
        )
    if not entry.get("fingerprint"):
        entry["fingerprint"], entry["checkpoint"] = _identity(entry, name)
    return _typed(entry, generation, name)


def _identity(entry: dict[str, Any], name: str) -> tuple[str, str]:
    if not entry.get("checkpoint"):
        raise _wrong("no checkpoint", name, "name the folder that the rule `checkpoint` built")
    known = read_fingerprint(Path(entry["checkpoint"]))
    check_files(Path(entry["checkpoint"]))
    return known["fingerprint"], known["origin"] if entry.get("engine") == "openai" else entry["checkpoint"]


def _typed(entry: dict[str, Any], generation: dict[str, Any], name: str) -> Backbone:
    try:
        return replace(msgspec.convert(entry, Backbone), generation=msgspec.convert(generation, Sampling))
    except msgspec.ValidationError as error:
        raise _wrong(str(error), name, "mend that key of the backbone's entry") from error


def _wrong(what: str, name: str, remedy: str) -> AkbError:
    return AkbError(f"a backbone's entry is wrong: {what}", where=f"backbone {name}", remedy=remedy)
