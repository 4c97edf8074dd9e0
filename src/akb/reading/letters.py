"""The letters by which options are called.

letters_of(4)  # ["A", "B", "C", "D"]
"""

from __future__ import annotations

import string

LETTERS = string.ascii_uppercase


def letters_of(count: int) -> list[str]:
    """The letters that label `count` options in the order shown."""
    return [letter_at(place) for place in range(count)]


def letter_at(place: int) -> str:
    """The letter of the option shown at a place, counted from 0."""
    return chr(ord(LETTERS[0]) + place)
