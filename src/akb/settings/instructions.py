"""The section `lalm.instructions`: what is asked about `mini`'s training clips."""

from __future__ import annotations

from akb.settings.section import CountOrNone, Section


class Instructions(Section):
    """What is asked about `mini`'s training clips: options of `workflow/scripts/instructions.py`."""

    variants: CountOrNone = 2
    """Questions for each fact of a clip."""
    seed: int = 0
    """Of their wording."""
