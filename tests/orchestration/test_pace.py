"""What only says how fast a job runs is told apart from what it computes."""

from __future__ import annotations

import json
import shlex

import pytest

from akb.llm import inference
from akb.orchestration.pace import ENGINE_OPTIONS, without_pace


def options(**engine_options: object) -> str:
    backbone = {"name": "a b", "engine": "vllm", "engine_options": engine_options}
    return f"--how option --backbone {shlex.quote(json.dumps(backbone))}"


def test_options_of_pace_are_those_that_the_item_store_passes_over() -> None:
    assert ENGINE_OPTIONS == inference._SPEED_OPTIONS


@pytest.mark.parametrize("given", [{"threads": 2}, {"gpu_memory_utilization": 0.8, "max_num_seqs": 16}])
def test_how_fast_an_engine_runs_is_no_difference(given: dict[str, object]) -> None:
    assert without_pace(options(**given)) == without_pace(options())
    assert without_pace("""'{"engine_options": {"threads": 2}}'""") == without_pace("{}")


def test_what_an_engine_does_is_one() -> None:
    assert without_pace(options(quantization="fp8", threads=2)) != without_pace(options(threads=2))
    assert without_pace(options(base_url="http://a", threads=2)) != without_pace(options(base_url="http://b"))


def test_a_training_in_parts_or_with_layers_computed_twice_is_the_same_training() -> None:
    assert without_pace("--steps 5 --part-tokens 4096 --checkpointing --lr 0.1") == ("--steps", "5", "--lr", "0.1")
    assert without_pace("--steps 5 --shard-backbone") != without_pace("--steps 6")


@pytest.mark.parametrize("text", ["script:1f2e3d4c lalm.model:0a1b2c3d", "it's", "{no json", ""])
def test_a_text_that_is_no_options_stays_another_than_every_other(text: str) -> None:
    assert without_pace(text) != without_pace(text + "x")
