"""Does each audio language model's training fit the devices that it is given? From shapes alone, before a weight is
fetched.

A checkpoint that is there tells its shape; of another the number of parameters is read out of its name, and its shape
is one that models of its size have. The script asks once more when it starts, with the true lengths.

    for name, need in training_needs(study).items(): need.total / 1e9
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

from akb.llm.memory import (
    Load,
    Need,
    Shape,
    connector_bytes,
    connector_parameters,
    nominal,
    shape_of,
    training_need,
)
from akb.preflight.findings import Finding, fine, wrong
from akb.preflight.study import Study, gpus_of, training_processes
from akb.settings.configuration import backbone, lalms, training

_REMEDY = (
    "set `lalm.training: part_tokens` to fewer tokens and `checkpointing: true`, split the backbone over several GPUs "
    "with `shard_backbone: true`, or take larger ones"
)


def training_needs(study: Study) -> dict[str, Need]:
    """By backbone, what its training needs on each device."""
    return {name: _need(study, name) for name in lalms(study.settings)}


def fits(needs: Mapping[str, Need], study: Study, gpu: float, machine: float) -> list[Finding]:
    """gpu, machine: GB of one GPU, and of this machine, which is asked where a training gets no GPU. gpu 0: not
    seen."""
    found = []
    for name, need in needs.items():
        on_gpu = bool(gpus_of(study.settings, "finetune", name))
        assumed = float(study.rates.get("gpu_gigabytes", 80))
        there = (gpu or assumed) if on_gpu else machine
        of = f"{there:.0f} GB of {'each GPU' if on_gpu else 'this machine'}"
        of += ", as resources/rates.yaml assumes" if on_gpu and not gpu else ""
        told = f"training takes about {need.told()}; {of}"
        subject = f"memory of {name}"
        found.append(
            fine(subject, told) if need.total / 1e9 <= there else wrong(subject, f"does not fit: {told}", _REMEDY)
        )
        if training(study.settings, name).shard_backbone:
            found += _listens(study, name, there, of)
    return found


def _listens(study: Study, name: str, there: float, of: str) -> list[Finding]:
    """What is wrong where a training splits a backbone, and a listener must hold more of it than fits. there: GB of a
    device, which `of` says in words."""
    shape, options = _shape(study, name), backbone(study.settings, name).engine_options
    by_vllm = study.settings.lalm.listen.engine == "vllm"
    split = ("tensor_parallel_size", "pipeline_parallel_size") if by_vllm else ()
    devices = prod(int(options.get(key, 1)) for key in split)
    each = shape.parameters * shape.size / devices / 1e9
    if each <= there:
        return []
    if by_vllm:
        told = f"its weights take {each:.1f} GB on each of {devices} GPUs; {of}"
        remedy = "set `engine_options: {tensor_parallel_size: N}` of the backbone, and as many `gpus` for `listen`"
    else:
        told = f"its weights take {each:.1f} GB, which a training splits and a listener does not; {of}"
        remedy = "split it with `lalm.listen.engine: vllm` and `engine_options: {tensor_parallel_size: N}`"
    return [wrong(f"listening by {name}", told, f"{remedy}, or take larger GPUs, or a smaller backbone")]


def _need(study: Study, name: str) -> Need:
    lalm, recipe, tokens = study.settings.lalm, training(study.settings, name), study.rates["tokens"]
    shape = _shape(study, name)
    writes = lalm.distil.how == "generate"
    answer = lalm.distil.max_tokens if writes else tokens["option"]
    asked = tokens["probe"] if lalm.prompt.show_options else tokens["probe"] / 2
    longest = recipe.queries + lalm.prompt.transcript_tokens + recipe.questions_per_clip * (asked + answer)
    at_once = max(recipe.part_tokens, longest) if recipe.part_tokens else recipe.clips_per_step * longest
    clips = min(float(recipe.clips_per_step), at_once / longest)
    targets = min(at_once, clips * recipe.questions_per_clip * answer)
    layers, encoder = len(lalm.features.layers), _encoder_width(study)
    frames = 50 / lalm.features.pool * study.rates.get("longest_clip_seconds", 30) * recipe.frames_kept
    sizes = {"queries": recipe.queries, "width": recipe.width, "depth": recipe.depth}
    sound = connector_bytes(clips=clips, layers=layers, frames=frames, encoder=encoder, **sizes)
    learnt = connector_parameters(
        layers=layers,
        encoder=encoder,
        hidden=shape.hidden,
        words=0 if recipe.no_words else shape.hidden,
        plain=recipe.no_statistics,
        **sizes,
    )
    return training_need(
        shape,
        Load(at_once, targets, sound),
        learnt,
        checkpointing=recipe.checkpointing,
        lora_rank=recipe.lora_rank,
        cuda=bool(gpus_of(study.settings, "finetune", name)),
        split=training_processes(study.settings, name) if recipe.shard_backbone else 1,
    )


def _shape(study: Study, name: str) -> Shape:
    parameters, dtype = study.models[name].parameters, backbone(study.settings, name).dtype
    there = shape_of(Path(study.settings.results) / f"checkpoints/{name}", parameters, dtype)
    return there or nominal(parameters or 1e6, dtype)


def _encoder_width(study: Study) -> int:
    """Of the encoder, where its checkpoint is there; else Whisper's by its name."""
    import json

    name = study.settings.lalm.encoder
    try:
        path = Path(study.settings.results) / f"checkpoints/{name}/config.json"
        return int(json.loads(path.read_text(encoding="utf-8"))["d_model"])
    except (OSError, ValueError, KeyError):
        widths = {"tiny": 384, "base": 512, "small": 768, "medium": 1024}
        return next((width for key, width in widths.items() if key in name), 1280)
