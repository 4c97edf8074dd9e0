"""The `vllm` engine: offline batches on CPU or GPU, and the fastest way to generate.

Requests go through the engine's own add-request/step loop, because `LLM.generate` hands results over
only when its last one is done. `letter` and `option` ask for one token at every place that predicts
a token of an answer, and for the log-probabilities of just the tokens that stand there
(`logprob_token_ids`): unlike requests with `prompt_logprobs` these read the prefix cache, so the
stem is computed once for all options. docs/inference.md has the measurements.

The engine core is a process of its own: call this under `if __name__ == "__main__"`.

    engine = VllmEngine(backbone, requests)
    for index, output in engine.run(requests): ...
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from akb.errors import AkbError
from akb.llm.chat import Chat
from akb.llm.engine import LENGTH, STOP, Backbone, Output, Request, run_by_mode
from akb.llm.engines.branches import branch_out, output_of
from akb.llm.engines.generation import Asked, seed_of
from akb.llm.engines.vllm_places import Waiting, scoring_params
from akb.llm.engines.vllm_version import family_options, require_exact_scores
from akb.llm.loading import device_of
from akb.llm.sound import chat_messages

# What vLLM reads from the environment; a value that the user has set is left alone.
_ENVIRONMENT = {
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_WORKER_MULTIPROCESSING_METHOD": "spawn",
    "VLLM_COMPUTE_NANS_IN_LOGITS": "1",
    "VLLM_CPU_KVCACHE_SPACE": "2",  # GiB; there is no default that works
    # Without this it keeps one core for itself, half of a small machine.
    "VLLM_CPU_OMP_THREADS_BIND": ",".join(map(str, sorted(os.sched_getaffinity(0)))),
}
# The default blocks on CPU are 128 tokens, longer than most prompts, and only whole blocks are
# shared; 32 is the smallest that its attention kernel takes.
_CPU_OPTIONS = {"enforce_eager": True, "block_size": 32}

_TOKENISED_AT_ONCE = 256  # the rest is tokenised while the engine works on these
_Named = tuple[str, Any, Any]  # a request's name, vLLM's form of its prompt, and its SamplingParams
# From requests to their prompts, and what stands in the place of their tokens: `[tokens, width]` each.
Embed = Callable[[Sequence[Request]], list[tuple[Asked, torch.Tensor]]]


class VllmEngine:
    """A model in vLLM. `engine_options` go to `vllm.LLM` (tensor_parallel_size, quantization, …).

    embed: makes the prompts, where they are embeddings and not text; all that is asked is then to be written.
    """

    def __init__(self, backbone: Backbone, asked: Sequence[Request], embed: Embed | None = None) -> None:
        _require_devices(backbone)
        if not Path(backbone.checkpoint).is_dir():
            raise AkbError(
                "the checkpoint is not there",
                where=f"backbone {backbone.name}: {backbone.checkpoint}",
                remedy="build it first, or name a local Hugging Face folder",
            )
        scores = embed is None and any(request.mode != "generate" for request in asked)
        if scores:
            require_exact_scores(backbone.name, backbone.dtype, backbone.engine_options)
        for name, value in _ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        from transformers import AutoConfig, AutoTokenizer
        from vllm import LLM
        from vllm.platforms import current_platform

        config = AutoConfig.from_pretrained(backbone.checkpoint).get_text_config()
        self._limit = min(backbone.max_model_len, getattr(config, "max_position_embeddings", backbone.max_model_len))
        self._backbone = backbone
        self._chat = Chat(AutoTokenizer.from_pretrained(backbone.checkpoint), backbone)
        usual = _CPU_OPTIONS if current_platform.is_cpu() else {}
        options = {**usual, **family_options(config.model_type), **backbone.engine_options}
        if any(request.audio for request in asked):
            options.setdefault("limit_mm_per_prompt", {"audio": 1})
        self._embed = embed
        if embed is not None:
            options["enable_prompt_embeds"] = True
        elif scores:
            options["hf_overrides"] = {"head_dtype": "float32", **options.get("hf_overrides", {})}
        self._llm = LLM(
            backbone.checkpoint,
            dtype=backbone.dtype,  # type: ignore[arg-type]
            max_model_len=self._limit,
            disable_log_stats=True,
            **options,
        )
        self._broken: set[str] = set()  # requests whose logits were not numbers
        self._watch_for_nans()

    def run(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        """Yield (index, output) for every request as soon as it is finished."""
        return run_by_mode(requests, self._score, self._generate)

    def next_logprobs(self, prompts: Sequence[dict[str, Any]], tokens: Sequence[int]) -> list[list[float]]:
        """The log-probability of each of `tokens` after each prompt, which is in vLLM's own form."""
        ways = list(enumerate(scoring_params(set(tokens))))
        asked = ((f"{at}-{part}", prompt, params) for at, prompt in enumerate(prompts) for part, params in ways)
        found: list[dict[int, float]] = [{} for _ in prompts]
        for name, made, _ in self._finished(asked):
            found[int(name.split("-")[0])].update(_logprobs(made))
        return [[each[token] for token in tokens] for each in found]

    def close(self) -> None:
        """End the engine's process and release its memory."""
        self._llm.llm_engine.engine_core.shutdown()

    def _watch_for_nans(self) -> None:
        """Note which requests have NaN logits: vLLM counts them, and drops the count with the core's own outputs."""
        engine = self._llm.llm_engine
        take, states = engine.engine_core.get_output, engine.output_processor.request_states

        def watched() -> Any:
            outputs = take()
            names = [output.request_id for output in outputs.outputs if output.num_nans_in_logits]
            self._broken.update(states[name].external_req_id for name in names if name in states)
            return outputs

        engine.engine_core.get_output = watched  # type: ignore[method-assign]

    def _generate(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        self._broken.clear()
        prompts: dict[int, tuple[str, int]] = {}
        too_long: dict[int, Output] = {}
        for name, made, seconds in self._finished(self._prompts(requests, prompts, too_long)):
            index, new = int(name), made.outputs[0]
            prompt, length = prompts.pop(index)
            if name in self._broken:
                yield index, Output(invalid="nan_logits", prompt_tokens=length, seconds=seconds)
                continue
            text, thinking, invalid = self._chat.without_thinking(prompt, new.text)
            yield (
                index,
                Output(
                    text=text,
                    invalid=invalid,
                    prompt_tokens=length,
                    output_tokens=len(new.token_ids),
                    thinking_tokens=thinking,
                    seconds=seconds,
                    finish=new.finish_reason if new.finish_reason in (STOP, LENGTH) else None,
                ),
            )
        yield from too_long.items()

    def _prompts(
        self, requests: Sequence[Request], prompts: dict[int, tuple[str, int]], too_long: dict[int, Output]
    ) -> Iterator[_Named]:
        """A request for every prompt that fits; puts its text and length into `prompts`."""
        for start in range(0, len(requests), _TOKENISED_AT_ONCE):
            part = requests[start : start + _TOKENISED_AT_ONCE]
            if part[0].audio is not None:  # a call asks with sound or without, never both
                yield from self._heard(part, start, prompts, too_long)
                continue
            made = self._embed(part) if self._embed else self._tokenised(part)
            for index, (prompt, embeddings) in enumerate(made, start):
                if len(prompt.ids) >= self._limit:
                    too_long[index] = Output(invalid="prompt_too_long", prompt_tokens=len(prompt.ids))
                    continue
                prompts[index] = prompt.text, len(prompt.ids)
                given = {"prompt_token_ids": list(prompt.ids)} if embeddings is None else {"prompt_embeds": embeddings}
                yield str(index), given, _sampling_params(requests[index], prompt.ids)

    def _tokenised(self, requests: Sequence[Request]) -> list[tuple[Asked, None]]:
        texts = [self._chat.render(request) for request in requests]
        return [(Asked(text, ids), None) for text, ids in zip(texts, self._chat.ids(texts), strict=True)]

    def _heard(
        self,
        requests: Sequence[Request],
        start: int,
        prompts: dict[int, tuple[str, int]],
        too_long: dict[int, Output],
    ) -> Iterator[_Named]:
        """The same for requests with sound, which vLLM lays into the prompt as the model's processor says."""
        thinking = self._backbone.thinking
        switch = None if thinking is None else {"enable_thinking": thinking}
        for index, request in enumerate(requests, start):
            try:
                messages: Any = chat_messages(request, "wav")
                prompt: Any = self._llm._preprocess_chat_one(messages, chat_template_kwargs=switch)
            except ValueError as error:
                if "longer than the maximum model length" not in str(error):
                    raise AkbError(
                        f"the model cannot take this audio: {error}",
                        where=f"backbone {self._backbone.name}: {request.item_id}",
                        remedy="name a model that hears, and see its card for what it takes",
                    ) from error
                too_long[index] = Output(invalid="prompt_too_long")
                continue
            ids = prompt["prompt_token_ids"]
            if len(ids) >= self._limit:
                too_long[index] = Output(invalid="prompt_too_long", prompt_tokens=len(ids))
                continue
            prompts[index] = str(prompt.get("prompt") or ""), len(ids)
            # The sound's places are all one token: its digest keeps the seeds of different clips apart.
            own = [*ids, *bytes.fromhex(request.audio.digest)] if request.audio else ids
            yield str(index), prompt, _sampling_params(request, own)

    def _score(self, requests: Sequence[Request]) -> Iterator[tuple[int, Output]]:
        waiting: dict[int, Waiting] = {}
        unfit: dict[int, Output] = {}
        for name, made, seconds in self._finished(self._places(requests, waiting, unfit)):
            index, number, _ = map(int, name.split("-"))
            item = waiting[index]
            item.fill(number, _logprobs(made), seconds)
            if item.is_full():
                scores = item.scores()
                yield index, output_of(requests[index], item.work, scores, self._backbone.normalise, item.seconds)
                del waiting[index]
        yield from unfit.items()

    def _places(
        self, requests: Sequence[Request], waiting: dict[int, Waiting], unfit: dict[int, Output]
    ) -> Iterator[_Named]:
        """One-token requests for every place that predicts an answer's token; puts the items into `waiting`."""
        for start in range(0, len(requests), _TOKENISED_AT_ONCE):
            works = branch_out(requests[start : start + _TOKENISED_AT_ONCE], self._chat, self._limit)
            for index, work in enumerate(works, start):
                if isinstance(work, Output):
                    unfit[index] = work
                    continue
                waiting[index] = Waiting(work)
                for number, (prefix, tokens) in enumerate(waiting[index].prefixes.items()):
                    prompt = {"prompt_token_ids": [*work.stem, *prefix]}
                    for part, params in enumerate(scoring_params(tokens)):
                        yield f"{index}-{number}-{part}", prompt, params

    def _finished(self, asked: Iterable[_Named]) -> Iterator[tuple[str, Any, float]]:
        """(request name, vLLM's output, its share of the time), each as soon as the engine has it.

        Twice as many requests as the engine works on at once are given to it, and others as those are
        finished: it is never short of work, and the first results do not wait for the last request.
        """
        engine = self._llm.llm_engine
        most = 2 * engine.vllm_config.scheduler_config.max_num_seqs
        asked = iter(asked)
        began = time.perf_counter()
        while True:
            for name, prompt, params in islice(asked, most - engine.get_num_unfinished_requests()):
                engine.add_request(name, prompt, params)
            if not engine.has_unfinished_requests():
                return
            done = [output for output in engine.step() if output.finished]
            if done:
                now = time.perf_counter()
                for output in done:
                    yield output.request_id, output, (now - began) / len(done)
                began = time.perf_counter()


def _logprobs(made: Any) -> dict[int, float]:
    """The log-probability of each token that was asked for at a place."""
    return {token: value.logprob for token, value in made.outputs[0].logprobs[0].items()}


def _sampling_params(request: Request, ids: Sequence[int]) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    sampling = request.sampling
    return SamplingParams(
        max_tokens=sampling.max_tokens,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        # A seeded stream for every prompt: what one says does not depend on what runs beside it.
        seed=seed_of(sampling.seed, ids) if sampling.temperature > 0 else None,
        stop=list(sampling.stop) or None,
        structured_outputs=StructuredOutputsParams(json=sampling.json_schema) if sampling.json_schema else None,
        output_kind=RequestOutputKind.FINAL_ONLY,
        skip_clone=True,
    )


def _require_devices(backbone: Backbone) -> None:
    wanted = int(backbone.engine_options.get("tensor_parallel_size", 1)) * int(
        backbone.engine_options.get("pipeline_parallel_size", 1)
    )
    device_of()  # raises where GPUs were claimed and none can be used
    seen = max(1, torch.cuda.device_count())
    if wanted > seen:
        raise AkbError(
            f"the backbone wants {wanted} devices, and {seen} can be seen",
            where=f"backbone {backbone.name}, engine_options.tensor_parallel_size",
            remedy="lower it, or ask for more GPUs (CUDA_VISIBLE_DEVICES, or the job's `gpu` resource)",
        )
