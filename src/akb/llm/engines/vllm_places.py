"""Scoring by one-token requests: one for every place that predicts a token of an answer, and what they sum up to.

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
    """An item whose one-token requests are under way: one per distinct beginning of its branches."""

    work: Branches
    seconds: float = 0.0
    prefixes: dict[tuple[int, ...], set[int]] = field(default_factory=dict)
    found: dict[tuple[int, ...], Mapping[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for branch in self.work.branches:
            for place, token in enumerate(branch):
                self.prefixes.setdefault(branch[:place], set()).add(token)

    def fill(self, number: int, logprobs: Mapping[int, float], seconds: float) -> None:
        self.found[list(self.prefixes)[number]] = logprobs
        self.seconds += seconds

    def is_full(self) -> bool:
        return len(self.found) == len(self.prefixes)

    def scores(self) -> list[list[float]]:
        return [
            [self.found[branch[:place]][token] for place, token in enumerate(branch)] for branch in self.work.branches
        ]


def scoring_params(tokens: set[int]) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    return SamplingParams(
        max_tokens=1,
        temperature=0.0,
        logprob_token_ids=sorted(tokens),
        detokenize=False,
        output_kind=RequestOutputKind.FINAL_ONLY,
        skip_clone=True,
    )
