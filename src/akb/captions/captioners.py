"""Captioners: whatever turns a clip into text that a text LLM can answer from.

`whisper` writes down what is said, `sounds` names the sounds and describes them; `compose` joins the texts of
several; `from_files` reads captions made elsewhere. All take 16 kHz mono clips.

    captioner = Sounds(Path("results/checkpoints/yamnet"))
    table = caption_clips(clips, folder, "sounds", captioner)
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from akb.audio.clips import RATE, Samples, read_clip
from akb.audio.transcripts import caption_of
from akb.captions.acoustics import acoustics_of, in_words
from akb.captions.transcriber import Heard, Transcriber, language_name
from akb.captions.yamnet import Yamnet, tags_in_words
from akb.errors import AkbError
from akb.progress import bar
from akb.tables import CAPTIONS, frame_of


class Captioner(Protocol):
    """A loaded captioner."""

    def captions(self, waves: Sequence[Samples]) -> Iterator[tuple[int, str]]:
        """Yield (index into waves, text) for each 16 kHz mono clip, in whatever order they are finished."""
        ...


_BRACKETS = re.compile(r"[(\[*♪][^)\]*♪]*[)\]*♪]?")
_VOICES = frozenset({"Speech", "Male speech, man speaking", "Female speech, woman speaking", "Narration, monologue"})
_VOICES |= {"Child speech, kid speaking", "Conversation", "Speech synthesizer"}


class Whisper:
    """Transcripts by Whisper; a clip without speech gets a sentence that says so.

    Whisper invents words for music and noise. A window counts only if the model is fairly sure of its
    words, by their mean natural log-probability per token, and of somebody speaking. What it puts in
    brackets, such as "(gentle music)", is no speech. language: say in which language the words are,
    as a multilingual model hears it.
    """

    least_logprob = -1.0

    def __init__(self, folder: Path, device: str = "cpu", *, language: bool = False) -> None:
        self._transcriber = Transcriber(folder, device)
        if language and not self._transcriber.multilingual:
            raise AkbError(
                "the language is to be named, and this speech recogniser knows one language only",
                where=str(folder),
                remedy="name a multilingual Whisper as the captioner's `model`, or take out `language`",
            )
        self._language = language

    def captions(self, waves: Sequence[Samples]) -> Iterator[tuple[int, str]]:
        windows: dict[int, dict[int, Heard]] = defaultdict(dict)
        expected = [self._transcriber.windows(wave) for wave in waves]
        for batch in self._transcriber.run(waves):
            for (clip, window), heard in batch:
                windows[clip][window] = heard
                if len(windows[clip]) == expected[clip]:
                    yield clip, self._words([found for _, found in sorted(windows[clip].items())])

    def _words(self, windows: Sequence[Heard]) -> str:
        sure = [heard for heard in windows if heard.logprob >= self.least_logprob and heard.text]
        words = " ".join(_BRACKETS.sub(" ", " ".join(heard.text for heard in sure)).split())
        said = words if any(c.isalnum() for c in words) else ""
        return caption_of(said, _language_of(sure) if self._language and said else "")


def _language_of(windows: Sequence[Heard]) -> str:
    """The English name of the language that has the largest share over a clip's windows."""
    shares: dict[str, float] = defaultdict(float)
    for heard in windows:
        shares[heard.language] += heard.language_share
    return language_name(max(shares, key=lambda code: shares[code]))


class Sounds:
    """Tags of YAMNet and a description of loudness, events, pitch, brightness, tempo and key."""

    def __init__(self, folder: Path) -> None:
        self._tagger = Yamnet(folder)

    def captions(self, waves: Sequence[Samples]) -> Iterator[tuple[int, str]]:
        for clip, samples in enumerate(waves):
            yield clip, self._describe(samples)

    def _describe(self, samples: Samples) -> str:
        tags = self._tagger.tags(samples)
        voice = bool(tags) and tags[0].name in _VOICES
        return f"{tags_in_words(tags)} {in_words(acoustics_of(samples, RATE), music=not voice, voice=voice)}"


class AcousticCaptioner:
    """What can be measured in a clip, in words: needs no model."""

    def captions(self, waves: Sequence[Samples]) -> Iterator[tuple[int, str]]:
        for clip, samples in enumerate(waves):
            yield clip, in_words(acoustics_of(samples, RATE))


def caption_clips(clips: Sequence[dict[str, Any]], folder: Path, name: str, captioner: Captioner) -> pl.DataFrame:
    """Caption rows of a clips table whose paths are relative to `folder`: one row each, in order.

    Raises AkbError for a clip that is missing, unreadable, or not 16 kHz mono.
    """
    waves = [read_clip(folder / clip["path"]) for clip in clips]
    rows: dict[int, dict[str, Any]] = {}
    since = time.perf_counter()
    with bar(f"caption ({name})", len(clips), "clip") as progress:
        for index, text in captioner.captions(waves):
            now = time.perf_counter()
            # In a batch the first clip takes the time of all; the sum is right.
            rows[index] = _row(clips[index]["clip_id"], name, text, now - since)
            since = now
            progress.update()
    return frame_of([rows[index] for index in range(len(clips))], CAPTIONS)


def compose(tables: Sequence[pl.DataFrame], name: str) -> pl.DataFrame:
    """Join the captions of several captioners clip by clip, in the given order; seconds add up.

    Clips are those of the table with fewest. Raises AkbError if another one lacks some of them.
    """
    by_clip = [{row["clip_id"]: row for row in table.iter_rows(named=True)} for table in tables]
    # Audio language models caption only what is asked about, the others training clips as well.
    shared = min((captions.keys() for captions in by_clip), key=len)
    if any(not shared <= captions.keys() for captions in by_clip):
        raise AkbError(
            "the captions to be joined are not of the same clips",
            where=name,
            remedy="delete the caption tables of this benchmark and build them again",
        )
    rows = []
    for clip_id in (clip for clip in by_clip[0] if clip in shared):
        parts = [captions[clip_id] for captions in by_clip]
        text = "\n".join(part["text"] for part in parts if part["text"])
        rows.append(_row(clip_id, name, text, sum(part["seconds"] for part in parts)))
    return frame_of(rows, CAPTIONS)


def _row(clip_id: str, captioner: str, text: str, seconds: float) -> dict[str, Any]:
    return {"clip_id": clip_id, "captioner": captioner, "text": text, "seconds": seconds}
