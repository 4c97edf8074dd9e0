"""What is said of a job that failed: its rule, its backbone, its log and the memory it took at its peak.

A job that the system kills for memory can say nothing itself, so a parent must. Every rule's `python`
is this launcher (see `shell.prefix` in workflow/rules/settings.smk): it starts Python with the
same arguments, waits, and passes the exit status on; after a kill the status is 128 + the signal.

    python -m akb.orchestration.watch workflow/scripts/score.py --backbone m …
"""

from __future__ import annotations

import itertools
import json
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

_NAMING = ("--backbone", "--model", "--captioner", "--source", "--shard")


def main() -> None:
    child = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ)
    # Ctrl-C reaches the child too, which decides; a scheduler's SIGTERM is passed on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        log = _log_file(os.environ.get("AKB_LOG", ""))
        print(message(code, sys.argv[1:], log, usage.ru_maxrss * 1024), file=sys.stderr, flush=True)
    sys.exit(code if code >= 0 else 128 - code)


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


def _log_file(words: str) -> str:
    """The log that the shell command's `| tee` writes: the words after it, if they name a file."""
    try:
        log = shlex.split(words)[0]
        return log if Path(log).is_file() else ""
    except (ValueError, IndexError, OSError):
        return ""


if __name__ == "__main__":
    main()
