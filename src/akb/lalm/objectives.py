"""What the connector is taught at a step: two objectives for one loop (`training`).

1. `alignment`, which is not in DeSTA2.5-Audio: each query says which of all descriptions' words stands at its place in
   its clip's description, which ends in line breaks. The backbone is not run at all, so a step costs a hundredth of
   one of the second objective.
2. `distillation`, as in DeSTA: cross-entropy of the backbone's own answers, through the frozen backbone.

    objective = distillation(lalm, recipe); loss, weight = objective.loss(connector, batch)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from akb.lalm.batches import Batch
from akb.lalm.connector import pad_frames
from akb.lalm.model import Branch, Clip, Lalm
from akb.lalm.recipe import Recipe


@dataclass(frozen=True)
class Objective:
    """loss: (connector, batch) → (the mean loss, what it is a mean of: how many clips or tokens it stands for)."""

    name: str
    loss: Callable[[Any, Batch], tuple[torch.Tensor, int]]


def distillation(lalm: Lalm, recipe: Recipe) -> Objective:
    """Cross-entropy of answers: of `recipe.questions_per_clip` drawn for each clip."""

    def loss(connector: Any, batch: Batch) -> tuple[torch.Tensor, int]:
        audio = hear(connector, batch.clips, lalm.device)
        clips = [
            Clip(lalm.trunk_tokens(example.transcript), _drawn(example.questions, recipe, batch.chance))
            for example in batch.examples
        ]
        logprobs = [branch for clip in lalm.target_logprobs(clips, audio) for branch in clip]
        if recipe.loss_over == "tokens":
            tokens = torch.cat(logprobs)
            return -tokens.mean(), len(tokens)
        # The mean over branches of the mean over a branch's tokens: a long answer counts no more than a short one.
        return -torch.stack([branch.mean() for branch in logprobs]).mean(), len(batch.examples)

    return Objective("distil", loss)


def alignment(lalm: Lalm, vocabulary: torch.Tensor, temperature: float) -> Objective:
    """Cross-entropy of the word at each query's place. vocabulary: `description_tokens`. temperature: of a connector
    that points at embeddings, and has no logits of words."""
    place = {int(token): index for index, token in enumerate(vocabulary)}
    vectors = lalm.embedded(vocabulary.to(lalm.device)).float()
    centre = vectors.mean(dim=0)
    directions = functional.normalize(vectors - centre, dim=-1)

    def loss(connector: Any, batch: Batch) -> tuple[torch.Tensor, int]:
        logits = hear(connector, batch.clips, lalm.device, words=True)
        wanted = torch.full((len(batch.examples), logits.shape[1]), place[lalm.blank])
        for row, example in enumerate(batch.examples):
            for slot, token in enumerate(lalm.plain_tokens(example.description)[: logits.shape[1]]):
                wanted[row, slot] = place.get(token, -100)  # a held-out clip may have words of its own
        if not connector.shape.words:
            logits = functional.normalize(logits - centre, dim=-1) @ directions.T / temperature
        value = functional.cross_entropy(logits.flatten(0, 1), wanted.flatten().to(logits.device))
        return value, len(batch.examples)

    return Objective("align", loss)


def hear(connector: Any, clips: list[torch.Tensor], device: torch.device, *, words: bool = False) -> torch.Tensor:
    """Audio embeddings `[clips, queries, llm_width]` of features `[layers, frames, width]`.

    words: what a connector that mixes words gives before the mixing, `[clips, queries, words]`.
    """
    frames, mask = pad_frames(clips)
    # Products in bfloat16 pay on a GPU; on a CPU the conversions of these small matrices cost more than they save.
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
        listen = connector.word_logits if words and connector.shape.words else connector
        audio: torch.Tensor = listen(frames.to(device), mask.to(device))
    return audio.float()


def description_tokens(lalm: Lalm, descriptions: Iterable[str]) -> torch.Tensor:
    """The tokens of all descriptions and the one that fills up a short description, in their order."""
    tokens = {token for text in descriptions for token in lalm.plain_tokens(text)}
    return torch.tensor(sorted(tokens | {lalm.blank}))


def _drawn(questions: Sequence[Branch], recipe: Recipe, chance: random.Random) -> tuple[Branch, ...]:
    count = min(recipe.questions_per_clip, len(questions))
    return tuple(questions[place] for place in chance.sample(range(len(questions)), count))
