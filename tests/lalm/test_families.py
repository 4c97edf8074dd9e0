"""Every family is heard through branches as through plain sequences, or the plain way is taken by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from families import FAMILIES, PLAIN, enlarge, write_family

from akb.errors import AkbError
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.model import Clip, Lalm
from akb.lalm.recipe import Example, Recipe
from akb.lalm.training import train
from akb.llm.engine import Backbone, Request
from akb.llm.engines.branches import branch_out
from akb.llm.engines.transformers import TransformersEngine
from akb.llm.tree import Branches
from akb.settings.training import Training


@pytest.fixture(scope="module", params=FAMILIES)
def family(
    request: pytest.FixtureRequest, tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Backbone]:
    from transformers import AutoTokenizer

    folder = tmp_path_factory.mktemp(request.param)
    write_family(request.param, AutoTokenizer.from_pretrained(tiny_llama), folder)
    return request.param, Backbone(request.param, "transformers", str(folder), "f", dtype="float32", max_model_len=512)


@pytest.fixture(scope="module")
def lalm(family: tuple[str, Backbone]) -> Lalm:
    return Lalm.load(family[1])


def audio_of(lalm: Lalm, rows: int) -> torch.Tensor:
    tokens = torch.arange(rows * 5).reshape(rows, 5) * 7 + 40
    return lalm.embedded(tokens).detach() * 0.7


def asked(lalm: Lalm) -> list[Clip]:
    answers = ("a dog", "two loud bells", "a bell and a dog and then rain")
    branches = tuple(lalm.branch("What do you hear in the clip?", (), answer, end=True) for answer in answers)
    return [Clip(lalm.prompt.trunk("hello there"), branches), Clip((), branches[1:])]


def alone(lalm: Lalm, clip: Clip, audio: torch.Tensor) -> list[torch.Tensor]:
    """Each branch as a sequence of its own: the model's own masks, positions and head."""
    found = []
    for branch in clip.branches:
        ids = [*lalm.head.tokens, *[lalm.prompt.filler] * audio.shape[1], *clip.trunk, *branch.prompt, *branch.target]
        place = torch.zeros(1, len(ids), dtype=torch.bool)
        place[:, len(lalm.head.tokens) : len(lalm.head.tokens) + audio.shape[1]] = True
        with lalm.reader.hearing(audio, place), torch.no_grad():
            logprobs = lalm.model(input_ids=torch.tensor([ids])).logits[0].float().log_softmax(-1)
        count = len(branch.target)
        found.append(logprobs[-count - 1 : -1].gather(1, torch.tensor(branch.target)[:, None])[:, 0])
    return found


def test_trees_are_read_where_layers_keep_branches_apart(family: tuple[str, Backbone], lalm: Lalm) -> None:
    assert lalm.reader.branches is (family[0] not in PLAIN)


def test_branches_are_scored_like_sequences_of_their_own(lalm: Lalm) -> None:
    clips, audio = asked(lalm), audio_of(lalm, 2)
    with torch.no_grad():
        together = lalm.target_logprobs(clips, audio)
    for row, clip in enumerate(clips):
        for found, plain in zip(together[row], alone(lalm, clip, audio[row : row + 1]), strict=True):
            torch.testing.assert_close(found, plain, rtol=1e-4, atol=1e-4)
    scores = torch.cat([branch for clip in together for branch in clip])
    assert scores.std() > 0.1  # else any wrong way would agree, too


def test_the_audio_is_heard_and_alone_gets_gradients(lalm: Lalm) -> None:
    audio = audio_of(lalm, 2).requires_grad_()
    logprobs = lalm.target_logprobs(asked(lalm), audio)
    torch.autograd.backward(-torch.stack([branch.mean() for clip in logprobs for branch in clip]).mean())
    assert audio.grad is not None and bool((audio.grad.abs().sum(dim=(1, 2)) > 0).all())
    assert all(parameter.grad is None for parameter in lalm.model.parameters())


def test_a_step_of_the_optimiser_changes_the_connector_alone(lalm: Lalm) -> None:
    connector = Connector(ConnectorShape(2, 12, lalm.width, queries=4, width=16, depth=1, heads=2))
    question = lalm.branch("What do you hear?", ("a dog", "two bells"), "a dog", end=True)
    examples = [Example(f"c{n}", "", "a dog", (question,)) for n in range(2)]
    features = {f"c{n}": torch.randn(2, 6, 12, generator=torch.Generator().manual_seed(n)) for n in range(2)}
    recipe = Recipe.of(Training(steps=1, align_steps=1, clips_per_step=2, align_clips_per_step=2, choice=0.5))
    weights = {name: value.clone() for name, value in lalm.model.state_dict().items()}
    before = {name: value.clone() for name, value in connector.named_parameters()}
    train(lalm, connector, examples, [], features, recipe)
    assert all(torch.equal(weights[name], value) for name, value in lalm.model.state_dict().items())
    assert any(not torch.equal(before[name], value) for name, value in connector.named_parameters())


def test_packed_text_scores_are_those_of_separate_sequences(family: tuple[str, Backbone]) -> None:
    engine = TransformersEngine(family[1], [])
    assert engine._reader.branches is (family[0] not in PLAIN)
    options = ("a dog", "a dog that barks twice", "bell")
    requests = [
        Request(f"i{n}", "What do you hear? " * 3 + "dog " * n, options=options, mode="option") for n in range(3)
    ]
    works = [work for work in branch_out(requests, engine._chat, 512) if isinstance(work, Branches)]
    for work, item in zip(works, engine.score(works), strict=True):
        for branch, found in zip(work.branches, item, strict=True):
            with torch.no_grad():
                logprobs = engine._model(input_ids=torch.tensor([work.stem + branch])).logits[0].float().log_softmax(-1)
            plain = [float(logprobs[len(work.stem) - 1 + place, token]) for place, token in enumerate(branch)]
            assert found == pytest.approx(plain, abs=1e-4)


@pytest.mark.parametrize("kind", ["bert", "t5"])
def test_what_is_no_causal_language_model_is_refused_with_a_reason(kind: str, tmp_path: Path, tiny_llama: Path) -> None:
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 600}
    config = AutoConfig.for_model(kind, **sizes)
    if kind == "bert":  # counts as one, and sees to both sides
        model = AutoModelForCausalLM.from_config(config)
        enlarge(model)
        model.save_pretrained(tmp_path)
    else:
        config.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(tiny_llama).save_pretrained(tmp_path)
    with pytest.raises(AkbError, match="not a causal language model"):
        Lalm.load(Backbone("b", "transformers", str(tmp_path), "f", dtype="float32"))


def test_damaged_weights_are_refused_before_anything_is_spent(tiny_llama: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    with torch.no_grad():
        model.model.norm.weight.fill_(float("nan"))
    model.save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(tiny_llama).save_pretrained(tmp_path)
    with pytest.raises(AkbError, match="not numbers"):
        Lalm.load(Backbone("b", "transformers", str(tmp_path), "f", dtype="float32"))
