"""Write the review tasks as CSV, as a workbook, and as Label Studio JSON with its labelling configuration.

python workflow/scripts/review_tasks.py --help
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from akb.atomic import atomic_path, write_text
from akb.benchmark import review
from akb.benchmark.candidates import read_candidates
from akb.benchmark.filled_forms import require_unfilled
from akb.benchmark.label_studio import LABELLING_CONFIGURATION, tasks_label_studio
from akb.benchmark.taxonomy import read_taxonomy
from akb.errors import guard
from akb.tables import FLAGS, read_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--flags", type=Path, required=True)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--csv", type=Path, required=True)
    parser.add_argument("--workbook", type=Path, required=True)
    parser.add_argument("--label-studio", type=Path, required=True)
    parser.add_argument("--labelling", type=Path, required=True)
    args = parser.parse_args()

    require_unfilled([args.csv, args.workbook], "benchmark.decisions")
    taxonomy = read_taxonomy(args.taxonomy)
    flags: dict[str, list[str]] = defaultdict(list)
    for row in read_table(args.flags, FLAGS).iter_rows(named=True):
        flags[row["name"]].append(f"{row['flag']}: {row['detail']}")
    tasks = [
        review.task(c, taxonomy[c.subcategory].category, flags[c.name])
        for c in read_candidates(args.candidates)
        if c.subcategory in taxonomy
    ]
    write_text(args.csv, review.tasks_csv(tasks))
    with atomic_path(args.workbook) as temporary:
        temporary.write_bytes(review.tasks_workbook(tasks))
    write_text(args.label_studio, tasks_label_studio(tasks))
    write_text(args.labelling, LABELLING_CONFIGURATION)


if __name__ == "__main__":
    main()
