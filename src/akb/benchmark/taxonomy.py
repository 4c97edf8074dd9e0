"""The two-level taxonomy of auditory knowledge: categories, subcategories, quotas.

taxonomy = read_taxonomy(Path("config/taxonomy.yaml"))
taxonomy["rhyme"].quota
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from akb.errors import AkbError
from akb.strict_yaml import read_yaml


@dataclass(frozen=True)
class Subcategory:
    """One subcategory; `category` is the display name of its category.

    proven: how many of its items may carry a program's proof while others can fill the rest; None: all.
    """

    name: str
    category: str
    quota: int
    definition: str
    proven: int | None = None


def read_taxonomy(path: Path) -> dict[str, Subcategory]:
    """Subcategories by name, in the order of the file. Raises AkbError naming a faulty entry."""
    found: dict[str, Subcategory] = {}
    for category in read_yaml(path).values():
        for name, entry in category["subcategories"].items():
            if name in found:
                raise AkbError("a subcategory stands twice", where=f"{path}: {name}", remedy="give it another name")
            if not isinstance(entry.get("quota"), int) or entry["quota"] < 0 or not entry.get("definition"):
                raise AkbError(
                    "a subcategory needs a whole-number quota and a definition",
                    where=f"{path}: {category['name']}, {name}",
                    remedy="write {quota: N, definition: one sentence}",
                )
            proven = entry.get("proven")
            found[name] = Subcategory(name, category["name"], entry["quota"], entry["definition"], proven)
    return found


def category_of(taxonomy: Mapping[str, Subcategory], subcategory: str) -> str:
    """The display name of a subcategory's category; empty for one that the taxonomy lacks."""
    return taxonomy[subcategory].category if subcategory in taxonomy else ""


def scaled_quotas(taxonomy: dict[str, Subcategory], total: int) -> dict[str, int]:
    """Quotas that add up to `total`, in proportion to the taxonomy's (largest remainders win).

    Every subcategory keeps at least one item while `total` allows it, so that a subset still covers
    the taxonomy.
    """
    whole = sum(s.quota for s in taxonomy.values())
    exact = {name: s.quota * total / whole for name, s in taxonomy.items()}
    least = 1 if total >= len(taxonomy) else 0
    quotas = {name: max(least, int(share)) for name, share in exact.items()}
    order = sorted(exact, key=lambda name: (quotas[name] - exact[name], name))
    step = 1 if sum(quotas.values()) < total else -1
    for name in (order if step > 0 else reversed(order)) if sum(quotas.values()) != total else []:
        if sum(quotas.values()) == total:
            break
        quotas[name] += step
    return quotas
