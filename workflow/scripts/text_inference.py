"""Let one backbone answer all prompts tables, with one engine load, and write its responses.

    python workflow/scripts/text_inference.py --prompts probe.parquet cascade-mini.parquet \
        --asking config/prompts/asking.yaml --backbone '{"name": "m", "engine": "transformers",
        "checkpoint": "results/checkpoints/m"}' --store results/models/m/store --output responses.parquet
"""

import argparse
from pathlib import Path

import polars as pl

from akb.errors import guard
from akb.llm.backbones import backbone_of
from akb.llm.inference import answer
from akb.llm.prompts import read_template, requests_of
from akb.llm.responses import responses_frame
from akb.tables import PROMPTS, RESPONSES, read_table, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=Path, nargs="+", required=True)
    parser.add_argument("--asking", type=Path, required=True)
    parser.add_argument("--backbone", required=True, help="an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--captioner", help="ask only with this captioner's captions")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    backbone, asking = backbone_of(given.backbone), read_template(given.asking)
    prompts = pl.concat([read_table(path, PROMPTS) for path in given.prompts])
    if given.captioner:
        prompts = prompts.filter(captioner=given.captioner)
    rows, requests = requests_of(prompts, backbone, asking)
    responses = answer(requests, backbone, given.store, f"text inference, {backbone.name}")
    write_table(responses_frame(prompts, rows, responses, backbone), given.output, RESPONSES)


if __name__ == "__main__":
    main()
