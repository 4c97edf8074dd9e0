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
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from akb.models.random_models import write_random

# Files whose tests run one after the other, though there are several processes.
_TOGETHER = {
    "built": (
        "test_oracles",
        "test_rebuilding",
        "test_several_processes",
        "test_trace",
        "test_trainings",
        "test_crash",
    ),
    "vllm": ("test_audio_llm", "test_audio_llm_captioners", "test_hearing_vllm", "test_vllm"),
}
_GROUPS = {f"{file}.py": group for group, files in _TOGETHER.items() for file in files}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that nobody waits for it in the end."""
    first = {"built": 0, "vllm": 2}
    items.sort(key=lambda item: first.get(_GROUPS.get(item.path.name, ""), 1 if "workflow" in item.path.parts else 3))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """A file's tests, or those of a group of files, go to one process."""
    return _ByGroup(config, log)


class _ByGroup(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return _GROUPS.get(Path(file).name, file)


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
