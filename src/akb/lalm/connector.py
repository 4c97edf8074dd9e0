"""The connector: what is trained between a frozen audio encoder and a frozen LLM.

After DeSTA2.5-Audio's Q-Former (arXiv 2507.02768): one stack of cross-attention blocks, shared by all tapped
encoder layers, lets learned queries (a set of their own for each layer) read that layer's frames; a
softmax for each query mixes the layers; LayerNorm and a Linear lead to the LLM's width.

What differs, for the sake of small data, and each can be switched off:
- features are standardised with the mean and deviation of the training clips;
- `statistics` adds to the queries' results a linear map of the clip's mean and deviation over time in every
  layer: what a linear probe sees, which the attention would take far longer to find;
- `words`: an audio embedding is a mixture of the LLM's own token embeddings, its weights a softmax over the words of
  the training descriptions (the idea of AlignVLM, arXiv 2502.01341). What leaves the connector is then something
  that a frozen LLM can read from the first step on. Without it, a Linear leads to the LLM's width, scaled to the
  size of token embeddings.

    connector = Connector(ConnectorShape(4, 384, 576, queries=8, width=256, depth=2, heads=4))
    audio = connector(frames, mask)  # [batch, queries, llm_width]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import nn

from akb.atomic import atomic_path
from akb.errors import AkbError
from akb.lalm.adapter import Adapter

_OF_ADAPTER = "adapter."  # before the names of the adapter's weights in a connector's file


@dataclass(frozen=True)
class ConnectorShape:
    """Everything that fixes the connector's parameters.

    layers: number of tapped encoder layers. queries: audio embeddings handed to the LLM. width, depth,
    heads: of the cross-attention stack. self_attention: whether queries also attend to each other, as in
    a Q-Former. statistics: whether mean and deviation over time have a path of their own. dropout: on frames'
    projections and inside the blocks. words: how many token embeddings the output mixes; 0: a plain Linear.
    """

    layers: int
    encoder_width: int
    llm_width: int
    queries: int
    width: int
    depth: int
    heads: int
    self_attention: bool = True
    statistics: bool = True
    dropout: float = 0.0
    words: int = 0


class _Attention(nn.Module):
    """Multi-head attention with a key mask, through PyTorch's fused kernel."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.kv, self.out = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)

    def forward(self, x: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        def split(t: torch.Tensor) -> torch.Tensor:
            return t.reshape(*t.shape[:-1], self.heads, -1).transpose(1, 2)

        key, value = self.kv(memory).chunk(2, dim=-1)
        allowed = None if mask is None else mask[:, None, None, :]
        mixed = nn.functional.scaled_dot_product_attention(split(self.q(x)), split(key), split(value), allowed)
        return self.out(mixed.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]


class _Block(nn.Module):
    """Pre-norm block: self-attention among the queries (optional), cross-attention to frames, feed-forward."""

    def __init__(self, shape: ConnectorShape) -> None:
        super().__init__()
        width = shape.width
        self.own = _Attention(width, shape.heads) if shape.self_attention else None
        self.cross = _Attention(width, shape.heads)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, x: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        if self.own is not None:
            normed = self.norms[0](x)
            x = x + self.dropout(self.own(normed, normed, None))
        x = x + self.dropout(self.cross(self.norms[1](x), memory, mask))
        return x + self.dropout(self.feed(self.norms[2](x)))  # type: ignore[no-any-return]


class Connector(nn.Module):
    """Frames of all tapped layers → `queries` embeddings in the LLM's space. Trained and run in float32."""

    mean: torch.Tensor
    deviation: torch.Tensor
    words: torch.Tensor

    def __init__(self, shape: ConnectorShape) -> None:
        super().__init__()
        self.shape = shape
        self.adapter: Adapter | None = None  # that the backbone wore when this connector was trained, if any
        self.register_buffer("mean", torch.zeros(shape.layers, shape.encoder_width))
        self.register_buffer("deviation", torch.ones(shape.layers, shape.encoder_width))
        self.enter = nn.Linear(shape.encoder_width, shape.width)
        self.statistics = (
            nn.Sequential(
                nn.Linear(2 * shape.layers * shape.encoder_width, shape.width),
                nn.LayerNorm(shape.width),
                nn.Dropout(shape.dropout),
                nn.Linear(shape.width, shape.queries * shape.width),
            )
            if shape.statistics
            else None
        )
        self.queries = nn.Parameter(torch.randn(shape.layers, shape.queries, shape.width) * 0.5)
        self.blocks = nn.ModuleList(_Block(shape) for _ in range(shape.depth))
        self.layer_weights = nn.Parameter(torch.zeros(shape.queries, shape.layers))
        self.norm = nn.LayerNorm(shape.width)
        self.leave = nn.Linear(shape.width, shape.words or shape.llm_width)
        self.register_buffer("scale", torch.ones(()))
        if shape.words:
            self.register_buffer("words", torch.zeros(shape.words, shape.llm_width))

    def fit_input(self, clips: Iterable[torch.Tensor]) -> None:
        """Take the mean and deviation of training clips' features, each `[layers, frames, width]`."""
        total, squares, count = torch.zeros_like(self.mean), torch.zeros_like(self.mean), 0
        for frames in clips:
            values = frames.float()
            total += values.sum(dim=1)
            squares += values.square().sum(dim=1)
            count += values.shape[1]
        self.mean.copy_(total / count)
        self.deviation.copy_((squares / count - self.mean.square()).clamp_min(1e-6).sqrt())

    def fit_output(self, embeddings: torch.Tensor) -> None:
        """Take the LLM's embeddings of the descriptions' words `[tokens, llm_width]`: to mix, or to match in size."""
        if self.shape.words:
            self.words.copy_(embeddings.float())
            return
        size = embeddings.float().square().mean().sqrt()
        nn.init.normal_(self.leave.weight, std=self.shape.width**-0.5)
        nn.init.zeros_(self.leave.bias)
        self.scale.copy_(size)  # type: ignore[operator]

    def forward(self, frames: torch.Tensor, mask: torch.Tensor, *, words: bool = False) -> torch.Tensor:
        """frames `[batch, layers, frames, encoder_width]`, mask `[batch, frames]` true where a frame exists.

        Returns `[batch, queries, llm_width]` in float32; with `words`, of a connector that mixes words the logit of
        each of them, `[batch, queries, words]`.
        """
        left = self.word_logits(frames, mask)
        if words and self.shape.words:
            return left
        if self.shape.words:
            return left.softmax(dim=-1) @ self.words
        return left * self.scale  # type: ignore[operator]

    def word_logits(self, frames: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """What the last Linear gives: with `words`, a logit for each of them, `[batch, queries, words]`."""
        batch, layers = frames.shape[:2]
        x = (frames.float() - self.mean[:, None]) / self.deviation[:, None]
        # One stack for all layers: they stand in the batch dimension.
        memory, memory_mask = self.enter(x).flatten(0, 1), mask.repeat_interleave(layers, dim=0)
        state = self.queries.expand(batch, -1, -1, -1).flatten(0, 1)
        for block in self.blocks:
            state = block(state, memory, memory_mask)
        state = state.reshape(batch, layers, *state.shape[1:])
        weights = self.layer_weights.softmax(dim=-1)
        mixed = torch.einsum("blqw,ql->bqw", state, weights)
        if self.statistics is not None:
            mixed = mixed + self.statistics(_statistics(x, mask)).reshape(batch, -1, self.shape.width)
        left: torch.Tensor = self.leave(self.norm(mixed))
        return left


def _statistics(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean and deviation over time of `[batch, layers, frames, width]`, flat: `[batch, 2 · layers · width]`."""
    kept = mask[:, None, :, None]
    count = kept.sum(dim=2).clamp_min(1)
    mean = (x * kept).sum(dim=2) / count
    deviation = (((x - mean[:, :, None]) * kept).square().sum(dim=2) / count + 1e-6).sqrt()
    # Standardised frames have a deviation of about one: centred, both are signals around zero.
    return torch.stack([mean, deviation - 1], dim=1).flatten(1)


def pad_frames(clips: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Stack clips of `[layers, frames, width]` into `[batch, layers, longest, width]` and their mask."""
    longest = max(clip.shape[1] for clip in clips)
    frames = clips[0].new_zeros(len(clips), clips[0].shape[0], longest, clips[0].shape[2])
    mask = torch.zeros(len(clips), longest, dtype=torch.bool)
    for row, clip in enumerate(clips):
        frames[row, :, : clip.shape[1]] = clip
        mask[row, : clip.shape[1]] = True
    return frames, mask


def save_connector(connector: Connector, path: Path, prompt: Mapping[str, Any]) -> None:
    """Write the weights, with the shape and what the training asked in the file's header, whole or not at all.

    The backbone's adapter, if it was trained with one, stands in the same file: neither is worth anything alone.
    """
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in connector.state_dict().items()}
    about = {
        "shape": json.dumps(asdict(connector.shape), sort_keys=True),
        "prompt": json.dumps(dict(prompt), sort_keys=True),
    }
    if (adapter := connector.adapter) is not None:
        about["adapter"] = json.dumps({"rank": adapter.rank, "alpha": adapter.alpha}, sort_keys=True)
        state |= {_OF_ADAPTER + name: tensor.contiguous() for name, tensor in adapter.weights.items()}
    with atomic_path(path) as temporary:
        temporary.write_bytes(_in_order(save(state, metadata=about)))


def _in_order(content: bytes) -> bytes:
    """The same safetensors file, what its header says about it in the order of names: it is written in any order, and
    equal connectors must be equal files, or answers that were given by one would be asked of the other."""
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text = text.ljust(-(-len(text) // 8) * 8)  # tensors begin at a multiple of 8 bytes
    return len(text).to_bytes(8, "little") + text + content[8 + size :]


def load_connector(path: Path) -> tuple[Connector, dict[str, Any]]:
    """(the connector with its adapter, the prompt that it was trained with).

    Raises AkbError if the file is missing or not one.
    """
    try:
        with safe_open(path, framework="pt") as file:
            about = file.metadata()
            connector, prompt = Connector(ConnectorShape(**json.loads(about["shape"]))), json.loads(about["prompt"])
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            learnt = {name: weights.pop(name) for name in list(weights) if name.startswith(_OF_ADAPTER)}
            connector.load_state_dict(weights)
            if "adapter" in about:
                named = {name.removeprefix(_OF_ADAPTER): value for name, value in learnt.items()}
                connector.adapter = Adapter(**json.loads(about["adapter"]), weights=named)
    except Exception as error:
        raise AkbError(
            f"a connector cannot be read: {error}",
            where=str(path),
            remedy="delete the file and train it again",
        ) from error
    return connector.eval(), prompt
