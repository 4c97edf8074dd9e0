"""What a rule's command line says about its job before its script starts, and whether it still holds.

Every rule's shell command begins with `job RULE LOG PARAMETERS -- OUTPUTS -- INPUTS;` (workflow/job.sh
defines `job`), which leaves these words in a file for the launcher. Among the parameters
are the digests of the code as it was when the run was planned.

    job = PlannedJob.read(Path(os.environ["AKB_JOB"]))
    if reason := refusal(job, Path("workflow/scripts/score.py"), plan): ...
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from akb.file_hashes import content_hash, stat_of
from akb.orchestration.codedigest import changed_modules, code_digest, read_digests, shown_module
from akb.orchestration.plan import digest_of, planned

_SMALL = 1_000_000  # bytes: read before and after, so that a touch alone counts as no change
Seen = tuple[int, int, str]


@dataclass(frozen=True)
class PlannedJob:
    """A job as its rule gives it. parameters: what Snakemake compares, the code's digests among them."""

    rule: str
    log: str
    parameters: tuple[str, ...]
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]

    @classmethod
    def read(cls, file: Path) -> PlannedJob:
        """Read the words that `job` left, and remove the file."""
        words = file.read_bytes().decode().split("\0")[:-1]
        file.unlink()
        rule, log, *rest = words
        first = rest.index("--")
        second = rest.index("--", first + 1)
        return cls(rule, log, tuple(rest[:first]), tuple(rest[first + 1 : second]), tuple(rest[second + 1 :]))

    @property
    def code(self) -> dict[str, str]:
        """Module → digest, as planned."""
        return read_digests(self.parameters)

    @property
    def options(self) -> tuple[str, ...]:
        """The parameters that are not code."""
        return tuple(value for value in self.parameters if value and not read_digests([value]))


def refusal(job: PlannedJob, script: Path, plan: Path | None) -> str | None:
    """Why the job must not run: its code, or its settings, are no longer those that it was planned with; else None.

    plan: where the driver's plan is, which a job on a cluster may no longer agree with.
    """
    now = read_digests([code_digest(script)])
    if job.code and (changed := changed_modules(job.code, now)):
        return f"the code has changed since this run was planned: {', '.join(map(shown_module, changed))}"
    digest = planned(plan, job.log) if plan else None
    if digest and digest != digest_of(job.parameters):
        return "the configuration or the code has changed since this run was planned"
    return None


def seen(paths: tuple[str, ...]) -> dict[str, Seen]:
    """Size, time and, of a small file, content of each file."""
    found = {}
    for name in paths:
        path = Path(name)
        if path.is_file():
            size, time_ns = stat_of(path)
            found[name] = (size, time_ns, content_hash(path) if size <= _SMALL else "")
    return found


def changed_inputs(before: Mapping[str, Seen]) -> list[str]:
    """Which files are no longer what they were; a small one with another time and the same content is the same."""
    after = seen(tuple(before))
    return [name for name, was in before.items() if _differs(was, after.get(name))]


def _differs(was: Seen, now: Seen | None) -> bool:
    return now is None or (was[2] != now[2] if was[2] else was[:2] != now[:2])


def now() -> str:
    """The time, as records have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
