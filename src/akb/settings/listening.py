"""The section `lalm.listen`: how audio items are asked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from akb.settings.section import Count, Normalise, Section


class Listening(Section):
    """How audio items are asked: options of `workflow/scripts/listen.py`."""

    how: Literal["generate", "letter", "option"] = "option"
    """How the answer is read, as `scoring` of the text settings; `letter` needs `lalm.prompt.show_options`."""
    engine: Literal["transformers", "vllm"] = "transformers"
    """What runs the backbone. `vllm` writes faster, splits a backbone over GPUs by its own `engine_options`, and takes
    a while to start; it answers only by `generate`, and without LoRA."""
    beside: dict[str, Literal["generate", "letter", "option"]] = Field(default_factory=dict)
    """Benchmarks that are asked in another way, too: benchmark: way; shown in a table of its own."""
    max_tokens: Count | None = None
    """The longest written answer, in tokens; the backbone's own `max_tokens` if absent."""
    controls: Annotated[tuple[Literal["no_audio", "swapped_audio", "transcript_only"], ...], Field(strict=False)] = (
        "no_audio",
    )
    """The items once more without sound and transcript, with another clip's, or with the transcript alone."""
    normalise: Normalise = "none"
    """What an option's log-likelihood is divided by."""
    batch_tokens: Count = 1024
    """Prompt tokens that run together."""
    seed: int = 0
    """Of the swap."""
