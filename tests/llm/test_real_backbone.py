"""A real model, SmolLM2-135M-Instruct, through probe and cascade: it knows something, and it reads captions."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from akb.items import Item
from akb.llm.backbones import backbone_of
from akb.llm.inference import answer
from akb.llm.prompts import cascade_prompts, probe_prompts, read_template, requests_of
from akb.llm.responses import responses_frame
from akb.models.checkpoints import build_checkpoint
from akb.tables import CAPTIONS, frame_of

ROOT = Path(__file__).parents[2]
PROMPTS = ROOT / "config/prompts"
ANIMALS = {"dog": "barks", "cat": "meows", "cow": "moos", "horse": "neighs", "duck": "quacks", "sheep": "bleats"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The backbone as JSON, its checkpoint built from its package."""
    folder = tmp_path_factory.mktemp("models") / "smollm2"
    source = {"package": "smollm2-135m-instruct"}
    packages = yaml.safe_load((ROOT / "resources/checkpoints.yaml").read_text(encoding="utf-8"))
    build_checkpoint("smollm2", source, folder, ROOT / "downloads", packages)
    return json.dumps({"name": "smollm2", "engine": "transformers", "checkpoint": str(folder), "normalise": "none"})


def right(frame: pl.DataFrame, items: list[Item], **where: str | None) -> float:
    for column, value in where.items():
        frame = frame.filter(pl.col(column).eq_missing(pl.lit(value)))
    gold = {item.item_id: item.answer for item in items}
    assert set(frame["item_id"]) == set(gold)
    return sum(row["answer"] == gold[row["item_id"]] for row in frame.to_dicts()) / len(gold)


def run(prompts: pl.DataFrame, backbone: str, store: Path) -> pl.DataFrame:
    spec = backbone_of(backbone)
    rows, requests = requests_of(prompts, spec, read_template(PROMPTS / "asking.yaml"))
    return responses_frame(prompts, rows, answer(requests, spec, store, "test"), spec)


def options_of(number: int) -> tuple[list[str], int]:
    names = list(ANIMALS)
    return [f"a {names[(number + k) % len(names)]}" for k in range(4)], number % 4


def test_it_knows_which_animal_makes_which_sound(backbone: str, tmp_path: Path) -> None:
    items = []
    for number, (name, verb) in enumerate(ANIMALS.items()):
        options = [f"A {name}", "A table", "A cloud", "A spoon"]
        items.append(Item.make("akb", f"Which of these {verb}?", options, 0, category="Sound", subcategory=str(number)))
    responses = run(probe_prompts(items, read_template(PROMPTS / "probe.yaml")), backbone, tmp_path / "store")
    assert right(responses, items) >= 0.5


def test_it_answers_from_captions_and_not_without_them(backbone: str, tmp_path: Path) -> None:
    items, captions = [], []
    for number, name in enumerate(ANIMALS):
        options, place = options_of(number)
        options[0], options[place] = options[place], options[0]
        clip = f"clip{number}"
        items.append(Item.make("mini", "Which animal is heard?", options, place, category="Sound", clip_id=clip))
        text = f"The sound of a {name}."
        captions.append({"clip_id": clip, "captioner": "telling", "text": text, "seconds": 0.0})
    prompts = cascade_prompts(items, frame_of(captions, CAPTIONS), read_template(PROMPTS / "cascade.yaml"))
    responses = run(prompts, backbone, tmp_path / "store")
    told = right(responses, items, captioner="telling", control=None)
    untold = right(responses, items, control="no_caption")
    assert told >= 0.8
    assert told > untold
