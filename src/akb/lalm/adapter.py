"""A low-rank adapter (LoRA) on a backbone: what is trained of it beside the connector, if anything is.

Every linear layer of the backbone but its output layer has one, through `peft`, in place: the model stays what it was
to everything that reads it. Its weights are float32 whatever the backbone's are, and begin such that nothing changes.

    attach(model, rank=16, alpha=16.0); adapter = taken(model, 16, 16.0); put(model, adapter, "connector.safetensors")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from akb.errors import AkbError

_MARK = "lora_"  # in the names of an adapter's weights, and in those alone


@dataclass(frozen=True)
class Adapter:
    """An adapter's settings and its weights by their names in the backbone."""

    rank: int
    alpha: float
    weights: Mapping[str, torch.Tensor]


def attach(model: Any, rank: int, alpha: float) -> None:
    """Put a new adapter on every linear layer of `model`, drawn from torch's random state."""
    from peft import LoraConfig, inject_adapter_in_model

    config = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", bias="none")  # type: ignore[arg-type]
    inject_adapter_in_model(config, model)


def learnt(model: Any) -> list[torch.nn.Parameter]:
    """The adapter's weights in the order of their names in the model; none where there is no adapter."""
    return [parameter for name, parameter in model.named_parameters() if _MARK in name]


def taken(model: Any, rank: int, alpha: float) -> Adapter:
    """The adapter as it stands, on the CPU."""
    return Adapter(rank, alpha, {name: value.detach().cpu().clone() for name, value in _weights(model).items()})


def put(model: Any, adapter: Adapter, where: str) -> None:
    """Put an adapter on `model`, or its weights into the one that is there. where: what it comes from, for an error.

    Raises AkbError if it is another model's.
    """
    if not learnt(model):
        attach(model, adapter.rank, adapter.alpha)
    own = _weights(model)
    wrong = sorted(own.keys() ^ adapter.weights.keys())
    wrong += [name for name in own.keys() & adapter.weights.keys() if own[name].shape != adapter.weights[name].shape]
    if wrong:
        raise AkbError(
            f"the low-rank adapter is another backbone's: {len(wrong)} of its {len(own)} weights do not fit, "
            f"{wrong[0]} first",
            where=where,
            remedy="delete the file and train it again",
        )
    with torch.no_grad():
        for name, value in own.items():
            value.copy_(adapter.weights[name])


def _weights(model: Any) -> dict[str, torch.nn.Parameter]:
    return {name: parameter for name, parameter in model.named_parameters() if _MARK in name}
