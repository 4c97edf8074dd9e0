"""Captions: one row for every clip, joined without loss, and clear words about a bad clip."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from akb.audio.clips import read_clip
from akb.audio.transcripts import words_of
from akb.captions.captioners import Sounds, Whisper, caption_clips, compose
from akb.captions.transcriber import Heard, Transcriber, repeated, without_repeats
from akb.captions.yamnet import Tag, Yamnet, log_mel_patches, tags_in_words
from akb.errors import AkbError
from akb.models.random_models import write_random
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
    assert made.rows()[0] == ("a", "both", "first\nsecond", 2.0, None)


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
    [
        ([], 0),
        ([1], 0),
        ([5, 5], 0),
        ([5, 5, 5], 2),
        ([1, 2, 3, 2, 3, 2, 3], 4),
        ([1, 2, 3, 1, 2, 4], 0),
        ([9, *range(20), *range(20), *range(20)], 40),
    ],
)
def test_a_phrase_said_three_times_in_a_row_is_cut_to_one(tokens: list[int], repeat: int) -> None:
    assert repeated(tokens) == repeat


SENTENCE = "I have been waiting here since Monday morning"


@pytest.mark.parametrize(
    ("text", "seconds", "kept"),
    [
        (f"{SENTENCE}. {SENTENCE}. {SENTENCE}.", 3.0, f"{SENTENCE}."),
        (f"{SENTENCE}, {SENTENCE.lower()}; {SENTENCE}!", 30.0, f"{SENTENCE},"),
        (f"{SENTENCE}. {SENTENCE}. I have been", 3.0, f"{SENTENCE}."),
        (f"{SENTENCE}. {SENTENCE}.", 3.0, f"{SENTENCE}."),
        (f"{SENTENCE}. {SENTENCE}.", 8.0, f"{SENTENCE}. {SENTENCE}."),
        ("Bye bye. See you. See you.", 1.0, "Bye bye. See you. See you."),
        ("Well, no, no, no, I will not.", 2.0, "Well, no, I will not."),
        ("今天天气很好今天天气很好今天天气很好", 3.0, "今天天气很好"),
        ("谢谢谢谢", 2.0, "谢谢谢谢"),
        ("", 1.0, ""),
    ],
)
def test_what_was_said_once_stands_once(text: str, seconds: float, kept: str) -> None:
    assert without_repeats(text, seconds) == kept


@pytest.fixture(scope="module")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny-whisper")
    write_random("tiny-whisper", 0, folder)
    return folder


@pytest.fixture(scope="module")
def multilingual_whisper(tiny_whisper: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny Whisper, told that some of its tokens stand for languages."""
    folder = tmp_path_factory.mktemp("multilingual") / "model"
    shutil.copytree(tiny_whisper, folder)
    settings = json.loads((folder / "generation_config.json").read_text())
    codes = ("en", "de", "es", "fr", "it", "ru", "zh", "ja")
    settings |= {"is_multilingual": True, "lang_to_id": {f"<|{c}|>": 50258 + n for n, c in enumerate(codes)}}
    (folder / "generation_config.json").write_text(json.dumps(settings))
    return folder


def noises() -> list[Any]:
    random = np.random.default_rng(0)
    return [random.normal(0, level, 16000 * seconds).astype(np.float32) for level, seconds in ((0.1, 1), (0.3, 31))]


def test_each_windows_language_is_what_whisper_itself_detects(multilingual_whisper: Path) -> None:
    import torch

    transcriber = Transcriber(multilingual_whisper)
    waves = noises()
    heard = {place: found for batch in transcriber.run(waves) for place, found in batch}
    assert sorted(heard) == [(0, 0), (1, 0), (1, 1)]
    full = waves[1][: 30 * 16000]
    mel = transcriber._processor.feature_extractor(full, sampling_rate=16000, return_tensors="pt").input_features
    with torch.inference_mode():
        theirs = transcriber._model.detect_language(mel).item()
    assert transcriber._languages[heard[1, 0].language] == theirs
    assert all(0 < found.language_share <= 1 for found in heard.values())


def test_each_clip_is_transcribed_in_its_own_language(multilingual_whisper: Path) -> None:
    transcriber = Transcriber(multilingual_whisper)
    import torch

    logits = torch.zeros(2, 51864)
    logits[0, transcriber._languages["ru"]] = logits[1, transcriber._languages["zh"]] = 9.0
    found, tokens = transcriber._begin(logits)
    assert [code for code, _ in found] == ["ru", "zh"]
    assert tokens[:, 0].tolist() == [transcriber._languages["ru"], transcriber._languages["zh"]]
    assert tokens.shape == (2, 3)


def test_a_model_of_one_language_detects_none(tiny_whisper: Path) -> None:
    batches = list(Transcriber(tiny_whisper).run(noises()[:1]))
    assert batches[0][0][1].language == ""
    with pytest.raises(AkbError, match="multilingual"):
        Whisper(tiny_whisper, language=True)


def test_the_language_stands_in_the_caption_if_asked(multilingual_whisper: Path) -> None:
    captioner = Whisper(multilingual_whisper, language=True)
    windows = [Heard("hola", -0.1, 0.0, "es", 0.9), Heard("hello", -0.1, 0.0, "en", 0.4), Heard("x", -9.0, 0.0, "ja")]
    said = captioner._words(windows)
    assert said == 'Speech transcript (Spanish): "hola hello"'
    assert words_of(said) == "hola hello"
    assert captioner._words([Heard("", -0.1, 0.9, "es", 0.9)]) == "No speech was recognised."


def test_sure_sounds_stand_apart_from_faint_ones_and_in_their_order() -> None:
    tags = [
        Tag("Dog", 1.5, 2.4, 0.9),
        Tag("Bell", 0.0, 1.0, 0.6),
        Tag("Bark", 1.5, 2.4, 0.5),
        Tag("Cat", 0.0, 2.0, 0.04),
    ]
    said = tags_in_words(tags)
    assert "Dog (1.5 to 2.4 s, 90 %); Bell (0.0 to 1.0 s, 60 %)" in said
    assert "In order: Bell, then Dog." in said
    assert said.endswith("Less certain: Cat.")
    assert tags_in_words(tags[3:]) == "Nothing for certain; perhaps: Cat."
    assert tags_in_words([]) == "No known sound was recognised."
    assert "In order" not in tags_in_words(tags[:1])


@pytest.mark.slow
@pytest.mark.skipif(not (CHECKPOINTS / "yamnet").exists(), reason="results/checkpoints is not built")
@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3, 1.9, 5.0])
def test_tags_lie_within_their_clip(seconds: float) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, int(16000 * seconds)).astype(np.float32)
    tags = Yamnet(CHECKPOINTS / "yamnet").tags(noise)
    assert all(0 <= tag.start <= tag.end <= seconds + 1e-6 for tag in tags)
    assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)
