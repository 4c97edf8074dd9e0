"""Checks of what a configuration names: models and hub access, files, API keys, end of turns."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from akb.errors import AkbError
from akb.llm.chat import Chat
from akb.llm.end_of_turn import end_of_turn, stop_tokens
from akb.llm.engine import Backbone
from akb.llm.engines.vllm_version import installed, require_exact_scores
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


def scores(settings: Settings, vllm: str | None = None) -> list[Finding]:
    """Does vLLM tell options apart, where it is to score them? vllm: its version, if not the installed."""
    found = []
    for name in settings.backbones:
        entry, other = backbone(settings, name), settings.backbones[name].asked_as_well
        ways = [(entry.engine, entry.scoring)] + ([(other.engine or entry.engine, other.scoring)] if other else [])
        if not any(engine == "vllm" and scoring != "generate" for engine, scoring in ways):
            continue
        try:
            require_exact_scores(name, entry.dtype, entry.engine_options, vllm)
        except AkbError as error:
            found.append(wrong(f"scores of {name}", error.what, error.remedy))
        else:
            found.append(fine(f"scores of {name}", f"vLLM {vllm or installed()} tells options apart"))
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
        else:
            found.append(_end(name, folder, fingerprint, settings))
    return found


def _end(name: str, folder: Path, fingerprint: Mapping[str, Any], settings: Settings) -> Finding:
    """Where the turns of a complete checkpoint end, as a training and a listener will see it."""
    from transformers import AutoConfig, AutoTokenizer, GenerationConfig

    if not fingerprint.get("chat_template") and backbone(settings, name).scoring == "generate":
        told = "has no chat template: a base model may run on after its answer"
        return warning(f"checkpoint {name}", told, "fine for base models; otherwise check the checkpoint")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        if (folder / "generation_config.json").exists():
            generation = GenerationConfig.from_pretrained(folder)
        else:
            generation = GenerationConfig.from_model_config(AutoConfig.from_pretrained(folder))
        asked = Backbone(name, "transformers", str(folder), "", thinking=backbone(settings, name).thinking)
        stops = stop_tokens(SimpleNamespace(generation_config=generation), tokenizer)
        end = end_of_turn(Chat(tokenizer, asked), tokenizer, stops)
    except AkbError as error:
        return wrong(f"checkpoint {name}", error.what, error.remedy)
    except (OSError, ValueError, KeyError) as error:
        return wrong(
            f"checkpoint {name}", f"its tokenizer cannot be read: {error}", f"delete {folder}; it is built again"
        )
    return fine(f"checkpoint {name}", f"complete; its turns end in {tokenizer.decode([end])!r}, at which it stops")
