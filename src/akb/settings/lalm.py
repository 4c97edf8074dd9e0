"""The section `lalm`: audio language models. Each stage's options have a file of their own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from akb.settings.distillation import Distillation
from akb.settings.features import Features
from akb.settings.instructions import Instructions
from akb.settings.listening import Listening
from akb.settings.prompt import Prompt
from akb.settings.section import CountOrNone, Section
from akb.settings.training import Training


class Lalm(Section):
    """Audio language models."""

    encoder: str = "whisper-tiny.en"
    """The tool that is the frozen audio encoder."""
    transcripts: str = "whisper"
    """The captioner whose text stands beside the audio; empty for none."""
    train_on: str = "mini"
    """`mini`, or a name under `training_sets`."""
    prompt: Prompt = Field(default_factory=Prompt)
    """What it is asked, in training and afterwards."""
    features: Features = Field(default_factory=Features)
    """What is kept of the encoder."""
    instructions: Instructions = Field(default_factory=Instructions)
    """What is asked about `mini`'s training clips."""
    distil: Distillation = Field(default_factory=Distillation)
    """How a backbone answers them."""
    training: Training = Field(default_factory=Training)
    """The connector and its training."""
    seeds: Annotated[tuple[CountOrNone, ...], Field(strict=False, min_length=1)] = (0,)
    """Each backbone is trained once for each; added to its training's `seed`. Scores are means over them, and three
    or more let intervals say what another training would change; with one, nobody is ruled out by ear."""
    connector: Literal["last", "best"] = "last"
    """Which of a training's connectors listens: that of its last step, or that with the lowest held-out loss of its
    last stage. Both are kept."""
    listen: Listening = Field(default_factory=Listening)
    """How audio items are asked."""
    launch: str = "python"
    """What starts fine-tuning: `python`, or `torchrun --standalone --nproc_per_node N` for N GPUs; on several nodes
    `torchrun --nproc_per_node N`, with N on each."""
