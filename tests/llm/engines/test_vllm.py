import importlib.util
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from akb.errors import AkbError
from akb.llm.engine import Backbone, Mode, Request, Sampling
from akb.llm.engines import vllm_version
from akb.llm.engines.vllm import VllmEngine
from akb.llm.engines.vllm_places import Waiting, scoring_params
from akb.llm.engines.vllm_version import family_options, require_exact_scores
from akb.llm.tree import Branches

OPTIONS = ("a dog", "a dog that barks twice", "Glocke, größer", "bell")
LONG = "Which of the following do you hear in the recording, before the first event and after the second one? "


def test_more_devices_than_there_are_is_an_error_before_anything_is_loaded(tiny_llama: Path) -> None:
    backbone = Backbone("m", "vllm", str(tiny_llama), "f", engine_options={"tensor_parallel_size": 64})
    with pytest.raises(AkbError, match="wants 64 devices"):
        VllmEngine(backbone, [])


def test_options_that_begin_alike_share_their_requests() -> None:
    item = Waiting(Branches((1, 2), ((5, 6, 7), (5, 8))))
    assert item.prefixes == {(): {5}, (5,): {6, 8}, (5, 6): {7}}


def test_an_item_is_scored_when_its_last_request_is_in() -> None:
    item = Waiting(Branches((1, 2), ((5, 6), (7,))))
    item.fill(1, {6: -0.5}, 0.1)
    assert not item.is_full()
    item.fill(0, {5: -1.0, 7: -2.0}, 0.1)
    assert item.is_full()
    assert item.scores() == [[-1.0, -0.5], [-2.0]]


def test_a_place_that_is_asked_about_token_by_token_is_full_with_the_last() -> None:
    item = Waiting(Branches((1, 2), ((5, 6), (7,))))
    item.fill(0, {7: -2.0}, 0.1)
    item.fill(1, {6: -0.5}, 0.1)
    assert not item.is_full()
    item.fill(0, {5: -1.0}, 0.1)
    assert item.is_full()
    assert item.scores() == [[-1.0, -0.5], [-2.0]]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        (("logprob_token_ids", "logprobs"), [{"logprob_token_ids": [5, 7]}]),
        (("logprobs",), [{"logprobs": 0, "allowed_token_ids": [5]}, {"logprobs": 0, "allowed_token_ids": [7]}]),
    ],
)
def test_a_vllm_that_does_not_tell_of_several_tokens_is_asked_about_each(
    fields: tuple[str, ...], asked: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Params(dict[str, Any]):
        __struct_fields__ = fields

    module = types.ModuleType("vllm.sampling_params")
    module.RequestOutputKind = types.SimpleNamespace(FINAL_ONLY="final")  # type: ignore[attr-defined]
    package = types.ModuleType("vllm")
    package.SamplingParams = Params  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "vllm", package)
    monkeypatch.setitem(sys.modules, "vllm.sampling_params", module)
    names = ("logprobs", "allowed_token_ids", "logprob_token_ids")
    assert [{key: way[key] for key in names if key in way} for way in scoring_params({7, 5})] == asked


@pytest.mark.parametrize(
    ("vllm", "dtype", "options"),
    [
        ("0.32.0", "bfloat16", {}),
        ("0.26.0+cpu", "bfloat16", {}),
        ("0.19.1", "float32", {}),
        ("0.19.1", "float16", {"hf_overrides": {"head_dtype": "model"}}),
        ("", "bfloat16", {}),  # none is installed: that is said elsewhere
    ],
)
def test_options_are_scored_by_logits_that_are_not_rounded(vllm: str, dtype: str, options: dict[str, Any]) -> None:
    require_exact_scores("m", dtype, options, vllm)


@pytest.mark.parametrize(("vllm", "dtype"), [("0.25.1", "bfloat16"), ("0.19.1", "float16"), ("0.19.1", "auto")])
def test_a_vllm_that_rounds_logits_is_refused_before_anything_is_loaded(
    vllm: str, dtype: Literal["bfloat16", "float16", "auto"], tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vllm_version, "installed", lambda: vllm)
    backbone = Backbone("m", "vllm", str(tiny_llama), "f", dtype=dtype)
    with pytest.raises(AkbError, match=rf"vLLM {vllm} .*rounded to {dtype}(.|\n)*engine: transformers"):
        VllmEngine(backbone, [Request("i", "?", options=OPTIONS, mode="option")])


