"""The one error that users of `akb` are meant to read: what is wrong, where, and what to do.

Scripts end through `guard`, which prints an `AkbError` as its message alone and exits with 1; any
other exception keeps its traceback, because then the fault is ours.

    @guard
    def main() -> None: ...
"""

from __future__ import annotations

import functools
import platform
import sys
from collections.abc import Callable


class AkbError(Exception):
    """A fault that the user can mend.

    what: the thing that is wrong, in a sentence. where: file, row, key or model. remedy: what to do.
    """

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(f"{what}\n  where:  {where}\n  remedy: {remedy}")


def guard(main: Callable[[], None]) -> Callable[[], None]:
    """Wrap a script's `main` so that an `AkbError` ends it with one clear message and status 1.

    The first line on stderr says where it runs: a log then tells, and the manifest records, on which host.
    """

    @functools.wraps(main)
    def run() -> None:
        if sys.argv[0].endswith(".py"):
            print(f"host {platform.node()}, Python {platform.python_version()}", file=sys.stderr, flush=True)
        try:
            main()
        except AkbError as error:
            sys.exit(f"akb: {error}")

    return run
