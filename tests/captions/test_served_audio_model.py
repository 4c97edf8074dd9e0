"""The `openai` captioner against a real `vllm serve` of a tiny audio model, behind a proxy that injects faults."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_proxy import FAULTS, FaultProxy
from local_server import serving_vllm
from test_audio_llm import ASKING, items, model, write_clips

from akb.captions.audio_llm import caption_by_llm, wishes_of
from akb.models.random_models import write_random

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the API of a server that hears."""
    checkpoint, folder = tmp_path_factory.mktemp("ears"), tmp_path_factory.mktemp("server")
    write_random("tiny-qwen2-audio", 0, checkpoint)
    with serving_vllm(checkpoint, "omni", folder) as address:
        yield f"{address}/v1"


def test_faults_change_no_caption_and_lose_none(served: str, tmp_path: Path) -> None:
    clips, table = write_clips(tmp_path, *(0.5 + 0.3 * n for n in range(12)), 35.0)
    wishes = wishes_of(clips, table, items(*clips["clip_id"]), question_aware=False)
    calm = caption_by_llm(wishes, "ears", model(served), ASKING, window_seconds=30, store=tmp_path / "calm")
    draw = random.Random(1)
    plan = [*FAULTS, *(draw.choice([*FAULTS, "ok", "ok"]) for _ in range(20))]
    with FaultProxy(served, plan, retry_after="0.5") as proxy:
        stormy = model(proxy.url, max_attempts=40, timeout_seconds=20, concurrency=4)
        made = caption_by_llm(wishes, "ears", stormy, ASKING, window_seconds=30, store=tmp_path / "stormy")
    assert all(proxy.done[fault] for fault in FAULTS)
    assert made["clip_id"].to_list() == calm["clip_id"].to_list() and all(made["text"])
    assert made["text"].n_unique() > len(made) / 2, "what it says depends on what it hears"
    assert made["text"][-1].startswith("[0:00–0:17.5] "), "a long clip goes in windows"
    # Batches of other sizes may round a logit differently, so a few greedy texts may part ways.
    assert sum(a == b for a, b in zip(calm["text"], made["text"], strict=True)) >= 10
