"""An early look while a training runs: held-out questions with options, answered with their sound and without.

A question is right if the option that was learnt as its answer is the likeliest of all by its whole text; where
another is as likely it is not. The questions are of held-out clips, as many clips as possible, and the same at every
look.

    look = Look(lalm, held_out, features, recipe, processes); with_audio, without = look(connector)
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from akb.lalm.batches import Part, Task, parts
from akb.lalm.model import Branch, Clip, Lalm
from akb.lalm.objectives import heard, idle
from akb.lalm.processes import Processes
from akb.lalm.recipe import Example, Recipe


class Look:
    """See the module's text. Nothing is drawn from torch's random state, so training goes on as if nobody had
    looked."""

    def __init__(
        self,
        lalm: Lalm,
        held_out: Sequence[Example],
        features: Mapping[str, torch.Tensor],
        recipe: Recipe,
        processes: Processes,
        queries: int,
    ) -> None:
        self._lalm, self._features, self._recipe, self._processes = lalm, features, recipe, processes
        self._queries = queries
        chosen = _chosen(held_out, recipe.look, recipe.seed)
        self._asked = chosen[processes.rank :: processes.count]
        self._without: float | None = None  # what is never heard stays the same, unless the backbone learns, too

    def __call__(self, connector: Any) -> tuple[float | None, float | None]:
        """(share of right answers with sound, share without sound and transcript); None where there is no question."""
        with_sound = self._share(connector)
        if self._without is None or self._lalm.adapted:
            self._without = self._share(None)
        return with_sound, self._without

    @torch.no_grad()
    def _share(self, connector: Any) -> float | None:
        right = count = 0
        made = self._parts(heard=connector is not None)
        for part in self._processes.abreast(made) if self._lalm.sharded else made:
            if part is None:  # another process has one
                idle(self._lalm)
                continue
            audio = heard(connector, part, self._lalm.device) if connector is not None else None
            answers = self._lalm.answer_logprobs([task.work for task in part.tasks], audio)
            for task, found in zip(part.tasks, answers, strict=True):
                right += sum(map(_is_right, task.work.branches, found))
                count += len(found)
        summed = self._processes.sum(torch.tensor([float(right), float(count)], device=self._processes.device))
        total, whole = summed.tolist()
        return total / whole if whole else None

    def _parts(self, *, heard: bool) -> Iterator[Part]:
        size = self._recipe.clips_per_step
        for at in range(0, len(self._asked), size):
            some = self._asked[at : at + size]
            tasks = []
            for example, branches in some:
                clip = Clip(self._lalm.prompt.trunk(example.transcript) if heard else (), branches)
                tasks.append(Task(clip, self._queries + clip.length, len(branches)))
            clips = [self._features[example.clip_id] for example, _ in some]
            yield from parts(clips, tasks, self._recipe.part_tokens)


def _is_right(branch: Branch, answers: Sequence[torch.Tensor]) -> bool:
    chosen = float(answers[0][: branch.chosen].sum())
    return all(chosen > float(rival.sum()) for rival in answers[1:])


def _chosen(held_out: Sequence[Example], count: int, seed: int) -> list[tuple[Example, tuple[Branch, ...]]]:
    """Clips with those of their questions that are asked, `count` in all: each clip's first, then its second, …"""
    order = random.Random(f"{seed} look").sample(range(len(held_out)), len(held_out)) if count else []
    asked: dict[int, list[Branch]] = {}
    waiting = [(place, 0) for place in order]
    found = 0
    for place, number in waiting:  # grows: a clip that was asked waits for its next question
        if found == count:
            break
        questions = held_out[place].questions
        if number >= len(questions):
            continue
        if (branch := questions[number]).rivals:
            asked.setdefault(place, []).append(branch)
            found += 1
        waiting.append((place, number + 1))
    return [(held_out[place], tuple(branches)) for place, branches in sorted(asked.items())]
