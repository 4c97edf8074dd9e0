"""Check a results folder against its manifest: is everything there, unchanged, and from this code and these packages?

Every file is read, unless `fast`: then one whose size and time are what they were at an earlier check counts as the
same. What stands behind a file, its clips or its weights, is checked by whoever knows how:
`akb.report.reproduce_command`.

    for line in differences(read_manifest(Path("results/manifest.json")), {}): print(line)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.file_hashes import content_hash, file_hash, save_hashes
from akb.orchestration.codedigest import SCRIPT, module_digest, module_file, shown_module
from akb.orchestration.records import installed_packages

# By the name of a file: what of the files behind it is no longer so, one line each.
Checks = Mapping[str, Callable[[Path], Iterator[str]]]

# Tools of development: no job imports them.
_IDLE = frozenset(
    "pip setuptools wheel uv pytest pytest-timeout pluggy iniconfig ruff mypy mypy-extensions snakefmt black "
    "import-linter grimp playwright axe-playwright-python types-pyyaml types-jsonschema types-tqdm akb".split()
)


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest. Raises AkbError if it is missing, unreadable, of an older release, or has nothing to check."""
    remedy = f"build it: snakemake --cores 8 {path}"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        outputs, _ = manifest["outputs"], manifest["environments"]
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise AkbError("there is no readable manifest", where=str(path), remedy=remedy) from error
    if not outputs:
        raise AkbError("the manifest names no output: there is nothing to check", where=str(path), remedy=remedy)
    return manifest


def differences(manifest: Mapping[str, Any], checks: Checks, *, fast: bool = False) -> list[str]:
    """One line for each file, module or package that is not what the manifest says, and each file behind one."""
    lines: dict[str, None] = {}
    changed: dict[str, set[str]] = {}  # source file → rules that ran it as it was
    others: dict[str, set[str]] = {}  # package and versions → rules
    installed = installed_packages()
    digest_of = file_hash if fast else content_hash
    for path, entry in manifest["outputs"].items():
        lines |= dict.fromkeys(_file(path, entry["sha256"], f"written by {entry['rule']}", digest_of))
        if Path(path).is_file() and (check := checks.get(Path(path).name)):
            lines |= dict.fromkeys(check(Path(path)))
        for name, digest in entry["inputs"].items():
            if name not in manifest["outputs"]:
                lines |= dict.fromkeys(_file(name, digest, f"read by {entry['rule']}", digest_of))
            elif digest and digest != manifest["outputs"][name]["sha256"]:
                lines[f"older: {path}, written by {entry['rule']}, was made from another {name}"] = None
        for module, digest in entry["code"].items():
            file = Path(entry["script"]) if module == SCRIPT else module_file(module)
            if not file.is_file() or module_digest(file) != digest:
                changed.setdefault(shown_module(module, entry["script"]), set()).add(entry["rule"])
        for difference in _packages(manifest["environments"].get(entry["environment"], {}), installed):
            others.setdefault(difference, set()).add(entry["rule"])
    save_hashes()
    for name, rules in sorted(changed.items()):
        lines[f"code: {name} has changed since it ran in {', '.join(sorted(rules))}"] = None
    for difference, rules in sorted(others.items()):
        lines[f"package: {difference} in {_shortened(sorted(rules))}"] = None
    for name in manifest.get("unrecorded", []):
        lines[f"no record: nothing says how {name} was made"] = None
    return list(lines)


def _packages(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted((was.keys() | now.keys()) - _IDLE if was else ()):
        if was.get(name) != now.get(name):
            yield f"{name} is {now.get(name, 'not installed')}, was {was.get(name, 'not installed')}"


def _shortened(rules: list[str]) -> str:
    return ", ".join(rules) if len(rules) <= 5 else f"{', '.join(rules[:5])} and {len(rules) - 5} more"


def _file(name: str, digest: str, role: str, digest_of: Callable[[Path], str]) -> list[str]:
    path = Path(name)
    if not path.is_file():
        return [f"missing: {name}, {role}"]
    return [] if digest_of(path) == digest else [f"changed: {name}, {role}"]
