"""A Whisper model in CTranslate2's form, in which a package carries it, turned into a Hugging Face folder.

The tensors map one to one: CTranslate2 stacks query, key and value, and Hugging Face's key
projection has no bias. float16 is kept, so that both are the same model to the bit.

    write_whisper(Path("ctranslate2"), Path("folder"))
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from akb.errors import AkbError
from akb.models.model_files import write_json

Tensors = dict[str, NDArray[Any]]

# CTranslate2's numbers for element types (bfloat16, 5, has no numpy type and is not met in Whisper files).
_TYPES: dict[int, Any] = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_NAMES = {
    "conv1": "conv1",
    "conv2": "conv2",
    "layer_norm": "layer_norm",
    "position_encodings": "embed_positions",
    "embeddings": "embed_tokens",
    "self_attention/layer_norm": "self_attn_layer_norm",
    "self_attention/linear_1": "self_attn.out_proj",
    "attention/layer_norm": "encoder_attn_layer_norm",
    "attention/linear_0": "encoder_attn.q_proj",
    "attention/linear_2": "encoder_attn.out_proj",
    "ffn/layer_norm": "final_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
}
_STACKED = {
    "self_attention/linear_0": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention/linear_1": ("encoder_attn.k_proj", "encoder_attn.v_proj"),
}
_KINDS = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias", "encodings": "weight"}
# Facts about the computation, not weights.
_SETTINGS = {"num_heads", "activation", "alibi", "alignment_heads", "alignment_layer", "pre_norm", "scale_embeddings"}
_SETTINGS |= {"start_from_zero_embedding"}


def read_ctranslate2(path: Path) -> Tensors:
    """The variables of a CTranslate2 `model.bin` by name. Raises AkbError if it cannot be read as one."""
    buffer = path.read_bytes()
    at = 0

    def take(code: str) -> Any:
        nonlocal at
        (value,) = struct.unpack_from("<" + code, buffer, at)
        at += struct.calcsize("<" + code)
        return value

    def text() -> str:
        nonlocal at
        length = take("H")
        at += length
        return buffer[at - length : at - 1].decode()  # the last byte is a null

    try:
        version, specification, _revision, count = take("I"), text(), take("I"), take("I")
        if version != 6 or specification != "WhisperSpec":
            raise ValueError(f"it holds a {specification!r} of binary version {version}")
        tensors: Tensors = {}
        for _ in range(count):
            name, rank = text(), take("B")
            shape = tuple(take("I") for _ in range(rank))
            kind, size = take("B"), take("I")
            tensors[name] = np.frombuffer(buffer[at : at + size], dtype=_TYPES[kind]).reshape(shape)
            at += size
    except (struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
        raise AkbError(
            f"not a Whisper model in CTranslate2's form: {error}",
            where=str(path),
            remedy="delete it and run again, or name another model",
        ) from error
    return tensors


def write_ctranslate2(tensors: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Write variables as a CTranslate2 `model.bin`; the output projection shares the embeddings."""
    kinds = {np.dtype(kind): number for number, kind in _TYPES.items()}

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    parts = [struct.pack("<I", 6), text("WhisperSpec"), struct.pack("<II", 3, len(tensors))]
    for name, value in tensors.items():
        parts += [text(name), struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)]
        parts += [struct.pack("<BI", kinds[value.dtype], value.nbytes), value.tobytes()]
    parts += [struct.pack("<I", 1), text("decoder/projection/weight"), text("decoder/embeddings/weight")]
    path.write_bytes(b"".join(parts))


def write_whisper(ctranslate2: Path, folder: Path) -> None:
    """Write the CTranslate2 folder (`model.bin`, `config.json`, `tokenizer.json`) as a Hugging Face folder.

    folder exists. Raises AkbError for a variable that has no place in a Whisper model.
    """
    from safetensors.numpy import save_file

    tensors = read_ctranslate2(ctranslate2 / "model.bin")
    source = str(ctranslate2 / "model.bin")
    weights = {name: np.ascontiguousarray(w) for key, v in tensors.items() for name, w in _renamed(key, v, source)}
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    (folder / "tokenizer.json").write_bytes((ctranslate2 / "tokenizer.json").read_bytes())
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    ids = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    hints = json.loads((ctranslate2 / "config.json").read_text(encoding="utf-8"))
    for name, content in _configs(tensors, ids, hints).items():
        write_json(folder / name, content)


