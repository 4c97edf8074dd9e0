"""The `openai` engine against a server that is slow, rude, forgetful and expensive."""

from __future__ import annotations

import json
import logging
import random
import subprocess
import sys
import threading
import time
import traceback
from dataclasses import asdict
from pathlib import Path

import pytest
from fault_proxy import FAULTS, FakeServer, FaultProxy, letter_logprobs

from akb.errors import AkbError
from akb.items import Item
from akb.llm.engine import Backbone, Output, Request, Sampling
from akb.llm.engines.openai.engine import OpenAIEngine
from akb.llm.inference import answer
from akb.llm.prompts import probe_prompts, read_template
from akb.tables import PROMPTS, RESPONSES, read_table, write_table

ROOT = Path(__file__).parents[3]
KEY = "sk-verysecret-0123456789"
OPTIONS = ("dog", "cat", "bird", "cow")
PRICES = {"input_per_million": 1000.0, "output_per_million": 1000.0}  # a tenth of a cent a token


def backbone(url: str, **options: object) -> Backbone:
    return Backbone(
        name="paid",
        engine="openai",
        checkpoint="some-model",
        fingerprint="f",
        scoring="generate",
        engine_options={"base_url": url, "first_backoff_seconds": 0.01, "timeout_seconds": 5, **options},
    )


def questions(count: int, **fields: object) -> list[Request]:
    return [Request(item_id=f"i{n}", user=f"question {n}", options=OPTIONS, **fields) for n in range(count)]


def echo(body: dict) -> dict:
    return {"content": "reply to " + body["messages"][-1]["content"]}


def ask(engine: OpenAIEngine, requests: list[Request]) -> dict[int, Output]:
    outputs: dict[int, Output] = {}
    for index, output in engine.run(requests):
        assert index not in outputs, "an item was answered twice"
        outputs[index] = output
    engine.close()
    return outputs


def test_every_request_gets_its_own_answer() -> None:
    with FakeServer(echo, seconds=0.005) as fake:
        outputs = ask(OpenAIEngine(backbone(fake.url, concurrency=7)), questions(60))
    assert {index: output.text for index, output in outputs.items()} == {n: f"reply to question {n}" for n in range(60)}
    assert all(count == 1 for count in fake.answered.values())
    assert fake.most_running == 7


def test_no_requests_no_calls() -> None:
    with FakeServer() as fake:
        assert ask(OpenAIEngine(backbone(fake.url)), []) == {}
    assert not fake.bodies


def test_an_answer_is_handed_over_before_the_others_are_finished() -> None:
    handed_over, second_answered = threading.Event(), threading.Event()

    def reply(body: dict) -> dict:
        if body["messages"][-1]["content"] == "question 1":
            handed_over.wait(30)
            second_answered.set()
        return echo(body)

    with FakeServer(reply) as fake:
        run = OpenAIEngine(backbone(fake.url, concurrency=1)).run(questions(2))
        assert next(run)[0] == 0
        assert not second_answered.is_set()
        handed_over.set()
        run.close()


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "hang"])
def test_one_fault_costs_one_retry(fault: str) -> None:
    with FakeServer(echo) as fake, FaultProxy(fake.url, [fault], retry_after="0.2") as proxy:
        outputs = ask(OpenAIEngine(backbone(proxy.url, concurrency=1)), questions(3))
    assert {index: output.text for index, output in outputs.items()} == {n: f"reply to question {n}" for n in range(3)}
    assert sum(proxy.done.values()) == 4


def test_a_hanging_call_is_given_up_and_tried_again() -> None:
    with FakeServer(echo) as fake, FaultProxy(fake.url, ["hang"]) as proxy:
        start = time.monotonic()
        outputs = ask(OpenAIEngine(backbone(proxy.url, timeout_seconds=0.3, concurrency=1)), questions(1))
    assert outputs[0].text == "reply to question 0"
    assert 0.3 <= time.monotonic() - start < 20


def test_no_call_before_retry_after_is_over() -> None:
    with FakeServer(echo) as fake, FaultProxy(fake.url, ["429-after"], retry_after="0.6") as proxy:
        ask(OpenAIEngine(backbone(proxy.url, concurrency=1)), questions(4))
    assert proxy.times[1] - proxy.times[0] >= 0.6


