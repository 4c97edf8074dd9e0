"""Merge reviewers' decisions into the candidates; report agreement, conflicts and stale decisions.

python workflow/scripts/merge.py --help
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

from akb.atomic import write_text
from akb.benchmark.agreement import AGREEMENT, agreement, by_category
from akb.benchmark.answers import ACCURACY, answered, blind_accuracy, statuses
from akb.benchmark.candidates import read_candidates, write_candidates
from akb.benchmark.decision_files import altered_texts, read_decisions
from akb.benchmark.filled_forms import require_unfilled
from akb.benchmark.merge_report import told
from akb.benchmark.merging import MergeRules, merge
from akb.benchmark.review import Conflict, conflicts_csv, shown_options, stale_csv, task
from akb.benchmark.taxonomy import category_of, read_taxonomy
from akb.errors import AkbError, guard
from akb.settings.benchmark import Review
from akb.settings.options import add_options
from akb.tables import FLAGS, STATUSES, frame_of, read_table, write_table, write_with_csv


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--flags", type=Path, required=True)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--decisions", type=Path, nargs="*", default=[])
    parser.add_argument("--adjudications", type=Path, nargs="*", default=[])
    section_of = add_options(parser, Review)
    for output in ("merged", "statuses", "conflicts", "stale", "agreement", "answers"):
        parser.add_argument(f"--{output}", type=Path, required=True)
    args = parser.parse_args()
    review = section_of(args)

    require_unfilled([args.conflicts], "benchmark.adjudications")
    taxonomy = read_taxonomy(args.taxonomy)
    candidates = read_candidates(args.candidates)
    decisions = read_decisions(args.decisions)
    adjudications = read_decisions(args.adjudications, final=True)
    shown = {c.content_hash: (c.question, shown_options(c)) for c in candidates}
    faults, notes = altered_texts([*decisions, *adjudications], shown)
    if faults:
        raise AkbError(
            "texts were changed beside decisions that do not carry them:\n" + "\n".join(f"  - {f}" for f in faults),
            where=", ".join(map(str, [*args.decisions, *args.adjudications])),
            remedy="write edit and the new text in its own column, or put the old text back",
        )
    merged = merge(
        candidates,
        [d for file in decisions for d in file.decisions],
        [d for file in adjudications for d in file.decisions],
        MergeRules(review.minimum, review.majority),
    )
    print(told(merged, [*decisions, *adjudications], taxonomy))
    for note in notes:
        print(note)
    write_candidates(merged.candidates, taxonomy, args.merged)
    write_table(frame_of(statuses(merged), STATUSES), args.statuses, STATUSES)
    flags: dict[str, list[str]] = defaultdict(list)
    for row in read_table(args.flags, FLAGS).iter_rows(named=True):
        flags[row["name"]].append(f"{row['flag']}: {row['detail']}")
    conflicts = [
        Conflict(task(c, category_of(taxonomy, c.subcategory), flags[c.name]), merged.why[c.name], given)
        for c in candidates
        if merged.status[c.name] == "conflict"
        for given in [merged.decisions.get(c.name, [])]
    ]
    write_text(args.conflicts, conflicts_csv(conflicts))
    write_text(args.stale, stale_csv(merged.stale))
    verdicts = agreement(by_category(merged.decisions, candidates, taxonomy))
    answers = agreement(answered(merged.decisions, candidates, taxonomy))
    rows = [{"on": on, **asdict(a)} for on, found in (("verdicts", verdicts), ("answers", answers)) for a in found]
    write_with_csv(frame_of(rows, AGREEMENT), args.agreement, AGREEMENT)
    write_with_csv(blind_accuracy(merged.decisions, candidates, taxonomy), args.answers, ACCURACY)


if __name__ == "__main__":
    main()
