"""The one door: every call of a text LLM in the product passes through `answer`.

It looks each request up in the item store, loads the engine only if something is missing, puts every
finished item on the disk as it comes, and reads the answers out of the outputs. Answers are read
after the store, so better extraction never costs a new computation. Either every request has been
answered, or is invalid for a reason that lasts, or the call ends in an error: a table with gaps that
another try would fill is never made.

    responses = answer(requests, backbone, store=Path("results/models/m/store"), stage="probe")
"""

from __future__ import annotations

import hashlib
import importlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import cast

import msgspec

from akb.errors import AkbError
from akb.llm.engine import LENGTH, REFUSED_WITH, SERVER_ERROR, Backbone, Engine, Output, Request
from akb.llm.store import KEY_DIGITS, Store
from akb.progress import bar
from akb.tables import TIE

# An answer that was cut off before one could be read in it.
TRUNCATED = "truncated"

# Part of every key: raise it when prompts are rendered or options are scored differently.
SCORING_VERSION = 1
# Of options scored by our own engines: 2 since they are scored in float32. What was written, or answered by a
# server, is what it was before.
_OPTION_VERSION = 2

_ENGINES = {
    "transformers": ("akb.llm.engines.transformers", "TransformersEngine"),
    "vllm": ("akb.llm.engines.vllm", "VllmEngine"),
    "openai": ("akb.llm.engines.openai.engine", "OpenAIEngine"),
    "oracle": ("akb.llm.engines.oracle", "OracleEngine"),
}
# Engine options that change how fast a backbone runs but not what it says.
_SPEED_OPTIONS = {
    "api_key_env",
    "audio_megabytes",
    "batch_tokens",
    "block_size",
    "budget_usd",
    "concurrency",
    "delay_seconds",
    "device",
    "enforce_eager",
    "first_backoff_seconds",
    "gpu_memory_utilization",
    "ledger",
    "max_attempts",
    "max_num_batched_tokens",
    "max_num_seqs",
    "pipeline_parallel_size",
    "prices",
    "requests_per_minute",
    "tensor_parallel_size",
    "threads",
    "timeout_seconds",
    "tokens_per_minute",
}
_FLUSH_SECONDS = 0.25
_READ_ONLY = {"transformers", "oracle"}  # engines that cannot be given sound


@dataclass(frozen=True)
class Response:
    """One request, what came back, and what it is scored as.

    answer is an index in the item's own option order; it is None when `invalid` names the reason, and
    also for a request without options. key is the item store's.
    """

    request: Request
    key: str
    answer: int | None
    invalid: str | None
    text: str
    option_logprobs: tuple[float, ...] | None
    letter_mass: float | None
    prompt_tokens: int
    output_tokens: int
    thinking_tokens: int
    seconds: float
    finish: str | None

    @property
    def item_id(self) -> str:
        return self.request.item_id


def answer(
    requests: Sequence[Request],
    backbone: Backbone,
    store: Path,
    stage: str,
    load: Callable[[Backbone, Sequence[Request]], Engine] | None = None,
) -> list[Response]:
    """Answer all `requests`, in order, computing only what `store` does not hold.

    stage names the progress bar. load: starts the engine, if it is another than the backbone's own.
    Raises AkbError for faults that the user can mend: a checkpoint that is not there, a mode that the backbone cannot
    be scored by, a full disk; and, after all the others are answered and stored, for items that a server failed to
    answer or if it refused them all.
    """
    _require_ears(requests, backbone)
    keys = [request_key(request, backbone) for request in requests]
    if backbone.engine == "openai":
        backbone = replace(backbone, engine_options={"ledger": str(store.parent / "usage"), **backbone.engine_options})
    with Store(store) as shelf:
        outputs = shelf.read(set(keys))
        missing = {key: request for key, request in zip(keys, requests, strict=True) if key not in outputs}
        with bar(stage, len(requests), "item") as progress:
            progress.update(sum(key in outputs for key in keys))
            for finished in _compute(missing, requests, backbone, load or load_engine):
                shelf.put((key, output) for key, output in finished if not _is_open(output))
                outputs.update(finished)
                progress.update(len(finished))
    _require_answers([outputs[key] for key in keys], backbone)
    return [read_answer(request, key, outputs[key]) for request, key in zip(requests, keys, strict=True)]


def _require_ears(requests: Sequence[Request], backbone: Backbone) -> None:
    if backbone.engine in _READ_ONLY and any(request.audio for request in requests):
        raise AkbError(
            f"the engine {backbone.engine!r} reads text and does not hear",
            where=f"backbone {backbone.name}",
            remedy="use `engine: vllm`, or `engine: openai` with a model that takes audio",
        )


def _is_open(output: Output) -> bool:
    """Whether another run should ask again: the server failed, or refused for a reason that we do not know."""
    return (output.invalid or "").startswith((SERVER_ERROR, REFUSED_WITH))


def _require_answers(outputs: Sequence[Output], backbone: Backbone) -> None:
    """Raise AkbError if a server failed at some of the items, or refused to answer any."""
    reasons = [output.invalid or "" for output in outputs]
    failed = [reason.removeprefix(SERVER_ERROR) for reason in reasons if reason.startswith(SERVER_ERROR)]
    if failed:
        raise AkbError(
            f"{len(failed):,} of {len(outputs):,} items got no answer: {_counted(failed)}",
            where=f"backbone {backbone.name}",
            remedy=f"run again: what was answered is stored, and only these {len(failed):,} are asked again",
            passing=True,
        )
    refused = [reason.removeprefix(REFUSED_WITH) for reason in reasons if reason.startswith(REFUSED_WITH)]
    if refused and all(reasons):
        raise AkbError(
            f"the server refuses {len(refused):,} of {len(outputs):,} items and answered none: {_counted(refused)}",
            where=f"backbone {backbone.name}",
            remedy="mend what it names in the backbone's entry (its model, `max_tokens`, `engine_options`); run again",
        )


