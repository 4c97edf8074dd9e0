"""A draft is a clip with its labels before it has been checked; a corpus is what is left of the drafts.

`settle` refuses drafts that cannot be clips and keeps the reason; `write_corpus` writes what is left.

    kept, refused = settle(drafts); write_corpus(Path("results/audio/mini"), kept, refused)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from akb.atomic import atomic_path
from akb.audio.clips import RATE, Samples, clip_id, fault_of, write_flac
from akb.tables import CLIPS, frame_of, write_csv, write_table

BETWEEN_GROUPS = " + "  # in the group of a clip that was mixed from several recordings


@dataclass(frozen=True)
class Draft:
    """A clip to be. groups: the recordings and sound fonts that it was made from; asks: the types of question
    that it serves, none in training; labels: see `mini`."""

    samples: Samples = field(repr=False)
    labels: dict[str, Any]
    split: str
    groups: tuple[str, ...]
    licence: str
    source: str
    asks: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        return BETWEEN_GROUPS.join(sorted(set(self.groups)))


@dataclass(frozen=True)
class Refused:
    """A recording or draft that did not become a clip, and why."""

    source: str
    path: str
    reason: str


def settle(drafts: Iterable[Draft]) -> tuple[dict[str, Draft], list[Refused]]:
    """The drafts that can be clips, by clip id, and the others with their reasons.

    Raises ValueError if a recording stands on both sides: then the splitting is at fault.
    """
    kept: dict[str, Draft] = {}
    refused: list[Refused] = []
    sides: dict[str, str] = {}
    for draft in drafts:
        identity = clip_id(draft.samples)
        fault = fault_of(draft.samples)
        if fault is None and identity in kept:
            # One test clip may serve several questions.
            before = kept[identity]
            if draft.asks and not set(draft.asks) & set(before.asks):
                kept[identity] = replace(before, asks=before.asks + draft.asks)
                continue
            fault = f"the same samples as a clip before ({before.source})"
        if fault is not None:
            refused.append(Refused(draft.source, draft.group, fault))
            continue
        for group in draft.groups:
            if sides.setdefault(group, draft.split) != draft.split:
                raise ValueError(f"{group} stands in both splits")
        kept[identity] = draft
    return kept, refused


def write_corpus(folder: Path, kept: dict[str, Draft], refused: Sequence[Refused]) -> None:
    """Write `clips/*.flac`, `clips.parquet` and `rejected.csv` into `folder`, each whole or not at all."""
    with atomic_path(folder / "clips") as temporary:
        temporary.mkdir()
        for identity, draft in kept.items():
            write_flac(draft.samples, temporary / _name(identity))
    rows = [
        {
            "clip_id": identity,
            "path": f"clips/{_name(identity)}",
            "seconds": len(draft.samples) / RATE,
            "sample_rate": RATE,
            "domain": draft.labels["domain"],
            "split": draft.split,
            "group": draft.group,
            "licence": draft.licence,
            "source": draft.source,
            "labels": json.dumps(draft.labels, ensure_ascii=False, sort_keys=True),
        }
        for identity, draft in kept.items()
    ]
    table = [{"source": row.source, "path": row.path, "reason": row.reason} for row in refused]
    write_csv(
        pl.DataFrame(table, schema=dict.fromkeys(("source", "path", "reason"), pl.String)), folder / "rejected.csv"
    )
    write_table(frame_of(rows, CLIPS), folder / "clips.parquet", CLIPS)


def _name(identity: str) -> str:
    return f"{identity[:16]}.flac"
