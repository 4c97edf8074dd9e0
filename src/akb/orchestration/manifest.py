"""Where every output came from: rule, inputs with hashes, options, code, host, times, versions.

Snakemake keeps a record of each output it built; the manifest turns these records into one file that
can be kept and checked beside the results.

    manifest = build_manifest(Path("results"), Path(".snakemake/metadata"))
"""

from __future__ import annotations

import ast
import base64
import hashlib
import itertools
import json
import platform
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from akb.orchestration.codedigest import read_digests

_HOST = re.compile(r"^host (\S+), Python")
_HOST_WITHIN = 100  # lines
_SCRIPT = re.compile(r"workflow/scripts/\w+\.py")


def build_manifest(results: Path, records: Path) -> dict[str, Any]:
    """The manifest of every output below `results` that Snakemake has a record of and that exists."""
    outputs = {}
    for path, record in read_records(records):
        if not path.is_relative_to(results) or not path.is_file() or record.get("incomplete"):
            continue
        options, code = _params(record.get("params") or [])
        outputs[str(path)] = {
            "rule": record["rule"],
            "sha256": file_hash(path),
            "inputs": {name: file_hash(Path(name)) for name in record.get("input") or [] if Path(name).is_file()},
            "script": found[0] if (found := _SCRIPT.search(record.get("shellcmd") or "")) else "",
            "options": options,
            "code": code,
            "host": _host(record.get("log") or []),
            "started": _time(record.get("starttime")),
            "ended": _time(record.get("endtime")),
        }
    return {
        "python": platform.python_version(),
        "versions": dict(sorted({d.metadata["Name"].lower(): d.version for d in distributions()}.items())),
        "outputs": dict(sorted(outputs.items())),
    }


def read_records(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Snakemake's records: (output path, record). A record that cannot be read is none."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        # A long name is spread over folders whose parts begin with "@".
        name = "".join(part.removeprefix("@") for part in file.relative_to(folder).parts)
        try:
            yield Path(base64.urlsafe_b64decode(name).decode()), json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue


@cache
def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hex; read once per process."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _params(params: list[str]) -> tuple[list[str], dict[str, str]]:
    """(options, code): what the rule was given, and its modules' digests."""
    values = [str(ast.literal_eval(text)) for text in params]
    return [value for value in values if value and not read_digests([value])], read_digests(values)


def _host(logs: list[str]) -> str | None:
    for log in map(Path, logs):
        if log.is_file():
            with log.open(encoding="utf-8", errors="replace") as handle:
                # Near the top: what launches a script may have had something to say before it.
                for line in itertools.islice(handle, _HOST_WITHIN):
                    if found := _HOST.match(line):
                        return found[1]
    return None


def _time(seconds: float | None) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None
