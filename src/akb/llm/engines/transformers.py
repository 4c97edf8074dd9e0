"""The `transformers` engine: the reference, and the fastest way to score options on a CPU.

`option` and `letter` run packed (see `tree.py`): the beginning that a batch of items shares is
computed once and kept in a key-value cache, what items and options share beyond it stands once in
the row, and the vocabulary is scored only at the places that predict an option's token. On loading,
a small check compares packed with plain scores; a model that cannot be packed (one with recurrent
layers, say) is scored plainly, one sequence per option (`tree_reader.py`).

    engine = TransformersEngine(backbone, requests)
    for index, output in engine.run(requests): ...
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

import torch

from akb.llm.chat import Chat, common_prefix
from akb.llm.engine import Backbone, Output, Request, run_by_mode
from akb.llm.engines.branches import branch_out, output_of
from akb.llm.engines.generation import generate
from akb.llm.loading import device_of, load
from akb.llm.tree import Branches, pack
from akb.llm.tree_reader import NO_PREFIX, TreeReader

Scores = list[list[float]]  # log-probability of every token of every branch

_ROW_TOKENS = 256
_BATCH_TOKENS = {"cpu": 1024, "cuda": 16384}
# Where texts are written: a step reads all weights for one token of each row, so a CPU wants many rows.
_WRITTEN_TOKENS = _BATCH_TOKENS | {"cpu": 4096}
_SHORTEST_CACHED_PREFIX = 8
# A CPU computes attention under a tree's mask faster as plain products than by torch's fused kernel
# (docs/inference.md), while the table of its scores is small: rows × heads × places × places seen.
_PLAIN_ATTENTION = 64_000_000


class TransformersEngine:
    """A Hugging Face causal language model on one device (or, with `device_map`, on several)."""

    def __init__(self, backbone: Backbone, asked: Sequence[Request]) -> None:
        options = dict(backbone.engine_options)
        self._backbone = backbone
        device = str(options.pop("device", None) or device_of())
        given, kind = options.pop("batch_tokens", None), device.split(":")[0]
        self._batch_tokens = int(given or _BATCH_TOKENS.get(kind, 4096))
        self._written_tokens = int(given or _WRITTEN_TOKENS.get(kind, 4096))
        self._tokenizer, self._model = load(backbone, device, options)
        self._chat = Chat(self._tokenizer, backbone)
        text_config = self._model.config.get_text_config()
        self._limit = min(backbone.max_model_len, getattr(text_config, "max_position_embeddings", sys.maxsize))
        fused = "attn_implementation" not in options and self._model.config._attn_implementation == "sdpa"
        self._reader = TreeReader(self._model, _PLAIN_ATTENTION if device == "cpu" and fused else 0)
        self._reader.check(backbone.name)
        self._prefix = NO_PREFIX

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        """Yield (index, output) for every request, a batch at a time, in an order of the engine's choice."""
        return run_by_mode(requests, self._score, self._generate)

    def close(self) -> None:
        """Release the model's memory."""
        del self._model, self._reader
        self._prefix = NO_PREFIX
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _generate(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        self._reader.choose_attention(self._limit**2)
        model, tokenizer, alike = self._model, self._tokenizer, not self._reader.branches
        return generate(requests, model, tokenizer, self._chat, self._limit, self._written_tokens, same_length=alike)

    def _score(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        works = branch_out(requests, self._chat, self._limit)
        todo = []
        for index, work in enumerate(works):
            if isinstance(work, Output):
                yield index, work
            else:
                todo.append((work, index))
        todo.sort(key=lambda pair: pair[0].stem)  # items that begin alike stand together
        for batch in self._batches(todo):
            began = time.perf_counter()
            scores = self.score([work for work, _ in batch])
            seconds = (time.perf_counter() - began) / len(batch)
            for (work, index), item in zip(batch, scores, strict=True):
                yield index, output_of(requests[index], work, item, self._backbone.normalise, seconds)

    def score(self, works: Sequence[Branches]) -> list[Scores]:
        """Log-probabilities of every branch's tokens, for one batch of items."""
        return self._score_packed(works) if self._reader.branches else self.score_plainly(works)

    def _batches(self, todo: list[tuple[Branches, int]]) -> Iterator[list[tuple[Branches, int]]]:
        """Cut the sorted items into batches of about `batch_tokens` tokens that are new to the cache."""
        batch: list[tuple[Branches, int]] = []
        size = 0
        for work, index in todo:
            shared = common_prefix([work.stem, batch[-1][0].stem]) if batch else 0
            own = len(work.stem) - shared + sum(map(len, work.branches))
            if batch and size + own > self._batch_tokens:
                yield batch
                batch, size = [], 0
            batch.append((work, index))
            size += own
        if batch:
            yield batch

    @torch.inference_mode()
    def _score_packed(self, works: Sequence[Branches]) -> list[Scores]:
        start = self._cache_prefix(works)
        rows = pack(works, start, _ROW_TOKENS)
        found = self._reader.logprobs([tree for tree, _ in rows], self._prefix)
        scores: list[Scores] = [[] for _ in works]
        for (tree, indices), logprobs in zip(rows, found, strict=True):
            values = iter(logprobs.tolist())
            for index, item in zip(indices, tree.targets, strict=True):
                scores[index] = [[next(values) for _ in branch] for branch in item]
        return scores

    def _cache_prefix(self, works: Sequence[Branches]) -> int:
        """Make the cache hold the beginning that all `works` share, if that is long; return its length."""
        shared = min(common_prefix([work.stem for work in works]), min(len(work.stem) for work in works) - 1)
        wanted = works[0].stem[:shared]
        held = common_prefix([self._prefix.tokens, wanted])
        if held == len(self._prefix.tokens) and shared - held < _SHORTEST_CACHED_PREFIX:
            return held
        self._prefix = NO_PREFIX if shared < _SHORTEST_CACHED_PREFIX else self._reader.read_prefix(wanted)
        return len(self._prefix.tokens)

    @torch.inference_mode()
    def score_plainly(self, works: Sequence[Branches]) -> list[Scores]:
        """The same as packed scoring, one sequence per branch and the model's own masks: slow and plain."""
        return [
            [self._reader.plain_logprobs([work.stem], [branch])[0].tolist() for branch in work.branches]
            for work in works
        ]
