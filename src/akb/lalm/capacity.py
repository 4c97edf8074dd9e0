"""Whether a training, or a listener, fits the device that it is to run on: asked before any weight is loaded.

The backbone stands whole on every device, unless a training splits its layers over them. What would not fit is refused
with the estimate beside what there is.

    require_memory(table, features, backbone, options, wording, processes)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import torch

from akb.errors import AkbError
from akb.lalm.connector import Connector
from akb.lalm.processes import Processes
from akb.lalm.prompt import Wording
from akb.lalm.recipe import connector_shape
from akb.llm.engine import Backbone
from akb.llm.memory import Load, Need, Shape, answering_need, connector_bytes, shape_of, training_need
from akb.models.fingerprint import read_fingerprint
from akb.settings.training import Training

_LETTERS = 3.0  # of a token, at least: English has four, other languages and numbers fewer
_LOOKED_AT = 1000  # clips whose lengths stand for all


def require_memory(
    table: pl.LazyFrame,
    features: Mapping[str, torch.Tensor],
    backbone: Backbone,
    options: Training,
    wording: Wording,
    processes: Processes,
) -> None:
    """Raise AkbError if a training on a table of `tables.DISTIL` would need more memory than its device has.

    Nothing is said of a checkpoint whose configuration does not tell its sizes.
    """
    shape = _shape(backbone)
    if shape is None:
        return
    longest, answer = _longest(table, options, wording)
    tokens = max(options.part_tokens, longest) if options.part_tokens else options.clips_per_step * longest
    clips = tokens / longest
    targets = min(tokens, clips * options.questions_per_clip * answer)
    first, frames = _frames(table, features, options)
    if first is None:
        return  # which will be told for what it is
    cuda = processes.device.type == "cuda"
    sizes = {"queries": options.queries, "width": options.width, "depth": options.depth}
    sound = connector_bytes(
        clips=clips, layers=first.shape[0], frames=frames, encoder=first.shape[2], size=2 if cuda else 4, **sizes
    )
    with torch.device("meta"):  # counted, not made
        connector = Connector(connector_shape(options, first, shape.hidden, words=0))
    need = training_need(
        shape,
        Load(tokens, targets, sound),
        float(sum(parameter.numel() for parameter in connector.parameters())),
        checkpointing=options.checkpointing,
        lora_rank=options.lora_rank,
        cuda=cuda,
        split=processes.count if options.shard_backbone else 1,
    )
    remedy = "set `lalm.training.part_tokens` to fewer tokens, `checkpointing: true`, or take a device with more memory"
    remedy += "" if options.shard_backbone else "; `shard_backbone: true` splits the backbone over the processes"
    _require(need, processes.device, f"fine-tuning {backbone.name}", remedy, _beside(processes))


def require_memory_to_answer(
    backbone: Backbone, connector: Connector, batch_tokens: int, written: bool, device: str
) -> None:
    """Raise AkbError if a listener would need more memory than its device has. written: whether answers are written."""
    shape = _shape(backbone)
    if shape is None:
        return
    more = batch_tokens / 128 * backbone.generation.max_tokens if written else 0.0
    learnt = float(sum(parameter.numel() for parameter in connector.parameters()))
    need = answering_need(shape, batch_tokens, more, learnt=learnt, cuda=device.startswith("cuda"))
    remedy = "set `lalm.listen.batch_tokens` to fewer tokens, or take a device with more memory; a listener's "
    remedy += "backbone is not split over several"
    _require(need, torch.device(device), f"listening by {backbone.name}", remedy, 1)


def memory_of(device: torch.device) -> float:
    """Bytes of a GPU, or of this machine, or what its control group may take."""
    if device.type == "cuda":
        return float(torch.cuda.get_device_properties(device).total_memory)
    found = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            found = min(found, float(Path(limit).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    return found


def _require(need: Need, device: torch.device, where: str, remedy: str, processes: int) -> None:
    there = memory_of(device) / processes
    if need.total > there:
        what = "the GPU" if device.type == "cuda" else "this machine" if processes == 1 else "each process"
        raise AkbError(
            f"it would not fit: about {need.told()} are needed, and {what} has {there / 1e9:.1f} GB",
            where=where,
            remedy=remedy,
        )


def _beside(processes: Processes) -> int:
    """Processes that share this one's memory: those of one machine on its CPU."""
    if processes.device.type == "cuda":
        return 1
    return int(os.environ.get("LOCAL_WORLD_SIZE", processes.count))


def _shape(backbone: Backbone) -> Shape | None:
    folder = Path(backbone.checkpoint)
    try:
        parameters = read_fingerprint(folder)["parameters"]
    except (AkbError, KeyError):
        parameters = None
    return shape_of(folder, parameters, backbone.dtype)


def _longest(table: pl.LazyFrame, options: Training, wording: Wording) -> tuple[float, float]:
    """(tokens of the longest clip with its questions, of the longest answer), at most."""
    question = pl.col("question").str.len_chars().max()
    answer = pl.col("response").str.len_chars().max()
    found = table.select(question.alias("question"), answer.alias("answer")).collect().row(0)
    asked, answered = (float(letters or 0) / _LETTERS for letters in found)
    each = asked + answered + 16  # of what the wording puts around them
    if wording.show_options or options.choice:
        each += 4 * answered
    return options.queries + wording.transcript_tokens + options.questions_per_clip * each, answered


def _frames(
    table: pl.LazyFrame, features: Mapping[str, torch.Tensor], options: Training
) -> tuple[torch.Tensor | None, float]:
    """(the features of one clip, the frames of the longest that are kept at a step)."""
    clips = table.select("clip_id").unique().head(_LOOKED_AT).collect()["clip_id"]
    there = [features[clip] for clip in clips if clip in features]
    longest = max((clip.shape[1] for clip in there), default=0)
    return there[0] if there else None, longest * options.frames_kept
