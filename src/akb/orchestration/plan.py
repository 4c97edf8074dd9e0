"""What a driver planned, for its jobs to hold themselves to; and which of them need not be tried again.

A driver plans with the configuration as it was when it began. A job on a cluster reads the configuration anew, hours
later; and would be recorded with what was planned. So the driver keeps a digest of each job's parameters, and a job
that has others refuses. What fails for a reason that trying again cannot mend is noted in the same place.

    plan = write_plan(Path(".snakemake/akb-plans"), {"results/logs/score/m.log": ["script:1f…", "--audio"]})
    planned(plan, "results/logs/score/m.log") == digest_of(["script:1f…", "--audio"])
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from akb.atomic import write_text

KEPT = 20  # plans: jobs of a killed driver may still wait in a queue


def write_plan(folder: Path, jobs: Mapping[str, Sequence[str]]) -> Path:
    """A new folder in `folder` with the plan of these jobs: log file → parameters. The oldest plans are removed."""
    plan = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{uuid.uuid4().hex[:4]}"
    write_text(plan / "jobs.json", json.dumps({log: digest_of(values) for log, values in jobs.items()}))
    for old in sorted(path for path in folder.iterdir() if path.is_dir())[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return plan


def digest_of(values: Sequence[str]) -> str:
    """16 hex digits of a job's parameters; their order does not count, and an empty one is none."""
    return hashlib.sha256("\0".join(sorted(filter(None, values))).encode()).hexdigest()[:16]


def planned(plan: Path, log: str) -> str | None:
    """The digest that was planned for the job with this log file; None if it was not planned, or the plan is gone."""
    try:
        digest = json.loads((plan / "jobs.json").read_text(encoding="utf-8")).get(log)
    except (OSError, ValueError, AttributeError):
        return None
    return digest if isinstance(digest, str) else None


def note_fault(plan: Path, log: str, words: str) -> None:
    """Note that this job of the plan fails however often it is tried, and with which words."""
    with contextlib.suppress(OSError):
        _fault_file(plan, log).write_text(words, encoding="utf-8")


def noted_fault(plan: Path, log: str) -> str | None:
    """The words with which this job of the plan has failed for good."""
    try:
        return _fault_file(plan, log).read_text(encoding="utf-8")
    except OSError:
        return None


def _fault_file(plan: Path, log: str) -> Path:
    return plan / f"fault-{hashlib.sha256(log.encode()).hexdigest()[:16]}.txt"
