"""Training through a frozen model in the memory of one of its layers: each is computed a second time on the way back.

The layers' own checkpointing (transformers) is for models that train, and gives up a key-value cache. Here the weights
are frozen and the prompt's head stands in a cache; what makes a second computation safe is a cache that nothing is
ever written to.

    checkpoint_layers(model)
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint


def checkpoint_layers(model: Any) -> int:
    """Let every decoder layer of `model` keep nothing but what goes into it; returns how many do.

    Gradients stay the same. Where none are computed nothing changes, nor where a cache grows: computed a second time, a
    layer would put its keys and values into it once more.
    """
    from transformers.modeling_layers import GradientCheckpointingLayer

    layers = [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]
    for layer in layers:
        layer.forward = _twice(layer.forward)
    return len(layers)


def _twice(forward: Any) -> Any:
    @functools.wraps(forward)
    def computed(*arguments: Any, **named: Any) -> Any:
        cache = named.get("past_key_values")
        if not torch.is_grad_enabled() or not (cache is None or getattr(cache, "stays", False)):
            return forward(*arguments, **named)
        return checkpoint(functools.partial(forward, **named), *arguments, use_reentrant=False)

    return computed


def beside(layers: Sequence[tuple[torch.Tensor, torch.Tensor]], rows: int) -> Any:
    """A cache with the keys and values of a prefix `[1, heads, tokens, width]` in every row, which stays as it is:
    what is new is put behind the prefix for the one layer that asks, and forgotten."""
    from transformers import DynamicCache

    class Beside(DynamicCache):
        stays = True  # see `checkpoint_layers`

        def update(
            self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *_: Any, **__: Any
        ) -> tuple[torch.Tensor, torch.Tensor]:
            before = layers[layer_idx]
            joined = [
                torch.cat([old.expand(rows, -1, -1, -1), new], dim=-2)
                for old, new in zip(before, (key_states, value_states), strict=True)
            ]
            return joined[0], joined[1]

        def get_seq_length(self, layer_idx: int = 0) -> int:
            return int(layers[layer_idx][0].shape[-2])

    return Beside()
