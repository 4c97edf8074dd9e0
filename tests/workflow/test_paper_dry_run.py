"""The paper's configuration as a dry run: every job with its resources, on a machine without GPU, hub or key."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from snakemake_executor_plugin_slurm.submit_string import get_submit_command
from snakemake_executor_plugin_slurm.utils import set_gres_string

from akb.preflight.pin import pinned


class Resources(dict[str, Any]):
    """As Snakemake gives them to an executor."""

    __getattr__ = dict.__getitem__


COMMIT = "0123456789abcdef0123456789abcdef01234567"
ROOT = Path(__file__).parents[2]
CONFIG = "config/paper.yaml"
SETTINGS = yaml.safe_load((ROOT / CONFIG).read_text(encoding="utf-8"))
LALMS = {name for name, entry in SETTINGS["backbones"].items() if entry.get("lalm", True) and "hub" in entry["source"]}
GPU_RULES = {"caption", "caption_by_llm", "features", "text_inference", "distil", "finetune", "listen"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files elsewhere, and empty files where the configuration expects data that cannot be shipped."""
    folder = tmp_path_factory.mktemp("paper")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    data = [SETTINGS["audio_benchmarks"][name]["items"] for name in ("mmau", "mmar")]
    data += [entry["file"] for entry in SETTINGS["captioners"].values() if "file" in entry]
    data.append("resources/authored/second_solve.csv")  # grows with the authored questions; may be empty
    for name in data:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    config = folder / CONFIG
    loose = folder / "config/loose.yaml"
    text = config.read_text(encoding="utf-8")
    loose.write_text(text.replace("plan_unpinned: true", "plan_unpinned: false"), encoding="utf-8")
    (folder / "config/pinned.yaml").write_text(pinned(text, lambda *_: COMMIT)[0], encoding="utf-8")
    return folder


