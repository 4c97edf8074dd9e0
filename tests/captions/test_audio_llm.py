"""Captions by audio language models: windows, prompts, what is asked of whom, and what is never asked twice."""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
from fault_proxy import FAULTS, FakeServer, FaultProxy
from local_server import serving_vllm

from akb.captions.audio_llm import (
    Asking,
    Wish,
    asking_of,
    caption_by_llm,
    longest_window,
    window_of,
    windows_of,
    wishes_of,
)
from akb.errors import AkbError
from akb.items import Item
from akb.llm.backbones import backbone_of
from akb.llm.engine import Backbone, Sampling
from akb.models.random_models import write_random
from akb.tables import CAPTIONS, CLIPS, frame_of

ASKING = Asking("Describe it.", "Be exact.")


def write_clips(folder: Path, *seconds: float) -> tuple[pl.DataFrame, Path]:
    """A clips table of noises, c0, c1, …, and the path that it would have."""
    rows = []
    for number, length in enumerate(seconds):
        noise = np.random.default_rng(number).normal(0, 0.1, round(16000 * length))
        soundfile.write(folder / f"c{number}.flac", noise, 16000)
        row = dict.fromkeys(CLIPS) | {"clip_id": f"c{number}", "path": f"c{number}.flac", "seconds": length}
        rows.append(row)
    return frame_of(rows, CLIPS), folder / "clips.parquet"


def items(*clips: str) -> list[Item]:
    return [
        Item.make("mini", f"What is heard ({n})?", ("a", "b"), 0, category="Sound", clip_id=clip)
        for n, clip in enumerate(clips)
    ]


def model(url: str, **options: Any) -> Backbone:
    given = {"base_url": url, "first_backoff_seconds": 0.01, **options}
    sampling = Sampling(max_tokens=50)
    return Backbone("ears", "openai", "omni", "omni", scoring="generate", engine_options=given, generation=sampling)


def heard(body: dict[str, Any]) -> tuple[str, str, bytes]:
    """(text, format, bytes of the file) that a call brought."""
    sound, text = body["messages"][-1]["content"]
    part = sound["input_audio"]
    return text["text"], part["format"], base64.b64decode(part["data"])


@pytest.mark.parametrize(("seconds", "count"), [(0.4, 1), (30.0, 1), (30.1, 2), (61.0, 3)])
def test_windows_cover_the_clip_and_none_is_too_long(seconds: float, count: int) -> None:
    windows = list(windows_of(seconds, 30.0))
    assert len(windows) == count
    assert all(length <= 30.0 for _, length in windows)
    assert [start for start, _ in windows] == pytest.approx([n * seconds / count for n in range(count)])
    assert sum(length for _, length in windows) == pytest.approx(seconds)


def test_only_clips_that_are_asked_about_are_captioned(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, 1, 1, 1)
    asked = items("c2", "c0", "c2")
    assert {wish.clip_id for wish in wishes_of(clips, table, asked, question_aware=False)} == {"c0", "c2"}
    assert len(wishes_of(clips, table, asked, question_aware=False, every_clip=True)) == 3
    aware = wishes_of(clips, table, asked, question_aware=True, every_clip=True)
    assert [(wish.clip_id, wish.question) for wish in aware] == [(i.clip_id, i.question) for i in asked]


def test_a_benchmark_without_its_audio_is_named(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, 1)
    with pytest.raises(AkbError, match="without its audio"):
        wishes_of(clips.with_columns(path=pl.lit("")), table, items("c0"), question_aware=False)


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_the_sound_itself_is_sent(tmp_path: Path, kind: str) -> None:
    clips, table = write_clips(tmp_path, 2)
    wishes = wishes_of(clips, table, items("c0"), question_aware=False)
    with FakeServer(lambda body: {"content": "A hiss."}) as server:
        made = caption_by_llm(
            wishes, "ears", model(server.url, audio_format=kind), ASKING, window_seconds=30, store=tmp_path / "store"
        )
    assert made.rows() == [("c0", "ears", "A hiss.", made["seconds"][0], None)]
    text, format_, data = heard(server.bodies[0])
    assert (text, format_, server.bodies[0]["messages"][0]["content"]) == ("Describe it.", kind, "Be exact.")
    samples, rate = soundfile.read(io.BytesIO(data))
    original, _ = soundfile.read(tmp_path / "c0.flac")
    assert rate == 16000 and len(samples) == pytest.approx(32000, abs=2400)
    if kind == "wav":
        assert np.abs(samples - original).max() < 1e-4


