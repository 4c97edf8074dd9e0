"""The configuration: every fault is named, defaults are filled, and order of keys means nothing."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from akb import config
from akb.errors import AkbError

ROOT = Path(__file__).parents[1]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
MINIMAL: dict[str, Any] = {
    "backbones": {"tiny": {"source": {"random": "tiny-llama"}}},
    "tools": {"whisper-tiny.en": {"source": {"package": "whisper-tiny.en"}}},
}


def faults(**changes: Any) -> str:
    with pytest.raises(AkbError) as error:
        config.checked(copy.deepcopy(MINIMAL) | changes, SCHEMA, where="test.yaml")
    return str(error.value)


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml"), key=str))
def test_shipped_configurations_are_sound(path: Path) -> None:
    if path.name != "taxonomy.yaml":
        config.checked(yaml.safe_load(path.read_text()), SCHEMA, where=str(path))


def test_unknown_key_is_named_with_the_nearest_known_one() -> None:
    message = faults(backbones={"tiny": {"source": {"random": "x"}, "scorng": "option"}})
    assert "backbones.tiny: unknown key 'scorng'; did you mean 'scoring'?" in message
    assert "test.yaml" in message


def test_bad_backbone_name_is_named() -> None:
    assert "the name 'My Model' must match" in faults(backbones={"My Model": {"source": {"random": "x"}}})


def test_source_must_be_one_of_its_kinds() -> None:
    message = faults(backbones={"tiny": {"source": {"hub": "a/b"}}})
    assert "backbones.tiny.source: exactly one of" in message


def test_every_fault_is_listed_at_once() -> None:
    message = faults(captioners={"both": {"kind": "compose", "of": ["nobody"]}}, resluts="x")
    assert "there is no captioner 'nobody'" in message
    assert "did you mean 'results'?" in message


def test_cascade_captioner_must_exist() -> None:
    message = faults(audio_benchmarks={"mini": {"kind": "mini"}}, captioners={"whisper": {"kind": "whisper"}})
    assert "there is no captioner 'combined'" in message


def test_entry_wins_over_defaults_and_defaults_over_built_in() -> None:
    raw = copy.deepcopy(MINIMAL) | {"backbone_defaults": {"scoring": "letter", "rotations": 4}}
    raw["backbones"]["tiny"]["rotations"] = 2
    settings = config.checked(raw, SCHEMA, where="test.yaml")
    tiny = config.backbone(settings, "tiny")
    assert (tiny["scoring"], tiny["rotations"], tiny["dtype"]) == ("letter", 2, "bfloat16")


def test_an_endpoint_answers_by_text_and_is_not_trained() -> None:
    raw = copy.deepcopy(MINIMAL)
    raw["backbones"]["gpt"] = {"source": {"api": "gpt-5"}}
    gpt = config.backbone(config.checked(raw, SCHEMA, where="test.yaml"), "gpt")
    assert (gpt["engine"], gpt["scoring"], gpt["lalm"]) == ("openai", "generate", False)


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert config.canonical({"b": 1, "a": [2]}) == config.canonical({"a": [2], "b": 1})
