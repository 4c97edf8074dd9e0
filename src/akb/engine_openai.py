"""Backbones behind an OpenAI-compatible server: proprietary LLMs, or a `vllm serve` of one's own.

Many calls run at once in a thread of their own, under request, token and money limits (`limits`), and
each is handed over as it finishes. What a server does wrong is tried again, with exponential back-off
and jitter, never sooner than its `Retry-After` says. An item that still fails is invalid with its
reason; the others are unharmed. The key is read from the environment and stays in the client.

    Backbone(name="gpt", engine="openai", checkpoint="gpt-x", …, engine_options={
        "api_key_env": "OPENAI_API_KEY", "concurrency": 16, "budget_usd": 5.0,
        "prices": {"input_per_million": 0.4, "output_per_million": 1.6}})
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import math
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import openai
import tenacity

from akb.engine import Backbone, Output, Request, letters_of
from akb.errors import AkbError
from akb.limits import BudgetReachedError, Ledger, Pause, Prices, Window
from akb.response_text import split_thinking

_TRANSIENT_STATUS = {408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529}
_LONGEST_BACKOFF_SECONDS = 60.0
_TEMPLATE_TOKENS = 256  # allowance for what a server's chat template adds to a prompt
_TOP_LOGPROBS = 20  # the most that servers give
_LETTER_TOKENS = 1


@dataclass(frozen=True)
class Options:
    """The engine_options of an `openai` backbone.

    omit: request parameters that the model refuses, such as "temperature" or "seed". extra_body: sent
    with every request. ledger: the folder of the usage ledger.
    """

    base_url: str | None = None
    api_key_env: str | None = None
    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout_seconds: float = 120.0
    max_attempts: int = 6
    first_backoff_seconds: float = 1.0
    budget_usd: float | None = None
    prices: Prices | None = None
    omit: tuple[str, ...] = ()
    extra_body: dict[str, Any] = field(default_factory=dict)
    ledger: str | None = None


def read_options(backbone: Backbone) -> Options:
    """Check a backbone's engine_options. Raises AkbError for an unknown or wrong one, or a key in plain sight."""
    where = f"backbone {backbone.name}, engine_options"
    given = backbone.engine_options
    if {"api_key", "key", "token"} & given.keys():
        raise AkbError(
            "an API key must not stand in the configuration",
            where=where,
            remedy="remove it, put the key in an environment variable, and name that variable in `api_key_env`",
        )
    unknown = sorted(given.keys() - Options.__dataclass_fields__.keys())
    if unknown:
        raise AkbError(
            f"unknown options: {', '.join(unknown)}",
            where=where,
            remedy="choose among " + ", ".join(Options.__dataclass_fields__),
        )
    try:
        options = msgspec.convert(given, Options)
    except msgspec.ValidationError as error:
        raise AkbError(
            f"a wrong option: {error}", where=where, remedy="mend it; config/README.md explains it"
        ) from None
    if options.concurrency < 1 or options.max_attempts < 1 or options.timeout_seconds <= 0:
        raise AkbError(
            "concurrency, max_attempts and timeout_seconds must be above 0", where=where, remedy="give larger values"
        )
    if options.budget_usd is not None and options.prices is None:
        raise AkbError(
            "a budget needs prices",
            where=where,
            remedy="add `prices: {input_per_million: …, output_per_million: …}` in US dollars, as published",
        )
    return options


def read_key(options: Options, backbone: Backbone) -> str:
    """The API key from the environment. A server of one's own needs none unless `api_key_env` is set."""
    name = options.api_key_env or (None if options.base_url else "OPENAI_API_KEY")
    if name is None:
        return "none"  # never the default key: this server is not the one it belongs to
    key = os.environ.get(name, "").strip()
    if not key:
        raise AkbError(
            f"the environment variable {name} is not set",
            where=f"backbone {backbone.name}",
            remedy=f"export {name}=… in the shell that starts the run, or name another variable in `api_key_env`",
        )
    return key


