"""Tiny models with random weights and real tokenizers, built on the spot, for smoke tests.

They answer nonsense, at once; every file that the workflow reads of a real model is there.

    write_random("tiny-llama-chat", seed=0, folder=Path("folder"))
"""

from __future__ import annotations

import re
import string
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE, WordPiece
from tokenizers.trainers import BpeTrainer

from akb.errors import AkbError
from akb.models.convert.whisper_folder import Tensors, write_ctranslate2, write_whisper
from akb.models.model_files import write_json

_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
_CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Enough English for common words to become one token each.
_TEXT = """
the a an of to in is are was it you that he she and for on with as at by this which what how many when where
question answer options caption audio clip sound music speech voice speaker instrument tempo pitch loud quiet
Which of the following do you hear in the recording? Choose the right option. Answer with the option only.
one two three four five six first second third last before after higher lower faster slower louder softer
dog cat bird bell piano guitar violin drum engine rain wind water door footsteps laughter applause
A man is speaking. A woman is singing. A dog barks twice. The second event is louder than the first one.
"""


def write_random(kind: str, seed: int, folder: Path) -> None:
    """Write the random model `kind` into the existing `folder`. Raises AkbError for an unknown kind."""
    if kind not in _BUILDERS:
        raise AkbError(
            f"no random model is called {kind!r}", where="source: random", remedy=f"use one of {', '.join(_BUILDERS)}"
        )
    _BUILDERS[kind](seed, folder)


