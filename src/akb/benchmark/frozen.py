"""The frozen benchmark: selected candidates become items with balanced positions, one JSON line each.

The file is usable without running anything, and the same candidates give the same bytes anywhere.
Its content hash names the version.

    items = freeze(chosen); text = to_jsonl(items); items = read_frozen(Path("resources/akb/akb.jsonl"))
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akb.benchmark.candidates import Candidate
from akb.benchmark.taxonomy import Subcategory
from akb.errors import AkbError
from akb.items import Item, item_id, require_sound
from akb.reading.files import json_lines, text_of

BENCHMARK = "akb"
_OPTIONAL = ("proof", "rationale", "skill", "tier")


@dataclass(frozen=True)
class FrozenItem:
    """One line of the frozen file. proof is set for proven items, rationale for the others.

    human is set where people judged the item: by whom, how many of them answered before they saw the key, and how
    many of these chose it.
    """

    item_id: str
    question: str
    options: tuple[str, ...]
    answer: int
    category: str
    subcategory: str
    source: str
    template: str
    verification: str
    proof: str
    rationale: str
    skill: str = ""
    tier: str = ""
    human: Mapping[str, Any] | None = None

    def item(self) -> Item:
        """As a row of the items table."""
        return Item(
            item_id=self.item_id,
            benchmark=BENCHMARK,
            question=self.question,
            options=self.options,
            answer=self.answer,
            category=self.category,
            subcategory=self.subcategory,
            clip_id=None,
            source=self.source,
            verification=self.verification,
            unit=self.template or self.item_id,
            skill=self.skill,
            tier=self.tier,
        )


def freeze(
    chosen: Sequence[Candidate],
    taxonomy: Mapping[str, Subcategory],
    people: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[FrozenItem]:
    """Items in the order of the taxonomy, tiers mixed, then of a hash of their names.

    people: `human`, by candidates' names. Names outlive edits, so an edited text moves no other item and no other
    item's right option.
    """
    members: dict[str, list[Candidate]] = {name: [] for name in taxonomy}
    for candidate in chosen:
        members[candidate.subcategory].append(candidate)
    ranked = [candidate for group in members.values() for candidate in _tiers_mixed(group)]
    items = []
    for rank, candidate in enumerate(ranked):
        others = sorted(candidate.distractors, key=lambda d: _hash(candidate.content_hash + d))
        answer = position(rank, len(others) + 1)
        options = (*others[:answer], candidate.answer, *others[answer:])
        items.append(
            FrozenItem(
                item_id=item_id(candidate.question, options, answer, None),
                question=candidate.question,
                options=options,
                answer=answer,
                category=taxonomy[candidate.subcategory].category,
                subcategory=candidate.subcategory,
                source=candidate.source,
                template=candidate.template,
                verification=candidate.verification,
                proof=candidate.proof,
                rationale="" if candidate.proof else candidate.rationale,
                skill=candidate.skill,
                tier=candidate.tier,
                human=(people or {}).get(candidate.name),
            )
        )
    return items


def _tiers_mixed(candidates: Sequence[Candidate]) -> list[Candidate]:
    """In an order in which every leading part has the tiers by their share, within a tier by a hash of names.

    So a shorter test, which takes the first of each subcategory, is as hard as the whole.
    """
    tiers: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda c: _hash(c.name)):
        tiers[candidate.tier].append(candidate)
    placed = [((k + 0.5) / len(tier), _hash(c.name), c) for tier in tiers.values() for k, c in enumerate(tier)]
    return [candidate for *_, candidate in sorted(placed, key=lambda p: p[:2])]


def position(rank: int, options: int) -> int:
    """Where the right option of the rank-th item stands.

    Of every 2 · options items in a row, each position is right for two, in an order drawn by hash: over the whole
    and over leading parts positions are balanced, and yet nobody who reads item after item sees them go round.
    """
    block, within = divmod(rank, 2 * options)
    drawn = sorted(range(2 * options), key=lambda place: _hash(f"{block} {place}"))
    return drawn[within] % options


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def to_jsonl(items: Sequence[FrozenItem]) -> str:
    """One item a line; empty proof, rationale, skill and tier are left out."""
    lines = []
    for item in items:
        record = {key: value for key, value in vars(item).items() if value != "" or key not in _OPTIONAL}
        record["proof"] = json.loads(item.proof) if item.proof else None
        lines.append(json.dumps({k: v for k, v in record.items() if v is not None}, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def content_hash(text: str) -> str:
    """The version of a frozen file: SHA-256 of its text, first 12 hex digits."""
    return _hash(text)[:12]


def read_frozen(path: Path) -> list[FrozenItem]:
    """The items of a frozen file. Raises AkbError naming file and line."""
    items = []
    for where, record in json_lines(text_of(path), path):
        try:
            record["proof"] = json.dumps(record["proof"], ensure_ascii=False) if record.get("proof") else ""
            record["options"] = tuple(record["options"])
            items.append(FrozenItem(**{"rationale": "", **record}))
        except (AttributeError, TypeError, KeyError) as error:
            raise AkbError(
                f"a line is not an item: {error!r}", where=where, remedy="mend the line, or rebuild"
            ) from error
    if not items:
        raise AkbError("the file holds no item", where=str(path), remedy="build it again")
    require_sound([item.item() for item in items], path)
    return items


def read_candidates_of(path: Path) -> list[Candidate]:
    """The same items as candidates, whoever made the file: of another's only what a proof needs must be there.

    Raises AkbError naming file and line.
    """
    candidates = []
    for where, item in json_lines(text_of(path), path):
        try:
            options, answer = item["options"], item["answer"]
            proof = item.get("proof") or ""
            candidates.append(
                Candidate(
                    subcategory=item["subcategory"],
                    question=item["question"],
                    answer=options[answer],
                    distractors=tuple(o for i, o in enumerate(options) if i != answer),
                    template=item.get("template", ""),
                    source=item.get("source", ""),
                    rationale=item.get("rationale") or "",
                    proof=proof if isinstance(proof, str) else json.dumps(proof, ensure_ascii=False),
                    verification=item.get("verification", "none"),
                    skill=item.get("skill", ""),
                    tier=item.get("tier", ""),
                )
            )
        except (AttributeError, KeyError, IndexError, TypeError) as error:
            raise AkbError(
                f"a line is not a benchmark item: {error!r}",
                where=where,
                remedy="each line must be a JSON object with question, options, answer and subcategory",
            ) from error
    return candidates


def named(items: Sequence[FrozenItem], path: Path) -> list[FrozenItem]:
    """The items whose names stand in a file, one a line, in the frozen order.

    Raises AkbError if it names none, one twice, or one that the benchmark does not have.
    """
    names = text_of(path).split()
    known = {item.item_id for item in items}
    strange = [name for name in names if name not in known]
    if strange or not names or len(set(names)) < len(names):
        what = f"{len(strange)} items are not of this benchmark, the first {strange[0]!r}" if strange else ""
        what = what or ("an item is named twice" if names else "the file names no item")
        raise AkbError(
            what, where=str(path), remedy="write it again: akb items ITEMS RESPONSES… --subset N --output FILE"
        )
    wanted = set(names)
    return [item for item in items if item.item_id in wanted]


def subset(items: Sequence[FrozenItem], quotas: Mapping[str, int]) -> list[FrozenItem]:
    """The first `quotas[subcategory]` items of each subcategory, in the frozen order."""
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for item in items:
        if taken[item.subcategory] < quotas.get(item.subcategory, 0):
            taken[item.subcategory] += 1
            kept.append(item)
    return kept
