"""Fine-tuning by several processes, as on a machine with several GPUs; here on its CPU cores.

`accelerate launch` starts several of them only on GPUs; on CPUs torchrun does, and accelerate joins them.
"""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from safetensors.numpy import load_file
from smoke_project import Project

CONNECTOR = "results/smoke/models/alpha/lalm/0/connector.safetensors"


def launch(project: Project, command: str) -> None:
    def launched(settings: dict[str, Any]) -> None:
        settings["lalm"]["launch"] = command
        settings["lalm"]["training"]["accelerate"] = True

    project.configure(launched)


@pytest.mark.slow
def test_two_processes_train_one_connector(built: Project) -> None:
    alone = load_file(built.path(CONNECTOR))
    launch(built, "env ACCELERATE_USE_CPU=true torchrun --nproc_per_node 2 --")
    assert built.would_run(CONNECTOR) == {"finetune alpha"}
    built.make(CONNECTOR)
    together = load_file(built.path(CONNECTOR))
    assert alone.keys() == together.keys()
    assert any((alone[name] != together[name]).any() for name in alone)  # twice as many clips a step
    steps = pl.read_csv(built.path("results/smoke/models/alpha/lalm/0/training.csv"))
    assert steps["loss"].is_finite().all()


@pytest.mark.slow
def test_two_processes_that_do_not_know_each_other_are_an_error(built: Project) -> None:
    launch(built, "torchrun --nproc_per_node 2 --")
    said = built.snakemake(CONNECTOR).stdout
    assert "akb: 2 processes were started, and each would train by itself" in said