def test_a_long_clip_is_captioned_in_windows_with_their_times(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, 7, 1)
    wishes = wishes_of(clips, table, items("c0", "c1"), question_aware=False)
    lengths = []

    def reply(body: dict[str, Any]) -> dict[str, Any]:
        lengths.append(len(soundfile.read(io.BytesIO(heard(body)[2]))[0]))
        return {"content": f"{lengths[-1]} samples"}

    with FakeServer(reply) as server:
        made = caption_by_llm(wishes, "ears", model(server.url), ASKING, window_seconds=3.5, store=tmp_path / "store")
    assert made["text"].to_list() == ["[0:00–0:03.5] 56000 samples\n[0:03.5–0:07] 56000 samples", "16000 samples"]
    assert sorted(lengths) == [16000, 56000, 56000]


def test_faults_lose_nothing_and_nothing_is_paid_for_twice(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, *[1] * 6)
    wishes = wishes_of(clips, table, items(*(f"c{n}" for n in range(6))), question_aware=False)
    plan = ["429", "reset", "truncated", "500", "empty"]
    with FakeServer(lambda body: {"content": "noise"}) as server, FaultProxy(server.url, plan) as proxy:
        stormy = model(proxy.url, concurrency=2, max_attempts=8)
        first = caption_by_llm(wishes, "ears", stormy, ASKING, window_seconds=30, store=tmp_path / "store")
        answered = server.answered.total()
        calm = model(proxy.url)
        again = caption_by_llm(wishes, "ears", calm, ASKING, window_seconds=30, store=tmp_path / "store")
        assert server.answered.total() == answered, "a second run asks nothing"
        other = Asking("Describe it again.", "Be exact.")
        caption_by_llm(wishes[:2], "ears", calm, other, window_seconds=30, store=tmp_path / "store")
        assert server.answered.total() == answered + 2, "another prompt costs only itself"
    assert first.equals(again) and len(first) == 6
    assert len(set(server.answered)) == 8


def test_the_same_clip_in_another_folder_is_not_paid_for_again(tmp_path: Path) -> None:
    with FakeServer(lambda body: {"content": "noise"}) as server:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            clips, table = write_clips(tmp_path / name, 1)
            wishes = wishes_of(clips, table, items("c0"), question_aware=False)
            caption_by_llm(wishes, "ears", model(server.url), ASKING, window_seconds=30, store=tmp_path / "store")
    assert server.answered.total() == 1


def test_a_budget_counts_the_sound(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, 20)
    wishes = wishes_of(clips, table, items("c0"), question_aware=False)
    prices = {"input_per_million": 1000.0, "output_per_million": 0.0}  # 0.1 cent a token: 20 s may be 1,000 tokens
    with FakeServer() as server, pytest.raises(AkbError, match="budget"):
        broke = model(server.url, prices=prices, budget_usd=1.0)
        caption_by_llm(wishes, "ears", broke, ASKING, window_seconds=30, store=tmp_path / "store")
    assert not server.bodies


def test_sound_beyond_the_servers_limit_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, 30)
    wishes = wishes_of(clips, table, items("c0"), question_aware=False)
    with FakeServer() as server, pytest.raises(AkbError, match=r"(?s)1\.3 MB as sent.*window_seconds"):
        small = model(server.url, audio_megabytes=1.0)
        caption_by_llm(wishes, "ears", small, ASKING, window_seconds=30, store=tmp_path / "store")
    assert not server.bodies


def test_what_the_model_refuses_is_an_error_unless_partial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clips, table = write_clips(tmp_path, 1, 1)
    wishes = wishes_of(clips, table, items("c0", "c1"), question_aware=False)
    said = iter([{"content": "", "finish_reason": "content_filter"}, {"content": "noise"}])
    with FakeServer(lambda body: next(said)) as server:
        asked = model(server.url, concurrency=1)
        with pytest.raises(AkbError, match=r"(?s)1 captions cannot be had.*partial"):
            caption_by_llm(wishes, "ears", asked, ASKING, window_seconds=30, store=tmp_path / "store")
        made = caption_by_llm(wishes, "ears", asked, ASKING, window_seconds=30, store=tmp_path / "store", partial=True)
    assert made["text"].to_list() == ["", "noise"]
    assert "1 of 2 captions refused" in capsys.readouterr().err


def test_question_aware_captions_are_of_their_item_and_see_its_question(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, 1)
    asked = items("c0", "c0")
    wishes = wishes_of(clips, table, asked, question_aware=True)
    with FakeServer(lambda body: {"content": heard(body)[0]}) as server:
        made = caption_by_llm(
            wishes, "ears", model(server.url), Asking("See: {question}"), window_seconds=30, store=tmp_path / "store"
        )
    assert made.select("item_id", "text").rows() == [(item.item_id, f"See: {item.question}") for item in asked]
    assert dict(made.schema) == CAPTIONS


