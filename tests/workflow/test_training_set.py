"""A training set of one's own in the workflow: what is made from it, and what a changed row brings."""

from __future__ import annotations

from pathlib import Path

import pytest
from smoke_project import Project, copied, prepared, pretend
from test_staleness import END, each

RECORDING = "data/sounds/dogs/one.wav"
MINE = "results/smoke/audio/mine"
LEARNING = each("distil", "finetune", "listen", "score") | END


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The smoke configuration, learning from a set of one's own; everything seems built."""
    project = prepared(tmp_path_factory.mktemp("training-set"))
    project.path("data/sounds/dogs").mkdir(parents=True)
    for name in ("data/gamma/config.json", "data/gamma/model.safetensors", "data/mine.jsonl", RECORDING):
        project.path(name).write_text("{}", encoding="utf-8")
    project.configure(
        lambda c: (
            c.update(training_sets={"mine": {"rows": ["data/mine.jsonl"], "audio": "data/sounds"}}),
            c.update(shards={"training_features": 2}),
            c["lalm"].update(train_on="mine"),
        )
    )
    pretend(project)
    return project


def test_the_set_is_learnt_from_in_place_of_mini(project: Project) -> None:
    asked = project.would_run("--forceall", "all")
    assert {"import_training_set mine", "training_instructions mine"} <= asked
    features = {job for job in asked if job.startswith("features")}
    assert {" ".join(job.split()[2:]) for job in features} == {"mine train 0", "mine train 1", "mini test 0"}
    assert "instructions" not in asked


def test_nothing_has_changed_and_nothing_would_run(project: Project) -> None:
    assert project.would_run() == set()


def test_a_changed_row_is_imported_and_learnt(project: Project, tmp_path: Path) -> None:
    project = copied(project, tmp_path / "project")
    project.append("data/mine.jsonl", "\n{}")
    features = {f"features whisper-tiny.en mine train {shard}" for shard in range(2)}
    assert project.would_run() == {"import_training_set mine", "training_instructions mine"} | features | LEARNING


@pytest.mark.parametrize("change", ["altered", "deleted", "added"])
def test_a_recording_that_changes_is_imported_and_learnt(project: Project, tmp_path: Path, change: str) -> None:
    project = copied(project, tmp_path / "project")
    recording = project.path(RECORDING)
    if change == "altered":
        recording.write_text("other", encoding="utf-8")
    elif change == "deleted":
        recording.unlink()
    else:
        recording.with_name("two.wav").write_text("{}", encoding="utf-8")
    assert {"import_training_set mine", "training_instructions mine"} | LEARNING <= project.would_run()


def test_transcripts_that_the_set_brings_are_learnt_with(project: Project, tmp_path: Path) -> None:
    project = copied(project, tmp_path / "project")
    project.configure(
        lambda c: (
            c["training_sets"]["mine"].update(fields={"transcript": "text"}),
            c["lalm"].update(transcripts="acoustics"),
        )
    )
    said = project.make("all", "--dry-run", "--printshellcmds")
    learning = [line for line in said.splitlines() if "scripts/finetune.py" in line]
    listening = [line for line in said.splitlines() if "scripts/listen.py" in line]
    assert learning and all(f"--transcripts {MINE}/transcripts.parquet" in line for line in learning)
    assert listening and all(
        "--transcripts results/smoke/captions/mini/acoustics.parquet" in line for line in listening
    )
