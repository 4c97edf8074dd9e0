"""Fine-tuning by several processes, as on a machine with several GPUs; here on its CPU cores.

Two processes with half the clips each take the steps that one takes with all of them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file
from smoke_project import Project
from torch.distributed.run import get_args_parser

CONNECTOR = "results/smoke/models/alpha/lalm/0/connector.safetensors"


def launch(project: Project, command: str, clips: int) -> None:
    def launched(settings: dict[str, Any]) -> None:
        settings["lalm"]["launch"] = command
        settings["lalm"]["training"] |= {"clips_per_step": clips, "align_clips_per_step": clips, "dropout": 0.0}

    project.configure(launched)


def test_torchrun_takes_no_option_of_the_script_for_its_own() -> None:
    script = Path(__file__).parents[2] / "workflow/scripts/finetune.py"
    told = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=True).stdout
    options = sorted(set(re.findall(r"--[a-z][a-z-]+", told)))
    assert "--training-log" in options and len(options) > 40
    given = get_args_parser().parse_args(["--standalone", "--nproc_per_node", "8", "finetune.py", *options])
    assert given.training_script_args == options and given.nproc_per_node == "8"


@pytest.mark.slow
def test_two_processes_take_the_steps_that_one_takes_with_all_clips(built: Project) -> None:
    launch(built, "python", clips=4)
    built.make(CONNECTOR)
    alone = load_file(built.path(CONNECTOR))
    launch(built, "torchrun --standalone --nproc_per_node 2", clips=2)
    assert built.would_run(CONNECTOR) == {"finetune alpha 0"}
    built.make(CONNECTOR)
    together = load_file(built.path(CONNECTOR))
    assert alone.keys() == together.keys()
    for name, value in alone.items():
        np.testing.assert_allclose(together[name], value, rtol=1e-3, atol=1e-4, err_msg=name)
    log = built.path("results/smoke/models/alpha/lalm/0/training.csv")
    assert pl.read_csv(log)["loss"].is_finite().all()
