"""Select the benchmark's items from the merged candidates; say what became of every candidate.

A quota that cannot be filled is no error yet: the audit is written first, and `freeze` refuses.

python workflow/scripts/select_items.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.benchmark.audit import audit
from akb.benchmark.candidates import read_candidates, write_candidates
from akb.benchmark.selection import Limits, select
from akb.benchmark.shortfall import binding
from akb.benchmark.taxonomy import read_taxonomy
from akb.errors import guard
from akb.settings.benchmark import Benchmark
from akb.settings.options import add_options
from akb.tables import AUDIT, CLUSTERS, FLAGS, STATUSES, frame_of, read_table, write_with_csv


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for table in ("candidates", "flags", "clusters", "statuses", "taxonomy"):
        parser.add_argument(f"--{table}", type=Path, required=True)
    limits_of = (
        "per_template",
        "template_share",
        "longest_right",
        "computation",
        "computation_in",
        "hard",
        "cue_balance",
    )
    section_of = add_options(parser, Benchmark, "options", *limits_of)
    parser.add_argument("--selected", type=Path, required=True)
    parser.add_argument("--audit", type=Path, required=True)
    args = parser.parse_args()
    benchmark = section_of(args)

    taxonomy = read_taxonomy(args.taxonomy)
    candidates = read_candidates(args.candidates)
    history = audit(
        candidates,
        read_table(args.flags, FLAGS),
        read_table(args.clusters, CLUSTERS),
        read_table(args.statuses, STATUSES),
        taxonomy,
        benchmark.options,
    )
    quotas = {name: s.quota for name, s in taxonomy.items()}
    proven = {name: s.proven for name, s in taxonomy.items() if s.proven is not None}
    limits = Limits(proven=proven, **{name: getattr(benchmark, name) for name in limits_of})
    chosen = set(select(history.eligible, quotas, limits))
    held = binding(history.eligible, sorted(chosen), quotas, limits)
    write_candidates([c for c in candidates if c.name in chosen], taxonomy, args.selected)
    if held:
        print(f"{len(held)} subcategories fall short: {', '.join(held)}; {args.audit} says why")
    write_with_csv(frame_of(history.rows(chosen, held), AUDIT), args.audit, AUDIT)


if __name__ == "__main__":
    main()