class _TransientError(Exception):
    """What may succeed at another try. `billed` if the server may have worked for it."""

    def __init__(self, what: str, *, billed: bool = False, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.billed, self.retry_after = billed, retry_after


class OpenAIEngine:
    """Answers requests over HTTP. `usage` counts calls and tokens of this engine's life."""

    def __init__(self, backbone: Backbone, asked: Sequence[Request] = ()) -> None:
        self._backbone = backbone
        self._options = read_options(backbone)
        self._key = read_key(self._options, backbone)
        self.usage: Counter[str] = Counter()
        folder = self._options.ledger
        self._ledger = Ledger(Path(folder) if folder else None, self._options.prices, self._options.budget_usd)
        self._token_parameter = "max_completion_tokens"

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

    def _fault(self, what: str, remedy: str) -> AkbError:
        return AkbError(self.scrub(what), where=f"backbone {self._backbone.name}", remedy=remedy)

    def scrub(self, text: str) -> str:
        """`text` without the key and not too long: servers like to repeat a refused key."""
        if self._key != "none":
            text = text.replace(self._key, "***")
        return " ".join(text.split())[:300]

    def body(self, request: Request) -> dict[str, Any]:
        """The parameters of the chat completion that `request` asks for."""
        messages = [{"role": "system", "content": request.system}] if request.system else []
        messages.append({"role": "user", "content": request.user})
        sampling, letter = request.sampling, request.mode == "letter"
        body: dict[str, Any] = {
            "model": self._backbone.checkpoint,
            "messages": messages,
            "temperature": 0.0 if letter else sampling.temperature,
            "top_p": 1.0 if letter else sampling.top_p,
            "seed": sampling.seed,
            self._token_parameter: _LETTER_TOKENS if letter else sampling.max_tokens,
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
        self._in_flight = 0
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
            workers = min(self._options.concurrency, len(self._requests))
            await asyncio.gather(*(self._work() for _ in range(workers)))

    async def _work(self) -> None:
        for index in self._todo:  # shared by all workers, so each index is taken once
            if self._fatal is not None:
                return
            try:
                output = await self._answer(self._requests[index])
            except Exception as error:
                self._fatal = self._fatal or error
                return
            if output is not None:
                self._finished.put((index, output))

    async def _answer(self, request: Request) -> Output | None:
        """The output of one request, after as many tries as it needs; None if the run was stopped meanwhile."""
        attempts = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self._options.max_attempts),
            wait=self._backoff,
            retry=tenacity.retry_if_exception_type(_TransientError),
            reraise=True,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    if self._fatal is not None:
                        return None
                    return await self._attempt(request)
        except _TransientError as error:
            self._engine.usage["failed"] += 1
            return Output(invalid=f"server_error: {self._engine.scrub(str(error))}")
        return None

    def _backoff(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next try: what the server asks for, and jitter, so that calls do not march in step."""
        error = state.outcome.exception() if state.outcome else None
        first = self._options.first_backoff_seconds
        jitter = tenacity.wait_random_exponential(multiplier=first, max=_LONGEST_BACKOFF_SECONDS)(state)
        asked = error.retry_after if isinstance(error, _TransientError) else None
        return jitter if asked is None else asked + min(jitter, first)

    async def _attempt(self, request: Request) -> Output:
        body = self._engine.body(request)
        most_in = _TEMPLATE_TOKENS + sum(len(message["content"].encode()) for message in body["messages"])
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
            used, outcome = _tokens_of(completion) or used, "ok"
            output = self._read(completion, request, time.monotonic() - started)
        except _TransientError as error:
            if not error.billed:
                used = (0, 0)
            outcome = "failed"
            if error.retry_after is not None:
                self._pause.extend(error.retry_after)
            raise
        except _RefusedError as refused:
            used, outcome = (0, 0), "refused"
            return Output(invalid=refused.reason, seconds=time.monotonic() - started)
        except AkbError:
            used, outcome = (used if outcome == "ok" else (0, 0)), "stopped"
            raise
        finally:
            self._in_flight -= 1
            assert self._settled is not None
            self._settled.set()
            if outcome != "unknown":  # a cancelled call may have been billed: it stays reserved
                self._ledger.settle(call, *used, request.item_id, outcome)
        self._engine.usage.update(prompt_tokens=used[0], output_tokens=used[1])
        return output

    async def _reserve(self, prompt_tokens: int, output_tokens: int, item: str) -> str:
        """Reserve the worst case; if that would pass the budget, wait for calls in flight to cost less than theirs."""
        assert self._settled is not None
        while True:
            self._settled.clear()
            try:
                call = self._ledger.reserve(prompt_tokens, output_tokens, item)
            except BudgetReachedError:
                if self._fatal is None and self._in_flight:
                    await self._settled.wait()
                    continue
                raise self._engine._fault(
                    f"the budget of ${self._options.budget_usd:g} allows no further call: "
                    f"${self._ledger.committed:.4f} are spent or reserved; what was answered is kept",
                    "raise `budget_usd` in engine_options and run again: answered items are not asked again",
                ) from None
            self._in_flight += 1
            return call

    async def _send(self, body: dict[str, Any]) -> Any:
        """One HTTP call. Raises _TransientError, _RefusedError or AkbError; none of them holds the key."""
        try:
            # The client's own timeout is for each read; a server that drips would hang for ever.
            async with asyncio.timeout(self._options.timeout_seconds):
                return await self._client.chat.completions.create(**body)
        except (TimeoutError, openai.APITimeoutError):
            raise _TransientError(f"no answer in {self._options.timeout_seconds:g} s", billed=True) from None
        except openai.APIStatusError as error:
            self._raise_status(error, body)
        except openai.APIConnectionError as error:
            raise _TransientError(f"connection failed: {error.__cause__ or error}", billed=True) from None
        except (openai.APIError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise _TransientError(f"unreadable reply: {error}", billed=True) from None

    def _raise_status(self, error: openai.APIStatusError, body: dict[str, Any]) -> None:
        status, said = error.status_code, self._engine.scrub(_message_of(error))
        low = f"{error.code} {said}".lower()
        if status == 429 and ("insufficient_quota" in low or "exceeded your current quota" in low):
            raise self._engine._fault(f"the account has no credit left: {said}", "top it up, then run again") from None
        if status in _TRANSIENT_STATUS:
            raise _TransientError(f"{status} {said}", retry_after=_retry_after(error)) from None
        if status in (401, 403):
            name = self._options.api_key_env or "OPENAI_API_KEY"
            raise self._engine._fault(f"the server refuses the key: {said}", f"check the key in {name}") from None
        if status == 404:
            raise self._engine._fault(
                f"the server does not know the model or the path: {said}",
                "check the model's name and `base_url`, which usually ends in /v1",
            ) from None
        if "max_completion_tokens" in body and "max_completion_tokens" in low:
            self._engine._token_parameter = "max_tokens"  # an older server
            raise _TransientError(f"{status} {said}") from None
        if "logprobs" in low and "logprobs" in body:
            raise self._engine._fault(
                f"the server gives no log-probabilities for this model: {said}", "set `scoring: generate`"
            ) from None
        for name in ("temperature", "top_p", "seed", "response_format", "chat_template_kwargs", "stop"):
            if f"'{name}'" in low and ("unsupported" in low or "unrecognized" in low or "unknown" in low):
                raise self._engine._fault(
                    f"the model does not take `{name}`: {said}", f"add `omit: [{name}]` to engine_options"
                ) from None
        if "context_length" in low or "context length" in low or "maximum context" in low or "too long" in low:
            raise _RefusedError("prompt_too_long") from None
        if "content_filter" in low or "content management" in low or "safety" in low or "moderation" in low:
            raise _RefusedError("refused_by_server") from None
        raise _RefusedError(f"server_error: {status} {said}") from None

    def _read(self, completion: Any, request: Request, seconds: float) -> Output:
        choices = getattr(completion, "choices", None)
        if not choices or getattr(choices[0], "message", None) is None:
            raise _TransientError("the reply has no choice", billed=True)
        choice = choices[0]
        prompt_tokens, output_tokens = _tokens_of(completion) or (0, 0)
        if choice.finish_reason == "content_filter":
            return Output(invalid="refused_by_server", prompt_tokens=prompt_tokens, output_tokens=output_tokens)
        if request.mode == "letter":
            logprobs, mass = self._letters(choice, len(request.options))
            if logprobs is not None:
                order = request.shown_order()
                logprobs = tuple(logprobs[order.index(option)] for option in range(len(order)))
            return Output(
                text=choice.message.content or "",
                option_logprobs=logprobs,
                letter_mass=mass,
                invalid=None if logprobs else "no_letter",
                prompt_tokens=prompt_tokens,
                output_tokens=output_tokens,
                seconds=seconds,
            )
        content = choice.message.content or getattr(choice.message, "refusal", None) or ""
        apart = getattr(choice.message, "reasoning_content", None) or getattr(choice.message, "reasoning", None) or ""
        thought, text, closed = split_thinking(content)
        if apart and not text.strip() and choice.finish_reason == "length":
            closed = False
        return Output(
            text=text.strip(),
            invalid=None if closed else "unclosed_thinking",
            prompt_tokens=prompt_tokens,
            output_tokens=output_tokens,
            thinking_tokens=_thinking_tokens(completion, apart + thought, text, output_tokens),
            seconds=seconds,
        )

    def _letters(self, choice: Any, count: int) -> tuple[tuple[float, ...] | None, float | None]:
        """(log-probability of each letter in shown order, their total mass) of the first token.

        A letter outside the returned tokens gets the smallest returned value, which bounds it from above.
        """
        content = getattr(choice.logprobs, "content", None) if choice.logprobs else None
        if not content or not content[0].top_logprobs:
            raise self._engine._fault(
                "the server returned no log-probabilities", "set `scoring: generate`, or use a server that gives them"
            )
        top = content[0].top_logprobs
        if content[0].token.strip() in ("<think>", "[THINK]"):
            raise self._engine._fault(
                "mode 'letter' scores the next token, and this model spends it on thinking",
                "set `thinking: false` or `scoring: generate`",
            )
        masses: dict[str, float] = {}
        for entry in top:  # "B" and " B" are different tokens with one meaning
            letter = entry.token.strip()
            masses[letter] = masses.get(letter, 0.0) + math.exp(entry.logprob)
        letters = letters_of(count)
        if not any(masses.get(letter) for letter in letters):
            return None, 0.0
        floor = min(entry.logprob for entry in top)
        logprobs = tuple(math.log(masses[letter]) if masses.get(letter) else floor for letter in letters)
        return logprobs, sum(masses.get(letter, 0.0) for letter in letters)


class _RefusedError(Exception):
    """The server will not answer this item, now or later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _message_of(error: openai.APIStatusError) -> str:
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return str(error.message)


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds that the server asks to wait: milliseconds, seconds or a date; None if it does not say."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    try:
        return max(email.utils.parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError):
        return None


def _tokens_of(completion: Any) -> tuple[int, int] | None:
    usage = getattr(completion, "usage", None)
    return (usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else None


def _thinking_tokens(completion: Any, thought: str, text: str, output_tokens: int) -> int:
    """Tokens spent on thinking: the server's own count, or else by its share of the characters."""
    details = getattr(getattr(completion, "usage", None), "completion_tokens_details", None)
    counted = getattr(details, "reasoning_tokens", None)
    if counted:
        return int(counted)
    return round(output_tokens * len(thought) / (len(thought) + len(text))) if thought else 0
