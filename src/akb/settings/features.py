"""The section `lalm.features`: what is kept of the frozen audio encoder."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from akb.settings.section import Count, Section


class Features(Section):
    """What is kept of the frozen audio encoder: options of `workflow/scripts/features.py`."""

    layers: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(strict=False, min_length=1)] = (0, 1, 2, 3)
    """Encoder layers that are kept, counted from 0."""
    pool: Count = 2
    """Frames of 20 ms that are averaged into one."""
