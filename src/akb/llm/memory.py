"""How much memory it takes to train through a frozen model, or to let it answer: from its shape, before weights are
loaded.

What is kept for the way back through a layer of a Llama-like model whose weights are frozen, in every token: the
float32 copies that both norms make of their input, queries, keys and values as attention gets them (one for each
head), what attention gives, and the feed-forward's two halves and their product. A linear layer without a gradient of
its own keeps nothing. A model of another build keeps somewhat more or less; `tests/llm/test_memory.py` compares it
with what autograd keeps.

    need = training_need(shape, Load(tokens=16384, targets=3600), learnt=131e6, checkpointing=True); need.total,
    need.told()
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "auto": 2}
_LOGITS_AT_ONCE = 32_000_000  # as `head.token_logprobs` computes them
_CUDA = 0.9e9  # what a process takes of a GPU before it has a tensor there: context, kernels, workspaces
# Of a model that is split: a layer at work, the next one on its way, and the message that it comes in.
_GATHERED = 3
_FRAGMENTS = 1.08  # an allocator's blocks are never all in use
# bfloat16 operations a second, dense, of a GPU whose name holds the key, by its maker's data sheet.
_PEAKS = {
    "B200": 2.25e15,
    "H200": 9.89e14,
    "H100 PCIe": 7.56e14,
    "H100 NVL": 8.35e14,
    "H100": 9.89e14,
    "A100": 3.12e14,
    "L40S": 3.62e14,
    "RTX 4090": 1.65e14,
}


@dataclass(frozen=True)
class Shape:
    """A decoder: the sizes that memory depends on. feed: of the feed-forward's middle. attended: of all heads together;
    cached: of all key heads. size: bytes of a weight."""

    parameters: float
    hidden: int
    layers: int
    feed: int
    attended: int
    cached: int
    vocabulary: int
    size: int = 2
    tied: bool = False  # the output layer is the embedding table

    @property
    def outside(self) -> float:
        """Parameters of the embeddings and of the output layer."""
        return min(self.parameters, self.vocabulary * self.hidden * (1.0 if self.tied else 2.0))


@dataclass(frozen=True)
class Load:
    """What goes through the model at once, padding too. targets: tokens whose logits are computed. sound: bytes that
    the connector keeps for its own way back."""

    tokens: float
    targets: float
    sound: float = 0.0


@dataclass(frozen=True)
class Need:
    """Bytes, by what takes them."""

    weights: float
    learnt: float  # with gradients and AdamW's two moments
    kept: float  # for the way back, or as keys and values
    working: float  # at once: one layer and the logits
    rest: float

    @property
    def total(self) -> float:
        return self.weights + self.learnt + self.kept + self.working + self.rest

    def told(self) -> str:
        """The sum and its parts, in GB."""
        parts = {"weights": self.weights, "learnt": self.learnt, "activations": self.kept, "at work": self.working}
        return f"{self.total / 1e9:.1f} GB ({', '.join(f'{name} {size / 1e9:.1f}' for name, size in parts.items())})"


def shape_of(folder: Path, parameters: float | None, dtype: str) -> Shape | None:
    """The shape that a checkpoint's config.json tells; None where it tells none. parameters: counted, or to be
    guessed."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return shape_of_config(config.get("text_config") or config, parameters, dtype)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def shape_of_config(config: Mapping[str, Any], parameters: float | None, dtype: str) -> Shape:
    """The same of the configuration itself. Raises KeyError where a size is missing."""
    hidden, layers, heads = config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"]
    width = config.get("head_dim") or hidden // heads
    feed = config.get("intermediate_size") or 4 * hidden
    if experts := config.get("num_experts_per_tok"):
        feed = experts * (config.get("moe_intermediate_size") or feed)
    shape = Shape(
        parameters=parameters or 0.0,
        hidden=hidden,
        layers=layers,
        feed=feed,
        attended=heads * width,
        cached=(config.get("num_key_value_heads") or heads) * width,
        vocabulary=config["vocab_size"],
        size=_BYTES[dtype],
        tied=bool(config.get("tie_word_embeddings")),
    )
    return shape if parameters else _with_parameters(shape)


