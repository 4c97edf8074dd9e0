"""What a reviewer's edit leaves is the text that counts: for near-duplicates too."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from smoke_project import prepared

CLUSTERS = "results/smoke/benchmark/clusters.parquet"
DOG, COW = "smoke-animals-1", "smoke-animals-2"


@pytest.mark.slow
def test_an_edit_into_the_text_of_another_question_makes_a_near_duplicate(tmp_path: Path) -> None:
    project = prepared(tmp_path)
    # Of a random encoder, only like texts are alike.
    project.configure(lambda settings: settings["benchmark"].update(similarity=0.9999))

    def clusters() -> dict[str, int]:
        project.make(CLUSTERS, "results/smoke/benchmark/review/tasks.csv")
        return dict(pl.read_parquet(project.path(CLUSTERS)).select("name", "cluster").iter_rows())

    assert clusters()[DOG] != clusters()[COW]
    with project.path("results/smoke/benchmark/review/tasks.csv").open(encoding="utf-8-sig") as handle:
        task = next(row for row in csv.DictReader(handle) if row["name"] == COW)
    edit = (
        f'{COW},{task["content_hash"]},me,edit,,2026-01-01T00:00:00,Which animal barks?,a dog,"a cow\na cat\na duck"\n'
    )
    project.append("data/decisions.csv", edit)
    after = clusters()
    assert after[DOG] == after[COW]
