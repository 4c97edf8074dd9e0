"""One function says which files make a model; and nothing loads weights that are not those of the fingerprint."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.llm.backbones import backbone_of
from akb.models.checkpoints import build_checkpoint
from akb.models.model_files import check_files, model_digest, model_files

FILES = ("config.json", "pytorch_model.bin", "modeling.py", "m.tiktoken", "templates/t.jinja", "onnx/a/model.onnx")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder of every kind of file, and something hidden, in somebody's home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (*FILES, ".git/HEAD"):
        (tmp_path / "m" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "m" / name).write_text("{}", encoding="utf-8")
    return tmp_path / "m"


def build(folder: Path) -> Path:
    made = folder.parent / "checkpoint"
    build_checkpoint("m", {"folder": "~/m"}, made, folder.parent / "downloads", {})
    return made


def older(path: Path) -> None:
    """Other content of the same size, with an earlier time, as `rsync -a` brings it."""
    path.write_text("[]", encoding="utf-8")
    os.utime(path, (1, 1))


def test_every_file_counts_wherever_it_lies(folder: Path) -> None:
    assert [str(path.relative_to(folder)) for path in model_files(Path("~/m"))] == sorted(FILES)
    build(folder)
    linked = sorted(
        str(path.relative_to(folder.parent / "checkpoint")) for path in model_files(folder.parent / "checkpoint")
    )
    assert linked == sorted([*FILES, "fingerprint.json", "files.json"])


@pytest.mark.parametrize("name", FILES)
def test_any_change_of_any_file_is_another_model(folder: Path, name: str) -> None:
    before = model_digest(Path("~/m"))
    (folder / name).touch()
    assert model_digest(Path("~/m")) == before
    older(folder / name)
    changed = model_digest(Path("~/m"))
    (folder / name).rename(folder / f"{name}-renamed")
    assert len({before, changed, model_digest(Path("~/m"))}) == 3


def test_a_large_file_is_told_by_its_time_in_either_direction(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akb.file_hashes.LARGE", 1)
    before = model_digest(folder)
    os.utime(folder / "pytorch_model.bin", (1, 1))
    assert model_digest(folder) != before


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda folder: older(folder / "pytorch_model.bin"), "is not the one of its fingerprint: pytorch_model.bin"),
        (lambda folder: (folder / "m.tiktoken").write_text("longer"), "is not the one of its fingerprint: m.tiktoken"),
        (lambda folder: shutil.rmtree(folder), "is gone: config.json"),
    ],
)
def test_other_weights_never_run_under_an_old_fingerprint(
    folder: Path, change: Callable[[Path], object], what: str
) -> None:
    checkpoint = build(folder)
    entry = json.dumps({"name": "m", "engine": "transformers", "checkpoint": str(checkpoint)})
    assert backbone_of(entry).checkpoint == str(checkpoint)
    change(folder)
    with pytest.raises(AkbError, match=what) as told:
        backbone_of(entry)
    assert "--forcerun" in told.value.remedy


def test_a_copied_checkpoint_with_new_times_is_the_same(folder: Path) -> None:
    checkpoint = build(folder)
    moved = folder.parent / "moved"
    shutil.copytree(checkpoint, moved, copy_function=shutil.copyfile)
    check_files(moved)


def test_a_folder_that_was_not_built_here_is_left_alone(folder: Path) -> None:
    check_files(folder)
