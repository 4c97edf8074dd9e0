"""The section `lalm.training`: the connector's shape and how it is trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from akb.settings.section import Count, CountOrNone, Real, Section


class Training(Section):
    """The connector's shape, the recipe and the machine: options of `workflow/scripts/finetune.py`."""

    queries: Count = 8
    """Audio embeddings for each clip."""
    width: Count = 256
    """The connector's width."""
    depth: Count = 2
    """Its cross-attention blocks."""
    heads: Count = 4
    """Its attention heads."""
    dropout: Real = 0.2
    """On frames' projections and inside the blocks."""
    no_statistics: bool = False
    """Hide the clip's mean and deviation over time."""
    no_self_attention: bool = False
    """Queries do not attend to each other."""
    no_words: bool = False
    """Embeddings are not mixtures of the backbone's own."""
    steps: CountOrNone = 200
    """Steps of the distillation stage; 0: the alignment alone."""
    clips_per_step: Count = 8
    """On each process."""
    questions_per_clip: Count = 3
    """Questions that share a clip's trunk at a step."""
    lr: Real = 1e-3
    """Peak of a linear warm-up and a cosine to zero."""
    warmup: Real = 0.05
    """Share of the steps."""
    loss_over: Literal["answers", "tokens"] = "answers"
    """What the loss is a mean of: answers, however long, or tokens as in DeSTA2.5-Audio."""
    choice: Annotated[Real, Field(le=1)] = 0.0
    """Share of the loss of a question with options that is a choice among them, as mode `option` asks, in place of the
    answer's tokens; 0: none, as in DeSTA2.5-Audio."""
    align_steps: CountOrNone = 60
    """Steps of the alignment stage; 0: none, as in DeSTA2.5-Audio."""
    align_clips_per_step: Count = 32
    """Clips of a step of the alignment stage."""
    align_lr: Real = 1e-3
    """Its peak learning rate."""
    align_temperature: Real = 0.05
    """Of its choice among words."""
    frames_kept: Real = 0.5
    """Share of a clip's frames seen at a step, drawn anew each time; 1: all."""
    betas: Annotated[tuple[Real, Real], Field(strict=False)] = (0.9, 0.98)
    """Of AdamW."""
    weight_decay: Real = 0.01
    """Of AdamW."""
    clip_norm: Real = 1.0
    """The longest gradient."""
    held_out: Real = 0.05
    """Share of recordings kept from training."""
    held_out_every: Count = 100
    """Steps between measurements and saved states."""
    keep_every: CountOrNone = 0
    """Steps between connectors that are kept in the folder `steps`, beside the last and the best; 0: none."""
    look: CountOrNone = 0
    """Held-out questions with options that are answered at each measurement, with their sound and without: an early
    look in training.csv; 0: none."""
    lora_rank: CountOrNone = 0
    """Rank of a low-rank adapter (LoRA) on every linear layer of the backbone, trained with the connector and stored
    in its file; the same for all backbones. 0: the backbone stays as it is, as in the paper."""
    lora_alpha: Annotated[Real, Field(gt=0)] = 16.0
    """What the adapter adds is multiplied by this over its rank."""
    seed: int = 0
    """Of initialisation, order and dropout."""
    part_tokens: CountOrNone = 0
    """How many tokens go through the backbone at once: a step is cut into such parts, whose gradients are added up. 0:
    a whole step."""
    checkpointing: bool = False
    """Compute the frozen layers a second time on the way back, in place of keeping what they computed: a third slower,
    and memory for one layer in place of all."""
    shard_backbone: bool = False
    """Split the backbone's layers over the processes of a training, each of which gathers a layer while it computes
    it: for a backbone that does not fit one GPU."""
