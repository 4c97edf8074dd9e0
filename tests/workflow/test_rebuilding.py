"""What a change really computes, in a project that was really built: the jobs of a dry run, and no answer twice."""

from __future__ import annotations

import csv
import shutil
from collections import Counter

import pytest
from smoke_jobs import BACKBONES, END, REVIEWED, branch, each
from smoke_project import Project, jobs


@pytest.mark.slow
def test_an_edited_question_is_all_that_is_computed(built: Project) -> None:
    built.edit("config/smoke/authored/animals.yaml", "Which animal barks?", "Which of these animals barks?")
    before, expected = built.records(), built.would_run()
    assert jobs(built.make("all")) == expected
    new = {name: len(keys) - len(before[name]) for name, keys in built.records().items()}
    assert new == dict.fromkeys(BACKBONES, 1)
    assert not computed_twice(built)
    assert built.would_run() == set()


@pytest.mark.slow
def test_a_decision_that_changes_nothing_computes_nothing(built: Project) -> None:
    """A reviewer accepts a question as it is: the prompts come out as the same bytes."""
    accept(built)
    before = built.records()
    assert jobs(built.make("all")) == REVIEWED
    assert built.records() == before
    assert built.would_run() == set()


@pytest.mark.slow
def test_after_identical_bytes_the_next_call_runs_only_what_it_needs(built: Project) -> None:
    """Within one call Snakemake runs all that stands below a job; called in two steps, it sees what stayed the same."""
    accept(built)
    built.make("results/smoke/prompts/probe.parquet")
    # The questions now say that a person checked one of them, which scores read and prompts do not. No answer is new,
    # so nothing has cost more.
    assert built.would_run() == each("score") | END - {"costs"}
    accept(built)  # the same reviewer, the same verdict: the merged decisions are what they were
    built.make("results/smoke/benchmark/merged.parquet", "--forcerun", "merge")
    assert built.would_run() == each("score") | END - {"costs"}


@pytest.mark.slow
def test_one_branch_really_built_leaves_the_others_alone(built: Project) -> None:
    shutil.rmtree(built.path("results/smoke/models/alpha"))
    others = [path for name in ("beta", "gamma") for path in built.path(f"results/smoke/models/{name}").rglob("*")]
    times = {path: path.stat().st_mtime_ns for path in others}
    assert jobs(built.make("results/smoke/models/alpha/scores.parquet")) == branch("alpha")
    assert {path: path.stat().st_mtime_ns for path in others} == times


def accept(project: Project) -> None:
    """Add a reviewer's decision: the first question of the review tasks is right as it is."""
    with project.path("results/smoke/benchmark/review/tasks.csv").open(encoding="utf-8-sig") as handle:
        task = next(csv.DictReader(handle))
    project.append("data/decisions.csv", f"{task['name']},{task['content_hash']},me,accept,,2026-01-01T00:00:00,,,\n")


def computed_twice(project: Project) -> set[str]:
    return {key for keys in project.records().values() for key, times in Counter(keys).items() if times > 1}
