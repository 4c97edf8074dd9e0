"""Backbones trained several times: a second seed is a branch of its own, and reaches scores, gains and the report."""

from __future__ import annotations

import polars as pl
import pytest
from smoke_project import Project

pytestmark = pytest.mark.slow
TABLES = "results/smoke/tables"


def test_a_second_training_is_added_and_its_spread_is_counted(built: Project) -> None:
    once = pl.read_parquet(built.path("results/smoke/scores.parquet")).filter(setting="audio")
    connector = built.path("results/smoke/models/alpha/lalm/0/connector.safetensors")
    before = connector.stat().st_mtime_ns
    built.configure(lambda c: c["lalm"].update(seeds=[0, 1]))
    made = built.make("results/smoke/models/alpha/lalm/1/connector.safetensors")
    assert "rule finetune" in made and "rule text_inference" not in made, "a branch can be completed seed by seed"
    built.make("all")
    assert connector.stat().st_mtime_ns == before, "the first training stays"
    other = built.path("results/smoke/models/alpha/lalm/1/connector.safetensors")
    assert other.read_bytes() != connector.read_bytes()

    twice = pl.read_parquet(built.path("results/smoke/scores.parquet")).filter(setting="audio")
    assert set(once["trainings"]) == {1} and set(twice["trainings"]) == {2}
    assert twice["training_variance"].null_count() == 0
    assert set(once["n"]) == set(twice["n"]), "an item is one item, however often it was answered"
    said = built.path("results/smoke/report.html").read_text(encoding="utf-8")
    assert "each was trained once" not in said and "each backbone was trained once" not in said
