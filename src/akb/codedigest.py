"""A digest of what a script computes: its own code and every `akb` module that it reaches.

Snakemake notices no change in code that a `shell:` command runs, so each rule carries this digest
as a parameter. The digest is taken over syntax trees without docstrings: a comment, a docstring or
formatting changes nothing that is computed and makes nothing stale.

    python -m akb.codedigest workflow/scripts/scores.py
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from akb.atomic import write_text
from akb.errors import AkbError

PACKAGE = Path(__file__).parent
MEMORY = Path(".snakemake/akb-code.json")

_unsaved: set[Path] = set()


@functools.cache
def code_digest(script: Path) -> str:
    """`name:digest` of the script and of each reached module, in one line.

    It changes exactly when reached code changes in substance, and its parts say which module did.
    """
    modules = " ".join(f"{_name(path)}:{module_digest(path)}" for path in reached_modules(script))
    digest = f"script:{module_digest(script)} {modules}".strip()
    _save()
    return digest


@functools.cache
def reached_modules(script: Path) -> tuple[Path, ...]:
    """Every module of the package that `script` imports, directly or not, in name order.

    Imports inside functions count too, and so does a module's name in a string ("akb.engine_vllm"),
    which is how engines are loaded only when they are needed; a string that ends in a dot
    ("akb.grounded.") names all modules of that folder.
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
    folders = (PACKAGE / name.rstrip(".") for name in names if name.endswith("."))
    family = (module for folder in folders for module in folder.glob("[!_]*.py"))
    named = (PACKAGE / f"{name.replace('.', '/')}.py" for name in names)
    return frozenset(module for module in (*family, *named) if module.exists())


def _name(module: Path) -> str:
    """As it is imported, without the package's name: `grounded.rhyme`."""
    return ".".join(module.relative_to(PACKAGE).with_suffix("").parts)


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
        remembered = [key, _mentioned(tree), _digest(tree)]
        _memory()[str(path)] = remembered
        _unsaved.add(path)
    return remembered[1], remembered[2]


def _mentioned(tree: ast.Module) -> list[str]:
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


def _digest(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:8]


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


def _drop_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        node.body = node.body[1:] or [ast.Pass()]


if __name__ == "__main__":
    print(code_digest(Path(sys.argv[1])))
