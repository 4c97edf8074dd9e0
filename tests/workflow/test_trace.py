"""The manifest says where every output came from, and `akb reproduce` finds whatever is no longer so."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from smoke_project import Project

from akb.orchestration.manifest import build_manifest

RESULTS = Path("results/smoke")


@pytest.fixture
def traced(pretended: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a manifest of what it built."""
    monkeypatch.chdir(pretended.folder)
    manifest = build_manifest(RESULTS, Path(".snakemake/metadata"))
    manifest["outputs"].pop(str(RESULTS / "manifest.json"))  # as in a first run, when it is not there yet
    (RESULTS / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return pretended


def reproduce(project: Project) -> tuple[int, str]:
    """(exit status, what was found)."""
    done = subprocess.run(
        [sys.executable, "-m", "akb.cli", "reproduce", str(RESULTS)],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_an_unchanged_folder_passes(traced: Project) -> None:
    status, said = reproduce(traced)
    assert (status, said.endswith(" outputs checked, 0 differences\n")) == (0, True)


def other_version(project: Project) -> None:
    path = project.path("results/smoke/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["versions"] |= {"polars": "0.1", "vllm-of-old": "1", "vllm": "0.1"}
    path.write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        pytest.param(
            lambda p: p.append("results/smoke/scores.parquet", "x"),
            ["changed: results/smoke/scores.parquet, written by gather_scores"],
            id="an output changed",
        ),
        pytest.param(
            lambda p: p.path("results/smoke/report.html").unlink(),
            ["missing: results/smoke/report.html, written by report"],
            id="an output deleted",
        ),
        pytest.param(
            lambda p: p.append("data/captions.jsonl", "{}\n"),
            ["changed: data/captions.jsonl, read by caption"],
            id="an input changed",
        ),
        pytest.param(
            lambda p: p.path("data/captions.jsonl").unlink(),
            ["missing: data/captions.jsonl, read by caption"],
            id="an input deleted",
        ),
        pytest.param(
            lambda p: p.append("src/akb/report/figures/heatmap.py", "\nnew = 1\n"),
            ["code: src/akb/report/figures/heatmap.py has changed since it ran in figures, published"],
            id="a module changed",
        ),
        pytest.param(
            lambda p: p.append("workflow/scripts/prompts.py", "\nnew = 1\n"),
            ["code: workflow/scripts/prompts.py has changed since it ran in cascade_prompts, probe_prompts"],
            id="a script changed",
        ),
        pytest.param(lambda p: p.append("src/akb/errors.py", "\n# A comment.\n"), [], id="a comment added"),
    ],
)
def test_a_difference_is_named(traced: Project, change: Callable[[Project], object], lines: list[str]) -> None:
    change(traced)
    status, said = reproduce(traced)
    assert said.splitlines()[:-1] == lines
    assert status == (1 if lines else 0)


def test_packages_of_other_versions_are_named(traced: Project) -> None:
    other_version(traced)
    said = reproduce(traced)[1]
    assert "package: polars is " in said
    assert "package: vllm is " in said  # whether it is installed or not
    assert "vllm-of-old" not in said


def test_the_manifest_knows_the_whole_origin(traced: Project) -> None:
    outputs = json.loads((RESULTS / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    entry = outputs["results/smoke/models/alpha/lalm/0/connector.safetensors"]
    assert entry["rule"] == "finetune"
    assert entry["script"] == "workflow/scripts/finetune.py"
    assert {"finetuning", "script"} <= entry["code"].keys()
    assert any("--steps 4" in option for option in entry["options"])
    assert "results/smoke/checkpoints/alpha/fingerprint.json" in entry["inputs"]


@pytest.mark.slow
def test_every_output_has_host_start_and_end(built: Project) -> None:
    outputs = json.loads(built.path("results/smoke/manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert not [name for name, entry in outputs.items() if not (entry["host"] and entry["started"] and entry["ended"])]
    built_files = [path for path in built.path("results/smoke").rglob("*") if path.suffix in (".parquet", ".csv")]
    assert {str(path.relative_to(built.folder)) for path in built_files} <= outputs.keys()
    assert reproduce(built)[0] == 0
