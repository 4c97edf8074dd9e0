"""What is asked of a text LLM and what comes back: the protocol behind the one door.

`inference.answer` is the only caller of an engine. An engine turns requests into outputs; it knows
nothing of the item store, of items' right answers (the oracle apart) or of scores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

Mode = Literal["generate", "letter", "option"]

# How reasons begin in `Output.invalid` that another try may do away with: the server failed, or it refused the
# item in words of its own, which follow. All other reasons last.
SERVER_ERROR, REFUSED_WITH = "server_error: ", "refused_by_server: "

# Why an answer ended: by itself or at a stop text, or because it was as long as it may be.
STOP, LENGTH = "stop", "length"


@dataclass(frozen=True)
class Sampling:
    """How free text is generated. Temperature 0 is greedy; `json_schema` forces structured output."""

    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    json_schema: str | None = None  # as JSON text, so that a request stays hashable


@dataclass(frozen=True)
class Audio:
    """A stretch of a clip that is heard before the question: seconds from `start` on, of the file at `path`.

    digest identifies its samples; it alone is part of a response's key.
    """

    path: str
    start: float
    seconds: float
    digest: str


@dataclass(frozen=True)
class Request:
    """One question to a backbone.

    system may be empty. options are shown texts in the order of the *item*; rotation r shows option
    (i + r) mod n at place i. `known_answer` is read by the oracle engine alone. audio is for models that
    hear, to be answered in free text. evidence: a digest of what an audio language model of our own hears beside the
    text, if anything is.
    """

    item_id: str
    user: str
    system: str = ""
    options: tuple[str, ...] = ()
    mode: Mode = "generate"
    rotation: int = 0
    sampling: Sampling = field(default_factory=Sampling)
    known_answer: int | None = None
    audio: Audio | None = None
    evidence: str = ""

    def asking(self, user: str) -> Request:
        """The same with another text."""
        return replace(self, user=user)

    def shown_order(self) -> list[int]:
        """The item's option indices in the order in which they are shown."""
        count = len(self.options)
        return [(place + self.rotation) % count for place in range(count)]


@dataclass(frozen=True)
class Output:
    """What an engine returned for one request, before any answer is read out of it.

    option_logprobs: one per option in item order (natural log; length-normalised as the backbone's
    `normalise` says), in `letter` and `option` mode. letter_mass: total probability of all the
    letters, in `letter` mode. invalid: a reason when the engine could not answer, such as
    "prompt_too_long", "nan_logits", "empty_option", "refused_by_server", or one that begins with
    SERVER_ERROR or REFUSED_WITH. finish: why a written answer ended: STOP or LENGTH; None for what was not
    written, and where it is not known.
    """

    text: str = ""
    option_logprobs: tuple[float, ...] | None = None
    letter_mass: float | None = None
    invalid: str | None = None
    prompt_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0
    seconds: float = 0.0
    finish: str | None = None


class Engine(Protocol):
    """A loaded backbone. `run` yields (index into requests, output) as soon as each is finished.

    The door starts an engine as `SomeEngine(backbone, asked)`, where `asked` is every request of the
    call, those already in the item store included; `run` then gets the missing ones.
    """

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]: ...

    def close(self) -> None: ...


Runner = Callable[[Sequence[Request]], Iterator[tuple[int, Output]]]


def run_by_mode(requests: Sequence[Request], score: Runner, generate: Runner) -> Iterator[tuple[int, Output]]:
    """What an engine does that scores and writes apart: those that are scored first, each kind in one go."""
    written = [index for index, request in enumerate(requests) if request.mode == "generate"]
    scored = [index for index, request in enumerate(requests) if request.mode != "generate"]
    for indices, runner in ((scored, score), (written, generate)):
        for index, output in runner([requests[i] for i in indices]):
            yield indices[index], output


@dataclass(frozen=True)
class Backbone:
    """A backbone as the engines need it: a registry entry of the configuration, resolved.

    checkpoint is a local Hugging Face folder, or the model name for `openai`. fingerprint identifies
    weights and tokenizer; two backbones with the same fingerprint are the same model.
    """

    name: str
    engine: Literal["vllm", "transformers", "openai", "oracle"]
    checkpoint: str
    fingerprint: str
    scoring: Mode = "option"
    normalise: Literal["none", "tokens", "bytes"] = "bytes"
    rotations: int = 1
    thinking: bool | None = None  # None: not a thinking model; True / False: its thinking switched on / off
    dtype: str = "bfloat16"
    max_model_len: int = 2048
    engine_options: dict[str, Any] = field(default_factory=dict)  # passed through, e.g. tensor_parallel_size
    generation: Sampling = field(default_factory=Sampling)  # how this backbone generates
