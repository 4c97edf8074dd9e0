"""The files that a rule rests on where the configuration names a folder.

files_of("captions.jsonl") == ["captions.jsonl"]; files_of("saved") == ["saved/data-00000-of-00001.arrow", …]
"""

from __future__ import annotations

import os
from pathlib import Path


def files_below(folder: Path) -> list[Path]:
    """Every file in a folder and in its subfolders, also where these are links, in name order."""
    found: list[Path] = []
    for path, folders, names in os.walk(folder, followlinks=True):
        here = Path(path).resolve()
        folders[:] = [name for name in folders if not here.is_relative_to(Path(path, name).resolve())]  # no way back
        found += [Path(path, name) for name in names]
    return sorted(path for path in found if path.is_file())


def files_of(path: str) -> list[str]:
    """A file as a rule's input; of a folder, such as `datasets` saves, all that are in it."""
    return list(map(str, files_below(Path(path)))) or [path]
