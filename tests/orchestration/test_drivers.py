"""A dead driver's lock is lifted; a living one's, and one of another host, stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ENTER = """
import sys, time
from pathlib import Path
from akb.orchestration.drivers import enter
folder, host, then = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
print(enter(folder / "mark", folder / "locks", host), flush=True)
if then == "lock":
    (folder / "locks").mkdir(exist_ok=True)
    (folder / "locks" / "0.input.lock").write_text("x")
    print("locked", flush=True)
    time.sleep(60)
"""


def enter(folder: Path, host: str = "here", then: str = "end") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ENTER, str(folder), host, then]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def lifted(folder: Path, host: str = "here") -> bool:
    said, _ = enter(folder, host).communicate(timeout=30)
    return said.strip() == "True"


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A driver that entered, locked the folder and lives."""
    process = enter(tmp_path, then="lock")
    assert process.stdout is not None
    assert process.stdout.readline() == "False\n"
    assert process.stdout.readline() == "locked\n"
    yield process
    process.kill()
    process.wait()


def test_the_lock_of_a_killed_driver_is_lifted(driver: subprocess.Popen[str], tmp_path: Path) -> None:
    driver.kill()
    driver.wait()
    assert lifted(tmp_path)
    assert not (tmp_path / "locks").exists()


def test_the_lock_of_a_living_driver_stays(driver: subprocess.Popen[str], tmp_path: Path) -> None:
    assert not lifted(tmp_path)
    assert list((tmp_path / "locks").iterdir())


def test_the_lock_of_another_hosts_driver_stays(driver: subprocess.Popen[str], tmp_path: Path) -> None:
    driver.kill()
    driver.wait()
    assert not lifted(tmp_path, host="there")
    assert not lifted(tmp_path, host="there")  # nor does having looked make it this host's
    assert lifted(tmp_path)


def test_a_folder_that_cannot_be_written_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mark").mkdir()
    assert not lifted(tmp_path)
