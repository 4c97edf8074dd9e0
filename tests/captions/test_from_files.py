"""Captions made elsewhere find their clips, or the message says how many they did not find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from akb.captions.from_files import read_captions
from akb.errors import AkbError


def clip(own: str, audio: str = "") -> dict[str, Any]:
    audio = audio or f"test-mini-audios/{own}.wav"
    labels = json.dumps({"ids": [own], "audio": audio})
    return {"clip_id": f"mmau-{own}", "path": "", "source": f"mmau: {audio}", "labels": labels}


CLIPS = [clip("7f"), clip("8a")]


def written(folder: Path, *rows: dict[str, Any], name: str = "c.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def texts(path: Path, clips: list[dict[str, Any]] = CLIPS, field: str = "caption", **options: Any) -> list[str]:
    return read_captions(path, clips, "m", field, **options)["text"].to_list()


@pytest.mark.parametrize(
    "names",
    [
        {"id": "7f"},
        {"id": "mmau-7f"},
        {"clip_id": "mmau-7f"},
        {"audio_id": "./test-mini-audios/7f.wav"},
        {"audio": "/data/mmau/test-mini-audios/7f.wav"},
        {"audio": {"path": "7f.wav", "bytes": None}},
        {"path": "C:\\mmau\\7f.wav"},
        {"file": "7f.flac"},
        {"id": " 7F\n"},
        {"file": "7F.WAV"},
        {"audio": "https://example.org/test%2Dmini-audios/7f.wav?download=true"},
        {"audio": "file:///data/7f.wav"},
        {"file_name": "7f"},
        {"id": "test-mini-audios/7f.wav"},
        {"id": 12, "audio": "7f.wav"},
    ],
)
def test_a_clip_goes_by_its_own_id_its_path_or_our_id(tmp_path: Path, names: dict[str, Any]) -> None:
    path = written(tmp_path, {**names, "caption": "a dog"}, {"id": "8a", "caption": "a cat"})
    assert texts(path) == ["a dog", "a cat"]


@pytest.mark.parametrize("own", [7, 7.0, "7", "7.0"])
def test_an_id_is_the_same_as_number_and_as_text(tmp_path: Path, own: Any) -> None:
    assert texts(written(tmp_path, {"id": own, "caption": "x"}), [clip("7", "a.wav")]) == ["x"]


def test_clips_without_a_caption_are_an_error_with_their_number(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="1 of 2 clips have no caption by m") as raised:
        texts(written(tmp_path, {"id": "7f", "caption": "x"}, {"id": "other", "caption": "y"}))
    assert "mmau-8a" in raised.value.where and "'other'" in raised.value.where and "partial" in raised.value.remedy


def test_a_file_without_any_of_the_clips_is_an_error_though_it_may_be_partial(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="2 of 2 clips have no caption by m") as raised:
        texts(written(tmp_path, {"id": "elsewhere-1", "caption": "x"}), partial=True)
    assert "'elsewhere-1'" in raised.value.where and "benchmarks" in raised.value.remedy


@pytest.mark.parametrize("nothing", ["", "  ", None, float("nan"), []])
def test_an_empty_text_is_no_caption(tmp_path: Path, nothing: Any) -> None:
    path = written(tmp_path, {"id": "7f", "caption": nothing}, {"id": "8a", "caption": "y"})
    with pytest.raises(AkbError, match="1 of 2"):
        texts(path)
    assert texts(path, partial=True) == ["", "y"]


def test_a_list_of_texts_is_one_caption(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "7f", "caption": ["a dog", " barks "]}, {"id": "8a", "caption": "y"})
    assert texts(path)[0] == "a dog\nbarks"


@pytest.mark.parametrize("wrong", [3, 2.5, True, {"a": 1}, ["a", 1]])
def test_what_is_no_text_is_refused_by_row(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(AkbError, match="no text") as raised:
        texts(written(tmp_path, {"id": "8a", "caption": "y"}, {"id": "7f", "caption": wrong}), partial=True)
    assert "row 2" in raised.value.where


def test_one_clip_twice_with_one_text_is_one_caption(tmp_path: Path) -> None:
    twice = {"id": "7f", "caption": "x"}, {"audio": "7f.wav", "caption": "x "}
    assert texts(written(tmp_path, *twice, {"id": "8a", "caption": "y"})) == ["x", "y"]


def test_one_clip_twice_with_two_texts_names_both_rows(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="two different captions") as raised:
        texts(written(tmp_path, {"id": "7f", "caption": "x"}, {"id": "mmau-7f", "caption": "z"}))
    assert "row 1" in raised.value.where and "row 2" in raised.value.where


def test_a_name_that_two_clips_share_is_an_error_and_more_of_its_path_is_not(tmp_path: Path) -> None:
    clips = [clip("1", "dogs/x.wav"), clip("2", "cats/x.wav")]
    with pytest.raises(AkbError, match="may be clip"):
        texts(written(tmp_path, {"audio": "x.wav", "caption": "a"}), clips)
    path = written(tmp_path, {"audio": "in/dogs/x.wav", "caption": "a"}, {"audio": "cats/x.wav", "caption": "b"})
    assert texts(path, clips) == ["a", "b"]


def test_an_id_that_is_another_clips_file_is_read_as_what_its_field_says(tmp_path: Path) -> None:
    clips = [clip("1", "2.wav"), clip("2", "1.wav")]
    assert texts(written(tmp_path, {"id": "1", "caption": "a"}, {"id": "2", "caption": "b"}), clips) == ["a", "b"]
    rows = {"audio": "1.wav", "caption": "of 1.wav"}, {"audio": "2.wav", "caption": "of 2.wav"}
    assert texts(written(tmp_path, *rows), clips) == ["of 2.wav", "of 1.wav"]


def test_a_field_may_lie_within_another(tmp_path: Path) -> None:
    path = written(tmp_path, *({"id": own, "captions": {"m": own}} for own in ("7f", "8a")))
    assert texts(path, field="captions.m") == ["7f", "8a"]


def test_a_field_that_no_row_has_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "7f", "text": "x"})
    for partial in (False, True):
        with pytest.raises(AkbError) as raised:
            texts(path, partial=partial)
        assert "text" in raised.value.remedy


def test_a_row_that_names_no_clip_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="no field names the clip"):
        texts(written(tmp_path, {"caption": "x"}))


def test_captions_come_as_list_object_csv_and_parquet_too(tmp_path: Path) -> None:
    wanted = ["a dog, barking", "a cat\u2028purring"]
    rows = [{"id": own, "caption": text} for own, text in zip(("7f", "8a"), wanted, strict=True)]
    (tmp_path / "list.json").write_text(json.dumps(rows, indent=1), encoding="utf-8-sig")
    (tmp_path / "object.json").write_text(json.dumps({row["id"]: row["caption"] for row in rows}))
    columns = {name: dict(zip("01", (row[name] for row in rows), strict=True)) for name in rows[0]}
    (tmp_path / "columns.json").write_text(json.dumps(columns))
    within = {"model": "x", "captions": {row["id"]: row["caption"] for row in rows}}
    (tmp_path / "within.json").write_text(json.dumps(within))
    pl.DataFrame(rows).write_csv(tmp_path / "c.csv")
    pl.DataFrame(rows).write_parquet(tmp_path / "c.parquet")
    written(tmp_path, *rows)
    for name in ("list.json", "object.json", "columns.json", "within.json", "c.csv", "c.parquet", "c.jsonl"):
        assert texts(tmp_path / name) == wanted, name


@pytest.mark.shared
def test_published_captions_of_mmau_are_found_by_its_own_ids(tmp_path: Path) -> None:
    from akb.audio.imported import PRESETS, read_benchmark, write_clips
    from akb.reading.files import read_records

    shared = Path(__file__).parents[3] / "shared" / "data" / "mmau"
    if not shared.exists():
        pytest.skip(f"{shared} is not here")
    found = read_benchmark("mmau", PRESETS["mmau"], read_records(shared / "mmau-test-mini.json"), kind="mmau")
    table = write_clips(found, None, tmp_path)[0].to_dicts()
    captions = shared / "captions-v05.15.25.jsonl"
    with pytest.raises(AkbError, match="106 of 1000"):
        texts(captions, table, "captions.qwen2audio")
    described = texts(captions, table, "captions.qwen2audio", partial=True)
    assert sum(map(bool, described)) == 894


def test_a_row_whose_id_and_path_name_two_clips_is_an_error_that_names_both(tmp_path: Path) -> None:
    clips = [clip("1", "a/2.wav"), clip("2", "a/1.wav")]
    path = written(tmp_path, {"id": 1, "audio": "a/1.wav", "caption": "x"})
    with pytest.raises(AkbError, match="`id: 1` is mmau-1, `audio: a/1.wav` is mmau-2") as raised:
        texts(path, clips)
    assert "row 1" in raised.value.where and "counts the rows" in raised.value.remedy


@pytest.mark.parametrize("nothing", ["nan", "None", "null", "N/A", "<NA>"])
def test_a_word_for_nothing_is_no_caption(tmp_path: Path, nothing: str) -> None:
    path = written(tmp_path, {"id": "7f", "caption": nothing}, {"id": "8a", "caption": "a cat"})
    with pytest.raises(AkbError, match="1 of 2 clips have no caption"):
        texts(path)
    assert texts(path, partial=True) == ["", "a cat"]


def test_a_name_may_be_in_a_list_have_its_accents_parted_or_a_time_behind_it(tmp_path: Path) -> None:
    clips = [clip("1", "caf\u00e9.wav"), clip("2", "b.wav"), clip("3", "c.wav")]
    rows = (
        {"Audio": "cafe\u0301.wav", "caption": "x"},
        {"audio": ["b.wav"], "caption": "y"},
        {"audio": "https://example.org/c.wav#t=0,10", "caption": "z"},
    )
    assert texts(written(tmp_path, *rows), clips) == ["x", "y", "z"]


def test_signs_without_width_are_no_caption(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "7f", "caption": "\u200b"}, {"id": "8a", "caption": "a cat"})
    assert texts(path, partial=True) == ["", "a cat"]
