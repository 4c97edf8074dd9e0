"""What is said of a failed job, and that its launcher changes nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from akb.orchestration.watch import job_name, message

SCORE = ["workflow/scripts/score.py", "--backbone", "m", "--output", "x"]


def launch(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "akb.orchestration.watch", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (SCORE, "score (backbone m)"),
        (
            ["workflow/scripts/distil.py", "--backbone", '{"name": "m"}', "--shard", "0/4"],
            "distil (backbone m, shard 0/4)",
        ),
        (
            ["-m", "akb.orchestration.devices", "2", "python", "workflow/scripts/finetune.py", "--backbone", "m"],
            "finetune (backbone m)",
        ),
        (["workflow/scripts/checkpoint.py", "--model", "minilm"], "checkpoint (model minilm)"),
        (["-m", "something"], "a job"),
    ],
)
def test_a_job_is_named_by_its_script_and_what_it_works_on(arguments: list[str], name: str) -> None:
    assert job_name(arguments) == name


def test_a_kill_is_explained_and_a_plain_failure_is_not() -> None:
    killed = message(-signal.SIGKILL, SCORE, "logs/m.log", 7_900_000_000).splitlines()
    assert killed[:2] == ["akb: score (backbone m) was ended by SIGKILL; peak memory 7.9 GB", "  log:    logs/m.log"]
    assert "the memory ran out" in killed[2]
    assert message(1, SCORE, "", 2e8) == "akb: score (backbone m) failed with status 1; peak memory 0.2 GB"


def test_a_script_that_succeeds_is_left_alone() -> None:
    done = launch("print('out')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "out\n", "")


def test_status_and_signal_are_passed_on() -> None:
    assert launch("raise SystemExit(3)").returncode == 3
    assert launch("import os; os.kill(os.getpid(), 9)").returncode == 137


def test_sigterm_reaches_the_script() -> None:
    # Short sleeps: a signal just before a long one would be heard at its end.
    waits = "print('ready', flush=True); [time.sleep(0.05) for _ in range(1200)]"
    code = f"import signal, time; signal.signal(15, lambda *_: exit(7)); {waits}"
    with subprocess.Popen(
        [sys.executable, "-m", "akb.orchestration.watch", "-c", code], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(20) == 7
