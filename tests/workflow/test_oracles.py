"""Backbones that know the answers and give a chosen share of them, through inference, scores and the report."""

from __future__ import annotations

import polars as pl
import pytest
from smoke_project import Project, jobs

# An endpoint stands for a model without weights: no checkpoint to build, and no audio language model.
ORACLES = {
    "none": {"accuracy": 0, "scoring": "option"},
    "quarter": {"accuracy": 0.25, "scoring": "letter", "rotations": 4},
    "most": {"accuracy": 0.7, "scoring": "generate"},
    "every": {"accuracy": 1, "scoring": "generate", "rotations": 2},
}


@pytest.mark.slow
def test_known_accuracies_come_out_of_probe_and_cascade(built: Project) -> None:
    before = built.records()
    built.configure(
        lambda settings: settings["backbones"].update(
            {
                name: {
                    "source": {"api": name},
                    "engine": "oracle",
                    "engine_options": {"accuracy": entry["accuracy"]},
                    **{key: value for key, value in entry.items() if key != "accuracy"},
                }
                for name, entry in ORACLES.items()
            }
        )
    )
    ran = jobs(built.make("all"))
    assert {job for job in ran if "alpha" in job} == set()
    assert before == {name: keys for name, keys in built.records().items() if name not in ORACLES}

    scores = pl.read_parquet(built.path("results/smoke/scores.parquet")).filter(domain="all")
    for name, entry in ORACLES.items():
        rows = scores.filter(backbone=name).to_dicts()
        runs = {(row["setting"], row["captioner"], row["control"]) for row in rows}
        assert {("probe", None, None), ("cascade", "acoustics", None), ("cascade", "none", "no_caption")} <= runs
        for row in rows:
            assert abs(row["correct"] - entry["accuracy"] * row["n"]) < 1, row
            assert row["invalid"] == 0
    told = pl.read_csv(built.path("results/smoke/tables/accuracy.csv")).filter(domain="all", setting="probe")
    shown = dict(told.select("backbone", "accuracy").iter_rows())
    assert [shown[name] for name in ("none", "every")] == [0, 1]
    assert "every" in built.path("results/smoke/report.html").read_text(encoding="utf-8")
