"""The whole workflow on the smoke configuration, in a folder of its own: pretended for dry runs, or really built.

A dry run asks only for records and files, so `pretended` marks empty outputs as built: seconds instead of
minutes. `built` runs everything once per session; with AKB_BUILT=FOLDER it is kept there and used again.
Tests take copies of either; they cost a few megabytes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from smoke_project import Project, copied, prepared, pretend


@pytest.fixture(scope="session")
def pretended_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = prepared(tmp_path_factory.mktemp("pretended"))
    for name in ("config.json", "model.safetensors"):
        project.path(f"data/gamma/{name}").write_text("{}", encoding="utf-8")

    def everything(settings: dict[str, Any]) -> None:
        """Sources, packages and launches that only a dry run can afford."""
        settings["captioners"]["words"] = {"kind": "file", "file": "data/captions.jsonl"}
        settings["captioners"]["combined"]["of"] = ["acoustics", "words"]
        settings["tools"]["minilm"] = {"source": {"package": "all-minilm-l6-v2"}}
        settings["mini"]["synthetic"] = False
        settings["benchmark"]["grounded"] = True
        settings["lalm"]["launch"] = "accelerate launch"

    project.configure(everything)
    pretend(project)
    return project


@pytest.fixture
def pretended(pretended_once: Project, tmp_path: Path) -> Project:
    """A project in which everything seems built: for dry runs alone."""
    return copied(pretended_once, tmp_path / "project")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    kept = os.environ.get("AKB_BUILT")
    if kept and Path(kept).exists():
        return Project(Path(kept))
    from akb.models.random_models import write_random

    project = prepared(tmp_path_factory.mktemp("built"))
    write_random("tiny-llama", 3, project.path("data/gamma"))
    project.make("all")
    if kept:
        copied(project, Path(kept))
    return project


@pytest.fixture
def built(built_once: Project, tmp_path: Path) -> Project:
    """A project that was really built."""
    return copied(built_once, tmp_path / "project")
