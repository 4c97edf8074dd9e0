"""Captions: one row for every clip, joined without loss, and clear words about a bad clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from akb.audio.clips import read_clip
from akb.captions.captioners import Sounds, Whisper, caption_clips, compose
from akb.captions.transcriber import repeated
from akb.captions.yamnet import log_mel_patches
from akb.errors import AkbError
from akb.tables import CAPTIONS, frame_of

CHECKPOINTS = Path(__file__).parents[2] / "results" / "checkpoints"


def clip(name: str, **changes: Any) -> dict[str, Any]:
    return {"clip_id": name, "path": f"{name}.wav", "source": f"from {name}", "labels": "{}", **changes}


def captions(captioner: str, **texts: str) -> Any:
    rows = [{"clip_id": c, "captioner": captioner, "text": t, "seconds": 1.0} for c, t in texts.items()]
    return frame_of(rows, CAPTIONS)


class Lengths:
    """A captioner that finishes its clips in reverse."""

    def captions(self, waves: Sequence[Any]) -> Iterator[tuple[int, str]]:
        yield from reversed([(i, f"{len(wave)} samples") for i, wave in enumerate(waves)])


def test_every_clip_gets_a_row_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        soundfile.write(tmp_path / f"{name}.wav", np.zeros(160), 16000)
    made = caption_clips([clip("b"), clip("a")], tmp_path, "length", Lengths())
    assert made.select("clip_id", "text").rows() == [("b", "160 samples"), ("a", "160 samples")]


def test_a_missing_clip_is_named(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match=r"gone\.wav"):
        read_clip(tmp_path / "gone.wav")


@pytest.mark.parametrize(("rate", "shape"), [(44100, (100,)), (16000, (100, 2))])
def test_a_clip_of_another_form_is_refused(tmp_path: Path, rate: int, shape: tuple[int, ...]) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(shape), rate)
    with pytest.raises(AkbError, match="mono at 16000"):
        read_clip(tmp_path / "a.wav")


def test_composed_captions_keep_the_order_of_the_parts() -> None:
    made = compose([captions("x", a="first", b="1"), captions("y", b="2", a="second")], "both")
    assert made.rows()[0] == ("a", "both", "first\nsecond", 2.0)


def test_captions_of_other_clips_are_not_composed() -> None:
    with pytest.raises(AkbError, match="not of the same clips"):
        compose([captions("x", a="1"), captions("y", b="2")], "both")


def test_an_empty_part_leaves_no_empty_line() -> None:
    made = compose([captions("x", a=""), captions("y", a="second")], "both")
    assert made["text"].to_list() == ["second"]


@pytest.mark.parametrize(("samples", "patches"), [(0, 1), (1, 1), (15600, 1), (16000, 2), (16000 * 3, 6)])
def test_patches_cover_the_clip(samples: int, patches: int) -> None:
    assert log_mel_patches(np.zeros(samples, dtype=np.float32)).shape == (patches, 96, 64)


def test_a_missing_tagger_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="snakemake"):
        Sounds(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not (CHECKPOINTS / "whisper-tiny.en").exists(), reason="results/checkpoints is not built")
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_whisper_invents_no_words(noise: float) -> None:
    samples = np.random.default_rng(0).normal(0, noise, 32000).astype(np.float32)
    made = dict(Whisper(CHECKPOINTS / "whisper-tiny.en").captions([samples]))
    assert made == {0: "No speech was recognised."}


@pytest.mark.parametrize(
    ("tokens", "repeat"),
    [([], 0), ([1], 0), ([5, 5], 0), ([5, 5, 5], 2), ([1, 2, 3, 2, 3, 2, 3], 4), ([1, 2, 3, 1, 2, 4], 0)],
)
def test_a_phrase_said_three_times_in_a_row_is_cut_to_one(tokens: list[int], repeat: int) -> None:
    assert repeated(tokens) == repeat