@pytest.mark.parametrize(("prompt", "aware"), [("Describe.", True), ("About {question}", False)])
def test_a_prompt_that_does_not_fit_its_captioner_is_refused(prompt: str, aware: bool) -> None:
    with pytest.raises(AkbError, match="question"):
        asking_of({"user": "u", "asked": "{question}"}, prompt, question_aware=aware)


@pytest.mark.parametrize("name", ["processor_config.json", "preprocessor_config.json"])
def test_a_window_is_never_longer_than_what_the_model_takes(tmp_path: Path, name: str) -> None:
    content: dict[str, Any] = {"chunk_length": 20}
    (tmp_path / name).write_text(json.dumps(content if name.startswith("pre") else {"feature_extractor": content}))
    assert longest_window(tmp_path) == 20
    backbone = Backbone("ears", "vllm", str(tmp_path), "f")
    assert window_of(None, backbone) == 20
    assert window_of(12.5, backbone) == 12.5
    with pytest.raises(AkbError, match="takes 20 s"):
        window_of(30, backbone)


def test_a_model_that_only_reads_is_refused(tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, 1)
    deaf = Backbone("deaf", "transformers", str(tmp_path), "f")
    wishes = [Wish("c0", table.parent / "c0.flac", 1.0)]
    with pytest.raises(AkbError, match="does not hear"):
        caption_by_llm(wishes, "deaf", deaf, ASKING, window_seconds=30, store=tmp_path / "store")
    assert len(clips) == 1


@pytest.mark.slow
def test_vllm_hears_and_computes_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny random Qwen2-Audio: a batch at once, windows, a seed for each clip; then all of it from the store."""
    if importlib.util.find_spec("vllm") is None:
        pytest.skip("vllm is not installed")
    write_random("tiny-qwen2-audio", 0, tmp_path)
    spec = {"name": "ears", "engine": "vllm", "checkpoint": str(tmp_path), "fingerprint": "f", "dtype": "float32"}
    backbone = backbone_of(json.dumps(spec | {"max_tokens": 12, "temperature": 1.0, "max_model_len": 1024}))
    clips, table = write_clips(tmp_path, 1.0, 35.0, 2.0, 2.0)
    wishes = wishes_of(clips, table, items("c0", "c1", "c2", "c3"), question_aware=False)
    store = tmp_path / "store"
    made = caption_by_llm(wishes, "ears", backbone, ASKING, window_seconds=30, store=store)
    texts = made["text"].to_list()
    assert len(set(texts)) == 4, "each clip has its own words"
    assert texts[1].startswith("[0:00–0:17.5] ")
    monkeypatch.setattr("akb.llm.inference.load_engine", lambda *_: pytest.fail("everything is stored"))
    again = caption_by_llm(wishes, "ears", backbone, ASKING, window_seconds=30, store=store)
    assert again.equals(made)


@pytest.mark.endurance
def test_faults_before_a_real_server_change_no_caption_and_lose_none(tmp_path: Path) -> None:
    """A tiny random Qwen2-Audio in vLLM's own server, behind the proxy that injects faults."""
    if importlib.util.find_spec("vllm") is None:
        pytest.skip("vllm is not installed")
    for name in ("ears", "server"):
        (tmp_path / name).mkdir()
    write_random("tiny-qwen2-audio", 0, tmp_path / "ears")
    clips, table = write_clips(tmp_path, *(0.5 + 0.3 * n for n in range(12)), 35.0)
    wishes = wishes_of(clips, table, items(*clips["clip_id"]), question_aware=False)
    draw = random.Random(1)
    plan = [*FAULTS, *(draw.choice([*FAULTS, "ok", "ok"]) for _ in range(20))]
    with serving_vllm(tmp_path / "ears", "omni", tmp_path / "server") as address:
        url = f"{address}/v1"
        calm = caption_by_llm(wishes, "ears", model(url), ASKING, window_seconds=30, store=tmp_path / "calm")
        with FaultProxy(url, plan, retry_after="0.5") as proxy:
            stormy = model(proxy.url, max_attempts=40, timeout_seconds=20, concurrency=4)
            made = caption_by_llm(wishes, "ears", stormy, ASKING, window_seconds=30, store=tmp_path / "stormy")
    assert all(proxy.done[fault] for fault in FAULTS)
    assert made["clip_id"].to_list() == calm["clip_id"].to_list() and all(made["text"])
    assert made["text"].n_unique() > len(made) / 2, "what it says depends on what it hears"
    assert made["text"][-1].startswith("[0:00–0:17.5] "), "a long clip goes in windows"
    # Batches of other sizes may round a logit differently, so a few greedy texts may part ways.
    assert sum(a == b for a, b in zip(calm["text"], made["text"], strict=True)) >= 10
