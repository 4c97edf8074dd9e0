"""Do embeddings go through vLLM as prompts, and is it worth it on a CPU? Written answers, both ways, from one run.

A LALM's prompt is embeddings: audio stands among its tokens. vLLM takes such prompts (`enable_prompt_embeds`), but only
whole ones, embedded outside of it. The same prompts are written on by vLLM as tokens and as embeddings, and by
`transformers`, as listening does.

python benchmarks/prompt_embeddings.py results/checkpoints/smollm2-135m --prompts 64 --tokens 16
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LENGTH = 64  # tokens of a prompt


def timed(
    what: str, prompts: int, run: Callable[[], list[list[int]]], alike: list[list[int]] | None
) -> list[list[int]]:
    run()  # warm
    began, cpu = time.perf_counter(), time.process_time()
    found = run()
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    same = "" if alike is None else f"{sum(a == b for a, b in zip(found, alike, strict=True))} of {prompts}"
    print(f"| {what} | {prompts / wall:.2f} | {used / prompts:.2f} | {same} |", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--prompts", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=16, help="of an answer")
    given = parser.parse_args()
    os.environ |= {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_CPU_KVCACHE_SPACE": "2", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}

    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig
    from vllm import LLM, SamplingParams

    llm = LLM(
        str(given.checkpoint), dtype="bfloat16", max_model_len=512, enforce_eager=True, block_size=32,
        enable_prompt_embeds=True, disable_log_stats=True,
    )  # fmt: skip
    model: Any = AutoModelForCausalLM.from_pretrained(given.checkpoint, dtype=torch.bfloat16).eval()
    chance = torch.Generator().manual_seed(0)
    ids = torch.randint(1000, 5000, (given.prompts, LENGTH), generator=chance)
    with torch.inference_mode():
        embedded = model.get_input_embeddings()(ids)
    sampling = SamplingParams(max_tokens=given.tokens, temperature=0, ignore_eos=True)
    greedy = GenerationConfig(max_new_tokens=given.tokens, min_new_tokens=given.tokens, do_sample=False, pad_token_id=0)  # type: ignore[no-untyped-call]

    def by_vllm(prompts: list[Any]) -> list[list[int]]:
        return [list(out.outputs[0].token_ids) for out in llm.generate(prompts, sampling, use_tqdm=False)]

    @torch.inference_mode()
    def by_transformers() -> list[list[int]]:
        made = model.generate(inputs_embeds=embedded, attention_mask=torch.ones_like(ids), generation_config=greedy)
        return made.tolist()  # type: ignore[no-any-return]

    print("| way | answers a second | CPU seconds an answer | as by tokens |\n|---|--:|--:|---|")
    tokens = timed(
        "vLLM, tokens", given.prompts, lambda: by_vllm([{"prompt_token_ids": row.tolist()} for row in ids]), None
    )
    timed("vLLM, embeddings", given.prompts, lambda: by_vllm([{"prompt_embeds": row} for row in embedded]), tokens)
    timed("transformers, embeddings, one batch", given.prompts, by_transformers, tokens)


if __name__ == "__main__":
    main()
