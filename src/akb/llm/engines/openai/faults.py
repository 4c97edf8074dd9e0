"""What an OpenAI-compatible server's refusals mean: try again, give the item up, or stop and tell the user.

raise fault_of(error, body, where="backbone gpt", key_name="OPENAI_API_KEY", scrub=scrub)
"""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import openai

from akb.errors import AkbError
from akb.llm.engine import REFUSED_WITH

_TRANSIENT_STATUS = {408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529}
_OMITTABLE = ("temperature", "top_p", "seed", "response_format", "chat_template_kwargs", "stop")


class TransientError(Exception):
    """What may succeed at another try.

    billed: the server may have worked for it. retry_after: seconds that it asks to wait. unreachable:
    nothing listens there.
    """

    def __init__(
        self, what: str, *, billed: bool = False, retry_after: float | None = None, unreachable: bool = False
    ) -> None:
        super().__init__(what)
        self.billed, self.retry_after, self.unreachable = billed, retry_after, unreachable


class RefusedError(Exception):
    """The server will not answer this item, now or later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OlderServerError(TransientError):
    """The server knows `max_tokens` and not `max_completion_tokens`."""


def fault_of(
    error: openai.APIStatusError, body: Mapping[str, Any], *, where: str, key_name: str, scrub: Callable[[str], str]
) -> TransientError | RefusedError | AkbError:
    """The exception that a refused call means.

    body: what was asked for. scrub: takes the key out of what the server says.
    """
    status, said = error.status_code, scrub(_message_of(error))
    low = f"{error.code} {said}".lower()
    if status == 429 and ("insufficient_quota" in low or "exceeded your current quota" in low):
        return AkbError(f"the account has no credit left: {said}", where=where, remedy="top it up, then run again")
    if status in _TRANSIENT_STATUS:
        return TransientError(f"{status} {said}", retry_after=_retry_after(error))
    if status in (401, 403):
        return AkbError(f"the server refuses the key: {said}", where=where, remedy=f"check the key in {key_name}")
    if status == 404:
        return AkbError(
            f"the server does not know the model or the path: {said}",
            where=where,
            remedy="check the model's name and `base_url`, which usually ends in /v1",
        )
    if "max_completion_tokens" in body and "max_completion_tokens" in low:
        return OlderServerError(f"{status} {said}")
    if "context_length" in low or "context length" in low or "maximum context" in low or "too long" in low:
        return RefusedError("prompt_too_long")
    if "logprobs" in low and "logprobs" in body:
        return AkbError(
            f"the server gives no log-probabilities for this model: {said}",
            where=where,
            remedy="set `scoring: generate`",
        )
    for name in _OMITTABLE:
        if f"'{name}'" in low and ("unsupported" in low or "unrecognized" in low or "unknown" in low):
            return AkbError(
                f"the model does not take `{name}`: {said}",
                where=where,
                remedy=f"add `omit: [{name}]` to engine_options",
            )
    if "content_filter" in low or "content management" in low or "safety" in low or "moderation" in low:
        return RefusedError("refused_by_server")
    return RefusedError(f"{REFUSED_WITH}{status} {said}")


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
