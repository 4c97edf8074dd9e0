"""Outputs appear whole or not at all, and what a killed process left behind goes."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from akb.atomic import atomic_path, write_text
from akb.errors import AkbError

KILLED = """
import os, sys
from pathlib import Path
from akb.atomic import atomic_path
with atomic_path(Path(sys.argv[1])) as temporary:
    if len(sys.argv) > 2:
        temporary.mkdir()
        temporary = temporary / "weights"
    temporary.write_text("half")
    os.kill(os.getpid(), 9)
"""


def killed_while_writing(target: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(target), *words], check=False)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="half way"), atomic_path(target) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise ValueError("half way")
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("x.csv", "old")]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    for names in (("a", "b"), ("c",)):
        with atomic_path(tmp_path / "model") as temporary:
            temporary.mkdir()
            for name in names:
                (temporary / name).touch()
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["c"]


@pytest.mark.parametrize("words", [(), ("folder",)], ids=["a file", "a folder"])
def test_the_next_write_removes_what_a_killed_process_left(tmp_path: Path, words: tuple[str, ...]) -> None:
    target = tmp_path / "x[1].csv"
    killed_while_writing(target, *words)
    assert len(list(tmp_path.iterdir())) == 1
    write_text(target, "new")
    assert list(tmp_path.iterdir()) == [target]


def test_another_write_under_way_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    with atomic_path(target) as first:
        first.write_text("first", encoding="utf-8")
        write_text(target, "second")
        assert first.exists()
    assert target.read_text(encoding="utf-8") == "first"


def test_a_full_disk_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="no space left") as caught, atomic_path(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.where == str(tmp_path / "x")
