"""What the doctor and the plan say of trainings that fit their GPUs, and of those that do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from akb.preflight.fits import fits, training_needs
from akb.preflight.study import Study, study_of
from akb.settings.checking import checked

ROOT = Path(__file__).parents[2]
RATES: dict[str, Any] = yaml.safe_load((ROOT / "resources/rates.yaml").read_text(encoding="utf-8"))


def study(config: str = "paper", **changes: Any) -> Study:
    content = yaml.safe_load((ROOT / f"config/{config}.yaml").read_text(encoding="utf-8"))
    content["lalm"]["training"] |= changes
    return study_of(checked(content, where="test"), RATES, ROOT)


def test_the_paper_s_trainings_fit_80_gb() -> None:
    paper = study()
    needs = training_needs(paper)
    assert len(needs) == 8
    found = fits(needs, paper, gpu=85.0, machine=1000.0)
    assert {finding.level for finding in found} == {"fine"}
    assert "of each GPU" in found[0].what and "rates.yaml" not in found[0].what
    assert needs["qwen3-14b"].total > needs["qwen3-8b"].total > needs["qwen3-4b"].total


def test_a_14b_backbone_without_parts_does_not_and_is_told_with_the_remedy() -> None:
    whole = study(part_tokens=0, checkpointing=False)
    found = {finding.subject: finding for finding in fits(training_needs(whole), whole, gpu=0.0, machine=1000.0)}
    wrong = found["memory of qwen3-14b"]
    assert wrong.level == "wrong" and "does not fit" in wrong.what and "rates.yaml assumes" in wrong.what
    assert "part_tokens" in wrong.remedy
    assert found["memory of qwen3-4b"].level == "fine"


@pytest.mark.parametrize("gpu", [16.0, 24.0])
def test_a_small_gpu_is_too_small_for_14b_whatever_is_set(gpu: float) -> None:
    paper = study(part_tokens=512)
    levels = {finding.subject: finding.level for finding in fits(training_needs(paper), paper, gpu, 1000.0)}
    assert levels["memory of qwen3-14b"] == levels["memory of phi-4-14b"] == "wrong"


def test_where_no_gpu_is_asked_for_this_machine_s_memory_counts() -> None:
    default = study("config")
    found = fits(training_needs(default), default, gpu=80.0, machine=24.0)
    assert {finding.level for finding in found} == {"fine"} and "24 GB of this machine" in found[0].what
    assert {f.level for f in fits(training_needs(default), default, gpu=80.0, machine=0.1)} == {"wrong"}


def test_a_split_backbone_trains_on_smaller_gpus_and_must_still_fit_one_to_be_heard() -> None:
    split, whole = study(shard_backbone=True), study()
    assert training_needs(split)["qwen3-14b"].total < training_needs(whole)["qwen3-14b"].total - 15e9
    found = {finding.subject: finding for finding in fits(training_needs(split), split, gpu=36.0, machine=1000.0)}
    assert found["memory of qwen3-14b"].level == "fine" and "listening by qwen3-14b" not in found
    found = {finding.subject: finding for finding in fits(training_needs(split), split, gpu=26.0, machine=1000.0)}
    assert found["listening by qwen3-14b"].level == "wrong" and "listening by qwen3-4b" not in found


def test_a_listener_by_vllm_holds_its_part_of_the_backbone_alone() -> None:
    def levels(devices: int) -> dict[str, str]:
        content = yaml.safe_load((ROOT / "config/paper.yaml").read_text(encoding="utf-8"))
        content["lalm"]["training"]["shard_backbone"] = True
        content["lalm"]["listen"] |= {"engine": "vllm", "how": "generate"}
        content["backbones"]["qwen3-14b"]["engine_options"] = {"tensor_parallel_size": devices}
        split = study_of(checked(content, where="test"), RATES, ROOT)
        return {found.subject: found.level for found in fits(training_needs(split), split, gpu=26.0, machine=1000.0)}

    assert levels(1)["listening by qwen3-14b"] == "wrong"
    assert "listening by qwen3-14b" not in levels(2)
