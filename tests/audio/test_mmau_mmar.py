"""MMAU and MMAR as tables: every item kept, oddities mended in the open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from akb.audio.mmau_mmar import read_benchmark, require_audio, write_clips
from akb.errors import AkbError

SHARED = Path(__file__).parents[3] / "shared" / "data"
RECORD = {"id": "1", "audio_id": "./audio/1.wav", "question": "Who?", "choices": ["a", "b", "c"], "answer": "b"}


def imported(folder: Path, **changes: Any) -> tuple[Any, Any]:
    path = folder / "mmau.json"
    path.write_text(json.dumps([{**RECORD, "task": "sound", "sub-category": "Source", **changes}]))
    (item,), (clip,) = read_benchmark("mmau", path)
    return item, clip


def test_the_right_option_is_found(tmp_path: Path) -> None:
    item, clip = imported(tmp_path)
    assert (item.options[item.answer], item.category, item.clip_id) == ("b", "Sound", clip.clip_id)


def test_a_repeated_wrong_option_is_shown_once_and_told(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, choices=["x", "b", "x"])
    assert item.options == ("x", "b") and item.answer == 1 and "shown once: x" in item.source


def test_a_repeated_right_option_stays_right(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, choices=["x", "b", "B "])
    assert item.options == ("x", "b") and item.answer == 1


def test_an_empty_option_is_left_out_and_told(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, choices=["x", "", "b"])
    assert item.options == ("x", "b") and "empty" in item.source


@pytest.mark.parametrize("changes", [{"answer": "z"}, {"choices": ["b"]}, {"question": " "}, {"choices": None}])
def test_a_malformed_item_names_file_and_row(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(AkbError) as raised:
        imported(tmp_path, **changes)
    assert "mmau.json, record 1" in raised.value.where


def test_without_audio_only_what_needs_it_fails(tmp_path: Path) -> None:
    _, clip = imported(tmp_path)
    table = write_clips("mmau", [clip], None, tmp_path)
    with pytest.raises(AkbError, match="without its audio"):
        require_audio(table, tmp_path / "clips.parquet")


def test_audio_is_converted_and_found_under_its_name_alone(tmp_path: Path) -> None:
    _, clip = imported(tmp_path)
    soundfile.write(tmp_path / "1.wav", np.zeros(8000), 8000)
    table = write_clips("mmau", [clip], tmp_path, tmp_path / "out")
    require_audio(table, tmp_path / "out" / "clips.parquet")
    assert table["seconds"].to_list() == [1.0]


def test_a_missing_clip_is_named(tmp_path: Path) -> None:
    _, clip = imported(tmp_path)
    with pytest.raises(AkbError) as raised:
        write_clips("mmau", [clip], tmp_path, tmp_path / "out")
    assert "1.wav" in raised.value.where and not (tmp_path / "out" / "clips").exists()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("benchmark", "file", "mended"), [("mmau", "mmau-test-mini.json", 27), ("mmar", "MMAR-meta.jsonl", 4)]
)
def test_the_releases_import_whole(benchmark: str, file: str, mended: int) -> None:
    path = SHARED / benchmark / file
    if not path.exists():
        pytest.skip(f"{path} is not here")
    items, clips = read_benchmark(benchmark, path)
    assert len(items) == len(clips) == 1000
    assert sum("; " in item.source for item in items) == mended
