"""The section `captioners`: what turns a clip into text."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from akb.settings.section import Section, Texts

CaptionerName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]

# Which keys each kind needs, and which it reads besides.
_NEEDS = {"whisper": {"model"}, "sounds": {"model"}, "acoustics": set(), "compose": {"of"}, "file": {"file"}}
_READS = {"file": {"field", "partial"}, "whisper": {"language"}}
_ALL_READ = {"kind", "benchmarks"}


class Captioner(Section):
    """What turns a clip into text."""

    kind: Literal["whisper", "sounds", "acoustics", "compose", "file"]
    """`whisper` transcribes, `sounds` names sounds, `acoustics` measures (no model), `file` reads captions made
    elsewhere, `compose` joins the texts of several."""
    model: str | None = None
    """For `whisper` and `sounds`: the tool that is used."""
    of: Texts = ()
    """For `compose`: the captioners that are joined."""
    file: str | None = None
    """For `file`: captions made elsewhere; JSONL, JSON, CSV or Parquet."""
    field: str | None = None
    """For `file`: the field that holds the text; a dot goes inwards."""
    partial: bool = False
    """For `file`: clips that it does not know get an empty caption; without it they are an error."""
    benchmarks: Annotated[Texts, Field(min_length=1)] | None = None
    """The benchmarks and training sets that it is for; all if absent."""
    language: bool = False
    """For `whisper`: say in the caption which language is spoken."""

    @model_validator(mode="after")
    def _reads_what_is_given(self) -> Self:
        needs: set[str] = _NEEDS[self.kind]
        given = {key for key in type(self).model_fields if key not in _ALL_READ and getattr(self, key)}
        if missing := sorted(needs - given):
            raise PydanticCustomError("needs", f"a captioner of kind {self.kind} needs `{'`, `'.join(missing)}`")
        if unread := sorted(given - needs - _READS.get(self.kind, set())):
            raise PydanticCustomError("unread", f"a captioner of kind {self.kind} does not read {', '.join(unread)}")
        return self
