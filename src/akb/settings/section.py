"""What every section of the configuration is built of: its base class, and the types of its values.

A section is a class whose attributes are keys, with a type, a default and, as the text below it, what it means.
Those texts are read from the source when the schema, `config/README.md` or a script's `--help` is written
(`descriptions`): they compute nothing, so to mend one makes nothing stale.
"""

from __future__ import annotations

import ast
import functools
import inspect
import types
import typing
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

EXPONENT = r"^[0-9]+[.]?[0-9]*[eE][-+]?[0-9]+$"


def _number(value: Any) -> Any:
    """PyYAML reads 1e-4 as a text (1.0e-4 as a number): what is meant is the number."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


class Section(BaseModel):
    """A mapping with known keys. Values are not converted: "3" is no number, and 3 is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True, allow_inf_nan=False)


Count = Annotated[int, Field(ge=1)]
CountOrNone = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Real = Annotated[
    float,
    BeforeValidator(_number),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": EXPONENT}]}),
]
Texts = Annotated[tuple[str, ...], Field(strict=False)]
Whole = Annotated[tuple[int, ...], Field(strict=False)]
Normalise = Literal["none", "tokens", "bytes"]


@functools.cache
def descriptions(section: type[BaseModel]) -> dict[str, str]:
    """What each key of a section means: the texts that stand below its attributes, also those it inherits."""
    found: dict[str, str] = {}
    for parent in reversed(section.__mro__):
        if issubclass(parent, Section) and parent is not Section:
            found |= _own_descriptions(parent)
    return found


def _own_descriptions(section: type[BaseModel]) -> dict[str, str]:
    (definition,) = ast.parse(inspect.getsource(section)).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for before, after in zip(definition.body, definition.body[1:], strict=False):
        is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and is_text:
            found[before.target.id] = " ".join(str(after.value.value).split())  # type: ignore[attr-defined]
    return found


def plain_type(annotation: Any) -> Any:
    """An annotation without `Annotated` and without `| None`."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return plain_type(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return plain_type(next(each for each in typing.get_args(annotation) if each is not type(None)))
    return annotation
