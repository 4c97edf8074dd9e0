"""The text that a module's digest is taken over: its syntax tree, the same under every Python.

`ast.dump` differs between interpreters: 3.12 added `type_params=[]` to every function, 3.13 leaves
empty fields out, and f-strings are cut into pieces in different ways. What none of these change is
the tree without empty fields and with an f-string's neighbouring pieces of text joined. Docstrings
compute nothing and are left out.

    text = canonical_syntax(ast.parse(source))
"""

from __future__ import annotations

import ast
from typing import Any

_WITH_BODY = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def canonical_syntax(tree: ast.Module) -> str:
    """`tree` as text that changes exactly when its code does in substance."""
    return _dump(tree)


def _dump(value: Any) -> str:
    if isinstance(value, ast.Constant):
        return f"Constant({value.value!r})"
    if isinstance(value, ast.AST):
        fields = ((name, _field(value, name)) for name in value._fields)
        return f"{type(value).__name__}({', '.join(f'{name}={_dump(v)}' for name, v in fields if v not in (None, []))})"
    if isinstance(value, list):
        return f"[{', '.join(map(_dump, value))}]"
    return repr(value)


def _field(node: ast.AST, name: str) -> Any:
    value: Any = getattr(node, name, None)
    if name == "body" and isinstance(node, _WITH_BODY):
        return _without_docstrings(value) if value else value
    if name == "values" and isinstance(node, ast.JoinedStr):
        return _joined(value)
    return value


def _without_docstrings(body: list[ast.stmt]) -> list[ast.stmt]:
    """Without texts that stand alone: docstrings, and what stands below an attribute to say what it means."""
    return [each for each in body if not _is_text(each)] or [ast.Pass()]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _joined(pieces: list[ast.expr]) -> list[ast.expr]:
    kept: list[ast.expr] = []
    for piece in pieces:
        last = kept[-1] if kept else None
        if isinstance(piece, ast.Constant) and isinstance(last, ast.Constant):
            kept[-1] = ast.Constant(str(last.value) + str(piece.value))
        elif not (isinstance(piece, ast.Constant) and piece.value == ""):
            kept.append(piece)
    return kept
