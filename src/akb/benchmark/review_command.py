"""`akb review`: a set of review pages in one call, from what the workflow has built.

akb review --reviewers ann,bea --items 400 --overlap 0.25
akb review --audio mini --reviewers ann,bea --items 60      # pages that play the clips of an audio benchmark
akb review --audio mini --decisions ann.csv bea.csv         # how its reviewers answered, and which keys they contradict
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Any

from akb.atomic import write_text
from akb.errors import AkbError
from akb.settings.benchmark import Assignment, Benchmark
from akb.settings.options import add_options


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the subcommand."""
    parser = commands.add_parser("review", help="write reviewers' pages", description=__doc__)
    parser.add_argument("--audio", help="an audio benchmark in place of the text benchmark")
    parser.add_argument("--decisions", type=Path, nargs="+", help="of an audio benchmark: read these, write no pages")
    section_of = add_options(parser, Assignment)
    benchmark_of = add_options(parser, Benchmark, "name", "taxonomy")
    parser.add_argument("--results", type=Path, default=Path("results"), help="the folder of results")
    parser.add_argument("--output", type=Path, help="the folder of the pages; else results/benchmark/review")
    parser.add_argument("--parts", type=Path, default=Path("workflow/report"), help="the folder of the page's parts")
    parser.set_defaults(run=lambda given: run(given, section_of(given), benchmark_of(given)))


def run(given: argparse.Namespace, assignment: Assignment, benchmark: Benchmark) -> None:
    """Write the pages, or tell what came back."""
    if given.audio:
        review_audio(given, assignment)
        return
    built = given.results / "benchmark"
    tables = {key: built / f"{key}.parquet" for key in ("candidates", "flags", "clusters")}
    source = argparse.Namespace(**tables, taxonomy=Path(benchmark.taxonomy), parts=given.parts, name=benchmark.name)
    write_pages(source, assignment, given.output or built / "review")


def review_audio(given: argparse.Namespace, assignment: Assignment) -> None:
    """The same for an audio benchmark, whose pages play its clips."""
    from akb.benchmark.assignment import assign
    from akb.benchmark.audio_review import audio_entry, audio_report, read_audio, taxonomy_of
    from akb.benchmark.merging import MergeRules
    from akb.benchmark.review_page import Parts, reviewer_page

    folder = given.results / "audio" / given.audio
    candidates, clips = read_audio(folder)
    if given.decisions:
        print(audio_report(candidates, given.decisions, MergeRules()))
        return
    quotas = {name: s.quota for name, s in taxonomy_of(candidates).items()}
    shares = assign(candidates, quotas, named(assignment), items=assignment.items, overlap=assignment.overlap)
    for reviewer, items in shares.items():
        entries = [audio_entry(c, clips.get(c.name), reviewer) for c in items]
        path = (given.output or folder / "review") / f"{reviewer}.html"
        write_text(path, reviewer_page(Parts.read(given.parts), given.audio, reviewer, entries))
        print(f"{path}: {len(entries)} questions for {reviewer}")


def named(assignment: Assignment) -> list[str]:
    """The reviewers, whether they were parted by spaces or by commas."""
    return [name.strip() for given in assignment.reviewers for name in given.split(",") if name.strip()]


def add_tables(parser: argparse.ArgumentParser) -> None:
    """The options that name what pages are made from."""
    for table in ("candidates", "flags", "clusters", "taxonomy"):
        parser.add_argument(f"--{table}", type=Path, required=True)
    parser.add_argument("--parts", type=Path, required=True, help="the folder with review.html.j2, .js and .css")
    parser.add_argument("--name", required=True, help="the benchmark's name")


def write_pages(
    arguments: argparse.Namespace, assignment: Assignment, output: Path, only: Collection[str] = ()
) -> None:
    """Write one page a reviewer, or only those of `only`. arguments: as `add_tables` has them.

    Raises AkbError for a reviewer or a table that cannot be.
    """
    from akb.benchmark.assignment import assign
    from akb.benchmark.frozen import read_frozen
    from akb.benchmark.review import person
    from akb.benchmark.review_page import Parts, reviewer_page

    known = Known(arguments)
    first = {_content(item) for path in assignment.first for item in read_frozen(Path(path))}
    reviewers = named(assignment) or list(only)
    if unknown := [name for name in only if name not in reviewers]:
        raise AkbError(
            f"{', '.join(map(repr, unknown))} is not among the reviewers {', '.join(map(repr, reviewers))}",
            where="`benchmark.assignment.reviewers`",
            remedy="add the name there: shares depend on who takes part",
        )
    if "editor" in map(person, reviewers):
        raise AkbError(
            "a reviewer is called editor, as the page of adjudications is",
            where="`benchmark.assignment.reviewers`",
            remedy="choose another name",
        )
    shares = assign(
        [c for c in known.candidates if not known.fatal[c.name]],
        {name: s.quota for name, s in known.taxonomy.items()},
        reviewers,
        items=assignment.items,
        overlap=assignment.overlap,
        first=first,
    )
    parts = Parts.read(arguments.parts)
    for reviewer in reviewers:
        if only and reviewer not in only:
            continue
        entries = [known.entry(c, reviewer) for c in shares[reviewer]]
        path = output / f"{reviewer}.html"
        write_text(path, reviewer_page(parts, arguments.name, reviewer, entries))
        print(f"{path}: {len(entries)} questions for {reviewer}")


class Known:
    """The candidates with what hygiene and near-duplicates say of each."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        from akb.benchmark.candidates import read_candidates
        from akb.benchmark.taxonomy import read_taxonomy
        from akb.tables import CLUSTERS, FLAGS, read_table

        self.taxonomy = read_taxonomy(arguments.taxonomy)
        self.candidates = read_candidates(arguments.candidates)
        self.by_name = {c.name: c for c in self.candidates}
        self.flags: dict[str, list[str]] = defaultdict(list)
        self.fatal: dict[str, bool] = defaultdict(bool)
        for row in read_table(arguments.flags, FLAGS).iter_rows(named=True):
            self.flags[row["name"]].append(f"{row['flag']}: {row['detail']}")
            self.fatal[row["name"]] |= row["fatal"]
        self._cluster = dict(read_table(arguments.clusters, CLUSTERS).select("name", "cluster").iter_rows())
        self._members: dict[int, list[str]] = defaultdict(list)
        for name, cluster in self._cluster.items():
            self._members[cluster].append(name)

    def entry(self, candidate: Any, reviewer: str) -> dict[str, Any]:
        """What a page knows of a candidate, with three near-duplicates at most."""
        from akb.benchmark.review_page import entry
        from akb.benchmark.taxonomy import category_of

        cluster = self._cluster.get(candidate.name)
        others = [n for n in self._members[cluster] if n != candidate.name] if cluster is not None else []
        near = [self.by_name[name] for name in others[:3] if name in self.by_name]
        category = category_of(self.taxonomy, candidate.subcategory)
        return entry(candidate, category, self.flags[candidate.name], near, reviewer)


def _content(item: Any) -> str:
    from akb.benchmark.candidates import Candidate

    distractors = tuple(o for i, o in enumerate(item.options) if i != item.answer)
    return Candidate(item.subcategory, item.question, item.options[item.answer], distractors, "", "").content_hash
