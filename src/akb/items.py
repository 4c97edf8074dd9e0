"""One multiple-choice question, its identity and its rules.

An item's id is the hash of what a model is shown and graded by (stem, options, answer, clip), so an
edited item is another item, and two builds of the same item share one id.

    item = Item.make("mini", "What do you hear?", ["dog", "cat"], 0, category="Sound", …)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from akb.errors import AkbError
from akb.tables import ITEMS, frame_of, read_table, write_table


@dataclass(frozen=True)
class Item:
    """A row of the items table; see `tables.ITEMS`."""

    item_id: str
    benchmark: str
    question: str
    options: tuple[str, ...]
    answer: int
    category: str
    subcategory: str
    clip_id: str | None
    source: str
    verification: str
    unit: str
    skill: str = ""
    tier: str = ""

    @staticmethod
    def make(
        benchmark: str,
        question: str,
        options: Sequence[str],
        answer: int,
        *,
        category: str,
        subcategory: str = "",
        clip_id: str | None = None,
        source: str = "",
        verification: str = "none",
        unit: str | None = None,
        skill: str = "",
        tier: str = "",
    ) -> Item:
        """Build an item and its id; without a unit it is its clip's, else its own.

        Raises nothing: `faults` says what is wrong with an item.
        """
        identity = item_id(question, options, answer, clip_id)
        return Item(
            item_id=identity,
            benchmark=benchmark,
            question=question,
            options=tuple(options),
            answer=answer,
            category=category,
            subcategory=subcategory,
            clip_id=clip_id,
            source=source,
            verification=verification,
            unit=unit or clip_id or identity,
            skill=skill,
            tier=tier,
        )

    def faults(self) -> list[str]:
        """Reasons why this item cannot be asked; empty if it can."""
        reasons = []
        if not self.question.strip():
            reasons.append("the question is empty")
        if len(self.options) < 2:
            reasons.append("fewer than two options")
        if any(not option.strip() for option in self.options):
            reasons.append("an option is empty")
        if len({option.strip() for option in self.options}) < len(self.options):
            reasons.append("two options are the same")
        if not 0 <= self.answer < len(self.options):
            reasons.append(f"answer {self.answer} is not the index of an option")
        return reasons


def item_id(question: str, options: Sequence[str], answer: int, clip_id: str | None) -> str:
    """The first 16 hex digits of the SHA-256 of what is shown and graded."""
    content = json.dumps([question, list(options), answer, clip_id], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def read_items(path: Path) -> list[Item]:
    """Read an items table. Raises AkbError naming the file and the first faulty row."""
    items = [Item(**{**row, "options": tuple(row["options"])}) for row in read_table(path, ITEMS).to_dicts()]
    require_sound(items, path)
    return items


def write_items(items: Iterable[Item], path: Path) -> None:
    """Check and write an items table, whole or not at all."""
    items = list(items)
    require_sound(items, path)
    write_table(items_frame(items), path, ITEMS)


def items_frame(items: Iterable[Item]) -> pl.DataFrame:
    """The items as a frame with the schema `tables.ITEMS`."""
    return frame_of([{**asdict(item), "options": list(item.options)} for item in items], ITEMS)


def require_sound(items: Sequence[Item], path: Path) -> None:
    """Raise AkbError for the first item that cannot be asked, or whose id stands twice."""
    seen: dict[str, int] = {}
    for row, item in enumerate(items, start=1):
        reasons = item.faults()
        if item.item_id in seen:
            reasons.append(f"the same item as row {seen[item.item_id]}")
        seen[item.item_id] = row
        if reasons:
            raise AkbError(
                f"an item cannot be asked: {'; '.join(reasons)}",
                where=f"{path}, row {row}: {item.question[:80]!r}",
                remedy="mend or remove the item at its source",
            )


def won_by_highest(values: Sequence[float], right: int) -> float:
    """What choosing the option of the highest value earns: 1, 0, or a share where values tie for it."""
    return 1 / values.count(max(values)) if values[right] == max(values) else 0.0


def won_by_longest(options: Sequence[str], right: int) -> float:
    """What choosing the longest option earns."""
    return won_by_highest([len(option) for option in options], right)
