"""The processes that train one connector together: one for each GPU, or several on a CPU for tests.

`torchrun` (or anything that sets RANK, WORLD_SIZE and where to meet) starts them; a single process needs nothing.
Nothing is read from a user's own settings, so as many work together as were started, or it is an error.

    processes = Processes.joined("cuda"); connector = processes.shared(connector)
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import distributed

from akb.errors import AkbError

T = TypeVar("T")


@dataclass(frozen=True)
class Processes:
    """This process among `count`, and the device that is its own."""

    rank: int
    count: int
    device: torch.device

    @staticmethod
    def alone(device: str | torch.device) -> Processes:
        return Processes(0, 1, torch.device(device))

    @staticmethod
    def joined(device: str) -> Processes:
        """Join those that were started together, with the cores shared among them. device: "cpu" or "cuda".

        Raises AkbError where there are fewer GPUs than processes.
        """
        count = int(os.environ.get("WORLD_SIZE", "1"))
        here, rank = int(os.environ.get("LOCAL_RANK", "0")), int(os.environ.get("RANK", "0"))
        if count == 1:
            return Processes.alone(device)
        beside = int(os.environ.get("LOCAL_WORLD_SIZE", count))
        torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // beside))
        if device.startswith("cuda"):
            if torch.cuda.device_count() < beside:
                raise AkbError(
                    f"{beside} processes were started here, and torch can use {torch.cuda.device_count()} GPUs",
                    where="lalm.launch",
                    remedy="let `launch` start as many as `resources: finetune: gpus` says",
                )
            torch.cuda.set_device(here)
            device = f"cuda:{here}"
        distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
        return Processes(rank, count, torch.device(device))

    @property
    def is_main(self) -> bool:
        """Whether this one writes and shows progress."""
        return self.rank == 0

    def shared(self, module: torch.nn.Module) -> Any:
        """`module` such that gradients are averaged over the processes."""
        if self.count == 1:
            return module
        places = [self.device.index] if self.device.type == "cuda" else None
        return torch.nn.parallel.DistributedDataParallel(
            module, device_ids=places, find_unused_parameters=True, broadcast_buffers=False
        )

    def sum(self, value: torch.Tensor) -> torch.Tensor:
        """The sum of every process's `value`; on a GPU nobody waits for it."""
        if self.count > 1:
            value = value.clone()
            distributed.all_reduce(value)
        return value

    def most(self, count: int) -> int:
        """The largest `count` of any process; waits for all of them."""
        if self.count == 1:
            return count
        value = torch.tensor(count, device=self.device)
        distributed.all_reduce(value, distributed.ReduceOp.MAX)
        return int(value)

    def abreast(self, things: Iterable[T]) -> Iterator[T | None]:
        """This process's `things`, then None as long as another one has some left: all take as many turns."""
        left = iter(things)
        while True:
            thing = next(left, None)
            if not self.most(int(thing is not None)):
                return
            yield thing

    def gathered(self, value: Any) -> list[Any]:
        """Every process's `value`, in the order of ranks."""
        if self.count == 1:
            return [value]
        found: list[Any] = [None] * self.count
        distributed.all_gather_object(found, value)
        return found

    def average(self, parameters: Sequence[torch.nn.Parameter]) -> None:
        """Average the gradients of parameters that no shared module holds, in one message."""
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        if self.count == 1 or not gradients:
            return
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        parts = torch.split(flat / self.count, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    @contextmanager
    def keeping_to_itself(self, module: Any, wanted: bool) -> Iterator[None]:
        """Gradients of a pass within the block are added up here, and shared with those of a later one."""
        with module.no_sync() if wanted and self.count > 1 else nullcontext():
            yield


def require_gpus(asked: int, processes: int, device: str) -> None:
    """Raise AkbError unless there is a process for each GPU that was asked for, and it would use one.

    asked: what the rule claimed (`akb.orchestration.devices`) on all nodes; 0: a CPU, or whatever GPU there is.
    """
    if asked and not device.startswith("cuda"):
        raise AkbError(
            f"{asked} GPUs were asked for, and the training would run on the {device}",
            where="resources: finetune: gpus",
            remedy="look at what `python -c 'import torch; print(torch.cuda.is_available())'` says: an old driver, or "
            "a torch without CUDA; `akb doctor` tells which",
        )
    if asked and asked != processes:
        raise AkbError(
            f"{asked} GPUs were asked for, and {processes} processes were started",
            where="lalm.launch",
            remedy=f"set `launch: torchrun --standalone --nproc_per_node {asked}`; on several nodes without "
            "`--standalone`, which keeps each to itself, and with as many as `gpus` says, which is meant of each",
        )
