"""Tiny random models of the families that people use as backbones: ordinary Hugging Face folders.

Weights are larger than a fresh model's, so that logits differ; windows are shorter than the prompts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 16,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}
WINDOWS = {"sliding_window": 8, "layer_types": ["sliding_attention", "full_attention"]}
ROPE = {"rope_type": "default", "rope_theta": 10000.0}
LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "short_factor": [1.0, 1.1, 1.2, 1.3, 1.4, 1.5],
    "long_factor": [2.0, 2.5, 3.0, 3.5, 4.0, 4.5],
    "original_max_position_embeddings": 1024,
    "partial_rotary_factor": 0.75,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 1024,
}
MOE = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 24, "decoder_sparse_step": 1}
LINEAR = {
    "layer_types": ["linear_attention", "full_attention"],
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 2,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "linear_conv_kernel_dim": 4,
    "partial_rotary_factor": 0.5,
}

# name: (model type, settings). The first eight stand for the paper's models.
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "qwen2": ("qwen2", {}),
    "qwen3": ("qwen3", {}),
    "qwen3-tied": ("qwen3", {"tie_word_embeddings": True}),
    "llama-3.1": ("llama", {"rope_parameters": LLAMA3}),
    "phi-3": ("phi3", {}),
    "phi-3-window": ("phi3", {"sliding_window": 24}),
    "phi-4-mini": ("phi3", {"rope_parameters": LONGROPE, "max_position_embeddings": 4096}),
    "olmo-3": ("olmo3", WINDOWS),
    "gemma-3": ("gemma3_text", {**WINDOWS, "final_logit_softcapping": 5.0}),
    "gemma-4": (
        "gemma4_text",
        {
            "num_hidden_layers": 4,
            "layer_types": ["sliding_attention", "full_attention"] * 2,
            "sliding_window": 8,
            "hidden_size_per_layer_input": 8,
            "num_kv_shared_layers": 2,
            "global_head_dim": 16,
            "final_logit_softcapping": 10.0,
        },
    ),
    "qwen3-moe": ("qwen3_moe", MOE),
    "gpt-oss": ("gpt_oss", {**WINDOWS, "num_local_experts": 4, "num_experts_per_tok": 2}),
    "granite": ("granite", {"logits_scaling": 8.0, "embedding_multiplier": 6.0, "residual_multiplier": 0.5}),
    "cohere": ("cohere", {"logit_scale": 0.25}),
    "mistral": ("mistral", {"sliding_window": 24}),
    "smollm3": ("smollm3", {}),
    "glm-4": ("glm4", {"partial_rotary_factor": 0.5}),
    "qwen3.5": ("qwen3_5_text", LINEAR),
    "qwen3-next": ("qwen3_next", {**LINEAR, **MOE, "shared_expert_intermediate_size": 24}),
    "lfm2": ("lfm2", {"layer_types": ["conv", "full_attention"], "conv_L_cache": 3}),
}
PLAIN = {"qwen3.5", "qwen3-next", "lfm2"}  # their layers keep a state that branches would share


def write_family(name: str, tokenizer: Any, folder: Path, **other: Any) -> None:
    """Write a tiny model of the family `name` with `tokenizer` into `folder`. other: settings in place of its own."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    kind, changes = FAMILIES[name]
    ids = {"bos_token_id": 0, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": 0}
    config = AutoConfig.for_model(kind, **{**SMALL, "vocab_size": len(tokenizer), **ids, **changes, **other})
    for key, value in (("vocab_size_per_layer_input", len(tokenizer)),):
        if hasattr(config, key):
            setattr(config, key, value)
    torch.manual_seed(0)
    model: Any = AutoModelForCausalLM.from_config(config)
    enlarge(model)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def enlarge(model: Any) -> None:
    """Give a fresh model weights whose logits differ."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.2)
