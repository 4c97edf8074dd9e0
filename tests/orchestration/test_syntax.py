"""One code, one digest, whatever Python reads it."""

from __future__ import annotations

import ast
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from akb.orchestration import syntax
from akb.orchestration.syntax import canonical_syntax

# Everything that interpreters have been seen to represent in different ways, and some more.
SOURCE = '''
"""A docstring."""
import a.b as c


class K(c.B, metaclass=M):
    """Another."""

    x: int = 1

    async def f(self, a, /, b=1, *args, c: int = 2, **more):
        """A third."""
        async with a as b:
            return [x async for x in b if x], {**more}, {1, 2}


def g(*, a=None):
    "Only words."


def h(w):
    text = f"a{w}" "b" f"{w!r:>{w}}" f"{{x}}" f"{w:{w}.{w}}" f"{w:%H:%M}"
    match w:
        case {"a": [1, *rest], **more} | K(x=1) if rest:
            return lambda: (yield)
        case None | True:
            return b"x", ..., 1j, 1e400, -0.0, "\\N{BULLET}"
    try:
        del w
    except* (A, B) as error:
        raise E from error
    return text
'''
KNOWN = "2db637b6"


def test_the_text_of_a_tree_is_what_this_release_stored() -> None:
    assert _digest(SOURCE) == KNOWN


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_every_interpreter_gives_the_same_digest(version: str, tmp_path: Path) -> None:
    if (interpreter := _interpreter(version)) is None:
        pytest.skip(f"no Python {version} on this machine")
    program = (
        "import ast, hashlib, sys\n"
        f"{Path(syntax.__file__).read_text(encoding='utf-8')}\n"
        "for name in sys.argv[1:]:\n"
        "    tree = ast.parse(open(name, 'rb').read())\n"
        "    print(hashlib.sha256(canonical_syntax(tree).encode()).hexdigest()[:8])\n"
    ).replace("from __future__ import annotations\n", "")
    (tmp_path / "source.py").write_text(SOURCE, encoding="utf-8")
    sources = [tmp_path / "source.py", *sorted(Path(syntax.__file__).parents[1].rglob("*.py"))]
    done = subprocess.run([interpreter, "-c", program, *sources], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [_digest(path.read_text(encoding="utf-8")) for path in sources]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = 1  # a comment", "x = (1)", True),
        ('def f():\n    """Words."""\n    return 1', "def f():\n    return 1", True),
        ('def f():\n    """Words."""', "def f():\n    pass", True),
        ("f'a' 'b'", "f'ab'", True),
        ("x = 1", "x = 1.0", False),
        ("x = 1", "x = True", False),
        ("x = 'a'", "x = b'a'", False),
        ("x = None", "x = 'None'", False),
        ("f(a)", "f(*a)", False),
        ("f'{x!r}'", "f'{x}'", False),
        ("f'{x}y'", "f'y{x}'", False),
        ("def f(a, /): pass", "def f(a): pass", False),
        ("def f(a=None): pass", "def f(a): pass", False),
        ("return_ = x if a else b", "return_ = x if b else a", False),
        ("a < b", "a > b", False),
        ("global x", "nonlocal x", False),
        ("a[1:]", "a[:1]", False),
        ("try: a\nexcept: b\nelse: c", "try: a\nexcept: b\nfinally: c", False),
        ("{**a}", "{a: a}", False),
        ("for x in y: z\nelse: w", "for x in y:\n    z\n    w", False),
    ],
)
def test_texts_are_equal_exactly_where_codes_are(one: str, other: str, same: bool) -> None:
    assert (canonical_syntax(ast.parse(one)) == canonical_syntax(ast.parse(other))) is same


def _digest(source: str) -> str:
    return hashlib.sha256(canonical_syntax(ast.parse(source)).encode()).hexdigest()[:8]


def _interpreter(version: str) -> str | None:
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    found = shutil.which(f"python{version}")
    works = found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0
    return found if works else None
