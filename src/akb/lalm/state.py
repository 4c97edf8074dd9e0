"""What a killed training needs to go on as if nothing had happened: one file, written at every measurement.

It belongs to one training: recipe, clips, answers, held-out clips, the connector's shape and the number of processes
make its signature, and a file with another is passed over. Tensors are kept on the CPU, and every process's random
state with them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from akb.atomic import atomic_path
from akb.lalm.connector import Connector
from akb.lalm.processes import Processes
from akb.lalm.recipe import Example, Recipe, Record

_BEST = ("loss", "connector", "adapter")


@dataclass(frozen=True)
class Best:
    """The weights with the lowest held-out loss so far, and that loss. adapter: empty where the backbone wears none."""

    loss: float
    connector: Mapping[str, torch.Tensor]
    adapter: Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class State:
    """Where a training stood. random: for each process, of its CPU and of its GPU. adapter: as in `Best`. best: None
    until a held-out loss of the last stage was measured."""

    stage: str
    connector: Mapping[str, torch.Tensor]
    optimiser: Mapping[str, Any]
    records: Sequence[Record]
    random: Sequence[tuple[torch.Tensor, torch.Tensor | None]]
    adapter: Mapping[str, torch.Tensor] = field(default_factory=dict)
    best: Best | None = None


def signature(
    recipe: Recipe,
    connector: Connector,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    processes: int,
    backbone: str,
) -> str:
    """16 hex digits over all that a training's steps depend on. backbone: its fingerprint."""
    stepping = replace(recipe, keep_every=0)  # what else is kept changes no step
    digest = hashlib.sha256(repr((asdict(stepping), asdict(connector.shape), processes, backbone)).encode())
    for side in (examples, held_out):
        # Millions of examples are kept as a table (`Examples`), which tells its digest without making one of them.
        tell = getattr(side, "digest", None)
        told = tell() if tell else repr([_plain(example) for example in side])
        digest.update(f"|{told}".encode())
    return digest.hexdigest()[:16]


def keep(state: State, path: Path, signed: str) -> None:
    """Write the state, whole or not at all."""
    content = {
        "signature": signed,
        "stage": state.stage,
        "connector": {name: value.cpu() for name, value in state.connector.items()},
        "optimiser": state.optimiser,
        "records": [asdict(record) for record in state.records],
        "random": [list(pair) for pair in state.random],
        "adapter": dict(state.adapter),
        "best": None if state.best is None else {name: getattr(state.best, name) for name in _BEST},
    }
    with atomic_path(path) as temporary:
        torch.save(content, temporary)


def resume(path: Path | None, signed: str) -> State | None:
    """The state of the training with this signature; None where there is none."""
    if path is None or not path.exists():
        return None
    # To the CPU: kept by one process, it would otherwise come back to that one's GPU in all of them.
    content = torch.load(path, weights_only=True, map_location="cpu")
    if content.get("signature") != signed:
        return None
    return State(
        content["stage"],
        content["connector"],
        content["optimiser"],
        [Record(**record) for record in content["records"]],
        [(pair[0], pair[1]) for pair in content["random"]],
        content["adapter"],
        None if content["best"] is None else Best(**content["best"]),
    )


def random_state(device: torch.device) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The random state of this process: of the CPU, and of its GPU if it has one."""
    return torch.get_rng_state(), torch.cuda.get_rng_state(device) if device.type == "cuda" else None


def set_random_state(state: tuple[torch.Tensor, torch.Tensor | None], processes: Processes) -> None:
    torch.set_rng_state(state[0])
    if state[1] is not None and processes.device.type == "cuda":
        torch.cuda.set_rng_state(state[1], processes.device)


def _plain(example: Example) -> tuple[object, ...]:
    return example.clip_id, example.transcript, example.description, tuple(example.questions)
