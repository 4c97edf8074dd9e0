"""The section `captioners`: what turns a clip into text."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from akb.settings.resources import Request
from akb.settings.section import Count, Positive, Section, Texts

CaptionerName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]

# Captioners that are audio language models, by the engine that runs each kind, and what of their entries it reads.
AUDIO_LLM_ENGINES = {"audio-llm": "vllm", "openai": "openai"}
ENGINE_READS = ("max_model_len", "max_tokens", "temperature", "top_p", "seed", "thinking", "dtype", "engine_options")
QUESTION_AWARE = "-question-aware"

# Which keys each kind needs, and which it reads besides.
_NEEDS = {"whisper": {"model"}, "sounds": {"model"}, "acoustics": set(), "compose": {"of"}, "file": {"file"}}
_NEEDS |= {"labels": set()}
_NEEDS |= {kind: {"model"} for kind in AUDIO_LLM_ENGINES}
_LLM_READS = {"prompt", "question_aware", "window_seconds", "partial", *ENGINE_READS}
_READS = {"file": {"field", "partial"}, "whisper": {"language"}, "audio-llm": _LLM_READS, "openai": _LLM_READS}
_ALL_READ = {"kind", "benchmarks", "resources"}


class Captioner(Section):
    """What turns a clip into text."""

    kind: Literal["whisper", "sounds", "acoustics", "labels", "compose", "file", "audio-llm", "openai"]
    """`whisper` transcribes, `sounds` names sounds, `acoustics` measures (no model), `audio-llm` asks an audio language
    model in vLLM, `openai` one behind an API, `file` reads captions made elsewhere, `compose` joins the texts of
    several, `labels` says what is true of a clip of `mini`: no captioner, but what answers from the truth would be."""
    model: str | None = None
    """For `whisper`, `sounds`, `audio-llm` and `openai`: the tool that is used."""
    of: Texts = ()
    """For `compose`: the captioners that are joined."""
    file: str | None = None
    """For `file`: captions made elsewhere; JSONL, JSON, CSV or Parquet."""
    field: str | None = None
    """For `file`: the field that holds the text; a dot goes inwards."""
    partial: bool = False
    """For `file`, `audio-llm` and `openai`: clips that it does not know, or refuses, get an empty caption; without it
    they are an error."""
    benchmarks: Annotated[Texts, Field(min_length=1)] | None = None
    """The benchmarks and training sets that it is for; all if absent."""
    language: bool = False
    """For `whisper`: say in the caption which language is spoken."""
    prompt: str | None = None
    """For `audio-llm` and `openai`: what is asked, in the place of `user` in prompts/caption.yaml."""
    question_aware: bool = False
    """For `audio-llm` and `openai`: show it the question, for a caption of each item; the captioner's name must end in
    -question-aware."""
    window_seconds: Positive | None = None
    """For `audio-llm` and `openai`: longer clips are captioned in windows of at most this; 30 if absent, or what the
    model takes if that is less."""
    max_tokens: Count | None = None
    """For `audio-llm` and `openai`: of a caption; 256 if absent."""
    temperature: Annotated[float, Field(ge=0)] | None = None
    """For `audio-llm` and `openai`: greedy if absent."""
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    """For `audio-llm` and `openai`: where temperature is above 0."""
    seed: int | None = None
    """For `audio-llm` and `openai`: of the sampling."""
    thinking: bool | None = None
    """For `audio-llm` and `openai`: as a backbone's."""
    dtype: Literal["bfloat16", "float16", "float32", "auto"] | None = None
    """For `audio-llm`: its precision; bfloat16 if absent."""
    max_model_len: Annotated[int, Field(ge=128)] | None = None
    """For `audio-llm`: its context in tokens, those of the sound among them; 2048 if absent."""
    engine_options: dict[str, Any] = Field(default_factory=dict)
    """For `audio-llm` and `openai`: as a backbone's; `openai` reads audio_format (wav, mp3) and audio_megabytes too."""
    resources: Request | None = None
    """What its jobs ask of a cluster, over what their rule does."""

    @model_validator(mode="after")
    def _reads_what_is_given(self) -> Self:
        needs: set[str] = _NEEDS[self.kind]
        given = {key for key in type(self).model_fields if key not in _ALL_READ and getattr(self, key)}
        if missing := sorted(needs - given):
            raise PydanticCustomError("needs", f"a captioner of kind {self.kind} needs `{'`, `'.join(missing)}`")
        if unread := sorted(given - needs - _READS.get(self.kind, set())):
            raise PydanticCustomError("unread", f"a captioner of kind {self.kind} does not read {', '.join(unread)}")
        return self
