"""The sections `mini`, `audio_benchmarks` and `training_sets`: what is heard."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from akb.settings.section import Count, Positive, Section, Texts

AudioName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]


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


_SOURCES = ("items", "audio", "hub", "revision", "split")
MADE = ("mini", "mini-unseen")
"""The benchmarks that are made here, each of the kind of its name."""


class QuestionFields(Section):
    """What a file of questions calls things; "" for what is looked for under the usual names."""

    id: str = ""
    """The item's name in the benchmark: captions and predictions are joined by it."""
    question: str = "question"
    """The question; options may stand in it: "Which? (a) dog (b) crow"."""
    options: str = ""
    """A list, an object of letters, a JSON text or a labelled text; several columns by commas."""
    answer: str = "answer"
    """The right option: its text, its letter, its number from 0 or from 1, or letter and text."""
    answer_is: Literal["", "text", "letter", "index0", "index1", "labelled"] = ""
    """What the key is, where no row of the file decides."""
    audio: str = ""
    """The path of the sound below `audio`, or the sound itself (an Audio column of `datasets`)."""
    domain: str = ""
    """What accuracies are broken down by."""
    category: str = ""
    """A division of the benchmark's own; it is scored by, too."""
    subcategory: str = ""
    """What question types are broken down by."""
    difficulty: str = ""
    """How hard the benchmark says that an item is; it is scored by, too."""


class AudioBenchmark(Section):
    """Items about audio clips."""

    kind: Literal["mini", "mini-unseen", "mmau", "mmar", "questions"]
    """`mini` is made here, and `mini-unseen` of sources that nothing else is made of; `mmau` and `mmar` come in from
    their releases' files, `questions` from any other."""
    items: str | None = None
    """The file of its questions: JSON, JSONL, CSV, Parquet, or a folder that `datasets` saved."""
    hub: str | None = None
    """In place of `items`, for `questions`: a data set on the hub; needs `revision`."""
    revision: str | None = None
    """The full commit of the data set on the hub."""
    split: str | None = None
    """Of a data set: this split alone; all if absent."""
    fields: QuestionFields = Field(default_factory=lambda: QuestionFields())
    """For `questions`: what the file calls things."""
    audio: str | None = None
    """The folder that its audio paths start from."""
    limit: Count | None = None
    """Only so many items, the same number of each domain as far as it goes; all if absent."""
    captioners: Annotated[Texts, Field(min_length=1)] | None = None
    """The captioners with whose captions its items are asked; all that are for it if absent."""

    @model_validator(mode="after")
    def _has_its_file(self) -> Self:
        if self.kind not in MADE and self.items is None and (self.kind != "questions" or self.hub is None):
            raise PydanticCustomError("needs", f"a benchmark of kind {self.kind} needs `items`, the path of its file")
        reads = {**dict.fromkeys(MADE, ()), "questions": _SOURCES}.get(self.kind, ("items", "audio"))
        given = [key for key in _SOURCES if getattr(self, key) is not None]
        given += ["fields"] if self.kind != "questions" and self.fields != QuestionFields() else []
        if unread := [key for key in given if key not in reads]:
            raise PydanticCustomError("unread", f"a benchmark of kind {self.kind} does not read {', '.join(unread)}")
        if self.items is not None and self.hub is not None:
            raise PydanticCustomError("both", "questions come from `items` or from `hub`, not from both")
        if self.hub is not None and self.revision is None:
            raise PydanticCustomError("needs", "a data set on the hub needs `revision`, its full commit")
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
