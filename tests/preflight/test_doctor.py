"""What the doctor says of machines and configurations that it is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from akb.errors import AkbError
from akb.models.random_models import write_random
from akb.preflight import inputs, machine
from akb.preflight.findings import Finding, shown
from akb.preflight.machine import Machine
from akb.preflight.matches import matches
from akb.settings.checking import read_settings
from akb.settings.configuration import Settings

ROOT = Path(__file__).parents[2]
H100 = Machine(driver="580.65.06", cuda="13.0", listed_gpus=8, usable_gpus=8, memory=1000.0, cores=64)


@pytest.fixture(scope="module")
def paper() -> Settings:
    return read_settings(ROOT / "config/paper.yaml")


def levels(found: list[Finding]) -> list[str]:
    return [each.level for each in found]


@pytest.mark.parametrize(
    ("changes", "level", "word"),
    [
        ({}, "fine", "8 usable"),
        ({"driver": "550.54.15"}, "wrong", "too old"),
        ({"driver": "550.54.15", "cuda": "12.6"}, "fine", "8 usable"),
        ({"usable_gpus": 0}, "wrong", "torch can use 0"),
        ({"listed_gpus": 4, "usable_gpus": 4}, "wrong", "asks for 8"),
        ({"cuda": ""}, "wrong", "without CUDA"),
        ({"listed_gpus": 0, "usable_gpus": 0, "driver": ""}, "warning", "has none"),
    ],
)
def test_driver_and_devices(changes: dict[str, object], level: str, word: str) -> None:
    found = machine.driver(Machine(**{**vars(H100), **changes}), gpus_asked=8)
    assert found[-1].level == level
    assert word in found[-1].what


def test_a_machine_without_gpus_is_fine_where_none_is_asked_for() -> None:
    bare = Machine("", "", 0, 0, 24.0, 2)
    assert levels(machine.driver(bare, 0)) == ["fine"]


def test_more_memory_than_there_is_is_told_by_rule() -> None:
    (found,) = machine.memory(H100, {"finetune": 2000.0, "distil": 64.0})
    assert found.level == "warning" and "finetune 2000 GB" in found.what and "distil" not in found.what


def test_a_disk_that_is_too_small_and_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    (found,) = machine.disk(tmp_path / "not/yet", 1e9)
    assert found.level == "wrong"
    assert machine.disk(tmp_path / "not/yet", 1e-6)[0].level == "fine"


def test_keys_are_named_and_never_shown(paper: Settings) -> None:
    found = inputs.keys(paper, {"OPENAI_API_KEY": "sk-secret"})
    text = shown(found)
    assert "sk-secret" not in text
    assert "OPENAI_API_KEY is set" in text and "GEMINI_API_KEY is not set" in text


def test_options_that_an_older_vllm_would_score_with_ties_are_told() -> None:
    settings = read_settings(ROOT / "config/config.yaml")
    defaults = settings.backbone_defaults.model_copy(update={"engine": "vllm"})
    scored = settings.model_copy(update={"backbone_defaults": defaults})
    assert inputs.scores(settings, "0.19.1") == []  # transformers scores, and vLLM writes
    found = inputs.scores(scored, "0.19.1")
    assert set(levels(found)) == {"wrong"} and "vLLM 0.19.1" in found[0].what
    assert set(levels(inputs.scores(scored, "0.32.0"))) == {"fine"}


def test_a_gated_model_is_told_with_its_remedy(paper: Settings) -> None:
    def ask(hub: str, revision: str) -> None:
        if "llama" in hub.lower():
            raise AkbError("the model is gated", where=hub, remedy="accept its licence")

    wrong = [found for found in inputs.hub(paper, ask) if found.level == "wrong"]
    assert {found.subject for found in wrong} == {"model llama-3.1-8b", "model llama-3-8b", "model llama-2-7b"}
    assert all(found.remedy == "accept its licence" for found in wrong)


def test_files_that_are_not_there_are_all_told(
    paper: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    named = {found.what.split()[-1] for found in inputs.files(paper) if found.level == "wrong"}
    assert {"data/mmau/mmau-test-mini.json", "data/mmau/audio", "data/mmar/MMAR-meta.jsonl"} <= named


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    """A configuration of two questions about two clips, with their sound and their captions."""
    (tmp_path / "sound").mkdir()
    for name in ("robin.wav", "wren.wav"):
        (tmp_path / "sound" / name).write_bytes(b"RIFF")
    questions = [
        {"id": name, "question": "Who sings?", "options": ["robin", "wren"], "answer": name, "audio": f"{name}.wav"}
        for name in ("robin", "wren")
    ]
    (tmp_path / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
    captions = "".join(json.dumps({"id": name, "caption": f"A {name}."}) + "\n" for name in ("robin", "wren"))
    (tmp_path / "captions.jsonl").write_text(captions, encoding="utf-8")
    settings = {
        "backbones": {"tiny": {"source": {"random": "tiny-llama"}, "lalm": False}},
        "tools": {"minilm": {"source": {"random": "tiny-minilm"}}},
        "audio_benchmarks": {
            "birds": {"kind": "questions", "items": f"{tmp_path}/questions.json", "audio": f"{tmp_path}/sound"}
        },
        "captioners": {"mine": {"kind": "file", "file": f"{tmp_path}/captions.jsonl"}},
        "analysis": {"cascade_captioner": "mine", "metrics": ["cascade/birds"]},
        "lalm": {"transcripts": ""},
    }
    (tmp_path / "birds.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return tmp_path


def test_questions_sound_and_captions_that_fit_are_counted(birds: Path) -> None:
    found = matches(read_settings(birds / "birds.yaml"))
    assert levels(found) == ["fine"] * 3
    assert "2 questions about 2 clips" in found[0].what
    assert "2 of 2 clips" in found[2].what


@pytest.mark.parametrize(
    ("change", "subject", "word"),
    [
        (lambda folder: (folder / "sound/wren.wav").unlink(), "sound of birds", "wren.wav"),
        (
            lambda folder: (folder / "captions.jsonl").write_text('{"id": "robin", "caption": "A robin."}\n'),
            "captions mine of birds",
            "1 of 2 clips have no caption",
        ),
        (lambda folder: (folder / "questions.json").write_text("[{}]"), "benchmark birds", "questions.json"),
    ],
)
def test_what_does_not_fit_is_told_with_its_remedy(
    birds: Path, change: Callable[[Path], object], subject: str, word: str
) -> None:
    change(birds)
    (wrong,) = [found for found in matches(read_settings(birds / "birds.yaml")) if found.level == "wrong"]
    assert wrong.subject == subject
    assert word in wrong.what and wrong.remedy


def test_a_checkpoint_that_would_not_stop_at_its_turn_s_end_is_wrong(tmp_path: Path) -> None:
    settings = read_settings(ROOT / "config/smoke.yaml").model_copy(update={"results": str(tmp_path)})
    folder = tmp_path / "checkpoints/alpha"
    write_random("tiny-llama", 1, folder)
    (folder / "fingerprint.json").write_text('{"chat_template": true, "files": {}}', encoding="utf-8")
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    for end, level in (("<|endoftext|>", "fine"), ("[over]", "wrong")):
        template = "{% for m in messages %}{{ m.role }}: {{ m.content }}" + end + "{% endfor %}"
        (folder / "tokenizer_config.json").write_text(json.dumps(config | {"chat_template": template}), "utf-8")
        (found,) = inputs.endings(settings)
        assert found.level == level
        assert ("turns end in" if level == "fine" else "stops elsewhere") in found.what


def test_what_is_wrong_stands_last(paper: Settings) -> None:
    lines = shown([Finding("wrong", "a", "b", "c"), Finding("fine", "d", "e")]).splitlines()
    assert lines == ["✓ d: e", "✗ a: b", "    remedy: c", "1 fine, 0 to look at, 1 wrong."]
