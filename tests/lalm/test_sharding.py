"""A backbone whose layers are split over two processes: the same training, and each holds half of every layer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import PretrainedConfig

from akb.errors import AkbError
from akb.llm.sharding import shard_layers


@pytest.mark.slow
def test_a_split_backbone_trains_as_a_whole_one_does_and_goes_on_after_a_kill(tmp_path: Path, tiny_llama: Path) -> None:
    program = Path(__file__).with_name("sharded_program.py")
    launched = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launched, str(program), str(tiny_llama), str(tmp_path)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("the same") == 2 * 4


def test_a_model_without_known_layers_is_not_split() -> None:
    class Flat(torch.nn.Linear):
        config = PretrainedConfig()

    with pytest.raises(AkbError, match="cannot be split"):
        shard_layers(Flat(2, 2), torch.device("cpu"), 2)
