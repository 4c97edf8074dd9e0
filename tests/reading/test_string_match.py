"""The benchmarks' own rule, with its flaws, and its known figures on the benchmarks' files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from akb.reading.string_match import matches

DATA = Path(__file__).parents[3] / "shared" / "data"
shared = pytest.mark.shared
needs_data = pytest.mark.skipif(not DATA.exists(), reason="MMAU's and MMAR's files are not beside the repository")


@pytest.mark.parametrize(
    ("prediction", "right"),
    [
        ("A dog", True),
        ("I hear a DOG!", True),
        ("dog", False),  # "a" is missing
        ("a dog, not two cats", False),  # "two" and "cats" belong to another option
        ("A", False),
        ("", False),
        ("...", False),
    ],
)
def test_the_rule(prediction: str, right: bool) -> None:
    assert matches(prediction, ("A dog", "two cats", "dog a"), 0) is right


def test_an_option_with_the_same_words_is_passed_over() -> None:
    assert matches("far to near", ("near to far", "far to near"), 0)


def _mmau() -> list[dict]:
    return json.loads((DATA / "mmau" / "mmau-test-mini.json").read_text())


def _mmar() -> list[dict]:
    return [json.loads(line) for line in (DATA / "mmar" / "MMAR-meta.jsonl").read_text().splitlines()]


@shared
@needs_data
def test_right_answers_in_a_sentence_lose_twelve_percent_on_mmau() -> None:
    lost = 0
    for item in _mmau():
        right = item["choices"].index(item["answer"])
        lost += not matches(f"The answer is ({'ABCDEFGH'[right]}) {item['answer']}.", item["choices"], right)
    assert lost == 121


@shared
@needs_data
@pytest.mark.parametrize(("items", "count"), [(_mmau, 9), (_mmar, 20)])
def test_items_with_a_wrong_option_that_scores_as_right(items, count: int) -> None:  # type: ignore[no-untyped-def]
    fooled = 0
    for item in items():
        right = item["choices"].index(item["answer"])
        fooled += any(c != item["answer"] and matches(c, item["choices"], right) for c in item["choices"])
    assert fooled == count


@shared
@needs_data
@pytest.mark.parametrize(("items", "most"), [(_mmau, 2), (_mmar, 0)])
def test_a_bare_letter_is_nearly_always_wrong(items, most: int) -> None:  # type: ignore[no-untyped-def]
    found = items()
    right = sum(
        matches("ABCDEFGH"[i["choices"].index(i["answer"])], i["choices"], i["choices"].index(i["answer"]))
        for i in found
    )
    assert right <= most
