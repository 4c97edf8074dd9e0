"""How numbers stand in sentences.

signed(-1.5)  # "−1.5"
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

HOW = {"audio": "audio-grounded answering", "cascade": "the cascade", "probe": "the probe"}
_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def signed(value: float) -> str:
    """Points with their sign and one decimal."""
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}").replace("\N{MINUS SIGN}0.0", "+0.0")


def number(value: int) -> str:
    """A number in words, up to ten."""
    return _WORDS[value] if value < len(_WORDS) else f"{value:,}"


def counted(backbones: int) -> str:
    """A number of backbones in words."""
    return f"{number(backbones)} backbone{'' if backbones == 1 else 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a sentence lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def spanned(values: Iterable[float], digits: int = 1) -> str:
    """From the least to the greatest; once if they look the same."""
    found = list(values)
    low, high = f"{min(found):.{digits}f}", f"{max(found):.{digits}f}"
    return low if low == high else f"{low} to {high}"
