"""Listening in three modes: batched writing, rotations, controls, the store's keys, and the prompt that was trained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from families import FAMILIES, PLAIN, write_family

from akb.errors import AkbError
from akb.items import Item
from akb.lalm.connector import Connector, ConnectorShape
from akb.lalm.hearing import Heard, HearingEngine
from akb.lalm.listening import Question, listen, questions
from akb.lalm.model import Lalm
from akb.lalm.objectives import hear
from akb.lalm.prompt import Wording, require_trained_with, wording_of
from akb.llm.engine import Backbone, Mode, Sampling
from akb.settings.prompt import Prompt
from akb.tables import RESPONSES, check, frame_of

ASKING = {
    "generate": "{body}\n{options}\nAnswer with the letter and the text.",
    "letter": "{body}\n{options}\nAnswer: {letters}.",
    "option": "{body}",
}
CLIPS = {f"c{n}": torch.randn(2, 4 + n, 12, generator=torch.Generator().manual_seed(n)) for n in range(4)}
SAID = {"c0": "hello there", "c1": "a long transcript of many words", "c2": "", "c3": "rain"}


def items(count: int = 4) -> list[Item]:
    options = ["a dog", "two bells", "rain"]
    return [
        Item.make("mini", f"What is heard{' then' * n}?", options, n % 3, category="Sound", clip_id=f"c{n}")
        for n in range(count)
    ]


class Bench:
    """A tiny audio language model, and how often it was loaded."""

    def __init__(self, folder: Path, wording: Wording, name: str = "m", **changes: Any) -> None:
        spec = Backbone(name, "transformers", str(folder), "f", dtype="float32", normalise="none", max_model_len=512)
        self.backbone = replace(spec, generation=Sampling(max_tokens=6), **changes)
        self.wording, self.lalm = wording, Lalm.load(self.backbone, wording=wording)
        torch.manual_seed(0)
        shape = ConnectorShape(2, 12, self.lalm.width, queries=3, width=16, depth=1, heads=2)
        self.connector = Connector(shape).eval()
        self.connector.fit_output(self.lalm.embedded(torch.arange(40, 80)))
        self.loads = 0

    def load(self, heard: Mapping[str, Heard]) -> HearingEngine:
        self.loads += 1
        return HearingEngine(self.lalm, self.connector, heard, CLIPS, "none", 512, 256)

    def rows(self, asked: list[Question], store: Path, trained: str = "t") -> list[dict[str, Any]]:
        return listen(asked, CLIPS, trained, self.backbone, self.wording, store, self.load)[""]


def asked(mode: Mode, controls: tuple[Any, ...] = ()) -> list[Question]:
    return questions(items(), SAID, dict.fromkeys(CLIPS, "Sound"), mode, controls, 0)


SHOWN = wording_of(Prompt(show_options=True, system="Listen."), ASKING)


@pytest.fixture(scope="module")
def bench(tiny_llama: Path) -> Bench:
    return Bench(tiny_llama, SHOWN)


def alone(bench: Bench, question: Question, tokens: int) -> str:
    """What greedy search writes for one question, step by step without a cache, from the audio's embeddings."""
    lalm = bench.lalm
    audio = hear(bench.connector, [CLIPS[str(question.heard.clip_id)]], lalm.device).detach()
    shown = question.item.options
    behind = lalm.wording.asked(question.item.question, shown, "generate") + lalm.closing
    ids = [*lalm.head.tokens, *[lalm.filler] * audio.shape[1]]
    ids += [*lalm.trunk_tokens(question.heard.transcript, heard=True), *lalm.tokens(behind)]
    start, at = len(ids), len(lalm.head.tokens)
    for _ in range(tokens):
        place = torch.zeros(1, len(ids), dtype=torch.bool)
        place[:, at : at + audio.shape[1]] = True
        with lalm.reader.hearing(audio, place), torch.no_grad():
            ids.append(int(lalm.model(input_ids=torch.tensor([ids])).logits[0, -1].argmax()))
        if ids[-1] == lalm.end:
            return str(lalm.tokenizer.decode(ids[start:-1], skip_special_tokens=True)).strip()
    return str(lalm.tokenizer.decode(ids[start:], skip_special_tokens=True)).strip()


