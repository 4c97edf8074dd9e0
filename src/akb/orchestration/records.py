"""What a file was made with, beside the file: rule, code, options, inputs, packages, host and times.

Every job that ends well leaves a record of each output, `.made/NAME.json` in the output's folder. It is written by
the job itself, on whichever host, so it says what ran and not what was planned. The packages that were installed
are a list of their own, `.made/packages-DIGEST.json`, since hundreds of outputs have the same.

    write_records(made)
    record = read_record(Path("results/scores.parquet"))
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from akb.atomic import write_text
from akb.errors import AkbError

FOLDER = ".made"


@dataclass(frozen=True)
class Made:
    """A job that has ended well.

    code: module → digest. options: of its script. inputs: path → (bytes, ns, SHA-256 of a small one), as they were
    when it began. outputs: path → (bytes, ns, SHA-256). outside: what it took from outside the project.
    """

    rule: str
    script: str
    options: tuple[str, ...]
    code: Mapping[str, str]
    inputs: Mapping[str, tuple[int, int, str]]
    outputs: Mapping[str, tuple[int, int, str]]
    outside: Sequence[Mapping[str, str]]
    host: str
    python: str
    packages: Mapping[str, str]
    started: str
    ended: str


def write_records(made: Made) -> None:
    """Write the record of each output beside it."""
    packages = json.dumps(dict(sorted(made.packages.items())), indent=1) + "\n"
    name = f"packages-{hashlib.sha256(packages.encode()).hexdigest()[:12]}.json"
    text = json.dumps(asdict(made) | {"packages": name}, indent=1, ensure_ascii=False) + "\n"
    for output in map(Path, made.outputs):
        folder = output.parent / FOLDER
        if not (folder / name).exists():
            write_text(folder / name, packages)
        write_text(folder / f"{output.name}.json", text)


def read_record(output: Path) -> dict[str, Any] | None:
    """The record of an output; None if it has none."""
    try:
        record: dict[str, Any] = json.loads(_record_file(output).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise AkbError(
            f"a record of what was made is damaged: {error}",
            where=str(_record_file(output)),
            remedy=f"make its file again: snakemake --cores 8 {output} --force",
        ) from error
    return record


def packages_of(output: Path, record: Mapping[str, Any]) -> dict[str, str]:
    """The packages, name → version, that an output was made with; none if their list is gone."""
    try:
        found: dict[str, str] = json.loads((output.parent / FOLDER / record["packages"]).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError):
        return {}
    return found


def installed_packages(path: Sequence[str] | None = None) -> dict[str, str]:
    """Every installed package, name → version, by the names of their folders alone: a few milliseconds.

    Not what another package brings along for itself: setuptools puts its `_vendor` on the path of some processes only.
    """
    folders = (Path(entry) for entry in dict.fromkeys(sys.path if path is None else path) if entry)
    found: dict[str, str] = {}
    for folder in folders:
        if folder.name == "_vendor":
            continue
        for entry in folder.glob("*.dist-info"):
            name, _, version = entry.name.removesuffix(".dist-info").partition("-")
            found.setdefault(name.lower().replace("_", "-").replace(".", "-"), version)
    return found


def _record_file(output: Path) -> Path:
    return output.parent / FOLDER / f"{output.name}.json"
