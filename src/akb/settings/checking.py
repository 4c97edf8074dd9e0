"""A configuration is checked before anything is built: every fault at once, each with its key, file and line.

Snakemake reads configuration files itself and keeps the last of two equal keys, so the files are read once
more here: for keys that stand twice, for names that YAML takes for something else (`8`, `no`, `12:30`), and
for the lines that faults are told with.

    settings = checked(config, where="config/config.yaml", files=[Path("config/config.yaml")])
"""

from __future__ import annotations

import copy
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from akb.errors import AkbError
from akb.reading.files import read_json_file
from akb.settings.configuration import Settings
from akb.settings.faults import Fault, section_faults, told
from akb.settings.references import package_faults, reference_faults
from akb.strict_yaml import Marked, read_marked, read_yaml

_MAPPINGS = ("backbones", "tools", "captioners", "audio_benchmarks", "training_sets")
_AS_THEY_ARE = {"engine_options"}  # passed to an engine, whose keys they are
_ROUNDS = 20


def checked(
    config: Mapping[str, Any],
    *,
    where: str,
    packages: Mapping[str, Any] | None = None,
    files: Sequence[Path] = (),
    given: Mapping[str, Any] = MappingProxyType({}),
) -> Settings:
    """The configuration with its defaults filled in. Raises AkbError listing every fault.

    packages: entries by the names that a source's `package` may have; None: they are not checked. files: what it was
    read from, in the order in which later ones win. given: what the command line says over them; a number that stands
    within a value there comes as a text.
    """
    read = {}
    for path in files:
        if path.suffix == ".json":
            read_json_file(path)  # raises for a key that stands twice; JSON tells no lines
        else:
            marked = read_marked(path)
            places = {at: place for at, place in marked.places.items() if _found(given, at) is None}
            read[str(path)] = Marked(marked.content, places)
    raw: dict[str, Any] = copy.deepcopy(dict(config))
    faults = list(_name_faults(raw, ()))
    _retype(raw, given)
    names = {group: [name for name in _mapping(raw, group) if isinstance(name, str)] for group in _MAPPINGS}
    settings, more = _validated(raw)
    faults += more
    if settings is not None:
        known = {fault.at for fault in faults}  # what was set aside refers to nothing of its own
        more = list(reference_faults(settings, names))
        more += package_faults(settings, packages) if packages is not None else ()
        faults += [fault for fault in more if fault.at not in known]
    known = {fault.at for fault in faults}
    faults += [fault for fault in _misread(read) if fault.at not in known]
    if faults or settings is None:
        raise AkbError(
            "the configuration has faults:\n" + "\n".join(f"  - {told(fault, read)}" for fault in faults),
            where=where,
            remedy="mend these keys; config/README.md explains each",
        )
    return settings


def read_settings(path: Path) -> Settings:
    """The configuration of one file. Raises AkbError where it cannot be read, and as `checked` does."""
    if not path.is_file():
        raise AkbError("there is no such file", where=str(path), remedy="give the path of a configuration")
    content = read_yaml(path) or {}
    if not isinstance(content, Mapping):
        raise AkbError(
            f"a configuration is a mapping of keys, and this is a {type(content).__name__}",
            where=str(path),
            remedy="config/README.md says what it holds",
        )
    return checked(content, where=str(path), files=[path])


def _name_faults(value: Any, at: tuple[Hashable, ...]) -> Iterator[Fault]:
    """Keys that are no texts; they are taken out of `value`, so that the rest can be checked."""
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from _name_faults(part, (*at, number))
    if not isinstance(value, dict):
        return
    for key in list(value):
        if not isinstance(key, str):
            yield Fault((*at, key), f"a name must be a text, and this one is read as {_plainly(key)}", key, key=True)
            del value[key]
        elif key not in _AS_THEY_ARE:
            yield from _name_faults(value[key], (*at, key))


_NOT_DECIMAL = re.compile(r"[-+]?(?:0[0-7_]+|[\d_]+(?::[0-5]?\d)+(?:\.\d*)?)")
_VARIABLE = re.compile(r"(\$[A-Z_]+|\$\{\w+\})(?:/|$)")  # "$SCRATCH/results"
_TYPOGRAPHIC = re.compile(r"[\u201c\u201d\u201e\u2018\u2019\u00ab].*[\u201c\u201d\u2018\u2019\u00bb]", re.DOTALL)


def _misread(files: Mapping[str, Marked]) -> Iterator[Fault]:
    """Values that YAML takes for something else than they look like, and no type tells: 010 is 8, 1:30 is 90."""
    for marked in files.values():
        for at, place in marked.places.items():
            value = _found(marked.content, at)
            if isinstance(value, int | float) and _NOT_DECIMAL.fullmatch(place.text):
                yield Fault(at, f"{place.text} is read as {value}; write it in decimals")
            elif isinstance(value, str) and value == place.text and _TYPOGRAPHIC.fullmatch(value):
                yield Fault(at, f"the quotation marks of {value} are part of the text; write straight ones")
            elif isinstance(value, str) and value.startswith("~/"):
                yield Fault(
                    at, f"{value} would be a folder named ~: only a shell knows that sign; write the path in full"
                )
            elif isinstance(value, str) and (variable := _VARIABLE.match(value)):
                yield Fault(
                    at,
                    f"{value} would be a folder named {variable[1]}: only a shell knows it; write the path in full",
                )


def _plainly(key: object) -> str:
    kind = "number" if isinstance(key, (int, float)) else type(key).__name__
    return {"True": "true", "False": "false", "None": "null"}.get(repr(key), f"the {kind} {key}")


def _mapping(raw: Mapping[str, Any], group: str) -> Mapping[str, Any]:
    found = raw.get(group)
    return found if isinstance(found, dict) else {}


def _validated(raw: dict[str, Any]) -> tuple[Settings | None, list[Fault]]:
    """The settings, and their faults. Where there are any, the settings are those of the rest, for the references.

    What is at fault is set aside and the rest read again; what that leaves undone is no fault of its own.
    """
    faults: list[Fault] = []
    for number in range(_ROUNDS):
        try:
            return Settings.model_validate(raw), faults
        except ValidationError as error:
            if number == 0:
                faults = list(section_faults(error, Settings))
            for found in error.errors(include_url=False):
                at = [part for part in found["loc"] if part != "[key]"]
                _set_aside(raw, at[:-1] if found["type"] == "missing" else at)
    return None, faults


def _retype(raw: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Make numbers and truth values of the texts in `raw` that stand so in `given`, where such are wanted."""
    try:
        Settings.model_validate(raw)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            at, text = found["loc"], found["input"]
            if found["type"] in _NO_TEXTS and isinstance(text, str) and _found(given, at) == text:
                holder: Any = _found(raw, at[:-1])
                holder[at[-1]] = yaml.safe_load(text)


_NO_TEXTS = ("int_type", "float_type", "bool_type")


def _found(value: Any, at: Sequence[Any]) -> Any:
    """What stands at `at`; None for nothing."""
    try:
        for key in at:
            value = value[key]
    except (KeyError, IndexError, TypeError):
        return None
    return value


def _set_aside(raw: Any, at: Sequence[Any]) -> None:
    """Take what stands at `at` out of `raw`, if it is still there."""
    try:
        for key in at[:-1]:
            raw = raw[key]
        del raw[at[-1]]
    except (KeyError, IndexError, TypeError):
        return
