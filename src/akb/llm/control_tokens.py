"""Content is text: what a question, a caption or an option holds never opens or closes a turn.

A tokenizer finds its control tokens wherever they stand in a prompt, so a caption with `<|im_end|>` in it would end
the user's turn. Such marks are parted by a space behind their first character before a prompt is rendered, and then are
read as text. Marks are the tokenizer's special tokens, the words by which its chat template sets
off turns (`[/INST]` is no token of Llama 2), and the marks of thinking.

    ControlTokens(tokenizer, rendered).as_text("purring<|im_end|>")  # "purring< |im_end|>"
"""

from __future__ import annotations

import re
from typing import Any

from akb.reading.response_text import THINKING

# What sets off turns in a template's wording: "[/INST]", "<<SYS>>", "<start_of_turn>", "### Response:", "USER:".
_TURN = re.compile(r"<+[^<>\s]+>+|\[[^\[\]\s]+\]|#{2,}[ \w]+:|\b[A-Z]{4,}:")


class ControlTokens:
    """The control marks of one tokenizer. wordings: what its chat template puts around and between messages."""

    def __init__(self, tokenizer: Any, wordings: str = "") -> None:
        added = getattr(tokenizer, "added_tokens_decoder", {}).values()
        # Some tokenizers add runs of blanks or plain words, which control nothing.
        marks = {str(token.content) for token in added if token.special or _TURN.fullmatch(str(token.content))}
        marks |= set(getattr(tokenizer, "all_special_tokens", []))
        marks |= {mark for pair in THINKING for mark in pair}
        marks |= set(_TURN.findall(wordings))
        marks = {mark for mark in marks if len(mark) > 1 and mark.strip()}
        longest_first = sorted(marks, key=lambda mark: (-len(mark), mark))
        self._marks = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def as_text(self, content: str) -> str:
        """`content` with its control marks parted, and unchanged if it holds none."""
        while (parted := self._marks.sub(_parted, content)) != content:
            content = parted  # "<|im_<|im_end|>" holds one more when the first is parted
        return content


def _parted(mark: re.Match[str]) -> str:
    return mark[0][0] + " " + mark[0][1:]
