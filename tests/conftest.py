"""Tiny models with random weights, built once per test session: ordinary Hugging Face folders."""

from pathlib import Path

import pytest
from browser import browser  # noqa: F401, a fixture

from akb.models.random_models import write_random


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer Llama with a chat template."""
    folder = tmp_path_factory.mktemp("tiny-llama")
    write_random("tiny-llama-chat", 0, folder)
    return folder


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer Llama without a chat template."""
    folder = tmp_path_factory.mktemp("tiny-base")
    write_random("tiny-llama", 0, folder)
    return folder


@pytest.fixture(scope="session")
def tiny_gemma(tmp_path_factory: pytest.TempPathFactory, tiny_base: Path) -> Path:
    """A Gemma-3 whose sliding layers see 16 tokens back, far less than a prompt."""
    import torch
    from transformers import AutoTokenizer, Gemma3ForCausalLM, Gemma3TextConfig

    folder = tmp_path_factory.mktemp("tiny-gemma")
    tokenizer = AutoTokenizer.from_pretrained(tiny_base)
    torch.manual_seed(0)
    config = Gemma3TextConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=4,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        sliding_window=16,
        layer_types=["sliding_attention", "full_attention"] * 2,
        final_logit_softcapping=5.0,
        max_position_embeddings=4096,
    )
    Gemma3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
