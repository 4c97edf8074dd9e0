"""The workflow from another working folder, and as a module of another workflow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMOKE = ROOT / "config/smoke.yaml"
A_JOB = "results/smoke/checkpoints/alpha/fingerprint.json"
OTHERS = f"""
rule before:
    output: "{{model}}.txt"
    shell: "type -t python > {{output}}; echo ${{{{OMP_WAIT_POLICY:-free}}}} >> {{output}}"

module akb:
    snakefile: "{ROOT}/Snakefile"
    config: config

use rule * from akb as akb_*

rule mine:
    default_target: True
    input: "free.txt", "{A_JOB}"
    output: "{{benchmark}}.mine"
    shell: "cat {{input}} > {{output}}"
"""


def snakemake(folder: Path, *arguments: str) -> str:
    configured = () if "--configfile" in arguments else (f"--configfile={SMOKE}",)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments, "--cores", "2", "--nocolor", *configured],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture
def importer(tmp_path: Path) -> Path:
    (tmp_path / "Snakefile").write_text(OTHERS)
    return tmp_path


def test_all_is_planned_from_another_folder_of_any_name_with_several_configurations(tmp_path: Path) -> None:
    folder = tmp_path / "ann's place"
    (tmp_path / "disk").mkdir()
    folder.mkdir()
    (folder / "results").symlink_to(tmp_path / "disk")
    over = tmp_path / "over.yaml"
    over.write_text("backbones: {alpha.q4: {source: {random: tiny-llama, seed: 4}}}\n")
    more = ("--configfile", str(SMOKE), str(over), "--config", "results=results/it's mine", "benchmark={items: 10}")
    said = snakemake(ROOT, "all", "--dry-run", "--printshellcmds", f"--directory={folder}", *more)
    assert "results/it's mine/models/alpha.q4/" in said and "--items 10" in said
    assert not (folder / "config").exists()


@pytest.mark.slow
def test_a_job_runs_in_another_folder_and_leaves_everything_there(tmp_path: Path) -> None:
    snakemake(ROOT, A_JOB, "results/smoke/benchmark/candidates.parquet", f"--directory={tmp_path}")
    assert (tmp_path / A_JOB).exists() and (tmp_path / "results/smoke/benchmark/candidates.parquet").exists()


def test_all_is_planned_for_a_workflow_that_uses_this_one_as_a_module(importer: Path) -> None:
    said = snakemake(importer, "akb_all", "x.mine", "--dry-run")
    assert "akb_text_inference" in said and "akb_manifest" in said and "rule mine" in said


@pytest.mark.slow
def test_a_module_s_job_runs_and_the_importer_s_own_rules_are_left_as_they_are(importer: Path) -> None:
    snakemake(importer, "x.mine")
    assert (importer / A_JOB).exists()
    # Neither our `python` nor our wildcards' patterns reach another's rules: `free` is no backbone, `x` no benchmark.
    assert (importer / "free.txt").read_text().split() == ["file", "free"]
