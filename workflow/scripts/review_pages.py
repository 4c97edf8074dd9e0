"""Write review pages: reviewers' shares of the candidates, one self-contained HTML file each.

python workflow/scripts/review_pages.py --help
"""

from __future__ import annotations

import argparse
from pathlib import Path

from akb.benchmark.review_command import add_tables, write_pages
from akb.errors import guard
from akb.settings.benchmark import Assignment
from akb.settings.options import add_options


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_tables(parser)
    section_of = add_options(parser, Assignment)
    parser.add_argument("--only", nargs="*", default=[], help="the reviewers whose pages are written; all if absent")
    parser.add_argument("--output", type=Path, required=True, help="the folder of the pages")
    args = parser.parse_args()
    write_pages(args, section_of(args), args.output, args.only)


if __name__ == "__main__":
    main()
