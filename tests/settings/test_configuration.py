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
from pydantic import BaseModel

from akb.errors import AkbError
from akb.settings import configuration as config
from akb.settings.checking import checked, read_settings
from akb.settings.distillation import Distillation
from akb.settings.features import Features
from akb.settings.instructions import Instructions
from akb.settings.listening import Listening
from akb.settings.prompt import Prompt
from akb.settings.resources import Requests
from akb.settings.training import Training

ROOT = Path(__file__).parents[2]
MINIMAL: dict[str, Any] = {
    "backbones": {"tiny": {"source": {"random": "tiny-llama"}}},
    "tools": {"whisper-tiny.en": {"source": {"package": "whisper-tiny.en"}}, "minilm": {"source": {"random": "x"}}},
}
AUDIO: dict[str, Any] = {
    "audio_benchmarks": {"mini": {"kind": "mini"}},
    "captioners": {"combined": {"kind": "acoustics"}},
    "lalm": {"transcripts": ""},
}


def faults(**changes: Any) -> str:
    with pytest.raises(AkbError) as error:
        checked(copy.deepcopy(MINIMAL) | changes, where="test.yaml")
    return str(error.value)


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml"), key=str))
def test_shipped_configurations_are_sound(path: Path) -> None:
    if path.name != "taxonomy.yaml":
        checked(yaml.safe_load(path.read_text()), where=str(path), files=[path])


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
        checked(raw, where="test.yaml", packages={"whisper-tiny.en": {"form": "whisper"}})


def test_a_packaged_model_that_is_no_whisper_is_no_encoder_and_no_speech_recogniser() -> None:
    packages = {"yamnet": {"form": "folder"}, "whisper-tiny.en": {"form": "whisper"}}
    raw = copy.deepcopy(MINIMAL) | copy.deepcopy(AUDIO)
    raw["tools"] = {**raw.get("tools", {}), **{name: {"source": {"package": name}} for name in packages}}
    raw["lalm"] = {**raw.get("lalm", {}), "encoder": "yamnet"}
    raw["captioners"]["heard"] = {"kind": "whisper", "model": "yamnet"}
    with pytest.raises(AkbError) as refused:
        checked(raw, where="test.yaml", packages=packages)
    assert str(refused.value).count("'yamnet' is the package 'yamnet', which is no Whisper") == 2
    raw["lalm"]["encoder"] = raw["captioners"]["heard"]["model"] = "whisper-tiny.en"
    checked(raw, where="test.yaml", packages=packages)


def test_every_fault_is_listed_at_once() -> None:
    message = faults(captioners={"both": {"kind": "compose", "of": ["nobody"]}}, resluts="x")
    assert "there is no captioner 'nobody'" in message
    assert "did you mean 'results'?" in message


def test_resources_for_a_rule_that_is_none_are_a_fault() -> None:
    assert "did you mean 'text_inference'?" in faults(resources={"text_infernce": {"gpus": 1}})


def test_resources_can_be_asked_for_every_rule_that_reads_them() -> None:
    asked = (re.findall(r'request\("(\w+)"', path.read_text()) for path in (ROOT / "workflow/rules").glob("*.smk"))
    assert set(itertools.chain(*asked)) == set(Requests.model_fields)


@pytest.mark.parametrize("launch", ["python", "torchrun --standalone --nproc_per_node 8", "accelerate launch"])
def test_a_launch_that_keeps_to_one_node_does_not_go_with_two(launch: str) -> None:
    heard = {"audio_benchmarks": {"mini": {"kind": "mini"}}, "resources": {"finetune": {"nodes": 2, "gpus": 8}}}
    assert "lalm.launch: fine-tuning asks for 2 nodes" in faults(**heard, lalm={"launch": launch})
    assert "lalm.launch" not in faults(**heard, lalm={"launch": "torchrun --nproc_per_node 8"})
    assert "unknown key 'nodes'" in faults(resources={"listen": {"nodes": 2}})


def test_cascade_captioner_must_exist() -> None:
    message = faults(audio_benchmarks={"mini": {"kind": "mini"}}, captioners={"whisper": {"kind": "whisper"}})
    assert "there is no captioner 'combined'" in message


