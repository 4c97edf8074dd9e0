from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from akb.errors import AkbError
from akb.llm.engine import Backbone, Output, Request, Sampling
from akb.llm.engines.branches import branch_out, output_of
from akb.llm.engines.transformers import TransformersEngine
from akb.llm.head import token_logprobs
from akb.llm.tree import Branches

OPTIONS = ("a dog", "a dog that barks twice", "Glocke, größer", "bell")
LONG = "Which of the following do you hear in the recording, before the first event and after the second one? "


def _backbone(folder: Path, **changes: object) -> Backbone:
    return replace(
        Backbone(name="tiny", engine="transformers", checkpoint=str(folder), fingerprint="f", dtype="float32"),
        **changes,  # type: ignore[arg-type]
    )


def _questions(count: int = 7, mode: str = "option") -> list[Request]:
    return [
        Request(f"i{n}", LONG + "dog " * (5 * n) + f"number {n}?", options=OPTIONS[: 2 + n % 3], mode=mode)  # type: ignore[arg-type]
        for n in range(count)
    ]


def _run(engine: TransformersEngine, requests: Sequence[Request]) -> list[Output]:
    outputs = dict(engine.run(requests))
    return [outputs[index] for index in range(len(requests))]


@pytest.fixture(params=["tiny_llama", "tiny_base", "tiny_gemma"])
def engine(request: pytest.FixtureRequest) -> TransformersEngine:
    return TransformersEngine(_backbone(request.getfixturevalue(request.param)), [])


@pytest.mark.parametrize("mode", ["option", "letter"])
@pytest.mark.parametrize("batch_tokens", [60, 1024])
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_packed_scores_are_those_of_separate_sequences(
    engine: TransformersEngine, mode: str, batch_tokens: int, attention: str
) -> None:
    assert engine._reader.branches
    engine._batch_tokens = batch_tokens
    if attention == "sdpa":
        engine._reader.plain_attention = 0
    requests = _questions(mode=mode)
    works = branch_out(requests, engine._chat, 4096)
    for request, work, packed in zip(requests, works, _run(engine, requests), strict=True):
        assert isinstance(work, Branches)
        (plain,) = engine.score_plainly([work])
        expected = output_of(request, work, plain, "bytes", 0.0)
        assert packed.option_logprobs == pytest.approx(expected.option_logprobs, abs=2e-6)


def test_attention_is_fused_where_its_scores_would_take_much_memory(tiny_llama: Path) -> None:
    engine = TransformersEngine(_backbone(tiny_llama), [])
    used = []
    for limit in (10**9, 10**4):
        engine._reader.plain_attention = limit
        _run(engine, _questions())
        used.append(engine._model.config._attn_implementation)
    assert used == ["eager", "sdpa"]


def test_an_attention_that_was_asked_for_is_kept(tiny_llama: Path) -> None:
    engine = TransformersEngine(_backbone(tiny_llama, engine_options={"attn_implementation": "sdpa"}), [])
    _run(engine, _questions())
    assert engine._model.config._attn_implementation == "sdpa"


def test_a_rotation_changes_no_option_score(engine: TransformersEngine) -> None:
    plain, turned = _run(engine, [_questions()[2], replace(_questions()[2], rotation=1)])
    assert turned.option_logprobs == pytest.approx(plain.option_logprobs, abs=2e-6)


def test_an_item_too_long_is_invalid_alone(tiny_llama: Path) -> None:
    requests = _questions(3)
    requests[1] = replace(requests[1], user="dog " * 200)
    outputs = _run(TransformersEngine(_backbone(tiny_llama, max_model_len=150), []), requests)
    assert [output.invalid for output in outputs] == [None, "prompt_too_long", None]


def test_an_empty_option_is_invalid_alone(tiny_llama: Path) -> None:
    requests = _questions(2)
    requests[0] = replace(requests[0], options=("dog", " "))
    outputs = _run(TransformersEngine(_backbone(tiny_llama), []), requests)
    assert [output.invalid for output in outputs] == ["empty_option", None]


@pytest.mark.parametrize("mode", ["option", "letter", "generate"])
def test_logits_that_are_no_numbers_are_named(tiny_llama: Path, mode: str) -> None:
    engine = TransformersEngine(_backbone(tiny_llama), [])
    with torch.no_grad():
        engine._model.model.norm.weight.fill_(float("nan"))
    requests = [replace(request, sampling=Sampling(max_tokens=3)) for request in _questions(2, mode)]
    assert {output.invalid for output in _run(engine, requests)} == {"nan_logits"}


