"""Batches: every row once, none wider than it may be, and little of it padding."""

from __future__ import annotations

import random

import pytest

from akb.batching import batches

LENGTHS = [random.Random(1).randint(1, 40) for _ in range(200)]


@pytest.mark.parametrize("longest_first", [False, True])
@pytest.mark.parametrize("equal", [False, True])
def test_every_row_comes_once_and_no_batch_is_too_large(longest_first: bool, equal: bool) -> None:
    found = list(batches(LENGTHS, cells=64, rows=5, equal=equal, longest_first=longest_first))
    assert sorted(index for batch in found for index in batch) == list(range(len(LENGTHS)))
    assert all(len(batch) * max(LENGTHS[i] for i in batch) <= 64 and len(batch) <= 5 for batch in found)
    assert not equal or all(len({LENGTHS[i] for i in batch}) == 1 for batch in found)
    order = [LENGTHS[i] for batch in found for i in batch]
    assert order == sorted(LENGTHS, reverse=longest_first)


def test_a_row_that_is_too_long_comes_alone() -> None:
    assert list(batches([3, 100, 3], cells=10)) == [[0, 2], [1]]


def test_rows_of_one_length_keep_their_order_and_kinds_stay_apart() -> None:
    assert list(batches({5: 2, 1: 2, 7: 2}, kind=lambda index: index > 4)) == [[1], [5, 7]]
    assert list(batches([2, 2, 2], rows=2, longest_first=True)) == [[0, 1], [2]]


def test_nothing_makes_no_batch() -> None:
    assert list(batches([])) == []
