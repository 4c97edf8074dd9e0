"""Flag suspicious candidates, with reasons.

python workflow/scripts/hygiene.py --help
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from akb.benchmark.candidates import read_candidates
from akb.benchmark.hygiene import candidate_flags
from akb.benchmark.stemless import read_stemless, stemless_flags
from akb.benchmark.taxonomy import read_taxonomy
from akb.errors import guard
from akb.progress import track
from akb.settings.benchmark import Benchmark
from akb.settings.options import add_options
from akb.tables import FLAGS, frame_of, write_table


@guard
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--taxonomy", type=Path, required=True)
    parser.add_argument("--stemless", type=Path, nargs="*", default=[], help="what the rule `stemless` wrote")
    parser.add_argument("--flags", type=Path, required=True)
    section_of = add_options(parser, Benchmark, "options")
    args = parser.parse_args()
    wanted = section_of(args).options

    taxonomy = read_taxonomy(args.taxonomy)
    candidates = read_candidates(args.candidates)
    stemless = read_stemless(args.stemless)
    if stemless and (unasked := sum(c.content_hash not in stemless for c in candidates)):
        print(
            f"akb: {unasked:,} of {len(candidates):,} candidates were never asked without their stem", file=sys.stderr
        )
    flags = [
        {"name": c.name, "flag": f.flag, "detail": f.detail, "fatal": f.fatal}
        for c in track(candidates, "look at questions", unit="question")
        for f in candidate_flags(c, taxonomy, wanted) + stemless_flags(c, stemless)
    ]
    write_table(frame_of(flags, FLAGS), args.flags, FLAGS)


if __name__ == "__main__":
    main()
