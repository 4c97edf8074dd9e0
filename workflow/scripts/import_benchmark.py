"""Import MMAU or MMAR: items and clips tables, and its audio as 16 kHz FLAC where a folder is given.

python workflow/scripts/import_benchmark.py --benchmark mmau --questions mmau-test-mini.json \
    [--audio AUDIO_FOLDER] --output results/audio/mmau
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.audio.mmau_mmar import read_benchmark, with_units, write_clips
from akb.errors import guard
from akb.items import write_items
from akb.tables import CLIPS, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", required=True, choices=["mmau", "mmar"])
    parser.add_argument("--questions", type=Path, required=True, help="the JSON list or JSONL of the release")
    parser.add_argument("--audio", type=Path, help="folder of the release's audio; without it, questions alone")
    parser.add_argument("--output", type=Path, required=True, help="folder of items.parquet and clips.parquet")
    arguments = parser.parse_args()
    items, clips = read_benchmark(arguments.benchmark, arguments.questions)
    table = write_clips(arguments.benchmark, clips, arguments.audio, arguments.output)
    write_table(table, arguments.output / "clips.parquet", CLIPS)
    write_items(with_units(items, table), arguments.output / "items.parquet")


if __name__ == "__main__":
    main()
