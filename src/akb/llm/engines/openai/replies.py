"""From a chat completion to an output: text without thinking, letters' log-probabilities, token counts.

output = read_reply(completion, request, seconds=1.2, where="backbone gpt")
"""

from __future__ import annotations

import math
from typing import Any

from akb.errors import AkbError
from akb.llm.engine import LENGTH, STOP, Output, Request
from akb.llm.engines.openai.faults import TransientError
from akb.reading.letters import letters_of
from akb.reading.response_text import THINKING, split_thinking


def read_reply(completion: Any, request: Request, seconds: float, where: str) -> Output:
    """The output of a chat completion that took `seconds`.

    Raises TransientError for a reply without a choice, AkbError where letters cannot be scored.
    """
    choices = getattr(completion, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise TransientError("the reply has no choice", billed=True)
    choice = choices[0]
    prompt_tokens, output_tokens = tokens_of(completion) or (0, 0)
    if choice.finish_reason == "content_filter":
        return Output(invalid="refused_by_server", prompt_tokens=prompt_tokens, output_tokens=output_tokens)
    if request.mode == "letter":
        logprobs, mass = _letters(choice, len(request.options), where)
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
    if apart and not text.strip() and choice.finish_reason == LENGTH:
        closed = False
    return Output(
        text=text.strip(),
        invalid=None if closed else "unclosed_thinking",
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        thinking_tokens=_thinking_tokens(completion, apart + thought, text, output_tokens),
        seconds=seconds,
        finish=choice.finish_reason if choice.finish_reason in (STOP, LENGTH) else None,
    )


def _letters(choice: Any, count: int, where: str) -> tuple[tuple[float, ...] | None, float | None]:
    """(log-probability of each letter in shown order, their total mass) of the first token.

    A letter outside the returned tokens gets the smallest returned value, which bounds it from above.
    """
    content = getattr(choice.logprobs, "content", None) if choice.logprobs else None
    if not content or not content[0].top_logprobs:
        raise _fault(
            where,
            "the server returned no log-probabilities",
            "set `scoring: generate`, or use a server that gives them",
        )
    top = content[0].top_logprobs
    if content[0].token.strip() in {opens for opens, _ in THINKING}:
        raise _fault(
            where,
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


def _fault(where: str, what: str, remedy: str) -> AkbError:
    return AkbError(what, where=where, remedy=remedy)


def tokens_of(completion: Any) -> tuple[int, int] | None:
    """(prompt tokens, output tokens) as the server counted them."""
    usage = getattr(completion, "usage", None)
    return (usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else None


def _thinking_tokens(completion: Any, thought: str, text: str, output_tokens: int) -> int:
    """Tokens spent on thinking: the server's own count, or else by its share of the characters."""
    details = getattr(getattr(completion, "usage", None), "completion_tokens_details", None)
    counted = getattr(details, "reasoning_tokens", None)
    if counted:
        return int(counted)
    return round(output_tokens * len(thought) / (len(thought) + len(text))) if thought else 0
