"""One backbone's fine-tuning from its tables: who is held out, what is learnt, with which recipe.

Every hyper-parameter is an argument with the value for the small default models; DeSTA2.5-Audio's own
configuration is written out in docs/lalm.md.

    connector, records, is_main = finetune(table, transcripts, features, backbone, state, options)
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import polars as pl
import torch

from akb.errors import AkbError
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.examples import examples_of
from akb.lalm.model import Lalm
from akb.lalm.objectives import description_tokens
from akb.lalm.recipe import Recipe, Record
from akb.lalm.training import train
from akb.llm.engine import Backbone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The connector's shape, the recipe and the machine, as command-line arguments."""
    shape = parser.add_argument_group("connector")
    shape.add_argument("--queries", type=int, default=8, help="audio embeddings for each clip")
    shape.add_argument("--width", type=int, default=256)
    shape.add_argument("--depth", type=int, default=2, help="cross-attention blocks")
    shape.add_argument("--heads", type=int, default=4)
    shape.add_argument("--dropout", type=float, default=0.2)
    shape.add_argument("--no-statistics", action="store_true", help="hide the clip's mean and deviation over time")
    shape.add_argument("--no-self-attention", action="store_true", help="queries do not attend to each other")
    shape.add_argument("--no-words", action="store_true", help="embeddings are not mixtures of the backbone's own")
    recipe = parser.add_argument_group("recipe")
    recipe.add_argument("--steps", type=int, default=200)
    recipe.add_argument("--clips-per-step", type=int, default=8, help="on each process")
    recipe.add_argument("--questions-per-clip", type=int, default=3)
    recipe.add_argument("--lr", type=float, default=1e-3)
    recipe.add_argument("--warmup", type=float, default=0.05, help="share of the steps")
    recipe.add_argument(
        "--loss-over", choices=["answers", "tokens"], default="answers", help="what the loss is a mean of"
    )
    recipe.add_argument("--align-steps", type=int, default=60, help="0: no alignment stage, as in DeSTA")
    recipe.add_argument("--align-clips-per-step", type=int, default=32)
    recipe.add_argument("--align-lr", type=float, default=1e-3)
    recipe.add_argument("--align-temperature", type=float, default=0.05)
    recipe.add_argument("--frames-kept", type=float, default=0.5, help="share of frames seen at a step; 1: all")
    recipe.add_argument("--betas", type=float, nargs=2, default=(0.9, 0.98))
    recipe.add_argument("--weight-decay", type=float, default=0.01)
    recipe.add_argument("--clip-norm", type=float, default=1.0)
    recipe.add_argument("--held-out", type=float, default=0.05, help="share of recordings kept from training")
    recipe.add_argument("--held-out-every", type=int, default=100, help="steps between measurements and saved states")
    recipe.add_argument("--show-options", action="store_true", help="options stand in the prompt; same for `listen`")
    recipe.add_argument("--transcript-tokens", type=int, default=32, help="longest transcript; same for `listen`")
    recipe.add_argument("--seed", type=int, default=0)
    machine = parser.add_argument_group("machine")
    machine.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    machine.add_argument("--accelerate", action="store_true", help="under `accelerate launch`: one process per GPU")


def finetune(
    table: pl.LazyFrame,
    transcripts: pl.DataFrame,
    features: Mapping[str, torch.Tensor],
    backbone: Backbone,
    state: Path,
    options: argparse.Namespace,
) -> tuple[Connector, list[Record], bool]:
    """Train a connector on a table of `tables.DISTIL`. Returns it, the log, and whether this process writes.

    transcripts: of `tables.CAPTIONS`, or its columns clip_id and text. features: `[layers, frames, width]` of every
    clip, read at each step anew; a `FeatureStore` maps its files, so none of them need fit in memory.

    Raises AkbError when no answer is left to learn, a clip has no features, or processes do not know each other.
    """
    accelerator = None
    if options.accelerate:
        from accelerate import Accelerator

        accelerator = Accelerator()
        if (started := int(os.environ.get("WORLD_SIZE", "1"))) != accelerator.num_processes:
            raise AkbError(
                f"{started} processes were started, and each would train by itself",
                where="lalm.launch",
                remedy="without GPUs accelerate joins them only if ACCELERATE_USE_CPU=true is set",
            )
    device = str(accelerator.device) if accelerator else options.device
    lalm = Lalm.load(backbone, device, options.transcript_tokens)
    examples, held_out = examples_of(table, transcripts, lalm, options.held_out, options.show_options, options.seed)
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
    connector = Connector(
        ConnectorShape(
            layers=first.shape[0],
            encoder_width=first.shape[2],
            llm_width=lalm.width,
            queries=options.queries,
            width=options.width,
            depth=options.depth,
            heads=options.heads,
            self_attention=not options.no_self_attention,
            statistics=not options.no_statistics,
            dropout=options.dropout,
            words=0 if options.no_words else len(vocabulary),
        )
    )
    recipe = Recipe(
        **{name: getattr(options, name) for name in Recipe.__dataclass_fields__ if name != "betas"},
        betas=(options.betas[0], options.betas[1]),
    )
    parameters = sum(parameter.numel() for parameter in connector.parameters())
    print(
        f"{parameters / 1e6:.1f} M parameters, {len(examples)} clips to learn from, {len(held_out)} held out",
        file=sys.stderr,
    )
    records = train(lalm, connector, examples, held_out, features, recipe, state, accelerator, vocabulary)
    return connector, records, accelerator is None or bool(accelerator.is_main_process)
