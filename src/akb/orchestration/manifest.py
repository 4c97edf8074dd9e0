"""Where every output of a run came from: rule, inputs with hashes, options, code, host, times, packages.

Each job leaves a record beside what it made (`akb.orchestration.records`). The manifest follows these records from the
last files of the run back to the sources: so it holds what this run rests on, and nothing of another configuration's
results or of a backbone that was removed.

    manifest = build_manifest([Path("results/report.html"), …], Path("results"))
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.file_hashes import file_hash, save_hashes, stat_of
from akb.orchestration.records import packages_of, read_record

_TAKEN = ("rule", "script", "options", "code", "outside", "host", "python", "started", "ended")


def build_manifest(files: Iterable[Path], results: Path) -> dict[str, Any]:
    """The manifest of these files and of all that they were made from.

    results: the folder of what the workflow builds; a file in it without a record stands under `unrecorded`, a file
    elsewhere is a source. Raises AkbError if no file has a record.
    """
    outputs: dict[str, dict[str, Any]] = {}
    unrecorded: set[str] = set()
    environments: dict[str, dict[str, str]] = {}
    waiting, met = [str(path) for path in files], set[str]()
    while waiting:
        name = waiting.pop()
        if name in met:
            continue
        met.add(name)
        record = read_record(Path(name))
        if record is None:
            if Path(name).is_relative_to(results):
                unrecorded.add(name)
            continue
        packages = packages_of(Path(name), record)
        digest = hashlib.sha256(json.dumps(packages, sort_keys=True).encode()).hexdigest()[:12]
        environments[digest] = packages
        size, _, sha256 = record["outputs"][name]
        entry = {key: record[key] for key in _TAKEN}
        outputs[name] = {**entry, "bytes": size, "sha256": sha256, "inputs": record["inputs"], "environment": digest}
        waiting += [*record["inputs"], *record["outputs"]]
    if not outputs:
        raise AkbError(
            "nothing that was built here has a record of how it was made",
            where=str(results),
            remedy="build it with this release: snakemake --cores 8 all --forceall, or keep the `.made` folders "
            "when results are copied",
        )
    for entry in outputs.values():
        entry["inputs"] = {name: _input_hash(name, seen, outputs) for name, seen in entry["inputs"].items()}
    save_hashes()
    return {
        "outputs": dict(sorted(outputs.items())),
        "environments": dict(sorted(environments.items())),
        "unrecorded": sorted(unrecorded),
    }


def _input_hash(name: str, seen: list[Any], outputs: Mapping[str, Any]) -> str:
    """The SHA-256 of what a job read; "" where it can no longer be told, since the file has another time now."""
    size, time_ns, sha256 = seen
    if sha256:
        return str(sha256)
    if name in outputs:
        return str(outputs[name]["sha256"])
    path = Path(name)
    return file_hash(path) if path.is_file() and stat_of(path) == (size, time_ns) else ""
