"""The library: recordings checked and split, cuts of one recording kept together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from akb.atomic import write_text
from akb.audio.clips import RATE
from akb.audio.library import Library
from akb.audio.sources import Recording, Source, to_json
from akb.errors import AkbError


def hiss(seed: int, seconds: float = 1.0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal(int(seconds * RATE))).astype(np.float32)


def source(
    folder: Path,
    waves: dict[str, np.ndarray],
    labels: dict[str, str],
    split: str = "",
    name: str = "s",
    whole: str = "",
) -> Path:
    folder.mkdir(exist_ok=True)
    for file, wave in waves.items():
        soundfile.write(folder / file, wave, RATE, subtype="FLOAT")
    recordings = tuple(Recording(file, labels, split=split) for file in waves)
    write_text(folder / "source.json", to_json(Source(name, "package", "CC0-1.0", whole, recordings=recordings)))
    return folder / "source.json"


DOG = {"domain": "Sound", "label": "dog", "family": "animal"}


def test_a_copy_of_a_recording_stands_on_its_side(tmp_path: Path) -> None:
    waves = {"a.wav": hiss(1), "b.wav": 0.3 * hiss(1)[4000:12000], "c.wav": hiss(3), "d.wav": hiss(4)}
    sounds = {e.source: e for e in Library.load([source(tmp_path, waves, DOG)], {}, seed=1).sounds}
    assert sounds["package: a.wav"].group == sounds["package: b.wav"].group
    assert sounds["package: a.wav"].split == sounds["package: b.wav"].split
    assert {entry.split for entry in sounds.values()} == {"train", "test"}


def test_an_unseen_source_stands_apart_without_the_copies_that_others_hold(tmp_path: Path) -> None:
    heard = source(tmp_path / "heard", {f"{n}.wav": hiss(n) for n in range(1, 5)}, DOG)
    waves = {"copy.wav": 0.5 * hiss(2)[2000:14000], "own.wav": hiss(9)}
    unseen = source(tmp_path / "unseen", waves, DOG, name="u", whole="unseen")
    alone, both = Library.load([heard], {}, seed=1), Library.load([heard, unseen], {}, seed=1)
    assert [(e.group, e.split) for e in both.sounds if e.split == "unseen"] == [("u/own.wav", "unseen")]
    assert [(r.source, r.path) for r in both.refused] == [("u", "copy.wav")]
    assert "2.wav" in both.refused[0].reason
    assert [(e.group, e.split) for e in alone.sounds] == [(e.group, e.split) for e in both.sounds if e.group[0] == "s"]


def test_silent_and_tiny_recordings_are_refused_by_name(tmp_path: Path) -> None:
    waves = {"silent.wav": np.zeros(RATE, dtype=np.float32), "tiny.wav": hiss(1, 0.05), "good.wav": hiss(2)}
    library = Library.load([source(tmp_path, waves, DOG)], {}, seed=1)
    assert {(r.path, r.reason) for r in library.refused} == {("silent.wav", "silent"), ("tiny.wav", "too short")}


def test_a_voice_keeps_its_side_and_is_one_group(tmp_path: Path) -> None:
    labels = {"domain": "Speech", "voice": "anna", "language": "it"}
    path = source(tmp_path, {"a.wav": hiss(1), "b.wav": hiss(2)}, labels, split="test")
    speech = Library.load([path], {}, seed=1).speech
    assert {(e.split, e.group) for e in speech} == {("test", "voice/anna")} and len(speech) == 2


def test_a_deleted_recording_names_file_and_source(tmp_path: Path) -> None:
    path = source(tmp_path, {"a.wav": hiss(1)}, DOG)
    (tmp_path / "a.wav").unlink()
    with pytest.raises(AkbError) as raised:
        Library.load([path], {}, seed=1)
    assert "a.wav" in raised.value.where and "source s" in raised.value.where
