"""What is odd about a benchmark's questions and clips, or a training set's, in numbers: a table of one row.

write_with_csv(hygiene_row({"rows": 1000, "doubled_options": 27}), Path("hygiene.parquet"), HYGIENE)
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from akb.audio.clips import SHORTEST
from akb.tables import HYGIENE, frame_of


def hygiene_row(counts: Mapping[str, int]) -> pl.DataFrame:
    """The one row; what is not counted is 0."""
    return frame_of([{name: int(counts.get(name, 0)) for name in HYGIENE}], HYGIENE)


def of_training_set(rows: pl.DataFrame, decoded: pl.DataFrame) -> pl.DataFrame:
    """A training set's row. rows: of `read_rows`; decoded: of `own_set.write_sounds`, a row a sound file."""
    good = decoded.filter(pl.col("reason").is_null())
    silent = decoded.filter(reason="silent")
    return hygiene_row(
        {
            "rows": len(rows),
            "silent": len(silent),
            "short": len(good.filter(pl.col("seconds") < SHORTEST)),
            "unreadable": len(decoded) - len(good) - len(silent),
            "duplicate_clips": len(good) - good["clip_id"].n_unique(),
        }
    )
