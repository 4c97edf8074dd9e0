"""An audio language model's prompt in one backbone's tokens: what opens it, stands behind the audio, and closes it.

prompt = PromptTokens(tokenizer, chat, wording)
ids = prompt.written(request, transcript, slots=64)
"""

from __future__ import annotations

from typing import Any

from akb.lalm.prompt import Wording
from akb.llm.chat import Chat
from akb.llm.engine import Request
from akb.llm.engines.generation import Asked

_MARK = "\u241f"  # stands for the user's message while the prompt around it is rendered


class PromptTokens:
    """opening: the prompt before the audio, as text. closing: what stands behind the user's message."""

    def __init__(self, tokenizer: Any, chat: Chat, wording: Wording) -> None:
        self._tokenizer, self._chat, self.wording = tokenizer, chat, wording
        # The prompt around the user's message is that of every other stage: the chat template, or none.
        rendered = chat.render(Request(item_id="", user=_MARK, system=wording.system))
        self.opening, self.closing = rendered.split(_MARK)
        self.opening += chat.as_text(wording.audio)
        self.head = self.tokens(self.opening)

    @property
    def filler(self) -> int:
        """The token in whose place audio stands: one without a meaning, as multimodal models have it."""
        return int(self._tokenizer.pad_token_id)

    def tokens(self, text: str) -> tuple[int, ...]:
        """The tokens of a text, none added."""
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def trunk(self, transcript: str, *, heard: bool = False) -> tuple[int, ...]:
        """The transcript as it stands after the audio, as long as the wording lets it be; nothing for an empty one.

        heard: when an item is asked, and not in training.
        """
        kept = self.tokens(self._chat.as_text(transcript))
        most = self.wording.heard_transcript_tokens if heard else self.wording.transcript_tokens
        said = self._chat.as_text(self._tokenizer.decode(kept[:most])) if kept else ""
        return self.tokens(self.wording.said(said))

    def behind(self, request: Request) -> str:
        """The prompt behind the evidence, as text."""
        return self._chat.as_text(request.user) + self.closing

    def asked(self, request: Request, transcript: str, slots: int) -> Asked:
        """The whole prompt of a request that is answered in writing, with fillers in the audio's `slots`."""
        behind = self.behind(request)
        trunk = self.trunk(transcript, heard=True)
        return Asked(self.opening + behind, [*self.head, *[self.filler] * slots, *trunk, *self.tokens(behind)])
