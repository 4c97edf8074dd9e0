"""Write the manifest: where every output of this run came from.

python workflow/scripts/manifest.py --files results/report.html --results results --output results/manifest.json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from akb.atomic import write_text
from akb.errors import guard
from akb.orchestration.manifest import build_manifest


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path, nargs="+", required=True, help="what the run was for; the rest is found")
    parser.add_argument("--results", type=Path, required=True, help="the folder of what the workflow builds")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    manifest = build_manifest(args.files, args.results)
    write_text(args.output, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(manifest['outputs'])} outputs, {len(manifest['unrecorded'])} without a record", file=sys.stderr)


if __name__ == "__main__":
    main()
