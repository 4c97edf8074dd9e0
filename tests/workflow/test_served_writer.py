"""A served language model writes candidates through the workflow: structured output of a real vLLM server."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from local_server import serving_vllm
from smoke_project import ROOT, Project, prepared

from akb.benchmark.candidates import read_candidates

CHECKPOINT = ROOT / "results/checkpoints/qwen2.5-coder-0.5b"

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.skipif(not (CHECKPOINT / "fingerprint.json").exists(), reason=f"{CHECKPOINT} is not built"),
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the API of a server that answers as `writer`."""
    with serving_vllm(CHECKPOINT, "writer", tmp_path_factory.mktemp("server")) as server:
        yield f"{server}/v1"


@pytest.fixture
def project(address: str, tmp_path: Path) -> Project:
    """The smoke study with the served model as a writer of 16 candidates."""
    made = prepared(tmp_path / "project")

    def writing(settings: dict[str, Any]) -> None:
        settings["backbones"]["writer"] = {
            "source": {"api": "writer"},
            "engine": "openai",
            "engine_options": {"base_url": address, "timeout_seconds": 300},
        }
        settings["benchmark"]["writers"] = [
            {"backbone": "writer", "per_subcategory": 2, "seeds": [0, 1], "temperature": 0.7}
        ]

    made.configure(writing)
    return made


def test_what_a_served_model_writes_are_candidates_that_hygiene_looks_at(project: Project) -> None:
    folder = "results/smoke/benchmark"
    project.make(f"{folder}/flags.parquet")
    written = read_candidates(project.path(f"{folder}/written/writer.parquet"))
    failures = pl.read_csv(project.path(f"{folder}/written/writer-failures.csv"))
    assert len(written) + len(failures) == 4 * 2 * 2
    # The schema is held while the model writes, so only what reaches a limit can fail; a small model rambles.
    assert {reason.split(":")[0] for reason in failures["reason"]} <= {"cut_off", "not_json"}
    assert written
    assert {c.subcategory for c in written} <= {"animals", "rhyme", "instruments", "decibels_levels"}
    assert all(len(c.distractors) == 3 and c.verification == "none" and c.source == "llm:writer" for c in written)
    gathered = {c.content_hash for c in read_candidates(project.path(f"{folder}/candidates.parquet"))}
    assert {c.content_hash for c in written} <= gathered
