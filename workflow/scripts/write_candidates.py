"""Let a backbone write candidate questions.

python workflow/scripts/write_candidates.py --help
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import polars as pl

from akb.benchmark.candidates import write_candidates
from akb.benchmark.taxonomy import read_taxonomy
from akb.benchmark.writing import Failure, read_writing_template, writing_requests, written
from akb.errors import guard
from akb.llm.backbones import backbone_of
from akb.llm.inference import answer
from akb.settings.benchmark import Writing
from akb.settings.options import add_options
from akb.tables import write_csv


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbone", required=True, help="an akb.llm.engine.Backbone as JSON")
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--template", type=Path, required=True)
    section_of = add_options(parser, Writing)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--failures", type=Path, required=True)
    args = parser.parse_args()
    writing = section_of(args)

    taxonomy, writer = read_taxonomy(args.taxonomy), backbone_of(args.backbone)
    requests = writing_requests(
        taxonomy,
        read_writing_template(args.template),
        per_subcategory=writing.per_subcategory,
        seeds=writing.seeds,
        temperature=writing.temperature,
    )
    candidates, failures = written(answer(requests, writer, args.store, f"write, {writer.name}"), writer.name)
    write_csv(pl.DataFrame([asdict(f) for f in failures], schema=list(Failure.__annotations__)), args.failures)
    write_candidates(candidates, taxonomy, args.output)


if __name__ == "__main__":
    main()
