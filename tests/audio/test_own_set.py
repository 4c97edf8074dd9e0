"""A training set of one's own: checked rows, one clip for one sound, and all the way to a connector."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile

from akb.audio.hygiene import of_training_set
from akb.audio.own_rows import Fields, read_rows
from akb.audio.own_set import Tables, apart, clips_under_test, tables_of, write_sounds
from akb.errors import AkbError
from akb.tables import CAPTIONS, CLIPS, DISTIL, INSTRUCTIONS, TRAINING, read_table, write_table

SCRIPTS = Path(__file__).parents[2] / "workflow" / "scripts"


def sound(path: Path, hertz: float = 440.0, seconds: float = 0.5, rate: int = 16_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.9 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate), rate)
    return path


def written(folder: Path, *rows: dict[str, Any] | str) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def imported(folder: Path, *rows: dict[str, Any], fields: Fields = Fields()) -> Tables:  # noqa: B008  (frozen)
    found = read_rows([written(folder, *rows)], fields, folder)
    return tables_of(found, write_sounds(found["audio"], folder, folder / "out", 2), "mine")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"audio": "a.wav"}, "no field `description`"),
        ({"audio": "a.wav", "description": "  "}, "`description` is empty"),
        ({"audio": "a.wav", "description": ["a dog"]}, "`description` is no text"),
        ({"audio": "b.wav", "description": "a dog"}, "there is no audio file"),
        ({"audio": "a.wav", "description": "a dog", "question": ["What?", 7]}, "no question"),
        ("{'audio'", "not valid JSON"),
        ('{"audio": "a.wav", "description": "a", "description": "b"}', "the key 'description' stands twice"),
        ("[1]", "not an object"),
    ],
)
def test_a_faulty_row_is_named_with_its_file(tmp_path: Path, bad: Any, reason: str) -> None:
    sound(tmp_path / "a.wav")
    path = written(tmp_path, {"audio": "a.wav", "description": "a bell"}, bad)
    with pytest.raises(AkbError) as raised:
        read_rows([path], Fields(), tmp_path)
    assert f"{path}, row 2: " in raised.value.where and reason in raised.value.where


def test_a_transcript_that_was_promised_must_be_there(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    path = written(tmp_path, {"audio": "a.wav", "description": "a bell"})
    with pytest.raises(AkbError, match="no field `text`"):
        read_rows([path], Fields(transcript="text"), tmp_path)


def test_many_faults_are_counted_and_a_few_named(tmp_path: Path) -> None:
    with pytest.raises(AkbError) as raised:
        read_rows([written(tmp_path, *[{"audio": "a.wav", "description": ""}] * 30)], Fields(), tmp_path)
    assert raised.value.what.startswith("30 rows") and "and 20 more" in raised.value.where


def test_a_missing_file_and_an_empty_one_are_errors(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match=r"none\.jsonl"):
        read_rows([tmp_path / "none.jsonl"], Fields(), tmp_path)
    with pytest.raises(AkbError, match="no rows"):
        read_rows([written(tmp_path)], Fields(), tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    (tmp_path / "rows.jsonl").write_bytes(b'\xef\xbb\xbf{"audio": "a.wav", "description": "a bell"}\r\n\r\n')
    assert read_rows([tmp_path / "rows.jsonl"], Fields(), tmp_path)["description"].to_list() == ["a bell"]


def test_parquet_and_jsonl_say_the_same(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    rows = [{"audio": "a.wav", "description": "a bell", "question": "What?", "more": {"text": "ding"}}]
    pl.DataFrame(rows).write_parquet(tmp_path / "rows.parquet")
    fields = Fields(transcript="more.text")
    found = [read_rows([path], fields, tmp_path) for path in (written(tmp_path, *rows), tmp_path / "rows.parquet")]
    assert found[0].drop("file").equals(found[1].drop("file"))
    assert found[0]["transcript"].to_list() == ["ding"]


def test_fields_go_inwards_as_in_published_conversations(tmp_path: Path) -> None:
    sound(tmp_path / "x/a.wav")
    user = {"role": "user", "content": "<|AUDIO|>", "audios": [{"audio": "x/a.wav", "text": "Excuse me?"}]}
    row = {"id": "x/a.wav", "seed_description": "(Gender: Female)", "prompt": "Who?", "messages": [{}, user]}
    fields = Fields("id", "seed_description", "prompt", "messages.1.audios.0.text")
    found = imported(tmp_path, row, fields=fields)
    assert found.instructions["question"].to_list() == ["Who?"]
    assert found.transcripts["text"].to_list() == ['Speech transcript: "Excuse me?"']


def test_rows_become_open_questions_about_training_clips(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", rate=8000)
    sound(tmp_path / "b.wav", 600)
    found = imported(
        tmp_path,
        {"audio": "a.wav", "description": "a bell", "question": ["What?", "Where?"]},
        {"audio": "b.wav", "description": "a dog"},
    )
    [first, second, third] = found.instructions.to_dicts()
    assert (first["question"], second["question"], first["clip_id"]) == ("What?", "Where?", second["clip_id"])
    assert third["question"] and third["description"] == "a dog"
    assert {(row["kind"], row["answer"], *row["options"]) for row in (first, second, third)} == {("open", None)}
    assert set(found.clips["split"]) == {"train"} and found.clips["seconds"].to_list() == [0.5, 0.5]
    assert all((tmp_path / "out" / path).exists() for path in found.clips["path"])


def test_one_sound_under_two_names_is_one_clip_and_a_repeated_row_is_listed(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        sound(tmp_path / name)
    found = imported(
        tmp_path, *({"audio": name, "description": "a bell", "question": "?"} for name in ("a.wav", "b.wav"))
    )
    assert (len(found.clips), len(found.instructions)) == (1, 1)
    assert found.rejected.select("row", "audio", "reason").rows() == [(2, "b.wav", "repeats an earlier row")]


def test_audio_that_cannot_be_read_costs_its_row_and_is_listed(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    (tmp_path / "b.wav").write_bytes(b"no audio")
    found = imported(tmp_path, *({"audio": name, "description": "a bell"} for name in ("a.wav", "b.wav")))
    assert len(found.clips) == len(found.instructions) == 1
    [(row, audio, reason)] = found.rejected.select("row", "audio", "reason").rows()
    assert (row, audio) == (2, "b.wav") and "cannot be read" in reason


def test_a_silent_clip_is_never_learnt_from_and_hygiene_counts_what_is_odd(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav"), sound(tmp_path / "same.wav"), sound(tmp_path / "short.wav", 600, 0.1)
    soundfile.write(tmp_path / "silent.wav", np.zeros(16_000), 16_000)
    (tmp_path / "broken.wav").write_bytes(b"no audio")
    names = ("a.wav", "same.wav", "short.wav", "silent.wav", "broken.wav")
    rows = read_rows(
        [written(tmp_path, *({"audio": name, "description": "a bell"} for name in names))], Fields(), tmp_path
    )
    decoded = write_sounds(rows["audio"], tmp_path, tmp_path / "out", 2)
    found = tables_of(rows, decoded, "mine")
    assert ("silent.wav", "silent") in found.rejected.select("audio", "reason").rows()
    assert len(found.clips) == 2 and "silent" not in "".join(found.instructions["clip_id"])
    (counts,) = of_training_set(rows, decoded).to_dicts()
    assert {name: count for name, count in counts.items() if count} == {
        "rows": 5, "silent": 1, "short": 1, "unreadable": 1, "duplicate_clips": 1,
    }  # fmt: skip


def test_a_clip_that_a_benchmark_tests_with_is_not_learnt_from(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav"), sound(tmp_path / "b.wav", 600)
    rows = [{"audio": name, "description": "a bell"} for name in ("a.wav", "b.wav")]
    tested = imported(tmp_path, rows[0])  # its FLAC, imported once more, must be known again too
    (tmp_path / "out").rename(tmp_path / "mmau")
    write_table(
        tested.clips.with_columns(split=pl.lit("test"), clip_id=pl.lit("mmau-1")),
        tmp_path / "mmau/clips.parquet",
        CLIPS,
    )
    again = {"audio": f"mmau/{tested.clips['path'][0]}", "description": "a bell"}
    found = imported(tmp_path, *rows, again)
    kept, both = apart(found.instructions, clips_under_test([tmp_path / "mmau/clips.parquet"]))
    assert kept["clip_id"].to_list() == [found.instructions["clip_id"][1]]
    assert set(both["test"]) == {"mmau: mmau-1"}


def run(script: str, *arguments: object) -> None:
    """A script as a rule calls it, but in this process: torch is loaded already."""
    before, sys.argv = sys.argv, [script, *map(str, arguments)]
    try:
        runpy.run_path(str(SCRIPTS / f"{script}.py"), run_name="__main__")
    finally:
        sys.argv = before


def test_a_training_set_goes_all_the_way_to_a_connector(tmp_path: Path, tiny_base: Path) -> None:
    from akb.models.random_models import write_random

    (tmp_path / "whisper").mkdir()
    write_random("tiny-whisper", 0, tmp_path / "whisper")
    names = [f"{number}.wav" for number in range(6)]
    for number, name in enumerate(names):
        sound(tmp_path / name, 300 + 100 * number, 0.5 + 0.3 * number)
    asked = {"question": ["What is it?", "How high?"], "said": "hello"}
    rows = written(tmp_path, *({"audio": name, "description": f"(tone: {name[0]})", **asked} for name in names))
    out = tmp_path / "mine"
    run("import_training_set", "--name", "mine", "--rows", rows, "--audio", tmp_path, "--transcript-field", "said",
        "--output", out)  # fmt: skip
    run("training_instructions", "--rows", out / "rows.parquet", "--output", out / "instructions.parquet",
        "--both-sides", out / "both.csv")  # fmt: skip
    features = [out / f"train-{shard}.safetensors" for shard in range(2)]
    for shard, path in enumerate(features):
        run("features", "--clips", out / "clips.parquet", "--split", "train", "--encoder", tmp_path / "whisper",
            "--layers", 0, 1, "--shard", f"{shard}/2", "--output", path)  # fmt: skip
    known = {"name": "m", "engine": "transformers", "checkpoint": str(tiny_base), "fingerprint": "f"}
    backbone = json.dumps({**known, "dtype": "float32"})
    asking = SCRIPTS.parents[1] / "config" / "prompts" / "asking.yaml"
    answers = [out / f"distil-{shard}.parquet" for shard in range(2)]
    for shard, path in enumerate(answers):
        run("distil", "--instructions", out / "instructions.parquet", "--backbone", backbone, "--store", out / "store",
            "--asking", asking,
            "--how", "generate", "--max-tokens", 6, "--lines", "--shard", f"{shard}/2", "--output", path)  # fmt: skip
    distilled = pl.concat([read_table(path, DISTIL) for path in answers])
    instructions = read_table(out / "instructions.parquet", INSTRUCTIONS)
    assert sorted(distilled["instruction_id"]) == sorted(instructions["instruction_id"])
    assert all(fault in (None, "empty") for fault in distilled["dropped"])
    assert len(read_table(out / "transcripts.parquet", CAPTIONS)) == len(names)
    run("finetune", "--distil", *answers, "--features", *features, "--transcripts", out / "transcripts.parquet",
        "--asking", asking, "--backbone", backbone, "--steps", 2,
        "--align-steps", 1, "--clips-per-step", 2, "--width", 16, "--heads", 2,
        "--held-out", 0.2, "--held-out-every", 1, "--output", out / "connector.safetensors",
        "--training-log", out / "training.parquet")  # fmt: skip
    log = read_table(out / "training.parquet", TRAINING)
    assert log["stage"].to_list() == ["align", "distil", "distil"] and log["held_out_loss"].is_finite().all()
