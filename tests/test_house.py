"""The rooms of the library: nothing escapes the code digest, no stage reaches into another's private names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from akb.orchestration.codedigest import PACKAGE, escapes, module_name

MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_no_module_escapes_the_code_digest(path: Path) -> None:
    assert escapes(path) == []


def test_no_stage_reaches_into_another_s_private_names() -> None:
    assert [found for path in MODULES for found in _private_imports(path)] == []


def _private_imports(path: Path) -> list[str]:
    stage = module_name(path).split(".")[0]
    return [
        f"{path.relative_to(PACKAGE)}, line {node.lineno}: {node.module}.{alias.name}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("akb.")
        for alias in node.names
        if alias.name.startswith("_") and (node.module or "").split(".")[1] != stage
    ]
