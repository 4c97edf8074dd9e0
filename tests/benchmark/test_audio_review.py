"""Questions about sounds: the page carries the clip, and a decision is about one question and one clip.

All people and answers here are made up.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from akb.benchmark.audio_review import audio_entry, audio_report, read_audio
from akb.benchmark.merging import MergeRules
from akb.benchmark.review import Decision, decisions_csv
from akb.items import Item, write_items
from akb.tables import CLIPS, frame_of, write_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    items, clips = [], []
    for pitch, name in enumerate(("one", "two"), start=2):
        soundfile.write(tmp_path / f"{name}.flac", np.sin(np.arange(800) / pitch) / 4, 16000)
        items.append(Item.make("mini", "What is it?", ["a dog", "a cat"], 0, category="Sound", clip_id=name))
        clip = {"clip_id": name, "path": f"{name}.flac", "seconds": 0.05, "sample_rate": 16000, "domain": "Sound"}
        clips.append({**clip, "split": "test", "group": name, "licence": "", "source": "", "labels": "{}"})
    write_items(items, tmp_path / "items.parquet")
    write_table(frame_of(clips, CLIPS), tmp_path / "clips.parquet", CLIPS)
    return tmp_path


def test_the_same_question_about_two_clips_is_two_questions_each_with_its_clip(folder: Path) -> None:
    candidates, clips = read_audio(folder)
    assert len({c.content_hash for c in candidates}) == 2
    entries = [audio_entry(c, clips[c.name], "ann") for c in candidates]
    assert {e["question"] for e in entries} == {"What is it?"}
    assert all(e["clip"].startswith("data:audio/flac;base64,") for e in entries)
    assert entries[0]["clip"] != entries[1]["clip"]


def test_the_report_tells_accuracy_and_the_keys_that_reviewers_contradict(folder: Path) -> None:
    candidates, _ = read_audio(folder)
    files = []
    for who, answers in {"ann": ("a dog", "a cat"), "bea": ("a dog", "a cat")}.items():
        given = [
            Decision(c.name, c.content_hash, who, "accept", answer=answer)
            for c, answer in zip(candidates, answers, strict=True)
        ]
        files.append(folder / f"{who}.csv")
        files[-1].write_text(decisions_csv(given), encoding="utf-8")
    said = audio_report(candidates, files, MergeRules())
    assert f"keys that most reviewers contradict: {candidates[1].name}" in said
    assert "1 accepted" in said
    assert "1 conflicting" in said
    assert "0.5" in said
