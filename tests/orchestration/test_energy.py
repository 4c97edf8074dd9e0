"""The energy of a job's GPUs: of those that it claimed and no others, and nothing where it is not known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from akb.orchestration.energy import asks_for_devices, energies, keep, power, record_file

SMI = """#!/bin/sh
case "$*" in
*power.draw*) echo "$1" >> {asked}; printf '{answer}' ;;
*) printf '0, {name}-a\\n1, {name}-b\\n' ;;
esac
"""


def machine(folder: Path, answer: str) -> dict[str, str]:
    """An environment in which nvidia-smi knows two devices, which answer so when they are asked for their power."""
    program = folder / "bin/nvidia-smi"
    program.parent.mkdir()
    name = f"GPU-energy-{os.getpid()}-{folder.name}"
    program.write_text(SMI.format(asked=folder / "asked", answer=answer, name=name), encoding="utf-8")
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
    return {**kept, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def run_job(folder: Path, environment: dict[str, str], count: int, code: str) -> Path:
    """Run `code` as the rule `finetune`, which asks for `count` devices; where its energy's record would stand."""
    words, log = folder / "job", folder / "logs/finetune/m.1-0.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    words.write_text("\0".join(["finetune", str(log), "--", "--", ""]), encoding="utf-8")
    command = [sys.executable, "-m", "akb.orchestration.watch", "-m", "akb.orchestration.devices", str(count)]
    done = subprocess.run(
        [*command, "python", "-c", code], env={**environment, "AKB_JOB": str(words)}, capture_output=True, text=True
    )
    assert done.returncode in (0, 3), done.stderr
    return record_file(log)


def test_a_job_s_energy_is_that_of_the_devices_that_it_claimed(tmp_path: Path) -> None:
    environment = machine(tmp_path, "300.0, Disabled\\n")
    record = run_job(tmp_path, environment, 1, "import time; time.sleep(1.5)")
    assert record.name == "m.1-0.energy.json"
    [(rule, rest, watt_hours)] = energies(tmp_path / "logs")
    assert (rule, rest) == ("finetune", "m.1-0") and 300 * 0.8 / 3600 < watt_hours < 300 * 20 / 3600
    assert set((tmp_path / "asked").read_text().split()) == {"--id=0"}


@pytest.mark.parametrize("answer", ["[N/A], [N/A]\\n", "300.0, Enabled\\n", "300.0, Disabled\\n300.0, Disabled\\n", ""])
def test_what_is_not_told_is_not_known(tmp_path: Path, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", machine(tmp_path, answer)["PATH"])
    assert power(["0"]) is None


def test_two_devices_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", machine(tmp_path, "300.0, [N/A]\\n12.5, [N/A]\\n")["PATH"])
    assert power(["0", "GPU-x"]) == 312.5


def test_without_nvidia_smi_nothing_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert power(["0"]) is None


def test_a_job_that_failed_or_claims_no_device_leaves_no_record_of_an_earlier_one(tmp_path: Path) -> None:
    environment = machine(tmp_path, "300.0, Disabled\\n")
    for count, code in ((0, "pass"), (1, "raise SystemExit(3)")):
        record = record_file(tmp_path / "logs/finetune/m.1-0.log")
        record.parent.mkdir(parents=True, exist_ok=True)
        keep(5.0, record, "finetune")
        assert not run_job(tmp_path, environment, count, code).exists()


def test_only_a_job_that_claims_devices_is_measured() -> None:
    claiming = ["-m", "akb.orchestration.devices"]
    assert asks_for_devices([*claiming, "2", "torchrun"]) and not asks_for_devices([*claiming, "0", "python"])
    assert not asks_for_devices(["workflow/scripts/score.py"]) and not asks_for_devices(claiming)


def test_records_are_plain(tmp_path: Path) -> None:
    keep(1.23456, tmp_path / "a.energy.json", "listen")
    assert json.loads((tmp_path / "a.energy.json").read_text()) == {"rule": "listen", "watt_hours": 1.2346}
