"""What a job took from outside the project, told by whoever took it: it stands in the record of what the job made.

A package's newest version, a dictionary of whichever host: nothing in the project names them, and another day or
another machine may have others. The job's launcher, `akb.orchestration.watch`, gathers what was told.

    took("wordnet-base", version="1:3.0-37", sha256=digest)
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

FILE = "AKB_OUTSIDE"  # the environment variable that names the file for these notes


def took(name: str, **facts: str) -> None:
    """Note that `name` was used: its version, its SHA-256, or wherever it was found."""
    if file := os.environ.get(FILE):
        with Path(file).open("a", encoding="utf-8") as handle:
            handle.write(json.dumps({"name": name, **facts}) + "\n")


def taken(file: Path) -> Iterator[dict[str, str]]:
    """What was noted, in name order, each once."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    yield from map(json.loads, sorted(set(lines)))
