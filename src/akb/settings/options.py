"""A section of the configuration as a script's options, there and back: keys, types, defaults and help stand once.

section_of = add_options(parser, Training)    # the script: --queries, --width, …
training = section_of(parser.parse_args())    # and what was given, as the section
command_line(settings.lalm.training)          # the rule: what differs from the defaults
"""

from __future__ import annotations

import argparse
import json
import shlex
import typing
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from akb.errors import AkbError
from akb.settings.faults import section_faults, told
from akb.settings.section import Section, descriptions, plain_type

S = TypeVar("S", bound=Section)


def add_options(parser: argparse.ArgumentParser, section: type[S], *names: str) -> Callable[[argparse.Namespace], S]:
    """Add a section's keys to a parser as options: all that are no sections themselves, or those of `names`.

    Returns the way back: from parsed options to the section. It raises AkbError where a value is not allowed.
    """
    texts = descriptions(section)
    group = parser.add_argument_group(section.__name__.lower())
    fields = dict(_fields(section, names))
    for name, field in fields.items():
        text = texts.get(name, "").replace("%", "%%")
        group.add_argument(f"--{name.replace('_', '-')}", dest=name, help=text, **_argument(field))

    def section_of(given: argparse.Namespace) -> S:
        try:
            return section.model_validate({name: getattr(given, name) for name in fields})
        except ValidationError as error:
            faults = "; ".join(told(fault, {}) for fault in section_faults(error, section))
            raise AkbError(f"an option is wrong: {faults}", where="the command line", remedy="see --help") from error

    return section_of


def command_line(section: Section, *names: str) -> str:
    """The options of a section (or those of `names`) that differ from the defaults, in the order of their names."""
    words = []
    for name, field in sorted(_fields(type(section), names)):
        value = getattr(section, name)
        if field.is_required() or value != field.get_default(call_default_factory=True):
            words += _words(name.replace("_", "-"), value)
    return " ".join(words)


def _fields(section: type[Section], names: tuple[str, ...]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in section.model_fields.items():
        kind = plain_type(field.annotation)
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        if name in names or (not names and not nested):
            yield name, field


def _words(option: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{option}" if value else f"--no-{option}"]
    if isinstance(value, (tuple, list)):
        return [f"--{option}", *(shlex.quote(str(part)) for part in value)]
    if isinstance(value, dict):
        return [f"--{option}", shlex.quote(json.dumps(value, sort_keys=True, ensure_ascii=False))]
    return [] if value is None else [f"--{option}", shlex.quote(str(value))]


def _argument(field: FieldInfo) -> dict[str, Any]:
    """What argparse is told of a field."""
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    kind, told_of = plain_type(field.annotation), {"required": field.is_required(), "default": default}
    if kind is bool:
        return {"action": "store_true"} if default is False else {"action": argparse.BooleanOptionalAction, **told_of}
    origin, inner = typing.get_origin(kind), [plain_type(each) for each in typing.get_args(kind)]
    if origin is tuple:
        return {"nargs": "*" if ... in inner else len(inner), **_value(inner[0]), **told_of}
    return {**_value(kind), **told_of}


def _value(kind: Any) -> dict[str, Any]:
    if typing.get_origin(kind) is typing.Literal:
        return {"choices": list(typing.get_args(kind))}
    if typing.get_origin(kind) is dict:
        return {"type": json.loads}
    return {"type": kind}