def _renamed(key: str, value: NDArray[Any], source: str) -> Iterator[tuple[str, NDArray[Any]]]:
    """The Hugging Face tensors that the variable `key` becomes; none for a setting."""
    side, _, rest = key.partition("/")
    if rest in _SETTINGS:
        return
    place, _, kind = rest.rpartition("/")
    prefix = f"model.{side}."
    if place.startswith("layer_") and "/" in place:
        layer, _, place = place.partition("/")
        prefix += f"layers.{layer.removeprefix('layer_')}."
    if kind in _KINDS and place in _NAMES:
        yield f"{prefix}{_NAMES[place]}.{_KINDS[kind]}", value
    elif kind in _KINDS and place in _STACKED:
        names = _STACKED[place]
        for name, part in zip(names, np.split(value, len(names)), strict=True):
            if not (name.endswith("k_proj") and kind == "bias"):
                yield f"{prefix}{name}.{_KINDS[kind]}", part
    else:
        raise AkbError(
            f"the variable {key!r} has no place in a Whisper model",
            where=source,
            remedy="give this model as a Hugging Face folder instead",
        )


def _configs(tensors: Tensors, ids: Mapping[str, int], hints: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    width = tensors["encoder/conv1/weight"].shape[0]
    vocabulary = tensors["decoder/embeddings/weight"].shape[0]
    tokens = {
        "bos_token_id": ids["<|startoftranscript|>"],
        "eos_token_id": ids["<|endoftext|>"],
        "pad_token_id": ids["<|endoftext|>"],
        "decoder_start_token_id": ids["<|startoftranscript|>"],
    }
    model: dict[str, Any] = {
        "model_type": "whisper",
        "architectures": ["WhisperForConditionalGeneration"],
        "dtype": "float16",
        "d_model": width,
        "num_mel_bins": tensors["encoder/conv1/weight"].shape[1],
        "max_source_positions": tensors["encoder/position_encodings/encodings"].shape[0],
        "max_target_positions": tensors["decoder/position_encodings/encodings"].shape[0],
        "vocab_size": vocabulary,
        "activation_function": "gelu",
        "is_encoder_decoder": True,
        "scale_embedding": False,
        "tie_word_embeddings": True,
        **tokens,
    }
    for side in ("encoder", "decoder"):
        layers = sum(key.startswith(f"{side}/layer_") and key.endswith("/ffn/linear_0/bias") for key in tensors)
        model |= {
            f"{side}_layers": layers,
            f"{side}_attention_heads": int(tensors[f"{side}/num_heads"]),
            f"{side}_ffn_dim": tensors[f"{side}/layer_0/ffn/linear_0/bias"].shape[0],
        }
    model["num_hidden_layers"] = model["encoder_layers"]
    generation = {
        **tokens,
        "max_length": model["max_target_positions"],
        "no_timestamps_token_id": ids["<|notimestamps|>"],
        "prev_sot_token_id": ids["<|startofprev|>"],
        "suppress_tokens": hints.get("suppress_ids", []),
        "begin_suppress_tokens": hints.get("suppress_ids_begin", []),
        "alignment_heads": hints.get("alignment_heads", []),
        "is_multilingual": vocabulary != 51864,
        "return_timestamps": False,
    }
    features = {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "processor_class": "WhisperProcessor",
        "feature_size": model["num_mel_bins"],
        "sampling_rate": 16000,
        "hop_length": 160,
        "n_fft": 400,
        "chunk_length": 30,
        "nb_max_frames": 3000,
        "n_samples": 480000,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
    }
    tokenizer = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<|startoftranscript|>",
        "eos_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
        "clean_up_tokenization_spaces": False,
        "model_max_length": model["max_target_positions"],
    }
    return {
        "config.json": model,
        "generation_config.json": generation,
        "preprocessor_config.json": features,
        "tokenizer_config.json": tokenizer,
    }
