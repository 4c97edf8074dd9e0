"""Which questions language models answer without the question: what the options alone give away.

Small backbones are shown a candidate's options and no stem. Where every one of them still finds the right
option, the options may say too much, and a reviewer is told. Their choices are kept in a file, because a
benchmark must come out alike on machines where a model rounds otherwise; a question that was edited
since is not in it, and counts as not asked.

    answers = read_stemless([Path("resources/stemless.csv")])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from akb.benchmark.candidates import Candidate
from akb.benchmark.hygiene import Flag
from akb.llm.engine import Backbone, Request
from akb.llm.inference import answer
from akb.reading.files import read_csv

STEM = "Choose the right answer."
COLUMNS = ("content_hash", "asked", "solved")


@dataclass(frozen=True)
class Stemless:
    """asked: the backbones that were shown the options; solved: those of them that found the right one."""

    asked: tuple[str, ...]
    solved: tuple[str, ...]


def ask(candidates: Sequence[Candidate], backbones: Sequence[Backbone], store: Path) -> dict[str, Stemless]:
    """Show every candidate's options to every backbone, one after the other; by content hash."""
    requests = [
        Request(c.content_hash, STEM, options=(c.answer, *c.distractors), mode="option", known_answer=0)
        for c in candidates
    ]
    found: dict[str, list[str]] = {c.content_hash: [] for c in candidates}
    for backbone in backbones:
        for response in answer(requests, backbone, store, f"without the stem, {backbone.name}"):
            if response.answer == 0:
                found[response.item_id].append(backbone.name)
    asked = tuple(backbone.name for backbone in backbones)
    return {name: Stemless(asked, tuple(solved)) for name, solved in found.items()}


def rows(answers: Mapping[str, Stemless]) -> list[dict[str, str]]:
    """The file's rows, in the order of hashes; names in a cell are parted by spaces."""
    return [
        dict(zip(COLUMNS, (name, " ".join(a.asked), " ".join(a.solved)), strict=True))
        for name, a in sorted(answers.items())
    ]


def read_stemless(paths: Sequence[Path]) -> dict[str, Stemless]:
    """By content hash, what `rows` wrote. Raises AkbError if a file has other columns."""
    found = {}
    for path in paths:
        for row in read_csv(path, COLUMNS, 'make it with the rule `stemless`, or set `benchmark.stemless: ""`'):
            found[row["content_hash"]] = Stemless(tuple(row["asked"].split()), tuple(row["solved"].split()))
    return found


def stemless_flags(candidate: Candidate, answers: Mapping[str, Stemless]) -> list[Flag]:
    """A flag if all backbones that were asked, two at least, solved it; one alone is too often right by chance."""
    found = answers.get(candidate.content_hash)
    if found is None or len(found.asked) < 2 or set(found.solved) != set(found.asked):
        return []
    return [Flag("solvable_without_stem", f"{', '.join(found.solved)} choose it from the options alone")]


def accuracies(hashes: Sequence[str], answers: Mapping[str, Stemless]) -> dict[str, tuple[int, int]]:
    """By backbone: how many of these questions it solved without the stem, and of how many it was asked."""
    asked = [answers[name] for name in hashes if name in answers]
    names = dict.fromkeys(name for found in asked for name in found.asked)
    return {
        name: (sum(name in found.solved for found in asked), sum(name in found.asked for found in asked))
        for name in names
    }
