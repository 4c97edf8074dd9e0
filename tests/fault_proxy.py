"""Servers on the loopback address that misbehave on demand, for tests of the `openai` engine.

`FakeServer` is a small OpenAI-compatible server that knows what it said. `FaultProxy` stands in front of
any such server and does to each call what its plan says.

    with FakeServer() as fake, FaultProxy(fake.url, ["429", "reset"]) as proxy: ...
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self

import aiohttp
from aiohttp import web

FAULTS = ("429", "429-after", "500", "502", "503", "reset", "hang", "truncated", "empty", "not-json")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Loopback:
    """A web server in a thread of its own, on a free port of 127.0.0.1."""

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self.open()
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/v1/chat/completions", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await self.shut()
        await runner.cleanup()

    async def open(self) -> None: ...

    async def shut(self) -> None: ...

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError


class FakeServer(Loopback):
    """Answers every chat completion with `reply(body)`, a message or a whole response; counts what it answered."""

    def __init__(
        self,
        reply: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
        *,
        seconds: float = 0.0,
        status: int = 200,
    ) -> None:
        self.reply = reply or (lambda body: {"content": "The answer is (A)."})
        self.seconds, self.status = seconds, status
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.answered: Counter[str] = Counter()
        self.running = self.most_running = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        self.times.append(time.monotonic())
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.running -= 1
        content = body["messages"][-1]["content"]
        self.answered[content if isinstance(content, str) else json.dumps(content)] += 1
        message = self.reply(body)
        if self.status != 200 or "error" in message:
            return web.json_response(message, status=message.pop("status", self.status))
        return web.json_response(completion(message, body))


def completion(message: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """A chat completion around `message`, whose keys usage, logprobs and finish_reason go where they belong."""
    message = dict(message)
    usage = message.pop("usage", {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110})
    choice = {
        "index": 0,
        "finish_reason": message.pop("finish_reason", "stop"),
        "logprobs": message.pop("logprobs", None),
        "message": {"role": "assistant", **message},
    }
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [choice],
        "usage": usage,
    }


def letter_logprobs(masses: dict[str, float]) -> dict[str, Any]:
    """The `logprobs` field of a first token with these probabilities."""
    top = [{"token": token, "logprob": math.log(mass), "bytes": None} for token, mass in masses.items()]
    return {"content": [{**top[0], "top_logprobs": top}]}


class FaultProxy(Loopback):
    """Does to the n-th call what the n-th entry of `plan` says, and passes on the rest.

    An entry is one of FAULTS or "ok". `retry_after` is what "429-after" asks for, in seconds.
    """

    def __init__(self, upstream: str, plan: Iterable[str] = (), *, retry_after: str = "1") -> None:
        self.upstream, self.retry_after = upstream, retry_after
        self._plan = iter(plan)
        self.done: Counter[str] = Counter()
        self.times: list[float] = []

    async def open(self) -> None:
        self._client = aiohttp.ClientSession()

    async def shut(self) -> None:
        await self._client.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        fault = next(self._plan, "ok")
        self.done[fault] += 1
        self.times.append(time.monotonic())
        body = await request.read()
        if fault in ("429", "429-after", "500", "502", "503"):
            headers = {"Retry-After": self.retry_after} if fault == "429-after" else {}
            error = {"error": {"message": f"injected {fault}", "type": "injected", "code": None}}
            return web.json_response(error, status=int(fault[:3]), headers=headers)
        if fault == "reset":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault == "hang":
            await asyncio.sleep(3600)
        async with self._client.post(self.upstream + "/chat/completions", data=body, headers=_kept(request)) as reply:
            whole = await reply.read()
            if fault == "truncated":
                whole = whole[: len(whole) // 2]
            elif fault == "empty":
                whole = json.dumps({**json.loads(whole), "choices": []}).encode()
            elif fault == "not-json":
                return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
            return web.Response(body=whole, status=reply.status, content_type="application/json")


def _kept(request: web.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
