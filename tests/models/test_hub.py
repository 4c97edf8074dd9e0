"""A hub's model: one copy of its weights, out of the user's own cache, without a network once it is there."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.models.hub import fetch, wanted

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b"{}",
    "tokenizer.json": b"{}",
    "model.safetensors": b"half",
    "model.fp32-00001-of-00002.safetensors": b"whole 1",
    "model.fp32-00002-of-00002.safetensors": b"whole 2",
    "model.safetensors.index.fp32.json": b"{}",
    "pytorch_model.bin": b"again",
    "flax_model.msgpack": b"and again",
    "picture.png": b"png",
    "README.md": b"words",
}


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ("model.safetensors model.fp32-00001-of-00002.safetensors model.safetensors.index.fp32.json config.json",
         "config.json model.safetensors"),
        ("model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json",
         "model-00001-of-00002.safetensors model-00002-of-00002.safetensors model.safetensors.index.json"),
        ("model.safetensors model-00001-of-00002.safetensors model.safetensors.index.json", "model.safetensors"),
        ("original/consolidated.safetensors model.safetensors original/params.json tokenizer.model",
         "model.safetensors tokenizer.model"),
        ("weights.safetensors config.json optimizer.json", "config.json weights.safetensors"),
        ("chat_template.jinja qwen.tiktoken merges.txt vocab.json onnx/model.onnx tf_model.h5",
         "chat_template.jinja merges.txt qwen.tiktoken vocab.json"),
    ],
)  # fmt: skip
def test_each_weight_is_wanted_once(names: str, kept: str) -> None:
    assert wanted(names.split()) == kept.split()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """A hub with one model, one gated model, and a list of what was asked of it."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    asked: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET(body=False)

        def do_GET(self, body: bool = True) -> None:
            asked.append(self.path)
            if "gated" in self.path:
                return self._answer(403, b"", body, {"X-Error-Code": "GatedRepo"})
            if "absent" in self.path:
                return self._answer(401, b"", body, {"X-Error-Code": "RepoNotFound"})
            if "/tree/" in self.path:
                tree = [
                    {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                    for name, content in FILES.items()
                ]
                return self._answer(200, json.dumps(tree).encode(), body, {})
            if self.path.startswith("/api/"):
                siblings = [{"rfilename": name, "size": len(content)} for name, content in FILES.items()]
                page = {"id": "o/n", "sha": COMMIT, "siblings": siblings, "cardData": {"license": "mit"}}
                return self._answer(200, json.dumps(page).encode(), body, {})
            content = FILES[self.path.split(f"/resolve/{COMMIT}/")[1]]
            etag = hashlib.sha1(content).hexdigest()
            return self._answer(200, content, body, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT})

        def _answer(self, status: int, content: bytes, body: bool, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_one_copy_of_the_weights_is_fetched_into_the_user_s_cache(tmp_path: Path, hub: tuple[str, list[str]]) -> None:
    fetched = fetch("o/n", COMMIT, tmp_path / "downloads", hub[0])
    assert fetched.files == ("config.json", "model.safetensors", "tokenizer.json")
    assert (fetched.folder / "model.safetensors").read_bytes() == b"half"
    assert fetched.folder.is_relative_to(tmp_path / "cache")
    assert fetched.licence == "mit"
    assert not any("fp32" in path or "pytorch" in path for path in hub[1])


def test_what_is_there_needs_no_network(tmp_path: Path, hub: tuple[str, list[str]]) -> None:
    first = fetch("o/n", COMMIT, tmp_path / "downloads", hub[0])
    hub[1].clear()
    assert fetch("o/n", COMMIT, tmp_path / "downloads", hub[0]) == first
    assert hub[1] == []


def test_a_cache_that_lost_a_file_is_filled_again(tmp_path: Path, hub: tuple[str, list[str]]) -> None:
    first = fetch("o/n", COMMIT, tmp_path / "downloads", hub[0])
    (first.folder / "model.safetensors").resolve().unlink()
    again = fetch("o/n", COMMIT, tmp_path / "downloads", hub[0])
    assert (again.folder / "model.safetensors").read_bytes() == b"half"


@pytest.mark.parametrize(
    ("name", "what", "remedy"), [("o/gated", "gated", "HF_TOKEN"), ("o/absent", "no such repository", "check the id")]
)
def test_what_the_hub_refuses_is_told_with_its_remedy(
    tmp_path: Path, hub: tuple[str, list[str]], name: str, what: str, remedy: str
) -> None:
    with pytest.raises(AkbError, match=what) as raised:
        fetch(name, COMMIT, tmp_path, hub[0])
    assert remedy in raised.value.remedy


def test_no_network_and_nothing_there_is_told(tmp_path: Path, hub: tuple[str, list[str]]) -> None:
    with pytest.raises(AkbError, match="hub"):
        fetch("o/n", COMMIT, tmp_path, "http://127.0.0.1:9")
