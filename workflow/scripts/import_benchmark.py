"""Import a benchmark's questions: items and clips tables, and its audio as 16 kHz FLAC where there is any.

python workflow/scripts/import_benchmark.py --name mmau --kind mmau --questions mmau-test-mini.json \
    [--audio AUDIO_FOLDER] --output results/audio/mmau
python workflow/scripts/import_benchmark.py --name mine --kind questions --hub someone/set --revision 1234abc \
    --split test --fields '{"options": "choices", "audio": "audio"}' --output results/audio/mine
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from akb.audio.imported import PRESETS, read_benchmark, with_units, write_clips
from akb.errors import guard
from akb.items import write_items
from akb.reading.files import read_hub, read_records
from akb.reading.questions import Fields
from akb.tables import CLIPS, HYGIENE, write_csv, write_table, write_with_csv


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="what the benchmark is called")
    parser.add_argument("--kind", required=True, choices=[*PRESETS, "questions"])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--questions", type=Path, help="JSON, JSONL, CSV, Parquet, or a folder that `datasets` saved")
    source.add_argument("--hub", help="a data set on the hub")
    parser.add_argument("--revision", help="of the data set on the hub: a full commit")
    parser.add_argument("--split", help="of a data set; all its splits without it")
    parser.add_argument("--fields", type=json.loads, default={}, help="JSON: what the file calls things")
    parser.add_argument("--limit", type=int, help="only so many items, as many of each domain as it goes")
    parser.add_argument("--audio", type=Path, help="folder of the audio; without it, questions alone")
    parser.add_argument("--output", type=Path, required=True, help="folder of items, clips, hygiene and questions")
    given = parser.parse_args()
    if given.hub:
        records = read_hub(given.hub, given.revision, given.split)
    else:
        records = read_records(given.questions, split=given.split, keyed=("id", "answer"))
    fields = PRESETS.get(given.kind) or Fields(**given.fields)
    benchmark = read_benchmark(given.name, fields, records, kind=given.kind, limit=given.limit)
    print(f"{given.name}: {len(benchmark.items)} questions about {len(benchmark.clips)} clips; {benchmark.meaning}")
    table, hygiene = write_clips(benchmark, given.audio.expanduser() if given.audio else None, given.output)
    write_table(table, given.output / "clips.parquet", CLIPS)
    write_items(with_units(benchmark.items, table), given.output / "items.parquet")
    write_csv(benchmark.rows, given.output / "questions.csv")
    write_with_csv(hygiene, given.output / "hygiene.parquet", HYGIENE)


if __name__ == "__main__":
    main()
