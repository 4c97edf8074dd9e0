"""What is scored when an answer is read from likelihoods: one stem, and one branch per answer.

In `option` mode the branches are the options' texts, in `letter` mode the letters. Prompt and answer
are tokenised together; everything after the prefix that all of them share with the prompt is the
branch, so a token that straddles the boundary is scored and all options are conditioned on the same
stem. Engines compute log P(branch | stem); this module does all that surrounds it.

    work = branch_out(requests, chat, limit=2048)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from akb.llm.chat import Chat, common_prefix
from akb.llm.engine import Output, Request
from akb.llm.tree import Branches
from akb.reading.letters import letters_of


def branch_out(requests: Sequence[Request], chat: Chat, limit: int) -> list[Branches | Output]:
    """The branches of each request, or the output that says why it cannot be scored.

    limit: the longest stem and branch together, in tokens. Raises AkbError as `Chat.render` does.
    """
    prompts = [chat.render(request) for request in requests]
    stems = chat.ids(prompts)
    wholes = chat.continuations(prompts, [endings(request) for request in requests])
    return [
        branches_of(request, stem, whole, limit) for request, stem, whole in zip(requests, stems, wholes, strict=True)
    ]


def output_of(
    request: Request, work: Branches, logprobs: Sequence[Sequence[float]], normalise: str, seconds: float
) -> Output:
    """The output for one request from the log-probability of each branch's tokens, in the order shown."""
    values: list[float] = [math.nan] * len(request.options)
    for option, tokens in zip(request.shown_order(), logprobs, strict=True):
        values[option] = sum(tokens) / _length(request, option, len(tokens), normalise)
    spent = Output(prompt_tokens=len(work.stem), output_tokens=sum(map(len, work.branches)), seconds=seconds)
    if not all(map(math.isfinite, values)):
        return Output(**{**spent.__dict__, "invalid": "nan_logits"})
    mass = math.fsum(map(math.exp, values)) if request.mode == "letter" else None
    return Output(**{**spent.__dict__, "option_logprobs": tuple(values), "letter_mass": mass})


def endings(request: Request) -> list[str]:
    """The answers that are scored, in the order shown."""
    if request.mode == "letter":
        return letters_of(len(request.options))
    return [request.options[option].strip() for option in request.shown_order()]


def branches_of(request: Request, stem: list[int], wholes: list[list[int]], limit: int) -> Branches | Output:
    """A stem and its branches from a prompt's tokens and those of prompt and answer together."""
    if any(not option.strip() for option in request.options):
        return Output(invalid="empty_option", prompt_tokens=len(stem))
    if max(map(len, wholes)) > limit:
        return Output(invalid="prompt_too_long", prompt_tokens=len(stem))
    shared = min(common_prefix([stem, whole]) for whole in wholes)
    if not shared:
        return Output(invalid="empty_prompt")
    if any(len(whole) <= shared for whole in wholes):
        return Output(invalid="empty_option", prompt_tokens=len(stem))
    return Branches(tuple(stem[:shared]), tuple(tuple(whole[shared:]) for whole in wholes))


def _length(request: Request, option: int, tokens: int, normalise: str) -> int:
    if request.mode == "letter" or normalise == "none":
        return 1
    return tokens if normalise == "tokens" else len(request.options[option].strip().encode())