def test_a_family_that_an_older_vllm_cannot_read_is_run_by_transformers_code() -> None:
    assert family_options("olmo3", "0.19.1") == {"model_impl": "transformers"}
    assert family_options("olmo3", "0.32.0") == family_options("qwen3", "0.19.1") == {}


@pytest.fixture(scope="module")
def real(tiny_llama: Path) -> Iterator[VllmEngine]:
    """vLLM itself, in full precision, so that it can be held against another engine."""
    if importlib.util.find_spec("vllm") is None:
        pytest.skip("vllm is not installed")
    few_at_once = {"max_num_seqs": 8}
    engine = VllmEngine(_backbone(tiny_llama, "vllm", few_at_once), [])
    yield engine
    engine.close()


def _backbone(folder: Path, engine: Literal["vllm", "transformers"], options: dict[str, Any] | None = None) -> Backbone:
    spec = Backbone("tiny", engine, str(folder), "f", dtype="float32", max_model_len=512)
    return replace(spec, engine_options=options or {})


def _questions(mode: Mode) -> list[Request]:
    sampling = Sampling(max_tokens=12)
    return [
        Request(f"i{n}", LONG + "dog " * (7 * n) + f"number {n}?", options=OPTIONS, mode=mode, sampling=sampling)
        for n in range(7)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["option", "letter", "generate"])
def test_it_says_what_transformers_says(real: VllmEngine, tiny_llama: Path, mode: Mode) -> None:
    from akb.llm.engines.transformers import TransformersEngine

    other = TransformersEngine(_backbone(tiny_llama, "transformers"), [])
    ours, theirs = dict(real.run(_questions(mode))), dict(other.run(_questions(mode)))
    assert ours.keys() == theirs.keys() == set(range(7))
    for index, output in theirs.items():
        assert (ours[index].text, ours[index].prompt_tokens) == (output.text, output.prompt_tokens)
        if mode != "generate":
            assert ours[index].option_logprobs == pytest.approx(output.option_logprobs, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["option", "letter", "generate"])
def test_more_items_than_it_takes_at_once_and_one_too_long(real: VllmEngine, mode: Mode) -> None:
    requests = [
        Request(f"i{n}", f"number {n}?", options=OPTIONS, mode=mode, sampling=Sampling(max_tokens=2)) for n in range(40)
    ]
    requests.insert(5, Request("long", "dog " * 600, options=OPTIONS, mode=mode))
    outputs = list(real.run(requests))
    assert sorted(index for index, _ in outputs) == list(range(41))
    assert [index for index, output in outputs if output.invalid == "prompt_too_long"] == [5]


@pytest.fixture(scope="module")
def broken(real: VllmEngine, tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmEngine]:
    """A model in which one token's embedding is not a number."""
    engine = VllmEngine(_backbone(_with_a_broken_token(tiny_llama, tmp_path_factory.mktemp("broken"), "#"), "vllm"), [])
    yield engine
    engine.close()


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["option", "letter", "generate"])
def test_logits_that_are_not_numbers_spoil_their_own_item_alone(broken: VllmEngine, mode: Mode) -> None:
    requests = [
        Request(f"i{n}", f"number {n}?", options=OPTIONS, mode=mode, sampling=Sampling(max_tokens=4)) for n in range(6)
    ]
    requests.insert(2, Request("broken", "number #?", options=OPTIONS, mode=mode, sampling=Sampling(max_tokens=4)))
    outputs = dict(broken.run(requests))
    assert [outputs[index].invalid for index in range(7)] == [None, None, "nan_logits", *[None] * 4]


def _with_a_broken_token(model: Path, folder: Path, text: str) -> Path:
    """The model, with NaN in the embedding of the token for `text`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, broken = AutoTokenizer.from_pretrained(model), AutoModelForCausalLM.from_pretrained(model)
    (token,) = tokenizer(text, add_special_tokens=False)["input_ids"]
    weights = broken.get_input_embeddings().weight
    broken.set_output_embeddings(torch.nn.Linear(*reversed(weights.shape), bias=False))  # else all logits break
    broken.config.tie_word_embeddings = False
    with torch.no_grad():
        weights[token] = float("nan")
    broken.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