def _counted(reasons: Sequence[str]) -> str:
    """The commonest reasons with their numbers: "7 × 500 overloaded; 2 × no answer in 120 s"."""
    count = Counter(reasons)
    said = [f"{number:,} × {reason}" for reason, number in count.most_common(3)]
    rest = count.total() - sum(number for _, number in count.most_common(3))
    return "; ".join(said) + (f"; {rest:,} × others" if rest else "")


def _compute(
    missing: dict[str, Request],
    asked: Sequence[Request],
    backbone: Backbone,
    load: Callable[[Backbone, Sequence[Request]], Engine],
) -> Iterator[list[tuple[str, Output]]]:
    """Yield what the engine finishes, gathered for at most a quarter of a second. Loads it only if needed."""
    if not missing:
        return
    keys, requests = list(missing), list(missing.values())
    engine = load(backbone, asked)
    try:
        batch: list[tuple[str, Output]] = []
        since = time.monotonic()
        done: set[int] = set()
        # Calls to a server end one by one, perhaps far apart: each goes to the disk at once.
        patience = 0.0 if backbone.engine == "openai" else _FLUSH_SECONDS
        try:
            for index, output in engine.run(requests):
                done.add(index)
                batch.append((keys[index], output))
                if time.monotonic() - since >= patience:
                    yield batch
                    batch, since = [], time.monotonic()
        except AkbError:
            yield batch  # what was finished before the fault is kept
            raise
        yield batch
    finally:
        engine.close()
    if len(done) < len(requests):
        lost = next(request for index, request in enumerate(requests) if index not in done)
        raise RuntimeError(f"engine {backbone.engine} returned nothing for item {lost.item_id}")


def load_engine(backbone: Backbone, asked: Sequence[Request]) -> Engine:
    """Import and start the backbone's engine. `asked` is everything asked in this call, stored or not."""
    if backbone.engine not in _ENGINES:
        raise AkbError(
            f"there is no engine {backbone.engine!r}",
            where=f"backbone {backbone.name}",
            remedy="choose one of " + ", ".join(_ENGINES),
        )
    module, name = _ENGINES[backbone.engine]
    return cast(Engine, getattr(importlib.import_module(module), name)(backbone, asked))


def request_key(request: Request, backbone: Backbone) -> str:
    """The key of a response: a digest of all that decides it, and of nothing else.

    The messages stand for the prompt's token ids: with the fingerprint, which covers tokenizer and
    chat template, they decide them, and a warm run needs no tokenizer.
    """
    what = {name: value for name, value in _fields(request).items() if name != "item_id"}
    if backbone.engine != "oracle":
        del what["known_answer"]
    if not request.evidence:
        del what["evidence"]
    del what["audio"]
    if request.audio is not None:
        what["audio"] = request.audio.digest
    who = {
        "version": _OPTION_VERSION if _scores_options(request, backbone) else SCORING_VERSION,
        "engine": backbone.engine,
        "model": backbone.checkpoint if backbone.engine == "openai" else None,
        "fingerprint": backbone.fingerprint,
        "normalise": backbone.normalise if request.mode == "option" else None,
        "thinking": backbone.thinking,
        "dtype": backbone.dtype,
        "max_model_len": backbone.max_model_len,
        "options": {k: v for k, v in sorted(backbone.engine_options.items()) if k not in _SPEED_OPTIONS},
    }
    return hashlib.sha256(msgspec.json.encode([who, what], order="sorted")).hexdigest()[:KEY_DIGITS]


def _scores_options(request: Request, backbone: Backbone) -> bool:
    return request.mode != "generate" and backbone.engine in ("transformers", "vllm")


def read_answer(request: Request, key: str, output: Output) -> Response:
    """Read the answer out of an output. An unreadable one gets a reason in `invalid`, never a guess: TRUNCATED if it
    was cut off, whatever else was wrong with what there is of it."""
    if output.invalid or not request.options:
        choice, reason = None, output.invalid
    elif request.mode == "generate":
        choice, reason = _extracted(request, output.text)
        if reason and output.finish == LENGTH:
            reason = TRUNCATED
    else:
        choice, reason = likeliest(output.option_logprobs or ())
    return Response(
        request=request,
        key=key,
        answer=choice,
        invalid=reason,
        text=output.text,
        option_logprobs=output.option_logprobs,
        letter_mass=output.letter_mass,
        prompt_tokens=output.prompt_tokens,
        output_tokens=output.output_tokens,
        thinking_tokens=output.thinking_tokens,
        seconds=output.seconds,
        finish=output.finish,
    )


def likeliest(logprobs: Sequence[float]) -> tuple[int | None, str | None]:
    """(index of the highest value, None), or (None, reason).

    "nan_logits" if a value is not a number; TIE if two options share the highest value, because to
    take the first would favour a position. What a tie earns is settled over all the rotations of an
    item: `analysis.scores.answers`.
    """
    if not logprobs or any(math.isnan(value) for value in logprobs):
        return None, "nan_logits"
    best = max(logprobs)
    if sum(value == best for value in logprobs) > 1:
        return None, TIE
    return list(logprobs).index(best), None


def _extracted(request: Request, text: str) -> tuple[int | None, str | None]:
    from akb.reading.extraction import extract

    order = request.shown_order()
    place, reason = extract(text, [request.options[option] for option in order])
    return (None if place is None else order[place]), reason


def _fields(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in Request.__dataclass_fields__ if name != "sampling"} | {
        "sampling": asdict(request.sampling) if request.mode == "generate" else None
    }
