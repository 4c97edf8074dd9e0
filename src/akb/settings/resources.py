"""The sections `resources` and `shards`: what rules ask of a machine, and into how many jobs a stage is split."""

from __future__ import annotations

from pydantic import Field

from akb.settings.section import Count, CountOrNone, Positive, Section


class Request(Section):
    """What a rule asks of a cluster; memory and time grow with each attempt."""

    threads: Count | None = None
    """CPU threads."""
    memory_gb: Positive | None = None
    """Memory in GB."""
    minutes: Positive | None = None
    """Wall time in minutes."""
    gpus: CountOrNone | None = None
    """GPUs."""
    partition: str | None = None
    """The cluster's partition; the site's own if absent."""
    partition_cpu: str | None = None
    """Of those of its jobs that take no GPU; `partition` if absent."""
    max_memory_gb: Positive | None = None
    """What memory grows to at most."""
    max_minutes: Positive | None = None
    """What wall time grows to at most."""
    local: bool | None = None
    """Whether it runs beside the driver and is no job of its own; for rules of which that is not settled."""


class RequestOfNodes(Request):
    """What a rule asks for whose job may run on several nodes: all but `nodes` is meant of each."""

    nodes: Count | None = None
    """Nodes of a Slurm cluster, with `gpus` on each; 1 if absent."""


class Requests(Section):
    """What rules ask for, by rule."""

    candidates: Request = Field(default_factory=Request)
    """Candidates of the text benchmark."""
    write_candidates: Request = Field(default_factory=Request)
    """Candidates that backbones write."""
    stemless: Request = Field(default_factory=Request)
    """What backbones solve without the stem."""
    near_duplicates: Request = Field(default_factory=Request)
    """Questions that resemble each other."""
    checkpoint: Request = Field(default_factory=Request)
    """Fetching and converting a model."""
    audio_source: Request = Field(default_factory=Request)
    """Fetching a source of recordings."""
    caption_by_llm: Request = Field(default_factory=Request)
    """Captions by an audio language model."""
    mini: Request = Field(default_factory=Request)
    """The built-in audio benchmark."""
    mini_unseen: Request = Field(default_factory=Request)
    """The one from sources held out whole."""
    import_benchmark: Request = Field(default_factory=Request)
    """An audio benchmark from files."""
    import_training_set: Request = Field(default_factory=Request)
    """A training set of one's own."""
    training_instructions: Request = Field(default_factory=Request)
    """Which of its clips are learnt from."""
    caption: Request = Field(default_factory=Request)
    """One shard of a captioner."""
    features: Request = Field(default_factory=Request)
    """One shard of the encoder's features."""
    text_inference: Request = Field(default_factory=Request)
    """Probe and cascade of a backbone."""
    served_inference: Request = Field(default_factory=Request)
    """The same of a backbone behind an endpoint; beside the driver unless `local: false`."""
    distil: Request = Field(default_factory=Request)
    """One shard of a backbone's distillation."""
    finetune: RequestOfNodes = Field(default_factory=RequestOfNodes)
    """Fine-tuning a backbone's connector."""
    listen: Request = Field(default_factory=Request)
    """A backbone's answers from sound."""


class Shards(Section):
    """Into how many jobs a large stage is split; each shard is one file."""

    captions: Count = 1
    """Of each captioner and benchmark."""
    features: Count = 1
    """Of the test clips' features."""
    training_features: Count | None = None
    """Of the features of clips that are learnt from; as `features` if absent."""
    distil: Count = 1
    """Of each backbone's distillation."""
