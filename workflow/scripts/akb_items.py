"""Take the items that are asked from the frozen benchmark: all, or a balanced subset.

python workflow/scripts/akb_items.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.benchmark.frozen import read_frozen, subset
from akb.benchmark.taxonomy import read_taxonomy, scaled_quotas
from akb.errors import guard
from akb.items import write_items


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frozen", type=Path, required=True)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--items", type=int, required=True, help="how many items to ask")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    frozen = read_frozen(args.frozen)
    quotas = scaled_quotas(read_taxonomy(args.taxonomy), min(args.items, len(frozen)))
    write_items([item.item() for item in subset(frozen, quotas)], args.output)


if __name__ == "__main__":
    main()
