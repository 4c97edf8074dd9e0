"""What the connector is taught at a step: two objectives for one loop (`training`).

1. `alignment`, which is not in DeSTA2.5-Audio: each query says which of all descriptions' words stands at its place in
   its clip's description, which ends in line breaks. The backbone is not run at all, so a step costs a hundredth of
   one of the second objective.
2. `distillation`, as in DeSTA: cross-entropy of the backbone's own answers, through the frozen backbone.

An objective gives sums, and how many terms they have: so a step may be cut into parts and shared among processes, and
stays the same step.

    objective = distillation(lalm, recipe); loss = objective.loss(connector, part) / part.weight
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from akb.lalm.batches import Part, Preparing, Task
from akb.lalm.connector import pad_frames
from akb.lalm.model import Branch, Clip, Lalm
from akb.lalm.recipe import Example, Recipe


@dataclass(frozen=True)
class Objective:
    """prepare: what is learnt from an example, in the thread that reads ahead. loss: the sum over a part's terms.
    idle: a loss of nothing, for a process that has no part left while others still have one; None where nobody waits
    for it."""

    name: str
    prepare: Preparing
    loss: Callable[[Any, Part], torch.Tensor]
    idle: Callable[[], torch.Tensor] | None = None


def distillation(lalm: Lalm, recipe: Recipe, queries: int) -> Objective:
    """Cross-entropy of `recipe.questions_per_clip` answers, drawn for each clip. queries: audio embeddings of one."""
    by_tokens = recipe.loss_over == "tokens"

    def prepare(example: Example, chance: random.Random) -> Task:
        asked = _drawn(example.questions, recipe, chance)
        if not recipe.choice:
            asked = tuple(replace(branch, rivals=()) for branch in asked)
        clip = Clip(lalm.prompt.trunk(example.transcript), asked)
        targets = sum(len(branch.target) for branch in clip.branches)
        return Task(clip, queries + clip.length, targets if by_tokens else len(clip.branches))

    def loss(connector: Any, part: Part) -> torch.Tensor:
        audio = heard(connector, part, lalm.device)
        clips = [task.work for task in part.tasks]
        found = lalm.answer_logprobs(clips, audio)
        branches = [branch for clip in clips for branch in clip.branches]
        losses = []
        for branch, answers in zip(branches, (answers for clip in found for answers in clip), strict=True):
            # Of answers: the mean over a branch's tokens, so that a long answer counts no more than a short one.
            loss = -answers[0].mean()
            if branch.rivals:
                loss = (1 - recipe.choice) * loss + recipe.choice * _not_chosen(branch, answers)
            losses.append(loss * len(branch.target) if by_tokens else loss)
        return torch.stack(losses).sum()

    return Objective("distil", prepare, loss, partial(idle, lalm) if lalm.sharded else None)


def idle(lalm: Lalm) -> torch.Tensor:
    """Run the backbone once for nothing, with gradients where they are computed: of a model whose layers are split,
    every process has to gather as often as the others do."""
    audio = lalm.embedded(torch.tensor([[lalm.prompt.filler]], device=lalm.device)).detach().requires_grad_()
    clip = Clip((), (Branch((lalm.end,), (lalm.end,)),))
    return torch.stack([found.sum() for found in lalm.target_logprobs([clip], audio)[0]]).sum() * 0


def _not_chosen(branch: Branch, answers: Sequence[torch.Tensor]) -> torch.Tensor:
    """Cross-entropy of the choice among the options, each as likely as its whole text: as items are asked."""
    whole = torch.stack([answers[0][: branch.chosen].sum(), *(rival.sum() for rival in answers[1:])])
    return -whole.log_softmax(dim=0)[0]


def alignment(lalm: Lalm, vocabulary: torch.Tensor, temperature: float, queries: int) -> Objective:
    """Cross-entropy of the word at each query's place. vocabulary: `description_tokens`. temperature: of a connector
    that points at embeddings, and has no logits of words."""
    place = {int(token): index for index, token in enumerate(vocabulary)}
    blank = place[lalm.blank]
    vectors = lalm.embedded(vocabulary.to(lalm.device)).float()
    centre = vectors.mean(dim=0)
    directions = functional.normalize(vectors - centre, dim=-1)

    def prepare(example: Example, chance: random.Random) -> Task:
        # A held-out clip may have words of its own, which nothing can be asked about.
        words = [place.get(token, -100) for token in lalm.plain_tokens(example.description)[:queries]]
        words += [blank] * (queries - len(words))
        return Task(words, 0, sum(word >= 0 for word in words))

    def loss(connector: Any, part: Part) -> torch.Tensor:
        logits = heard(connector, part, lalm.device, words=True)
        if not bare(connector).shape.words:
            logits = functional.normalize(logits - centre, dim=-1) @ directions.T / temperature
        wanted = torch.tensor([task.work for task in part.tasks], device=logits.device)
        return functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="sum")

    return Objective("align", prepare, loss)


def hear(connector: Any, clips: list[torch.Tensor], device: torch.device) -> torch.Tensor:
    """Audio embeddings `[clips, queries, llm_width]` of features `[layers, frames, width]`."""
    return heard(connector, Part(*pad_frames(clips), ()), device)


def heard(connector: Any, part: Part, device: torch.device, *, words: bool = False) -> torch.Tensor:
    """Audio embeddings `[clips, queries, llm_width]` of a part. words: of a connector that mixes words what it gives
    before the mixing, a logit for each."""
    frames, mask = part.frames.to(device, non_blocking=True), part.mask.to(device, non_blocking=True)
    # Products in bfloat16 pay on a GPU; on a CPU the conversions of these small matrices cost more than they save.
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
        audio: torch.Tensor = connector(frames, mask, words=True) if words else connector(frames, mask)
    return audio.float()


def bare(connector: Any) -> Any:
    """The connector itself, where several processes share it."""
    return getattr(connector, "module", connector)


def description_tokens(lalm: Lalm, descriptions: Iterable[str]) -> torch.Tensor:
    """The tokens of all descriptions and the one that fills up a short description, in their order."""
    tokens = {token for text in descriptions for token in lalm.plain_tokens(text)}
    return torch.tensor(sorted(tokens | {lalm.blank}))


def _drawn(questions: Sequence[Branch], recipe: Recipe, chance: random.Random) -> tuple[Branch, ...]:
    count = min(recipe.questions_per_clip, len(questions))
    return tuple(questions[place] for place in chance.sample(range(len(questions)), count))
