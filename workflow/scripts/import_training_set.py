"""Import a training set for audio language models: its audio as 16 kHz FLAC, and what is asked about it.

python workflow/scripts/import_training_set.py --name mine --rows data/mine.jsonl --audio data/mine \
    --question-field prompt --output results/audio/mine
"""

from __future__ import annotations

import argparse
import os
from dataclasses import fields
from pathlib import Path

from akb.audio.hygiene import of_training_set
from akb.audio.own_rows import Fields, read_rows
from akb.audio.own_set import tables_of, write_sounds
from akb.errors import guard
from akb.tables import CAPTIONS, CLIPS, HYGIENE, INSTRUCTIONS, write_csv, write_table, write_with_csv


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True)
    parser.add_argument("--rows", type=Path, nargs="+", required=True, help="JSONL or Parquet files")
    parser.add_argument("--audio", type=Path, required=True, help="the folder that audio paths start from")
    for field in fields(Fields):
        parser.add_argument(f"--{field.name}-field", default=field.default, help="what the files call it")
    parser.add_argument("--output", type=Path, required=True, help="folder of its tables")
    given = parser.parse_args()

    called = Fields(**{field.name: getattr(given, f"{field.name}_field") for field in fields(Fields)})
    rows = read_rows(given.rows, called, given.audio)
    decoded = write_sounds(rows["audio"], given.audio, given.output, len(os.sched_getaffinity(0)))
    found = tables_of(rows, decoded, given.name)
    write_table(found.clips, given.output / "clips.parquet", CLIPS)
    write_table(found.instructions, given.output / "rows.parquet", INSTRUCTIONS)
    write_table(found.transcripts, given.output / "transcripts.parquet", CAPTIONS)
    write_with_csv(of_training_set(rows, decoded), given.output / "hygiene.parquet", HYGIENE)
    write_csv(found.rejected, given.output / "rejected.csv")
    print(f"{len(found.instructions)} questions about {len(found.clips)} clips; {len(found.rejected)} rows left out")


if __name__ == "__main__":
    main()
