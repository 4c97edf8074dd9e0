"""What a training is told, what it learns from, and what it reports: plain values.

Recipe.of(Training(steps=200, lr=1e-3))
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from akb.lalm.connector import ConnectorShape
from akb.lalm.model import Branch

if TYPE_CHECKING:
    import torch

    from akb.settings.training import Training


def connector_shape(options: Training, features: torch.Tensor, llm_width: int, words: int) -> ConnectorShape:
    """The connector that `options` ask for. features: of any clip, `[layers, frames, width]`; words: that a training
    mixes, if it mixes any."""
    return ConnectorShape(
        layers=features.shape[0],
        encoder_width=features.shape[2],
        llm_width=llm_width,
        queries=options.queries,
        width=options.width,
        depth=options.depth,
        heads=options.heads,
        self_attention=not options.no_self_attention,
        statistics=not options.no_statistics,
        dropout=options.dropout,
        words=0 if options.no_words else words,
    )


@dataclass(frozen=True)
class Example:
    """A training clip: its transcript, its description's words, and what was asked and answered about it."""

    clip_id: str
    transcript: str
    description: str
    questions: Sequence[Branch]


@dataclass(frozen=True)
class Recipe:
    """How to train. Learning rates are peaks of a linear warm-up and a cosine to zero.

    loss_over: what the loss is the mean of: "answers" (each counts alike, however long) or "tokens" (of a step).
    """

    steps: int
    clips_per_step: int
    questions_per_clip: int
    lr: float
    warmup: float  # share of the steps
    loss_over: Literal["answers", "tokens"]
    choice: float  # of a question with options, the share of the loss that is of the choice, not of the tokens
    align_steps: int
    align_clips_per_step: int
    align_lr: float
    align_temperature: float
    frames_kept: float  # share of a clip's frames, drawn anew at each step; all are heard outside training
    betas: tuple[float, float]
    weight_decay: float
    clip_norm: float
    held_out_every: int
    seed: int
    part_tokens: int = 0  # how many tokens go through the backbone at once; 0: a whole step
    keep_every: int = 0  # steps between connectors that are kept; 0: none
    look: int = 0  # held-out questions that are answered at each measurement
    lora_rank: int = 0  # of the low-rank adapter on the backbone; 0: none
    lora_alpha: float = 16.0

    @staticmethod
    def of(options: Training) -> Recipe:
        """The part of the options that says how to train; defaults stand there."""
        return Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})

    def for_alignment(self) -> Recipe:
        """The recipe of the first stage in the terms of the second: a clip has one description."""
        own = {"steps": self.align_steps, "lr": self.align_lr, "clips_per_step": self.align_clips_per_step}
        return replace(self, **own, questions_per_clip=1)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Record:
    """A row of `tables.TRAINING`."""

    stage: str
    step: int
    loss: float
    lr: float
    samples_per_second: float
    held_out_loss: float | None
    tokens_per_second: float = 0.0
    accuracy: float | None = None
    accuracy_no_audio: float | None = None
    waiting: float | None = None
    share_of_peak: float | None = None


def learning_rate(step: int, recipe: Recipe) -> float:
    """The rate at a step counted from 1: linear warm-up, then a cosine that reaches zero after the last step."""
    warm = max(1, round(recipe.warmup * recipe.steps))
    if step <= warm:
        return recipe.lr * step / warm
    return recipe.lr * 0.5 * (1 + math.cos(math.pi * (step - warm) / (recipe.steps - warm + 1)))
