"""A backbone's weights and tokenizer from its Hugging Face folder.

tokenizer, model = load(backbone, "cpu", {})
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from akb.errors import AkbError
from akb.llm.engine import Backbone
from akb.orchestration.devices import CLAIMED


def device_of(environment: Mapping[str, str] = os.environ) -> str:
    """Where a model runs: on a GPU if torch can use one, else on the CPU.

    Raises AkbError where GPUs were claimed for this job and torch can use none: nothing runs on the CPU in silence.
    """
    usable = torch.cuda.is_available()
    if (claimed := int(environment.get(CLAIMED) or 0)) and not usable:
        raise AkbError(
            f"{claimed} GPUs were asked for, and torch can use none: the model would run on the CPU",
            where="resources: gpus",
            remedy="`akb doctor` tells whether the driver is too old or torch was built without CUDA; `gpus: 0` runs "
            "on the CPU, and so does `engine_options: {device: cpu}` of a backbone",
        )
    return "cuda" if usable else "cpu"


def load(backbone: Backbone, device: str, options: dict[str, Any]) -> tuple[Any, Any]:
    """(tokenizer, model); options go to `from_pretrained`. Attention is torch's fused kernel where the family has it.
    On a GPU weights are read straight to it: eight processes would otherwise hold eight copies in the host's memory.

    Raises AkbError as `require_family` does.
    """
    require_family(backbone)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = AutoTokenizer.from_pretrained(backbone.checkpoint)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.convert_ids_to_tokens(0)
    dtype = backbone.dtype if backbone.dtype == "auto" else getattr(torch, backbone.dtype)
    placed = options if device == "cpu" else {"device_map": {"": device}} | options
    model: Any = AutoModelForCausalLM.from_pretrained(backbone.checkpoint, dtype=dtype, **placed)
    if "device_map" not in placed:
        model.to(device)
    return tokenizer, model.eval()


def require_family(backbone: Backbone) -> None:
    """Raise AkbError if the folder is not there, or of a kind that is no causal language model; reads no weights."""
    if not Path(backbone.checkpoint).is_dir():
        raise AkbError(
            "the checkpoint is not there",
            where=f"backbone {backbone.name}: {backbone.checkpoint}",
            remedy="build it first, or name a local Hugging Face folder",
        )
    try:
        config = AutoConfig.from_pretrained(backbone.checkpoint)
    except (KeyError, OSError, ValueError) as error:
        reason = f"transformers cannot read its configuration: {str(error).splitlines()[0]}"
    else:
        if type(config) in MODEL_FOR_CAUSAL_LM_MAPPING and not config.is_encoder_decoder:
            return
        reason = f"a {config.model_type!r} model does not continue texts"
    raise AkbError(
        f"this checkpoint is not a causal language model: {reason}",
        where=f"backbone {backbone.name}: {backbone.checkpoint}",
        remedy="take a decoder-only language model, or a newer `transformers` if this one is newer than it",
    )
