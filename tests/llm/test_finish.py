"""Why an answer ended, from the engine to the table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from akb.llm.engine import LENGTH, STOP, Backbone, Output, Request, Sampling
from akb.llm.engines.openai.replies import read_reply
from akb.llm.engines.transformers import TransformersEngine
from akb.llm.inference import TRUNCATED, read_answer
from akb.llm.responses import responses_frame
from akb.tables import PROMPTS, RESPONSES, check, frame_of

ASKED = Request("i", "What do you hear?", options=("a dog", "a bell"), mode="generate")


@pytest.mark.parametrize(
    ("text", "finish", "expected"),
    [
        ("Well, the sound in the clip resembles", LENGTH, (None, TRUNCATED)),
        ("", LENGTH, (None, TRUNCATED)),
        ("A dog and a bell both fit, and", LENGTH, (None, TRUNCATED)),
        ("The answer is (B) a bell, because it", LENGTH, (1, None)),
        ("Well, the sound in the clip resembles", STOP, (None, "no_answer")),
    ],
)
def test_a_cut_answer_is_truncated_only_where_none_can_be_read(
    text: str, finish: str, expected: tuple[int | None, str | None]
) -> None:
    response = read_answer(ASKED, "k", Output(text=text, finish=finish))
    assert (response.answer, response.invalid) == expected
    assert response.finish == finish


def test_thinking_that_never_ended_keeps_its_name() -> None:
    assert read_answer(ASKED, "k", Output(invalid="unclosed_thinking", finish=LENGTH)).invalid == "unclosed_thinking"


def test_the_responses_table_says_how_each_ended(tmp_path: Path) -> None:
    backbone = Backbone("m", "oracle", "", "f")
    row = {"item_id": "i", "task": "probe", "benchmark": "akb", "system": "", "user": "?", "options": ["a", "b"]}
    prompts = frame_of([{**row, "captioner": None, "answer": 0}], PROMPTS)
    frame = responses_frame(prompts, [0], [read_answer(ASKED, "k", Output(text="a dog", finish=LENGTH))], backbone)
    assert check(frame, RESPONSES, tmp_path)["finish"].to_list() == [LENGTH]
    assert frame.schema["finish"] == pl.String


def test_transformers_tells_an_end_from_a_cut(tiny_llama: Path) -> None:
    backbone = Backbone("m", "transformers", str(tiny_llama), "f", dtype="float32", max_model_len=512)
    engine = TransformersEngine(backbone, [])
    cut = replace(ASKED, options=(), sampling=Sampling(max_tokens=8, temperature=1.0))
    (_, first), *_ = engine.run([cut])
    assert (first.finish, first.output_tokens) == (LENGTH, 8)
    stopped = replace(cut, sampling=Sampling(max_tokens=8, temperature=1.0, stop=(first.text[0],)))
    (_, second), *_ = engine.run([stopped])
    assert second.finish == STOP
    engine._model.generation_config.eos_token_id = list(range(516))
    (_, third), *_ = engine.run([replace(cut, user="Another question?")])
    assert (third.finish, third.output_tokens) == (STOP, 0)


@pytest.mark.parametrize(("reason", "expected"), [("stop", STOP), ("length", LENGTH), ("tool_calls", None)])
def test_a_servers_reason_is_kept(reason: str, expected: str | None) -> None:
    message = SimpleNamespace(content="It is a", refusal=None, reasoning_content=None, reasoning=None)
    completion = SimpleNamespace(choices=[SimpleNamespace(message=message, finish_reason=reason)], usage=None)
    assert read_reply(completion, ASKED, 0.1, "here").finish == expected
