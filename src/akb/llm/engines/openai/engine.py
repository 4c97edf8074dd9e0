"""Backbones behind an OpenAI-compatible server: proprietary LLMs, or a `vllm serve` of one's own.

Many calls run at once in a thread of their own, under request, token and money limits (`limits`), and
each is handed over as it finishes. What a server does wrong is tried again, with exponential back-off
and jitter, never sooner than its `Retry-After` says. An item that still fails carries its reason and
the others are unharmed; when as many fail in a row as run at once, the server is down and the run
stops. The key is read from the environment and stays in the client.

    Backbone(name="gpt", engine="openai", checkpoint="gpt-x", …, engine_options={
        "api_key_env": "OPENAI_API_KEY", "concurrency": 16, "budget_usd": 5.0,
        "prices": {"input_per_million": 0.4, "output_per_million": 1.6}})
"""

from __future__ import annotations

import asyncio
import json
import math
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openai
import tenacity

from akb.errors import AkbError
from akb.llm.engine import SERVER_ERROR, Backbone, Output, Request
from akb.llm.engines.openai.faults import OlderServerError, RefusedError, TransientError, fault_of
from akb.llm.engines.openai.limits import BudgetReachedError, Ledger, Pause, Window
from akb.llm.engines.openai.options import read_key, read_options
from akb.llm.engines.openai.replies import read_reply, tokens_of
from akb.llm.sound import chat_messages

_LONGEST_BACKOFF_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 900.0  # a server that asks for more is out of quota: stop and say so
_TEMPLATE_TOKENS = 256  # allowance for what a server's chat template adds to a prompt
_TOP_LOGPROBS = 20  # the most that servers give
_LETTER_TOKENS = 1
_AUDIO_TOKENS_PER_SECOND = 50  # for a call's worst case; the servers that we know count 10 to 33
_FAILED_IN_A_ROW = 8  # at least, and as many as run at once


class OpenAIEngine:
    """Answers requests over HTTP. `usage` counts calls and tokens of this engine's life."""

    def __init__(self, backbone: Backbone, asked: Sequence[Request] = ()) -> None:
        self._backbone = backbone
        self.where = f"backbone {backbone.name}"
        self._options = read_options(backbone)
        self._key = read_key(self._options, backbone)
        self.usage: Counter[str] = Counter()
        folder = self._options.ledger
        self._ledger = Ledger(Path(folder) if folder else None, self._options.prices, self._options.budget_usd)
        self.token_parameter = "max_completion_tokens"

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        """Yield (index, output) as each request is finished.

        Raises AkbError, after every call in flight has been handed over, when the budget is reached,
        the key is refused, or the server cannot do what is asked.
        """
        self._refuse_modes(requests)
        finished: queue.SimpleQueue[tuple[int, Output] | BaseException | None] = queue.SimpleQueue()
        call = _Run(self, requests, finished)
        thread = threading.Thread(target=call.in_thread, name="akb-openai", daemon=True)
        thread.start()
        try:
            while (result := finished.get()) is not None:
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            call.cancel()
            thread.join()

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def _refuse_modes(self, requests: Sequence[Request]) -> None:
        modes = {request.mode for request in requests}
        if "option" in modes:
            raise self._fault(
                "mode 'option' needs the log-probabilities of given texts, which chat servers do not return",
                "set `scoring: generate` or `scoring: letter`, or run the model with `engine: vllm`",
            )
        if "letter" in modes and self._backbone.thinking:
            raise self._fault(
                "mode 'letter' scores the next token, and this model would spend it on thinking",
                "set `thinking: false` or `scoring: generate`",
            )

    def _fault(self, what: str, remedy: str, passing: bool = False) -> AkbError:
        return AkbError(self.scrub(what), where=self.where, remedy=remedy, passing=passing)

    def scrub(self, text: str) -> str:
        """`text` without the key and not too long: servers like to repeat a refused key."""
        if self._key != "none":
            text = text.replace(self._key, "***")
        return " ".join(text.split())[:300]

    def _require_size(self, request: Request, messages: list[dict[str, Any]]) -> None:
        """Raise AkbError, before anything is sent, for sound that the server would not take."""
        if request.audio is None:
            return
        megabytes = len(messages[-1]["content"][0]["input_audio"]["data"]) / 1e6
        if megabytes > self._options.audio_megabytes:
            shorter = "; or send `audio_format: mp3`" if self._options.audio_format == "wav" else ""
            raise self._fault(
                f"{request.audio.path} from {request.audio.start:.0f} s on is {megabytes:.1f} MB as sent, more than "
                f"the {self._options.audio_megabytes:g} MB that the server takes",
                f"give the captioner shorter windows (`window_seconds`){shorter}",
            )

    def body(self, request: Request) -> dict[str, Any]:
        """The parameters of the chat completion that `request` asks for."""
        messages = chat_messages(request, self._options.audio_format)
        self._require_size(request, messages)
        sampling, letter = request.sampling, request.mode == "letter"
        body: dict[str, Any] = {
            "model": self._backbone.checkpoint,
            "messages": messages,
            "temperature": 0.0 if letter else sampling.temperature,
            "top_p": 1.0 if letter else sampling.top_p,
            "seed": sampling.seed,
            self.token_parameter: _LETTER_TOKENS if letter else sampling.max_tokens,
        }
        if letter:
            body |= {"logprobs": True, "top_logprobs": _TOP_LOGPROBS}
        else:
            if sampling.stop:
                body["stop"] = list(sampling.stop)
            if sampling.json_schema:
                schema = {"name": "answer", "strict": True, "schema": json.loads(sampling.json_schema)}
                body["response_format"] = {"type": "json_schema", "json_schema": schema}
        extra = dict(self._options.extra_body)
        if self._backbone.thinking is not None and "chat_template_kwargs" not in extra:
            extra["chat_template_kwargs"] = {"enable_thinking": self._backbone.thinking}
        if extra:
            body["extra_body"] = extra
        return {name: value for name, value in body.items() if name not in self._options.omit}


