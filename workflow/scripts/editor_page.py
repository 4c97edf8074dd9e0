"""Write the editor's page: what waits for adjudication, and how the review stands.

python workflow/scripts/editor_page.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.atomic import write_text
from akb.benchmark.agreement import AGREEMENT
from akb.benchmark.answers import ACCURACY
from akb.benchmark.decision_files import read_decisions
from akb.benchmark.editing import overview, waiting
from akb.benchmark.merging import MergeRules, merge
from akb.benchmark.review_command import Known, add_tables
from akb.benchmark.review_page import Parts, editor_page, opinion_entry
from akb.errors import guard
from akb.settings.benchmark import Review
from akb.settings.options import add_options
from akb.tables import read_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_tables(parser)
    parser.add_argument("--decisions", type=Path, nargs="*", default=[])
    parser.add_argument("--adjudications", type=Path, nargs="*", default=[])
    parser.add_argument("--agreement", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    section_of = add_options(parser, Review)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    review = section_of(args)
    known = Known(args)
    merged = merge(
        known.candidates,
        [d for file in read_decisions(args.decisions) for d in file.decisions],
        [d for file in read_decisions(args.adjudications, final=True) for d in file.decisions],
        MergeRules(review.minimum, review.majority),
    )
    entries = [
        {
            **known.entry(known.by_name[name], "the editor"),
            "why": merged.why.get(name, "too few have judged it, and one of them does not accept it"),
            "opinions": [opinion_entry(d) for d in merged.decisions.get(name, [])],
        }
        for name in waiting(merged)
    ]
    tables = overview(merged, read_table(args.agreement, AGREEMENT), read_table(args.answers, ACCURACY))
    write_text(args.output, editor_page(Parts.read(args.parts), args.name, entries, tables))


if __name__ == "__main__":
    main()