def test_no_fault_loses_or_doubles_an_item_in_a_storm() -> None:
    draw = random.Random(3)
    plan = [draw.choice([*FAULTS, "ok", "ok", "ok"]) for _ in range(150)]
    with FakeServer(echo) as fake, FaultProxy(fake.url, plan, retry_after="0.05") as proxy:
        engine = OpenAIEngine(backbone(proxy.url, concurrency=16, max_attempts=40, timeout_seconds=0.5))
        outputs = ask(engine, questions(100))
    assert {index: output.text for index, output in outputs.items()} == {
        n: f"reply to question {n}" for n in range(100)
    }


def test_an_item_that_always_fails_is_invalid_and_the_others_are_unharmed() -> None:
    def reply(body: dict) -> dict:
        broken = body["messages"][-1]["content"] == "question 2"
        return {"error": {"message": "it broke"}, "status": 500} if broken else echo(body)

    with FakeServer(reply) as fake:
        outputs = ask(OpenAIEngine(backbone(fake.url, max_attempts=3)), questions(5))
    assert outputs[2].invalid is not None and outputs[2].invalid.startswith("server_error: 500 it broke")
    assert [outputs[n].text for n in (0, 1, 3, 4)] == [f"reply to question {n}" for n in (0, 1, 3, 4)]
    assert fake.answered["question 2"] == 3


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("This model's maximum context length is 8 tokens", "prompt_too_long"),
        ("rejected by the content_filter", "refused_by_server"),
        ("messages[0] is odd", "refused_by_server: 400 messages[0] is odd"),
    ],
)
def test_a_refused_item_is_not_tried_again(said: str, reason: str) -> None:
    with FakeServer(lambda body: {"error": {"message": said}, "status": 400}) as fake:
        outputs = ask(OpenAIEngine(backbone(fake.url)), questions(1))
    assert outputs[0].invalid == reason
    assert len(fake.bodies) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "bad key " + KEY),
        (404, "no such model"),
        (429, "You exceeded your current quota"),
        (400, "Unsupported parameter: 'seed'"),
    ],
)  # fmt: skip
def test_a_fault_of_the_user_stops_the_run_with_a_remedy(
    status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    rude = FakeServer(lambda body: {"error": {"message": said}, "status": status})
    with rude as fake, pytest.raises(AkbError) as caught:
        ask(OpenAIEngine(backbone(fake.url, api_key_env="MY_KEY", concurrency=2)), questions(50))
    assert len(fake.bodies) <= 2
    assert KEY not in str(caught.value)


def test_a_server_that_is_not_there_stops_the_run() -> None:
    with FakeServer() as gone:
        pass
    with pytest.raises(AkbError, match="no server answers"):
        ask(OpenAIEngine(backbone(gone.url, max_attempts=3)), questions(500))


def test_a_wait_of_a_day_stops_the_run_at_once() -> None:
    with (
        FakeServer(echo) as fake,
        FaultProxy(fake.url, ["ok", "429-after"], retry_after="86400") as proxy,
        pytest.raises(AkbError, match="86400 s"),
    ):
        ask(OpenAIEngine(backbone(proxy.url)), questions(5))


def test_a_fault_of_the_user_does_not_wait_for_those_who_back_off() -> None:
    def reply(body: dict) -> dict:
        first = body["messages"][-1]["content"] == "question 0"
        return {"error": {"message": "x"}, "status": 500} if first else {"error": {"message": "y"}, "status": 401}

    start = time.monotonic()
    with FakeServer(reply, seconds=0.05) as fake, pytest.raises(AkbError, match="key"):
        ask(OpenAIEngine(backbone(fake.url, first_backoff_seconds=60)), questions(2))
    assert time.monotonic() - start < 30


def test_an_older_server_gets_the_older_parameter() -> None:
    def reply(body: dict) -> dict:
        if "max_completion_tokens" in body:
            return {"error": {"message": "Unknown parameter max_completion_tokens"}, "status": 400}
        return echo(body)

    with FakeServer(reply) as fake:
        outputs = ask(OpenAIEngine(backbone(fake.url, concurrency=1)), questions(3))
    assert [outputs[n].invalid for n in range(3)] == [None] * 3
    assert fake.bodies[-1]["max_tokens"] == 256


# -- Limits ----------------------------------------------------------------------------------------------


def test_requests_per_minute_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "akb.llm.engines.openai.limits.Window.__init__.__defaults__", (0.5,)
    )  # a minute of half a second
    with FakeServer(echo) as fake:
        ask(OpenAIEngine(backbone(fake.url, requests_per_minute=5)), questions(15))
    for first, sixth in zip(fake.times, fake.times[5:], strict=False):
        assert sixth - first >= 0.45


