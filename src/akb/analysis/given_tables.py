"""Tables of results that a user names on a command line: another file there is a slip, and nothing to delete.

table = given_table(Path("results/benchmark/akb.parquet"), ITEMS, "items", "results/benchmark/akb.parquet")
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from akb.errors import AkbError
from akb.tables import Schema, read_table


def given_table(path: Path, schema: Schema, what: str, such_as: str) -> pl.DataFrame:
    """A table of `schema`. Raises AkbError that says what the file is not, and where such a table lies."""
    try:
        if not path.is_file():
            raise AkbError("there is no such file", where=str(path), remedy="")
        return read_table(path, schema)
    except (AkbError, OSError) as error:
        reason = error.what if isinstance(error, AkbError) else str(error)
        raise AkbError(
            f"this is no table of {what}: {reason}", where=str(path), remedy=f"name one, such as {such_as}"
        ) from error
