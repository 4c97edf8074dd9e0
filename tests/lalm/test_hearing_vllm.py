"""Listening through vLLM: whole prompts as embeddings, and the same answers as by `transformers`."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from families import write_family
from listeners import CLIPS, SHOWN, Bench, asked, items
from transformers import AutoTokenizer

from akb.errors import AkbError
from akb.lalm import hearing_vllm
from akb.lalm.adapter import Adapter
from akb.lalm.hearing import Heard
from akb.lalm.hearing_vllm import VllmHearingEngine
from akb.lalm.listening import listen


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed")
def test_vllm_writes_what_transformers_writes(tiny_llama: Path, tmp_path: Path) -> None:
    # It scales its embeddings, and its layers look a window back.
    write_family("gemma-3", AutoTokenizer.from_pretrained(tiny_llama), tmp_path / "model", head_dim=32)
    bench = Bench(tmp_path / "model", SHOWN, rotations=2)
    long = replace(asked("generate")[0], item=replace(items()[0], question="dog " * 600))
    questions = [*asked("generate", ("no_audio", "swapped_audio", "transcript_only")), long]
    backbone = replace(bench.backbone, engine="vllm")
    engines = []

    def load(heard: Mapping[str, Heard]) -> VllmHearingEngine:
        engines.append(VllmHearingEngine(backbone, SHOWN, bench.connector, heard, CLIPS, "cpu"))
        return engines[-1]

    rows = listen(questions, CLIPS, "t", backbone, SHOWN, tmp_path / "vllm", load)[""]
    expected = bench.rows(questions, tmp_path / "transformers")
    assert len(engines) == 1 and len(rows) == 2 * len(questions)
    for row, other in zip(rows, expected, strict=True):
        # Of a character that the last token cut vLLM gives nothing, and transformers a mark for it.
        assert row["text"] == other["text"].rstrip("\ufffd ")
        same = ("finish", "prompt_tokens", "answer", "invalid")
        assert [row[key] for key in same] == [other[key] for key in same]
    assert rows[-1]["invalid"] == "prompt_too_long"
    written = [row["text"] for row in rows]
    assert written[:8] != written[8:16] != written[16:24], "what is heard has to show in what is written"


def test_an_adapter_is_refused_before_anything_is_loaded(tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing_vllm, "load", lambda *_: pytest.fail("weights were loaded"))
    bench = Bench(tiny_llama, SHOWN)
    bench.connector.adapter = Adapter(1, 1.0, {})
    with pytest.raises(AkbError, match=r"low-rank adapter(.|\n)*engine: transformers"):
        VllmHearingEngine(bench.backbone, SHOWN, bench.connector, {}, CLIPS, "cpu")