def test_tokens_per_minute_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("akb.llm.engines.openai.limits.Window.__init__.__defaults__", (0.3,))
    with FakeServer(echo) as fake:
        start = time.monotonic()
        ask(OpenAIEngine(backbone(fake.url, tokens_per_minute=400)), questions(4))  # each may take 256 and more
    assert time.monotonic() - start >= 0.85


def costly(fake: FakeServer, ledger: Path, budget: float) -> OpenAIEngine:
    return OpenAIEngine(backbone(fake.url, prices=PRICES, budget_usd=budget, ledger=str(ledger), concurrency=4))


def spent(ledger: Path) -> float:
    lines = [json.loads(line) for path in ledger.glob("*.jsonl") for line in path.read_text().splitlines()]
    return sum(line["usd"] for line in lines if line["event"] == "settled")


def test_the_budget_is_never_passed_and_nothing_paid_is_lost(tmp_path: Path) -> None:
    with FakeServer(echo, seconds=0.002) as fake:
        outputs = {}
        with pytest.raises(AkbError, match="budget"):
            for index, output in costly(fake, tmp_path, 2.0).run(questions(100)):
                outputs[index] = output
    # A call costs 0.11 dollars and may cost 0.52: the last that fits starts below 1.48.
    assert 1.3 < spent(tmp_path) <= 2.0
    assert len(outputs) == sum(fake.answered.values())


def test_the_budget_holds_over_reruns_and_processes(tmp_path: Path) -> None:
    with FakeServer(echo) as fake:
        for _ in range(3):
            with pytest.raises(AkbError, match="budget"):
                ask(costly(fake, tmp_path, 2.0), questions(100))
    assert spent(tmp_path) <= 2.0


def test_a_call_that_may_have_been_billed_is_counted_at_its_worst(tmp_path: Path) -> None:
    with FakeServer(echo) as fake, FaultProxy(fake.url, ["truncated"]) as proxy:
        ask(
            OpenAIEngine(backbone(proxy.url, prices=PRICES, budget_usd=9, ledger=str(tmp_path))),
            questions(1),
        )
    assert spent(tmp_path) == pytest.approx(0.11 + (256 + len("question 0") + 256) / 1000)


def test_a_killed_run_leaves_its_calls_reserved(tmp_path: Path) -> None:
    with FakeServer(echo, seconds=30) as fake:
        code = (
            "import sys; sys.path[:0] = ['tests', 'tests/llm/engines']; from test_openai import *\n"
            f"e = OpenAIEngine(backbone({fake.url!r}, prices=PRICES, budget_usd=1.0, ledger={str(tmp_path)!r}))\n"
            "list(e.run(questions(1)))"
        )
        child = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3])
        while not fake.bodies:
            assert child.poll() is None
            time.sleep(0.02)
        child.kill()
        child.wait()
    with FakeServer(echo) as fake, pytest.raises(AkbError, match="budget"):
        ask(costly(fake, tmp_path, 1.0), questions(1))  # 0.52 are reserved, 0.52 more do not fit
    assert not fake.bodies


def test_a_budget_without_prices_is_refused() -> None:
    with pytest.raises(AkbError, match="prices"):
        OpenAIEngine(backbone("http://127.0.0.1:9/v1", budget_usd=1.0))


# -- The key ---------------------------------------------------------------------------------------------


def test_the_key_reaches_the_server_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    caplog.set_level(logging.DEBUG)

    def reply(body: dict) -> dict:
        number = int(body["messages"][-1]["content"].split()[-1])
        if number == 3:
            return {"error": {"message": f"Incorrect key {KEY}"}, "status": 401}
        return {"error": {"message": f"fault with {KEY}"}, "status": 500} if number == 1 else echo(body)

    told = ""
    with FakeServer(reply) as fake:
        engine = OpenAIEngine(
            backbone(fake.url, api_key_env="MY_KEY", max_attempts=2, concurrency=1, ledger=str(tmp_path))
        )
        outputs = []
        try:
            outputs.extend(engine.run(questions(4)))
        except AkbError:
            told = traceback.format_exc()
    assert fake.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert told
    written = "".join(path.read_text() for path in tmp_path.rglob("*.jsonl"))
    everything = told + written + repr(outputs) + caplog.text + "".join(capfd.readouterr()) + repr(engine)
    assert KEY not in everything


def test_a_key_in_the_configuration_is_refused_and_not_repeated() -> None:
    with pytest.raises(AkbError) as caught:
        OpenAIEngine(backbone("http://127.0.0.1:9/v1", api_key=KEY))
    assert KEY not in str(caught.value)


