"""What a configuration will do, in numbers: how many items, clips, prompts and tokens, how large each model.

What exists already is counted; what does not is assumed (`resources/rates.yaml`), and said to be.

    study = study_of(settings, rates, Path("."))
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akb.llm.memory import shape_of
from akb.reading.files import text_of
from akb.settings.configuration import Settings, asked_with, backbone, swapped, training

_SIZE = re.compile(r"(?<![0-9a-z.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)
_UNKNOWN_PARAMETERS = 7e9

Rates = Mapping[str, Any]


@dataclass(frozen=True)
class Benchmark:
    """An audio benchmark: its items and the seconds of its test clips. described: in how many ways a text model is
    asked each item, its control without a caption among them."""

    items: int
    seconds: float
    described: int


@dataclass(frozen=True)
class Model:
    """A backbone. parameters: counted (`known`) or read out of its name. computing: those of its layers, where its
    checkpoint tells how many embeddings it has: a token is looked up in these, and multiplied with the others."""

    parameters: float
    computing: float
    known: bool
    engine: str
    distil_engine: str
    scoring: str
    orders: int  # in which its options are asked
    thinks: bool
    prices: Mapping[str, float] | None  # US dollars per million tokens, of an endpoint
    api: bool
    hub: bool


@dataclass(frozen=True)
class Study:
    """Everything that estimates are made from. assumed: what could not be counted, in words."""

    settings: Settings
    rates: Rates
    benchmarks: Mapping[str, Benchmark]
    models: Mapping[str, Model]
    probe_items: int
    training_seconds: float
    training_rows: int
    assumed: tuple[str, ...]


def study_of(settings: Settings, rates: Rates, folder: Path) -> Study:
    """The numbers of a configuration whose relative paths begin at `folder`."""
    results, assumed = folder / settings.results, []
    models = {name: _model(settings, name, results) for name in settings.backbones}
    if guessed := [name for name, model in models.items() if not model.known and not model.api]:
        assumed.append(f"parameters by name: {', '.join(guessed)}")
    benchmarks = {}
    for name, entry in settings.audio_benchmarks.items():
        captions = asked_with(settings, name)
        described = 1 + len(captions) + sum(other in captions for other in swapped(settings))
        clips = _clips(results / f"audio/{name}/clips.parquet", "test")
        items = _rows(results / f"audio/{name}/items.parquet")
        if clips is None or items is None:
            count = min(rates["items"].get(entry.kind, rates["items"]["questions"]), entry.limit or 10**9)
            each = rates["clip_seconds"].get(entry.kind, rates["clip_seconds"]["questions"])
            benchmarks[name] = Benchmark(count, count * each, described)
            assumed.append(f"{name}: {count} items, {count * each:.0f} s of sound")
        else:
            benchmarks[name] = Benchmark(items, clips, described)
    learnt = settings.lalm.train_on
    rows = _rows(
        results / ("lalm/instructions.parquet" if learnt == "mini" else f"audio/{learnt}/instructions.parquet")
    )
    seconds = _clips(results / f"audio/{learnt}/clips.parquet", "train")
    if rows is None or seconds is None:
        clips_learnt = rates["training_clips"] * (settings.mini.training_scale if learnt == "mini" else 1)
        rows, seconds = clips_learnt * rates["questions_per_clip"], clips_learnt * rates["clip_seconds"]["mini"]
        assumed.append(f"{learnt}: {rows:.0f} questions to be distilled, {seconds:.0f} s of sound to learn from")
    asked = _asked(settings, folder)
    return Study(settings, rates, benchmarks, models, asked, seconds, rows, tuple(assumed))


def _asked(settings: Settings, folder: Path) -> int:
    """How many items the probe has."""
    subset = folder / settings.benchmark.subset
    return len(text_of(subset).split()) if subset.is_file() else settings.benchmark.items


def parameters_in(name: str) -> float | None:
    """How many parameters a model's name says it has: 7e9 of "Olmo-3-7B-Instruct"; None if it says nothing."""
    found = _SIZE.findall(name)
    return float(found[-1][0]) * (1e9 if found[-1][1].lower() == "b" else 1e6) if found else None


def _model(settings: Settings, name: str, results: Path) -> Model:
    entry = backbone(settings, name)
    counted = _fingerprint(results / f"checkpoints/{name}/fingerprint.json")
    source = entry.source
    named = (parameters_in(text) for text in (source.hub, source.package, source.folder, name) if text)
    guess = next((size for size in named if size), 0.0 if source.random else _UNKNOWN_PARAMETERS)
    parameters = counted if counted is not None else guess
    shape = shape_of(results / f"checkpoints/{name}", parameters, "bfloat16") if counted else None
    looked_up = shape.vocabulary * shape.hidden if shape else 0
    return Model(
        parameters=parameters,
        computing=max(parameters - looked_up, parameters / 10),
        known=counted is not None or bool(source.random),
        engine=entry.engine,
        distil_engine=entry.distil_engine,
        scoring=entry.scoring,
        orders=entry.rotations,
        thinks=bool(entry.thinking),
        prices=entry.engine_options.get("prices"),
        api=source.api is not None,
        hub=source.hub is not None,
    )


def heard_at_once(study: Study, name: str) -> tuple[int, int, int]:
    """(clips of a step over all processes, questions of each, steps) of a backbone's fine-tuning."""
    recipe = training(study.settings, name)
    processes = training_processes(study.settings, name)
    return recipe.clips_per_step * processes, recipe.questions_per_clip, recipe.steps


def training_processes(settings: Settings, name: str) -> int:
    """How many processes train a backbone's audio language model: one for each GPU of each node."""
    own = backbone(settings, name).resources.finetune.nodes
    return max(1, gpus_of(settings, "finetune", name)) * (own or settings.resources.finetune.nodes or 1)


def gpus_of(settings: Settings, rule: str, name: str) -> int:
    """The GPUs that a rule's job for a backbone asks for."""
    own = getattr(backbone(settings, name).resources, rule).gpus
    return (own if own is not None else getattr(settings.resources, rule).gpus) or 0


def _fingerprint(path: Path) -> float | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["parameters"]
        return float(found) if found else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _rows(path: Path) -> int | None:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows) if path.is_file() else None


def _clips(path: Path, split: str) -> float | None:
    """Seconds of the clips of a split."""
    import polars as pl

    if not path.is_file():
        return None
    return float(pl.read_parquet(path, columns=["split", "seconds"]).filter(pl.col("split") == split)["seconds"].sum())
