"""Options that stand within a text behind marks: "Which? (a) dog (b) crow".

inline_options("Which? (a) dog (b) crow")  # ("Which?", [("a", "dog"), ("b", "crow")])
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_INLINE = re.compile(
    r"(?:(?<=\s)|^|(?<=[?.,;:\uff1f\u3002\uff0c\uff1b\uff1a]))(?:[(\[\uff08\u3010]([A-Za-z]|[1-9])[)\]\uff09\u3011]"
    r"|([A-Za-z]|[1-9])[).:\uff1a\uff0e\u3001]\)?)\s*(?=\S)"
)
_JOINED = re.compile(r"[\s,;|/]*(?:\b(?:or|and))?[\s,;|/]*$", re.IGNORECASE)  # "(A) dog, or (B) cat"


def inline_options(text: str) -> tuple[str, list[tuple[str, str]]]:
    """(what stands before labelled options, the options) of "Which? (a) dog (b) crow"; no options if there are none.

    A text may hold several runs of marks, the turns of a dialogue before its question, or "1. and 2.": options are
    letters rather than numbers, with another sign than a speaker's colon, each at the head of a line rather than
    within, more rather than fewer, and last.
    """
    marks = list(_INLINE.finditer(text))
    found: list[tuple[tuple[int, ...], list[re.Match[str]]]] = []
    for sign in {_sign_of(mark) for mark in marks}:
        of_sign = [mark for mark in marks if _sign_of(mark) == sign]
        heading = [mark for mark in of_sign if not text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()].strip()]
        for part, heads in ((heading, True), (of_sign, False)):
            for run in _runs(part, text):
                before = text[: run[0].start()].rstrip(" ")[-1:]  # "Speaker A. …" begins no options
                found.append(
                    (
                        (
                            (run[0][1] or run[0][2]).isalpha(),
                            sign[0] != ":",
                            heads and "\n" in text,
                            len(run),
                            not before.isalnum(),
                            run[0].start(),
                        ),
                        run,
                    )
                )
    if not found:
        return text, []
    run = max(found, key=lambda one: one[0])[1]
    texts = _between(run, text)
    texts[:-1] = [_JOINED.sub("", one) for one in texts[:-1]]
    if texts[-1][-1:] in ("?", ".") and not any(one.endswith(texts[-1][-1]) for one in texts[:-1]):
        texts[-1] = texts[-1][:-1]  # the end of the sentence
    options = [(mark[1] or mark[2], one) for mark, one in zip(run, texts, strict=True)]
    head = re.sub(r"\s*(?:choices?|options?)\s*:?\s*$", "", text[: run[0].start()].strip(), flags=re.IGNORECASE)
    return head, options


def _sign_of(mark: re.Match[str]) -> tuple[str, bool]:
    """What makes marks of one kind: brackets around it, a colon or another sign behind it; whether it is a letter."""
    sign = "(" if mark[1] else ":" if mark[0].strip()[-1] in ":\uff1a" else "."
    return sign, (mark[1] or mark[2]).isalpha()


def _runs(marks: Sequence[re.Match[str]], text: str) -> Iterator[list[re.Match[str]]]:
    """Runs of marks from A or 1 on, each with a text behind it. One that starts again after a sentence is another."""
    for start, first in enumerate(marks):
        if (first[1] or first[2]).upper() not in ("A", "1"):
            continue
        run = [first]
        for place, mark in enumerate(marks[start + 1 :], start=start + 1):
            wanted = chr(ord((run[-1][1] or run[-1][2]).upper()) + 1)
            if (mark[1] or mark[2]).upper() != wanted:
                continue
            behind = marks[place + 1] if place + 1 < len(marks) else None
            if behind and behind.start() == mark.end() and (behind[1] or behind[2]) == (mark[1] or mark[2]):
                continue  # "than speaker B. B. Speaker B": the second is the label
            run.append(mark)
        if len(run) > 1 and all(_between(run, text)):
            yield run


def _between(run: Sequence[re.Match[str]], text: str) -> list[str]:
    ends = [mark.start() for mark in run[1:]] + [len(text)]
    return [text[mark.end() : end].strip(" \t\n,;|") for mark, end in zip(run, ends, strict=True)]