def test_entry_wins_over_defaults_and_defaults_over_built_in() -> None:
    raw = copy.deepcopy(MINIMAL) | {"backbone_defaults": {"scoring": "letter", "rotations": 4}}
    raw["backbones"]["tiny"]["rotations"] = 2
    settings = checked(raw, where="test.yaml")
    tiny = config.backbone(settings, "tiny")
    assert (tiny.scoring, tiny.rotations, tiny.dtype) == ("letter", 2, "bfloat16")


def test_an_endpoint_answers_by_text_and_is_not_trained() -> None:
    raw = copy.deepcopy(MINIMAL)
    raw["backbones"]["gpt"] = {"source": {"api": "gpt-5"}}
    gpt = config.backbone(checked(raw, where="test.yaml"), "gpt")
    assert (gpt.engine, gpt.scoring, gpt.lalm) == ("openai", "generate", False)


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert config.canonical({"b": 1, "a": [2]}) == config.canonical({"a": [2], "b": 1})


# What the workflow itself passes to a script; the rest of the script's options are the configuration's.
GIVEN_BY_RULES = {"clips", "split", "encoder", "shard", "output", "sources", "instructions", "backbone", "store"}
GIVEN_BY_RULES |= {
    "asking",
    "beside_output",
    "distil",
    "features",
    "transcripts",
    "training_log",
    "items",
    "connector",
    "help",
}
GIVEN_BY_RULES |= {"best", "connector", "gpus", "help", "nodes", "training"}


@pytest.mark.parametrize(
    ("section", "script"),
    [(Features, "features"), (Instructions, "instructions"), (Distillation, "distil"), (Listening, "listen"),
     (Training, "finetune")],
)  # fmt: skip
def test_a_section_has_the_options_of_its_script(section: type[BaseModel], script: str) -> None:
    text = subprocess.run(
        [sys.executable, ROOT / f"workflow/scripts/{script}.py", "--help"], capture_output=True, text=True, check=True
    ).stdout
    taken = {name.replace("-", "_") for name in re.findall(r"--([a-z-]+)", text.split("options:")[0])}
    if section in (Distillation, Listening, Training):  # what an audio language model is asked is one for all three
        assert set(Prompt.model_fields) <= taken
        taken -= set(Prompt.model_fields)
    assert taken - GIVEN_BY_RULES == set(section.model_fields)


def test_a_misspelt_training_option_is_found_before_anything_is_distilled() -> None:
    assert "lalm.training: unknown key 'step'; did you mean 'steps'?" in faults(lalm={"training": {"step": 40}})
    assert "lalm.training.steps: 'many' is not of type 'integer'" in faults(lalm={"training": {"steps": "many"}})


@pytest.mark.parametrize("rate", ["1e-4", "2.5E-3", 0.001, 1])
def test_a_rate_may_be_written_with_an_exponent(rate: str | float) -> None:
    raw = MINIMAL | {"lalm": {"training": {"lr": rate}}}
    assert checked(copy.deepcopy(raw), where="test.yaml").lalm.training == Training(lr=float(rate))


def test_training_options_of_all_backbones_are_not_hidden_by_an_entry_without_any() -> None:
    raw = copy.deepcopy(MINIMAL) | {"backbone_defaults": {"training": {"steps": 7}}}
    settings = checked(raw, where="test.yaml")
    assert config.training(settings, "tiny").steps == 7


def test_what_is_learnt_from_must_exist_and_be_no_benchmark() -> None:
    mine = {"rows": ["x.jsonl"], "audio": "x"}
    benchmarks = {"mini": {"kind": "mini"}, "mmau": {"kind": "mmau", "items": "x"}}
    message = faults(audio_benchmarks=benchmarks, training_sets={"mmau": mine}, lalm={"train_on": "mien"})
    assert "training_sets.mmau: an audio benchmark has this name too" in message
    assert "lalm.train_on: 'mien' is neither `mini` nor under training_sets" in message


def test_what_a_backbone_overrides_stands_over_what_all_do() -> None:
    raw = copy.deepcopy(MINIMAL) | {"lalm": {"training": {"steps": 7, "lr": 0.1}}}
    raw["backbones"]["tiny"]["training"] = {"steps": 9}
    training = config.training(checked(raw, where="test.yaml"), "tiny")
    assert (training.steps, training.lr, training.width) == (9, 0.1, Training().width)


