"""The section `lalm.distil`: how a backbone answers the instructions."""

from __future__ import annotations

from typing import Literal

from akb.settings.section import Count, Normalise, Section


class Distillation(Section):
    """How a backbone answers the instructions: options of `workflow/scripts/distil.py`."""

    how: Literal["option", "generate"] = "option"
    """How a question with options is answered: by the likeliest option, or in free text as in DeSTA2.5-Audio."""
    normalise: Normalise = "none"
    """What an option's log-likelihood is divided by."""
    max_tokens: Count = 16
    """The longest free answer, in tokens."""
    lines: bool = False
    """A free answer may have several lines."""
    cut: Literal["learn", "drop"] = "learn"
    """An answer that was cut off at `max_tokens` is learnt without its end, or not at all; counted either way."""
