"""YAML as people mean it: a key that stands twice is an error, and every value knows where it was written.

Plain YAML readers keep the last of two equal keys without a word, so the first of two backbones with one
name is lost. They also read some names as something else (`no` as false, `12:30` as 750); `Place.text` is what
was really written.

    content = read_yaml(Path("resources/checkpoints.yaml"))
    marked = read_marked(Path("config/config.yaml")); marked.places[("backbones", 8)].line
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from akb.errors import AkbError

Key = tuple[Hashable, ...]
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class Place:
    """Where a value stands. line: from 1. key, text: key and value as they are written ("" for what is no scalar)."""

    line: int
    key: str
    text: str


@dataclass(frozen=True)
class Marked:
    """A file's content, and for the path of each value in it (keys and list places) its place."""

    content: Any
    places: Mapping[Key, Place]


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises AkbError naming file and line, also where a key stands twice."""
    return _read(path)[0]


def read_marked(path: Path) -> Marked:
    """The content of a YAML file and where each value stands; raises as `read_yaml` does."""
    content, node = _read(path)
    places: dict[Key, Place] = {}
    if node is not None:
        _mark(node, content, (), places)
    return Marked(content, places)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, which also lists keys that stand twice in one mapping."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self.doubles: list[tuple[str, str, int, int]] = []
        self._looked_at: set[int] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        if id(node) not in self._looked_at:  # a mapping that others merge is flattened more than once
            self._looked_at.add(id(node))
            self._look(node)
        super().flatten_mapping(node)

    def _look(self, node: yaml.MappingNode) -> None:
        lines: dict[Hashable, tuple[str, int]] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            value = key.value if key.tag == _MERGE else self.construct_object(key)
            line = key.start_mark.line + 1
            if value in lines:
                self.doubles.append((lines[value][0], key.value, lines[value][1], line))
            lines.setdefault(value, (key.value, line))


def _read(path: Path) -> tuple[Any, yaml.Node | None]:
    try:
        with path.open("rb") as stream:
            loader = _Loader(stream)
            try:
                node = loader.get_single_node()
                _require_tree(node, path)
                content = None if node is None else loader.construct_document(node)
            finally:
                loader.dispose()
    except OSError as error:
        raise AkbError(f"cannot be read: {error.strerror}", where=str(path), remedy="name another file") from error
    except RecursionError as error:
        raise AkbError("it is nested too deeply", where=str(path), remedy="mend the file") from error
    except yaml.reader.ReaderError as error:
        where, what = _reader_fault(path, error)
        raise AkbError(f"not readable as YAML: {what}", where=where, remedy="save the file as UTF-8") from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error)
        raise AkbError(f"not readable as YAML: {problem}", where=where, remedy="mend the file") from error
    if loader.doubles:
        twice = [
            f"{key!r} in line {first} and "
            + (f"again in line {second}" if key == again else f"{again!r} in line {second}, which YAML reads as equal")
            for key, again, first, second in loader.doubles
        ]
        raise AkbError(
            "a key stands twice, and one of the two would be lost: " + "; ".join(twice),
            where=str(path),
            remedy="keep one of the two, or give one another name",
        )
    return content, node


def _require_tree(node: yaml.Node | None, path: Path) -> None:
    """Raises AkbError for an alias that names what it stands in, which no depth of reading ends."""
    done: set[int] = set()
    stack = [(node, False)] if node is not None else []
    above: set[int] = set()
    while stack:
        part, left = stack.pop()
        if left:
            above.discard(id(part))
            done.add(id(part))
        elif id(part) in above:
            raise AkbError(
                "a value holds itself, by its alias",
                where=f"{path}, line {part.start_mark.line + 1}",
                remedy="mend the file",
            )
        elif id(part) not in done and isinstance(part, yaml.CollectionNode):
            above.add(id(part))
            stack.append((part, True))
            within = part.value if isinstance(part, yaml.SequenceNode) else [one for pair in part.value for one in pair]
            stack += [(one, False) for one in within]


def _reader_fault(path: Path, error: yaml.reader.ReaderError) -> tuple[str, str]:
    """(file and line, what is wrong there) of what is no text, or no text that YAML allows."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        return f"{path}, line {line}", f"not UTF-8: byte 0x{content[fault.start]:02x} {fault.reason}"
    line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 1
    return f"{path}, line {line}", "a control character"


def _mark(node: yaml.Node, value: Any, at: Key, places: dict[Key, Place]) -> None:
    """Note the places below `node`, which has become `value` (mappings that were merged in come first and lose)."""
    if isinstance(node, yaml.MappingNode) and isinstance(value, dict):
        for key_node, below in node.value:
            found = _scalar(key_node)
            if found in value:
                text = below.value if isinstance(below, yaml.ScalarNode) else ""
                places[(*at, found)] = Place(key_node.start_mark.line + 1, str(key_node.value), str(text))
                _mark(below, value[found], (*at, found), places)
    elif isinstance(node, yaml.SequenceNode) and isinstance(value, list):
        for number, (below, part) in enumerate(zip(node.value, value, strict=False)):
            text = below.value if isinstance(below, yaml.ScalarNode) else ""
            places[(*at, number)] = Place(below.start_mark.line + 1, "", str(text))
            _mark(below, part, (*at, number), places)


def _scalar(node: yaml.Node) -> Hashable:
    """What a key's node is as a value; for a key that is no scalar something that is no key."""
    if not isinstance(node, yaml.ScalarNode):
        return object()
    value: Hashable = yaml.constructor.SafeConstructor().construct_object(node)
    return value
