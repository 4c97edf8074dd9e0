from itertools import chain

import pytest

from akb.lalm.distillation import distil, grounded, request_of, rows_of_shard, summary
from akb.lalm.prompt import Wording
from akb.llm.engine import Backbone
from akb.settings.distillation import Distillation
from akb.tables import INSTRUCTIONS, frame_of

ORACLE = Backbone("oracle", "oracle", "", "f", engine_options={"accuracy": 1.0})


def row(**changes):
    return {
        "instruction_id": "i1",
        "clip_id": "c1",
        "group": "a",
        "description": "(sound: a dog)",
        "words": "a dog, an animal",
        "kind": "sound source",
        "question": "What is heard?",
        "options": ["a cat", "a dog"],
        "answer": 1,
        **changes,
    }


def test_a_right_choice_is_learnt_as_the_options_text(tmp_path):
    [found] = distil([row()], ORACLE, tmp_path)
    assert (found["response"], found["choice"], found["dropped"]) == ("a dog", 1, None)


def test_a_wrong_choice_is_recorded_and_not_learnt(tmp_path):
    wrong = Backbone("oracle", "oracle", "", "f", engine_options={"accuracy": 0.0})
    [found] = distil([row()], wrong, tmp_path)
    assert (found["response"], found["dropped"]) == ("a cat", "wrong_option")


def test_a_free_answer_that_names_nothing_is_not_learnt(tmp_path):
    [found] = distil([row(options=[], answer=None, kind="free")], ORACLE, tmp_path)
    assert (found["response"], found["dropped"]) == ("I hear nothing.", "ungrounded")


def test_an_open_question_is_learnt_whatever_the_answer(tmp_path):
    [found] = distil([row(options=[], answer=None, kind="open")], ORACLE, tmp_path)
    assert (found["response"], found["dropped"]) == ("I hear nothing.", None)


@pytest.mark.parametrize("lines", [False, True])
def test_a_free_answer_ends_with_its_line_unless_several_are_allowed(lines):
    request = request_of(
        row(options=[], answer=None), Distillation(how="generate", max_tokens=8, lines=lines), Wording()
    )
    assert request.sampling.stop == (() if lines else ("\n",))


@pytest.mark.parametrize("cut", ["learn", "drop"])
def test_an_answer_that_was_cut_off_is_counted_and_dropped_if_it_is_to_be(tmp_path, monkeypatch, cut):
    from akb.llm.engine import Output
    from akb.llm.engines import oracle

    monkeypatch.setattr(oracle, "_reply", lambda *_: Output(text="It is a dog that", finish="length"))
    rows = distil([row(options=[], answer=None, kind="free")], ORACLE, tmp_path, Distillation(cut=cut))
    assert (rows[0]["finish"], rows[0]["dropped"]) == ("length", "truncated" if cut == "drop" else None)
    assert summary(rows) == ("free: 0 of 1 kept, 1 truncated" if cut == "drop" else "free: 1 of 1 kept") + "; 1 cut off"


def test_the_system_prompt_and_the_options_stand_where_the_wording_says():
    layout = "{body}\n{options}\nWhich of {letters}?"
    wording = Wording(system="Listen.", show_options=True, layout=layout, question=" {} ")
    request = request_of(row(), Distillation(how="generate"), wording)
    assert request.system == "Listen."
    assert request.user == "Audio: (sound: a dog) What is heard?\nA. a cat\nB. a dog\nWhich of A or B? "


def test_shards_share_the_rows_and_keep_descriptions_together():
    rows = [row(instruction_id=str(number), description=f"(sound: {number % 7})") for number in range(40)]
    table = frame_of(rows, INSTRUCTIONS).lazy()
    shards = [rows_of_shard(table, shard, 3) for shard in range(3)]
    assert sorted(chain(*shards), key=lambda row: int(row["instruction_id"])) == rows
    assert sum(len({row["description"] for row in shard}) for shard in shards) == 7
    assert rows_of_shard(table, 0, 1) == rows


def test_clips_described_alike_are_asked_about_once():
    requests = {
        request_of(row(clip_id=clip, instruction_id=clip), Distillation(max_tokens=8), Wording())
        for clip in ("c1", "c2")
    }
    assert len(requests) == 1


def test_the_description_stands_where_the_sound_will():
    request = request_of(row(), Distillation(max_tokens=8), Wording())
    assert request.user == "Audio: (sound: a dog)\nWhat is heard?"


@pytest.mark.parametrize(
    ("response", "words", "expected"),
    [
        ("The sound of dogs barking.", "a dog, an animal", True),
        ("Bells!", "a bell or gong", True),
        ("A cat and a mouse", "a dog, an animal", False),
        ("", "a dog", False),
    ],
)
def test_groundedness(response, words, expected):
    assert grounded(response, words) is expected


def test_the_summary_counts_every_question(tmp_path):
    rows = distil([row(), row(options=[], answer=None, kind="free")], ORACLE, tmp_path)
    assert summary(rows) == "free: 0 of 1 kept, 1 ungrounded\nsound source: 1 of 1 kept"
