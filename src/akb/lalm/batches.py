"""Which clips a training step hears, and their features, read ahead of the step in a thread of their own.

for batch in read_batches(examples, features, recipe, "distil", first=0): ...
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import torch

from akb.lalm.recipe import Example, Recipe

T = TypeVar("T")
_READ_AHEAD = 2  # steps


@dataclass(frozen=True)
class Batch:
    """Examples, their features `[layers, frames, width]`, and the chance that goes on to draw their questions."""

    examples: Sequence[Example]
    clips: list[torch.Tensor]
    chance: random.Random


def read_batches(
    examples: Sequence[Example],
    features: Mapping[str, torch.Tensor],
    recipe: Recipe,
    stage: str,
    first: int,
    rank: int = 0,
    ranks: int = 1,
) -> Iterator[Batch]:
    """The batches of step `first` + 1 on, with the frames that are heard at them, for one of `ranks` processes."""

    def made() -> Iterator[Batch]:
        for step, chosen in enumerate(_drawn(examples, features, recipe, stage, first, rank, ranks), start=first + 1):
            chance = random.Random(f"{recipe.seed} {stage} {step}")
            clips = [thinned(features[example.clip_id], recipe.frames_kept, chance) for example in chosen]
            yield Batch(chosen, clips, chance)

    return ahead(made(), _READ_AHEAD)


def whole_batches(examples: Sequence[Example], features: Mapping[str, torch.Tensor], size: int) -> Iterator[Batch]:
    """All examples once, in their order, with all their frames: for measuring."""
    for at in range(0, len(examples), size):
        chosen = examples[at : at + size]
        yield Batch(chosen, [features[example.clip_id] for example in chosen], random.Random(0))


def _drawn(
    examples: Sequence[Example],
    features: Mapping[str, torch.Tensor],
    recipe: Recipe,
    stage: str,
    first: int,
    rank: int,
    ranks: int,
) -> Iterator[list[Example]]:
    """Examples of the steps from `first` on: shuffled epochs, clips of like length side by side."""

    def length(index: int) -> int:
        return int(features[examples[index].clip_id].shape[1])

    size, made = min(recipe.clips_per_step, len(examples)), 0
    for epoch in range(recipe.steps * ranks):
        order = list(range(len(examples)))
        chance = random.Random(f"{recipe.seed} {stage} epoch {epoch}")
        chance.shuffle(order)
        pool = size * 8  # sorting within a pool keeps padding low and chance high
        order = [i for at in range(0, len(order), pool) for i in sorted(order[at : at + pool], key=length)]
        batches = [order[at : at + size] for at in range(0, len(order) - size + 1, size)]
        chance.shuffle(batches)
        for batch in batches[rank::ranks][: len(batches) // ranks] or batches[:1]:
            if made >= recipe.steps:
                return
            made += 1
            if made > first:
                yield [examples[i] for i in batch]


def thinned(clip: torch.Tensor, share: float, chance: random.Random) -> torch.Tensor:
    """A random share of a clip's frames `[layers, frames, width]`, in order. Cheaper, and harder to learn by heart."""
    frames = clip.shape[1]
    kept = sorted(chance.sample(range(frames), max(1, round(frames * share))))
    return clip[:, kept]


def ahead(things: Iterator[T], count: int) -> Iterator[T]:
    """`things` in their order, made in another thread, up to `count` of them before they are asked for."""
    with ThreadPoolExecutor(1) as thread:
        waiting = deque(thread.submit(next, things, None) for _ in range(count))
        while (thing := waiting.popleft().result()) is not None:
            waiting.append(thread.submit(next, things, None))
            yield thing
