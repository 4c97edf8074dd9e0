"""A GGUF file turned into an ordinary Hugging Face folder: bf16 weights, configuration, tokenizer.

transformers can read these files too, in half a minute to more than one each, most of it spent on
the vocabulary. Here names are mapped one by one, so that an unknown tensor is an error and not a
silence. Three architectures are known: llama, qwen2 and gemma3 (text).

    write_folder(Path("model.gguf"), Path("results/checkpoints/smollm2-135m"))
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from akb.errors import AkbError
from akb.models.convert.gguf_file import GgufFile
from akb.models.convert.gguf_tokenizer import write_tokenizer
from akb.models.model_files import write_json

if TYPE_CHECKING:
    import torch

_TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_BLOCK = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_BLOCK_OF = {
    "llama": {**_BLOCK, "ffn_norm": "post_attention_layernorm"},
    "qwen2": {**_BLOCK, "ffn_norm": "post_attention_layernorm"},
    "gemma3": {
        **_BLOCK,
        "attn_q_norm": "self_attn.q_norm",
        "attn_k_norm": "self_attn.k_norm",
        "post_attention_norm": "post_attention_layernorm",
        "ffn_norm": "pre_feedforward_layernorm",
        "post_ffw_norm": "post_feedforward_layernorm",
    },
}


def write_folder(source: Path, folder: Path, *, tied: bool = False) -> None:
    """Write `source` as a Hugging Face folder into the existing, empty `folder`.

    tied: the published model shares its input and output embeddings although the file holds both
    (quantisers keep the output at a higher precision); the output matrix then serves as both.
    Raises AkbError for an architecture or a tensor that is not known.
    """
    from safetensors.torch import save_file

    file = GgufFile(source)
    architecture = file.metadata["general.architecture"]
    if architecture not in _BLOCK_OF:
        raise AkbError(
            f"no conversion is known for the GGUF architecture {architecture!r}",
            where=str(source),
            remedy=f"use one of {', '.join(_BLOCK_OF)}, or give the model as a Hugging Face folder",
        )
    has_output = "output.weight" in file.names
    config = model_config(file, tied=tied or not has_output)
    names = {name: tensor_name(name, architecture, source) for name in file.names}
    if tied and has_output:
        del names["token_embd.weight"]
        names["output.weight"] = "model.embed_tokens.weight"

    def load(name: str) -> torch.Tensor:
        return _bf16(_restored(file.tensor(name), name, architecture, config))

    # numpy lets go of the interpreter while it computes, so threads help here.
    with ThreadPoolExecutor(2) as pool:
        weights = dict(zip(names.values(), pool.map(load, names), strict=True))
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_json(folder / "config.json", config)
    ends: dict[str, Any] = {
        key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id") if key in config
    }
    write_json(folder / "generation_config.json", ends)
    write_tokenizer(file.metadata, folder)


def tensor_name(name: str, architecture: str, source: Path) -> str:
    """The Hugging Face name of the GGUF tensor `name`. Raises AkbError if there is none."""
    stem, _, kind = name.rpartition(".")
    if stem in _TOP:
        return f"{_TOP[stem]}.{kind}"
    parts = stem.split(".")
    if len(parts) == 3 and parts[0] == "blk" and parts[2] in _BLOCK_OF[architecture]:
        return f"model.layers.{parts[1]}.{_BLOCK_OF[architecture][parts[2]]}.{kind}"
    raise AkbError(
        f"the tensor {name!r} has no place in a {architecture} model",
        where=str(source),
        remedy="give this model as a Hugging Face folder instead",
    )


def model_config(file: GgufFile, *, tied: bool) -> dict[str, Any]:
    """The Hugging Face configuration of a GGUF model, every value stated."""
    meta = file.metadata
    architecture = meta["general.architecture"]

    def of(key: str, default: Any = None) -> Any:
        return meta.get(f"{architecture}.{key}", default)

    width, heads = of("embedding_length"), of("attention.head_count")
    config = {
        "hidden_size": width,
        "num_hidden_layers": of("block_count"),
        "intermediate_size": of("feed_forward_length"),
        "num_attention_heads": heads,
        "num_key_value_heads": of("attention.head_count_kv", heads),
        "head_dim": of("attention.key_length", width // heads),
        "max_position_embeddings": of("context_length"),
        # The file keeps 32-bit floats: 9.999999747378752e-06 is 1e-05.
        "rms_norm_eps": float(f"{of('attention.layer_norm_rms_epsilon'):.6g}"),
        "vocab_size": len(meta["tokenizer.ggml.tokens"]),
        "tie_word_embeddings": tied,
        "attention_dropout": 0.0,
        "use_cache": True,
        "dtype": "bfloat16",
        # The layout's version; without one, transformers warns of a fault in Mistral's tokenizers.
        "transformers_version": "5.0.0",
    }
    for key in ("bos", "eos", "pad"):
        long_name = "padding" if key == "pad" else key
        if f"tokenizer.ggml.{long_name}_token_id" in meta:
            config[f"{key}_token_id"] = meta[f"tokenizer.ggml.{long_name}_token_id"]
    return {**config, **_OF_ARCHITECTURE[architecture](of)}


def _llama(of: Callable[..., Any]) -> dict[str, Any]:
    return {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "rope_parameters": {"rope_type": "default", "rope_theta": of("rope.freq_base", 10000.0)},
    }


def _qwen2(of: Callable[..., Any]) -> dict[str, Any]:
    return {
        "model_type": "qwen2",
        "architectures": ["Qwen2ForCausalLM"],
        "hidden_act": "silu",
        "use_sliding_window": False,
        "rope_parameters": {"rope_type": "default", "rope_theta": of("rope.freq_base", 10000.0)},
    }


def _gemma3(of: Callable[..., Any]) -> dict[str, Any]:
    # What the file does not state holds for every Gemma 3: one layer in six sees the whole context,
    # the others a window with its own rotary base (Gemma 3 technical report, arXiv 2503.19786).
    layers = range(1, of("block_count") + 1)
    return {
        "model_type": "gemma3_text",
        "architectures": ["Gemma3ForCausalLM"],
        "hidden_activation": "gelu_pytorch_tanh",
        "attention_bias": False,
        "query_pre_attn_scalar": of("attention.key_length"),
        "sliding_window": of("attention.sliding_window"),
        "layer_types": ["sliding_attention" if layer % 6 else "full_attention" for layer in layers],
        "final_logit_softcapping": None,
        "attn_logit_softcapping": None,
        "rope_parameters": {
            "full_attention": {"rope_type": "default", "rope_theta": of("rope.freq_base", 1_000_000.0)},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        },
    }


_OF_ARCHITECTURE: dict[str, Callable[..., dict[str, Any]]] = {"llama": _llama, "qwen2": _qwen2, "gemma3": _gemma3}


def _restored(
    weights: NDArray[np.float32], name: str, architecture: str, config: dict[str, Any]
) -> NDArray[np.float32]:
    """Undo what the conversion to GGUF does to some tensors."""
    if architecture == "gemma3" and name.endswith("norm.weight"):
        return weights - 1.0  # Gemma's norms multiply by 1 + weight; GGUF stores the sum
    if architecture == "llama" and (".attn_q." in name or ".attn_k." in name):
        # GGUF interleaves the two halves that rotary embedding turns against each other.
        heads = config["num_attention_heads" if ".attn_q." in name else "num_key_value_heads"]
        return weights.reshape(heads, -1, 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)
    return weights


def _bf16(weights: NDArray[np.float32]) -> torch.Tensor:
    import torch

    return torch.tensor(weights, dtype=torch.bfloat16)
