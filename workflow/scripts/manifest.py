"""Write the manifest: where every output came from.

python workflow/scripts/manifest.py --results results --records .snakemake/metadata --output results/manifest.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from akb.atomic import write_text
from akb.errors import guard
from akb.orchestration.manifest import build_manifest


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--records", type=Path, required=True, help="Snakemake's metadata folder")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    manifest = build_manifest(args.results, args.records)
    write_text(args.output, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
