"""Scoring by one-token requests: what is asked at each place that predicts an answer's token, and what it sums up to.

item = Waiting(work); item.prefixes  # what to ask
item.fill(number, logprobs, seconds); item.scores()
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from akb.llm.tree import Branches


@dataclass
class Waiting:
    """An item whose one-token requests are under way: one or more per distinct beginning of its branches."""

    work: Branches
    seconds: float = 0.0
    prefixes: dict[tuple[int, ...], set[int]] = field(default_factory=dict)
    found: dict[tuple[int, ...], dict[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for branch in self.work.branches:
            for place, token in enumerate(branch):
                self.prefixes.setdefault(branch[:place], set()).add(token)

    def fill(self, number: int, logprobs: Mapping[int, float], seconds: float) -> None:
        self.found.setdefault(list(self.prefixes)[number], {}).update(logprobs)
        self.seconds += seconds

    def is_full(self) -> bool:
        return all(tokens <= self.found.get(prefix, {}).keys() for prefix, tokens in self.prefixes.items())

    def scores(self) -> list[list[float]]:
        return [
            [self.found[branch[:place]][token] for place, token in enumerate(branch)] for branch in self.work.branches
        ]


def scoring_params(tokens: set[int]) -> list[Any]:
    """What asks for the log-probabilities of `tokens` at one place: vLLM's sampling parameters, one for each request.

    vLLM 0.19, the newest for CUDA 12, takes no `logprob_token_ids`. It tells the log-probability of the token that it
    writes, taken before any token is ruled out: so there each token is asked for as the only one that is allowed.
    """
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    listed = sorted(tokens)
    if "logprob_token_ids" in SamplingParams.__struct_fields__:
        asked: list[dict[str, Any]] = [{"logprob_token_ids": listed}]
    else:
        asked = [{"logprobs": 0, "allowed_token_ids": [token]} for token in listed]
    return [
        SamplingParams(
            max_tokens=1,
            temperature=0.0,
            detokenize=False,
            output_kind=RequestOutputKind.FINAL_ONLY,
            skip_clone=True,
            **way,
        )
        for way in asked
    ]