@pytest.mark.parametrize("family", FAMILIES)
def test_written_answers_are_those_of_each_question_alone(family: str, tiny_llama: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    write_family(family, AutoTokenizer.from_pretrained(tiny_llama), tmp_path / "model")
    bench = Bench(tmp_path / "model", SHOWN, family)
    assert bench.lalm.reader.branches is (family not in PLAIN)
    rows = bench.rows(asked("generate"), tmp_path / "store")
    assert [row["text"] for row in rows] == [alone(bench, question, 6) for question in asked("generate")]
    assert {row["finish"] for row in rows} <= {"stop", "length"}


@pytest.mark.parametrize("mode", ["option", "letter", "generate"])
def test_every_mode_fills_the_responses_table(bench: Bench, mode: Mode, tmp_path: Path) -> None:
    rows = bench.rows(asked(mode, ("no_audio", "swapped_audio", "transcript_only")), tmp_path)
    frame = check(frame_of(rows, RESPONSES), RESPONSES, tmp_path)
    assert frame["control"].to_list() == [
        control for control in (None, "no_audio", "swapped_audio", "transcript_only") for _ in range(4)
    ]
    assert frame["answer"].is_null().to_list() == frame["invalid"].is_not_null().to_list()
    assert (frame["option_logprobs"].is_null() == (mode == "generate")).all()
    if mode != "generate":
        values = [row["option_logprobs"] for row in rows]
        # The transcript alone is not nothing, and another clip's sound is not one's own.
        assert values[0] != values[4] and values[0] != values[8] and values[4] != values[12]
        assert values[6] == values[14]  # a clip without words: its transcript alone is nothing


def test_the_store_answers_again_and_nothing_is_loaded(bench: Bench, tmp_path: Path) -> None:
    first = bench.rows(asked("option", ("no_audio",)), tmp_path)
    loads = bench.loads
    assert bench.rows(asked("option", ("no_audio",)), tmp_path) == first
    assert bench.loads == loads
    bench.rows(asked("option"), tmp_path, trained="another connector")
    assert bench.loads == loads + 1
    changed = [replace(question, heard=replace(question.heard, transcript="other")) for question in asked("option")]
    bench.rows(changed, tmp_path)
    assert bench.loads == loads + 2


def test_options_go_round_where_they_are_shown(tiny_llama: Path, tmp_path: Path) -> None:
    turned = Bench(tiny_llama, SHOWN, rotations=3).rows(asked("generate"), tmp_path)
    assert [row["rotation"] for row in turned] == [0, 1, 2] * 4
    hidden = Bench(tiny_llama, wording_of(Prompt(), ASKING), rotations=3).rows(asked("generate"), tmp_path)
    assert [row["rotation"] for row in hidden] == [0] * 4


def test_an_item_too_long_is_named(bench: Bench, tmp_path: Path) -> None:
    long = [replace(asked("generate")[0], item=replace(items()[0], question="dog " * 600))]
    assert bench.rows(long, tmp_path)[0]["invalid"] == "prompt_too_long"


def test_the_prompt_that_was_trained_is_the_one_that_is_asked() -> None:
    stored = json.loads(json.dumps(SHOWN.stored()))
    require_trained_with(SHOWN, stored, "generate", "here")
    require_trained_with(SHOWN, stored, "letter", "here")
    with pytest.raises(AkbError, match=r'lalm.prompt.system is "Hear.", and was "Listen."'):
        require_trained_with(replace(SHOWN, system="Hear."), stored, "generate", "here")
    with pytest.raises(AkbError, match="the text of asking.yaml"):
        require_trained_with(wording_of(Prompt(system="Listen."), ASKING), stored, "generate", "here")
    with pytest.raises(AkbError, match="without any"):
        hidden = wording_of(Prompt(), ASKING)
        require_trained_with(hidden, hidden.stored(), "letter", "here")


def test_a_transcript_is_cut_in_training_and_whole_when_asked(tiny_llama: Path) -> None:
    wording = wording_of(Prompt(transcript_tokens=4, heard_transcript_tokens=400), ASKING)
    lalm = Bench(tiny_llama, wording).lalm
    words = "a dog barks twice and then a bell rings"
    assert len(lalm.trunk_tokens(words)) < len(lalm.trunk_tokens(words, heard=True))
    assert words in lalm.tokenizer.decode(lalm.trunk_tokens(words, heard=True))
