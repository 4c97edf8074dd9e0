"""The item card: what the frozen benchmark holds, in Markdown, computed from the tables behind it.

text = card("akb-1.1", to_jsonl(items), items, audit, agreements, second, stemless, ("akb-1.0", earlier))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import polars as pl

from akb.analysis.floor import ALL, Floor, Question, floors
from akb.analysis.option_surface import quantity_of
from akb.benchmark.audit import SELECTED, UNKNOWN
from akb.benchmark.candidates import SKILLS, TIERS
from akb.benchmark.frozen import FrozenItem, content_hash
from akb.errors import AkbError
from akb.estimates import wilson
from akb.items import won_by_longest
from akb.markdown import markdown_table
from akb.reading.files import read_csv
from akb.reading.letters import letter_at


@dataclass(frozen=True)
class SecondSolve:
    """How authored items fared when they were solved again without sight of key and rationale.

    reworded: candidates whose text has changed since they were solved. unsolved: authored ones that were not solved.
    """

    solved: int
    agreed: int
    mended: int
    dropped: int
    reworded: int
    unsolved: int = 0


def read_second_solve(path: Path, audit: pl.DataFrame) -> SecondSolve:
    """Count the rows (name, content_hash, chosen, outcome) of the second solving that are about this benchmark.

    audit: schema AUDIT. Rows about questions of subcategories that the taxonomy lacks do not count, and those that
    were dropped, so that no table knows them, only beside others that do. outcome: "agreed" with the key, or the
    item was "mended" or "dropped". Raises AkbError for another, and for other columns.
    """
    rows = list(read_csv(path, ("name", "content_hash", "chosen", "outcome"), "name its columns so"))
    outcomes = Counter(row["outcome"] for row in rows)
    if unknown := outcomes.keys() - {"agreed", "mended", "dropped"}:
        raise AkbError(f"unknown outcomes {sorted(unknown)}", where=str(path), remedy="write agreed, mended or dropped")
    now = dict(audit.filter(~pl.col("fate").str.starts_with(UNKNOWN)).select("name", "content_hash").iter_rows())
    known = {row["name"] for row in rows} & now.keys()
    gone = set(audit["name"]) - now.keys()
    rows = [r for r in rows if r["name"] in known or (known and r["outcome"] == "dropped" and r["name"] not in gone)]
    outcomes = Counter(row["outcome"] for row in rows)
    reworded = sum(now.get(row["name"], row["content_hash"]) != row["content_hash"] for row in rows)
    authored = set(audit.filter(pl.col("source") == "authored")["name"])
    unsolved = len(authored - {row["name"] for row in rows})
    return SecondSolve(len(rows), outcomes["agreed"], outcomes["mended"], outcomes["dropped"], reworded, unsolved)


def card(
    name: str,
    text: str,
    items: Sequence[FrozenItem],
    audit: pl.DataFrame,
    agreements: pl.DataFrame,
    second: SecondSolve,
    stemless: Mapping[str, tuple[int, int]],
    earlier: tuple[str, Sequence[FrozenItem]] | None = None,
) -> str:
    """The card's text. text: the frozen file; audit: schema AUDIT; agreements: see agreement.py.

    stemless: by backbone, how many items it solved from the options alone, and of how many. earlier: name and items of
    the version before, to compare with.
    """
    version = content_hash(text)
    candidates = len(audit)
    statuses = Counter(audit["status"])
    chosen_statuses = Counter(audit.filter(pl.col("fate") == SELECTED)["status"])
    flags = _count_flags(audit)
    flagged_selected = _count_flags(audit.filter(pl.col("fate") == SELECTED))
    longest = longest_option_accuracy(items)
    positions = Counter(item.answer for item in items)
    templates = Counter(item.template for item in items)
    top, most = templates.most_common(1)[0]
    lengths = [len(item.question) for item in items]
    parts = [
        f"# {name}\n",
        f"{len(items):,} multiple-choice questions; content hash `{version}`.",
        f"They were selected from {candidates:,} candidates ({candidates / len(items):.2f} for each item).\n",
        "## Sizes\n",
        _sizes(items),
        "## Sources\n",
        markdown_table(["source", "items"], Counter(item.source for item in items).most_common()),
        f"{len(templates):,} templates; the most used, `{top}`, gives {most} items.\n",
        "## Verification\n",
        markdown_table(
            ["verification", "items", "meaning"],
            [(v, n, _MEANING[v]) for v, n in Counter(item.verification for item in items).most_common()],
        ),
        *([_second(second)] if second.solved else []),
        "## Review\n",
        markdown_table(
            ["status", "candidates", "selected items"],
            [(status, n, chosen_statuses.get(status, 0)) for status, n in statuses.most_common()],
        ),
        f"{chosen_statuses['unreviewed']:,} of {len(items):,} items were taken unreviewed: "
        "no person, or too few, have judged them.\n",
        _people(audit),
        _agreement(agreements),
        "## What answering takes\n",
        _skills(items),
        f"Skills: {_SKILLS}\n",
        f"Tiers, by construction: {_TIERS}\n",
        "## Giving nothing away\n",
        markdown_table(
            ["rule without knowledge", "accuracy"],
            [
                ("always the longest option", f"{longest:.1%}"),
                *((f"always option {letter_at(p)}", f"{n / len(items):.1%}") for p, n in sorted(positions.items())),
                *((f"{name}, shown the options alone", _rate(*found)) for name, found in stemless.items()),
            ],
        ),
        f"Stems have {min(lengths)} to {max(lengths)} letters (median {median(lengths):.0f}); "
        f"right options {mean(len(i.options[i.answer]) for i in items):.1f} on average, wrong ones "
        f"{mean(len(o) for i in items for k, o in enumerate(i.options) if k != i.answer):.1f}.\n",
        _floors(name, items, earlier),
        *(["## Against the version before\n", _comparison(name, items, *earlier)] if earlier else []),
        "## Hygiene\n",
        markdown_table(
            ["flag", "candidates", "selected items"],
            [(flag, n, flagged_selected.get(flag, 0)) for flag, n in flags.most_common()],
        ),
    ]
    return "\n".join(parts)


_MEANING = {
    "program": "a program proves the answer from the named source (`akb verify-proofs`)",
    "human": "people decided, see the decision files",
    "none": "no program proves it, and no person has checked it",
}


_SKILLS = (
    "recall, a fact; inference, from a described sound or cause to what is heard, or back; symbolic, phonology, "
    "notation or harmony worked out; computation, a formula and numbers."
)
_TIERS = (
    "easy, one fact or one step; medium, two steps or a choice among near misses; hard, more steps or an answer that "
    "goes against what one expects."
)
_FLOOR = (
    "The floor: a conditional logit over the surface of options (length, rank and ratios of numbers, likeness to one "
    "another and to the stem, wording), cross-validated by item (`akb floor`). Chance is 25 %.\n\n"
)


def floors_of(items: Sequence[FrozenItem]) -> dict[str, Floor]:
    """What a choice among the options alone scores, for all items and by category."""
    return floors([Question(i.question, i.options, i.answer, i.category) for i in items])


def _floors(name: str, items: Sequence[FrozenItem], earlier: tuple[str, Sequence[FrozenItem]] | None) -> str:
    now = floors_of(items)
    old = floors_of(earlier[1]) if earlier else {}
    head = ["a choice among the options alone", name, "95 %", *([earlier[0]] if earlier else [])]
    rows = []
    for c, f in now.items():
        before = [f"{old[c].accuracy:.1%}"] if c in old else []
        rows.append((c, f"{f.accuracy:.1%}", f"{f.low:.1%} to {f.high:.1%}", *before))
    return _FLOOR + markdown_table(head, rows)


def _skills(items: Sequence[FrozenItem]) -> str:
    total = Counter(i.category for i in items)
    count = Counter((i.category, kind) for i in items for kind in (i.skill, i.tier) if kind)
    kinds = [k for k in (*SKILLS, *TIERS) if any((c, k) in count for c in total)]
    rows = [(c, n, *(f"{count[c, k] / n:.0%}" for k in kinds)) for c, n in total.items()]
    whole = sum(total.values())
    rows.append(("all", whole, *(f"{sum(count[c, k] for c in total) / whole:.1%}" for k in kinds)))
    return markdown_table(["category", "items", *kinds], rows)


def _comparison(name: str, items: Sequence[FrozenItem], before: str, old: Sequence[FrozenItem]) -> str:
    texts = {i.question for i in old}

    def column(of: Sequence[FrozenItem]) -> list[str]:
        templates = Counter(i.template for i in of)
        numbers = sum(all(quantity_of(o) is not None for o in i.options) for i in of)
        return [
            f"{len(of):,}",
            f"{sum(i.verification == 'program' for i in of):,}",
            f"{numbers:,}",
            f"{len(templates):,}",
            f"{templates.most_common(1)[0][1]}",
            f"{longest_option_accuracy(of):.1%}",
            f"{floors_of(of)[ALL].accuracy:.1%}",
        ]

    what = ["items", "proven by program", "every option a number", "templates", "most items of a template"]
    what += ["always the longest option", "floor"]
    rows = list(zip(what, column(old), column(items), strict=True))
    kept = sum(i.question in texts for i in items)
    return markdown_table(["", before, name], rows) + f"\n{kept:,} stems of {name} stand in {before} as well.\n"


def longest_option_accuracy(items: Sequence[FrozenItem]) -> float:
    """The accuracy of always choosing the longest option; ties count by their share."""
    return mean(won_by_longest(i.options, i.answer) for i in items)


def _rate(right: int, asked: int) -> str:
    low, high = wilson(right, asked)
    return f"{right / asked:.1%} ({low:.1%} to {high:.1%}) of {asked:,}"


def _sizes(items: Sequence[FrozenItem]) -> str:
    proven = Counter(i.subcategory for i in items if i.verification == "program")
    count = Counter((i.category, i.subcategory) for i in items)
    total = Counter(i.category for i in items)
    rows: list[tuple[object, ...]] = []
    for category, size in total.items():
        by_category = sum(1 for i in items if i.category == category and i.verification == "program")
        rows.append((f"**{category}**", "", f"**{size}**", f"**{by_category}**"))
        rows += [("", s, n, proven.get(s, 0)) for (c, s), n in count.items() if c == category]
    return markdown_table(["category", "subcategory", "items", "proven"], rows)


def _second(second: SecondSolve) -> str:
    return (
        f"{second.solved:,} authored candidates were solved a second time, by a language model that saw stem and "
        f"options alone: {second.agreed:,} times it gave the key's answer without a doubt; of the others, "
        f"{second.mended} were mended and {second.dropped} dropped. {second.reworded} have been reworded since, and "
        f"not solved again; {second.unsolved} authored candidates have not been solved a second time at all.\n"
    )


def _agreement(agreements: pl.DataFrame) -> str:
    judged = agreements.filter(pl.col("items") > 0)
    if judged.is_empty():
        return "No item has been judged by two people, so there is no agreement to report.\n"
    rows = [
        (
            a["on"],
            a["category"],
            a["items"],
            a["decisions"],
            _number(a["alpha"]),
            f"{_number(a['kappa'])} (n={a['kappa_items']})",
        )
        for a in judged.iter_rows(named=True)
    ]
    return markdown_table(["on", "category", "items", "decisions", "Krippendorff's alpha", "Fleiss' kappa"], rows)


def _people(audit: pl.DataFrame) -> str:
    """By whom the selected items were judged, and how they answered before they saw the key."""
    chosen = audit.filter(pl.col("fate") == SELECTED)
    judged = Counter(who for names in chosen["reviewers"].drop_nulls() for who in names.split("; ") if who)
    if not judged:
        return ""
    by = Counter(chosen["decisions"])
    answered, right = chosen["answered"].sum(), chosen["right"].sum()
    blind = (
        f" Before they saw the key they answered {answered:,} times, {right:,} times as it says."
        if answered
        else " Nobody answered before seeing the key."
    )
    times = ", ".join(f"{n:,} by {k}" for k, n in sorted(by.items()) if k)
    whom = ", ".join(f"{who} ({n:,})" for who, n in judged.most_common())
    return f"Items by the number of their reviewers: {times}. Reviewers, by names of their own choice: {whom}.{blind}\n"


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"


def _count_flags(audit: pl.DataFrame) -> Counter[str]:
    """How many candidates carry each flag: a candidate counts once per flag."""
    listed = audit["flags"].drop_nulls().str.split("; ")
    return Counter(flag for flags in listed for flag in set(flags) if flag)
