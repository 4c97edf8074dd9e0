"""The section `lalm.listen`: how audio items are asked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from akb.settings.section import Count, CountOrNone, Normalise, Section


class Listening(Section):
    """How audio items are asked: options of `workflow/scripts/listen.py`."""

    controls: Annotated[tuple[Literal["no_audio", "swapped_audio"], ...], Field(strict=False)] = ("no_audio",)
    """The items once more without the sound, or with another clip's."""
    show_options: bool = False
    """Options stand in the prompt, as in `training`."""
    normalise: Normalise = "none"
    """What an option's log-likelihood is divided by."""
    transcript_tokens: CountOrNone = 32
    """The longest transcript, as in `training`."""
    batch_tokens: Count = 1024
    """Prompt tokens that run together."""
    seed: int = 0
    """Of the swap."""