def test_one_fault_does_not_hide_another_and_begets_none() -> None:
    message = faults(
        backbones={"a": {"source": {"hub": "x/y"}}, "b": {"source": {"random": "x"}, "engine": "vlm"}},
        captioners={"w": {"kind": "whisper"}, "joined": {"kind": "compose", "of": ["w"]}},
        benchmark={"stemless_by": ["a", "c"], "writers": [{"backbone": "a"}]},
    )
    lines = [line for line in message.splitlines() if line.startswith("  - ")]
    assert [line[4:].split(":")[0] for line in lines] == [
        "backbones.a.source", "backbones.b.engine", "benchmark.writers.0", "captioners.w", "benchmark.stemless_by.1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"benchmark": {"writers": [{"backbone": "w", "per_subcategory": n} for n in (1, 2)]},
          "backbones": {"w": {"source": {"api": "gpt"}}}}, "'w' writes already (entry 0)"),
        ({"benchmark": {"writers": [{"backbone": "tiny", "per_subcategory": 1}]}}, "cannot hold answers"),
        ({"tools": {}}, "there is no tool 'minilm'"),
        ({"captioners": {"combined": {"kind": "compose", "of": ["combined"]}}}, "combined of combined"),
        ({"captioners": {"a": {"kind": "compose", "of": ["b"]}, "b": {"kind": "compose", "of": ["c"]},
                         "c": {"kind": "compose", "of": ["a"]}}}, "a of b of c of a"),
        ({"backbone_defaults": {"lalm": True}}, "needs an audio benchmark"),
        ({"backbones": {"gpt": {"source": {"api": "gpt"}, "lalm": True}}}, "gives no weights"),
        ({**AUDIO, "audio_benchmarks": {"little": {"kind": "mini"}}}, "the benchmark `mini`, and no other"),
        ({**AUDIO, "audio_benchmarks": {"mini": {"kind": "mmau", "items": "x"}}}, "the benchmark `mini`, and no other"),
        ({**AUDIO, "audio_benchmarks": {"mini": {"kind": "mini-unseen"}}}, "`mini-unseen`, and no other"),
        ({**AUDIO, "audio_benchmarks": {"mini-unseen": {"kind": "mini-unseen", "audio": "x"}}}, "does not read audio"),
        ({**AUDIO, "analysis": {"swapped_captions": ["combned"]}}, "did you mean 'combined'?"),
        ({**AUDIO, "analysis": {"metrics": ["audio/mimi/Music"]}}, "did you mean 'mini'?"),
        ({"captioners": {"none": {"kind": "acoustics"}}}, "stands for asking without a caption"),
        ({"captioners": {"a": {"kind": "acoustics", "model": "minilm"}}}, "does not read model"),
        ({**AUDIO, "captioners": {"combined": {"kind": "acoustics"}, "a": {"kind": "labels"}},
          "audio_benchmarks": {"mini": {"kind": "mini"}, "mmau": {"kind": "mmau", "items": "x"}}}, "`mini` alone"),
        ({**AUDIO, "analysis": {"true_captions": "truth"}}, "there is no captioner 'truth'"),
    ],
)  # fmt: skip
def test_what_would_end_in_snakemake_s_own_errors_or_in_silence_is_a_fault(changes: Any, told: str) -> None:
    assert told in faults(**changes)


def test_without_an_audio_benchmark_no_audio_language_model_is_trained() -> None:
    assert config.lalms(checked(copy.deepcopy(MINIMAL), where="test.yaml")) == []
    assert config.lalms(checked(copy.deepcopy(MINIMAL) | copy.deepcopy(AUDIO), where="test.yaml")) == ["tiny"]


