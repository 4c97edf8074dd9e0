"""A draw of a benchmark's items for blind readers, and what their answers score.

The draw is stratified by category and tier and the same for the same seed; keys, rationales and proofs are left out.
Readers answer with a letter a line ("7 C"); only then are the keys looked at.

    akb blind-draw resources/akb/akb.jsonl --items 240 --seed 1 > sheet.txt
    akb blind-draw resources/akb/akb.jsonl --items 240 --seed 1 --answers answers.txt
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

from akb.benchmark.frozen import FrozenItem, read_frozen
from akb.errors import AkbError
from akb.estimates import wilson
from akb.reading.letters import LETTERS, letter_at

_LINE = re.compile(r"\s*(\d+)\s*[.):,;\t ]\s*([A-Ja-j])\b")


def draw(items: Sequence[FrozenItem], size: int, seed: int) -> list[FrozenItem]:
    """So many items: each category and tier by its share, within it by lot, in an order by lot."""
    strata: dict[tuple[str, str], list[FrozenItem]] = defaultdict(list)
    for item in items:
        strata[item.category, item.tier].append(item)
    rng = Random(seed)
    size = min(size, len(items))
    exact = {key: size * len(members) / len(items) for key, members in sorted(strata.items())}
    counts = {key: int(share) for key, share in exact.items()}
    for key in sorted(exact, key=lambda k: (counts[k] - exact[k], k))[: size - sum(counts.values())]:
        counts[key] += 1
    drawn = [item for key, n in counts.items() for item in rng.sample(strata[key], n)]
    rng.shuffle(drawn)
    return drawn


def sheet(drawn: Sequence[FrozenItem]) -> str:
    """What a reader sees: numbers, stems and lettered options."""
    blocks = [
        "\n".join([f"{n}. {item.question}", *(f"   {letter_at(k)}. {o}" for k, o in enumerate(item.options))])
        for n, item in enumerate(drawn, start=1)
    ]
    return "\n\n".join(blocks) + "\n"


def read_answers(path: Path, size: int) -> dict[int, int]:
    """By number of the item, the option's index. Raises AkbError for a line that is none."""
    found: dict[int, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        read = _LINE.match(line)
        if read is None:
            if line.strip():
                raise AkbError("a line is no answer", where=f"{path}, line {number}", remedy="write them like “7 C”")
            continue
        item = int(read[1])
        if not 1 <= item <= size or item in found:
            fault = "stands twice" if item in found else f"is not among the {size} drawn"
            raise AkbError(f"item {item} {fault}", where=f"{path}, line {number}", remedy="give each item one answer")
        found[item] = LETTERS.index(read[2].upper())
    return found


def score(drawn: Sequence[FrozenItem], answers: dict[int, int]) -> str:
    """Right answers in all, by tier, skill and category with 95 % intervals, and each item that was missed."""
    right = {n: answers.get(n) == item.answer for n, item in enumerate(drawn, start=1)}
    groups: dict[tuple[str, str], list[bool]] = {("", "all"): list(right.values())}
    for n, item in enumerate(drawn, start=1):
        for kind, value in (("tier", item.tier), ("skill", item.skill), ("category", item.category)):
            if value:
                groups.setdefault((kind, value), []).append(right[n])
    lines = []
    for (kind, value), found in sorted(groups.items(), key=lambda g: ("", "tier", "skill", "category").index(g[0][0])):
        low, high = wilson(sum(found), len(found))
        counts = f"{sum(found):>4} of {len(found):>4}  {sum(found) / len(found):.1%}"
        lines.append(f"{kind:<9}{value:<16}{counts}  ({low:.1%} to {high:.1%})")
    lines.append("")
    for n, item in enumerate(drawn, start=1):
        if not right[n]:
            said = item.options[answers[n]] if answers.get(n, 99) < len(item.options) else "no answer"
            lines.append(f"{n}. {item.item_id} {item.question}\n   said {said!r}, key {item.options[item.answer]!r}")
    return "\n".join(lines)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `blind-draw` to the command line."""
    parser = commands.add_parser(
        "blind-draw",
        help="draw items without keys for blind readers, or score their answers",
        description="Print a stratified draw of items without keys; with --answers, score what readers said to it.",
    )
    parser.add_argument(
        "items", type=Path, metavar="FROZEN", help="a frozen benchmark, such as resources/akb/akb.jsonl"
    )
    parser.add_argument("--items", dest="size", type=int, default=240, metavar="N", help="how many (default 240)")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--answers", type=Path, help="a line for each item: its number and a letter")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the sheet, or the score. Raises AkbError naming file and line."""
    drawn = draw(read_frozen(arguments.items), arguments.size, arguments.seed)
    print(score(drawn, read_answers(arguments.answers, len(drawn))) if arguments.answers else sheet(drawn), end="")
