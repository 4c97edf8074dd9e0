"""Files behind a folder are found wherever they lie."""

from __future__ import annotations

from pathlib import Path

from akb.orchestration.folders import files_below, files_of


def test_files_behind_a_linked_subfolder_are_found_and_a_link_back_is_not_followed(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "disk/wav", tmp_path / "audio"
    for path in (elsewhere / "a.wav", folder / "b/c.wav"):
        path.parent.mkdir(parents=True)
        path.touch()
    (folder / "wav").symlink_to(elsewhere)
    (folder / "d.wav").symlink_to(elsewhere / "a.wav")
    (folder / "b/back").symlink_to(folder)
    (folder / "gone.wav").symlink_to(tmp_path / "nowhere")
    names = [str(path.relative_to(folder)) for path in files_below(folder)]
    assert names == ["b/c.wav", "d.wav", "wav/a.wav"]


def test_files_are_in_the_order_of_a_search_by_pattern(tmp_path: Path) -> None:
    for name in ("b/a", "a/b", "a-c", "a/a", "B"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert files_below(tmp_path) == sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_a_file_stands_for_itself_and_one_that_is_not_there_too(tmp_path: Path) -> None:
    assert files_of(str(tmp_path / "captions.jsonl")) == [str(tmp_path / "captions.jsonl")]
