"""The sections `backbones`, `backbone_defaults` and `tools`: models, where they come from and how they are asked."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from akb.settings.resources import Requests
from akb.settings.section import Count, Normalise, Real, Section, Texts
from akb.settings.training import Training

EngineName = Literal["transformers", "vllm", "openai", "oracle"]
ModelName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100)]

_KINDS = ("package", "hub", "folder", "random", "api")


class Source(Section):
    """Where a model comes from: exactly one of package, hub, folder, random, api."""

    package: str | None = None
    """A name in `resources/checkpoints.yaml`."""
    hub: Annotated[str, Field(pattern=r"^[^/]+/[^/]+$")] | None = None
    """A hub id; needs `revision`."""
    revision: str | None = None
    """The hub's commit."""
    folder: str | None = None
    """A local Hugging Face folder."""
    random: str | None = None
    """A tiny randomly initialised model, for tests."""
    seed: int | None = None
    """Of the random model."""
    api: str | None = None
    """The model's name at an OpenAI-compatible endpoint."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1 or (self.hub is not None) != (self.revision is not None):
            raise PydanticCustomError(
                "one_of", "exactly one of package, hub (with revision), folder, random, api is needed"
            )
        if self.seed is not None and self.random is None:
            raise PydanticCustomError("one_of", "`seed` is read for random models alone")
        return self


class Tool(Section):
    """A model that is no backbone."""

    source: Source
    """Where the model comes from."""


class Display(Section):
    """How figures and tables name a backbone; reaches no rule that computes."""

    name: str = ""
    """The name in tables; the backbone's key if empty."""
    label: Annotated[str, Field(max_length=8)] = ""
    """A short name for figures, of at most eight letters; the key's first eight if empty."""
    family: str = ""
    """Backbones of one family share a colour in figures and report, and the figures have a legend of families."""
    colour: Annotated[str, Field(pattern=r"^(#[0-9a-fA-F]{6})?$")] = ""
    """`#rrggbb`; if empty its family's: that of the first member which has one, else one of a palette."""


class BackboneSettings(Section):
    """How backbones are asked: what several share under `backbone_defaults`, what is one's own in its entry."""

    engine: EngineName = "transformers"
    """What answers the probe and the cascade; for an API `openai`."""
    distil_engine: EngineName = "vllm"
    """The same for distillation."""
    scoring: Literal["generate", "letter", "option"] = "option"
    """`generate` reads the answer from free text (the only way for an API), `letter` takes one forward pass, `option`
    the log-likelihood of each option's text: for small models."""
    normalise: Normalise = "bytes"
    """What an option's log-likelihood is divided by: nothing, its tokens or its bytes."""
    rotations: Count = 1
    """Cyclic orders of the options that are averaged."""
    thinking: bool | None = None
    """`null`: no thinking model; `true` or `false`: its thinking on or off."""
    dtype: Literal["bfloat16", "float16", "float32", "auto"] = "bfloat16"
    """The type of the weights."""
    max_model_len: Annotated[int, Field(ge=128)] = 2048
    """The longest sequence, in tokens."""
    max_tokens: Count = 512
    """The longest generated answer, in tokens."""
    temperature: Annotated[Real, Field(ge=0)] = 0.0
    """Of generated answers; 0 is greedy."""
    engine_options: dict[str, Any] = Field(default_factory=dict)
    """Passed to the engine as they are."""
    lalm: bool = True
    """Whether an audio language model is trained from it; never from an API."""
    training: Training = Field(default_factory=Training)
    """Overrides of `lalm.training`."""
    resources: Requests = Field(default_factory=Requests)
    """Overrides of `resources`."""


class SecondAsking(Section):
    """Another way in which a backbone is asked as well, to see how much the way of asking moves its score."""

    engine: EngineName | None = None
    """What answers; the backbone's own engine if absent."""
    scoring: Literal["generate", "letter", "option"]
    """How it is asked: another way than the backbone's own."""
    max_tokens: Count | None = None
    """The longest generated answer, in tokens; the backbone's own if absent."""
    benchmarks: Annotated[Texts, Field(min_length=1)]
    """Whose questions, from the captions of `analysis.cascade_captioner`."""


class Backbone(BackboneSettings):
    """An LLM under test."""

    source: Source
    """Where the model comes from."""
    asked_as_well: SecondAsking | None = None
    """A second way of asking: its answers stand in `tables/asking.csv` and the report, and enter no other score."""
    display: Display = Field(default_factory=Display)
    """How figures and tables name it: a change redraws and computes nothing anew."""
