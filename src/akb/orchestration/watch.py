"""The parent of every script: it holds a job to its plan, records what it made, and says why one failed.

Every rule's `python` is this launcher (see workflow/job.sh). It looks whether the code
and the settings are still those that the run was planned with, starts Python with the same arguments, waits, and
passes the exit status on; after a kill the status is 128 + the signal. A job that the system kills for memory can say
nothing itself, so its parent does: its rule, its backbone, its log and the memory that it took at its peak.

    python -m akb.orchestration.watch workflow/scripts/score.py --backbone m …
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from akb.errors import FOR_GOOD, AkbError
from akb.file_hashes import content_hash, stat_of
from akb.orchestration.energy import Meter, asks_for_devices, keep, record_file
from akb.orchestration.plan import note_fault, noted_fault
from akb.orchestration.planned_job import PlannedJob, Seen, changed_inputs, now, refusal, seen
from akb.orchestration.records import Made, installed_packages, write_records
from akb.outside import FILE, taken

_NAMING = ("--backbone", "--model", "--captioner", "--source", "--shard")


def main() -> None:
    arguments = sys.argv[1:]
    file, plan = os.environ.pop("AKB_JOB", ""), os.environ.get("AKB_PLAN", "")
    job = PlannedJob.read(Path(file)) if file else None
    with contextlib.suppress(KeyboardInterrupt), _told(job):
        status = run_job(job, arguments, Path(plan)) if job and plan else run_job(job, arguments, None)
        sys.exit(status)


def run_job(job: PlannedJob | None, arguments: Sequence[str], plan: Path | None) -> int:
    """Run Python with `arguments` as this job, if it has a plan to hold to; returns the exit status."""
    script = next((Path(word) for word in arguments if word.endswith(".py")), None)
    if job and (words := _obstacle(job, script, plan)):
        print(words, file=sys.stderr, flush=True)
        return FOR_GOOD
    started, before = now(), seen(job.inputs) if job else {}
    if job:
        record_file(Path(job.log)).unlink(missing_ok=True)  # of an earlier job, which may have had other devices
    with tempfile.NamedTemporaryFile(prefix="akb-outside-") as notes:
        code, peak, watt_hours = _run(arguments, {FILE: notes.name})
        outside = list(taken(Path(notes.name)))
    if job and not code and (changed := changed_inputs(before)):
        print(_overtaken(changed), file=sys.stderr, flush=True)
        code = 1
    if code:
        words = message(code, arguments, job.log if job and Path(job.log).is_file() else "", peak)
        print(words, file=sys.stderr, flush=True)
        if code == FOR_GOOD and job and plan:
            note_fault(plan, job.log, words)
    elif job:
        if watt_hours is not None:
            keep(watt_hours, record_file(Path(job.log)), job.rule)
        write_records(_made(job, str(script or ""), before, outside, started))
    return code if code >= 0 else 128 - code


def _obstacle(job: PlannedJob, script: Path | None, plan: Path | None) -> str:
    """Why the job is not to be started; "" if nothing is in its way."""
    if plan and (words := noted_fault(plan, job.log)):
        return f"akb: not tried again, since it would fail the same way:\n{words}"
    reason = refusal(job, script, plan) if script else None
    if not reason:
        return ""
    words = str(
        AkbError(
            reason,
            where=f"{job.rule}: {', '.join(job.outputs[:1])}",
            remedy="run the same command again: it plans with what is there now; or put back what was edited",
        )
    )
    if plan:
        note_fault(plan, job.log, f"akb: {words}")
    return f"akb: {words}"


def _overtaken(changed: Sequence[str]) -> str:
    return "akb: " + str(
        AkbError(
            "what this job read has changed while it ran, so what it made is of neither",
            where=", ".join(changed[:5]),
            remedy="run the same command again",
        )
    )


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, float, float | None]:
    """Run Python: (exit code, or the signal as a negative number; peak memory in bytes; watt-hours of its GPUs)."""
    child = os.posix_spawn(sys.executable, [sys.executable, *arguments], {**os.environ, **environment})
    # Ctrl-C reaches the child too, which decides; a scheduler's SIGTERM is passed on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    meter = Meter(child) if asks_for_devices(arguments) else None
    _, status, usage = os.wait4(child, 0)
    if meter:
        meter.end()
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024, meter.watt_hours if meter else None


def _made(
    job: PlannedJob, script: str, before: Mapping[str, Seen], outside: Sequence[Mapping[str, str]], started: str
) -> Made:
    outputs = [path for path in map(Path, job.outputs) if path.is_file()]
    return Made(
        rule=job.rule,
        script=script,
        options=job.options,
        code=job.code,
        inputs=before,
        outputs={str(path): (*stat_of(path), content_hash(path)) for path in outputs},
        outside=outside,
        host=platform.node(),
        python=platform.python_version(),
        packages=installed_packages(),
        started=started,
        ended=now(),
    )


@contextlib.contextmanager
def _told(job: PlannedJob | None) -> Iterator[None]:
    """An AkbError of the launcher itself, such as a full disk, as its message alone."""
    try:
        yield
    except AkbError as error:
        print(f"akb: {error}", file=sys.stderr, flush=True)
        sys.exit(1)


def message(code: int, arguments: Sequence[str], log: str, peak: float) -> str:
    """What is said of a job that ended with `code` (negative: by that signal).

    arguments: of Python. log: path, or "". peak: bytes that the largest of its processes held.
    """
    signalled = -code if code < 0 else code - 128 if code > 128 else 0
    names = {number.value: number.name for number in signal.Signals}
    how = f"was ended by {names.get(signalled, signalled)}" if signalled else f"failed with status {code}"
    lines = [f"akb: {job_name(arguments)} {how}; peak memory {peak / 1e9:.1f} GB"]
    if log:
        lines.append(f"  log:    {log}")
    if signalled == signal.SIGKILL:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
        lines.append(
            f"  remedy: if nobody killed it, the memory ran out (this machine has {total:.1f} GB): run fewer jobs "
            "side by side (--cores), or on a cluster give the rule more `memory_gb` (`resources:` in the configuration)"
        )
    return "\n".join(lines)


def job_name(arguments: Sequence[str]) -> str:
    """The script, which is named for its rule, and what it works on: "text_inference (backbone m)"."""
    script = next((Path(word).stem for word in arguments if word.endswith(".py")), "a job")
    given = dict(itertools.pairwise(arguments))
    parts = [f"{option.removeprefix('--')} {_plain(given[option])}" for option in _NAMING if option in given]
    return f"{script} ({', '.join(parts)})" if parts else script


def _plain(value: str) -> str:
    """A backbone's name, also where the whole backbone is given as JSON."""
    try:
        return str(json.loads(value)["name"])
    except (ValueError, TypeError, KeyError):
        return value


if __name__ == "__main__":
    main()
