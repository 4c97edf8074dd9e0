"""The one error that users of `akb` are meant to read: what is wrong, where, and what to do.

Scripts end through `guard`, which prints an `AkbError` as its message alone and exits with 1; any
other exception keeps its traceback, because then the fault is ours.
What trying again cannot mend ends with `FOR_GOOD` instead: a scheduler's retries need not repeat it.

    @guard
    def main() -> None: ...
"""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Callable
from pathlib import Path

FOR_GOOD = 78  # an exit status: sysexits.h calls it EX_CONFIG


class AkbError(Exception):
    """A fault that the user can mend.

    what: the thing that is wrong, in a sentence. where: file, row, key or model. remedy: what to do.
    passing: whether the same may succeed later or elsewhere by itself: a network, a full disk, a busy device.
    """

    def __init__(self, what: str, *, where: str, remedy: str, passing: bool = False) -> None:
        self.what, self.where, self.remedy, self.passing = what, where, remedy, passing
        super().__init__(f"{what}\n  where:  {where}\n  remedy: {remedy}")


def guard(main: Callable[[], None]) -> Callable[[], None]:
    """Wrap a `main` so that an `AkbError` ends it with one clear message and status 1, a script for good with 78.

    The first line on stderr says where it runs: a log then tells, and the manifest records, on which host.
    """

    @functools.wraps(main)
    def run() -> None:
        started = Path(sys.argv[0])
        # A command of the package is no script, also where it is started as `python -m akb.cli`.
        is_script = started.suffix == ".py" and not started.resolve().is_relative_to(Path(__file__).parent)
        if is_script:
            print(f"host {platform.node()}, Python {platform.python_version()}", file=sys.stderr, flush=True)
        try:
            main()
        except AkbError as error:
            print(f"akb: {error}", file=sys.stderr, flush=True)
            sys.exit(FOR_GOOD if is_script and not error.passing else 1)
        except ModuleNotFoundError as error:
            if not error.name or error.name.split(".")[0] == "akb":
                raise
            print(f"akb: {_missing(error.name)}", file=sys.stderr, flush=True)
            sys.exit(FOR_GOOD if is_script else 1)

    return run


def _missing(module: str) -> AkbError:
    """What is said of a package that this Python lacks: the bare install has what finished tables need, and no more."""
    return AkbError(
        f"the package `{module}` is not installed",
        where=sys.executable,
        remedy="`make env` in the project's folder, then its .venv/bin/akb; or the extras that pyproject.toml lists:"
        " pip install '.[workflow,benchmark,audio,models,endpoints]'",
    )