def written(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(AkbError) as error:
        checked(yaml.safe_load(text), where=str(path), files=[path])
    return str(error.value)


def test_names_that_yaml_takes_for_something_else_are_told_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    text = "tools: {minilm: {source: {random: x}}}\nbackbones:\n"
    for name in ("8", "1.5", "no", "12:30", "2024-01-01", "~"):
        text += f"  {name}: {{source: {{random: tiny-llama}}}}\n"
    message = written(path, text + "analysis: {cascade_captioner: 12:30}\nbenchmark: {stemless_by: [8]}\n")
    for number, name in enumerate(("8", "1.5", "no", "12:30", "2024-01-01", "~"), start=3):
        assert f"backbones.{name}: a name must be a text" in message
        assert f"write it in quotes: '{name}' ({path}, line {number})" in message
    assert (
        f"analysis.cascade_captioner: 750 is not of type 'string'; write it in quotes: '12:30' ({path}, line 9)"
        in message
    )
    assert f"benchmark.stemless_by.0: 8 is not of type 'string'; write it in quotes: '8' ({path}, line 10)" in message


def test_a_key_that_stands_twice_is_told_with_both_lines(tmp_path: Path) -> None:
    text = "backbones:\n  a: {source: {random: x}}\n  b: {source: {random: x}}\n  a: {source: {random: y}}\n"
    assert "'a' in line 2 and again in line 4" in written(tmp_path / "c.yaml", text)


def test_the_last_of_several_files_is_blamed_for_what_it_says(tmp_path: Path) -> None:
    first, second = tmp_path / "1.yaml", tmp_path / "2.yaml"
    first.write_text(yaml.safe_dump(MINIMAL) + "lalm: {training: {steps: 1}}\n")
    second.write_text("\nlalm: {training: {steps: many}}\n")
    merged = copy.deepcopy(MINIMAL) | {"lalm": {"training": {"steps": "many"}}}
    with pytest.raises(AkbError, match="2.yaml, line 2"):
        checked(merged, where="both", files=[first, second])


def test_options_of_an_engine_are_passed_as_they_are() -> None:
    raw = copy.deepcopy(MINIMAL)
    raw["backbones"]["tiny"]["engine_options"] = {"lora_modules": {1: "x"}, "omit": ["seed"]}
    entry = config.backbone(checked(raw, where="test.yaml"), "tiny")
    assert entry.engine_options == {"lora_modules": {1: "x"}, "omit": ["seed"]}


def _heard(**captioners: Any) -> dict[str, Any]:
    benchmarks = {"mini": {"kind": "mini"}, "mmau": {"kind": "mmau", "items": "x"}}
    whisper = {"kind": "whisper", "model": "whisper-tiny.en"}
    return {"audio_benchmarks": benchmarks, "captioners": {"whisper": whisper, "combined": whisper, **captioners}}


def test_a_captioner_may_name_the_benchmarks_that_it_is_for() -> None:
    file = {"kind": "file", "file": "x", "benchmarks": ["mmau"]}
    joined = {"kind": "compose", "of": ["whisper", "mine"]}
    settings = checked(copy.deepcopy(MINIMAL) | _heard(mine=file, joined=joined), where="")
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


def test_seeds_of_trainings_are_added_to_the_training_s_own_and_stand_once() -> None:
    settings = checked(copy.deepcopy(MINIMAL) | {"lalm": {"seeds": [0, 7], "training": {"seed": 3}}}, where="test.yaml")
    assert [config.training(settings, "tiny", seed).seed for seed in settings.lalm.seeds] == [3, 10]
    assert "lalm.seeds: a seed stands twice" in faults(lalm={"seeds": [1, 1]})
    assert "lalm.seeds" in faults(lalm={"seeds": []})


def test_an_adapter_is_the_same_for_all_backbones() -> None:
    two = {name: {"source": {"random": "tiny-llama"}} for name in ("one", "two")}
    two["two"]["training"] = {"lora_rank": 8}  # type: ignore[dict-item]
    lalm = {"transcripts": "", "training": {"lora_rank": 4}}
    message = faults(**AUDIO | {"backbones": two, "lalm": lalm})
    assert "backbones.two.training.lora_rank: an adapter is the same for all backbones" in message
    assert "one.training" not in message
    two["two"] = {"source": {"random": "tiny-llama"}}
    checked(copy.deepcopy(MINIMAL) | AUDIO | {"backbones": two, "lalm": lalm}, where="test.yaml")


@pytest.mark.parametrize(
    ("revision", "loose"),
    [("main", True), ("v1.0", True), ("0123abc", True), ("0" * 39 + "g", True), ("0" * 40, False)],
)
def test_what_stands_at_no_full_commit_is_told(revision: str, loose: bool) -> None:
    raw = copy.deepcopy(MINIMAL) | copy.deepcopy(AUDIO)
    raw["backbones"]["big"] = {"source": {"hub": "o/n", "revision": revision}}
    raw["audio_benchmarks"]["quiz"] = {"kind": "questions", "hub": "o/set", "revision": revision}
    found = config.loose_revisions(checked(raw, where="test.yaml"))
    assert found == (
        {"backbones.big": f"o/n at {revision!r}", "audio_benchmarks.quiz": f"o/set at {revision!r}"} if loose else {}
    )


def test_a_key_that_stands_twice_in_json_is_an_error_too(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    path.write_text('{"backbones": {"a": {"source": {"random": "x"}}, "a": {"source": {"random": "y"}}}}')
    with pytest.raises(AkbError, match="the key 'a' stands twice"):
        checked({}, where="study.json", files=[path])


def test_a_benchmark_may_name_the_captioners_that_it_is_asked_with() -> None:
    fewer: dict[str, Any] = _heard()
    fewer["audio_benchmarks"]["mini"]["captioners"] = ["combined"]
    settings = checked(copy.deepcopy(MINIMAL) | fewer, where="")
    assert config.asked_with(settings, "mini") == ["combined"]
    assert config.asked_with(settings, "mmau") == list(settings.captioners)
    fewer["audio_benchmarks"]["mini"]["captioners"] = ["whisper"]
    assert "'combined', the cascade_captioner of `analysis`, must be among them" in faults(**fewer)
    fewer["audio_benchmarks"]["mini"]["captioners"] = ["combined", "wisper"]
    assert "did you mean 'whisper'" in faults(**fewer)


def test_a_number_within_a_value_of_the_command_line_is_a_number(tmp_path: Path) -> None:
    given = {"benchmark": {"items": "8"}, "backbones": {"tiny": {"thinking": "null", "display": {"name": "8"}}}}
    raw = copy.deepcopy(MINIMAL) | {"benchmark": {"items": "8"}}
    raw["backbones"]["tiny"] |= {"thinking": "null", "display": {"name": "8"}}
    settings = checked(raw, where="--config", given=given)
    assert settings.benchmark.items == 8 and settings.backbones["tiny"].thinking is None
    assert settings.backbones["tiny"].display.name == "8"
    with pytest.raises(AkbError, match="benchmark.items: '8' is not of type 'integer'"):
        checked(raw, where="x")  # a file's text is a text


def test_a_file_is_not_blamed_for_what_the_command_line_says(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("benchmark: {items: 4}\n")
    raw = copy.deepcopy(MINIMAL) | {"benchmark": {"items": "many"}}
    with pytest.raises(AkbError) as raised:
        checked(raw, where="--config", files=[path], given={"benchmark": {"items": "many"}})
    assert "study.yaml" not in str(raised.value)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("benchmark: {items: 010}", "010 is read as 8"),
        ("benchmark: {items: 1:30}", "1:30 is read as 90"),
        ("results: “out”", "quotation marks"),
        ("results: ~/out", "only a shell knows"),
        ("results: $SCRATCH/out", "a folder named .SCRATCH"),
        ("results: ${HOME}", "a folder named ..HOME."),
        ("results: ''", "at least 1 character"),
        ("lalm: {training: {align_lr: .nan}}", "finite number"),
    ],
)
def test_a_value_that_is_read_as_something_else_is_told_with_its_line(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f"backbones: {{m: {{source: {{random: tiny-llama}}}}}}\n{line}\n", encoding="utf-8")
    with pytest.raises(AkbError, match=fault) as raised:
        read_settings(path)
    assert f"{path}, line 2" in raised.value.what


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"- backbones\n", "a mapping of keys"),
        (b"backbones\n", "a mapping of keys"),
        (b"results: out\nanalysis: &a {b: *a}\n", "holds itself"),
        (b"results: out\n# caf\xe9\n", "not UTF-8"),
        (b"results: out\n# \x0b\n", "control character"),
    ],
)
def test_a_file_that_is_no_configuration_is_told_and_no_traceback(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(content)
    with pytest.raises(AkbError, match=fault) as raised:
        read_settings(path)
    assert content.startswith((b"-", b"b")) or "line 2" in raised.value.where


def test_a_name_is_no_longer_than_a_file_s_may_be(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f"backbones: {{{'m' * 101}: {{source: {{random: tiny-llama}}}}}}\n")
    with pytest.raises(AkbError, match="at most 100 characters"):
        read_settings(path)
