"""Checks of what a configuration names: models and hub access, files, API keys, end of turns."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from akb.errors import AkbError
from akb.preflight.findings import Finding, fine, warning, wrong
from akb.settings.configuration import Settings, backbone, loose_revisions, model_source

# (hub id, revision) → None, or raises AkbError.
Asking = Callable[[str, str], None]


def keys(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[Finding]:
    """Are the keys of endpoints set? They are never shown."""
    found = []
    for name in settings.backbones:
        entry = backbone(settings, name)
        if entry.engine == "openai":
            variable = entry.engine_options.get("api_key_env", "OPENAI_API_KEY")
            if environment.get(variable):
                found.append(fine(f"backbone {name}", f"{variable} is set"))
            else:
                found.append(wrong(f"backbone {name}", f"{variable} is not set", f"export {variable}=…"))
    return found


def revisions(settings: Settings) -> list[Finding]:
    """Is every model and data set of a hub pinned to a commit?"""
    if loose := loose_revisions(settings):
        return [wrong("revisions", f"not pinned to a commit: {', '.join(loose)}", "akb pin CONFIG")]
    return [fine("revisions", "all that comes from a hub is pinned")]


def hub(settings: Settings, ask: Asking) -> list[Finding]:
    """Does the hub show every model that is not here yet? One call a model; a gated one is told."""
    found = []
    for name in (*settings.tools, *settings.backbones):
        source = model_source(settings, name)
        if source.hub is None or (Path(settings.results) / f"checkpoints/{name}/fingerprint.json").exists():
            continue
        try:
            ask(source.hub, source.revision or "main")
        except AkbError as error:
            found.append(wrong(f"model {name}", f"{source.hub}: {error.what}", error.remedy))
        else:
            found.append(fine(f"model {name}", f"{source.hub} can be fetched"))
    return found


def files(settings: Settings) -> list[Finding]:
    """Are the files there that the configuration names?"""
    found = []
    for what, path, folder in _named(settings):
        place = Path(path).expanduser()
        if not (place.is_dir() if folder else place.is_file()):
            kind = "folder" if folder else "file"
            found.append(wrong(what, f"there is no {kind} {path}", "put it there, or correct the path"))
        elif folder and not any(place.iterdir()):
            found.append(wrong(what, f"the folder {path} is empty", "put the audio there"))
        else:
            found.append(fine(what, f"{path} is there"))
    return found


def _named(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    for name in (*settings.tools, *settings.backbones):
        if folder := model_source(settings, name).folder:
            yield f"model {name}", folder, True
    if settings.benchmark.subset:
        yield "benchmark", settings.benchmark.subset, False
    sections: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("benchmark", settings.audio_benchmarks),
        ("training set", settings.training_sets),
        ("captioner", settings.captioners),
    )
    for kind, entries in sections:
        for name, entry in entries.items():
            for key in ("items", "rows", "file", "audio"):
                given = getattr(entry, key, None) or ()
                for path in (given,) if isinstance(given, str) else given:
                    yield f"{kind} {name}", path, key == "audio"


def endings(settings: Settings) -> list[Finding]:
    """Does every built backbone's turn end in a token at which the model itself would stop?"""
    found = []
    for name in settings.backbones:
        folder = Path(settings.results) / f"checkpoints/{name}"
        if not (folder / "fingerprint.json").exists() or model_source(settings, name).api:
            continue
        try:
            fingerprint = json.loads((folder / "fingerprint.json").read_text(encoding="utf-8"))
        except ValueError:
            found.append(
                wrong(f"checkpoint {name}", "its fingerprint is damaged", f"delete {folder}; it is built again")
            )
            continue
        gone = [path for path in fingerprint.get("files", {}) if not (folder / path).exists()]
        if gone:
            found.append(wrong(f"checkpoint {name}", f"files are gone: {', '.join(gone[:3])}", f"delete {folder}"))
        elif not fingerprint.get("chat_template") and backbone(settings, name).scoring == "generate":
            told = "has no chat template: a base model may run on after its answer"
            found.append(warning(f"checkpoint {name}", told, "fine for base models; otherwise check the checkpoint"))
        else:
            found.append(fine(f"checkpoint {name}", "complete"))
    return found
