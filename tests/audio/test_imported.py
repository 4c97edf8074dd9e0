"""Audio benchmarks from files: every item kept, oddities mended in the open, every set under its own name."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from akb.audio.imported import PRESETS, Benchmark, read_benchmark, write_clips
from akb.errors import AkbError
from akb.reading.files import read_hub, read_records
from akb.reading.questions import Fields

SHARED = Path(__file__).parents[3] / "shared" / "data"
RECORD = {"id": "1", "audio_id": "./audio/1.wav", "question": "Who?", "choices": ["a", "b", "c"], "answer": "b"}
TONE = 0.5 * np.sin(np.arange(16000) / 5)


def read(folder: Path, *rows: dict[str, Any], name: str = "mmau", kind: str = "mmau", **options: Any) -> Benchmark:
    path = folder / "mmau.json"
    path.write_text(json.dumps(list(rows)))
    fields = options.pop("fields", PRESETS.get(kind, Fields()))
    return read_benchmark(name, fields, read_records(path), kind=kind, **options)


def imported(folder: Path, **changes: Any) -> tuple[Any, Any]:
    found = read(folder, {**RECORD, "task": "sound", "sub-category": "Source", **changes})
    return found.items[0], found.clips[0]


def test_the_right_option_is_found(tmp_path: Path) -> None:
    item, clip = imported(tmp_path)
    assert (item.options[item.answer], item.category, item.clip_id) == ("b", "Sound", clip.clip_id)


def test_a_benchmark_s_own_category_and_difficulty_stand_on_its_items(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, category="['Reasoning']", difficulty="Hard")
    assert (item.skill, item.tier, item.subcategory) == ("Reasoning", "hard", "Source")
    item, _ = imported(tmp_path, category="sound")
    assert (item.skill, item.tier) == ("", ""), "a category that is the domain is no division of its own"


def test_a_repeated_wrong_option_is_shown_once_and_told(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, choices=["x", "b", "x"])
    assert item.options == ("x", "b") and item.answer == 1 and "shown once: x" in item.source


def test_a_repeated_right_option_stays_right(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, choices=["x", "b", "b "])
    assert item.options == ("x", "b") and item.answer == 1


def test_options_that_differ_in_case_are_kept_apart(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, choices=["ph", "pH", "PH"], answer="pH")
    assert item.options == ("ph", "pH", "PH") and item.answer == 1


def test_an_empty_option_is_left_out_and_told(tmp_path: Path) -> None:
    item, _ = imported(tmp_path, choices=["x", "", "b"])
    assert item.options == ("x", "b") and "empty" in item.source


@pytest.mark.parametrize("changes", [{"answer": "z"}, {"choices": ["b"]}, {"question": " "}, {"choices": None}])
def test_a_malformed_item_names_file_and_row(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(AkbError) as raised:
        imported(tmp_path, **changes)
    assert "mmau.json, row 1" in raised.value.where


def test_an_entry_of_another_name_keeps_it_and_claims_neither_licence_nor_review(tmp_path: Path) -> None:
    found = read(tmp_path, {**RECORD, "task": "sound"}, name="sakura")
    table, _ = write_clips(found, None, tmp_path)
    (item,) = found.items
    assert (item.benchmark, item.verification, item.clip_id) == ("sakura", "none", "sakura-1")
    assert table["licence"].item() == "see the release of sakura" and item.source == "sakura: 1"
    own = read(tmp_path, {**RECORD, "task": "sound"})
    assert (own.items[0].verification, own.licence) == ("human", "see the MMAU release")


def test_a_limit_takes_as_many_of_each_domain_as_it_goes(tmp_path: Path) -> None:
    rows = [{**RECORD, "id": str(n), "audio_id": f"{n}.wav", "task": "music" if n > 6 else "sound"} for n in range(9)]
    found = read(tmp_path, *rows, limit=5)
    assert [item.source.split()[-1] for item in found.items] == ["0", "1", "2", "7", "8"]
    assert len(read(tmp_path, *rows, limit=50).items) == 9


def test_two_questions_about_one_sound_share_its_clip(tmp_path: Path) -> None:
    found = read(tmp_path, {**RECORD, "task": "s"}, {**RECORD, "id": "2", "question": "What?", "task": "s"})
    assert [item.clip_id for item in found.items] == ["mmau-1", "mmau-1"] and found.clips[0].ids == ("1", "2")


def test_one_id_with_two_sounds_is_an_error_that_names_both_rows(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="stands twice") as raised:
        read(tmp_path, {**RECORD, "task": "s"}, {**RECORD, "audio_id": "2.wav", "task": "s"})
    assert "row 1" in raised.value.what and "row 2" in raised.value.where


def test_one_question_under_two_ids_is_an_error_that_names_both_rows(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="the same question about the same sound") as raised:
        read(tmp_path, {**RECORD, "task": "s"}, {**RECORD, "id": "2", "task": "s"})
    assert "row 1" in raised.value.what and "row 2" in raised.value.where


def test_what_divides_a_benchmark_may_be_spelled_in_another_case_or_be_no_number(tmp_path: Path) -> None:
    rows = [{**RECORD, "Domain": "sound"}, {**RECORD, "id": "2", "question": "Why?", "Domain": float("nan")}]
    found = read(tmp_path, *rows, name="mine", kind="questions", fields=Fields())
    assert [item.category for item in found.items] == ["sound", "mine"]


def test_an_id_with_a_slash_has_a_file_of_its_own(tmp_path: Path) -> None:
    found = read(
        tmp_path, *({**RECORD, "id": i, "audio_id": f"{n}.wav", "task": "s"} for n, i in enumerate(("a/b", "a_b")))
    )
    for n in range(2):
        soundfile.write(tmp_path / f"{n}.wav", TONE * (n + 1) / 2, 16000)
    table, _ = write_clips(found, tmp_path, tmp_path / "out")
    assert table["clip_id"].to_list() == ["mmau-a/b", "mmau-a_b"] and table["path"].n_unique() == 2
    assert all((tmp_path / "out" / path).is_file() and path.count("/") == 1 for path in table["path"])


def test_audio_is_converted_and_found_under_its_name_alone(tmp_path: Path) -> None:
    found = read(tmp_path, {**RECORD, "task": "sound"})
    soundfile.write(tmp_path / "1.wav", np.zeros(8000), 8000)
    table, _ = write_clips(found, tmp_path, tmp_path / "out")
    assert table["seconds"].to_list() == [1.0] and (tmp_path / "out" / table["path"][0]).is_file()


def test_missing_clips_are_named_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, {**RECORD, "task": "sound"})
    with pytest.raises(AkbError, match="1 of 1") as raised:
        write_clips(found, tmp_path, tmp_path / "out")
    assert "1.wav" in raised.value.where and not (tmp_path / "out" / "clips").exists()


def test_clips_that_cannot_be_read_are_named_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, {**RECORD, "task": "sound"})
    (tmp_path / "1.wav").write_text("<!DOCTYPE html><html>")
    with pytest.raises(AkbError, match="web page") as raised:
        write_clips(found, tmp_path, tmp_path / "out")
    assert "1.wav" in raised.value.where and not (tmp_path / "out" / "clips").exists()


def test_hygiene_counts_what_is_odd(tmp_path: Path) -> None:
    rows = [{**RECORD, "id": str(n), "audio_id": f"{n}.wav", "task": "s"} for n in range(5)]
    rows[0] |= {"choices": ["a", "b", "a"], "category": "['Reasoning']"}
    rows[1] |= {"choices": ["a", "b", ""]}
    for n, samples in enumerate((TONE, TONE, 0 * TONE, TONE[:1600], TONE / 2)):
        soundfile.write(tmp_path / f"{n}.wav", samples, 16000)
    _, hygiene = write_clips(read(tmp_path, *rows), tmp_path, tmp_path / "out")
    assert hygiene.to_dicts() == [
        {
            "rows": 5, "doubled_options": 1, "empty_options": 1, "repaired_spellings": 1, "silent": 1, "short": 1,
            "missing": 0, "unreadable": 0, "duplicate_clips": 1,
        }
    ]  # fmt: skip
    _, without = write_clips(read(tmp_path, *rows), None, tmp_path / "none")
    assert without["missing"].item() == 5


def test_a_data_set_holds_its_sound_itself_in_splits(tmp_path: Path) -> None:
    import datasets

    def wav(level: float) -> bytes:
        content = io.BytesIO()
        soundfile.write(content, level * TONE, 16000, format="WAV")
        return content.getvalue()

    def part(level: float) -> Any:
        row = {"id": f"q{level}", "question": "Which? (a) dog (b) crow", "answer": "(b) crow", "topic": "Birds"}
        sound = {"bytes": wav(level), "path": None}
        return datasets.Dataset.from_list([{**row, "sound": sound}]).cast_column("sound", datasets.Audio(decode=False))

    datasets.DatasetDict({"train": part(0.5), "test": part(1.0)}).save_to_disk(str(tmp_path / "set"))
    fields = Fields(audio="sound", domain="topic")
    found = read_benchmark("mine", fields, read_records(tmp_path / "set", split="test"))
    table, _ = write_clips(found, None, tmp_path / "out")
    (item,) = found.items
    assert (item.question, item.options, item.answer, item.category) == ("Which?", ("dog", "crow"), 1, "Birds")
    assert table["clip_id"].to_list() == ["mine-q1.0"] and table["seconds"].to_list() == [1.0]
    with pytest.raises(AkbError, match="no split 'dev'"):
        list(read_records(tmp_path / "set", split="dev"))


def test_a_data_set_as_it_lies_on_the_hub_comes_through_datasets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    content = io.BytesIO()
    soundfile.write(content, TONE, 16000, format="WAV")
    row = {"id": "q", "question": "Who?", "choices": ["dog", "crow"], "answer": "crow"}
    sound = {"bytes": content.getvalue(), "path": "a.wav"}
    rows = datasets.Dataset.from_list([{**row, "audio": sound}]).cast_column("audio", datasets.Audio(decode=False))
    folder = tmp_path / "it's a set"
    (folder / "data").mkdir(parents=True)
    rows.to_parquet(folder / "data" / "test-00000-of-00001.parquet")
    for records in (read_hub(str(folder), "0" * 40, "test"), read_records(folder, split="test")):
        found = read_benchmark("mine", Fields(audio="audio"), records)
        table, _ = write_clips(found, None, tmp_path / "out")
        assert (found.items[0].answer, table["seconds"].to_list()) == (1, [1.0])
    with pytest.raises(AkbError, match="no revision"):
        list(read_hub(str(folder), None, "test"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(AkbError, match="cannot be read"):
        list(read_records(tmp_path / "empty"))


# Domains, categories and difficulties as the authors count them; MMAR's mixed modalities are domains of their own.
RELEASED = {
    "mmau": [
        {"Sound": 333, "Music": 334, "Speech": 333},
        {"Reasoning": 677, "Information Extraction": 323},
        {"easy": 224, "medium": 540, "hard": 236},
    ],
    "mmar": [
        {
            "Sound": 165, "Music": 206, "Speech": 294, "Mix-Sound-Music": 11, "Mix-Sound-Speech": 218,
            "Mix-Music-Speech": 82, "Mix-Sound-Music-Speech": 24,
        },
        {"Perception Layer": 404, "Semantic Layer": 412, "Cultural Layer": 141, "Signal Layer": 43},
        {"": 1000},
    ],
}  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize(
    ("benchmark", "file", "mended"), [("mmau", "mmau-test-mini.json", 27), ("mmar", "MMAR-meta.jsonl", 4)]
)
def test_the_releases_import_whole(benchmark: str, file: str, mended: int) -> None:
    path = SHARED / benchmark / file
    if not path.exists():
        pytest.skip(f"{path} is not here")
    found = read_benchmark(benchmark, PRESETS[benchmark], read_records(path), kind=benchmark)
    assert len(found.items) == len(found.clips) == 1000
    assert sum("; " in item.source for item in found.items) == mended
    counts = [dict(Counter(getattr(item, what) for item in found.items)) for what in ("category", "skill", "tier")]
    assert counts == RELEASED[benchmark]


QUESTION = {"id": "1", "audio": "a/1.wav", "question": "Who?", "options": ["a", "b"], "answer": "b"}


@pytest.mark.parametrize("what", ["question", "options", "answer", "audio", "domain", "id"])
def test_a_field_that_is_named_and_that_no_row_has_is_an_error(tmp_path: Path, what: str) -> None:
    with pytest.raises(AkbError, match=f"no row has the field 'typo', which is named for the {what}"):
        read(tmp_path, QUESTION, kind="questions", fields=Fields(**{what: "typo"}))


def test_a_field_may_lie_within_another(tmp_path: Path) -> None:
    found = read(
        tmp_path, {**QUESTION, "meta": {"kind": "speech"}}, kind="questions", fields=Fields(domain="meta.kind")
    )
    assert found.items[0].category == "speech"


def test_a_question_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="the question is no text"):
        read(tmp_path, {**QUESTION, "question": ["Who", "barks"]}, kind="questions")


def test_a_file_without_questions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="no questions"):
        read(tmp_path, kind="questions")


def test_a_file_without_a_sample_is_no_clip(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    soundfile.write(tmp_path / "a" / "1.wav", TONE[:0], 16000)
    with pytest.raises(AkbError, match="holds no samples"):
        write_clips(read(tmp_path, QUESTION, kind="questions"), tmp_path, tmp_path / "out")


def test_several_sounds_of_one_item_are_refused_by_their_number(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="names 2 sounds"):
        read(tmp_path, {**QUESTION, "audio": ["a.wav", "b.wav"]}, kind="questions")


def test_a_path_may_have_backslashes_and_a_name_alone_is_no_path_of_two_clips(tmp_path: Path) -> None:
    (tmp_path / "audio" / "x").mkdir(parents=True)
    soundfile.write(tmp_path / "audio" / "x" / "1.wav", TONE, 16000)
    soundfile.write(tmp_path / "audio" / "1.wav", TONE[:8000], 16000)
    found = read(tmp_path, {**QUESTION, "audio": "x\\1.wav"}, kind="questions")
    assert write_clips(found, tmp_path / "audio", tmp_path / "out")[0]["seconds"].to_list() == [1.0]
    both = read(
        tmp_path, {**QUESTION, "audio": "y/1.wav"}, {**QUESTION, "id": "2", "audio": "z/1.wav"}, kind="questions"
    )
    with pytest.raises(AkbError, match="2 of 2 are not below the audio folder"):
        write_clips(both, tmp_path / "audio", tmp_path / "out")
