"""Which files make a model folder, for all who ask; and whether a built checkpoint still has those of its fingerprint.

A checkpoint's large files are links into a folder or a cache that others may change or clear. So the sizes and
times that they had when the fingerprint was taken stand in `files.json` beside it, and whoever loads the
checkpoint looks: new weights never run under an old fingerprint.

    for path in model_files(Path("~/models/m")): ...
    check_files(Path("results/checkpoints/m"))
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.file_hashes import file_hash, folder_digest, save_hashes, stat_of

FINGERPRINT = "fingerprint.json"
NOTES = "files.json"


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file of a model folder, as people would."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def model_files(folder: Path) -> list[Path]:
    """Every file of a model folder, those of its subfolders too, nothing hidden, in name order; `~` is the home."""
    root = folder.expanduser()
    found = (path for path in root.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))


def model_digest(folder: Path) -> str:
    """16 hex digits of a model folder's files, names and contents; nothing of a folder that is not there."""
    digest = folder_digest(model_files(folder), folder.expanduser())
    save_hashes()
    return digest


def note_files(folder: Path) -> None:
    """Write `files.json`: size and time of each file of a checkpoint folder that has just been built."""
    noted = {str(path.relative_to(folder)): stat_of(path) for path in model_files(folder)}
    del noted[FINGERPRINT]
    (folder / NOTES).write_text(json.dumps(noted, indent=1) + "\n", encoding="utf-8")


def check_files(folder: Path) -> None:
    """Raise AkbError if a file of a checkpoint is gone or is not the one that its fingerprint was taken of.

    A folder that was not built here (it has no fingerprint), or before files were noted, is checked as far as that
    goes. A file of another time and the same content, as a copied folder has, is the same file.
    """
    known = _read(folder / FINGERPRINT).get("files") or {}
    noted = _read(folder / NOTES)
    for name in {**known, **noted}:
        path = folder / name
        try:
            stat = stat_of(path)
        except OSError:
            raise _fault(f"a file of a checkpoint is gone: {name}", path) from None
        if name in noted and list(stat) != list(noted[name]) and not _same(path, stat[0], noted[name], known.get(name)):
            raise _fault(f"a file of a checkpoint is not the one of its fingerprint: {name}", path)
    save_hashes()


def _same(path: Path, size: int, noted: list[int], digest: str | None) -> bool:
    return digest is not None and size == noted[0] and file_hash(path) == digest


def _fault(what: str, path: Path) -> AkbError:
    target = f", a link to {path.readlink()}" if path.is_symlink() else ""
    folder = next(parent for parent in path.parents if (parent / FINGERPRINT).exists())
    return AkbError(
        what,
        where=f"{path}{target}",
        remedy=f"build the checkpoint again, and what rests on it: "
        f"snakemake --cores 8 all --forcerun {folder / FINGERPRINT}",
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content
