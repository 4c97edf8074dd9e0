"""What is suspicious about a candidate question, as flags with reasons.

Fatal flags keep a candidate out of the selection; the others, but for those of FOR_PEOPLE, lower its preference;
all are shown to reviewers. Nothing disappears: every candidate stays in the table, every flag says why.

    flags = candidate_flags(candidate, taxonomy)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean

from akb.benchmark.candidates import Candidate
from akb.benchmark.taxonomy import Subcategory

OPTIONS = (4, 4)  # the fewest and the most
FATAL = {"empty", "option_count", "duplicate_options", "unknown_subcategory", "article"}
# For reviewers alone: to select against what some backbones can do would make the benchmark harder for just these.
FOR_PEOPLE = {"solvable_without_stem"}
# A right option this many times as long as the mean of the others gives itself away.
LENGTH_RATIO = 1.6
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
# Words that say nothing about which option a stem points to.
_STOP = frozenset(
    "a an and are as at be by do does for from has have how if in into is it its least likely may more most not of on "
    "or sound sounds than that the their them then there these they this those through to two usually was what when "
    "where which while who why will with would you your".split()
)


@dataclass(frozen=True)
class Flag:
    """One finding; `detail` is for people."""

    flag: str
    detail: str

    @property
    def fatal(self) -> bool:
        return self.flag in FATAL


def candidate_flags(
    candidate: Candidate, taxonomy: Mapping[str, Subcategory], count: tuple[int, int] = OPTIONS
) -> list[Flag]:
    """Every flag that one candidate earns by itself (near-duplicates need the others).

    count: the fewest and the most options that a question may have.
    """
    options = [candidate.answer, *candidate.distractors]
    flags = []
    if candidate.subcategory not in taxonomy:
        flags.append(Flag("unknown_subcategory", f"the taxonomy has no {candidate.subcategory!r}"))
    if not candidate.question.strip() or any(not option.strip() for option in options):
        flags.append(Flag("empty", "the stem or an option is empty"))
    if not count[0] <= len(options) <= count[1]:
        wanted = str(count[0]) if count[0] == count[1] else f"{count[0]} to {count[1]}"
        flags.append(Flag("option_count", f"{len(options)} options, not {wanted}"))
    folded = [_folded(option) for option in options]
    if len(set(folded)) < len(folded):
        flags.append(Flag("duplicate_options", "two options read the same"))
    else:
        flags += [
            Flag("nested_options", f"{options[i]!r} stands inside {options[j]!r}")
            for i, inner in enumerate(folded)
            for j, outer in enumerate(folded)
            if i != j and inner and f" {inner} " in f" {outer} "
        ]
    return flags + _giveaways(candidate)


def _giveaways(candidate: Candidate) -> list[Flag]:
    flags = []
    others = mean(map(len, candidate.distractors)) if candidate.distractors else 0.0
    if others and len(candidate.answer) > LENGTH_RATIO * others and len(candidate.answer) - others > 8:
        flags.append(Flag("long_answer", f"{len(candidate.answer)} letters against {others:.0f} on average"))
    given = _content(candidate.question) & _content(candidate.answer)
    shared = given - set().union(*map(_content, candidate.distractors))
    if shared:
        flags.append(Flag("stem_overlap", f"only the right option repeats {', '.join(sorted(shared))} of the stem"))
    flags += _article_flag(candidate)
    return flags


def _article_flag(candidate: Candidate) -> list[Flag]:
    # "…is called an" fits only options that begin with a vowel.
    ending = re.search(r"\b(an?)\s*(?:_+|…|\.\.\.)?\s*[.:?]?$", candidate.question.strip().casefold())
    if not ending:
        return []
    fits = [
        (option[:1].casefold() in "aeiou") == (ending[1] == "an")
        for option in [candidate.answer, *candidate.distractors]
    ]
    return [] if all(fits) else [Flag("article", f"the stem's {ending[1]!r} fits only some options")]


def _folded(text: str) -> str:
    """Words and numbers only, so that "A dog." and "a dog" are the same; signs and points of numbers stay."""
    return " ".join(re.sub(r"[^\w.,+−\-♯♭#/:%°]", " ", text.casefold()).split()).rstrip(".")


def _content(text: str) -> set[str]:
    return {
        word for word in _WORD.findall(text.casefold()) if word not in _STOP and not word.isdigit() and len(word) > 2
    }
