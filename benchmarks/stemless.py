"""How often a backbone finds the right option without the stem: what the options alone give away.

python benchmarks/stemless.py resources/akb/akb.jsonl results/checkpoints/smollm2-135m
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from akb.engine import Request
from akb.frozen import read_frozen
from akb.inference import answer
from akb.intervals import wilson
from akb.registry import backbone_of


def main() -> None:
    items = read_frozen(Path(sys.argv[1]))
    backbone = backbone_of(
        json.dumps({"name": "stemless", "engine": "transformers", "checkpoint": sys.argv[2], "normalise": "none"})
    )
    requests = [Request(i.item_id, "Choose the right answer.", options=i.options, mode="option") for i in items]
    with tempfile.TemporaryDirectory() as store:
        responses = answer(requests, backbone, Path(store), "without the stem")
    right = sum(r.answer == i.answer for r, i in zip(responses, items, strict=True))
    low, high = wilson(right, len(items))
    print(f"{right} of {len(items)} right without the stem: {right / len(items):.1%} ({low:.1%} to {high:.1%})")


if __name__ == "__main__":
    main()
