"""What a run would take: formulas that grow as the work does, corrected by what was measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from akb.analysis.measurement_costs import read_stages
from akb.orchestration.why import Job
from akb.preflight.amounts import Task, work_of
from akb.preflight.calibration import measured_factors
from akb.preflight.plan import STAGES, as_json, shown, stage_of, task_of, totals, wall_seconds
from akb.preflight.study import Study, parameters_in, study_of
from akb.settings.checking import read_settings

ROOT = Path(__file__).parents[2]
RATES: dict[str, Any] = yaml.safe_load((ROOT / "resources/rates.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def paper() -> Study:
    return study_of(read_settings(ROOT / "config/paper.yaml"), RATES, ROOT)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Qwen/Qwen3-14B", 14e9),
        ("meta-llama/Llama-3.1-8B-Instruct", 8e9),
        ("smollm2-135m-instruct", 135e6),
        ("qwen2.5-coder-0.5b", 0.5e9),
        ("allenai/Olmo-3-7B-Instruct-DPO", 7e9),
        ("microsoft/phi-4", None),
        ("gpt-4o", None),
    ],
)
def test_a_model_s_size_is_read_out_of_its_name(name: str, parameters: float | None) -> None:
    assert parameters_in(name) == parameters


def test_every_rule_of_the_workflow_belongs_to_a_stage() -> None:
    import re

    rules = {
        found
        for path in (ROOT / "workflow/rules").glob("*.smk")
        for found in re.findall(r"^ *rule (\w+):", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert {rule for rule in rules if stage_of(rule) == "other"} == set()
    assert len(STAGES) == 10


def test_a_benchmark_is_asked_as_often_as_it_has_captioners() -> None:
    settings = read_settings(ROOT / "config/config.yaml")
    described = {name: each.described for name, each in study_of(settings, RATES, ROOT / "nowhere").benchmarks.items()}
    # Without a caption, with each captioner's, and with another clip's of the one that is swapped.
    assert described == {"mini": 1 + len(settings.captioners) + 1, "mini-unseen": 1 + 1 + 1}


def test_twice_the_model_takes_twice_the_time_beyond_the_start(paper: Study) -> None:
    start = RATES["start_seconds"]["vllm"]
    small, large = paper.models["qwen3-4b"], paper.models["qwen3-8b"]
    seconds = {
        name: work_of(Task("text_inference", {"backbone": name}, 1), paper).seconds - start
        for name in ("qwen3-4b", "qwen3-8b")
    }
    assert seconds["qwen3-8b"] / seconds["qwen3-4b"] == pytest.approx(large.parameters / small.parameters)


def test_two_gpus_halve_it_and_cost_the_same_gpu_hours(paper: Study) -> None:
    one = totals([Task("finetune", {"backbone": "qwen3-8b"}, 1)], paper, {})["fine-tuning", "qwen3-8b"]
    two = totals([Task("finetune", {"backbone": "qwen3-8b"}, 2)], paper, {})["fine-tuning", "qwen3-8b"]
    start = RATES["start_seconds"]["transformers"]
    assert two.seconds - start == pytest.approx((one.seconds - start) / 2)
    assert two.gpu_seconds == pytest.approx(one.gpu_seconds + start, rel=1e-6)


def test_an_endpoint_costs_tokens_and_no_gpu(paper: Study) -> None:
    model = replace(paper.models["gpt-4o"], prices={"input_per_million": 2.0, "output_per_million": 10.0})
    priced = replace(paper, models={**paper.models, "gpt-4o": model})
    work = work_of(Task("text_inference", {"backbone": "gpt-4o"}, 0), priced)
    assert work.dollars == pytest.approx(2e-6 * work.tokens_read + 10e-6 * work.tokens_written)
    assert "no prices" in work_of(Task("text_inference", {"backbone": "gpt-4o"}, 0), paper).formula


def test_what_was_measured_takes_the_place_of_what_is_assumed(paper: Study, tmp_path: Path) -> None:
    task = Task("finetune", {"backbone": "qwen3-8b"}, 0)
    record = tmp_path / "benchmarks/finetune/qwen3-8b.tsv"
    record.parent.mkdir(parents=True)
    record.write_text(f"s\th:m:s\n{work_of(task, paper).seconds * 3:.6f}\t-\n", encoding="utf-8")
    (record.parent / "a-backbone-that-is-gone.tsv").write_text("s\th:m:s\n1\t-\n", encoding="utf-8")
    factors = measured_factors(tmp_path, paper)
    assert factors == {"finetune": pytest.approx(3, rel=1e-6)}
    corrected = totals([task], paper, factors)["fine-tuning", "qwen3-8b"].seconds
    assert corrected == pytest.approx(3 * work_of(task, paper).seconds)


def test_the_longest_name_wins_where_one_name_holds_another(paper: Study, tmp_path: Path) -> None:
    record = tmp_path / "benchmarks/text_inference/olmo-3-7b-dpo.tsv"
    record.parent.mkdir(parents=True)
    record.write_text("s\n10\n", encoding="utf-8")
    from akb.preflight.calibration import finished

    assert [task.backbone for task, _ in finished(tmp_path, paper)] == ["olmo-3-7b-dpo"]


def test_a_dry_run_s_job_is_read_with_its_gpus() -> None:
    job = Job("finetune", "backbone=m", ("x",), (), (), resources="mem_mb=1, gpu=8, devices=8")
    assert task_of(job) == Task("finetune", {"backbone": "m"}, 8)


def test_the_table_adds_up_and_says_what_is_assumed(paper: Study) -> None:
    tasks = [Task("finetune", {"backbone": name}, 8) for name in ("qwen3-8b", "qwen3-14b")]
    found = totals(tasks, paper, {})
    text = shown(found, paper, gpus=8, explain=True)
    assert "operations ÷" in text and "Assumed: parameters by name" in text
    assert wall_seconds(found, 8) == pytest.approx(sum(total.seconds for total in found.values()))


def test_as_json_it_has_the_numbers_that_a_prediction_s_costs_are_read_from(paper: Study) -> None:
    tasks = [Task("finetune", {"backbone": "qwen3-8b", "seed": seed}, 8) for seed in ("0", "1")]
    found = totals(tasks, paper, {})
    (stage,) = read_stages(json.loads(as_json(found, paper)), "plan.json")
    whole = found["fine-tuning", "qwen3-8b"]
    assert stage["backbone"] == "qwen3-8b" and stage["jobs"] == 2
    assert stage["gpu_hours"] == pytest.approx(whole.gpu_seconds / 3600) and stage["usd"] == whole.dollars > 0


def test_features_of_test_clips_cost_nothing_for_those_that_are_learnt_from(paper: Study) -> None:
    def seconds(split: str, benchmark: str) -> float:
        return work_of(Task("features", {"split": split, "benchmark": benchmark}, 1), paper).seconds

    start = RATES["start_seconds"]["transformers"]
    ratio = (seconds("test", "mmar") - start) / (seconds("test", "mini") - start)
    assert ratio == pytest.approx(paper.benchmarks["mmar"].seconds / paper.benchmarks["mini"].seconds)
    assert seconds("train", "mini") > seconds("test", "mini")


def test_aligning_costs_the_connector_s_time_alone(paper: Study) -> None:
    default = study_of(read_settings(ROOT / "config/config.yaml"), RATES, ROOT)
    small, large = (
        replace(default, models={"m": replace(default.models["smollm2-135m"], computing=size)}) for size in (1e6, 1e9)
    )
    settings = default.settings.model_copy(update={"backbones": {"m": default.settings.backbones["smollm2-135m"]}})
    found = [work_of(Task("finetune", {"backbone": "m"}, 0), replace(s, settings=settings)) for s in (small, large)]
    aligned = 200 * 32 / RATES["aligned_clips"]["cpu"]
    assert all("6400 aligned clips" in work.formula for work in found)
    assert found[0].seconds == pytest.approx(RATES["start_seconds"]["transformers"] + aligned, rel=0.05)
    assert found[1].seconds > 2 * found[0].seconds
