"""Merge reviewers' decisions into the candidates; report agreement, conflicts and stale decisions.

python workflow/scripts/merge.py --help
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import polars as pl

from akb.atomic import write_text
from akb.benchmark.agreement import agreement, by_category
from akb.benchmark.candidates import read_candidates, write_candidates
from akb.benchmark.merging import Rules, merge
from akb.benchmark.review import decisions_csv, read_decisions, stale_csv
from akb.benchmark.taxonomy import read_taxonomy
from akb.errors import guard
from akb.settings.benchmark import Review
from akb.settings.options import add_options
from akb.tables import STATUSES, frame_of, write_csv, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--decisions", type=Path, nargs="*", default=[])
    parser.add_argument("--adjudications", type=Path, nargs="*", default=[])
    section_of = add_options(parser, Review)
    for output in ("merged", "statuses", "conflicts", "stale", "agreement"):
        parser.add_argument(f"--{output}", type=Path, required=True)
    args = parser.parse_args()
    review = section_of(args)

    taxonomy = read_taxonomy(args.taxonomy)
    decisions = [d for path in args.decisions for d in read_decisions(path)]
    adjudications = [d for path in args.adjudications for d in read_decisions(path)]
    merged = merge(read_candidates(args.candidates), decisions, adjudications, Rules(review.minimum, review.majority))
    write_candidates(merged.candidates, taxonomy, args.merged)
    rows = [{"name": n, "status": s, "decisions": len(merged.decisions.get(n, []))} for n, s in merged.status.items()]
    write_table(frame_of(rows, STATUSES), args.statuses, STATUSES)
    conflicts = [d for n, s in merged.status.items() if s == "conflict" for d in merged.decisions[n]]
    write_text(args.conflicts, decisions_csv(conflicts))
    write_text(args.stale, stale_csv(merged.stale))
    verdicts = by_category(merged.decisions, merged.candidates, taxonomy)
    write_csv(pl.DataFrame([asdict(a) for a in agreement(verdicts)]), args.agreement)


if __name__ == "__main__":
    main()
