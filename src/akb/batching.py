"""Rows of unequal length in batches that waste little: sorted by length, each batch bounded by what it takes padded.

for batch in batches([len(t) for t in tokens], cells=4096): pad(tokens[i] for i in batch)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any


def batches(
    lengths: Sequence[int] | Mapping[int, int],
    *,
    cells: float = math.inf,
    rows: float = math.inf,
    equal: bool = False,
    longest_first: bool = False,
    kind: Callable[[int], Any] = lambda index: None,
) -> Iterator[list[int]]:
    """Yield the indices of `lengths` in batches, the shortest first; every index once, those of one length in order.

    cells: the most that a batch may hold, its rows times its longest; a longer row is a batch of its own.
    rows: the most rows. equal: only rows of one length together. kind: of a row; only rows of one kind come together,
    and kinds follow each other in their order.
    """
    sign = -1 if longest_first else 1
    of = dict(enumerate(lengths)) if isinstance(lengths, Sequence) else lengths
    batch: list[int] = []
    longest = 0
    for index in sorted(of, key=lambda index: (kind(index), sign * of[index])):
        grown = max(longest, of[index])
        full = len(batch) >= rows or (len(batch) + 1) * grown > cells
        apart = equal and of[index] != longest
        if batch and (full or apart or kind(index) != kind(batch[0])):
            yield batch
            batch, grown = [], of[index]
        batch.append(index)
        longest = grown
    if batch:
        yield batch
