"""True descriptions of the clips of `mini`, from their labels: what a perfect captioner would say of them.

No captioner that hears could be right everywhere; answers from these say what a backbone can do with the truth, and so
whether a wrong answer by ear lacks knowledge or evidence (`analysis.error_sources`).

    table = label_captions(clips, read_plan(path), "truth")
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from akb.audio.mini_instructions import description
from akb.audio.sources import Plan
from akb.errors import AkbError
from akb.tables import CAPTIONS, frame_of


def label_captions(clips: Sequence[Mapping[str, Any]], plan: Plan, name: str) -> pl.DataFrame:
    """CAPTIONS rows, one a clip (a row of `tables.CLIPS`), in order.

    Raises AkbError for a clip whose labels say nothing.
    """
    return frame_of([_row(clip, plan, name) for clip in clips], CAPTIONS)


def _row(clip: Mapping[str, Any], plan: Plan, name: str) -> dict[str, Any]:
    labels = json.loads(clip["labels"] or "{}")
    text = description(labels, plan) if "domain" in labels else ""
    if not text:
        raise AkbError(
            "a clip's labels say nothing that could stand for a caption",
            where=f"clip {clip['clip_id']}, captioner {name}",
            remedy="a captioner of kind `labels` is for `mini` alone: write `benchmarks: [mini]`",
        )
    return {"clip_id": clip["clip_id"], "captioner": name, "text": text, "seconds": 0.0}
