"""Take the items that are asked from the frozen benchmark: all, a balanced subset, or those that a file names.

python workflow/scripts/akb_items.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.benchmark.frozen import named, read_frozen, subset
from akb.benchmark.taxonomy import read_taxonomy, scaled_quotas
from akb.errors import guard
from akb.items import write_items
from akb.settings.benchmark import Benchmark
from akb.settings.options import add_options


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frozen", type=Path, required=True)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--subset", type=Path, nargs="?", help="a file of items' names; then --items is not read")
    section_of = add_options(parser, Benchmark, "items")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    frozen = read_frozen(args.frozen)
    if args.subset:
        chosen = named(frozen, args.subset)
    else:
        chosen = subset(frozen, scaled_quotas(read_taxonomy(args.taxonomy), min(section_of(args).items, len(frozen))))
    write_items([item.item() for item in chosen], args.output)


if __name__ == "__main__":
    main()