def test_a_missing_key_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(AkbError, match="MY_KEY is not set"):
        OpenAIEngine(backbone("http://127.0.0.1:9/v1", api_key_env="MY_KEY"))


def test_the_usual_key_is_not_sent_to_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with FakeServer(echo) as fake:
        ask(OpenAIEngine(backbone(fake.url)), questions(1))
    assert KEY not in fake.headers[0]["Authorization"]


# -- Modes -------------------------------------------------------------------------------------------------


def test_letters_are_read_from_the_first_token_in_item_order() -> None:
    def reply(body: dict) -> dict:
        return {"content": "B", "logprobs": letter_logprobs({"B": 0.5, " B": 0.1, "A": 0.2, "C": 0.1, "the": 0.05})}

    with FakeServer(reply) as fake:
        outputs = ask(OpenAIEngine(backbone(fake.url)), questions(1, mode="letter", rotation=1))
    logprobs = outputs[0].option_logprobs
    assert logprobs is not None
    assert max(range(4), key=logprobs.__getitem__) == 2  # B labels option (1 + 1) mod 4
    assert outputs[0].letter_mass == pytest.approx(0.9)


def test_no_letter_among_the_first_tokens_is_a_reason() -> None:
    with FakeServer(lambda body: {"content": "x", "logprobs": letter_logprobs({"the": 0.9})}) as fake:
        assert ask(OpenAIEngine(backbone(fake.url)), questions(1, mode="letter"))[0].invalid == "no_letter"


def test_letter_mode_needs_a_server_that_gives_logprobs() -> None:
    with FakeServer(echo) as fake, pytest.raises(AkbError, match="log-probabilities"):
        ask(OpenAIEngine(backbone(fake.url)), questions(1, mode="letter"))


def test_option_mode_is_refused_before_any_call() -> None:
    with FakeServer(echo) as fake, pytest.raises(AkbError, match="option"):
        ask(OpenAIEngine(backbone(fake.url)), questions(1, mode="option"))
    assert not fake.bodies


@pytest.mark.parametrize(
    "message",
    [
        {"content": "<think>aaaa aaaa</think>B", "reasoning_content": None},
        {"content": "B", "reasoning_content": "aaaa aaaa"},
        {"content": "B", "reasoning": "aaaa aaaa"},
    ],
)
def test_thinking_is_cut_out_and_counted(message: dict) -> None:
    with FakeServer(lambda body: message) as fake:
        output = ask(OpenAIEngine(backbone(fake.url)), questions(1))[0]
    assert output.text == "B"
    assert output.thinking_tokens == 9  # its share of the characters, of 10 tokens


def test_thinking_that_never_ends_is_a_reason() -> None:
    with FakeServer(lambda body: {"content": "<think>hm", "finish_reason": "length"}) as fake:
        assert ask(OpenAIEngine(backbone(fake.url)), questions(1))[0].invalid == "unclosed_thinking"


def test_a_schema_is_asked_for() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    with FakeServer(lambda body: {"content": '{"answer": "B"}'}) as fake:
        sampling = Sampling(json_schema=json.dumps(schema))
        assert ask(OpenAIEngine(backbone(fake.url)), questions(1, sampling=sampling))[0].text == '{"answer": "B"}'
    assert fake.bodies[0]["response_format"]["json_schema"]["schema"] == schema


def test_leaving_early_stops_the_calls() -> None:
    with FakeServer(echo, seconds=0.05) as fake:
        run = OpenAIEngine(backbone(fake.url, concurrency=2)).run(questions(1000))
        next(run)
        run.close()
        time.sleep(0.2)
        assert len(fake.bodies) < 10


# -- Through the one door ------------------------------------------------------------------------------------


def test_what_a_server_failed_at_is_told_and_is_all_that_is_asked_again(tmp_path: Path) -> None:
    def reply(body: dict) -> dict:
        broken = sick and body["messages"][-1]["content"] in ("question 2", "question 4")
        return {"error": {"message": "it broke"}, "status": 500} if broken else {"content": "(B)"}

    sick = True
    told = r"2 of 5 items got no answer: 2 × 500 it broke(.|\n)*only these 2 are asked"
    with FakeServer(reply) as fake:
        model = backbone(fake.url, max_attempts=2)
        with pytest.raises(AkbError, match=told):
            answer(questions(5), model, tmp_path / "store", "test")
        sick, asked = False, len(fake.bodies)
        again = answer(questions(5), model, tmp_path / "store", "test")
    assert [r.answer for r in again] == [1] * 5
    assert {body["messages"][-1]["content"] for body in fake.bodies[asked:]} == {"question 2", "question 4"}
    assert len(fake.bodies) == asked + 2
    assert list((tmp_path / "usage").glob("*.jsonl"))


