"""What stored features and batches are worth: training against DeSTA's way, listening in batches against one by one.

Needs the results of config/config.yaml. Both sides of a ratio take turns in one process, on the same clips and
questions:
- a training step reads stored features at the clips' own length; DeSTA2.5-Audio's encodes a window of 30 s of each of
  its clips first and lets the connector read all of it (every frame, none left out);
- `generate` listens in batches of `--batch-tokens`, and then to one question after the other.
Beside them the share of a step that waits for its data (`waiting` in training.csv is the same number).

    python benchmarks/lalm_speed.py --results results                 the table, and benchmarks/results/lalm_speed.csv
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from akb.audio.clips import RATE, read_clip
from akb.audio.transcripts import words_of
from akb.items import read_items
from akb.lalm.batches import Part, Waited, parts, read_steps
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.examples import examples_of
from akb.lalm.features import Encoder, FeatureStore, Tap
from akb.lalm.hearing import HearingEngine
from akb.lalm.listening import questions
from akb.lalm.look import Look
from akb.lalm.model import Lalm
from akb.lalm.objectives import Objective, alignment, description_tokens, distillation
from akb.lalm.processes import Processes
from akb.lalm.prompt import wording_of
from akb.lalm.recipe import Example, Recipe
from akb.lalm.training import Learning, Loop
from akb.llm.backbones import backbone_of
from akb.llm.engine import Request, Sampling
from akb.llm.prompts import read_template
from akb.settings import configuration
from akb.settings.checking import read_settings
from akb.tables import CAPTIONS, CLIPS, DISTIL, read_table, scan_table

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/lalm_speed.csv"
WINDOW = 30  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--configfile", type=Path, default=ROOT / "config/config.yaml")
    parser.add_argument("--backbone", default="smollm2-135m")
    parser.add_argument("--steps", type=int, default=6, help="of each stage and way")
    parser.add_argument("--questions", type=int, default=48, help="that are listened to in either way")
    parser.add_argument("--batch-tokens", type=int, default=1024)
    parser.add_argument("--csv", type=Path, default=OUT)
    given = parser.parse_args()
    rows = [*training_rows(given), listening_row(given)]
    with given.csv.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    print("| what | ours, s | the other way, s | ratio | waiting |\n|---|--:|--:|--:|--:|")
    for row in rows:
        print(f"| {row['what']} | {row['ours_s']} | {row['other_s']} | {row['ratio']} | {row['waiting']} |")


def opened(given: argparse.Namespace) -> tuple[Any, Lalm]:
    """(settings, the backbone)."""
    settings = read_settings(given.configfile)
    spec = {"name": given.backbone, "engine": "transformers"}
    spec["checkpoint"] = str(given.results / f"checkpoints/{given.backbone}")
    asking = read_template(ROOT / settings.prompts / "asking.yaml")
    return settings, Lalm.load(backbone_of(json.dumps(spec)), "cpu", wording_of(settings.lalm.prompt, asking))


def training_rows(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    settings, lalm = opened(given)
    name, encoder_name = settings.lalm.train_on, settings.lalm.encoder
    features = FeatureStore(sorted((given.results / f"features/{encoder_name}").glob(f"{name}-train-*.safetensors")))
    table = pl.concat(
        [
            scan_table(path, DISTIL)
            for path in sorted((given.results / f"models/{given.backbone}").glob("distil-*.parquet"))
        ]
    )
    said = read_table(given.results / f"captions/{name}/{settings.lalm.transcripts}.parquet", CAPTIONS)
    options = configuration.training(settings, given.backbone)
    examples, held_out = examples_of(table, said.select("clip_id", "text"), lalm, options.held_out, options.seed)
    recipe = Recipe.of(options)
    vocabulary = description_tokens(lalm, examples.descriptions())
    encoder = Encoder(given.results / f"checkpoints/{encoder_name}", Tap(settings.lalm.features.layers, 1))
    clips = given.results / f"audio/{name}/clips.parquet"
    paths = {row["clip_id"]: clips.parent / row["path"] for row in read_table(clips, CLIPS).to_dicts()}
    first = features[examples[0].clip_id]
    connector = Connector(
        ConnectorShape(first.shape[0], first.shape[2], lalm.width, options.queries, options.width, options.depth,
                       options.heads, dropout=options.dropout, words=len(vocabulary))
    )  # fmt: skip
    connector.fit_input(features[example.clip_id] for example in list(examples)[:64])
    connector.fit_output(lalm.embedded(vocabulary))
    processes = Processes.alone("cpu")
    stages = [
        (alignment(lalm, vocabulary, recipe.align_temperature, options.queries), recipe.for_alignment()),
        (distillation(lalm, recipe, options.queries), recipe),
    ]
    totals = {"ours": 0.0, "other": 0.0}
    for objective, own in stages:
        look = Look(lalm, held_out, features, own, processes, options.queries)
        learning = Learning(lalm, connector.train(), own)
        loop = Loop(objective, learning, examples, [], features, own, processes, lambda *_: None, look)
        stored = Waited(read_steps(examples, features, own, objective.name, objective.prepare, processes, 0))
        window = in_windows(examples, objective, own, encoder, paths)
        ours = other = 0.0
        for step in range(given.steps + 1):
            ours_s, other_s = timed(loop, stored), timed(loop, window)
            if step == 0:  # the first of each warms up
                stored.seconds = 0.0
                continue
            ours, other = ours + ours_s, other + other_s
        totals["ours"] += ours / given.steps * own.steps
        totals["other"] += other / given.steps * own.steps
        told = f"a step of {objective.name}, {own.clips_per_step} clips"
        yield of(told, ours / given.steps, other / given.steps, stored.seconds / ours)
    yield of(f"the default's training of {given.backbone}, by its steps", totals["ours"], totals["other"], None)


def timed(loop: Loop, steps: Iterator[list[Part]]) -> float:
    """Seconds of one step, its data included."""
    began = time.monotonic()
    float(loop._step(next(steps)))
    return time.monotonic() - began


def in_windows(
    examples: Sequence[Example], objective: Objective, recipe: Recipe, encoder: Encoder, paths: dict[str, Path]
) -> Iterator[list[Part]]:
    """Steps of clips that are read and encoded when they are needed, each in a window of 30 s."""
    chance = random.Random(1)
    while True:
        chosen = [examples[index] for index in chance.sample(range(len(examples)), recipe.clips_per_step)]
        waves = [read_clip(paths[example.clip_id])[: WINDOW * RATE] for example in chosen]
        states = encoder.encode([np.pad(wave, (0, WINDOW * RATE - len(wave))) for wave in waves])
        yield parts(states, [objective.prepare(example, chance) for example in chosen], recipe.part_tokens)


def listening_row(given: argparse.Namespace) -> dict[str, Any]:
    settings, lalm = opened(given)
    name = next(iter(settings.audio_benchmarks))
    store = FeatureStore(
        sorted((given.results / f"features/{settings.lalm.encoder}").glob(f"{name}-test-*.safetensors"))
    )
    said = read_table(given.results / f"captions/{name}/{settings.lalm.transcripts}.parquet", CAPTIONS)
    transcripts = {clip: words_of(text) for clip, text in said.select("clip_id", "text").iter_rows()}
    items = read_items(given.results / f"audio/{name}/items.parquet")[: given.questions]
    asked = questions(items, transcripts, {}, "generate", (), 0)
    heard = {str(number): question.heard for number, question in enumerate(asked)}
    requests = [
        Request(question.item.item_id, lalm.wording.asked(question.item.question), options=question.item.options,
                mode="generate", sampling=Sampling(max_tokens=16), evidence=str(number))
        for number, question in enumerate(asked)
    ]  # fmt: skip
    connector = Connector(ConnectorShape(*shape_of_features(store), lalm.width, 12, 256, 2, 4)).eval()

    def seconds(batch_tokens: int) -> float:
        engine = HearingEngine(lalm, connector, heard, store, "none", 2048, batch_tokens)
        began = time.monotonic()
        found = list(engine.run(requests))
        assert len(found) == len(requests)
        return time.monotonic() - began

    seconds(given.batch_tokens)  # warms up
    ours, other = seconds(given.batch_tokens), seconds(1)
    return of(f"{len(requests)} answers of 16 tokens, `generate`", ours, other, None)


def shape_of_features(store: FeatureStore) -> tuple[int, int]:
    first = store[next(iter(store))]
    return first.shape[0], first.shape[2]


def of(what: str, ours: float, other: float, waiting: float | None) -> dict[str, Any]:
    told = "" if waiting is None else f"{waiting:.3f}"
    return {
        "what": what,
        "ours_s": f"{ours:.2f}",
        "other_s": f"{other:.2f}",
        "ratio": f"{other / ours:.1f}",
        "waiting": told,
    }


if __name__ == "__main__":
    main()
