"""A model's response as plain text: thinking cut off, markup removed, structured answers found.

These steps know nothing of options; `extraction` reads the answer out of what they return.

    split_thinking("<think>hm</think>B")  # ("hm", "B", True)
"""

from __future__ import annotations

import json
import re
import unicodedata

_LATEX_WRAP = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|mathsf|operatorname|emph)\s*\{([^{}]*)\}")
_LATEX_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_LATEX_SIGNS = {
    r"\(": " ", r"\)": " ", r"\[": " ", r"\]": " ", r"\,": " ", r"\;": " ", r"\ ": " ", r"\%": "%", r"\$": "",
    r"^{\circ}": "°", r"^\circ": "°", r"\circ": "°", r"\sharp": "#", r"\flat": "b", r"\times": "×",
    r"\cdot": "·", r"\pm": "±", r"\approx": "≈", r"\&": "&", r"\#": "#", r"\_": "_",
}  # fmt: skip
_MARKS = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "♯": "#",
        "♭": "b",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "`": None,
        "*": None,
        "$": None,
        "\r": "\n",
    }
)
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*|[-•][ \t]+)", re.MULTILINE)


_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
UNSPACED = re.compile(f"[{_UNSPACED}]")  # scripts without spaces between words, and Hangul with its suffixes
_SCRIPT_CHANGE = re.compile(rf"(?<=[{_UNSPACED}])(?=[^\W{_UNSPACED}])|(?<=[^\W{_UNSPACED}])(?=[{_UNSPACED}])")


def plain_text(text: str) -> str:
    """`text` without Markdown and LaTeX marks, full-width and typographic signs made ordinary."""
    if not text.isascii():
        text = _SCRIPT_CHANGE.sub(" ", unicodedata.normalize("NFKC", text))
    if "\\" in text:
        while (inner := _LATEX_WRAP.sub(r"\1", text)) != text:
            text = inner
        text = _LATEX_FRACTION.sub(r"\1/\2", text)
        for sign, spoken in _LATEX_SIGNS.items():
            text = text.replace(sign, spoken)
    if "~~" in text:
        text = _STRUCK.sub(" ", text)
    return _HEADING.sub("", text.translate(_MARKS).replace("__", ""))


_STRUCK = re.compile(r"~~(?=\S)[^~\n]+~~")  # what a model crossed out


# How a block of thinking opens and closes, in chat templates and in responses.
THINKING = (
    ("<think>", "</think>"),
    ("[THINK]", "[/THINK]"),
    ("<thought>", "</thought>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<reason>", "</reason>"),
    ("<seed:think>", "</seed:think>"),
    ("◁think▷", "◁/think▷"),
)
_THINK_OPEN, _THINK_CLOSE = (
    re.compile("|".join(re.escape(pair[side]) for pair in THINKING), re.IGNORECASE) for side in (0, 1)
)


def split_thinking(text: str) -> tuple[str, str, bool]:
    """Split a response into (thinking, what follows it, whether the thinking was closed).

    A response that never opened a block is all answer; chat templates may open it in the prompt, so
    a lone closing mark counts.
    """
    closes = list(_THINK_CLOSE.finditer(text))
    end = closes[-1].end() if closes else 0
    opened = _THINK_OPEN.search(text, end)
    if opened:
        return text[: closes[-1].start()] + text[opened.end() :] if closes else text[opened.end() :], "", False
    thinking = _THINK_OPEN.sub("", text[: closes[-1].start()]) if closes else ""
    return thinking, text[end:], True


_ANSWER_TAG = re.compile(r"<answer>(.*?)(?:</answer>|$)", re.IGNORECASE | re.DOTALL)


def answer_tag(text: str) -> str | None:
    """The last `<answer>…</answer>` that holds something."""
    tags = [tag for tag in _ANSWER_TAG.findall(text) if tag.strip()]
    return tags[-1] if tags else None


_KEYS = (
    r"(?:final_?|correct_?|predicted_?)?(?:answer|choice|option|prediction|letter|label|response)"
    r"(?:_?(?:letter|choice|option|text))?"
)
_JSON = re.compile(
    rf"""["']{_KEYS}["']\s*:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\[[^\]]*\])|([^\s,}}\]]+))""", re.IGNORECASE
)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")


def structured(text: str) -> list[str]:
    """Values of JSON answers and boxed answers."""
    values = []
    if '"' in text or "'" in text:
        for double, single, several, other in _JSON.findall(text):
            if double:
                try:
                    values.append(str(json.loads(f'"{double}"', strict=False)))
                except json.JSONDecodeError:
                    values.append(double)
            elif several:
                values.extend(re.findall(r"[^\s\[\]\"',][^\[\]\"',]*", several))
            elif single or (other and other not in ("null", "None")):
                values.append(single or other)
    if "\\" in text:
        values.extend(_BOXED.findall(text))
    return [value for value in values if value.strip()]
