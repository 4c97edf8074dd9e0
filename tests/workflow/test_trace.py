"""The manifest of a real run says where every output came from, and `akb reproduce` finds whatever is no longer so.

What a manifest is, on small made-up jobs: tests/orchestration/test_records.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from smoke_project import Project

pytestmark = pytest.mark.slow


def reproduce(project: Project) -> tuple[int, list[str]]:
    """(exit status, what was found)."""
    done = subprocess.run(
        [sys.executable, "-m", "akb.cli", "reproduce", "results/smoke"],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_every_output_has_host_start_and_end(built: Project) -> None:
    outputs = json.loads(built.path("results/smoke/manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert not [name for name, entry in outputs.items() if not (entry["host"] and entry["started"] and entry["ended"])]
    built_files = [path for path in built.path("results/smoke").rglob("*") if path.suffix in (".parquet", ".csv")]
    assert {str(path.relative_to(built.folder)) for path in built_files} <= outputs.keys()
    assert reproduce(built) == (0, [f"{len(outputs)} outputs checked, 0 differences"])


def test_the_manifest_knows_the_whole_origin(built: Project) -> None:
    manifest = json.loads(built.path("results/smoke/manifest.json").read_text(encoding="utf-8"))
    entry = manifest["outputs"]["results/smoke/models/alpha/lalm/0/connector.safetensors"]
    assert entry["rule"] == "finetune"
    assert entry["script"].endswith("workflow/scripts/finetune.py")
    assert {"lalm.finetuning", "script"} <= entry["code"].keys()
    assert any("--steps 4" in option for option in entry["options"])
    assert "results/smoke/checkpoints/alpha/fingerprint.json" in entry["inputs"]
    assert "torch" in manifest["environments"][entry["environment"]]
    assert manifest["unrecorded"] == []


def a_clip(project: Project) -> Path:
    return min(project.path("results/smoke/audio/mini/clips").rglob("*.flac"))


def swap_clips(project: Project) -> None:
    first, second, *_ = sorted(project.path("results/smoke/audio/mini/clips").rglob("*.flac"))
    first.write_bytes(second.read_bytes())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: a_clip(p).unlink(), "a clip cannot be read"),
        (swap_clips, "a clip does not hold the samples that it is named for"),
        (
            lambda p: p.path("results/smoke/checkpoints/beta/model.safetensors").unlink(),
            "a file of a checkpoint is gone: model.safetensors",
        ),
        (
            lambda p: p.append("data/gamma/model.safetensors", "x"),
            "a file of a checkpoint is not the one of its fingerprint: model.safetensors",
        ),
        (
            lambda p: p.append("workflow/scripts/prompts.py", "\nnew = 1\n"),
            "workflow/scripts/prompts.py has changed since it ran in cascade_prompts, probe_prompts",
        ),
        (lambda p: p.append("data/decisions.csv", "\n"), "changed: data/decisions.csv, read by merge"),
    ],
)
def test_what_lies_behind_a_file_counts_too(built: Project, change: Callable[[Project], object], words: str) -> None:
    change(built)
    status, said = reproduce(built)
    assert status == 1
    assert any(words in line for line in said), said
