"""The configuration: every fault is named, defaults are filled, and order of keys means nothing."""

from __future__ import annotations

import copy
import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from akb.errors import AkbError
from akb.settings import configuration as config

ROOT = Path(__file__).parents[2]
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


def test_a_package_that_nobody_carries_is_named_with_those_there_are() -> None:
    raw = copy.deepcopy(MINIMAL) | {"backbones": {"tiny": {"source": {"package": "gpt-9"}}}}
    with pytest.raises(AkbError, match="backbones.tiny.source: no package carries 'gpt-9'; use one of whisper-tiny.en"):
        config.checked(raw, SCHEMA, where="test.yaml", packages={"whisper-tiny.en"})


def test_every_fault_is_listed_at_once() -> None:
    message = faults(captioners={"both": {"kind": "compose", "of": ["nobody"]}}, resluts="x")
    assert "there is no captioner 'nobody'" in message
    assert "did you mean 'results'?" in message


def test_resources_for_a_rule_that_is_none_are_a_fault() -> None:
    assert "did you mean 'text_inference'?" in faults(resources={"text_infernce": {"gpus": 1}})


def test_resources_can_be_asked_for_every_rule_that_reads_them() -> None:
    asked = (re.findall(r'request\("(\w+)"', path.read_text()) for path in (ROOT / "workflow/rules").glob("*.smk"))
    assert set(itertools.chain(*asked)) == set(SCHEMA["$defs"]["requests"]["properties"])


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


# What the workflow itself passes to a script; the rest of the script's options are the configuration's.
GIVEN_BY_RULES = {"clips", "split", "encoder", "shard", "output", "sources", "instructions", "backbone", "store"}
GIVEN_BY_RULES |= {"distil", "features", "transcripts", "log", "items", "connector", "help"}


@pytest.mark.parametrize(
    ("key", "script"),
    [(name, name) for name in ("features", "instructions", "distil", "listen")] + [("training", "finetune")],
)
def test_the_schema_knows_the_options_of_a_script(key: str, script: str) -> None:
    text = subprocess.run(
        [sys.executable, ROOT / f"workflow/scripts/{script}.py", "--help"], capture_output=True, text=True, check=True
    ).stdout
    taken = {name.replace("-", "_") for name in re.findall(r"--([a-z-]+)", text.split("options:")[0])}
    assert taken - GIVEN_BY_RULES == set(SCHEMA["$defs"][f"{key}_options"]["properties"])


def test_a_misspelt_training_option_is_found_before_anything_is_distilled() -> None:
    assert "lalm.training: unknown key 'step'; did you mean 'steps'?" in faults(lalm={"training": {"step": 40}})
    assert "lalm.training.steps: 'many' is not of type 'integer'" in faults(lalm={"training": {"steps": "many"}})


@pytest.mark.parametrize("rate", ["1e-4", "2.5E-3", 0.001, 1])
def test_a_rate_may_be_written_with_an_exponent(rate: str | float) -> None:
    raw = MINIMAL | {"lalm": {"training": {"lr": rate}}}
    assert config.checked(copy.deepcopy(raw), SCHEMA, where="test.yaml")["lalm"]["training"] == {"lr": rate}


def test_training_options_of_all_backbones_are_not_hidden_by_an_entry_without_any() -> None:
    raw = copy.deepcopy(MINIMAL) | {"backbone_defaults": {"training": {"steps": 7}}}
    settings = config.checked(raw, SCHEMA, where="test.yaml")
    assert config.backbone(settings, "tiny")["training"] == {"steps": 7}


def test_what_is_learnt_from_must_exist_and_be_no_benchmark() -> None:
    mine = {"rows": ["x.jsonl"], "audio": "x"}
    benchmarks = {"mini": {"kind": "mini"}, "mmau": {"kind": "mmau", "items": "x"}}
    message = faults(audio_benchmarks=benchmarks, training_sets={"mmau": mine}, lalm={"train_on": "mien"})
    assert "training_sets.mmau: an audio benchmark has this name too" in message
    assert "lalm.train_on: 'mien' is neither `mini` nor under training_sets" in message


def _heard(**captioners: Any) -> dict[str, Any]:
    benchmarks = {"mini": {"kind": "mini"}, "mmau": {"kind": "mmau", "items": "x"}}
    whisper = {"kind": "whisper", "model": "whisper-tiny.en"}
    return {"audio_benchmarks": benchmarks, "captioners": {"whisper": whisper, "combined": whisper, **captioners}}


def test_a_captioner_may_name_the_benchmarks_that_it_is_for() -> None:
    file = {"kind": "file", "file": "x", "benchmarks": ["mmau"]}
    joined = {"kind": "compose", "of": ["whisper", "mine"]}
    settings = config.checked(copy.deepcopy(MINIMAL) | _heard(mine=file, joined=joined), SCHEMA, where="")
    assert [config.heard_by(settings, name) for name in ("whisper", "mine", "joined")] == [
        ["mini", "mmau"],
        ["mmau"],
        ["mmau"],
    ]


def test_a_captioner_that_is_needed_for_every_benchmark_must_be_for_every_one() -> None:
    file = {"kind": "file", "file": "x", "benchmarks": ["mmau"]}
    assert "'combined' is not for mini" in faults(**_heard(combined=file))
    assert "'whisper' is not for mini" in faults(**_heard(whisper=file))
    assert "did you mean 'mmau'" in faults(**_heard(mine={**file, "benchmarks": ["mmua"]}))
    assert "needs `file`" in faults(**_heard(mine={"kind": "file"}))
