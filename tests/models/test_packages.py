"""Registry packages as data: what is there is not fetched again, what is damaged or missing is said."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.models import packages


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PAUSES", (0.0, 0.0))


def test_a_wheel_that_is_there_is_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_model-1.0-py3-none-any.whl").touch()
    monkeypatch.setattr(packages, "_run", lambda *_, **__: pytest.fail("asked the registry"))
    assert packages.download_wheel("Some-Model==1.0", tmp_path).name == "some_model-1.0-py3-none-any.whl"


def test_another_version_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_model-1.0.1-py3-none-any.whl").touch()

    def fetch(command: list[str], **_: object) -> None:
        (Path(command[-1]) / "some_model-1.0-py3-none-any.whl").touch()

    monkeypatch.setattr(packages, "_run", fetch)
    assert packages.download_wheel("some-model==1.0", tmp_path).name == "some_model-1.0-py3-none-any.whl"


def test_a_stumbling_registry_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fetch(command: list[str], **_: object) -> None:
        calls.append(command)
        if len(calls) < 3:
            raise packages._CommandFailedError("ERROR: timed out")
        (Path(command[-1]) / "a-1-py3-none-any.whl").touch()

    monkeypatch.setattr(packages, "_run", fetch)
    assert packages.download_wheel("a==1", tmp_path).exists()


def test_a_dead_registry_ends_in_a_message_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(command: list[str], **_: object) -> None:
        raise packages._CommandFailedError("ERROR: no route")

    monkeypatch.setattr(packages, "_run", fetch)
    with pytest.raises(AkbError, match="no route"):
        packages.download_wheel("a==1", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_machine_without_apt_get_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages.shutil, "which", lambda _: None)
    with pytest.raises(AkbError, match="no apt-get"):
        packages.download_deb("scratch", tmp_path)


def test_a_wheel_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as zipped:
        zipped.writestr("a/data.bin", b"x")
    assert (packages.extract(tmp_path / "a.whl", tmp_path / "out") / "a/data.bin").read_bytes() == b"x"


def test_a_damaged_archive_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"not a zip")
    with pytest.raises(AkbError, match=r"a\.whl"):
        packages.extract(tmp_path / "a.whl", tmp_path / "out")
    assert not (tmp_path / "out").exists()
