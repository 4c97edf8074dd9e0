"""GGUF files: read whole, named one by one, and the tokenizers that they describe."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from akb.errors import AkbError
from akb.models.convert.gguf_file import GgufFile
from akb.models.convert.gguf_folder import _restored, tensor_name
from akb.models.convert.gguf_tokenizer import build_tokenizer, spm_merges


def gguf(path: Path) -> Path:
    """A file with one string, one array and one tensor of 2 × 3 floats."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    head = struct.pack("<4sIQQ", b"GGUF", 3, 1, 2)
    head += text("general.architecture") + struct.pack("<I", 8) + text("llama")
    head += text("a.list") + struct.pack("<IIQ3i", 9, 5, 3, 7, 8, 9)
    head += text("t.weight") + struct.pack("<I2QIQ", 2, 3, 2, 0, 0)
    head += b"\0" * (-len(head) % 32)
    path.write_bytes(head + np.arange(6, dtype="<f4").tobytes())
    return path


def test_metadata_and_tensors_are_read(tmp_path: Path) -> None:
    file = GgufFile(gguf(tmp_path / "a.gguf"))
    assert (file.metadata["a.list"], file.tensor("t.weight").tolist()) == ([7, 8, 9], [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize("length", [30, 100, -4])
def test_a_file_that_breaks_off_is_refused(tmp_path: Path, length: int) -> None:
    path = gguf(tmp_path / "a.gguf")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(AkbError, match="ends or breaks off|breaks off within the tensor"):
        GgufFile(path).tensor("t.weight")


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"PK" * 40)
    with pytest.raises(AkbError, match="not a GGUF"):
        GgufFile(tmp_path / "a.gguf")


def test_an_unknown_tensor_is_an_error() -> None:
    with pytest.raises(AkbError, match="no place"):
        tensor_name("blk.0.ssm_in.weight", "llama", Path("a.gguf"))


def test_rotary_halves_are_parted_again() -> None:
    interleaved = np.array([[0], [4], [1], [5], [2], [6], [3], [7]], dtype=np.float32)
    restored = _restored(interleaved, "blk.0.attn_q.weight", "llama", {"num_attention_heads": 1})
    assert restored[:, 0].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]


def test_merges_follow_the_scores_of_what_they_make() -> None:
    tokens = ["a", "b", "c", "ab", "abc"]
    ids = {token: i for i, token in enumerate(tokens)}
    assert spm_merges(tokens, [-9, -9, -9, -2, -1], ids) == [("ab", "c"), ("a", "b")]


def test_a_sentencepiece_tokenizer_adds_bos_and_gives_the_text_back() -> None:
    metadata: dict[str, Any] = {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": ["<unk>", "<bos>", *(f"<0x{i:02X}>" for i in range(256)), "▁", "a", "▁a"],
        "tokenizer.ggml.scores": [0.0] * 258 + [-3.0, -2.0, -1.0],
        "tokenizer.ggml.token_type": [3, 3, *[6] * 256, 1, 1, 1],
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.add_bos_token": True,
    }
    tokens = build_tokenizer(metadata).encode("a  aé")
    assert tokens.tokens[:2] == ["<bos>", "a"]
    assert build_tokenizer(metadata).decode(tokens.ids) == "a  aé"


def test_an_unknown_tokenizer_is_refused() -> None:
    with pytest.raises(AkbError, match="no tokenizer is known"):
        build_tokenizer({"tokenizer.ggml.model": "bert"})
