"""Drafts become a corpus: refusals are kept, recordings stay on one side."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from akb.audio.clips import RATE, clip_id, decode
from akb.audio.drafts import Draft, settle, write_corpus
from akb.tables import CLIPS, read_table


def draft(seed: int, split: str, *groups: str, asks: tuple[str, ...] = ()) -> Draft:
    samples = (0.1 * np.random.default_rng(seed).standard_normal(RATE)).astype(np.float32)
    return Draft(samples, {"domain": "Sound"}, split, groups, "CC0-1.0", f"source {seed}", asks)


def test_the_same_samples_under_another_name_are_refused() -> None:
    kept, refused = settle([draft(1, "train", "a"), draft(1, "train", "b")])
    assert len(kept) == 1 and "same samples" in refused[0].reason


def test_one_test_clip_may_serve_two_questions() -> None:
    kept, refused = settle([draft(1, "test", "a", asks=("x",)), draft(1, "test", "a", asks=("y",))])
    assert not refused and next(iter(kept.values())).asks == ("x", "y")


def test_a_recording_on_both_sides_is_a_fault() -> None:
    with pytest.raises(ValueError, match="both splits"):
        settle([draft(1, "train", "a", "b"), draft(2, "test", "b")])


def test_the_written_corpus_holds_the_samples_that_its_table_names(tmp_path: Path) -> None:
    kept, refused = settle([draft(1, "train", "a", "b"), draft(2, "test", "c"), draft(2, "test", "d")])
    write_corpus(tmp_path, kept, refused)
    table = read_table(tmp_path / "clips.parquet", CLIPS)
    assert [clip_id(decode(tmp_path / path)) for path in table["path"]] == table["clip_id"].to_list()
    assert table["group"][0] == "a + b" and json.loads(table["labels"][0]) == {"domain": "Sound"}
    assert pl.read_csv(tmp_path / "rejected.csv").height == 1
