"""Gather candidate questions from every source: authored, grounded, imported, written by LLMs.

python workflow/scripts/candidates.py --help
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path

from akb.benchmark.authored import read_authored
from akb.benchmark.candidates import distinct, meant, read_candidates, require_known, write_candidates
from akb.benchmark.imports import read_import
from akb.benchmark.proofs import grounded_candidates, require_proofs
from akb.benchmark.taxonomy import read_taxonomy
from akb.errors import guard
from akb.settings.benchmark import Benchmark
from akb.settings.options import add_options


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--authored", type=Path, nargs="*", default=[])
    parser.add_argument("--imports", type=Path, nargs="*", default=[])
    parser.add_argument("--written", type=Path, nargs="*", default=[], help="tables of LLM-written candidates")
    parser.add_argument("--left-out", type=Path, required=True, help="words that generated questions do not use")
    section_of = add_options(parser, Benchmark, "grounded", "grounded_per_template", "seed")
    parser.add_argument("--downloads", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    benchmark = section_of(args)

    os.environ["AKB_DOWNLOADS"] = str(args.downloads)  # where WordNet is kept
    os.environ["AKB_LEFT_OUT_WORDS"] = str(args.left_out)
    taxonomy = read_taxonomy(args.taxonomy)
    candidates = [c for path in args.authored for c in read_authored(path)]
    for path in args.imports:
        imported = read_import(path)
        require_known(imported, taxonomy, str(path))
        candidates += imported
    candidates += [c for path in args.written for c in read_candidates(path)]
    if benchmark.grounded:
        candidates += require_proofs(grounded_candidates(benchmark.seed, benchmark.grounded_per_template))
    kept = distinct(candidates)
    print(f"{len(kept)} candidates; {len(candidates) - len(kept)} more repeated the text of one of them")
    aside = Counter(c.subcategory for c in kept if c.subcategory not in taxonomy)
    if aside:
        print(f"left aside: {aside.total()} of {len(aside)} subcategories that {args.taxonomy} lacks")
    for name, n in aside.items():
        if hint := meant(name, taxonomy):
            print(f"left aside: {n} of {name!r}{hint}")
    write_candidates(kept, taxonomy, args.output)


if __name__ == "__main__":
    main()
