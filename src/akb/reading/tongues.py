"""Denials in other languages than English, put into English: the grammar of stances knows no other.

Only the words that deny and contrast are put so, and only where an option does not hold them itself.

    in_english("Nicht A, sondern D.", ["Dog"])  # "not A, but D."
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# (what shows the language, [(pattern, English)])
_TONGUES: tuple[tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]], ...] = tuple(
    (re.compile(sign, re.IGNORECASE), tuple((re.compile(said, re.IGNORECASE), english) for said, english in words))
    for sign, words in (
        (
            r"\b(?:nicht|keine?|weder)\b",
            (
                (r"\b(?:nicht|keine?)\b", "not"),
                (r"\bsondern\b", "but"),
                (r"\bweder\b", "neither"),
                (r"\bnoch\b", "nor"),
            ),
        ),
        (
            r"\b(?:no\s+es|sino)\b",
            (
                (r"\bno\s+es\s+ni\b", "it is neither"),
                (r"\bni\b", "nor"),
                (r"\bno\s+es\b", "it is not"),
                (r"\bsino\b(?:\s+que)?(?:\s+es)?", "but it is"),
            ),
        ),
        (
            r"\bn(?:e|')\s?(?:est|sont)\s+(?:pas|ni)\b",
            (
                (r"\b(?:ce\s+)?n(?:e|')\s?(?:est|sont)\s+ni\b", "it is neither"),
                (r"\bni\b", "nor"),
                (r"\b(?:ce\s+)?n(?:e|')\s?(?:est|sont)\s+pas\b", "it is not"),
                (r"\bmais\b(?:\s+(?:bien|plut[oô]t))?", "but"),
                (r"\bc'est\b", "it is"),
            ),
        ),
        (r"\bnon\s+[eè]\b", ((r"\bnon\s+[eè]\b", "it is not"), (r"\bma\b(?:\s+[eè]\b)?", "but it is"))),
        (
            r"\bn[aã]o\s+[eé]\b",
            ((r"\bn[aã]o\s+[eé]\b", "it is not"), (r"\bmas\b(?:\s+sim)?(?:\s+[eé]\b)?", "but it is")),
        ),
        (r"\bне\b", ((r"\bэто\s+не\b|\bне\b", "not"), (r",\s*(?:а|но)\b", ", but"))),
        (
            r"不是|并非|並非|而非",
            (
                (r"而不是", " rather than "),
                (r"(?:并)?不是|并非|並非", " it is not "),
                (r"而是|应该是|應該是", " but it is "),
                (r"而非", " not "),
            ),
        ),
        (
            r"(?:では|じゃ)(?:なく|ない|ありません)",
            ((r"([^\s、。,.]{1,12})\s*(?:では|じゃ)(?:なくて?|ない|ありません)", r" not \1 but "),),
        ),
        (r"아니라|아니고|아닙니다", ((r"([^\s,.]{1,12})\s*[가이]\s*(?:아니라|아니고|아닙니다)", r" not \1 but "),)),
    )
)
# Without one of these no pattern can match; looking for them is far faster.
_SIGNS = (
    "nicht",
    "kein",
    "no es",
    "sino",
    " pas",
    " ni ",
    "weder",
    "non ",
    "não ",
    "nao ",
    "не",
    "不是",
    "非",
    "なく",
    "ない",
    "ませ",
    "아니",
    "아닙",
)


def in_english(text: str, options: Sequence[str]) -> str:
    """`text` with the denials of other languages in English."""
    low = text.lower()
    if not any(sign in low for sign in _SIGNS):
        return text
    for sign, words in _TONGUES:
        if sign.search(text) and not any(sign.search(option) for option in options):
            for said, english in words:
                text = said.sub(english, text)
    return text
