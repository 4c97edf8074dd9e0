"""The section `lalm.prompt`: what an audio language model is asked, in training and afterwards."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from akb.settings.section import CountOrNone, Section

OnePlace = Annotated[str, Field(pattern=r"^[^{}]*\{\}[^{}]*$")]


class Prompt(Section):
    """The one prompt of distilling, fine-tuning and listening; it is stored with the connector, and another is refused.

    In distillation the clip's description stands where audio and transcript will stand.
    """

    system: str = ""
    """The system prompt."""
    audio: str = "Audio: "
    """The words before the audio."""
    transcript: OnePlace = ' Transcript: "{}"'
    """Behind the audio, with the transcript in its place; nothing stands there where no words were heard."""
    question: OnePlace = "\n{}"
    """Behind both, with the question in its place."""
    show_options: bool = False
    """Whether a question's options stand below it: lettered, as the text `generate` of `asking.yaml` shows them to text
    models. If not, its text `option` is used."""
    transcript_tokens: CountOrNone = 32
    """The longest transcript in training, in tokens: on sounds a recogniser may loop for hundreds of them."""
    heard_transcript_tokens: CountOrNone = 32
    """The same when items are asked; Whisper writes 448 at most."""
