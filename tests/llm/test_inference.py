import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.llm import inference
from akb.llm.engine import Backbone, Output, Request, Sampling
from akb.llm.inference import answer, likeliest, read_answer, request_key

ORACLE = Backbone(name="oracle", engine="oracle", checkpoint="", fingerprint="o", engine_options={"accuracy": 0.7})


def _requests(count: int, mode: str = "option") -> list[Request]:
    return [
        Request(f"i{n}", f"Question {n}?", options=("dog", "cat", "bell"), mode=mode, known_answer=n % 3)  # type: ignore[arg-type]
        for n in range(count)
    ]


@pytest.mark.parametrize("accuracy", [0, 0.25, 0.7, 1])
@pytest.mark.parametrize("mode", ["option", "letter", "generate"])
def test_the_oracle_comes_out_at_its_accuracy(tmp_path: Path, accuracy: float, mode: str) -> None:
    backbone = replace(ORACLE, engine_options={"accuracy": accuracy})
    responses = answer(_requests(200, mode), backbone, tmp_path, "test")
    assert sum(r.answer == r.request.known_answer for r in responses) == round(200 * accuracy)
    assert not any(r.invalid for r in responses)


def test_the_oracle_answers_every_rotation_of_an_item_alike(tmp_path: Path) -> None:
    turned = [replace(request, rotation=rotation) for rotation in range(3) for request in _requests(7, "generate")]
    responses = answer(turned, ORACLE, tmp_path, "test")
    right = [r.answer == r.request.known_answer for r in responses]
    assert right[:7] == right[7:14] == right[14:]
    assert 0 < sum(right[:7]) < 7


def test_responses_keep_the_order_of_the_requests(tmp_path: Path) -> None:
    requests = _requests(20)
    answer(requests[5:9], ORACLE, tmp_path, "test")
    assert [r.request for r in answer(requests, ORACLE, tmp_path, "test")] == requests


def test_a_warm_run_loads_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _requests(20)
    first = answer(requests, ORACLE, tmp_path, "test")
    monkeypatch.setattr(inference, "load_engine", lambda *_: pytest.fail("an engine was loaded"))
    assert answer(requests, ORACLE, tmp_path, "test") == first


def test_one_edited_item_is_one_item_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _requests(20)
    answer(requests, ORACLE, tmp_path, "test")
    requests[7] = replace(requests[7], user="Another question?")
    computed = []
    load = inference.load_engine

    def watched(backbone: Backbone, asked: list[Request]) -> object:
        engine = load(backbone, asked)
        run = engine.run
        engine.run = lambda given: (computed.extend(given), run(given))[1]  # type: ignore[method-assign, func-returns-value]
        return engine

    monkeypatch.setattr(inference, "load_engine", watched)
    answer(requests, ORACLE, tmp_path, "test")
    assert computed == [requests[7]]


def test_equal_requests_are_computed_once(tmp_path: Path) -> None:
    request = _requests(1)[0]
    answer([request, replace(request, item_id="other")], ORACLE, tmp_path, "test")
    (segment,) = tmp_path.iterdir()
    assert segment.read_bytes().count(b"\n") == 1


MODEL = Backbone(name="m", engine="transformers", checkpoint="c", fingerprint="f")
REQUEST = Request("i", "Which?", options=("a", "b"), mode="option")


@pytest.mark.parametrize(
    "other",
    [
        replace(MODEL, fingerprint="g"),
        replace(MODEL, engine="vllm"),
        replace(MODEL, dtype="float32"),
        replace(MODEL, normalise="none"),
        replace(MODEL, thinking=False),
        replace(MODEL, engine_options={"quantization": "fp8"}),
    ],
)
def test_backbones_that_may_answer_differently_share_no_key(other: Backbone) -> None:
    assert request_key(REQUEST, MODEL) != request_key(REQUEST, other)


@pytest.mark.parametrize(
    "other",
    [
        replace(MODEL, name="renamed"),
        replace(MODEL, checkpoint="moved"),
        replace(MODEL, engine_options={"tensor_parallel_size": 4}),
    ],
)
def test_names_places_and_speed_are_not_in_the_key(other: Backbone) -> None:
    assert request_key(REQUEST, MODEL) == request_key(REQUEST, other)


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, user="Which one?"),
        replace(REQUEST, system="Be brief."),
        replace(REQUEST, options=("b", "a")),
        replace(REQUEST, mode="letter"),
        replace(REQUEST, rotation=1),
    ],
)
def test_every_part_of_a_question_is_in_the_key(other: Request) -> None:
    assert request_key(REQUEST, MODEL) != request_key(other, MODEL)


def test_options_scored_by_a_server_keep_the_key_that_was_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new way of scoring options on our own engines asks no server again, and no written answer either."""
    option, written, served = REQUEST, replace(REQUEST, mode="generate"), replace(MODEL, engine="openai")
    before = [request_key(option, MODEL), request_key(written, MODEL), request_key(option, served)]
    monkeypatch.setattr("akb.llm.inference._OPTION_VERSION", 3)
    after = [request_key(option, MODEL), request_key(written, MODEL), request_key(option, served)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, True, True]


def test_sampling_is_in_the_key_of_generated_text_only() -> None:
    warm = Sampling(temperature=0.7)
    written = replace(REQUEST, mode="generate")
    assert request_key(written, MODEL) != request_key(replace(written, sampling=warm), MODEL)
    assert request_key(REQUEST, MODEL) == request_key(replace(REQUEST, sampling=warm), MODEL)


def test_a_rotated_letter_is_read_in_the_items_own_order() -> None:
    request = replace(REQUEST, options=("dog", "cat", "bell"), mode="generate", rotation=1)
    assert read_answer(request, "k", Output(text="A")).answer == 1


def test_unreadable_text_has_a_reason() -> None:
    response = read_answer(replace(REQUEST, mode="generate"), "k", Output(text=""))
    assert (response.answer, response.invalid) == (None, "empty")


def test_a_tie_is_no_answer() -> None:
    assert likeliest([-1.0, -1.0, -2.0]) == (None, "tie")


def test_a_value_that_is_no_number_is_no_answer() -> None:
    assert likeliest([-1.0, float("nan")]) == (None, "nan_logits")


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="no engine 'tgi'"):
        answer([REQUEST], replace(MODEL, engine="tgi"), tmp_path, "test")  # type: ignore[arg-type]


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="nowhere"):
        answer([REQUEST], replace(MODEL, checkpoint="nowhere"), tmp_path, "test")


_PROGRAM = """
import sys; from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_inference import ORACLE, _requests, replace, answer
answer(_requests(300), replace(ORACLE, engine_options={"accuracy": 0.7, "delay_seconds": 0.01}), Path(sys.argv[1]), "t")
"""


@pytest.mark.slow
def test_ten_kills_and_a_finished_run_equal_an_undisturbed_one(tmp_path: Path) -> None:
    store, stored = tmp_path / "killed", 0
    for number in range(10):
        run = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(store), str(Path(__file__).parent)], stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and run.poll() is None and _count(store) == stored:
            time.sleep(0.02)
        time.sleep(0.037 * number)
        run.send_signal(signal.SIGKILL)
        run.wait()
        assert _count(store) >= stored  # what was stored stays stored
        stored = _count(store)
    assert stored > 0
    disturbed = answer(_requests(300), ORACLE, store, "test")
    assert disturbed == answer(_requests(300), ORACLE, tmp_path / "undisturbed", "test")


def _count(store: Path) -> int:
    return sum(segment.read_bytes().count(b"\n") for segment in store.glob("*"))