def test_items_refused_for_a_lasting_reason_are_invalid_and_the_call_ends_well(tmp_path: Path) -> None:
    said = {"question 1": "maximum context length", "question 2": "content_filter", "question 3": "it is odd"}

    def reply(body: dict) -> dict:
        refusal = said.get(body["messages"][-1]["content"])
        return {"error": {"message": refusal}, "status": 400} if refusal else {"content": "(B)"}

    with FakeServer(reply) as fake:
        responses = answer(questions(5), backbone(fake.url), tmp_path / "store", "test")
    reasons = [None, "prompt_too_long", "refused_by_server", "refused_by_server: 400 it is odd", None]
    assert [response.invalid for response in responses] == reasons


def test_a_server_that_refuses_every_item_is_a_fault_to_mend_and_nothing_is_stored(tmp_path: Path) -> None:
    refusal = {"error": {"message": "max_tokens is too large"}, "status": 400}
    told = "refuses 5 of 5 items and answered none: 5 × 400 max_tokens is too large"
    with FakeServer(lambda body: dict(refusal)) as fake, pytest.raises(AkbError, match=told):
        answer(questions(5), backbone(fake.url), tmp_path / "store", "test")
    assert not list((tmp_path / "store").glob("*"))


def test_a_server_that_goes_down_stops_the_run_and_keeps_what_it_answered(tmp_path: Path) -> None:
    answered = []

    def reply(body: dict) -> dict:
        if sick and len(fake.bodies) > 20:
            return {"error": {"message": "overloaded"}, "status": 503}
        answered.append(body)
        return {"content": "(B)"}

    sick = True
    with FakeServer(reply) as fake:
        model = backbone(fake.url, max_attempts=2, concurrency=4)
        with pytest.raises(AkbError, match="failed at 8 items in a row, 2 tries each, at last with: 503 overloaded"):
            answer(questions(400), model, tmp_path / "store", "test")
        tried, kept = len(fake.bodies), len(answered)
        sick = False
        assert [r.answer for r in answer(questions(400), model, tmp_path / "store", "test")] == [1] * 400
    assert kept > 10
    assert tried < 20 + 2 * (8 + 4) + 4
    assert len(answered) == 400


def test_a_table_with_gaps_is_never_written(tmp_path: Path) -> None:
    items = [Item.make("akb", f"question {n}", ["dog", "cat"], 0, category="Sound") for n in range(3)]
    write_table(probe_prompts(items, read_template(ROOT / "config/prompts/probe.yaml")), tmp_path / "prompts", PROMPTS)

    def reply(body: dict) -> dict:
        broken = sick and "question 2" in body["messages"][-1]["content"]
        return {"error": {"message": "it broke"}, "status": 500} if broken else {"content": "(B)"}

    sick = True
    with FakeServer(reply) as fake:
        model = asdict(backbone(fake.url, max_attempts=1)) | {"checkpoint": "some-model"}
        del model["generation"]
        command = [sys.executable, ROOT / "workflow/scripts/text_inference.py", "--prompts", tmp_path / "prompts"]
        command += ["--asking", ROOT / "config/prompts/asking.yaml", "--backbone", json.dumps(model)]
        command += ["--store", tmp_path / "store", "--output", tmp_path / "responses.parquet"]
        failed = subprocess.run(command, capture_output=True, text=True, check=False)
        assert failed.returncode == 1
        assert "akb: 1 of 3 items got no answer: 1 × 500 it broke" in failed.stderr
        assert not (tmp_path / "responses.parquet").exists()
        sick = False
        subprocess.run(command, capture_output=True, check=True)
    assert read_table(tmp_path / "responses.parquet", RESPONSES)["answer"].to_list() == [1, 1, 1]
    assert len(fake.bodies) == 4


def test_what_was_paid_before_the_budget_ended_is_in_the_store(tmp_path: Path) -> None:
    with FakeServer(lambda body: {"content": "(B)"}) as fake:
        poor = backbone(fake.url, prices=PRICES, budget_usd=2.0)
        with pytest.raises(AkbError, match="budget"):
            answer(questions(40), poor, tmp_path / "store", "test")
        paid = len(fake.bodies)
        rich = backbone(fake.url, prices=PRICES, budget_usd=200.0)
        assert [r.answer for r in answer(questions(40), rich, tmp_path / "store", "test")] == [1] * 40
    assert paid > 0
    assert len(fake.bodies) == 40
