"""The code digest changes with what is computed and with nothing else."""

from __future__ import annotations

import importlib
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from akb.errors import AkbError
from akb.orchestration import codedigest


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package of three modules and a script that reaches two of them."""
    (tmp_path / "script.py").write_text("def main():\n    from akb import near\n    near.f()\n")
    (tmp_path / "near.py").write_text(
        '"""Near."""\nfrom akb.far import g\n\n\ndef f():\n    """Do."""\n    return g()\n'
    )
    (tmp_path / "far.py").write_text("def g():\n    return 1\n")
    (tmp_path / "other.py").write_text("x = 1\n")
    monkeypatch.setattr(codedigest, "PACKAGE", tmp_path)
    monkeypatch.setattr(codedigest, "MEMORY", tmp_path / "absent/memory.json")
    return tmp_path


def fresh(module: ModuleType) -> None:
    for function in (
        module.code_digest,
        module.reached_modules,
        module._facts,
        module._memory,
        module._direct_imports,
        module.module_digest,
    ):
        function.cache_clear()


def digest(package: Path) -> str:
    fresh(codedigest)
    return codedigest.code_digest(package / "script.py")


def test_reaches_modules_through_lazy_and_indirect_imports(package: Path) -> None:
    fresh(codedigest)
    assert [m.name for m in codedigest.reached_modules(package / "script.py")] == ["far.py", "near.py"]


def test_reaches_a_module_that_is_named_in_a_string(package: Path) -> None:
    (package / "near.py").write_text('import importlib\n\n\ndef f():\n    importlib.import_module("akb.other")\n')
    fresh(codedigest)
    assert [m.name for m in codedigest.reached_modules(package / "script.py")] == ["near.py", "other.py"]


def test_a_change_in_a_reached_module_changes_the_digest(package: Path) -> None:
    before = digest(package)
    (package / "far.py").write_text("def g():\n    return 2\n")
    assert digest(package) != before


def test_the_digest_says_which_module_changed(package: Path) -> None:
    before = dict(part.split(":") for part in digest(package).split())
    (package / "far.py").write_text("def g():\n    return 2\n")
    after = dict(part.split(":") for part in digest(package).split())
    assert {name for name in after if after[name] != before[name]} == {"far"}


def test_a_change_in_an_unreached_module_does_not(package: Path) -> None:
    before = digest(package)
    (package / "other.py").write_text("x = 2\n")
    assert digest(package) == before


def test_comments_docstrings_and_formatting_do_not(package: Path) -> None:
    before = digest(package)
    (package / "near.py").write_text(
        '"""Elsewhere."""\nfrom akb.far import g  # a comment\ndef f():\n    return (g())\n'
    )
    assert digest(package) == before


def test_the_same_code_in_another_folder_has_the_same_digest(
    package: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(package)
    copy = tmp_path_factory.mktemp("clone") / "akb"
    shutil.copytree(package, copy)
    monkeypatch.setattr(codedigest, "PACKAGE", copy)
    assert digest(copy) == before


def test_a_damaged_memory_is_only_a_loss_of_time(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(package)
    monkeypatch.setattr(codedigest, "MEMORY", tmp_path / "memory.json")
    for content in ("", "{", "[1]", '{"a": 1}', '{"a": ["b"]}'):
        (tmp_path / "memory.json").write_text(content)
        assert digest(package) == before


def test_what_is_remembered_is_the_same(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codedigest, "MEMORY", tmp_path / "memory.json")
    first = digest(package)
    assert (tmp_path / "memory.json").exists()
    assert digest(package) == first


def test_a_module_two_packages_deep_is_reached_and_named_with_its_dots(package: Path) -> None:
    deep = package / "a/b/deep.py"
    deep.parent.mkdir(parents=True)
    deep.write_text("x = 1\n")
    (package / "near.py").write_text("from akb.a.b.deep import x\n\n\ndef f():\n    return x\n")
    before = codedigest.read_digests(["--an-option", digest(package)])
    deep.write_text("x = 2\n")
    now = codedigest.read_digests([digest(package)])
    assert codedigest.changed_modules(before, now) == ["a.b.deep"]
    assert codedigest.module_file("a.b.deep") == deep
    assert codedigest.shown_module("a.b.deep") == "src/akb/a/b/deep.py"


def test_a_string_that_ends_in_a_dot_names_all_modules_below_the_folder(package: Path) -> None:
    (package / "family/near").mkdir(parents=True)
    (package / "family/one.py").write_text("x = 1\n")
    (package / "family/near/two.py").write_text("x = 1\n")
    (package / "near.py").write_text('FAMILY = "akb.family."\n')
    fresh(codedigest)
    reached = codedigest.reached_modules(package / "script.py")
    assert [codedigest.module_name(module) for module in reached] == ["family.near.two", "family.one", "near"]


def test_a_relative_import_is_refused_with_its_line(package: Path) -> None:
    (package / "near.py").write_text("import json\nfrom .far import g\n")
    fresh(codedigest)
    with pytest.raises(AkbError, match=r"near\.py, line 2"):
        codedigest.reached_modules(package / "script.py")


@pytest.mark.parametrize(
    ("name", "text", "sound"),
    [
        ("__init__.py", '"""Only words."""\n', True),
        ("__init__.py", "", True),
        ("__init__.py", '"""Words."""\nX = 1\n', False),
        ("module.py", "X = 1\n", True),
        ("module.py", "from . import other\n", False),
    ],
)
def test_what_could_escape_the_digest_is_told(tmp_path: Path, name: str, text: str, sound: bool) -> None:
    (tmp_path / name).write_text(text)
    assert (codedigest.escapes(tmp_path / name) == []) is sound


def test_every_script_of_the_workflow_has_a_digest() -> None:
    importlib.reload(codedigest)
    root = Path(__file__).parents[2]
    scripts = sorted((root / "workflow/scripts").glob("*.py"))
    assert len({codedigest.code_digest(script) for script in scripts}) == len(scripts) > 0


def test_candidates_reach_every_generator() -> None:
    importlib.reload(codedigest)
    root = Path(__file__).parents[2]
    reached = codedigest.reached_modules(root / "workflow/scripts/candidates.py")
    assert set((root / "src/akb/benchmark/grounded").rglob("[!_]*.py")) <= set(reached)