def nominal(parameters: float, dtype: str) -> Shape:
    """The shape that a model of so many parameters usually has: 128 of width for each layer."""
    layers = max(1.0, (parameters / 196_608) ** (1 / 3))
    hidden = round(128 * layers)
    return Shape(
        parameters, hidden, round(layers), round(3.4 * hidden), hidden, max(1, hidden // 4), 150_000, _BYTES[dtype]
    )


def training_need(
    shape: Shape,
    load: Load,
    learnt: float,
    *,
    checkpointing: bool,
    lora_rank: int = 0,
    cuda: bool = True,
    split: int = 1,
) -> Need:
    """Training through the frozen model. learnt: parameters of the connector; an adapter's come on top of them. split:
    over how many processes the layers are split (`sharding`)."""
    layer = _kept_by_layer(shape, lora_rank) * load.tokens
    kept = shape.layers * (shape.hidden * shape.size * load.tokens if checkpointing else layer)
    learnt += adapter_parameters(shape, lora_rank)
    logits = load.targets * shape.vocabulary * 4
    once = min(load.targets * shape.vocabulary, _LOGITS_AT_ONCE) * (4 + shape.size)
    # On the way back a layer's gradients stand beside what it kept; a layer computed a second time keeps it again.
    working = layer * (2 if checkpointing else 1) + once
    return _rounded(shape, 16 * learnt, kept + logits + load.sound, working, cuda, split)


def answering_need(shape: Shape, tokens: float, written: float, *, learnt: float, cuda: bool = True) -> Need:
    """Reading `tokens` at once and writing `written` more behind them, all of which stay as keys and values."""
    cached = shape.layers * 2 * shape.cached * shape.size * (tokens + written)
    once = min(tokens * shape.vocabulary, _LOGITS_AT_ONCE) * (4 + shape.size)
    return _rounded(shape, 4 * learnt, cached, _kept_by_layer(shape, 0) * tokens + once, cuda)


def adapter_parameters(shape: Shape, rank: int) -> float:
    """Of a low-rank adapter on every linear layer: queries, keys, values, what leaves attention, and the
    feed-forward."""
    attention = 2 * (shape.hidden + shape.attended) + 2 * (shape.hidden + shape.cached)
    return float(rank * shape.layers * (attention + 3 * (shape.hidden + shape.feed)))


def connector_parameters(
    *, layers: int, encoder: int, hidden: int, queries: int, width: int, depth: int, words: int, plain: bool
) -> float:
    """Of a connector from `layers` states of width `encoder` to a model of width `hidden`. words: that it mixes, or 0.
    plain: without the path for the clip's mean and deviation."""
    blocks = depth * (16 * width * width + 19 * width)
    path = 0 if plain else (2 * layers * encoder + 3) * width + (width + 1) * queries * width
    return float(
        blocks
        + path
        + (encoder + 1) * width
        + layers * queries * width
        + queries * layers
        + 2 * width
        + (width + 1) * (words or hidden)
    )


def connector_bytes(
    *, clips: float, layers: int, frames: float, encoder: int, queries: int, width: int, depth: int, size: int = 2
) -> float:
    """What a connector keeps for its way back: of every frame its input and, in each block, keys and values; of every
    query what attention and feed-forward keep."""
    of_frames = frames * (3 * 4 * encoder + width * size * (2 + 2 * depth))
    return clips * layers * (of_frames + queries * width * size * 24 * depth)


def share_of_peak(tokens_per_second: float, parameters: float, device: Any, count: int) -> float | None:
    """Which part of what `count` devices could compute went into the model: 2 operations for each parameter and token
    on the way there, 2 on the way back, none for weights that are frozen. None on a CPU and on a GPU that is not known.

    parameters: of the layers, without the embeddings.
    """
    if getattr(device, "type", "cpu") != "cuda" or not tokens_per_second:
        return None
    import torch

    name = torch.cuda.get_device_name(device)
    peak = next((operations for key, operations in _PEAKS.items() if key in name), None)
    return None if peak is None else 4 * parameters * tokens_per_second / (count * peak)


def _kept_by_layer(shape: Shape, lora_rank: int) -> float:
    """Bytes of one token in one layer."""
    kept = 2 * 4 * shape.hidden + (4 * shape.attended + 3 * shape.feed) * shape.size
    if lora_rank:  # the input of every linear layer, once more as float32, and its low-rank middle
        kept += 4 * (5 * shape.hidden + shape.attended + shape.feed + 7 * lora_rank)
    return float(kept)


def _weights(shape: Shape, split: int) -> float:
    """Parameters that one of so many processes holds."""
    layers = shape.parameters - shape.outside
    gathered = min(_GATHERED / shape.layers, 1.0) * layers if split > 1 else 0.0
    return shape.outside + layers / split + gathered


def _rounded(shape: Shape, learnt: float, kept: float, working: float, cuda: bool, split: int = 1) -> Need:
    fragments = _FRAGMENTS if cuda else 1.0
    return Need(
        _weights(shape, split) * shape.size, learnt, kept * fragments, working * fragments, _CUDA if cuda else 0.3e9
    )


def _with_parameters(shape: Shape) -> Shape:
    attention = 2 * shape.hidden * (shape.attended + shape.cached)
    layers = shape.layers * (attention + 3 * shape.hidden * shape.feed)
    whole = layers + shape.vocabulary * shape.hidden * (1 if shape.tied else 2)
    return Shape(**{**vars(shape), "parameters": float(whole)})
