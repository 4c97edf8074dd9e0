"""From messages to a model's own prompt: chat templates, models without one, system prompts, thinking.

One `Chat` per loaded tokenizer. What it renders is complete: it is tokenised without adding special
tokens again, so a beginning-of-text token is never doubled.

    chat = Chat(tokenizer, thinking=False); ids = chat.ids(chat.render(request))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from akb.errors import AkbError
from akb.llm.control_tokens import ControlTokens
from akb.llm.engine import Backbone, Request
from akb.reading.response_text import THINKING, split_thinking

_PROBE = "akb-system-probe"


class Chat:
    """Renders requests for one tokenizer.

    `gap` is what stands between a rendered prompt and an answer that is scored as its continuation:
    nothing after a chat template's generation prompt, a space after "Answer:".
    """

    def __init__(self, tokenizer: Any, backbone: Backbone) -> None:
        self._tokenizer = tokenizer
        self._backbone = backbone
        self._has_template = bool(getattr(tokenizer, "chat_template", None))
        self._takes_system = self._has_template and self._keeps_system()
        self._bos = "" if self._has_template else _added_bos(tokenizer)
        self.gap = "" if self._has_template else " "
        self._control = ControlTokens(tokenizer, self._wordings() if self._has_template else "")

    @property
    def name(self) -> str:
        """Whose chat it is, for messages."""
        return self._backbone.name

    def render(self, request: Request) -> str:
        """The whole prompt as text, special tokens included.

        A system prompt that the template refuses, or silently drops, is put before the user's text. Control
        tokens within either are text (`control_tokens`).
        Thinking switched off is closed even where the template leaves it open. Raises AkbError when
        an answer is to be scored by its likelihood while the model would still be thinking.
        """
        system, user = self.as_text(request.system), self.as_text(request.user)
        if not self._has_template:
            return self._bos + _joined(system, user) + "\nAnswer:"
        if system and self._takes_system:
            messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        else:
            messages = [{"role": "user", "content": _joined(system, user)}]
        prompt = self._apply(messages)
        opened = _open_mark(prompt)
        if opened and self._backbone.thinking is False:
            prompt, opened = prompt.rstrip() + f"\n\n{opened[1]}\n\n", None
        if request.mode != "generate" and (opened or self._may_think()):
            raise AkbError(
                f"mode {request.mode!r} scores the next tokens, and this model would spend them on thinking",
                where=f"backbone {self._backbone.name}",
                remedy="set `thinking: false` for this backbone, or `scoring: generate`",
            )
        return prompt

    def as_text(self, content: str) -> str:
        """Content without a mark that this tokenizer or its template would take for control."""
        return self._control.as_text(content)

    def ids(self, prompts: Sequence[str]) -> list[list[int]]:
        """Token ids of rendered prompts, no special tokens added."""
        return list(self._tokenizer(list(prompts), add_special_tokens=False)["input_ids"]) if prompts else []

    def continuations(self, prompts: Sequence[str], endings: Sequence[Sequence[str]]) -> list[list[list[int]]]:
        """Token ids of each prompt with each of its endings, tokenised together as one text."""
        flat = self.ids(
            [p + self.gap + self.as_text(e) for p, some in zip(prompts, endings, strict=True) for e in some]
        )
        rest = iter(flat)
        return [[next(rest) for _ in some] for some in endings]

    def without_thinking(self, prompt: str, text: str) -> tuple[str, int, str | None]:
        """(the answer, the number of thinking tokens cut out before it, None or "unclosed_thinking")."""
        opened = _open_mark(prompt)
        thought, answer, closed = split_thinking((opened[0] if opened else "") + text)
        count = len(self.ids([thought.strip()])[0]) if thought.strip() else 0
        return answer.strip(), count, None if closed else "unclosed_thinking"

    def after_answer(self) -> list[str]:
        """What the template puts after an assistant's turn: after the last, and where the user speaks again."""
        if not self._has_template:
            return []
        asked, said = {"role": "user", "content": "Hello."}, {"role": "assistant", "content": _PROBE}
        found = []
        for messages in ([asked, said], [asked, said, asked]):
            try:
                found.append(self._apply(messages, add_generation_prompt=False).rpartition(_PROBE)[2])
            except Exception:  # a template refuses by raising whatever it likes
                found.append("")
        return found

    def _may_think(self) -> bool:
        return self._backbone.thinking is not False and "enable_thinking" in str(self._tokenizer.chat_template)

    def _wordings(self) -> str:
        """What the chat template puts around and between messages."""
        roles = ("system", "user", "assistant", "user")
        for messages in ([{"role": role, "content": _PROBE} for role in roles[at:]] for at in (0, 1, 3)):
            try:
                return self._apply(messages).replace(_PROBE, "\n")
            except Exception:  # a template refuses by raising whatever it likes
                continue
        return ""

    def _keeps_system(self) -> bool:
        try:
            rendered = self._apply([{"role": "system", "content": _PROBE}, {"role": "user", "content": "Hello."}])
        except Exception:  # a template refuses by raising whatever it likes
            return False
        return _PROBE in rendered

    def _apply(self, messages: list[dict[str, str]], *, add_generation_prompt: bool = True) -> str:
        switch: dict[str, Any] = {"add_generation_prompt": add_generation_prompt}
        if self._backbone.thinking is not None:
            switch["enable_thinking"] = self._backbone.thinking
        return str(self._tokenizer.apply_chat_template(messages, tokenize=False, **switch))


def common_prefix(sequences: Sequence[Sequence[int]]) -> int:
    """How many leading elements all `sequences` share."""
    shared = 0
    for elements in zip(*sequences, strict=False):
        if any(element != elements[0] for element in elements):
            break
        shared += 1
    return shared


def _open_mark(prompt: str) -> tuple[str, str] | None:
    for marks in THINKING:
        if prompt.rfind(marks[0]) > prompt.rfind(marks[1]):
            return marks
    return None


def _joined(system: str, user: str) -> str:
    return f"{system}\n\n{user}" if system else user


def _added_bos(tokenizer: Any) -> str:
    bos = getattr(tokenizer, "bos_token_id", None)
    added = tokenizer("a")["input_ids"]
    return str(tokenizer.bos_token) if bos is not None and added and added[0] == bos else ""
