"""Join the shards of one captioner into its captions table.

python workflow/scripts/gather_captions.py --shards whisper-0.parquet whisper-1.parquet --output whisper.parquet
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from akb.errors import guard
from akb.tables import CAPTIONS, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, nargs="+", required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    joined = pl.concat([read_table(path, CAPTIONS) for path in args.shards]).sort("clip_id", "item_id")
    write_table(joined, args.output, CAPTIONS)


if __name__ == "__main__":
    main()