def test_letters_have_a_total_probability(tiny_llama: Path) -> None:
    (output,) = _run(TransformersEngine(_backbone(tiny_llama), []), _questions(1, "letter"))
    assert output.letter_mass is not None
    assert 0 < output.letter_mass < 1


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_a_text_does_not_depend_on_its_neighbours(tiny_llama: Path, temperature: float) -> None:
    engine = TransformersEngine(_backbone(tiny_llama), [])
    sampling = Sampling(max_tokens=8, temperature=temperature, top_p=0.9)
    requests = [replace(request, sampling=sampling) for request in _questions(5, "generate")]
    together = [output.text for output in _run(engine, requests)]
    alone = [_run(engine, [request])[0].text for request in requests]
    assert together == alone


def test_generation_is_that_of_the_model_itself(tiny_base: Path) -> None:
    engine = TransformersEngine(_backbone(tiny_base), [])
    request = replace(_questions(1, "generate")[0], sampling=Sampling(max_tokens=6))
    ids = torch.tensor(engine._chat.ids([engine._chat.render(request)]))
    for _ in range(6):
        ids = torch.cat([ids, engine._model(ids).logits[:, -1].argmax(-1, keepdim=True)], dim=1)
    expected = engine._tokenizer.decode(ids[0, -6:], skip_special_tokens=True).strip()
    assert _run(engine, [request])[0].text == expected


def test_writing_behind_frozen_weights_copies_no_output_layer(tiny_llama: Path) -> None:
    engine = TransformersEngine(_backbone(tiny_llama, dtype="bfloat16"), [])
    engine._model.requires_grad_(False)
    requests = [replace(request, sampling=Sampling(max_tokens=2)) for request in _questions(5, "generate")]
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as seen:
        _run(engine, requests)
    head = list(engine._model.get_output_embeddings().weight.shape)
    copied = [event.input_shapes[0] for event in seen.events() if event.name == "aten::copy_"]
    assert not [shape for shape in copied if len(shape) == 3 and sorted(shape[1:]) == sorted(head)]


def test_a_json_schema_is_refused(tiny_llama: Path) -> None:
    request = replace(_questions(1, "generate")[0], sampling=Sampling(json_schema="{}"))
    with pytest.raises(AkbError, match="JSON schema"):
        _run(TransformersEngine(_backbone(tiny_llama), []), [request])


def test_stop_texts_end_a_generation(tiny_llama: Path) -> None:
    engine = TransformersEngine(_backbone(tiny_llama), [])
    sampling = Sampling(max_tokens=24, temperature=1.0)
    request = replace(_questions(1, "generate")[0], sampling=sampling)
    text = _run(engine, [request])[0].text
    stop = text[len(text) // 2]
    stopped = _run(engine, [replace(request, sampling=replace(sampling, stop=(stop,)))])[0].text
    assert stopped == text.split(stop)[0].strip()


@torch.inference_mode()
def test_in_bfloat16_options_of_one_token_do_not_tie(tiny_llama: Path) -> None:
    """Logits rounded to bfloat16 stand 0.125 apart at 20: of many options some would have exactly the same score."""
    engine = TransformersEngine(_backbone(tiny_llama, dtype="bfloat16"), [])
    model = engine._model
    weight = model.get_output_embeddings().weight
    hidden = torch.randn(3, weight.shape[1], generator=torch.Generator().manual_seed(0)).bfloat16() * 40
    tokens = list(range(50, 250))
    found = token_logprobs(model, hidden, [0] * 200 + [1] * 200 + [2] * 200, tokens * 3).reshape(3, 200)
    exact = (hidden.float() @ weight.float().T).log_softmax(-1)[:, tokens]
    assert [len(row.unique()) for row in found] == [200] * 3
    assert max(len(row.unique()) for row in (hidden @ weight.T).float()[:, tokens]) < 200
    assert found.numpy() == pytest.approx(exact.numpy(), abs=0.05)  # the sum over the vocabulary is over rounded logits


@torch.inference_mode()
def test_in_bfloat16_options_do_not_tie_where_trees_are_not_read(tiny_llama: Path) -> None:
    """The plain way has the model's own logits, and takes the options' own from the states that these were made of."""
    engine = TransformersEngine(_backbone(tiny_llama, dtype="bfloat16"), [])
    engine._model.get_output_embeddings().weight.mul_(60)
    stems, targets = [[5, 6, 7]] * 200, [[token] for token in range(50, 250)]
    found = torch.cat(engine._reader.plain_logprobs(stems, targets))
    rounded = engine._model(torch.tensor(stems[:1])).logits[0, -1, 50:250].float()
    assert len(rounded.unique()) < 195
    assert len(found.unique()) >= 199
