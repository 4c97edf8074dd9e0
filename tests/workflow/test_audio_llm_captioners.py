"""Audio language models as captioners through the whole workflow: one behind a server, a tiny random one in vLLM."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fault_proxy import FakeServer
from smoke_project import Project, prepared

FOLDER = "results/smoke"


def with_captioners(folder: Path, url: str) -> Project:
    project = prepared(folder)
    served = {"kind": "openai", "model": "omni", "engine_options": {"base_url": url}, "max_tokens": 40}

    def change(settings: dict[str, Any]) -> None:
        settings["tools"]["omni"] = {"source": {"api": "omni"}}
        settings["tools"]["ears"] = {"source": {"random": "tiny-qwen2-audio"}}
        settings["captioners"]["served"] = served
        settings["captioners"]["served-question-aware"] = served | {"question_aware": True}
        settings["captioners"]["both"] = {"kind": "compose", "of": ["acoustics", "served"]}
        settings["captioners"]["tiny"] = {
            "kind": "audio-llm",
            "model": "ears",
            "dtype": "float32",
            "max_tokens": 12,
            "max_model_len": 1024,
            "prompt": "Say what you hear.",
        }
        settings["analysis"] = {"cascade_captioner": "served"}

    project.configure(change)
    return project


def said(body: dict[str, Any]) -> dict[str, Any]:
    return {"content": f"heard after: {body['messages'][-1]['content'][1]['text']}"}


def test_a_served_models_captions_reach_the_prompts_and_are_paid_for_once(tmp_path: Path) -> None:
    with FakeServer(said) as server:
        project = with_captioners(tmp_path / "project", server.url)
        project.configure(lambda settings: settings["captioners"].pop("tiny"))
        project.make(f"{FOLDER}/prompts/cascade-mini.parquet")
        items = pl.read_parquet(project.path(f"{FOLDER}/audio/mini/items.parquet"))
        clips = items["clip_id"].n_unique()
        assert server.answered.total() == clips + len(items)
        for body in server.bodies:
            assert [part["type"] for part in body["messages"][-1]["content"]] == ["input_audio", "text"]
        shutil.rmtree(project.path(f"{FOLDER}/captions/mini"))
        project.make(f"{FOLDER}/prompts/cascade-mini.parquet")
        assert server.answered.total() == clips + len(items), "deleted captions are found in the store"
    prompts = pl.read_parquet(project.path(f"{FOLDER}/prompts/cascade-mini.parquet"))
    counts = dict(prompts.group_by("captioner").len().iter_rows())
    assert {"served", "served~swapped", "served-question-aware", "both", "none"} <= set(counts)
    assert set(counts.values()) == {len(items)}
    aware = prompts.filter(captioner="served-question-aware")
    for question, user in zip(items["question"], aware["user"], strict=True):
        assert question in user.split("Question about the clip:")[0], "the caption saw the question"
    ledger = [
        json.loads(line)
        for path in project.path(f"{FOLDER}/captioners/served/usage").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert sum(entry["event"] == "settled" for entry in ledger) == clips


@pytest.mark.parametrize(
    ("captioner", "entry", "fault"),
    [
        ("loose", {"kind": "openai", "model": "omni", "question_aware": True}, "has a name that ends in"),
        ("x-question-aware", {"kind": "openai", "model": "omni"}, "has a name that ends in"),
        ("joined", {"kind": "compose", "of": ["acoustics", "served-question-aware"]}, "is never joined"),
        ("local", {"kind": "audio-llm", "model": "omni"}, "needs a tool that has weights"),
        ("far", {"kind": "openai", "model": "ears"}, "needs a tool whose source is `api`"),
        ("mute", {"kind": "acoustics", "prompt": "Say."}, "does not read prompt"),
    ],
)
def test_a_captioner_that_cannot_be_what_it_says_is_refused(
    tmp_path: Path, captioner: str, entry: dict[str, Any], fault: str
) -> None:
    project = with_captioners(tmp_path / "project", "http://127.0.0.1:9/v1")
    project.configure(lambda settings: settings["captioners"].update({captioner: entry}))
    done = project.snakemake("all", "--dry-run")
    assert done.returncode != 0 and fault in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed")
def test_a_model_in_vllm_captions_each_clip_that_is_asked_about(tmp_path: Path) -> None:
    project = with_captioners(tmp_path / "project", "http://127.0.0.1:9/v1")
    table = f"{FOLDER}/captions/mini/tiny.parquet"
    project.make(table)
    captions = pl.read_parquet(project.path(table))
    items = pl.read_parquet(project.path(f"{FOLDER}/audio/mini/items.parquet"))
    assert set(captions["clip_id"]) == set(items["clip_id"])
    assert captions["text"].n_unique() > len(captions) / 2, "what it says depends on what it hears"
    assert captions["item_id"].null_count() == len(captions)
