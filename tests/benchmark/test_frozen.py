"""The frozen benchmark: balanced, byte for byte the same, readable without running anything."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from akb.benchmark.candidates import Candidate
from akb.benchmark.frozen import FrozenItem, freeze, named, read_frozen, subset, to_jsonl
from akb.benchmark.taxonomy import read_taxonomy, scaled_quotas
from akb.errors import AkbError

SHIPPED = Path(__file__).parents[2] / "resources/akb/akb.jsonl"
TAXONOMY = read_taxonomy(Path(__file__).parents[2] / "config/taxonomy.yaml")


def chosen(per_subcategory: int = 10) -> list[Candidate]:
    return [
        Candidate(
            name,
            f"Question {i} about {name}?",
            "right",
            ("a", "b", f"c{i}"),
            "t",
            "s",
            verification="program",
            proof='{"check": "c", "args": {}}',
        )
        for name in TAXONOMY
        for i in range(per_subcategory)
    ]


def test_quotas_are_those_of_the_paper() -> None:
    sizes: Counter[str] = Counter()
    for subcategory in TAXONOMY.values():
        sizes[subcategory.category] += subcategory.quota
    assert sizes == {
        "Sound": 248,
        "Paralinguistic": 594,
        "Phonetic": 217,
        "Music": 401,
        "Quality": 196,
        "Technical": 344,
    }
    assert len(TAXONOMY) == 48


def test_every_position_is_right_equally_often() -> None:
    counts = Counter(item.answer for item in freeze(chosen(), TAXONOMY))
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("items", [freeze(chosen(), TAXONOMY), read_frozen(SHIPPED)], ids=["made up", "shipped"])
def test_positions_follow_no_pattern_from_item_to_item(items: list[FrozenItem]) -> None:
    """Who knows the keys of earlier items guesses the next no better: going round would give 100 %."""
    keys = [item.answer for item in items]
    for lag in range(1, 9):
        steps = Counter((after - before) % 4 for before, after in zip(keys, keys[lag:], strict=False))
        assert max(steps.values()) < 0.33 * len(keys), (lag, steps)


def test_an_edited_text_changes_its_own_line_alone() -> None:
    items = [replace(c, given_name=f"{c.subcategory}-{c.question}") for c in chosen()]
    edited = [replace(items[7], question="Reworded?"), *items[:7], *items[8:]]
    lines = [set(to_jsonl(freeze(some, TAXONOMY)).splitlines()) for some in (items, edited)]
    assert len(lines[0] - lines[1]) == len(lines[1] - lines[0]) == 1


def test_the_order_of_candidates_does_not_change_a_byte() -> None:
    assert to_jsonl(freeze(chosen(), TAXONOMY)) == to_jsonl(freeze(chosen()[::-1], TAXONOMY))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    items = freeze(chosen(), TAXONOMY)
    (tmp_path / "akb.jsonl").write_text(to_jsonl(items))
    assert read_frozen(tmp_path / "akb.jsonl") == items
    assert all(item.options[item.answer] == "right" for item in items)


def test_a_person_s_acceptance_keeps_the_program_s_proof() -> None:
    (item,) = freeze([replace(chosen(1)[0], verification="human")], TAXONOMY)
    assert (item.verification, item.proof) == ("human", '{"check": "c", "args": {}}')


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "akb.jsonl"
    path.write_text(to_jsonl(freeze(chosen(1), TAXONOMY)) + '{"question": "half')
    with pytest.raises(AkbError, match=r"akb\.jsonl, row 49"):
        read_frozen(path)


def test_a_subset_covers_every_subcategory_and_stays_balanced() -> None:
    quotas = scaled_quotas(TAXONOMY, 480)
    assert sum(quotas.values()) == 480
    assert min(quotas.values()) >= 1
    taken = subset(freeze(chosen(25), TAXONOMY), quotas)
    assert Counter(item.subcategory for item in taken) == quotas
    shares = [n / 480 for n in Counter(item.answer for item in taken).values()]
    assert min(shares) > 0.2
    assert max(shares) < 0.3


def test_a_shorter_test_has_the_tiers_of_the_whole() -> None:
    tiers = [*["easy"] * 5, *["medium"] * 9, *["hard"] * 6]
    items = freeze([replace(c, tier=tiers[n % 20]) for n, c in enumerate(chosen(20))], TAXONOMY)
    for size in (4, 7, 10):
        taken = Counter(item.tier for item in subset(items, dict.fromkeys(TAXONOMY, size)))
        for tier in set(tiers):
            assert abs(taken[tier] / len(TAXONOMY) - size * tiers.count(tier) / 20) <= 1, (size, tier)


def test_a_file_of_names_chooses_items_in_the_frozen_order(tmp_path: Path) -> None:
    items = freeze(chosen(2), TAXONOMY)
    names = [item.item_id for item in items]
    (tmp_path / "subset.txt").write_text("\n".join(reversed(names[3:9])) + "\n")
    assert named(items, tmp_path / "subset.txt") == items[3:9]


@pytest.mark.parametrize(
    ("text", "fault"), [("", "names no item"), ("{0}\n{0}\n", "named twice"), ("{0}\nnobody\n", "'nobody'")]
)
def test_a_file_of_other_names_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    items = freeze(chosen(2), TAXONOMY)
    (tmp_path / "subset.txt").write_text(text.format(items[0].item_id))
    with pytest.raises(AkbError, match=fault):
        named(items, tmp_path / "subset.txt")
