"""Where a model is put: straight to its GPU, and never to the CPU in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from akb.errors import AkbError
from akb.llm.engine import Backbone
from akb.llm.loading import device_of, load


@pytest.mark.parametrize(
    ("device", "options", "placed"),
    [("cpu", {}, None), ("cuda:1", {}, {"": "cuda:1"}), ("cuda", {"device_map": "auto"}, "auto")],
)
def test_weights_are_read_straight_to_the_gpu(
    tiny_llama: Path, monkeypatch: pytest.MonkeyPatch, device: str, options: dict[str, Any], placed: object
) -> None:
    seen: dict[str, Any] = {}
    real = AutoModelForCausalLM.from_pretrained

    def read(path: str, **given: Any) -> Any:
        seen.update(given)
        given.pop("device_map", None)
        return real(path, **given)

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", read)
    load(Backbone("tiny", "transformers", str(tiny_llama), "f", dtype="auto"), device, options)
    assert seen.get("device_map") == placed
    assert seen["dtype"] == "auto"


def test_what_was_given_gpus_does_not_run_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device_of({}) == device_of({"AKB_GPUS": "0"}) == "cpu"
    with pytest.raises(AkbError, match="2 GPUs were asked for, and torch can use none"):
        device_of({"AKB_GPUS": "2"})
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device_of({"AKB_GPUS": "2"}) == "cuda"
