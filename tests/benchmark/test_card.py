"""The item card says what was checked and what was not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from akb.benchmark.audit import UNKNOWN
from akb.benchmark.card import SecondSolve, card, read_second_solve
from akb.benchmark.frozen import FrozenItem, to_jsonl
from akb.errors import AkbError
from akb.tables import AUDIT, frame_of

ROWS = [
    {"name": name, "content_hash": found, "subcategory": "animals", "source": "authored", "flags": "", "cluster": 0}
    | {"decisions": 0, "reviewers": "", "answered": 0, "right": 0, "status": "unreviewed", "fate": "selected"}
    for name, found in (("a", "h1"), ("b", "new"))
]


def solved(folder: Path, *rows: str) -> Path:
    (folder / "second.csv").write_text("\n".join(["name,content_hash,chosen,outcome", *rows]) + "\n", encoding="utf-8")
    return folder / "second.csv"


def test_a_text_that_changed_after_its_second_solving_is_counted(tmp_path: Path) -> None:
    path = solved(tmp_path, "a,h1,x,agreed", "b,old,x,mended", "c,h3,y,dropped")
    assert read_second_solve(path, frame_of(ROWS, AUDIT)) == SecondSolve(3, 1, 1, 1, reworded=1)


def test_a_second_solving_of_another_benchmark_s_questions_does_not_count(tmp_path: Path) -> None:
    path = solved(tmp_path, "x,h1,x,agreed", "y,old,x,mended", "z,h3,y,dropped")
    assert read_second_solve(path, frame_of(ROWS, AUDIT)).solved == 0
    strangers = [{**row, "fate": f"{UNKNOWN}: animals"} for row in ROWS]
    assert read_second_solve(solved(tmp_path, "a,h1,x,agreed"), frame_of(strangers, AUDIT)).solved == 0


def test_an_unknown_outcome_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AkbError, match=r"unknown outcomes \['fine'\]"):
        read_second_solve(solved(tmp_path, "a,h1,x,fine"), frame_of(ROWS, AUDIT))


def test_the_card_says_what_small_models_find_without_the_stem() -> None:
    item = FrozenItem("i", "Which barks?", ("dog", "cat"), 0, "Sound", "animals", "authored", "t", "none", "", "so")
    agreements = frame_of([], {"on": AUDIT["name"], "category": AUDIT["name"], "items": AUDIT["cluster"]})
    second = SecondSolve(3, 1, 1, 1, 1)
    text = card("akb-0", to_jsonl([item]), [item], frame_of(ROWS, AUDIT), agreements, second, {"small": (30, 100)})
    assert re.search(r"\| small, shown the options alone +\| 30\.0% \(21\.9% to 39\.6%\) of 100 +\|", text)
    assert "1 have been reworded since" in text
