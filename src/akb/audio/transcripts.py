"""A transcript as a caption, and the words of such a caption.

A cascade reads captions, so a transcript says what it is, and silence is said too; an audio language
model reads the bare words beside the audio.

    words_of(caption_of("good morning", "English")) == "good morning"
"""

from __future__ import annotations

import re

NO_SPEECH = "No speech was recognised."
_OPENING, _CLOSING = 'Speech transcript: "', '"'
_WITH_LANGUAGE = re.compile(r'Speech transcript \([^()"]+\): "')


def caption_of(words: str, language: str = "") -> str:
    """The caption of a clip in which `words` are said, in `language` if that is named; empty words are no speech."""
    if not words:
        return NO_SPEECH
    return f'Speech transcript ({language}): "{words}"' if language else f"{_OPENING}{words}{_CLOSING}"


def words_of(caption: str) -> str:
    """The words in a caption by `caption_of`; "" for no speech; any other text as it is."""
    if caption == NO_SPEECH:
        return ""
    opening = _WITH_LANGUAGE.match(caption)
    if opening:
        return caption[opening.end() :].removesuffix(_CLOSING)
    return caption.removeprefix(_OPENING).removesuffix(_CLOSING) if caption.startswith(_OPENING) else caption
