"""Where answers end, for chat templates in the manner of the paper's eight families and of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from akb.errors import AkbError
from akb.llm.chat import Chat
from akb.llm.end_of_turn import end_of_turn
from akb.llm.engine import Backbone

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Thinking is closed before the last answer, as Qwen3 has it.
QWEN3 = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
LLAMA31 = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content | trim }}"
    "<|eot_id|>{% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
PHI4 = (
    "{% for m in messages %}<|im_start|>{{ m.role }}<|im_sep|>{{ m.content }}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant<|im_sep|>{% endif %}"
)
PHI4_MINI = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% else %}{{ eos_token }}{% endif %}"
)
OLMO3 = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
    "{% if m.role == 'assistant' and loop.last %}{{ eos_token }}{% else %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content | trim }}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
GLM4 = (
    "[gMASK]{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
    "{% else %} {{ m.content }} {{ eos_token }}{% endif %}{% endfor %}"
)
NO_END = "{% for m in messages %}{{ m.role | upper }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"  # noqa: E501

# (template, its marks, at which the model stops, in which an answer ends)
FAMILIES: dict[str, tuple[str, list[str], list[str], str]] = {
    "qwen2.5": (CHATML, [], ["<|im_end|>", "<|endoftext|>"], "<|im_end|>"),
    "qwen3": (QWEN3, ["<think>", "</think>"], ["<|im_end|>", "<|endoftext|>"], "<|im_end|>"),
    "llama-3.1": (
        LLAMA31,
        ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>"],
        ["<|endoftext|>", "<|eom_id|>", "<|eot_id|>"],
        "<|eot_id|>",
    ),
    "phi-4": (PHI4, ["<|im_sep|>"], ["<|im_end|>", "<|endoftext|>"], "<|im_end|>"),
    "phi-4-mini": (PHI4_MINI, ["<|user|>", "<|assistant|>", "<|end|>"], ["<|endoftext|>", "<|end|>"], "<|end|>"),
    "olmo-3": (OLMO3, [], ["<|im_end|>", "<|endoftext|>"], "<|endoftext|>"),
    "smollm3": (CHATML, [], ["<|im_end|>"], "<|im_end|>"),
    "gemma": (GEMMA, ["<start_of_turn>", "<end_of_turn>"], ["<|endoftext|>", "<end_of_turn>"], "<end_of_turn>"),
    "glm-4": (
        GLM4,
        ["[gMASK]", "<|user|>", "<|assistant|>", "<|observation|>"],
        ["<|endoftext|>", "<|user|>", "<|observation|>"],
        "<|user|>",
    ),
    "mistral": (MISTRAL, ["[INST]", "[/INST]"], ["<|endoftext|>"], "<|endoftext|>"),
    "no-end": (NO_END, [], ["<|endoftext|>"], "<|endoftext|>"),
}


def tokenizer_of(folder: Path, template: str | None, marks: list[str]) -> Any:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"additional_special_tokens": marks})
    tokenizer.eos_token = "<|endoftext|>"
    tokenizer.chat_template = template
    return tokenizer


def found(tokenizer: Any, stops: list[str], thinking: bool | None = None) -> str:
    chat = Chat(tokenizer, Backbone("m", "transformers", "", "f", thinking=thinking))
    return str(tokenizer.convert_ids_to_tokens(end_of_turn(chat, tokenizer, tokenizer.convert_tokens_to_ids(stops))))


@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_ends_as_the_template_ends_a_turn(family: str, tiny_base: Path) -> None:
    template, marks, stops, expected = FAMILIES[family]
    assert found(tokenizer_of(tiny_base, template, marks), stops, False if family == "qwen3" else None) == expected


def test_a_base_model_ends_in_its_tokenizers_end(tiny_base: Path) -> None:
    assert found(tokenizer_of(tiny_base, None, []), ["<|endoftext|>"]) == "<|endoftext|>"


def test_an_end_at_which_the_model_would_not_stop_is_an_error(tiny_base: Path) -> None:
    tokenizer = tokenizer_of(tiny_base, GEMMA, ["<start_of_turn>", "<end_of_turn>"])
    with pytest.raises(AkbError, match="ends an answer with '<end_of_turn>', and the model stops elsewhere"):
        found(tokenizer, ["<|endoftext|>"])


def test_a_tokenizer_without_any_end_is_an_error(tiny_base: Path) -> None:
    tokenizer = tokenizer_of(tiny_base, None, [])
    tokenizer.eos_token = None
    with pytest.raises(AkbError, match="no end token"):
        found(tokenizer, [])


def test_a_target_ends_in_the_end_of_the_turn(tiny_llama: Path) -> None:
    from akb.lalm.model import Lalm

    lalm = Lalm.load(Backbone("m", "transformers", str(tiny_llama), "f", dtype="float32"))
    end = lalm.tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert lalm.branch("What?", (), "a dog", end=True).target[-1] == end
    assert lalm.branch("What?", (), "a dog", end=False).target[-1] != end
