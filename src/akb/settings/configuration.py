"""The configuration as a whole: its sections, and the few questions that are asked of several of them.

settings = checked(config, where="config/config.yaml")  # akb.settings.checking
settings.lalm.training.steps, backbone(settings, "smollm2-135m").scoring
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from akb.settings.analysis import Analysis
from akb.settings.audio import AudioBenchmark, AudioName, Mini, TrainingSet
from akb.settings.benchmark import Benchmark
from akb.settings.captioners import Captioner, CaptionerName
from akb.settings.lalm import Lalm
from akb.settings.models import Backbone, BackboneSettings, Display, ModelName, Source, Tool
from akb.settings.resources import Requests, Shards
from akb.settings.section import Section
from akb.settings.training import Training


class Settings(Section):
    """A configuration; config/README.md is its manual."""

    model_config = ConfigDict(json_schema_extra={"required": ["backbones"]})

    results: Annotated[str, Field(min_length=1)] = "results"
    """The folder that everything is built in."""
    downloads: str = "downloads"
    """Where package archives are kept between builds."""
    plan_unpinned: bool = False
    """Let a dry run list its jobs although a model or data set of a hub stands at no full commit; a run refuses it."""
    tools: dict[ModelName, Tool] = Field(default_factory=dict)
    """Models that are no backbones: the audio encoder, the tagger, the sentence encoder."""
    backbones: dict[ModelName, Backbone] = Field(default_factory=dict, json_schema_extra={"minProperties": 1})
    """The LLMs under test."""
    backbone_defaults: BackboneSettings = Field(default_factory=BackboneSettings)
    """What holds for every backbone that does not say otherwise in its own entry."""
    benchmark: Benchmark = Field(default_factory=Benchmark)
    """The text benchmark."""
    mini: Mini = Field(default_factory=Mini)
    """The built-in audio benchmark."""
    audio_benchmarks: dict[AudioName, AudioBenchmark] = Field(default_factory=dict)
    """What is heard: `mini`, `mini-unseen`, MMAU, MMAR, questions of one's own."""
    training_sets: dict[AudioName, TrainingSet] = Field(default_factory=dict)
    """Training sets of one's own, for `lalm.train_on`."""
    captioners: dict[CaptionerName, Captioner] = Field(default_factory=dict)
    """What turns clips into text."""
    prompts: str = "config/prompts"
    """The folder of prompt templates."""
    lalm: Lalm = Field(default_factory=Lalm)
    """Audio language models."""
    analysis: Analysis = Field(default_factory=Analysis)
    """What is related to what."""
    shards: Shards = Field(default_factory=Shards)
    """Into how many jobs a large stage is split."""
    resources: Requests = Field(default_factory=Requests)
    """What rules ask of a cluster, by rule."""


def given(section: BaseModel) -> dict[str, Any]:
    """The keys of a section that someone wrote, and what they wrote."""
    return {key: getattr(section, key) for key in type(section).model_fields if key in section.model_fields_set}


def backbone(settings: Settings, name: str) -> Backbone:
    """One backbone's entry over `backbone_defaults` over the built-in defaults."""
    entry = settings.backbones[name]
    merged = given(settings.backbone_defaults) | given(entry)
    if entry.source.api:
        # An endpoint gives no weights to train around, and answers by text unless its entry says otherwise.
        asked = {"engine": "openai", "scoring": "generate"} | given(entry)
        merged |= {"engine": asked["engine"], "scoring": asked["scoring"], "lalm": False}
    return Backbone.model_construct(**merged)


def training(settings: Settings, name: str, seed: int = 0) -> Training:
    """How a backbone's LALM is trained: `lalm.training`, overridden by its own entry. seed: one of `lalm.seeds`."""
    chosen = given(settings.lalm.training) | given(backbone(settings, name).training)
    return Training.model_construct(**chosen | {"seed": chosen.get("seed", 0) + seed})


def lalms(settings: Settings) -> list[str]:
    """The backbones from which an audio language model is trained: none where there is nothing to hear."""
    return [name for name in settings.backbones if settings.audio_benchmarks and backbone(settings, name).lalm]


def heard_by(settings: Settings, captioner: str) -> list[str]:
    """The audio benchmarks and training sets that a captioner is for; a composed one is for those of all its parts."""
    known = [*settings.audio_benchmarks, *settings.training_sets]
    named, waiting, seen = set(known), [captioner], set()
    while waiting:
        if entry := settings.captioners.get(waiting.pop()):
            named &= set(entry.benchmarks or known)
            waiting += [part for part in entry.of if part not in seen]
            seen |= set(entry.of)
    return [name for name in known if name in named]


def asked_with(settings: Settings, benchmark: str) -> list[str]:
    """The captioners with whose captions an audio benchmark's items are asked, in the order of the configuration."""
    chosen = settings.audio_benchmarks[benchmark].captioners
    there = [name for name in settings.captioners if benchmark in heard_by(settings, name)]
    return [name for name in there if chosen is None or name in chosen]


def swapped(settings: Settings) -> list[str]:
    """The captioners that are also asked with another clip's caption."""
    named = settings.analysis.swapped_captions
    return [settings.analysis.cascade_captioner] if named is None else list(named)


def model_source(settings: Settings, model: str) -> Source:
    """Where the checkpoint of a backbone or tool comes from."""
    return (settings.backbones.get(model) or settings.tools[model]).source


def loose_revisions(settings: Settings) -> dict[str, str]:
    """What comes from a hub at no full commit, under which anything may move: where it is configured → what it is.

    Keys are `backbones.NAME`, `tools.NAME` and `audio_benchmarks.NAME`.
    """
    named = {
        f"{group}.{name}": (entry.source.hub, entry.source.revision)
        for group, entries in (("tools", settings.tools), ("backbones", settings.backbones))
        for name, entry in entries.items()
    }
    named |= {f"audio_benchmarks.{name}": (e.hub, e.revision) for name, e in settings.audio_benchmarks.items()}
    return {
        place: f"{hub} at {revision!r}"
        for place, (hub, revision) in named.items()
        if hub and not re.fullmatch("[0-9a-f]{40}", revision or "")
    }


def display(settings: Settings, name: str) -> Display:
    """How tables and figures show a backbone."""
    shown = settings.backbones[name].display
    return shown.model_copy(update={"name": shown.name or name, "label": shown.label or name[:8]})


def canonical(value: Any) -> str:
    """`value` as JSON with sorted keys: one text for one meaning, whatever the order of keys."""
    plain = value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)
