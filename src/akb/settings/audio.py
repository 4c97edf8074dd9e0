"""The sections `mini`, `audio_benchmarks` and `training_sets`: what is heard."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from akb.settings.section import Count, Positive, Section, Texts

AudioName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Mini(Section):
    """The built-in audio benchmark."""

    synthetic: bool = False
    """Pure tones and noises, without a download: for tests."""
    seed: int = 20260319
    """Of recordings, mixtures and questions."""
    per_domain: Count = 60
    """Test items in each of Sound, Music, Speech."""
    training_scale: Positive = 1.0
    """How many times as many training clips."""


class AudioBenchmark(Section):
    """Items about audio clips."""

    kind: Literal["mini", "mmau", "mmar"]
    """`mini` is made here; `mmau` and `mmar` come in from their releases' files."""
    items: str | None = None
    """MMAU's JSON or MMAR's JSONL file."""
    audio: str | None = None
    """The folder that its audio paths start from."""
    limit: Count | None = None
    """Only so many items, the same number of each domain as far as it goes; all if absent."""

    @model_validator(mode="after")
    def _has_its_file(self) -> Self:
        if self.kind != "mini" and self.items is None:
            raise PydanticCustomError("needs", f"a benchmark of kind {self.kind} needs `items`, the path of its file")
        if self.kind == "mini" and (unread := [key for key in ("items", "audio") if getattr(self, key) is not None]):
            raise PydanticCustomError("unread", f"a benchmark of kind mini does not read {', '.join(unread)}")
        return self


class Fields(Section):
    """What a training set's files call things; a dot goes inwards, into lists by number."""

    audio: str = "audio"
    """A clip's file, below the set's folder."""
    description: str = "description"
    """What a backbone reads in place of the sound."""
    question: str = "question"
    """A text or a list of texts; may be absent."""
    transcript: str | None = None
    """If named, these stand beside the audio in training, in place of `lalm.transcripts`."""
    group: str | None = None
    """What the clips of one recording share; each clip is its own if not named."""


class TrainingSet(Section):
    """Clips with texts that describe them, and questions without right answers; for `lalm.train_on`."""

    rows: Annotated[Texts, Field(min_length=1)]
    """JSONL or Parquet files, a row a clip or a question."""
    audio: str
    """The folder that its audio paths start from."""
    fields: Fields = Field(default_factory=Fields)
    """What the files call things."""
