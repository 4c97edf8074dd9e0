"""Write results/items/: pages in which every answer can be looked at, opened from the disk.

python workflow/scripts/item_pages.py --items results/benchmark/akb.parquet results/audio/mini/items.parquet \
    --responses results/models/m/responses.parquet --captions results/captions/mini/combined.parquet \
    --clips results/audio/mini/clips.parquet --template workflow/report/items --output results/items
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

import polars as pl

from akb.atomic import atomic_path
from akb.errors import guard
from akb.reading.files import read_json_file
from akb.report.item_pages import item_files
from akb.tables import CAPTIONS, CLIPS, ITEMS, RESPONSES, frame_of, read_table

PAGE = ("index.html", "items.css", "items.js")


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=Path, nargs="+", required=True)
    parser.add_argument("--responses", type=Path, nargs="+", required=True, help="of every backbone, text and audio")
    parser.add_argument("--captions", type=Path, nargs="*", default=[])
    parser.add_argument("--clips", type=Path, nargs="*", default=[])
    parser.add_argument("--display", type=read_json_file, default={}, help="a JSON file: backbone → {name, …}")
    parser.add_argument("--template", type=Path, required=True, help="folder of " + ", ".join(PAGE))
    parser.add_argument("--output", type=Path, required=True, help="a folder, written anew as a whole")
    given = parser.parse_args()

    items = pl.concat([read_table(path, ITEMS) for path in given.items])
    responses = pl.concat([read_table(path, RESPONSES) for path in given.responses])
    captions = pl.concat([read_table(path, CAPTIONS) for path in given.captions] or [frame_of([], CAPTIONS)])
    clips = pl.concat([_reached(path, given.output) for path in given.clips] or [frame_of([], CLIPS)])
    names = {backbone: shown["name"] for backbone, shown in given.display.items()}
    with atomic_path(given.output) as folder:
        (folder / "data").mkdir(parents=True)
        for name in PAGE:
            shutil.copyfile(given.template / name, folder / name)
        for name, content in item_files(items, responses, captions, clips, names):
            (folder / "data" / name).write_text(content, encoding="utf-8")


def _reached(table: Path, page: Path) -> pl.DataFrame:
    """A clips table whose paths are as the page reaches them; empty where there is no sound."""
    beside = Path(os.path.relpath(table.parent, page)).as_posix()
    path = pl.when(pl.col("path") == "").then(pl.lit("")).otherwise(pl.lit(f"{beside}/") + pl.col("path"))
    return read_table(table, CLIPS).with_columns(path=path)


if __name__ == "__main__":
    main()
