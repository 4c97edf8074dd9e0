"""The tokenizer inside a GGUF file, written as `tokenizer.json` and `tokenizer_config.json`.

GGUF names a tokenizer by its kind and keeps vocabulary, types and merges or scores; the splitting
rules of each kind are stated here. Token types are those of GGUF: 1 normal, 3 control, 4 user-defined,
5 unused, 6 byte.

    write_tokenizer(GgufFile(path).metadata, folder)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE

from akb.errors import AkbError

_CONTROL, _USER_DEFINED = 3, 4
_SPACE = "▁"  # how SentencePiece writes a space
# How Qwen 2 splits text before merging: contractions, words, single digits, punctuation, white space.
_QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def write_tokenizer(metadata: Mapping[str, Any], folder: Path) -> None:
    """Write the tokenizer that `metadata` describes into `folder`; the chat template too, if there is one.

    Raises AkbError for a kind of tokenizer that is not known.
    """
    build_tokenizer(metadata).save(str(folder / "tokenizer.json"))
    tokens = metadata["tokenizer.ggml.tokens"]
    named = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
    ids = {short: metadata.get(f"tokenizer.ggml.{long}_token_id") for short, long in named.items()}
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "padding_side": "left",
        "add_bos_token": _adds_bos(metadata),
        "model_max_length": metadata[f"{metadata['general.architecture']}.context_length"],
        **{f"{short}_token": tokens[i] for short, i in ids.items() if i is not None},
    }
    template = metadata.get("tokenizer.chat_template")
    if template:
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def build_tokenizer(metadata: Mapping[str, Any]) -> Tokenizer:
    """The tokenizer that `metadata` describes, special tokens included."""
    kind = (metadata["tokenizer.ggml.model"], metadata.get("tokenizer.ggml.pre", "default"))
    if kind not in _BUILDERS:
        raise AkbError(
            f"no tokenizer is known for the GGUF kind {kind[0]!r} with splitting rule {kind[1]!r}",
            where=str(metadata.get("general.name", "GGUF metadata")),
            remedy="give this model as a Hugging Face folder instead",
        )
    tokens, types = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"]
    tokenizer = _BUILDERS[kind](metadata, {token: i for i, token in enumerate(tokens)})
    tokenizer.add_special_tokens(
        [AddedToken(t, special=True, normalized=False) for t, k in zip(tokens, types, strict=True) if k == _CONTROL]
    )
    tokenizer.add_tokens(
        [
            # A run of spaces stands in the vocabulary as SentencePiece writes it, in a text as it is.
            AddedToken(t, special=False, normalized=_SPACE in t)
            for t, k in zip(tokens, types, strict=True)
            if k == _USER_DEFINED
        ]
    )
    if _adds_bos(metadata):
        i = metadata["tokenizer.ggml.bos_token_id"]
        bos = tokens[i]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1", special_tokens=[(bos, i)]
        )
    return tokenizer


def spm_merges(tokens: list[str], scores: list[float], ids: Mapping[str, int]) -> list[tuple[str, str]]:
    """The merges, best first, that a SentencePiece BPE vocabulary implies.

    A piece's score is the rank of the merge that makes it, so every split of a piece into two known
    pieces is a merge of that rank.
    """
    ranked = []
    for token, score in zip(tokens, scores, strict=True):
        for cut in range(1, len(token)):
            left, right = ids.get(token[:cut]), ids.get(token[cut:])
            if left is not None and right is not None:
                ranked.append((-score, left, right))
    ranked.sort()
    return [(tokens[left], tokens[right]) for _, left, right in ranked]


def _adds_bos(metadata: Mapping[str, Any]) -> bool:
    return bool(metadata.get("tokenizer.ggml.add_bos_token", False))


def _byte_level(metadata: Mapping[str, Any], ids: dict[str, int]) -> Tokenizer:
    merges = [tuple(merge.split(" ", 1)) for merge in metadata["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(BPE(vocab=ids, merges=merges))
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _smollm(metadata: Mapping[str, Any], ids: dict[str, int]) -> Tokenizer:
    tokenizer = _byte_level(metadata, ids)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    return tokenizer


def _qwen2(metadata: Mapping[str, Any], ids: dict[str, int]) -> Tokenizer:
    tokenizer = _byte_level(metadata, ids)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_QWEN2_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return tokenizer


def _spm(metadata: Mapping[str, Any], ids: dict[str, int]) -> Tokenizer:
    tokens, scores = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.scores"]
    tokenizer = Tokenizer(
        BPE(
            vocab=ids,
            merges=spm_merges(tokens, scores, ids),
            unk_token=tokens[metadata["tokenizer.ggml.unknown_token_id"]],
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.normalizer = normalizers.Replace(" ", _SPACE)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", behavior="merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace(_SPACE, " "), decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer


_BUILDERS: dict[tuple[str, str], Callable[[Mapping[str, Any], dict[str, int]], Tokenizer]] = {
    ("gpt2", "smollm"): _smollm,
    ("gpt2", "qwen2"): _qwen2,
    ("llama", "default"): _spm,
}
