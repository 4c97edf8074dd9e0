"""The section `analysis`: what is related to what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from akb.settings.section import Real, Section, Texts


class Analysis(Section):
    """What is related to what."""

    cascade_captioner: str = "combined"
    """The captioner that stands for the cascade in figures."""
    swapped_captions: Texts | None = None
    """Captioners whose captions are also given to another clip of the domain, as a control; the `cascade_captioner` if
    absent, [] for none."""
    true_captions: str | None = None
    """The captioner whose captions hold the truth about each clip, if there is one: wrong answers by ear are then laid
    to knowledge, evidence or connector."""
    covariate: str | None = None
    """What partial correlations hold fixed: a metric, or a CSV of backbones' names and a number each, such as their
    size."""
    metrics: Texts = ()
    """setting/benchmark[/domain]; none: the usual ones."""
    stopping_risk: Annotated[Real, Field(gt=0, lt=1)] = 0.05
    """How likely the best may be among candidates that are dropped early in training, where that is looked at."""
    seed: int = 20260319
    """Of resampling."""
