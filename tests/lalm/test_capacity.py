"""A training or a listener that would not fit is refused before a weight is loaded, with the estimate beside what
there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import torch
from tiny_training import connector_of

from akb.errors import AkbError
from akb.lalm import capacity, finetuning
from akb.lalm.capacity import memory_of, require_memory, require_memory_to_answer
from akb.lalm.model import Lalm
from akb.lalm.processes import Processes
from akb.lalm.prompt import Wording
from akb.llm.engine import Backbone
from akb.settings.training import Training
from akb.tables import DISTIL, frame_of


@pytest.fixture
def backbone(tiny_llama: Path) -> Backbone:
    return Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="float32")


def table(answer: str = "a dog") -> pl.LazyFrame:
    row = {"clip_id": "c0", "group": "g", "question": "What do you hear?", "response": answer, "words": "a dog"}
    return frame_of([row], DISTIL).lazy()


FEATURES = {"c0": torch.zeros(2, 30, 12, dtype=torch.bfloat16)}
ALONE = Processes.alone("cpu")


def test_what_fits_is_let_pass_and_what_does_not_is_refused_before_it_is_loaded(
    backbone: Backbone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_memory(table(), FEATURES, backbone, Training(), Wording(), ALONE)
    monkeypatch.setattr(capacity, "memory_of", lambda device: 1e8)
    monkeypatch.setattr(Lalm, "load", lambda *_: pytest.fail("weights were loaded"))
    with pytest.raises(AkbError, match=r"would not fit: about [\d.]+ GB .*this machine has 0\.1 GB") as refused:
        finetuning.finetune(table(), pl.DataFrame(), FEATURES, backbone, tmp_path / "state.pt", Training())
    assert "part_tokens" in refused.value.remedy


def test_longer_answers_need_more_and_fewer_tokens_at_once_less(
    backbone: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs: list[float] = []
    monkeypatch.setattr(capacity, "_require", lambda need, *_: needs.append(need.total))
    for answer, options in (
        ("a dog", Training()),
        ("a dog " * 500, Training()),
        ("a dog " * 500, Training(part_tokens=1500)),
        ("a dog " * 500, Training(part_tokens=1500, checkpointing=True)),
        ("a dog " * 500, Training(part_tokens=1500, lora_rank=64)),
    ):
        require_memory(table(answer), FEATURES, backbone, options, Wording(), ALONE)
    short, long, parts, twice, adapted = needs
    assert short < long and twice < parts < long and adapted > parts


def test_of_a_split_backbone_each_process_needs_less(backbone: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    needs: list[float] = []
    monkeypatch.setattr(capacity, "_require", lambda need, *_: needs.append(need.weights))
    shape = capacity._shape(backbone)
    assert shape is not None
    for options, count in ((Training(), 8), (Training(shard_backbone=True), 1), (Training(shard_backbone=True), 8)):
        with monkeypatch.context() as patched:
            patched.setattr(capacity, "_shape", lambda _: replace(shape, layers=40, parameters=14e9, size=2))
            processes = Processes(0, count, torch.device("cpu"))
            require_memory(table(), FEATURES, backbone, options, Wording(), processes)
    # An eighth of every layer, and three of 40 layers at once.
    assert needs[0] == needs[1] == 28e9 and needs[2] == pytest.approx(28e9 * (1 / 8 + 3 / 40), rel=0.01)


def test_a_checkpoint_that_tells_no_sizes_is_not_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "memory_of", lambda device: 1.0)
    unknown = Backbone("odd", "transformers", str(tmp_path), "f", dtype="float32")
    require_memory(table(), FEATURES, unknown, Training(), Wording(), ALONE)
    require_memory(table(), {}, unknown, Training(), Wording(), ALONE)


def test_a_listener_that_would_not_fit_is_refused(
    backbone: Backbone, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = connector_of(Lalm.load(backbone))
    require_memory_to_answer(backbone, connector, 1024, True, "cpu")
    monkeypatch.setattr(capacity, "memory_of", lambda device: 1e7)
    with pytest.raises(AkbError, match="would not fit") as refused:
        require_memory_to_answer(backbone, connector, 1024, True, "cpu")
    assert "batch_tokens" in refused.value.remedy


def test_this_machine_has_memory() -> None:
    assert memory_of(torch.device("cpu")) > 1e9
