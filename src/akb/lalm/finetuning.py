"""One backbone's fine-tuning from its tables: who is held out, what is learnt, with which recipe.

Every hyper-parameter is a key of `lalm.training` whose default is the value for the small models of config/config.yaml;
DeSTA2.5-Audio's own configuration is written out in docs/lalm.md.

    connector, records, is_main = finetune(table, transcripts, features, backbone, state, options)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path

import polars as pl
import torch

from akb.errors import AkbError
from akb.lalm.adapter import learnt
from akb.lalm.capacity import require_memory
from akb.lalm.connector import Connector
from akb.lalm.examples import examples_of
from akb.lalm.keeping import Keeping
from akb.lalm.model import Lalm
from akb.lalm.objectives import description_tokens
from akb.lalm.processes import Processes, require_gpus
from akb.lalm.prompt import Wording
from akb.lalm.recipe import Recipe, Record, connector_shape
from akb.lalm.training import train
from akb.llm.checkpointing import checkpoint_layers
from akb.llm.engine import Backbone
from akb.settings.training import Training


def finetune(
    table: pl.LazyFrame,
    transcripts: pl.DataFrame,
    features: Mapping[str, torch.Tensor],
    backbone: Backbone,
    state: Path,
    options: Training,
    wording: Wording = Wording(),  # noqa: B008  (frozen)
    gpus: int = 0,
    watch: Callable[[list[Record]], object] = lambda records: None,
    keeping: Keeping | None = None,
) -> tuple[Connector, list[Record], bool]:
    """Train a connector on a table of `tables.DISTIL`. Returns it, the log, and whether this process writes.

    transcripts: of `tables.CAPTIONS`, or its columns clip_id and text. features: `[layers, frames, width]` of every
    clip, read at each step anew; a `FeatureStore` maps its files, so none of them need fit in memory. gpus: how many
    were claimed for it, on all nodes. watch: told of all records so far at each measurement, in the main process.
    keeping: where other connectors than the last are kept. The connector has the backbone's adapter beside it, if one
    was trained.

    Raises AkbError when no answer is left to learn, a clip has no features, there is not a process for each GPU, or the
    training would not fit the memory.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    require_gpus(gpus, int(os.environ.get("WORLD_SIZE", "1")), device)
    processes = Processes.joined(device)
    require_memory(table, features, backbone, options, wording, processes)
    lalm = Lalm.load(backbone, str(processes.device), wording, processes.count if options.shard_backbone else 1)
    if options.lora_rank:
        torch.manual_seed(options.seed)
        lalm.adapt(options.lora_rank, options.lora_alpha)
    examples, held_out = examples_of(table, transcripts, lalm, options.held_out, options.seed)
    if not examples:
        raise AkbError(
            "the backbone gave no answer that could be learnt",
            where=f"distil.parquet of {backbone.name}: see its column `dropped`",
            remedy="choose `--how option` for the distillation, or leave this backbone's audio model out",
        )
    for clip in chain(examples.clips(), held_out.clips()):
        if clip not in features:
            features[clip]  # raises, before any work
    vocabulary = description_tokens(lalm, examples.descriptions())
    first = features[examples[0].clip_id]
    torch.manual_seed(options.seed)
    connector = Connector(connector_shape(options, first, lalm.width, len(vocabulary)))
    parameters = sum(parameter.numel() for parameter in connector.parameters())
    of_adapter = sum(parameter.numel() for parameter in learnt(lalm.model)) if lalm.adapted else 0
    if options.checkpointing:
        checkpoint_layers(lalm.model)
    if processes.is_main:
        told = f"{parameters / 1e6:.1f} M parameters, {len(examples)} clips to learn from, {len(held_out)} held out"
        told += f"; {of_adapter / 1e6:.1f} M of a low-rank adapter" if of_adapter else ""
        print(told, file=sys.stderr)
    recipe = Recipe.of(options)
    records = train(lalm, connector, examples, held_out, features, recipe, state, processes, vocabulary, watch, keeping)
    return connector, records, processes.is_main
