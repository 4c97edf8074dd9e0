"""Training examples: what is learnt from and what is held out, and that rows do not become Python objects."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import polars as pl

from akb.audio.transcripts import caption_of
from akb.lalm.examples import Examples, examples_of
from akb.tables import DISTIL, frame_of, scan_table, write_table

SAID = pl.DataFrame({"clip_id": ["c1"], "text": [caption_of("good morning")]})


class Spelling:
    """Stands for a LALM: a branch is its texts."""

    def branch(self, question: str, options: Any, target: str, *, end: bool) -> Any:
        return question, tuple(options), target if end else f"{target}…"


def row(number: int, **changes: Any) -> dict[str, Any]:
    texts = dict.fromkeys(DISTIL, "")
    given = {"clip_id": f"c{number}", "group": f"g{number}", "words": "a dog", "question": "?", "response": "dogs"}
    return {**texts, **given, "options": ["x", "y"], "answer": None, "choice": None, "dropped": None, **changes}


def made(path: Path, rows: list[dict[str, Any]], share: float = 0) -> tuple[Examples, Examples]:
    write_table(frame_of(rows, DISTIL), path, DISTIL)
    return examples_of(scan_table(path, DISTIL), SAID, Spelling(), share, seed=0)


def test_a_clip_has_its_learnable_answers_in_their_order(tmp_path: Path) -> None:
    rows = [
        row(2),
        row(1, question="first"),
        row(1, question="wrong", dropped="wrong_option"),
        row(1, question="second"),
        row(3, dropped="empty"),
    ]
    learnt, _ = made(tmp_path / "t.parquet", rows)
    assert [(e.clip_id, e.transcript, e.description) for e in learnt] == [
        ("c1", "good morning", "a dog"),
        ("c2", "", "a dog"),
    ]
    assert list(learnt[0].questions) == [("first", ("x", "y"), "dogs"), ("second", ("x", "y"), "dogs")]


def test_an_answer_that_was_cut_off_is_learnt_without_its_end(tmp_path: Path) -> None:
    learnt, _ = made(tmp_path / "t.parquet", [row(1, finish="length"), row(1, finish="stop"), row(1, finish=None)])
    assert [target for _, _, target in learnt[0].questions] == ["dogs…", "dogs", "dogs"]


def test_recordings_are_held_out_whole_and_mixed_clips_left_out(tmp_path: Path) -> None:
    rows = [row(number) for number in range(10)] + [row(10, group="g0 + g1"), row(11, group="g2 + g3")]
    learnt, held_out = made(tmp_path / "t.parquet", rows, share=0.5)
    sides = [{e.clip_id for e in side} for side in (learnt, held_out)]
    assert not sides[0] & sides[1] and len(held_out) >= 5
    for mixed, parts in (("c10", {"c0", "c1"}), ("c11", {"c2", "c3"})):
        assert [mixed in side for side in sides] == [parts <= side for side in sides]


def test_memory_does_not_grow_by_python_objects(tmp_path: Path) -> None:
    """Of Python objects there are a few bytes a row while the sides are told apart; a dictionary a row took 4.9 kB."""
    peaks = []
    for count in (2_000, 20_000):
        rows = frame_of([row(0)], DISTIL).select(pl.all().repeat_by(count).explode())
        number = pl.int_range(count).cast(pl.String)
        rows = rows.with_columns(clip_id="c" + number, group="g" + number, response=number + " dogs bark all day long")
        write_table(rows, tmp_path / f"{count}.parquet", DISTIL)
        tracemalloc.start()
        learnt, _ = examples_of(scan_table(tmp_path / f"{count}.parquet", DISTIL), SAID, Spelling(), 0.01, 0)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(learnt) == count * 0.99
    assert (peaks[1] - peaks[0]) / 18_000 < 100
