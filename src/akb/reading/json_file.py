"""A JSON file as the value of an option: what is longer than a command line should be goes by file.

parser.add_argument("--display", type=read_json)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from akb.errors import AkbError


def read_json(path: str) -> Any:
    """The content of a JSON file. Raises AkbError if it is missing or no JSON."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AkbError(f"an option's file cannot be read: {error}", where=path, remedy="name a JSON file") from error
