"""Free text from a Hugging Face model, batched; what one item says does not depend on its neighbours.

Prompts are sorted by length and padded on the left. Sampling draws from a stream of each item's own
(Gumbel noise added to the filtered logits, then the maximum), so that an interrupted run ends in the
same texts as an undisturbed one.

    for index, output in generate(requests, model, tokenizer, chat, limit=2048, batch_tokens=1024): ...
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList

from akb.batching import batches
from akb.errors import AkbError
from akb.llm.chat import Chat
from akb.llm.end_of_turn import stop_tokens
from akb.llm.engine import LENGTH, STOP, Output, Request, Sampling


def generate(
    requests: Sequence[Request],
    model: Any,
    tokenizer: Any,
    chat: Chat,
    limit: int,
    batch_tokens: int,
    *,
    same_length: bool = False,
) -> Iterator[tuple[int, Output]]:
    """Yield (index, output) a batch at a time. limit: prompt and answer together, in tokens. same_length: only prompts
    of one length run together, for models whose layers keep a state that padding would change.

    Raises AkbError for a request with a JSON schema: this engine cannot force one.
    """
    prompts = [chat.render(request) for request in requests]
    asked = [Asked(text, ids) for text, ids in zip(prompts, chat.ids(prompts), strict=True)]
    yield from write(requests, asked, model, tokenizer, chat, limit, batch_tokens, same_length=same_length)


@dataclass(frozen=True)
class Asked:
    """A rendered prompt and its tokens. Where audio stands among them the text has nothing and the tokens fillers."""

    text: str
    ids: Sequence[int]


def write(
    requests: Sequence[Request],
    asked: Sequence[Asked],
    model: Any,
    tokenizer: Any,
    chat: Chat,
    limit: int,
    batch_tokens: int,
    *,
    same_length: bool = False,
    hearing: Callable[[Sequence[int], int], AbstractContextManager[None]] | None = None,
) -> Iterator[tuple[int, Output]]:
    """`generate` for prompts that are tokens already. hearing: (the indices of a batch, its width) → what the batch
    runs in: it puts audio into the places of fillers, counted in rows that are padded on the left to that width."""
    todo = []
    for index, request in enumerate(requests):
        if request.sampling.json_schema:
            raise AkbError(
                "the transformers engine cannot force a JSON schema",
                where=f"item {request.item_id}",
                remedy="set `engine: vllm` or `engine: openai` for this backbone",
            )
        if len(asked[index].ids) >= limit:
            yield index, Output(invalid="prompt_too_long", prompt_tokens=len(asked[index].ids))
        else:
            todo.append(index)
    lengths = {index: len(asked[index].ids) for index in todo}
    for batch in batches(
        lengths, cells=batch_tokens, equal=same_length, kind=lambda index: repr(requests[index].sampling)
    ):
        began = time.perf_counter()
        sampling, ids = requests[batch[0]].sampling, [asked[index].ids for index in batch]
        with hearing(batch, max(map(len, ids))) if hearing else nullcontext():
            texts = _run(ids, model, tokenizer, sampling)
        seconds = (time.perf_counter() - began) / len(batch)
        for index, new in zip(batch, texts, strict=True):
            yield index, _output(asked[index], new, model, tokenizer, chat, sampling, limit, seconds)


@torch.inference_mode()
def _run(ids: Sequence[Sequence[int]], model: Any, tokenizer: Any, sampling: Sampling) -> list[list[int] | None]:
    """New token ids of every row; None for a row whose logits were not numbers."""
    width = max(map(len, ids))
    padded = torch.full((len(ids), width), tokenizer.pad_token_id)
    attended = torch.zeros_like(padded)
    for row, prompt in enumerate(ids):
        padded[row, width - len(prompt) :] = torch.tensor(prompt)
        attended[row, width - len(prompt) :] = 1
    chooser = _Chooser(sampling, [seed_of(sampling.seed, prompt) for prompt in ids], width)
    config = GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=sampling.max_tokens,
        do_sample=False,
        eos_token_id=stop_tokens(model, tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        stop_strings=list(sampling.stop) or None,
    )
    with _last_states_in_one_piece(model):
        made = model.generate(
            input_ids=padded.to(model.device),
            attention_mask=attended.to(model.device),
            generation_config=config,
            logits_processor=LogitsProcessorList([chooser]),
            tokenizer=tokenizer,
        )[:, width:].tolist()
    return [None if chooser.broken[row] else new for row, new in enumerate(made)]


@contextmanager
def _last_states_in_one_piece(model: Any) -> Iterator[None]:
    """Of a prompt's states the output layer gets the last ones, a slice. Behind frozen weights torch would then copy
    those weights once a row: 11 GB for 34 rows and 262,144 tokens, and nine tenths of the time."""
    hook = model.get_output_embeddings().register_forward_pre_hook(lambda _, given: (given[0].contiguous(),))
    try:
        yield
    finally:
        hook.remove()


class _Chooser(LogitsProcessor):
    """Makes greedy search sample: temperature, top-p, then noise from each row's own generator."""

    def __init__(self, sampling: Sampling, seeds: list[int], width: int) -> None:
        self._sampling, self._width = sampling, width
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.broken = [False] * len(seeds)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        for row in torch.isnan(scores).any(-1).nonzero().flatten().tolist():
            self.broken[row] = True
        if self._sampling.temperature <= 0:
            return scores
        scores = scores.float() / self._sampling.temperature
        if self._sampling.top_p < 1:
            ordered, order = scores.sort(descending=True)
            before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)
            dropped = torch.zeros_like(scores, dtype=torch.bool).scatter(1, order, before >= self._sampling.top_p)
            scores = scores.masked_fill(dropped, float("-inf"))
        noise = torch.stack([torch.empty(scores.shape[-1]).exponential_(generator=g) for g in self._generators])
        return scores - noise.to(scores.device).log()


def _output(
    asked: Asked,
    new: list[int] | None,
    model: Any,
    tokenizer: Any,
    chat: Chat,
    sampling: Sampling,
    limit: int,
    seconds: float,
) -> Output:
    if new is None:
        return Output(invalid="nan_logits", prompt_tokens=len(asked.ids), seconds=seconds)
    ends = stop_tokens(model, tokenizer)
    new = new[: min(sampling.max_tokens, limit - len(asked.ids))]
    end = next((place for place, token in enumerate(new) if token in ends), None)
    whole = text = tokenizer.decode(new[:end], skip_special_tokens=True)
    for stop in sampling.stop:
        text = text.split(stop)[0]
    answer, thinking, invalid = chat.without_thinking(asked.text, text)
    return Output(
        text=answer,
        invalid=invalid,
        prompt_tokens=len(asked.ids),
        output_tokens=len(new[:end]),
        thinking_tokens=thinking,
        seconds=seconds,
        finish=LENGTH if end is None and text == whole else STOP,
    )


def seed_of(seed: int, prompt: Sequence[int]) -> int:
    """A seed for one prompt's own stream of random numbers."""
    return zlib.crc32(repr(list(prompt)).encode(), seed)
