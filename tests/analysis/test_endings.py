from __future__ import annotations

import polars as pl

from akb.analysis.endings import endings, modes
from akb.tables import DISTIL, ITEMS, RESPONSES, frame_of

ITEM = {
    "benchmark": "mini",
    "question": "?",
    "options": ["x", "y"],
    "category": "Sound",
    "subcategory": "",
    "source": "",
}
ITEMS_FRAME = frame_of(
    [{**ITEM, "item_id": f"i{n}", "answer": 0, "clip_id": "c", "verification": "none"} for n in range(4)], ITEMS
)


def response(number: int, **changes: object) -> dict[str, object]:
    row = {"item_id": f"i{number}", "backbone": "m", "setting": "audio", "benchmark": "mini", "mode": "generate"}
    empty = {"rotation": 0, "text": "x", "answer": 0, "prompt_tokens": 1, "output_tokens": 1, "thinking_tokens": 0}
    return {**row, **empty, "seconds": 0.1, "key": "k", "finish": "stop", "training": 0, **changes}


WRITTEN = frame_of(
    [
        response(0),
        response(1, finish="length"),
        response(2, finish="length", answer=None, invalid="truncated"),
        response(3, finish=None, answer=None, invalid="no_answer"),
    ],
    RESPONSES,
)
CHOSEN = frame_of([response(n, mode="option", finish=None, option_logprobs=[-1.0, -2.0]) for n in range(4)], RESPONSES)


def test_cut_answers_are_counted_for_each_backbone_and_its_training_targets() -> None:
    targets = [
        {"backbone": "m", "finish": "stop", "dropped": None},
        {"backbone": "m", "finish": "length", "dropped": None},
        {"backbone": "m", "finish": "length", "dropped": "truncated"},
        {"backbone": "m", "finish": "length", "dropped": "unreadable: truncated"},
        {"backbone": "m", "finish": None, "dropped": None},
    ]
    distilled = frame_of(targets, {name: DISTIL[name] for name in ("backbone", "finish", "dropped")})
    table = endings(pl.concat([WRITTEN, CHOSEN.with_columns(setting=pl.lit("probe"))]), distilled)
    assert table.select("setting", "written", "cut", "unread").rows() == [("audio", 4, 2, 1), ("distil", 4, 3, 2)]


def test_both_ways_of_asking_stand_beside_each_other() -> None:
    table = modes(CHOSEN, WRITTEN, ITEMS_FRAME)
    assert table.select("mode", "n", "correct", "invalid", "cut").rows() == [
        ("generate", 4, 2, 2, 2),
        ("option", 4, 4, 0, 0),
    ]
    assert len(modes(CHOSEN, WRITTEN.clear(), ITEMS_FRAME)) == 0
