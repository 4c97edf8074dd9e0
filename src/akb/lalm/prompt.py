"""The words of an audio language model's prompt: the same in distilling, fine-tuning and listening.

wording = wording_of(settings.lalm.prompt, read_template(asking)); text = wording.asked("What is heard?", options)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from akb.errors import AkbError
from akb.llm.engine import Mode
from akb.llm.prompts import Template, laid_out

if TYPE_CHECKING:
    from akb.settings.prompt import Prompt


@dataclass(frozen=True)
class Wording:
    """`lalm.prompt`, and the texts of asking.yaml that it uses: `layout` of a question with options, `letters` of one
    that is answered by the likeliest letter."""

    system: str = ""
    audio: str = "Audio: "
    transcript: str = ' Transcript: "{}"'
    question: str = "\n{}"
    show_options: bool = False
    transcript_tokens: int = 32
    heard_transcript_tokens: int = 32
    layout: str = "{body}"
    letters: str = "{body}"

    def asked(self, question: str, shown: Sequence[str] = (), mode: Mode = "generate") -> str:
        """What stands behind the evidence. shown: the options in the order in which they are shown, if it has any."""
        text = self.letters if mode == "letter" else self.layout
        return self.question.replace("{}", laid_out(text, question, shown) if shown else question)

    def said(self, transcript: str) -> str:
        """A transcript as it stands behind the audio."""
        return self.transcript.replace("{}", transcript) if transcript else ""

    def stored(self) -> dict[str, Any]:
        """What a connector was trained with, for its file."""
        return {name: value for name, value in asdict(self).items() if name != "letters"}


def wording_of(prompt: Prompt, asking: Template) -> Wording:
    """The wording of a configuration. asking: the texts of asking.yaml."""
    layout = asking["generate" if prompt.show_options else "option"]
    return Wording(**prompt.model_dump(), layout=layout, letters=asking["letter"])


def require_trained_with(wording: Wording, stored: Mapping[str, Any], mode: Mode, where: str) -> None:
    """Raise AkbError if items would be asked otherwise than a connector was trained. stored: from its file."""
    ours = wording.stored()
    names = sorted(name for name in {*ours, *stored} if ours.get(name) != stored.get(name))
    if names:
        told = "; ".join(
            f"{'the text of asking.yaml' if name == 'layout' else f'lalm.prompt.{name}'} is "
            f"{_shown(ours.get(name))}, and was {_shown(stored.get(name))}"
            for name in names
        )
        raise AkbError(
            f"the audio language model would be asked otherwise than it was trained: {told}",
            where=where,
            remedy="set these as they were, or delete the file and train again",
        )
    if mode == "letter" and not wording.show_options:
        raise AkbError(
            "mode 'letter' shows lettered options, and the audio language model was trained without any",
            where=where,
            remedy="set `lalm.prompt.show_options: true` and train again, or `lalm.listen.how` to option or generate",
        )


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
