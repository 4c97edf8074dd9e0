"""The `openai` engine against a real `vllm serve` of a packaged model, behind a proxy that injects faults."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_proxy import FAULTS, FaultProxy
from local_server import serving_vllm

from akb.llm.engine import Backbone, Request, Sampling
from akb.llm.inference import Response, answer

ROOT = Path(__file__).parents[2]
CHECKPOINT = ROOT / "results" / "checkpoints" / "smollm2-135m"

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.skipif(not (CHECKPOINT / "fingerprint.json").exists(), reason=f"{CHECKPOINT} is not built"),
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the server's API."""
    with serving_vllm(CHECKPOINT, "smollm2", tmp_path_factory.mktemp("server")) as address:
        yield f"{address}/v1"


def model(url: str, **options: object) -> Backbone:
    return Backbone(
        name="served",
        engine="openai",
        checkpoint="smollm2",
        fingerprint="served",
        engine_options={"base_url": url, "first_backoff_seconds": 0.05, **options},
    )


def questions(count: int, mode: str = "generate") -> list[Request]:
    options = ("dog", "cat", "bird", "cow")
    return [
        Request(
            item_id=f"i{n}",
            user=f"Which animal makes sound number {n}?\nA. dog\nB. cat\nC. bird\nD. cow\nAnswer with one letter.",
            options=options,
            mode=mode,  # type: ignore[arg-type]
            sampling=Sampling(max_tokens=24),
        )
        for n in range(count)
    ]


def texts(responses: list[Response]) -> list[str]:
    return [response.text for response in responses]


def test_faults_change_no_answer(served: str, tmp_path: Path) -> None:
    draw = random.Random(1)
    plan = [*FAULTS, *(draw.choice([*FAULTS, "ok", "ok"]) for _ in range(40))]
    calm = answer(questions(30), model(served), tmp_path / "calm", "undisturbed")
    with FaultProxy(served, plan, retry_after="0.5") as proxy:
        stormy_model = model(proxy.url, max_attempts=40, timeout_seconds=20, concurrency=8)
        stormy = answer(questions(30), stormy_model, tmp_path / "stormy", "faults")
    assert all(proxy.done[fault] for fault in FAULTS)
    assert [response.invalid for response in stormy if (response.invalid or "").startswith("server")] == []
    assert all(response.text and response.prompt_tokens and response.output_tokens for response in stormy)
    # Batches of other sizes may round a logit differently, so a few greedy texts may part ways.
    same = sum(a == b for a, b in zip(texts(calm), texts(stormy), strict=True))
    assert same >= 24, f"{same} of 30 texts are equal"


def test_letters_have_log_probabilities(served: str, tmp_path: Path) -> None:
    responses = answer(questions(8, "letter"), model(served), tmp_path / "store", "letters")
    assert all(response.answer is not None or response.invalid == "no_letter" for response in responses)
    assert any(response.letter_mass and 0 < response.letter_mass <= 1.0001 for response in responses)


def test_a_prompt_beyond_the_context_is_invalid_alone(served: str, tmp_path: Path) -> None:
    asked = questions(3)
    asked.insert(1, Request(item_id="long", user="word " * 5000, options=("a", "b")))
    responses = answer(asked, model(served), tmp_path / "store", "long")
    assert [response.invalid == "prompt_too_long" for response in responses] == [False, True, False, False]
