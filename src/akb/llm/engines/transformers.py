"""The `transformers` engine: the reference, and the fastest way to score options on a CPU.

`option` and `letter` run packed (see `packing.py`): the beginning that a batch of items shares is
computed once and kept in a key-value cache, what items and options share beyond it stands once in
the row, and the vocabulary is scored only at the places that predict an option's token. On loading,
a small check compares packed with plain scores; a model that cannot be packed (one with recurrent
layers, say) is scored plainly, one sequence per option.

    engine = TransformersEngine(backbone, requests)
    for index, output in engine.run(requests): ...
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache
from transformers.utils.logging import disable_progress_bar

from akb.errors import AkbError
from akb.llm.chat import Chat, common_prefix
from akb.llm.engine import Backbone, Output, Request
from akb.llm.engines.branches import Branches, branch_out, output_of
from akb.llm.engines.generation import generate
from akb.llm.engines.packing import Tree, pack

Scores = list[list[float]]  # log-probability of every token of every branch

_ROW_TOKENS = 256
_BATCH_TOKENS = {"cpu": 1024, "cuda": 16384}
_SHORTEST_CACHED_PREFIX = 8
_LOGITS_AT_ONCE = 32_000_000
_PACKABLE = {"full_attention", "sliding_attention"}
# A CPU computes attention under a tree's mask faster as plain products than by torch's fused kernel
# (docs/inference.md), while the table of its scores is small: rows × heads × places × places seen.
_PLAIN_ATTENTION = 64_000_000


class TransformersEngine:
    """A Hugging Face causal language model on one device (or, with `device_map`, on several)."""

    def __init__(self, backbone: Backbone, asked: Sequence[Request]) -> None:
        options = dict(backbone.engine_options)
        self._backbone = backbone
        device = str(options.pop("device", "cuda" if torch.cuda.is_available() else "cpu"))
        self._batch_tokens = int(options.pop("batch_tokens", _BATCH_TOKENS.get(device.split(":")[0], 4096)))
        self._tokenizer, self._model = _load(backbone, device, options)
        self._device = self._model.device
        self._chat = Chat(self._tokenizer, backbone)
        text_config = self._model.config.get_text_config()
        self._limit = min(backbone.max_model_len, getattr(text_config, "max_position_embeddings", sys.maxsize))
        self._layer_types = set(getattr(text_config, "layer_types", None) or ["full_attention"])
        self._window = getattr(text_config, "sliding_window", None)
        if self._window is not None and not getattr(text_config, "layer_types", None):
            self._layer_types = {"sliding_attention"}
        self._text_config = text_config
        self._fused = self._model.config._attn_implementation
        self._plain_attention = 0
        if device == "cpu" and "attn_implementation" not in options and self._fused == "sdpa":
            self._plain_attention = _PLAIN_ATTENTION
        self._prefix: tuple[int, ...] = ()
        self._prefix_cache: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.packs = self._packing_agrees()

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        """Yield (index, output) for every request, a batch at a time, in an order of the engine's choice."""
        written = [index for index, request in enumerate(requests) if request.mode == "generate"]
        scored = [index for index, request in enumerate(requests) if request.mode != "generate"]
        for indices, runner in ((scored, self._score), (written, self._generate)):
            for index, output in runner([requests[i] for i in indices]):
                yield indices[index], output

    def close(self) -> None:
        """Release the model's memory."""
        del self._model
        self._prefix_cache = []
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _generate(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        self._choose_attention(self._limit**2)
        return generate(requests, self._model, self._tokenizer, self._chat, self._limit, self._batch_tokens)

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
        return self._score_packed(works) if self.packs else self.score_plainly(works)

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
        trees = [tree for tree, _ in rows]
        width = max(map(len, trees))
        ids = torch.zeros((len(trees), width), dtype=torch.long)
        positions = torch.zeros((len(trees), width), dtype=torch.long)
        for row, tree in enumerate(trees):
            ids[row, : len(tree)] = torch.tensor(tree.tokens)
            positions[row, : len(tree)] = torch.from_numpy(tree.positions())
        self._choose_attention(len(trees) * width * (start + width))
        hidden = self._model.base_model(
            input_ids=ids.to(self._device),
            position_ids=positions.to(self._device),
            attention_mask=self._masks(trees, start, width),
            past_key_values=self._cache_for(len(trees)),
            use_cache=start > 0,
        ).last_hidden_state
        places, tokens = [], []
        for row, tree in enumerate(trees):
            for predictor, token in (pair for item in tree.targets for branch in item for pair in branch):
                places.append(row * width + predictor)
                tokens.append(token)
        values = iter(self._logprobs(hidden.flatten(0, 1), places, tokens))
        scores: list[Scores] = [[] for _ in works]
        for tree, indices in rows:
            for index, item in zip(indices, tree.targets, strict=True):
                scores[index] = [[next(values) for _ in branch] for branch in item]
        return scores

    def _choose_attention(self, pairs: int) -> None:
        """Plain or fused attention for a pass in which so many pairs of places may see each other."""
        small = pairs * self._text_config.num_attention_heads <= self._plain_attention
        if (wanted := "eager" if small else self._fused) != self._model.config._attn_implementation:
            self._model.set_attn_implementation(wanted)

    def _logprobs(self, hidden: torch.Tensor, places: list[int], tokens: list[int]) -> list[float]:
        """log P(token) at each place; a place that predicts several tokens is scored once.

        In bfloat16 a logit of 20 is rounded to 0.125, so options would tie: the tokens' own are computed in float32.
        """
        distinct, inverse = np.unique(np.asarray(places), return_inverse=True)
        wanted = np.asarray(tokens)
        values = np.empty(len(tokens))
        step = max(1, _LOGITS_AT_ONCE // self._text_config.vocab_size)
        for begin in range(0, len(distinct), step):
            chunk = torch.from_numpy(distinct[begin : begin + step]).to(hidden.device)
            logits = self._head(hidden[chunk])
            here = np.flatnonzero((inverse >= begin) & (inverse < begin + step))
            at = torch.from_numpy(inverse[here] - begin).to(logits.device)
            chosen = self._own_logits(hidden[chunk], at, torch.from_numpy(wanted[here]).to(logits.device))
            values[here] = (chosen - logits.logsumexp(-1)[at]).cpu().numpy()
        return values.tolist()

    def _head(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits over the vocabulary, rounded as the weights are, in fp32."""
        logits: torch.Tensor = self._model.get_output_embeddings()(hidden).float()
        return self._scaled(logits)

    def _own_logits(self, hidden: torch.Tensor, at: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """The logit of each of `tokens` at its row `at` of `hidden`, in fp32 throughout."""
        output = self._model.get_output_embeddings()
        tokens = tokens.to(output.weight.device)
        logits = (hidden[at].float() * output.weight[tokens].float()).sum(-1)
        if (bias := getattr(output, "bias", None)) is not None:
            logits = logits + bias[tokens].float()
        return self._scaled(logits)

    def _scaled(self, logits: torch.Tensor) -> torch.Tensor:
        """Scales and caps of known families; `_packing_agrees` notices unknown ones."""
        config = self._text_config
        if scale := getattr(config, "logit_scale", None):
            logits = logits * scale
        if scale := getattr(config, "logits_scaling", None):
            logits = logits / scale
        if cap := getattr(config, "final_logit_softcapping", None):
            logits = torch.tanh(logits / cap) * cap
        return logits

    def _masks(self, trees: Sequence[Tree], start: int, width: int) -> torch.Tensor | dict[str, torch.Tensor]:
        masks = {kind: self._mask(trees, start, width, kind) for kind in self._layer_types}
        return masks if len(masks) > 1 else next(iter(masks.values()))

    def _mask(self, trees: Sequence[Tree], start: int, width: int, kind: str) -> torch.Tensor:
        """(rows, 1, width, start + width), padding seeing only itself: bool, or additive for eager attention."""
        seen = np.zeros((len(trees), 1, width, start + width), dtype=np.bool_)
        seen[:, 0, np.arange(width), start + np.arange(width)] = True
        for row, tree in enumerate(trees):
            seen[row, 0, : len(tree), : start + len(tree)] = tree.mask(
                self._window if kind == "sliding_attention" else None
            )
        mask = torch.from_numpy(seen).to(self._device)
        if self._model.config._attn_implementation == "sdpa":
            return mask
        least = torch.finfo(self._model.dtype).min
        return torch.zeros(mask.shape, dtype=self._model.dtype, device=self._device).masked_fill(~mask, least)

    def _cache_prefix(self, works: Sequence[Branches]) -> int:
        """Make the cache hold the beginning that all `works` share, if that is long; return its length."""
        shared = min(common_prefix([work.stem for work in works]), min(len(work.stem) for work in works) - 1)
        wanted = works[0].stem[:shared]
        held = common_prefix([self._prefix, wanted])
        if held == len(self._prefix) and shared - held < _SHORTEST_CACHED_PREFIX:
            return held
        cache = DynamicCache()
        if shared < _SHORTEST_CACHED_PREFIX:
            wanted = ()
        else:
            tree = Tree(0)
            tree.add(Branches(wanted, ()))
            self._choose_attention(shared**2)
            self._model.base_model(
                input_ids=torch.tensor([wanted], device=self._device),
                position_ids=torch.arange(shared, device=self._device)[None],
                attention_mask=self._masks([tree], 0, shared),
                past_key_values=cache,
                use_cache=True,
            )
        self._prefix = wanted
        self._prefix_cache = [(layer.keys, layer.values) for layer in cache.layers]  # type: ignore[union-attr, misc]
        return len(wanted)

    def _cache_for(self, rows: int) -> DynamicCache | None:
        """A fresh cache with the shared prefix in every row; the stored one is never written to."""
        if not self._prefix:
            return None
        cache = DynamicCache()
        for layer, (keys, values) in enumerate(self._prefix_cache):
            cache.update(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1), layer)
        return cache

    @torch.inference_mode()
    def score_plainly(self, works: Sequence[Branches]) -> list[Scores]:
        """The same as packed scoring, one sequence per branch and the model's own masks: slow and plain."""
        scores: list[Scores] = []
        for work in works:
            item = []
            for branch in work.branches:
                ids = torch.tensor([work.stem + branch], device=self._device)
                self._choose_attention(ids.shape[1] ** 2)
                logprobs = self._model(input_ids=ids).logits[0].float().log_softmax(-1)
                places = range(len(work.stem) - 1, ids.shape[1] - 1)
                item.append([float(logprobs[place, token]) for place, token in zip(places, branch, strict=True)])
            scores.append(item)
        return scores

    def _packing_agrees(self) -> bool:
        """Whether packed and plain scores of two made-up items agree, to the precision of the weights.

        Packed scores are computed by both ways of attention that a batch may get.
        """
        if not self._layer_types <= _PACKABLE:
            return False
        ids = np.random.default_rng(0).integers(0, self._text_config.vocab_size, 64).tolist()
        shared, first, second = tuple(ids[:12]), tuple(ids[12:30]), tuple(ids[30:40])
        works = [
            Branches(shared + first, (tuple(ids[40:44]), tuple(ids[44:46]))),
            Branches(shared + second, (tuple(ids[46:49]), tuple(ids[49:50]))),
        ]
        chosen, packed = self._plain_attention, []
        try:
            for self._plain_attention in (0, chosen):
                packed.append(np.concatenate([branch for item in self._score_packed(works) for branch in item]))
        except (AttributeError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
            print(f"akb: {self._backbone.name} cannot be packed ({error}); scoring plainly", file=sys.stderr)
            return False
        finally:
            self._plain_attention = chosen
        plain = np.concatenate([branch for item in self.score_plainly(works) for branch in item])
        if not np.isfinite(plain).all():
            return True  # broken weights; every item will say so
        tolerance = 1e-3 if self._model.dtype == torch.float32 else 0.03
        agrees = all(np.abs(one - plain).mean() < tolerance * np.abs(plain).mean() for one in packed)
        if not agrees:
            print(f"akb: {self._backbone.name}: packed scores differ; scoring plainly", file=sys.stderr)
        return agrees


def _load(backbone: Backbone, device: str, options: dict[str, Any]) -> tuple[Any, Any]:
    if not Path(backbone.checkpoint).is_dir():
        raise AkbError(
            "the checkpoint is not there",
            where=f"backbone {backbone.name}: {backbone.checkpoint}",
            remedy="build it first, or name a local Hugging Face folder",
        )
    disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = AutoTokenizer.from_pretrained(backbone.checkpoint)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.convert_ids_to_tokens(0)
    model: Any = AutoModelForCausalLM.from_pretrained(
        backbone.checkpoint, dtype=getattr(torch, backbone.dtype), **options
    )
    if "device_map" not in options:
        model.to(device)
    return tokenizer, model.eval()
