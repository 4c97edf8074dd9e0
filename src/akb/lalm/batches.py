"""Which clips a training step hears and what is asked about them, made ahead of the step in a thread of its own.

A step's clips are drawn for all processes at once, and each takes its share: two processes with 8 clips each do what
one does with 16. What is drawn for a clip depends on step and clip alone. Within a process the clips are
cut into parts of so many tokens at most, whose gradients are added up.

for step in read_steps(examples, features, recipe, objective, processes, first=0): ...
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

from akb.lalm.connector import pad_frames
from akb.lalm.processes import Processes
from akb.lalm.recipe import Example, Recipe

T = TypeVar("T")
_READ_AHEAD = 2  # steps


@dataclass(frozen=True)
class Task:
    """What is to be learnt from one clip at one step. work: for the objective. tokens: that the backbone will read.
    weight: how many answers (or tokens, or words) its loss is a sum of."""

    work: Any
    tokens: int
    weight: int


@dataclass(frozen=True)
class Part:
    """Clips that go through the model together: features padded to `[clips, layers, frames, width]`, and their mask."""

    frames: torch.Tensor
    mask: torch.Tensor
    tasks: Sequence[Task]

    @property
    def weight(self) -> int:
        return sum(task.weight for task in self.tasks)


Preparing = Callable[[Example, random.Random], Task]


def read_steps(
    examples: Sequence[Example],
    features: Mapping[str, torch.Tensor],
    recipe: Recipe,
    stage: str,
    prepare: Preparing,
    processes: Processes,
    first: int,
) -> Iterator[list[Part]]:
    """The parts of this process's share of every step from `first` + 1 on."""

    def made() -> Iterator[list[Part]]:
        drawn = _drawn(examples, features, recipe, stage, first, processes.count)
        for step, chosen in enumerate(drawn, start=first + 1):
            size = len(chosen) // processes.count
            mine = [examples[index] for index in chosen[processes.rank * size : (processes.rank + 1) * size]]
            chances = [random.Random(f"{recipe.seed} {stage} {step} {example.clip_id}") for example in mine]
            clips = [
                thinned(features[example.clip_id], recipe.frames_kept, chance)
                for example, chance in zip(mine, chances, strict=True)
            ]
            tasks = [prepare(example, chance) for example, chance in zip(mine, chances, strict=True)]
            yield parts(clips, tasks, recipe.part_tokens, pinned=processes.device.type == "cuda")

    return ahead(made(), _READ_AHEAD)


def whole_parts(
    examples: Sequence[Example],
    features: Mapping[str, torch.Tensor],
    recipe: Recipe,
    prepare: Preparing,
    processes: Processes,
) -> Iterator[Part]:
    """This process's share of all examples, once, with all their frames: for measuring."""
    mine = examples[processes.rank :: processes.count] if processes.count > 1 else examples
    for at in range(0, len(mine), recipe.clips_per_step):
        chosen = [mine[index] for index in range(at, min(at + recipe.clips_per_step, len(mine)))]
        tasks = [prepare(example, random.Random(f"{recipe.seed} {example.clip_id}")) for example in chosen]
        yield from parts([features[example.clip_id] for example in chosen], tasks, recipe.part_tokens)


def parts(clips: Sequence[torch.Tensor], tasks: Sequence[Task], tokens: int, pinned: bool = False) -> list[Part]:
    """Clips cut into parts, in their order: padded to its longest, a part reads `tokens` at most, or is one clip.

    tokens: 0: all in one part. pinned: frames lie where a GPU can fetch them while it computes.
    """
    groups: list[list[int]] = []
    longest = 0
    for place, task in enumerate(tasks):
        grown = max(longest, task.tokens)
        if not groups or (tokens and grown * (len(groups[-1]) + 1) > tokens):
            groups.append([])
            grown = task.tokens
        groups[-1].append(place)
        longest = grown
    made = []
    for group in groups:
        frames, mask = pad_frames([clips[place] for place in group])
        if pinned:
            frames, mask = frames.pin_memory(), mask.pin_memory()
        made.append(Part(frames, mask, [tasks[place] for place in group]))
    return made


def _drawn(
    examples: Sequence[Example],
    features: Mapping[str, torch.Tensor],
    recipe: Recipe,
    stage: str,
    first: int,
    processes: int,
) -> Iterator[list[int]]:
    """Places of the examples of all processes at each step from `first` on: shuffled epochs, clips of like length side
    by side."""

    def length(index: int) -> int:
        return int(features[examples[index].clip_id].shape[1])

    size, made = min(recipe.clips_per_step * processes, len(examples) // processes * processes), 0
    for epoch in range(recipe.steps):
        order = list(range(len(examples)))
        chance = random.Random(f"{recipe.seed} {stage} epoch {epoch}")
        chance.shuffle(order)
        pool = size * 8  # sorting within a pool keeps padding low and chance high
        order = [i for at in range(0, len(order), pool) for i in sorted(order[at : at + pool], key=length)]
        batches = [order[at : at + size] for at in range(0, len(order) - size + 1, size)]
        chance.shuffle(batches)
        for batch in batches:
            if made >= recipe.steps:
                return
            made += 1
            if made > first:
                yield batch


def thinned(clip: torch.Tensor, share: float, chance: random.Random) -> torch.Tensor:
    """A random share of a clip's frames `[layers, frames, width]`, in order. Cheaper, and harder to learn by heart."""
    frames = clip.shape[1]
    kept = sorted(chance.sample(range(frames), max(1, round(frames * share))))
    return clip[:, kept]


class Waited(Iterator[T]):
    """`things`, and for how many seconds somebody waited for them."""

    def __init__(self, things: Iterator[T]) -> None:
        self._things = things
        self.seconds = 0.0

    def __next__(self) -> T:
        began = time.monotonic()
        try:
            return next(self._things)
        finally:
            self.seconds += time.monotonic() - began


def ahead(things: Iterator[T], count: int) -> Iterator[T]:
    """`things` in their order, made in another thread, up to `count` of them before they are asked for."""
    with ThreadPoolExecutor(1) as thread:
        waiting = deque(thread.submit(next, things, None) for _ in range(count))
        while (thing := waiting.popleft().result()) is not None:
            waiting.append(thread.submit(next, things, None))
            yield thing
