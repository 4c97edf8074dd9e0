"""What is wrong with a configuration, in words: each fault with its key, and with file and line where it was written.

faults = section_faults(error, Settings); texts = [told(fault, places) for fault in faults]
"""

from __future__ import annotations

import datetime
import difflib
import typing
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from akb.settings.section import plain_type
from akb.strict_yaml import Marked

Path = tuple[Hashable, ...]

_TYPES = {
    "string_type": "string",
    "int_type": "integer",
    "int_from_float": "integer",
    "int_parsing": "integer",
    "float_type": "number",
    "float_parsing": "number",
    "bool_type": "boolean",
    "bool_parsing": "boolean",
    "dict_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "tuple_type": "list",
    "list_type": "list",
    "is_instance_of": "mapping",
}
_NO_TEXTS = (bool, int, float, datetime.date)  # what YAML may make of a text without quotes
_BOUNDS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


@dataclass(frozen=True)
class Fault:
    """at: the keys down to what is wrong. what: the fault. value: what stands there, if its type is the fault.
    within: it is told of the mapping that holds it, as an unknown key is. key: it is the name that is wrong."""

    at: Path
    what: str
    value: Any = None
    within: bool = False
    key: bool = False


def told(fault: Fault, files: Mapping[str, Marked]) -> str:
    """One line: place, fault, and where it was written, if it stands in one of `files` (the last wins)."""
    file, place = next(
        (
            (name, marked.places[fault.at])
            for name, marked in reversed(list(files.items()))
            if fault.at in marked.places
        ),
        ("", None),
    )
    named = list(fault.at[:-1] if fault.within else fault.at)
    if fault.key and place:
        named[-1] = place.key
    text = f"{'.'.join(map(str, named)) or 'top level'}: {fault.what}"
    written = (place.key if fault.key else place.text) if place else ""
    if written and (fault.key or isinstance(fault.value, _NO_TEXTS)):
        text += f"; write it in quotes: '{written}'"
    return f"{text} ({file}, line {place.line})" if place else text


def section_faults(error: ValidationError, section: type[BaseModel]) -> Iterator[Fault]:
    """The faults that pydantic found, in the words of this configuration."""
    seen = set()
    for found in error.errors(include_url=False):
        at = tuple(part for part in found["loc"] if part != "[key]")
        fault = _fault(found["type"], at, found, section)
        if (fault.at, fault.what) not in seen:
            seen.add((fault.at, fault.what))
            yield fault


def unknown(name: object, known: Iterable[str], what: str) -> str:
    """`what`, and which of `known` may have been meant."""
    near = difflib.get_close_matches(str(name), list(known), 1)
    return f"{what}; did you mean {near[0]!r}?" if near else what


def _fault(kind: str, at: Path, found: Mapping[str, Any], section: type[BaseModel]) -> Fault:
    value, context = found.get("input"), found.get("ctx", {})
    if kind == "extra_forbidden":
        model = _section_at(section, at[:-1])
        text = unknown(at[-1], model.model_fields if model else (), f"unknown key {at[-1]!r}")
        return Fault(at, text, within=True)
    if kind == "missing":
        more = isinstance(at[-1], int)  # a list that is too short
        return Fault(at[:-1], "more values are needed" if more else f"{at[-1]!r} is needed")
    if kind == "string_pattern_mismatch" and found["loc"][-1] == "[key]":
        return Fault(at, f"the name {value!r} must match {context['pattern']}")
    if kind == "string_pattern_mismatch":
        return Fault(at, f"{value!r} does not match {context['pattern']}")
    if kind in _TYPES:
        return Fault(at, f"{_shown(value)} is not of type {_TYPES[kind]!r}", value if kind == "string_type" else None)
    if kind == "literal_error":
        choices = [choice.strip("' ") for choice in context["expected"].replace(" or ", ", ").split(",")]
        text = f"{_shown(value)} is not one of {', '.join(choices)}"
        return Fault(at, unknown(value, choices, text))
    if kind in _BOUNDS:
        return Fault(at, f"{value!r}: {found['msg'][0].lower()}{found['msg'][1:]}")
    return Fault(at, found["msg"])


def _shown(value: Any) -> str:
    return {"True": "true", "False": "false", "None": "null"}.get(repr(value), repr(value))


def _section_at(section: type[BaseModel], at: Sequence[Hashable]) -> type[BaseModel] | None:
    """The section below `section` that the keys `at` lead to."""
    annotation: Any = section
    for part in at:
        annotation = plain_type(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(str(part))
            annotation = field.annotation if field else None
        else:
            arguments = [each for each in typing.get_args(annotation) if each is not ...]
            annotation = arguments[-1] if arguments else None
    annotation = plain_type(annotation)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
