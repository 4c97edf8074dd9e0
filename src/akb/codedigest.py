"""A digest of what a script computes: its own code and every `akb` module that it reaches.

Snakemake notices no change in code that a `shell:` command runs, so each rule carries this digest
as a parameter. The digest is taken over syntax trees without docstrings: a comment, a docstring or
formatting changes nothing that is computed and makes nothing stale.

    python -m akb.codedigest workflow/scripts/scores.py
"""

from __future__ import annotations

import ast
import functools
import hashlib
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent


@functools.cache
def code_digest(script: Path) -> str:
    """`name:digest` of the script and of each reached module, in one line.

    It changes exactly when reached code changes in substance, and its parts say which module did.
    """
    modules = " ".join(f"{path.stem}:{module_digest(path)}" for path in reached_modules(script))
    return f"script:{module_digest(script)} {modules}".strip()


@functools.cache
def reached_modules(script: Path) -> tuple[Path, ...]:
    """Every module of the package that `script` imports, directly or not, in name order.

    Imports inside functions count too, and so does a module's name in a string ("akb.engine_vllm"),
    which is how engines are loaded only when they are needed.
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
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@functools.cache
def _direct_imports(path: Path) -> frozenset[Path]:
    names: set[str] = set()
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    modules = (PACKAGE / f"{name.removeprefix('akb.')}.py" for name in names if name.startswith("akb."))
    return frozenset(module for module in modules if module.exists())


@functools.cache
def module_digest(path: Path) -> str:
    """8 hex digits over one file's syntax tree without its docstrings."""
    tree = _parse(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:8]


def _drop_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        node.body = node.body[1:] or [ast.Pass()]


if __name__ == "__main__":
    print(code_digest(Path(sys.argv[1])))
