"""`akb pin CONFIG`: every hub revision becomes a full commit, so that nothing can move under results.

A branch or a tag is a name for whatever its owner puts there; a commit is the thing itself. The file is edited where
revisions stand and nowhere else, so comments, order and spelling stay as somebody wrote them.

    akb pin config/paper.yaml            resolve, write, and say what was changed
    akb pin config/paper.yaml --check    say it alone; status 1 if anything is not pinned
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from akb.atomic import write_text
from akb.errors import AkbError
from akb.models.hub import told

_COMMIT = re.compile(r"[0-9a-f]{40}")
_DATA_SECTIONS = ("audio_benchmarks", "training_sets", "benchmark")  # where a hub id names a data set, not a model

# (hub id, branch, tag or commit, "model" or "dataset") → the full commit.
Resolver = Callable[[str, str, str], str]


@dataclass(frozen=True)
class Revision:
    """A hub id in a configuration, and where its revision stands in the text, or would stand."""

    keys: tuple[str, ...]  # where the mapping stands: ("backbones", "qwen3-8b", "source")
    hub: str
    kind: str  # "model" or "dataset"
    given: str  # "" where no revision is given
    start: int  # of the revision's text
    end: int
    separator: str  # what must stand before a revision that is added

    @property
    def path(self) -> str:
        return ".".join(self.keys)

    @property
    def pinned(self) -> bool:
        return bool(_COMMIT.fullmatch(self.given))


def revisions(text: str) -> list[Revision]:
    """Every mapping of a YAML text that names a `hub`, in the order of the text. Raises yaml.YAMLError."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    found = {r.start: r for r in _walk(root, (), text)} if root is not None else {}  # an alias is met twice
    return [found[start] for start in sorted(found)]


def pinned(text: str, resolve: Resolver) -> tuple[str, list[tuple[Revision, str]]]:
    """`text` with every loose revision resolved, and what was changed to which commit."""
    changes = [(r, resolve(r.hub, r.given or "main", r.kind)) for r in revisions(text) if not r.pinned]
    for revision, commit in reversed(changes):
        shown = commit if isinstance(yaml.safe_load(commit), str) else f"'{commit}'"  # of digits alone: a number
        text = text[: revision.start] + revision.separator + shown + text[revision.end :]
    return text, changes


def resolve_on_hub(hub: str, revision: str, kind: str) -> str:
    """The full commit that `revision` names on the hub. Raises AkbError if the hub will not say."""
    import huggingface_hub

    with told(f"{kind} {hub} at {revision}"):
        return str(huggingface_hub.HfApi().repo_info(hub, revision=revision, repo_type=kind, timeout=30).sha)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`akb pin CONFIG [--check]`."""
    parser = commands.add_parser("pin", help="turn every hub revision of a configuration into a full commit")
    parser.add_argument("config", type=Path, help="a configuration, such as config/paper.yaml")
    parser.add_argument("--check", action="store_true", help="change nothing; status 1 if anything is not pinned")
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> None:
    try:
        text = given.config.read_text(encoding="utf-8")
        found = revisions(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AkbError(
            f"the configuration cannot be read: {error}", where=str(given.config), remedy="mend it"
        ) from error
    loose = [revision for revision in found if not revision.pinned]
    if given.check:
        for revision in loose:
            print(f"{revision.path}: {revision.hub} stands at {revision.given or 'no revision'!r}")
        print(f"{len(found) - len(loose)} of {len(found)} hub revisions are full commits.")
        sys.exit(1 if loose else 0)
    new, changes = pinned(text, resolve_on_hub)
    if changes:
        write_text(given.config, new)
    for revision, commit in changes:
        print(f"{revision.path}: {revision.hub}  {revision.given or 'no revision'} → {commit}")
    print(f"{len(changes)} of {len(found)} revisions pinned, {len(found) - len(changes)} were already.")


def _walk(node: yaml.Node, path: tuple[str, ...], text: str) -> Iterator[Revision]:
    if isinstance(node, yaml.SequenceNode):
        for number, child in enumerate(node.value):
            yield from _walk(child, (*path, str(number)), text)
    if not isinstance(node, yaml.MappingNode):
        return
    entries = {key.value: (key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    if "hub" in entries and isinstance(entries["hub"][1], yaml.ScalarNode):
        yield _revision(node, entries, path, text)
    for key, value in node.value:
        yield from _walk(value, (*path, str(key.value)), text)


def _revision(
    node: yaml.MappingNode, entries: dict[str, tuple[Any, Any]], path: tuple[str, ...], text: str
) -> Revision:
    key, hub = entries["hub"]
    kind = "dataset" if path and path[0] in _DATA_SECTIONS else "model"
    if "revision" in entries:
        value = entries["revision"][1]
        start, end = value.start_mark.index, value.end_mark.index
        given = "" if value.tag.endswith(":null") else str(value.value)
        separator = "" if start == end or text[start - 1] in " \n" else " "
        if start == end:  # `revision:` with nothing after it
            separator = " " if text[start - 1] == ":" else ""
        return Revision(path, str(hub.value), kind, given, start, end, separator)
    end = hub.end_mark.index
    before = ", revision: " if node.flow_style else f"\n{' ' * key.start_mark.column}revision: "
    return Revision(path, str(hub.value), kind, "", end, end, before)
