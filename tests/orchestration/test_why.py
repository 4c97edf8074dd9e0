"""`akb why` tells causes apart from consequences, in the user's words."""

from __future__ import annotations

import subprocess

import pytest

from akb.errors import AkbError
from akb.orchestration.why import dry_run, explain, parse

DRY_RUN = """Building DAG of jobs...
[Mon Nov 23 10:00:00 2026]
rule text_inference:
    input: results/checkpoints/m/fingerprint.json, results/prompts/probe.parquet
    output: results/models/m/responses.parquet
    log: results/logs/text_inference/m.log
    jobid: 3
    benchmark: results/benchmarks/text_inference/m.tsv
    reason: Updated input files: results/prompts/probe.parquet; Params have changed since last execution: Union of exclusive params before and now across all output: before: '--backbone x --max-tokens 5','script:11111111 llm.prompts:aaaaaaaa llm.store:cccccccc' now: '--backbone x --max-tokens 6','script:11111111 llm.prompts:bbbbbbbb llm.store:cccccccc'
    wildcards: backbone=m
    resources: mem_mb=8000

rule score:
    input: results/models/m/responses.parquet
    output: results/models/m/scores.parquet
    jobid: 2
    reason: Input files updated by another job: results/models/m/responses.parquet
    wildcards: backbone=m

Job stats:
"""  # noqa: E501 Snakemake's own lines


def test_causes_and_consequences_are_told_apart() -> None:
    cause, consequence = parse(DRY_RUN)
    assert (cause.title, consequence.title) == ("text_inference (backbone=m)", "score (backbone=m)")
    assert consequence.causes == ()
    assert consequence.after == ("results/models/m/responses.parquet",)


def test_each_cause_is_named_in_the_user_s_words() -> None:
    assert parse(DRY_RUN)[0].causes == (
        "this input changed: results/prompts/probe.parquet",
        "its code changed: src/akb/llm/prompts.py",
        "--max-tokens: 5 → 6",
    )


def test_the_answer_fits_one_screen() -> None:
    text = explain("results/models/m/scores.parquet", parse(DRY_RUN) * 60)
    assert len(text.splitlines()) < 80
    assert "120 jobs would run" in text


def test_nothing_to_do_is_said() -> None:
    assert explain("x", []) == "x is up to date: nothing would run."


@pytest.mark.parametrize(
    ("said", "told", "remedy"),
    [
        ("MissingRuleException:\nNo rule to produce mine.csv", "no rule of the workflow builds it", "--summary"),
        ("WorkflowError:\nno such option: colour", "no such option: colour", "mend what it names"),
        (
            "Traceback (most recent call last):\n  File x\nFileNotFoundError: my.yaml",
            "FileNotFoundError: my.yaml",
            "mend",
        ),
    ],
)
def test_what_snakemake_refuses_is_told_without_its_traceback(
    monkeypatch: pytest.MonkeyPatch, said: str, told: str, remedy: str
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1, stdout="", stderr=said))
    with pytest.raises(AkbError) as refused:
        dry_run("mine.csv", [])
    assert told in str(refused.value) and remedy in refused.value.remedy
    assert "File x" not in str(refused.value)
