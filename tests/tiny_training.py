"""A training of a tiny model on made-up features, which takes a second: what several tests of training share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.model import Lalm
from akb.lalm.recipe import Example, Recipe, Record
from akb.lalm.training import train
from akb.settings.training import Training

RECIPE = Recipe.of(Training(steps=12, clips_per_step=8, questions_per_clip=2, lr=3e-3, align_steps=6,
                            align_clips_per_step=8, held_out_every=3))  # fmt: skip
WORDS = ("dog", "bell", "a very long answer about rain on a tin roof")


def material(
    lalm: Lalm, clips: int = 20, options: tuple[str, ...] = ()
) -> tuple[dict[str, torch.Tensor], list[Example]]:
    """Features and examples. options: of every question; its answer is one of them."""
    features, examples = {}, []
    for number in range(clips):
        frames = 4 + number % 5
        features[f"c{number}"] = torch.randn(2, frames, 12, generator=torch.Generator().manual_seed(number))
        asked = ("What do you hear?", "Which sound is it, and where does it come from?", "And now?")
        answers = options or WORDS
        questions = tuple(
            lalm.branch(text, options, answers[(number + n) % len(answers)], end=True) for n, text in enumerate(asked)
        )
        examples.append(Example(f"c{number}", "hello" * (number % 2), WORDS[number % 3], questions))
    return features, examples


def connector_of(lalm: Lalm, dropout: float = 0.0) -> Connector:
    torch.manual_seed(0)
    return Connector(ConnectorShape(2, 12, lalm.width, queries=4, width=32, depth=1, heads=2, dropout=dropout))


def trained(
    lalm: Lalm, recipe: Recipe, dropout: float = 0.0, options: tuple[str, ...] = (), **more: Any
) -> tuple[Connector, list[Record]]:
    features, examples = material(lalm, options=options)
    connector = connector_of(lalm, dropout)
    records = train(lalm, connector, examples[4:], examples[:4], features, recipe, **more)
    return connector, records


def require_equal(one: Connector, other: Connector, tolerance: float) -> None:
    for name, value in one.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], value, rtol=tolerance, atol=tolerance, msg=name)


class _Killed(Exception):
    """Stands for a kill."""


@contextmanager
def killed_after(step: int) -> Iterator[None]:
    """A training within the block dies when it would take the step after `step`; it has to."""
    real, steps = torch.optim.AdamW.step, []

    def dying(self: Any, *arguments: Any, **named: Any) -> Any:
        steps.append(1)
        if len(steps) > step:
            raise _Killed
        return real(self, *arguments, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(torch.optim.AdamW, "step", dying)
        with pytest.raises(_Killed):
            yield
