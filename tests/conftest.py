"""Tiny models with random weights, built once per test session, and which tests may run side by side.

`make test` shares the tests among processes (pytest-xdist). A file's tests stay together, for what they set up; so do
all that start from the one project that is really built, and all that start vLLM, whose threads take every core.
"""

import os

if "PYTEST_XDIST_WORKER" in os.environ:  # before torch: threads of two processes would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pytest
from browser import browser  # noqa: F401, a fixture

from akb.models.random_models import write_random


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests, and put what takes longest first, so that nobody waits for it in the end."""

    def group(item: pytest.Item) -> str:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None:
            return str(mark.args[0])
        return "built" if "built_once" in getattr(item, "fixturenames", ()) else str(item.path)

    groups = {item: group(item) for item in items}
    for item, name in groups.items():
        item.add_marker(pytest.mark.xdist_group(name))
    long = {"built": 0, "vllm": 2}
    items.sort(key=lambda item: long.get(groups[item], 1 if "workflow" in item.path.parts else 3))


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
