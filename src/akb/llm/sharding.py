"""A frozen model whose layers are split over the processes of a training: each keeps its share of every layer, and all
of a layer only while it computes.

torch's `fully_shard` does it: before a layer runs, on the way there and on the way back, its weights are gathered, and
afterwards they are given up again. What the layers pass on, keys and values of a cache, masks and activations, stays
whole in each process, so whatever reads the model need not know. Embeddings and the output layer stay whole, too: they
are looked up, and applied at targets, outside of the model's own pass.

A gathering is joint work: every process has to run the model equally often (`akb.lalm.processes`), or the others wait.

    model = load(backbone, "cpu", {}); shard_layers(model, torch.device("cuda:0"), processes=8)
"""

from __future__ import annotations

from typing import Any

import torch

from akb.errors import AkbError


def shard_layers(model: Any, device: torch.device, processes: int) -> int:
    """Split every decoder layer of `model` over all processes of the default group; returns how many there are.

    model: frozen, on the CPU, where its weights are mapped from their file: each layer goes to `device` alone, and is
    cut to this process's share there before the next one. All else goes to `device` whole.

    Raises AkbError for a model whose decoder layers are not known as such.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard
    from transformers.modeling_layers import GradientCheckpointingLayer

    layers = [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]
    if not layers:
        raise AkbError(
            f"the layers of a {model.config.model_type!r} model are not known, so they cannot be split over processes",
            where="lalm.training.shard_backbone",
            remedy="switch it off; every process then holds the whole model",
        )
    mesh = init_device_mesh(device.type, (processes,))
    for layer in layers:
        fully_shard(layer, mesh=mesh, reshard_after_forward=True)
    own = {id(parameter) for layer in layers for parameter in layer.parameters()}
    whole = {parameter for parameter in model.parameters() if id(parameter) not in own}
    # It holds no weights itself: as their common root it lets each layer fetch the next one's while it computes.
    fully_shard(model.base_model, mesh=mesh, ignored_params=whole)
    model.to(device)
    for place, layer in enumerate(layers):
        _gather_for_cached(layer, place)
    return len(layers)


def _gather_for_cached(layer: Any, place: int) -> None:
    """Gather a layer's weights for the gradients of its keys and values in a cache, too. torch does so for those of
    what a layer returns; but of an opening that is learnt nothing else of the last layer is used."""

    def listen(_: Any, arguments: tuple[Any, ...], named: dict[str, Any], output: Any) -> None:
        cache = named.get("past_key_values")
        if not torch.is_grad_enabled() or cache is None or getattr(cache, "stays", False):
            return
        if place < len(cache.layers):  # of a family whose last layers read another's there are fewer
            for kept in (cache.layers[place].keys, cache.layers[place].values):
                if kept is not None and kept.requires_grad:
                    kept.register_hook(lambda _: layer.unshard())

    layer.register_forward_hook(listen, with_kwargs=True)