def planned(copy: Path, config: str, *, dry: bool = True) -> subprocess.CompletedProcess[str]:
    """A dry run where no network is: every proxy leads to a closed port, and no key is set."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith(("_KEY", "_TOKEN"))}
    dead = "http://127.0.0.1:9"
    environment |= {"http_proxy": dead, "https_proxy": dead, "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"}
    environment["XDG_CACHE_HOME"] = str(copy / "cache")
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "snakemake",
            *["--dry-run"][: int(dry)],
            "--printshellcmds",
            "--cores",
            "8",
            "--configfile",
            *config.split(),
        ],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def dry_run(copy: Path) -> str:
    """What a dry run of the configuration as it ships prints."""
    done = planned(copy, CONFIG)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def jobs(dry_run: str) -> list[tuple[str, str]]:
    """(rule, what was printed about it) of every job."""
    blocks = re.split(r"^(?:local)?rule (\w+):\n", dry_run.split("\nJob stats:")[1], flags=re.M)
    return list(zip(blocks[1::2], blocks[2::2], strict=True))


def test_what_is_not_pinned_is_refused_by_a_dry_run(copy: Path) -> None:
    done = planned(copy, "config/loose.yaml")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "backbones.qwen3-14b (Qwen/Qwen3-14B at 'main')" in said and "akb pin" in said


def test_a_run_of_what_is_not_pinned_is_refused_before_anything_runs(copy: Path) -> None:
    done = planned(copy, CONFIG, dry=False)
    assert done.returncode != 0
    assert "akb pin" in done.stdout + done.stderr
    assert not (copy / "results/paper/checkpoints").exists()


def test_once_pinned_it_is_planned_alike(copy: Path, jobs: list[tuple[str, str]]) -> None:
    assert planned(copy, "config/pinned.yaml").stdout.count("\nrule ") == planned(copy, CONFIG).stdout.count("\nrule ")


def test_every_stage_of_every_backbone_is_listed(jobs: list[tuple[str, str]]) -> None:
    count = Counter(rule for rule, _ in jobs)
    shards, clips = SETTINGS["shards"], len(SETTINGS["audio_benchmarks"])
    kinds = Counter(entry["kind"] for entry in SETTINGS["captioners"].values())
    expected = {
        "text_inference": 12,
        "served_inference": 5,
        "score": 17,
        "distil": len(LALMS) * shards["distil"],
        "finetune": len(LALMS),
        "listen": len(LALMS),
        "features": (clips + 1) * shards["features"],
        "caption": clips * kinds["whisper"] * shards["captions"],
        "caption_by_llm": clips * (kinds["audio-llm"] + kinds["openai"]) * shards["captions"],
        "checkpoint": 17 + len(SETTINGS["tools"]),
    }
    assert {rule: count[rule] for rule in expected} == expected


def test_the_papers_eight_models_are_trained(jobs: list[tuple[str, str]]) -> None:
    trained = {re.search(r"backbone=([\w.-]+)", text)[1] for rule, text in jobs if rule == "finetune"}  # type: ignore[index]
    assert trained == LALMS
    assert len(LALMS) == 8


def test_every_heavy_job_says_what_it_asks_for(jobs: list[tuple[str, str]]) -> None:
    for rule, text in jobs:
        if rule in GPU_RULES:
            for resource in ("mem_mb", "runtime", "gpu", "devices"):
                assert re.search(rf"resources:.*\b{resource}=\d+", text), (rule, resource)


def test_the_script_insists_on_as_many_gpus_as_are_asked_for(jobs: list[tuple[str, str]]) -> None:
    for rule, text in jobs:
        if rule in GPU_RULES:
            asked = re.search(r"\bgpu=(\d+)", text)
            insisted = re.search(r"-m akb\.orchestration\.devices (\d+) ", text)
            assert asked and insisted and asked[1] == insisted[1], rule


def test_tensor_parallel_jobs_have_a_gpu_for_each_part(jobs: list[tuple[str, str]]) -> None:
    for rule, text in jobs:
        parts = re.search(r'"tensor_parallel_size": (\d+)', text)
        if parts and rule in ("text_inference", "distil", "caption_by_llm"):
            assert f"gpu={parts[1]}," in text, text


def test_endpoints_take_no_gpu(jobs: list[tuple[str, str]]) -> None:
    for rule, text in jobs:
        if rule in ("text_inference", "caption_by_llm") and '"engine": "openai"' in text:
            assert "gpu=0" in text


def test_two_nodes_train_one_backbone_together(copy: Path) -> None:
    done = planned(copy, f"{CONFIG} config/examples/two_nodes.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    blocks = re.findall(r"^rule finetune:\n((?:    .*\n)+)(.*)", done.stdout, flags=re.M)
    assert len(blocks) == len(LALMS)
    for block, _ in blocks:
        text = next(line for line in block.splitlines() if line.strip().startswith("resources:")).split(": ", 1)[1]
        asked = {name: int(value) if value.isdigit() else value for name, value in re.findall(r"(\w+)=([^,]*)", text)}
        # What Slurm is told: two nodes with one task each, and the GPUs of both.
        job = SimpleNamespace(resources=Resources(asked), threads=64)
        told = dict.fromkeys(("run_uuid", "slurm_logfile", "comment_str", "account", "partition", "workdir"), "x")
        submitted = get_submit_command(job, told) + set_gres_string(job)
        assert {"--nodes=2", "--ntasks=2", "--gpus=16", "--cpus-per-task=64"} <= set(submitted.split())
        assert "ntasks-per-gpu" not in submitted
    shell = next(line for line in done.stdout.splitlines() if "scripts/finetune.py" in line)
    assert re.search(r"orchestration\.devices 8 --nodes 2 --threads \d+ torchrun --nproc_per_node 8 workflow/", shell)
    assert "--gpus 8 --nodes 2" in shell and "--clips-per-step 6" in shell


def test_nothing_is_fetched_or_written(copy: Path, dry_run: str) -> None:
    assert not (copy / "downloads").exists()
    assert not (copy / "results").exists()
    assert "This was a dry-run" in dry_run


def test_distilling_tuning_and_listening_ask_alike(jobs: list[tuple[str, str]]) -> None:
    asked = {}
    for rule, text in jobs:
        if rule in ("distil", "finetune", "listen"):
            found = re.findall(
                r"--(?:system|audio|transcript|question|transcript-tokens|heard-transcript-tokens) (?:'[^']*'|\S+)"
                r"|--(?:no-)?show-options",
                text,
            )
            asked.setdefault(rule, set()).add(tuple(sorted(found)))
    assert len(asked) == 3 and len(set().union(*asked.values())) == 1, asked
    (options,) = asked["listen"]
    assert "--show-options" in options and "--transcript-tokens 100" in options


def test_audio_answers_are_written_as_text_answers_are(jobs: list[tuple[str, str]]) -> None:
    assert SETTINGS["backbone_defaults"]["scoring"] == "generate"
    assert all("--how generate" in text for rule, text in jobs if rule in ("distil", "listen"))
    assert all("--loss-over tokens" in text and "--dropout 0.1" in text for rule, text in jobs if rule == "finetune")


def test_a_14b_model_answers_on_one_gpu(jobs: list[tuple[str, str]]) -> None:
    for rule, text in jobs:
        if rule in ("text_inference", "distil", "listen") and "14b" in text:
            assert re.search(r"\bgpu=1,", text), rule
