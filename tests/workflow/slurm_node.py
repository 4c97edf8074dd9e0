"""A real Slurm of one node on this machine, with two make-believe GPUs, for as long as a test needs it.

Installs Debian's packages if they are missing (they stay), and starts a munged, a slurmctld and a slurmd of its
own: other keys, ports and folders than a Slurm of the machine would have. Only the configuration must lie in
/etc/slurm, because a job's inner `srun` looks nowhere else; what is there is moved aside and put back.

    with slurm_node(tmp_path) as node: subprocess.run(["squeue"])
"""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol", "munged")
ETC = Path("/etc/slurm")
ASIDE = Path("/etc/slurm.before-akb-test")
CPUS, MEMORY_MB, GPUS = 8, 16000, 2
START_SECONDS = 60.0

SLURM_CONF = """\
ClusterName=akbtest
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
GresTypes=gpu
KillWait=5
MinJobAge=3600
SchedulerParameters=sched_interval=2,bf_interval=2
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb} Gres=gpu:{gpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes={host} MaxTime=INFINITE State=UP
"""


@dataclass(frozen=True)
class Job:
    """A job that Slurm knows of. comment: Snakemake's name for it; state: as `squeue` writes it."""

    id: str
    state: str
    comment: str


@dataclass(frozen=True)
class Node:
    """A Slurm that runs. folder: where its logs are."""

    folder: Path

    def jobs(self, workdir: Path) -> list[Job]:
        """All jobs that ran or run in `workdir`, in the order of their submission."""
        done = subprocess.run(
            ["squeue", "--noheader", "--states=all", "--sort=i", "--format=%i|%T|%k|%Z"],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = [line.split("|") for line in done.stdout.splitlines()]
        return [Job(*row[:3]) for row in rows if row[3] == str(workdir)]

    def wait_for(self, workdir: Path, comment: str, state: str, seconds: float = 90.0) -> Job:
        """The newest job with that comment, once it is in `state`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [job for job in self.jobs(workdir) if job.comment == comment]
            if found and found[-1].state == state:
                return found[-1]
            time.sleep(0.5)
        raise TimeoutError(f"no job {comment} was {state} within {seconds:g} s: {self.jobs(workdir)}")

    def show(self, job: str) -> dict[str, str]:
        """What `scontrol` says of a job."""
        done = subprocess.run(["scontrol", "-o", "show", "job", job], capture_output=True, text=True, check=True)
        return dict(part.split("=", 1) for part in done.stdout.split() if "=" in part)


def reason_against() -> str:
    """Why no Slurm can be started here; empty if one can."""
    if os.geteuid():
        return "installing and starting Slurm needs root"
    if running := [name for name in ("slurmctld", "slurmd") if _runs(name)]:
        return f"this machine has a Slurm of its own: {running[0]} runs"
    if not shutil.which("apt-get") and not all(map(shutil.which, PROGRAMS)):
        return "Slurm is not installed, and there is no apt-get"
    probe = Path(f"/tmp/akb-mknod-{secrets.token_hex(4)}")
    try:
        os.mknod(probe, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except OSError as error:
        return f"no device files can be made here for GPUs: {error.strerror}"
    probe.unlink()
    return ""


@contextlib.contextmanager
def slurm_node(folder: Path) -> Iterator[Node]:
    """A Slurm whose files are in `folder`; ended and cleared away with the block, its jobs too."""
    _install()
    folder.chmod(0o755)  # munge refuses a socket that others cannot reach
    processes: list[subprocess.Popen[bytes]] = []
    _put_back()  # what a test that was killed left
    try:
        _configure(folder)
        key = folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        files = [f"--{name}-file={folder}/munge.{name}" for name in ("key", "pid", "log", "seed")]
        munged = ["munged", "--foreground", "--force", f"--socket={folder}/munge.socket", *files]
        for command in (munged, ["slurmctld", "-D"], ["slurmd", "-D"]):
            with (folder / f"{command[0]}.out").open("wb") as out:
                mortal = ["setpriv", "--pdeathsig", "TERM", *command]  # a test that is killed leaves no Slurm
                processes.append(subprocess.Popen(mortal, stdout=out, stderr=out, start_new_session=True))
            _wait(lambda: (folder / "munge.socket").exists(), folder)
        _wait(lambda: _said(["sinfo", "--noheader", "--format=%T"]).startswith("idle"), folder)
        yield Node(folder)
    finally:
        if _said(["squeue", "--noheader"]):
            subprocess.run(["scancel", "--user=root"], check=False)
            with contextlib.suppress(TimeoutError):
                _wait(lambda: not _said(["squeue", "--noheader"]), folder, seconds=20)
        for process in reversed(processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
        _put_back()


def _install() -> None:
    if all(map(shutil.which, PROGRAMS)):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *PACKAGES],
    ):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


def _configure(folder: Path) -> None:
    if ETC.exists():
        ETC.rename(ASIDE)
    ETC.mkdir()
    for name in ("state", "spool"):
        (folder / name).mkdir()
    for number in range(GPUS):
        os.mknod(folder / f"gpu{number}", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    values = {"host": platform.node().split(".")[0], "folder": folder, "cpus": CPUS, "memory_mb": MEMORY_MB}
    ports = {"controller_port": _free_port(), "node_port": _free_port()}
    (ETC / "slurm.conf").write_text(SLURM_CONF.format(**values, **ports, gpus=GPUS), encoding="utf-8")
    (ETC / "gres.conf").write_text(f"Name=gpu File={folder}/gpu[0-{GPUS - 1}] Flags=nvidia_gpu_env\n", encoding="utf-8")


def _put_back() -> None:
    """Remove our /etc/slurm, known by its cluster's name, and put back what was there before. A test that was killed
    before it wrote the name left an empty folder."""
    conf = ETC / "slurm.conf"
    if ASIDE.exists() and ETC.is_dir() and not any(ETC.iterdir()):
        ETC.rmdir()
    if conf.is_file() and "ClusterName=akbtest" in conf.read_text(encoding="utf-8"):
        shutil.rmtree(ETC)
    if ASIDE.exists() and not ETC.exists():
        ASIDE.rename(ETC)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _runs(program: str) -> bool:
    names = (path.read_text().strip() for path in Path("/proc").glob("[0-9]*/comm") if path.exists())
    with contextlib.suppress(OSError):
        return program in names
    return False


def _said(command: list[str]) -> str:
    """What a command prints; nothing if it fails."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    return ""


def _wait(ready: Callable[[], bool], folder: Path, seconds: float = START_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            logs = "".join(path.read_text(errors="replace")[-1500:] for path in sorted(folder.glob("*.out")))
            raise TimeoutError(f"Slurm is not ready after {seconds:g} s:\n{logs}")
        time.sleep(0.2)
