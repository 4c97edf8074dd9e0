import json
from pathlib import Path

import pytest

from akb.errors import AkbError
from akb.llm.backbones import backbone_of
from akb.llm.engine import Sampling


def test_an_entry_becomes_a_backbone() -> None:
    entry = {"name": "m", "engine": "oracle", "checkpoint": "c", "fingerprint": "f", "temperature": 0.5, "rotations": 2}
    backbone = backbone_of(json.dumps(entry))
    assert (backbone.name, backbone.rotations, backbone.generation) == ("m", 2, Sampling(temperature=0.5))


def test_the_fingerprint_is_read_from_the_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "fingerprint.json").write_text(json.dumps({"fingerprint": "abc", "origin": "o"}), encoding="utf-8")
    entry = {"name": "m", "engine": "transformers", "checkpoint": str(tmp_path)}
    assert backbone_of(json.dumps(entry)).fingerprint == "abc"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scorings": "option"}, "unknown keys scorings"),
        ({"rotations": "two"}, "rotations"),
        ({"engine": "x"}, "engine"),
    ],
)
def test_a_wrong_entry_is_named(change: dict[str, str], message: str) -> None:
    entry = {"name": "m", "engine": "oracle", "checkpoint": "c", "fingerprint": "f", **change}
    with pytest.raises(AkbError, match=message):
        backbone_of(json.dumps(entry))
