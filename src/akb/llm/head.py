"""From a model's last states to log-probabilities of tokens: the output layer and what a family does to its logits.

logprobs = token_logprobs(model, hidden, places, tokens)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

_LOGITS_AT_ONCE = 32_000_000


def scaled(logits: torch.Tensor, config: Any) -> torch.Tensor:
    """What known families do to the output layer's logits. Loading compares with the model itself, so an unknown
    one is noticed (`tree_reader.TreeReader`)."""
    if scale := getattr(config, "logit_scale", None):
        logits = logits * scale
    if scale := getattr(config, "logits_scaling", None):
        logits = logits / scale
    if cap := getattr(config, "final_logit_softcapping", None):
        logits = torch.tanh(logits / cap) * cap
    return logits


def token_logprobs(model: Any, hidden: torch.Tensor, places: Sequence[int], tokens: Sequence[int]) -> torch.Tensor:
    """log P(tokens[i]) at places[i] of `hidden` `[places, width]`: float32, differentiable.

    A place that predicts several tokens is scored once. The tokens' own logits are computed in float32: in bfloat16
    a logit of 20 is rounded to 0.125, so that options would tie.
    """
    output, config = model.get_output_embeddings(), model.config.get_text_config()
    distinct, inverse = np.unique(np.asarray(places), return_inverse=True)
    wanted, order, parts = np.asarray(tokens), [], []
    step = max(1, _LOGITS_AT_ONCE // output.weight.shape[0])
    for begin in range(0, len(distinct), step):
        states = hidden[torch.from_numpy(distinct[begin : begin + step]).to(hidden.device)]
        logits = scaled(output(states).float(), config)
        here = np.flatnonzero((inverse >= begin) & (inverse < begin + step))
        at = torch.from_numpy(inverse[here] - begin).to(logits.device)
        token = torch.from_numpy(wanted[here]).to(logits.device)
        parts.append(own_logits(output, states[at], token, config) - logits.logsumexp(-1)[at])
        order.append(here)
    back = torch.from_numpy(np.argsort(np.concatenate(order))).to(hidden.device)
    return torch.cat(parts)[back]


def own_logits(output: Any, states: torch.Tensor, tokens: torch.Tensor, config: Any) -> torch.Tensor:
    """The logit of tokens[i] from states[i], in float32 throughout. output: the model's output layer."""
    logits = (states.float() * output.weight[tokens].float()).sum(dim=-1)
    if (bias := getattr(output, "bias", None)) is not None:
        logits = logits + bias[tokens].float()
    return scaled(logits, config)
