"""Listening in three modes: batched writing, rotations, controls, the store's keys, and the prompt that was trained."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from families import FAMILIES, PLAIN, write_family
from listeners import ASKING, CLIPS, SHOWN, Bench, asked, items

from akb.errors import AkbError
from akb.lalm.listening import Question
from akb.lalm.objectives import hear
from akb.lalm.prompt import require_trained_with, wording_of
from akb.llm.engine import Mode
from akb.settings.prompt import Prompt
from akb.tables import RESPONSES, check, frame_of


@pytest.fixture(scope="module")
def bench(tiny_llama: Path) -> Bench:
    return Bench(tiny_llama, SHOWN)


def alone(bench: Bench, question: Question, tokens: int) -> str:
    """What greedy search writes for one question, step by step without a cache, from the audio's embeddings."""
    lalm = bench.lalm
    audio = hear(bench.connector, [CLIPS[str(question.heard.clip_id)]], lalm.device).detach()
    shown = question.item.options
    behind = lalm.wording.asked(question.item.question, shown, "generate") + lalm.prompt.closing
    ids = [*lalm.head.tokens, *[lalm.prompt.filler] * audio.shape[1]]
    ids += [*lalm.prompt.trunk(question.heard.transcript, heard=True), *lalm.tokens(behind)]
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
    assert len(lalm.prompt.trunk(words)) < len(lalm.prompt.trunk(words, heard=True))
    assert words in lalm.tokenizer.decode(lalm.prompt.trunk(words, heard=True))
