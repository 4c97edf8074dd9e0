"""The estimate of memory against what autograd really keeps, and the sizes that are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from akb.lalm import adapter
from akb.lalm.connector import Connector, ConnectorShape
from akb.llm.checkpointing import checkpoint_layers
from akb.llm.memory import (
    Load,
    adapter_parameters,
    answering_need,
    connector_parameters,
    nominal,
    shape_of,
    shape_of_config,
    share_of_peak,
    training_need,
)

QWEN3_14B = {
    "hidden_size": 5120,
    "num_hidden_layers": 40,
    "num_attention_heads": 40,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "intermediate_size": 17408,
    "vocab_size": 151936,
}
SMALL = {
    "hidden_size": 256,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "intermediate_size": 700,
    "vocab_size": 300,
}


def model_of(family: str) -> Any:
    import transformers

    config = getattr(transformers, f"{family}Config")(**SMALL, max_position_embeddings=512, pad_token_id=0)
    torch.manual_seed(0)
    return getattr(transformers, f"{family}ForCausalLM")(config).requires_grad_(False).eval()


def kept(model: Any, tokens: int) -> int:
    """Bytes that a pass keeps for the way back, weights apart."""
    weights = {parameter.data_ptr() for parameter in model.parameters()}
    stored: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.data_ptr() not in weights:
            stored[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    audio = torch.randn(1, tokens, SMALL["hidden_size"]).requires_grad_()
    mask = torch.ones(1, 1, tokens, tokens, dtype=torch.bool).tril()  # trees have one, so key heads are repeated
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        model.base_model(inputs_embeds=audio, attention_mask=mask, use_cache=False).last_hidden_state.sum()
    return sum(stored.values())


@pytest.mark.parametrize("family", ["Llama", "Qwen3", "Qwen2", "Mistral"])
@pytest.mark.parametrize("twice", [False, True])
def test_what_is_kept_for_the_way_back_is_what_was_estimated(family: str, twice: bool) -> None:
    model, tokens = model_of(family), 128
    if twice:
        assert checkpoint_layers(model)
    shape = shape_of_config(SMALL, 1.0, "float32")
    need = training_need(shape, Load(tokens, 0), 0, checkpointing=twice, cuda=False)
    assert kept(model, tokens) == pytest.approx(need.kept, rel=0.35)


def test_an_adapter_keeps_the_inputs_of_its_layers_too() -> None:
    model, tokens = model_of("Llama"), 128
    adapter.attach(model, 4, 8.0)
    shape = shape_of_config(SMALL, 1.0, "float32")
    need = training_need(shape, Load(tokens, 0), 0, checkpointing=False, lora_rank=4, cuda=False)
    # In float32 the copies of the inputs are the inputs themselves, so less is kept than on a GPU.
    assert 0.5 * need.kept <= kept(model, tokens) <= 1.1 * need.kept
    assert sum(p.numel() for p in adapter.learnt(model)) == adapter_parameters(shape, 4)


@pytest.mark.parametrize(("words", "plain"), [(0, True), (90, False), (0, False)])
def test_a_connector_s_parameters_are_counted_as_it_has_them(words: int, plain: bool) -> None:
    connector = Connector(ConnectorShape(4, 24, 40, 6, 16, 3, 2, statistics=not plain, words=words))
    counted = connector_parameters(
        layers=4, encoder=24, hidden=40, queries=6, width=16, depth=3, words=words, plain=plain
    )
    assert counted == pytest.approx(sum(p.numel() for p in connector.parameters()), rel=0.01)


def test_a_14b_backbone_with_long_answers_fits_80_gb_in_parts_and_not_as_a_whole_step() -> None:
    shape = shape_of_config(QWEN3_14B, 14.8e9, "bfloat16")
    whole = training_need(shape, Load(12 * 520, 3600), 157e6, checkpointing=False)
    parts = training_need(shape, Load(16384, 3600), 157e6, checkpointing=True)
    assert whole.total > 80e9 > parts.total
    assert whole.weights == pytest.approx(29.6e9)
    assert "weights 29.6" in whole.told()


def test_more_tokens_more_layers_and_more_rank_take_more() -> None:
    small, large = nominal(1e9, "bfloat16"), nominal(14e9, "bfloat16")
    load = Load(4096, 600)
    needs = [
        training_need(small, load, 1e8, checkpointing=True),
        training_need(large, load, 1e8, checkpointing=True),
        training_need(large, load, 1e8, checkpointing=False),
        training_need(large, load, 1e8, checkpointing=False, lora_rank=16),
    ]
    totals = [need.total for need in needs]
    assert totals == sorted(totals) and len(set(totals)) == 4
    assert answering_need(large, 16384, 0, learnt=1e8).total < needs[1].total + 20e9


@pytest.mark.parametrize(("parameters", "layers", "hidden"), [(8e9, 36, 4096), (14e9, 40, 5120), (1.2e9, 16, 2048)])
def test_the_usual_shape_of_a_size_is_near_the_real_ones(parameters: float, layers: int, hidden: int) -> None:
    shape = nominal(parameters, "bfloat16")
    assert shape.layers == pytest.approx(layers, rel=0.25)
    assert shape.hidden == pytest.approx(hidden, rel=0.25)


def test_a_checkpoint_tells_its_shape_and_a_folder_without_one_tells_none(tmp_path: Path, tiny_llama: Path) -> None:
    shape = shape_of(tiny_llama, None, "float32")
    assert shape and (shape.hidden, shape.layers, shape.size) == (64, 2, 4)
    assert shape.parameters == pytest.approx(64 * 1000 + 2 * (64 * 64 * 3 + 3 * 64 * 128), rel=0.6)
    assert shape_of(tmp_path, None, "float32") is None
    (tmp_path / "config.json").write_text("[]")
    assert shape_of(tmp_path, None, "float32") is None


def test_the_share_of_peak_is_that_of_known_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "NVIDIA H100 80GB HBM3")
    device = torch.device("cuda", 0)
    assert share_of_peak(9.89e14 / (4 * 8e9), 8e9, device, 1) == pytest.approx(1)
    assert share_of_peak(9.89e14 / (4 * 8e9), 8e9, device, 4) == pytest.approx(0.25)
    assert share_of_peak(1e4, 8e9, torch.device("cpu"), 1) is None
    assert share_of_peak(0.0, 8e9, device, 1) is None
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "a GPU of tomorrow")
    assert share_of_peak(1e4, 8e9, device, 1) is None
