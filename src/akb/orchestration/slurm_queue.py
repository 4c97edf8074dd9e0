"""Jobs of this folder that are in Slurm's queue already, and how to wait for them.

A driver that was killed leaves its jobs queued and running. The next one would submit the same work again; it
waits for them instead, and then finds what they made.

    waited = wait_for({"rule_distil_wildcards_m_0": "distil (backbone m, shard 0)"}, Path.cwd(), print)
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from akb.errors import AkbError

_UNFINISHED = "PENDING,CONFIGURING,RUNNING,SUSPENDED,COMPLETING"
_PATIENCE = 30  # how often in a row a busy Slurm may fail to answer


@dataclass(frozen=True)
class QueuedJob:
    """A job that has not ended. comment: what Snakemake calls it; elapsed: [days-]hours:minutes:seconds."""

    id: str
    state: str
    elapsed: str
    comment: str


def queued_jobs(folder: Path) -> list[QueuedJob]:
    """This user's unfinished jobs that run in `folder`. Raises AkbError if `squeue` does not answer."""
    command = ["squeue", "--noheader", f"--user={os.getuid()}", f"--states={_UNFINISHED}", "--format=%i|%T|%M|%k|%Z"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise AkbError(
            f"Slurm does not say which jobs are queued: {str(said).strip()}",
            where=" ".join(command),
            remedy="run it by hand; when it answers, run the same command again",
        ) from error
    rows = (line.split("|", 4) for line in listed.splitlines() if line.count("|") >= 4)
    here = folder.resolve()
    return [QueuedJob(*row[:4]) for row in rows if Path(row[4].strip()).resolve() == here]


def described(jobs: list[QueuedJob], titles: Mapping[str, str]) -> str:
    """One line a job. titles: comment → what people call it."""
    return "\n".join(
        f"  {job.id}  {titles.get(job.comment, job.comment)}: {job.state.lower()}, {job.elapsed}" for job in jobs
    )


def wait_for(titles: Mapping[str, str], folder: Path, tell: Callable[[str], None], seconds: float = 10.0) -> bool:
    """Wait until none of the jobs named by comment in `titles` is in the queue; True if any was.

    tell: takes what people should read. seconds: between looks at the queue. Raises AkbError if Slurm does not
    answer the first time, or for a long time thereafter.
    """
    waiting = [job for job in queued_jobs(folder) if job.comment in titles]
    if not waiting:
        return False
    tell(
        "Slurm has these jobs from an earlier run; they are waited for, not submitted again:\n"
        f"{described(waiting, titles)}\n"
        f"Not wanted? scancel {' '.join(job.id for job in waiting)}: then they are submitted anew. "
        "Ctrl-C ends the waiting alone."
    )
    silent = 0
    while waiting:
        time.sleep(seconds)
        try:
            queued = {job.id for job in queued_jobs(folder)}
        except AkbError:
            silent += 1
            if silent > _PATIENCE:
                raise
            continue
        silent = 0
        if ended := [job for job in waiting if job.id not in queued]:
            waiting = [job for job in waiting if job.id in queued]
            names = ", ".join(f"{job.id} {titles[job.comment]}" for job in ended)
            tell(f"Ended: {names}; {len(waiting)} left.")
    return True
