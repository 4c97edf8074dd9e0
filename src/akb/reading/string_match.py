"""The published scoring rule of MMAU and MMAR, to the letter.

A prediction is right if it holds every word of the right option and no word that only other options
have; words are `\\b\\w+\\b`, lower-cased, compared as sets. It reads no letters: a bare "B" is nearly
always wrong, and "The answer is (B) X." is wrong where another option says "the", "is" or "b".
Described by the benchmarks' evaluation scripts (`string_match`); this is our own implementation.

    matches("I hear a dog.", ("a dog", "a cat"), 0)  # True
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_WORDS = re.compile(r"\b\w+\b")


def words(text: str) -> set[str]:
    """The words that the rule compares."""
    return set(_WORDS.findall(text.lower()))


class _Key(NamedTuple):
    required: frozenset[str]
    forbidden: frozenset[str]


@lru_cache(maxsize=65536)
def _key(options: tuple[str, ...], answer: int) -> _Key:
    gold = words(options[answer])
    # Options with the gold option's words contribute nothing, since theirs minus gold's is empty.
    others = set().union(*(words(option) for option in options))
    return _Key(frozenset(gold), frozenset(others - gold))


def matches(prediction: str, options: Sequence[str], answer: int) -> bool:
    """Whether the rule counts `prediction` as right; `answer` is the right option's index."""
    said = words(prediction)
    if not said:
        return False
    required, forbidden = _key(options if type(options) is tuple else tuple(options), answer)
    return required <= said and forbidden.isdisjoint(said)
