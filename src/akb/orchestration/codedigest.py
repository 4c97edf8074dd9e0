"""A digest of what a script computes: its own code and every `akb` module that it reaches.

Snakemake notices no change in code that a `shell:` command runs, so each rule carries this digest
as a parameter. The digest is taken over syntax trees without docstrings: a comment, a docstring or
formatting changes nothing that is computed and makes nothing stale.

A module that could escape the digest is refused: a relative import, or code in an `__init__.py`,
which every import below it would run unseen.

    python -m akb.orchestration.codedigest workflow/scripts/score.py
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from akb.atomic import write_text
from akb.errors import AkbError
from akb.orchestration.syntax import canonical_syntax

PACKAGE = Path(__file__).parents[1]
MEMORY = Path(".snakemake/akb-code.json")

SCRIPT = "script"  # what the digest calls the script itself
_PART = r"[\w.]+:[0-9a-f]{8}"
_DIGESTS = re.compile(rf"{_PART}(?: {_PART})*")

_unsaved: set[Path] = set()


@functools.cache
def code_digest(script: Path) -> str:
    """`name:digest` of the script and of each reached module, in one line.

    It changes exactly when reached code changes in substance, and its parts say which module did.
    """
    digests = {SCRIPT: module_digest(script)}
    digests |= {module_name(path): module_digest(path) for path in reached_modules(script)}
    _save()
    return " ".join(f"{name}:{digest}" for name, digest in digests.items())


def read_digests(values: Iterable[str]) -> dict[str, str]:
    """The code digest among a job's params, as module → digest; empty if none is one."""
    for value in values:
        if _DIGESTS.fullmatch(value):
            return dict(part.split(":") for part in value.split())
    return {}


def module_name(path: Path) -> str:
    """A module as it is imported, without the package's name: `benchmark.grounded.speech.rhyme`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def module_file(name: str) -> Path:
    """The file of a module that `module_name` named."""
    return PACKAGE / f"{name.replace('.', '/')}.py"


def shown_module(name: str, script: str = "its script") -> str:
    """How a part of a digest is shown to people: the module's path in the project, or `script`."""
    return script if name == SCRIPT else f"src/akb/{name.replace('.', '/')}.py"


def changed_modules(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The parts in which two digests differ, in name order."""
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


@functools.cache
def reached_modules(script: Path) -> tuple[Path, ...]:
    """Every module of the package that `script` imports, directly or not, in name order.

    Imports inside functions count too, and so does a module's name in a string ("akb.llm.engines.vllm"),
    which is how engines are loaded only when they are needed; a string that ends in a dot
    ("akb.benchmark.grounded.") names all modules of that folder.
    """
    found: set[Path] = set()
    queue = [script]
    while queue:
        for module in _direct_imports(queue.pop()):
            if module not in found:
                found.add(module)
                queue.append(module)
    return tuple(sorted(found))


@functools.cache
def _direct_imports(path: Path) -> frozenset[Path]:
    names = [name.removeprefix("akb.") for name in _facts(path)[0]]
    folders = (PACKAGE / name.rstrip(".").replace(".", "/") for name in names if name.endswith("."))
    family = (module for folder in folders for module in folder.rglob("[!_]*.py"))
    named = (module_file(name) for name in names if not name.endswith("."))
    return frozenset(module for module in (*family, *named) if module.exists())


@functools.cache
def module_digest(path: Path) -> str:
    """8 hex digits over one file's syntax tree without its docstrings."""
    return _facts(path)[1]


@functools.cache
def _facts(path: Path) -> tuple[list[str], str]:
    """(names in the package that a file mentions, its digest), from the memory on disk if its bytes are the same.

    A digest of them all takes a second of every call of Snakemake, and changes only with the code.
    """
    source = path.read_bytes()
    key = hashlib.sha256(sys.version.encode() + source).hexdigest()
    remembered = _memory().get(str(path))
    if remembered is None or remembered[0] != key:
        tree = ast.parse(source, filename=str(path))
        digest = hashlib.sha256(canonical_syntax(tree).encode()).hexdigest()[:8]
        remembered = [key, _mentioned(tree, path), digest]
        _memory()[str(path)] = remembered
        _unsaved.add(path)
    return remembered[1], remembered[2]


def escapes(path: Path) -> list[str]:
    """What in a module the digest could not follow: one line each, empty for a module that is sound."""
    tree = ast.parse(path.read_bytes(), filename=str(path))
    found = [f"line {line}: a relative import" for line in _relative_imports(tree)]
    if path.name == "__init__.py" and canonical_syntax(tree) != "Module(body=[Pass()])" and tree.body:
        found.append("code in an __init__.py, which runs unseen before every module below it")
    return found


def _relative_imports(tree: ast.Module) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]


def _mentioned(tree: ast.Module, path: Path) -> list[str]:
    for line in _relative_imports(tree):
        raise AkbError(
            "a relative import, which the code digest does not follow",
            where=f"{path}, line {line}",
            remedy="write `from akb.… import …`",
        )
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return sorted(name for name in names if name.startswith("akb.") and "\n" not in name)


@functools.cache
def _memory() -> dict[str, list[Any]]:
    try:
        content = json.loads(MEMORY.read_text(encoding="utf-8"))
        return {str(path): [str(key), list(names), str(digest)] for path, (key, names, digest) in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # none yet, or damaged: it is only a memory


def _save() -> None:
    """Keep what was worked out, where Snakemake keeps its own records; silently not, where it cannot."""
    if _unsaved and MEMORY.parent.is_dir():
        with contextlib.suppress(OSError, AkbError):
            write_text(MEMORY, json.dumps(_memory()))
    _unsaved.clear()


if __name__ == "__main__":
    print(code_digest(Path(sys.argv[1])))