class _Run:
    """One `run`: its event loop, workers and limits."""

    def __init__(
        self,
        engine: OpenAIEngine,
        requests: Sequence[Request],
        finished: queue.SimpleQueue[tuple[int, Output] | BaseException | None],
    ) -> None:
        self._engine, self._requests, self._finished = engine, requests, finished
        self._options, self._ledger = engine._options, engine._ledger
        self._todo = iter(range(len(requests)))
        self._calls = Window(self._options.requests_per_minute)
        self._tokens = Window(self._options.tokens_per_minute)
        self._pause = Pause()
        self._fatal: BaseException | None = None
        self._failed_in_a_row = 0
        self._sending: set[asyncio.Task[Any] | None] = set()
        self._workers: list[asyncio.Task[None]] = []
        self._settled: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._started = threading.Event()

    def in_thread(self) -> None:
        """Work until all is done, something stops the run, or it is cancelled; then say so."""
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._fatal = self._fatal or error
        finally:
            self._started.set()
            if self._fatal is not None:
                self._finished.put(self._fatal)
            self._finished.put(None)

    def cancel(self) -> None:
        """Stop at once, from another thread. Calls in flight are dropped and stay reserved in the ledger."""
        self._started.wait()
        if self._loop is not None and self._task is not None:
            try:
                self._loop.call_soon_threadsafe(self._task.cancel)
            except RuntimeError:  # the loop has ended by itself
                return

    async def _main(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._settled = asyncio.Event()
        self._started.set()
        async with openai.AsyncOpenAI(
            api_key=self._engine._key,
            base_url=self._options.base_url,
            max_retries=0,  # tenacity retries, and sees Retry-After and the limits
            timeout=self._options.timeout_seconds,
        ) as self._client:
            count = min(self._options.concurrency, len(self._requests))
            self._workers = [asyncio.create_task(self._work()) for _ in range(count)]
            results = await asyncio.gather(*self._workers, return_exceptions=True)
            if self._fatal is None:  # else those that were waiting have been cancelled
                self._fatal = next((result for result in results if result is not None), None)

    async def _work(self) -> None:
        for index in self._todo:  # shared by all workers, so each index is taken once
            if self._fatal is not None:
                return
            try:
                output = await self._answer(self._requests[index])
            except Exception as error:
                self._stop(error)
                return
            if output is not None:
                self._finished.put((index, output))

    def _stop(self, error: Exception) -> None:
        """Send nothing more; calls in flight may end, since they are paid for."""
        self._fatal = self._fatal or error
        for worker in self._workers:
            if worker not in self._sending and worker is not asyncio.current_task():
                worker.cancel()

    async def _answer(self, request: Request) -> Output | None:
        """The output of one request, after as many tries as it needs; None if the run was stopped meanwhile."""
        attempts = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self._options.max_attempts),
            wait=self._backoff,
            retry=tenacity.retry_if_exception_type(TransientError),
            reraise=True,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    if self._fatal is not None:
                        return None
                    return await self._attempt(request)
        except TransientError as error:
            self._engine.usage["failed"] += 1
            if error.unreachable and not self._engine.usage["answered"]:
                raise self._engine._fault(
                    f"no server answers at {self._client.base_url}", "start it, or mend `base_url`; then run again"
                ) from None
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= max(_FAILED_IN_A_ROW, self._options.concurrency):
                raise self._engine._fault(
                    f"the server has failed at {self._failed_in_a_row} items in a row, {self._options.max_attempts} "
                    f"tries each, at last with: {error}",
                    "run again when it is well: what was answered is stored and not asked again",
                    passing=True,
                ) from None
            return Output(invalid=SERVER_ERROR + self._engine.scrub(str(error)))
        return None

    def _backoff(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next try: what the server asks for, and jitter, so that calls do not march in step."""
        if self._fatal is not None:
            return 0.0
        error = state.outcome.exception() if state.outcome else None
        first = self._options.first_backoff_seconds
        jitter = tenacity.wait_random_exponential(multiplier=first, max=_LONGEST_BACKOFF_SECONDS)(state)
        asked = error.retry_after if isinstance(error, TransientError) else None
        return jitter if asked is None else asked + min(jitter, first)

    async def _attempt(self, request: Request) -> Output:
        body = self._engine.body(request)
        most_in = _TEMPLATE_TOKENS + len(request.system.encode()) + len(request.user.encode())
        if request.audio is not None:
            most_in += math.ceil(request.audio.seconds * _AUDIO_TOKENS_PER_SECOND)
        most_out = _LETTER_TOKENS if request.mode == "letter" else request.sampling.max_tokens
        await self._pause.wait()
        await self._calls.acquire(1)
        await self._tokens.acquire(most_in / 3 + most_out)  # three bytes a token is more than English needs
        await self._pause.wait()
        call = await self._reserve(most_in, most_out, request.item_id)
        self._engine.usage["calls"] += 1
        started = time.monotonic()
        used, outcome = (most_in, most_out), "unknown"
        try:
            completion = await self._send(body)
            used, outcome = tokens_of(completion) or used, "ok"
            output = read_reply(completion, request, time.monotonic() - started, self._engine.where)
        except TransientError as error:
            if not error.billed:
                used = (0, 0)
            outcome = "failed"
            if error.retry_after is not None:
                if error.retry_after > _LONGEST_WAIT_SECONDS:
                    raise self._engine._fault(
                        f"the server asks to wait {error.retry_after:.0f} s: {error}",
                        "run again after that time",
                        passing=True,
                    ) from None
                self._pause.extend(error.retry_after)
            raise
        except RefusedError as refused:
            used, outcome = (0, 0), "refused"
            self._failed_in_a_row = 0
            return Output(invalid=refused.reason, seconds=time.monotonic() - started)
        except AkbError:
            used, outcome = (used if outcome == "ok" else (0, 0)), "stopped"
            raise
        finally:
            self._sending.discard(asyncio.current_task())
            assert self._settled is not None
            self._settled.set()
            if outcome != "unknown":  # a cancelled call may have been billed: it stays reserved
                self._ledger.settle(call, *used, request.item_id, outcome)
        self._failed_in_a_row = 0
        self._engine.usage.update(answered=1, prompt_tokens=used[0], output_tokens=used[1])
        return output

    async def _reserve(self, prompt_tokens: int, output_tokens: int, item: str) -> str:
        """Reserve the worst case; if that would pass the budget, wait for calls in flight to cost less than theirs."""
        assert self._settled is not None
        while True:
            self._settled.clear()
            try:
                call = self._ledger.reserve(prompt_tokens, output_tokens, item)
            except BudgetReachedError:
                if self._fatal is None and self._sending:
                    await self._settled.wait()
                    continue
                raise self._engine._fault(
                    f"the budget of ${self._options.budget_usd:g} allows no further call: "
                    f"${self._ledger.committed:.4f} are spent or reserved; what was answered is kept",
                    "raise `budget_usd` in engine_options and run again: answered items are not asked again",
                ) from None
            self._sending.add(asyncio.current_task())
            return call

    async def _send(self, body: dict[str, Any]) -> Any:
        """One HTTP call. Raises TransientError, RefusedError or AkbError; none of them holds the key."""
        try:
            # The client's own timeout is for each read; a server that drips would hang for ever.
            async with asyncio.timeout(self._options.timeout_seconds):
                return await self._client.chat.completions.create(**body)
        except (TimeoutError, openai.APITimeoutError):
            raise TransientError(f"no answer in {self._options.timeout_seconds:g} s", billed=True) from None
        except openai.APIStatusError as error:
            raise self._fault_of(error, body) from None
        except openai.APIConnectionError as error:
            unreachable = type(error.__cause__).__name__ == "ConnectError"
            raise TransientError(
                f"connection failed: {error.__cause__ or error}", billed=not unreachable, unreachable=unreachable
            ) from None
        except (openai.APIError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise TransientError(f"unreadable reply: {error}", billed=True) from None

    def _fault_of(self, error: openai.APIStatusError, body: dict[str, Any]) -> Exception:
        key_name = self._options.api_key_env or "OPENAI_API_KEY"
        fault = fault_of(error, body, where=self._engine.where, key_name=key_name, scrub=self._engine.scrub)
        if isinstance(fault, OlderServerError):
            self._engine.token_parameter = "max_tokens"
        return fault
