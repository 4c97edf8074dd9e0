"""The script for a GPU's first minutes runs on a CPU, on tiny sizes and without what only the rest of the project
needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_WITHOUT = """
import runpy, sys
absent = "polars msgspec pyarrow pydantic snakemake soundfile datasets openai vllm av"
sys.modules.update(dict.fromkeys(absent.split()))
sys.argv = [sys.argv[1], "--sizes", "tiny", "--device", "cpu", "--steps", "2"]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.slow
def test_the_gpu_script_needs_torch_and_transformers_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT, str(ROOT / "benchmarks/gpu_training.py")],
        env={**os.environ, "PYTHONPATH": "", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "against float32 on the CPU: agrees" in done.stdout
    cells = next(line for line in done.stdout.splitlines() if line.startswith("| tiny")).split(" | ")
    assert float(cells[2].replace(",", "")) > 0 and all(float(cell.strip("| ")) > 0 for cell in cells[-2:])