def _write_llama(seed: int, folder: Path, *, chat: bool) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _byte_level_tokenizer()
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        bos_token_id=0,
        eos_token_id=2 if chat else 0,
        pad_token_id=0,
    )
    build: Any = LlamaForCausalLM  # transformers leaves its classes untyped
    build(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    ends = {
        "bos_token": _SPECIAL[0],
        "eos_token": _SPECIAL[2 if chat else 0],
        "pad_token": _SPECIAL[0],
        "unk_token": _SPECIAL[0],
    }
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", **ends})
    if chat:
        (folder / "chat_template.jinja").write_text(_CHAT_TEMPLATE, encoding="utf-8")


def _write_minilm(seed: int, folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # By hand: the trainer breaks ties differently from run to run, and the same seed must give the same bytes.
    words = set(re.findall(r"\w+|[^\w\s]", _TEXT.lower()))
    letters = set(string.ascii_lowercase + string.digits)
    vocabulary = [*names, *sorted(words | letters), *sorted(f"##{letter}" for letter in letters)]
    tokenizer = Tokenizer(WordPiece({word: i for i, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(names)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    roles = {f"{name[1:-1].lower()}_token": name for name in names}
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, **roles},
    )
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
    )
    build: Any = BertModel
    build(config).save_pretrained(folder)


def _write_whisper(seed: int, folder: Path) -> None:
    """A one-language Whisper, converted like a packaged one from CTranslate2's form."""
    vocabulary = _whisper_vocabulary()
    special = [token for token in vocabulary[50256:50363] if token.startswith("<|")]
    tokenizer = Tokenizer(BPE(vocab={token: i for i, token in enumerate(vocabulary[:50363])}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    hints = {"suppress_ids": [], "suppress_ids_begin": [220, 50256], "alignment_heads": [[0, 0]], "lang_ids": []}
    with tempfile.TemporaryDirectory() as name:
        ctranslate2 = Path(name)
        write_ctranslate2(_whisper_tensors(np.random.default_rng(seed)), ctranslate2 / "model.bin")
        tokenizer.save(str(ctranslate2 / "tokenizer.json"))
        write_json(ctranslate2 / "config.json", hints)
        write_whisper(ctranslate2, folder)


def _whisper_vocabulary() -> list[str]:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = alphabet + [f"<unused{i}>" for i in range(50256 - len(alphabet))]
    marks = ["endoftext", "startoftranscript", "en", *(f"lang{i}" for i in range(98))]
    marks += ["translate", "transcribe", "startoflm", "startofprev", "nocaptions", "notimestamps"]
    times = [f"<|{i * 0.02:.2f}|>" for i in range(1501)]
    return [*words, *(f"<|{mark}|>" for mark in marks), *times]


def _whisper_tensors(random: np.random.Generator, width: int = 32, heads: int = 2, layers: int = 2) -> Tensors:
    tensors: Tensors = {}

    def weight(name: str, *shape: int) -> None:
        tensors[name] = random.normal(0.0, 0.1, shape).astype(np.float16)

    def linear(name: str, rows: int, columns: int) -> None:
        weight(f"{name}/weight", rows, columns)
        weight(f"{name}/bias", rows)

    def norm(name: str) -> None:
        tensors[f"{name}/gamma"] = np.ones(width, dtype=np.float16)
        tensors[f"{name}/beta"] = np.zeros(width, dtype=np.float16)

    for side, positions in (("encoder", 1500), ("decoder", 448)):
        weight(f"{side}/position_encodings/encodings", positions, width)
        norm(f"{side}/layer_norm")
        tensors[f"{side}/num_heads"] = np.array(heads, dtype=np.int16)
        for layer in (f"{side}/layer_{i}" for i in range(layers)):
            norm(f"{layer}/self_attention/layer_norm")
            linear(f"{layer}/self_attention/linear_0", 3 * width, width)
            linear(f"{layer}/self_attention/linear_1", width, width)
            norm(f"{layer}/ffn/layer_norm")
            linear(f"{layer}/ffn/linear_0", 2 * width, width)
            linear(f"{layer}/ffn/linear_1", width, 2 * width)
            if side == "decoder":
                norm(f"{layer}/attention/layer_norm")
                linear(f"{layer}/attention/linear_0", width, width)
                linear(f"{layer}/attention/linear_1", 2 * width, width)
                linear(f"{layer}/attention/linear_2", width, width)
    weight("encoder/conv1/weight", width, 80, 3)
    weight("encoder/conv1/bias", width)
    weight("encoder/conv2/weight", width, width, 3)
    weight("encoder/conv2/bias", width)
    weight("decoder/embeddings/weight", 51864, width)
    flags = {"activation": 1, "alibi": 0, "pre_norm": 1, "scale_embeddings": 0, "start_from_zero_embedding": 0}
    tensors |= {f"decoder/{name}": np.array(value, dtype=np.int8) for name, value in flags.items()}
    tensors["decoder/alignment_heads"] = np.array(1, dtype=np.int16)
    tensors["decoder/alignment_layer"] = np.array(-1, dtype=np.int16)
    return tensors


def _write_qwen2_audio(seed: int, folder: Path) -> None:
    """A Qwen2-Audio that hears 30 s at once, with processor and chat template, its weights named as on the hub."""
    import torch
    from safetensors.torch import save_file
    from transformers import (
        PreTrainedTokenizerFast,
        Qwen2AudioConfig,
        Qwen2AudioForConditionalGeneration,
        Qwen2AudioProcessor,
        WhisperFeatureExtractor,
    )

    words = _byte_level_tokenizer()
    words.add_special_tokens(["<|audio_bos|>", "<|AUDIO|>", "<|audio_eos|>"])
    build: Any = PreTrainedTokenizerFast
    ends = {"bos_token": _SPECIAL[0], "eos_token": _SPECIAL[2], "pad_token": _SPECIAL[0], "unk_token": _SPECIAL[0]}
    tokenizer = build(tokenizer_object=words, **ends)
    build = WhisperFeatureExtractor
    extractor = build(feature_size=128)
    build = Qwen2AudioProcessor
    build(extractor, tokenizer).save_pretrained(folder)
    hears = {"d_model": 32, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 64}
    build = Qwen2AudioConfig
    config = build(
        audio_config={"model_type": "qwen2_audio_encoder", "num_mel_bins": 128, **hears},
        text_config={
            "model_type": "qwen2",
            "vocab_size": len(tokenizer),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "max_position_embeddings": 4096,
            "bos_token_id": 0,
            "eos_token_id": 2,
            "pad_token_id": 0,
        },
        audio_token_index=tokenizer.convert_tokens_to_ids("<|AUDIO|>"),
        architectures=["Qwen2AudioForConditionalGeneration"],
    )
    config.save_pretrained(folder)
    torch.manual_seed(seed)
    build = Qwen2AudioForConditionalGeneration
    # transformers 5 writes the language model's layers one level deeper than the hub has them, and vLLM looks for.
    weights = {
        _hub_name(name): weight.to(torch.bfloat16).contiguous() for name, weight in build(config).state_dict().items()
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _hub_name(name: str) -> str:
    """A Qwen2-Audio weight's name on the hub: `language_model.model.layers…`, `audio_tower…`."""
    name = name.removeprefix("model.")
    if name.startswith("lm_head"):
        return f"language_model.{name}"
    if name.startswith("language_model."):
        rest = name.removeprefix("language_model.")
        while rest.startswith("model."):
            rest = rest.removeprefix("model.")
        return f"language_model.{rest}" if rest.startswith("lm_head") else f"language_model.model.{rest}"
    return name


def _byte_level_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = BpeTrainer(vocab_size=1024, special_tokens=_SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(_TEXT.splitlines(), trainer)
    return tokenizer


_BUILDERS: dict[str, Callable[[int, Path], None]] = {
    "tiny-llama": lambda seed, folder: _write_llama(seed, folder, chat=False),
    "tiny-llama-chat": lambda seed, folder: _write_llama(seed, folder, chat=True),
    "tiny-minilm": _write_minilm,
    "tiny-whisper": _write_whisper,
    "tiny-qwen2-audio": _write_qwen2_audio,
}
