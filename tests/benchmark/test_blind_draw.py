"""A blind reader sees no key; what is scored is the very draw that was read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from akb.benchmark.blind_draw import draw, read_answers, score, sheet
from akb.benchmark.frozen import FrozenItem
from akb.errors import AkbError

STRATA = [("Sound", "easy")] * 60 + [("Sound", "hard")] * 20 + [("Music", "easy")] * 20
PLAIN = FrozenItem(
    "i", "Q", ("w", "x", "y", "z"), 0, "Sound", "s", "authored", "t", "none", "", "since", "recall", "easy"
)
ITEMS = [
    replace(PLAIN, item_id=f"i{n}", question=f"Question {n}?", answer=n % 4, category=category, tier=tier)
    for n, (category, tier) in enumerate(STRATA)
]


def test_the_draw_is_stratified_and_the_same_for_a_seed() -> None:
    drawn = draw(ITEMS, 10, seed=3)
    assert Counter((i.category, i.tier) for i in drawn) == {
        ("Sound", "easy"): 6,
        ("Sound", "hard"): 2,
        ("Music", "easy"): 2,
    }
    assert draw(ITEMS, 10, seed=3) == drawn != draw(ITEMS, 10, seed=4)


def test_the_sheet_tells_stems_and_options_alone() -> None:
    text = sheet(draw(ITEMS, 5, seed=1))
    assert text.count("Question") == 5
    assert "   C. y" in text
    assert "since" not in text


def test_answers_are_scored_by_tier(tmp_path: Path) -> None:
    drawn = draw(ITEMS, 10, seed=3)
    lines = [
        f"{n} {'ABCD'[item.answer if item.tier == 'easy' else (item.answer + 1) % 4]}"
        for n, item in enumerate(drawn, 1)
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    text = score(drawn, read_answers(tmp_path / "a.txt", 10))
    found = [" ".join(line.split()[:5]) for line in text.splitlines()]
    assert found[0] == "all 8 of 10 80.0%"
    assert {"tier easy 8 of 8", "tier hard 0 of 2"} <= set(found)


@pytest.mark.parametrize("text", ["1 A\n1 B", "11 A", "yes"], ids=["twice", "not drawn", "no answer"])
def test_answers_that_cannot_be_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(AkbError, match=r"a\.txt, line"):
        read_answers(tmp_path / "a.txt", 10)
