"""Options of a job that say how fast it runs or in how much memory, and nothing of what comes out.

A backbone that needs smaller batches, another part of a GPU or a slower pace at its API is not to be asked, and its
audio language model not to be trained, anew. So jobs are compared without these.

    same = without_pace("--backbone '{\"engine_options\": {\"threads\": 2}}'") == without_pace("--backbone '{}'")
"""

from __future__ import annotations

import json
import shlex
from typing import Any

# Those that are no part of an answer's key in the item store either: a test holds them in step with `llm.inference`,
# which is slow to import.
ENGINE_OPTIONS = frozenset(
    "api_key_env audio_megabytes batch_tokens block_size budget_usd concurrency delay_seconds device enforce_eager "
    "first_backoff_seconds gpu_memory_utilization ledger max_attempts max_num_batched_tokens max_num_seqs "
    "pipeline_parallel_size prices requests_per_minute tensor_parallel_size threads timeout_seconds "
    "tokens_per_minute".split()
)
# Of `lalm.training`: a step cut into parts, layers computed twice or split over processes is the same step.
_TRAINING = ("--part-tokens", "--checkpointing", "--shard-backbone")


def without_pace(options: str) -> tuple[str, ...]:
    """The words of a job's options but for those; a text that is no options as it is."""
    try:
        words = shlex.split(options)
    except ValueError:
        return (options,)
    kept: list[str] = []
    of_training = False
    for word in words:
        if word.startswith("--"):
            of_training = word in _TRAINING
        if not of_training:
            kept.append(_without_pace(word) if word.startswith("{") else word)
    return tuple(kept)


def _without_pace(word: str) -> str:
    try:
        spec: Any = json.loads(word)
    except ValueError:
        return word
    if isinstance(spec, dict) and isinstance(given := spec.pop("engine_options", {}), dict):
        spec["engine_options"] = {name: value for name, value in given.items() if name not in ENGINE_OPTIONS}
    return json.dumps(spec, sort_keys=True)
