"""Which clips a LALM is not trained on, so that its loss can be watched on sound that it never met.

Whole recordings and renders are held out, not clips: two clips of one recording are nearly the same.

    held = held_out_groups(table["group"], share=0.05, seed=0)
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import polars as pl

from akb.audio.drafts import BETWEEN_GROUPS


def held_out_groups(groups: Sequence[str] | pl.Series, share: float, seed: int) -> set[str]:
    """Recordings and renders whose clips are kept from training, a `share` of all; see `is_held_out`."""
    single = pl.Series(groups, dtype=pl.String).str.split(BETWEEN_GROUPS).explode().unique().sort()
    chosen = random.Random(f"{seed} held out").sample(range(len(single)), round(len(single) * share))
    return set(single.gather(chosen))


def is_held_out(group: str, held: set[str]) -> bool | None:
    """True: all that a clip is made of is held out. False: nothing of it. None: mixed, of use to neither side."""
    parts = [part in held for part in group.split(BETWEEN_GROUPS)]
    return parts[0] if len(set(parts)) == 1 else None
