"""The tables of `results/tables/`, each with its schema: the one list of them.

Every table stands there twice: as Parquet, which figures and report read, and as CSV for people.

    found = read_tables(Path("results/tables")); found["gains"]
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from akb.analysis.accuracy import ACCURACY
from akb.analysis.asking import ASKING
from akb.analysis.caption_worth import CAPTION_WORTH
from akb.analysis.choice import CHOICES
from akb.analysis.consistency import CONSISTENCY
from akb.analysis.correlations import CORRELATIONS
from akb.analysis.early_stopping import STOPPING
from akb.analysis.endings import ENDINGS, MODES
from akb.analysis.error_sources import ERROR_SOURCES
from akb.analysis.gains import GAINS
from akb.analysis.leads import LEADS
from akb.analysis.needed_audio import NEEDING_AUDIO
from akb.analysis.own_cascade import OWN_CASCADES
from akb.analysis.positions import POSITIONS
from akb.analysis.rank_stability import RANK_STABILITY
from akb.analysis.reading_rules import READING_RULES
from akb.analysis.relations import RELATIONS
from akb.analysis.scores import INVALID
from akb.analysis.scoring_rules import RULE_SCORES
from akb.analysis.skills import SKILLS
from akb.tables import SCORES, Schema, read_table, write_with_csv

TABLES: Mapping[str, Schema] = {
    "accuracy": ACCURACY,
    "gains": GAINS,
    "captioners": CAPTION_WORTH,
    "asking": ASKING,
    "leads": LEADS,
    "correlations": CORRELATIONS,
    "question_types": SCORES,
    "positions": POSITIONS,
    "rules": RULE_SCORES,
    "invalid": INVALID,
    "endings": ENDINGS,
    "modes": MODES,
    "skills": SKILLS,
    "own_cascades": OWN_CASCADES,
    "error_sources": ERROR_SOURCES,
    "needing_audio": NEEDING_AUDIO,
    "rank_stability": RANK_STABILITY,
    "consistency": CONSISTENCY,
    "reading_rules": READING_RULES,
    "relations": RELATIONS,
    "choices": CHOICES,
    "stopping": STOPPING,
}


def write_tables(frames: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Write every table of TABLES as `<name>.parquet` and `<name>.csv`.

    Raises AkbError for a frame without its schema, KeyError unless `frames` has exactly the tables.
    """
    if frames.keys() != TABLES.keys():
        raise KeyError(f"not the tables: {sorted(frames.keys() ^ TABLES.keys())}")
    for name, schema in TABLES.items():
        write_with_csv(frames[name], folder / f"{name}.parquet", schema)


def read_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Every table of TABLES by its name. Raises AkbError naming the file that is missing or of another schema."""
    return {name: read_table(folder / f"{name}.parquet", schema) for name, schema in TABLES.items()}
