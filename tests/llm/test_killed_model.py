"""A real model killed ten times at random moments, then finished: nobody can tell, and nothing was computed twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from akb.benchmark.frozen import read_frozen
from akb.llm.prompts import probe_prompts, read_template
from akb.tables import PROMPTS, RESPONSES, read_table, write_table

ROOT = Path(__file__).parents[2]
CHECKPOINT = ROOT / "results" / "checkpoints" / "smollm2-135m"
KILLS = 10

pytestmark = [
    pytest.mark.endurance,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not (CHECKPOINT / "fingerprint.json").exists(), reason=f"{CHECKPOINT} is not built"),
]


def command(folder: Path, name: str, mode: str) -> list[str]:
    """The job of one backbone, as the workflow calls it; `name` keeps its store and its table apart."""
    backbone = {
        "name": "smollm2",
        "engine": "transformers",
        "checkpoint": str(CHECKPOINT),
        "scoring": mode,
        "dtype": "float32",  # in bfloat16 a batch of another size may round a score otherwise
        "max_tokens": 8,
        "engine_options": {"batch_tokens": 256},
    }
    words = [sys.executable, ROOT / "workflow/scripts/text_inference.py", "--prompts", folder / "prompts.parquet"]
    words += ["--asking", ROOT / "config/prompts/asking.yaml", "--backbone", json.dumps(backbone)]
    words += ["--store", folder / f"{name}-store", "--output", folder / f"{name}.parquet"]
    return [str(word) for word in words]


def keys(folder: Path) -> list[str]:
    """The keys of all whole records, in the order of the segments."""
    lines = (line for segment in sorted(folder.glob("*.jsonl")) for line in segment.read_bytes().splitlines(True))
    return [line.split()[0].decode() for line in lines if line.endswith(b"\n")]


def kill_in_flight(job: subprocess.Popen[bytes], store: Path, draw: random.Random) -> bool:
    """Kill the job some time after its first new record, or while its model loads; False if it ended by itself."""
    before, began = len(keys(store)), time.monotonic()
    loading = draw.uniform(1, 8) if draw.random() < 0.2 else 600.0
    while job.poll() is None and len(keys(store)) == before and time.monotonic() < began + loading:
        time.sleep(0.02)
    if loading == 600.0:
        time.sleep(draw.uniform(0, 0.8))
    job.kill()
    return job.wait() < 0


@pytest.mark.parametrize(("mode", "items"), [("option", 240), ("generate", 120)])
def test_ten_kills_of_a_real_model(tmp_path: Path, mode: str, items: int) -> None:
    asked = [question.item() for question in read_frozen(ROOT / "resources/akb/akb.jsonl")[:items]]
    prompts = probe_prompts(asked, read_template(ROOT / "config/prompts/probe.yaml"))
    write_table(prompts, tmp_path / "prompts.parquet", PROMPTS)
    subprocess.run(command(tmp_path, "calm", mode), check=True, stderr=subprocess.DEVNULL)

    draw, store, kept = random.Random(5), tmp_path / "killed-store", []
    for _ in range(KILLS):
        job = subprocess.Popen(command(tmp_path, "killed", mode), stderr=subprocess.DEVNULL)
        assert kill_in_flight(job, store, draw), "it finished before its tenth kill: ask more items"
        kept.append(len(keys(store)))
        assert not (tmp_path / "killed.parquet").exists()
    assert kept == sorted(kept)
    assert 0 < kept[-1] < items
    subprocess.run(command(tmp_path, "killed", mode), check=True, stderr=subprocess.DEVNULL)

    assert set(Counter(keys(store)).values()) == {1}, "an item that was finished was computed again"
    calm, killed = (read_table(tmp_path / f"{name}.parquet", RESPONSES).drop("seconds") for name in ("calm", "killed"))
    scores = [frame["option_logprobs"].explode() for frame in (calm, killed)]
    assert calm.drop("option_logprobs").equals(killed.drop("option_logprobs"))
    assert scores[0].is_null().all() or bool(((scores[0] - scores[1]).abs() < 1e-4).all())
    assert calm["output_tokens"].sum() > items
