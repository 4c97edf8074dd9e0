"""A transcript as a caption, and the words of such a caption.

A cascade reads captions, so a transcript says what it is, and silence is said too; an audio language
model reads the bare words beside the audio.

    words_of(caption_of("good morning")) == "good morning"
"""

from __future__ import annotations

NO_SPEECH = "No speech was recognised."
_OPENING, _CLOSING = 'Speech transcript: "', '"'


def caption_of(words: str) -> str:
    """The caption of a clip in which `words` are said; empty words are no speech."""
    return f"{_OPENING}{words}{_CLOSING}" if words else NO_SPEECH


def words_of(caption: str) -> str:
    """The words in a caption by `caption_of`; "" for no speech; any other text as it is."""
    if caption == NO_SPEECH:
        return ""
    return caption.removeprefix(_OPENING).removesuffix(_CLOSING) if caption.startswith(_OPENING) else caption
