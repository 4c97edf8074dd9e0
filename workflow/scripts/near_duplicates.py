"""Cluster near-duplicate candidates, so that at most one of each cluster is selected.

python workflow/scripts/near_duplicates.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.benchmark.candidates import read_candidates
from akb.benchmark.near_duplicates import near_duplicates
from akb.errors import guard
from akb.settings.benchmark import Benchmark
from akb.settings.options import add_options
from akb.tables import CLUSTERS, frame_of, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--minilm", type=Path, required=True, help="checkpoint folder of the sentence encoder")
    section_of = add_options(parser, Benchmark, "similarity")
    parser.add_argument("--clusters", type=Path, required=True)
    args = parser.parse_args()

    candidates = read_candidates(args.candidates)
    numbers = near_duplicates(
        [f"{c.question} {c.answer}" for c in candidates], section_of(args).similarity, args.minilm
    )
    rows = [{"name": c.name, "cluster": int(k)} for c, k in zip(candidates, numbers, strict=True)]
    write_table(frame_of(rows, CLUSTERS), args.clusters, CLUSTERS)


if __name__ == "__main__":
    main()
