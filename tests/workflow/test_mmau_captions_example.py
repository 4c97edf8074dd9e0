"""config/examples/mmau_captions.yaml with a tiny backbone, on MMAU's own questions and real captions."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
import yaml
from smoke_project import ROOT, Project, checked_out

DATA = ROOT.parent / "shared" / "data" / "mmau"
EXAMPLE = "config/examples/mmau_captions.yaml"
FOLDER = "results/mmau-captions"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.shared,
    pytest.mark.skipif(not (DATA / "captions-v05.15.25.jsonl").exists(), reason=f"{DATA} is not there"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Every 50th question of MMAU, the example's captioners, and a tiny model in the place of its backbone."""
    made = checked_out(tmp_path_factory.mktemp("example"))
    made.path("data/mmau").mkdir(parents=True)
    questions = json.loads((DATA / "mmau-test-mini.json").read_text(encoding="utf-8"))[::50]
    made.path("data/mmau/mmau-test-mini.json").write_text(json.dumps(questions), encoding="utf-8")
    made.path("data/mmau/captions.jsonl").write_bytes((DATA / "captions-v05.15.25.jsonl").read_bytes())
    smoke = yaml.safe_load(made.path("config/smoke.yaml").read_text(encoding="utf-8"))
    made.path("config/smoke.yaml").write_bytes(made.path(EXAMPLE).read_bytes())

    def tiny(settings: dict[str, Any]) -> None:
        settings["tools"]["minilm"]["source"] = {"random": "tiny-minilm"}
        (backbone,) = settings["backbones"].values()
        backbone["source"] = {"random": "tiny-llama", "seed": 1}
        settings["backbone_defaults"]["max_model_len"] = 4096
        settings["benchmark"] = smoke["benchmark"]

    made.configure(tiny)
    made.make(f"{FOLDER}/tables/captioners.md")
    return made


def test_each_captioner_stands_against_none_and_against_another_clips(project: Project) -> None:
    worth = pl.read_csv(project.path(f"{FOLDER}/tables/captioners.csv")).filter(domain="all")
    assert set(worth["captioner"]) == {"none", "whisper", "qwen2audio", "r1aqa"}
    given = worth.filter(pl.col("captioner") != "none")
    assert (
        given.select("over_none", "over_none_low", "over_swapped", "over_swapped_high").null_count().sum_horizontal()[0]
        == 0
    )
    assert set(given["n"]) == {20}


def test_the_captions_are_the_files(project: Project) -> None:
    prompts = pl.read_parquet(project.path(f"{FOLDER}/prompts/cascade-mmau.parquet"))
    lines = project.path("data/mmau/captions.jsonl").read_text(encoding="utf-8").splitlines()
    said = {record["captions"]["qwen2audio"] for record in map(json.loads, lines)}
    asked = prompts.filter(captioner="qwen2audio")["user"].to_list()
    found = [any(text and text in user for text in said) for user in asked]
    assert sum(found) >= 15, "most of the questions have a caption"
