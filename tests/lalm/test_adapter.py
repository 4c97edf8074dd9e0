"""A low-rank adapter on the backbone: it learns with the connector, travels with it, and is never left behind."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path

import pytest
import torch
from tiny_training import RECIPE, connector_of, killed_after, trained

from akb.errors import AkbError
from akb.lalm import adapter
from akb.lalm.connector import load_connector, save_connector
from akb.lalm.hearing import Heard, HearingEngine
from akb.lalm.model import Clip, Lalm
from akb.llm.checkpointing import checkpoint_layers
from akb.llm.engine import Backbone, Request

LORA = dataclasses.replace(RECIPE, lora_rank=2, lora_alpha=8.0)


def loaded(folder: Path, *, adapted: bool = True) -> Lalm:
    lalm = Lalm.load(Backbone("tiny", "transformers", str(folder), "f", dtype="float32"))
    if adapted:
        torch.manual_seed(0)
        lalm.adapt(LORA.lora_rank, LORA.lora_alpha)
    return lalm


def moved(lalm: Lalm) -> None:
    """An adapter begins as nothing; a learnt one is something."""
    with torch.no_grad():
        for number, parameter in enumerate(adapter.learnt(lalm.model)):
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number)) * 0.1)


def gradients(lalm: Lalm) -> list[torch.Tensor]:
    audio = torch.randn(2, 4, lalm.width, generator=torch.Generator().manual_seed(0)) * 0.1
    clips = [
        Clip(lalm.prompt.trunk("hello"), tuple(lalm.branch(text, (), "a dog", end=True) for text in ("What?", "And?")))
    ] * 2
    loss = -torch.stack([b.mean() for clip in lalm.target_logprobs(clips, audio) for b in clip]).mean()
    return list(torch.autograd.grad(loss, adapter.learnt(lalm.model)))


def test_only_the_adapter_learns_and_a_new_one_changes_nothing(tiny_llama: Path) -> None:
    plain, worn = loaded(tiny_llama, adapted=False), loaded(tiny_llama)
    clips = [Clip((), (plain.branch("What?", (), "a dog", end=True),))]
    assert torch.equal(plain.target_logprobs(clips, None)[0][0], worn.target_logprobs(clips, None)[0][0].detach())
    before = copy.deepcopy(worn.model.state_dict())
    connector, _ = trained(worn, LORA)
    changed = {name for name, value in worn.model.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {name for name, _ in worn.model.named_parameters() if "lora_" in name}
    assert connector.adapter is not None and connector.adapter.weights.keys() == changed


@pytest.mark.parametrize("model", ["tiny_llama", "tiny_gemma"])
def test_the_opening_learns_too(model: str, request: pytest.FixtureRequest) -> None:
    lalm = loaded(request.getfixturevalue(model))
    moved(lalm)
    shared = gradients(lalm)
    lalm.reader.branches = False  # every path as a sequence of its own, its opening among it
    for one, other in zip(shared, gradients(lalm), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


def test_layers_that_are_computed_twice_give_the_adapter_the_same_gradients(tiny_llama: Path) -> None:
    lalm = loaded(tiny_llama)
    moved(lalm)
    before = gradients(lalm)
    assert checkpoint_layers(lalm.model)
    for one, other in zip(before, gradients(lalm), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("step", [4, 13])
def test_a_training_with_an_adapter_ends_bit_for_bit_as_if_it_had_not_been_killed(
    tiny_llama: Path, tmp_path: Path, step: int
) -> None:
    whole, _ = trained(loaded(tiny_llama), LORA, dropout=0.3)
    with killed_after(step):
        trained(loaded(tiny_llama), LORA, dropout=0.3, state=tmp_path / "state.pt")
    resumed, _ = trained(loaded(tiny_llama), LORA, dropout=0.3, state=tmp_path / "state.pt")
    assert whole.adapter and resumed.adapter
    for one, other in ((whole.state_dict(), resumed.state_dict()), (whole.adapter.weights, resumed.adapter.weights)):
        assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_the_listener_wears_what_was_trained_and_without_it_there_is_an_error(tiny_llama: Path, tmp_path: Path) -> None:
    lalm = loaded(tiny_llama)
    connector, _ = trained(lalm, LORA)
    moved(lalm)
    connector.adapter = adapter.taken(lalm.model, 2, 8.0)
    save_connector(connector, tmp_path / "c.safetensors", {})
    kept, _ = load_connector(tmp_path / "c.safetensors")
    assert kept.adapter and (kept.adapter.rank, kept.adapter.alpha) == (2, 8.0)
    features = {"c0": torch.randn(2, 5, 12)}
    listener = loaded(tiny_llama, adapted=False)

    def engine(listening: Lalm) -> HearingEngine:
        return HearingEngine(listening, kept, {"e": Heard("c0", ""), "": Heard(None, "")}, features, "none", 512, 512)

    with pytest.raises(AkbError, match="low-rank adapter"):
        engine(listener)
    before = scores(
        HearingEngine(listener, connector_of(lalm), {"": Heard(None, "")}, features, "none", 512, 512), [""]
    )
    listener.wear(kept.adapter, "c.safetensors")
    audible = scores(engine(listener), ["e", ""])
    lalm.wear(connector.adapter, "")  # the trained one, its opening read anew
    assert audible == pytest.approx(scores(engine(lalm), ["e", ""]), abs=1e-5)
    assert audible[4:] != pytest.approx(before, abs=1e-3), "the backbone itself answers otherwise"
    with pytest.raises(AkbError, match="was not trained with"):
        HearingEngine(listener, connector_of(lalm), {}, features, "none", 512, 512)


def scores(engine: HearingEngine, evidence: list[str]) -> list[float]:
    options = ("a dog", "a bell", "rain", "a piano")
    asked = [Request("i", "What?", options=options, mode="option", evidence=each) for each in evidence]
    found = dict(engine.run(asked))
    return [value for index in range(len(asked)) for value in found[index].option_logprobs or ()]


def test_another_backbone_s_adapter_is_refused(tiny_llama: Path, tiny_gemma: Path) -> None:
    lalm = loaded(tiny_llama)
    made = adapter.taken(lalm.model, 2, 8.0)
    with pytest.raises(AkbError, match="another backbone's"):
        loaded(tiny_gemma, adapted=False).wear(made, "c.safetensors")


def test_a_connector_without_an_adapter_has_the_file_that_it_always_had(tiny_llama: Path, tmp_path: Path) -> None:
    from safetensors import safe_open

    connector = connector_of(loaded(tiny_llama, adapted=False))
    save_connector(connector, tmp_path / "c.safetensors", {})
    with safe_open(tmp_path / "c.safetensors", framework="pt") as file:
        assert set(file.metadata()) == {"shape", "prompt"}
        assert set(file.keys()) == set(connector.state_dict())
