"""What each training stage of an audio language model adds: alignment alone, distillation alone, both.

Each is trained from the same start on what the workflow has built, and answers every audio benchmark by the likeliest
option, with its sound and without. `--set` changes `lalm.training` for all three, so a trial of another recipe is one
call; docs/experiments.md holds those that were made.

    python benchmarks/stages.py --backbone smollm2-135m                 the table; needs results/ of config/config.yaml
    python benchmarks/stages.py --backbone smollm2-135m --only both --set choice=1 lr=0.001
    python benchmarks/stages.py … --name "choice" --csv benchmarks/results/stages.csv     a row is added to the file
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from akb.audio.transcripts import words_of
from akb.items import Item, read_items
from akb.lalm.connector import Connector
from akb.lalm.features import FeatureStore
from akb.lalm.finetuning import finetune
from akb.lalm.hearing import Heard, HearingEngine
from akb.lalm.listening import Control, listen, questions
from akb.lalm.model import Lalm
from akb.lalm.prompt import Wording, wording_of
from akb.llm.backbones import backbone_of
from akb.llm.engine import Backbone
from akb.llm.prompts import read_template
from akb.settings import configuration
from akb.settings.checking import checked
from akb.settings.training import Training
from akb.tables import CAPTIONS, DISTIL, read_table, scan_table

ROOT = Path(__file__).parents[1]
STAGES: dict[str, dict[str, Any]] = {
    "both": {},
    "alignment alone": {"steps": 0},
    "distillation alone": {"align_steps": 0},
}
FIELDS = ("name", "backbone", "stage", "settings", "benchmark", "domain", "accuracy", "no_audio", "items", "seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--configfile", type=Path, default=ROOT / "config/config.yaml")
    parser.add_argument("--backbone", default="smollm2-135m")
    parser.add_argument("--only", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="keys of lalm.training")
    parser.add_argument("--name", default="")
    parser.add_argument("--csv", type=Path, help="a file to add the rows to")
    given = parser.parse_args()
    settings = checked(yaml.safe_load(given.configfile.read_text(encoding="utf-8")), where=str(given.configfile))
    changed = {key: yaml.safe_load(value) for key, _, value in (text.partition("=") for text in given.set)}
    recipe = configuration.training(settings, given.backbone).model_dump() | changed
    wording = wording_of(settings.lalm.prompt, read_template(ROOT / settings.prompts / "asking.yaml"))
    checkpoint = given.results / f"checkpoints/{given.backbone}"
    spec = {"name": given.backbone, "engine": "transformers", "checkpoint": str(checkpoint)}
    backbone = backbone_of(json.dumps(spec))
    rows = []
    for stage in given.only:
        began = time.monotonic()
        options = Training.model_validate(recipe | STAGES[stage])
        connector = trained(given.results, settings, backbone, wording, options)
        seconds = round(time.monotonic() - began)
        for (benchmark, domain), (right, silent, count) in heard(
            given.results, settings, backbone, wording, connector
        ).items():
            told = [given.name, given.backbone, stage, json.dumps(changed, sort_keys=True), benchmark, domain]
            rows.append([*told, f"{100 * right:.1f}", f"{100 * silent:.1f}", count, seconds])
            print(f"{stage}, {seconds} s: {benchmark} {domain} {100 * right:.1f} % ({100 * silent:.1f} without audio)")
    if given.csv:
        new = not given.csv.exists()
        with given.csv.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerows([FIELDS, *rows] if new else rows)


def trained(results: Path, settings: Any, backbone: Backbone, wording: Wording, options: Training) -> Connector:
    """A connector of the workflow's own training files of this backbone."""
    table = pl.concat(
        [scan_table(path, DISTIL) for path in sorted((results / f"models/{backbone.name}").glob("distil-*.parquet"))]
    )
    features = FeatureStore(shards(results, settings, settings.lalm.train_on, "train"))
    with tempfile.TemporaryDirectory() as folder:
        transcripts = said(results, settings, [settings.lalm.train_on])
        state = Path(folder) / "state.pt"
        connector, _, _ = finetune(table, transcripts, features, backbone, state, options, wording)
    return connector


def heard(
    results: Path, settings: Any, backbone: Backbone, wording: Wording, connector: Connector
) -> dict[tuple[str, str], tuple[float, float, int]]:
    """Of each benchmark and domain: the share of right answers, that without audio, and the number of items."""
    names = [name for name in settings.audio_benchmarks if (results / f"audio/{name}/items.parquet").exists()]
    features = FeatureStore([path for name in names for path in shards(results, settings, name, "test")])
    transcripts = {clip: words_of(text) for clip, text in said(results, settings, names).iter_rows()}
    items: dict[str, Item] = {}
    asked = []
    controls: Sequence[Control] = ("no_audio",)
    for name in names:
        its = read_items(results / f"audio/{name}/items.parquet")
        items |= {item.item_id: item for item in its}
        asked += questions(its, transcripts, {str(i.clip_id): i.category for i in its}, "option", controls, 0)

    def load(heard: Mapping[str, Heard]) -> HearingEngine:
        lalm = Lalm.load(backbone, "cpu", wording)
        return HearingEngine(lalm, connector, heard, features, "none", backbone.max_model_len, 1024)

    with tempfile.TemporaryDirectory() as folder:
        answered = listen(asked, features, "trial", backbone, wording, Path(folder), load)
    right: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for row in answered[""]:
        item = items[str(row["item_id"])]
        for domain in ("all", item.category):
            right[item.benchmark, domain, row["control"] or ""].append(row["answer"] == item.answer)
    return {
        (benchmark, domain): (sum(its) / len(its), sum(silent) / len(silent), len(its))
        for (benchmark, domain, control), its in right.items()
        if not control
        for silent in [right[benchmark, domain, "no_audio"]]
    }


def shards(results: Path, settings: Any, benchmark: str, split: str) -> list[Path]:
    return sorted((results / f"features/{settings.lalm.encoder}").glob(f"{benchmark}-{split}-*.safetensors"))


def said(results: Path, settings: Any, benchmarks: Sequence[str]) -> pl.DataFrame:
    """clip_id and text of the transcripts beside the audio."""
    paths = [results / f"captions/{name}/{settings.lalm.transcripts}.parquet" for name in benchmarks]
    return pl.concat([read_table(path, CAPTIONS).select("clip_id", "text") for path in paths])


if __name__ == "__main__":
    main()
