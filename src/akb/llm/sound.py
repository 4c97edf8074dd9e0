"""The sound that a request may bring: read when it is needed, and laid into a chat message.

A request holds where its stretch of audio lies and a digest of its samples, so that a thousand clips need
no memory, and the item store finds an answer again whatever folder the clip stands in.

    audio = audio_of(Path("clip.flac"), start=0.0, seconds=30.0); messages = chat_messages(request, "wav")
"""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

from akb.errors import AkbError
from akb.llm.engine import Audio, Request

Format = Literal["wav", "mp3"]
_SUBTYPES = {"wav": ("WAV", "PCM_16"), "mp3": ("MP3", "MPEG_LAYER_III")}


def audio_of(path: Path, start: float, seconds: float) -> Audio:
    """A stretch of a mono clip, `seconds` from `start` on. Raises AkbError if the file cannot be read."""
    audio = Audio(path=str(path), start=start, seconds=seconds, digest="")
    samples, rate = read_samples(audio)
    rounded = np.round(samples * 32767).astype("<i2").tobytes()
    return replace(audio, digest=hashlib.sha256(f"{rate} ".encode() + rounded).hexdigest()[:32])


def read_samples(audio: Audio) -> tuple[NDArray[np.float32], int]:
    """(samples between -1 and 1, their rate in Hz) of a request's stretch of audio."""
    try:
        with soundfile.SoundFile(audio.path) as file:
            rate = int(file.samplerate)
            file.seek(round(audio.start * rate))
            samples = file.read(round(audio.seconds * rate), dtype="float32")
    except (soundfile.SoundFileError, OSError) as error:
        raise AkbError(
            f"a clip cannot be read: {error}", where=audio.path, remedy="build the audio benchmark again"
        ) from error
    return np.asarray(samples, dtype=np.float32), rate


def encoded(audio: Audio, kind: Format) -> bytes:
    """The stretch as the bytes of a WAV or MP3 file."""
    samples, rate = read_samples(audio)
    held = io.BytesIO()
    container, subtype = _SUBTYPES[kind]
    soundfile.write(held, samples, rate, format=container, subtype=subtype)
    return held.getvalue()


def chat_messages(request: Request, kind: Format) -> list[dict[str, Any]]:
    """The request as chat messages, its sound, if it has one, before its text as an `input_audio` part."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": request.system}] if request.system else []
    if request.audio is None:
        return [*messages, {"role": "user", "content": request.user}]
    data = base64.b64encode(encoded(request.audio, kind)).decode()
    sound = {"type": "input_audio", "input_audio": {"data": data, "format": kind}}
    return [*messages, {"role": "user", "content": [sound, {"type": "text", "text": request.user}]}]
