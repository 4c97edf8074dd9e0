"""Selection fills the quotas exactly under its limits, or says which subcategory is short."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from akb.benchmark import selection
from akb.benchmark.selection import Entry, Limits, select


def entry(number: int, **changes: object) -> Entry:
    plain = Entry(f"c{number}", "rhyme", f"t{number}", "none", number, 0, 0.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def half(**first: object) -> list[Entry]:
    """Twenty entries; the first ten are proven (so preferred) and changed as `first` says."""
    return [entry(i, verification="program", proven=True, **first) if i < 10 else entry(i) for i in range(20)]


def test_quotas_are_filled_exactly() -> None:
    entries = [entry(i, subcategory=("rhyme", "stress")[i % 2]) for i in range(20)]
    chosen = select(entries, {"rhyme": 3, "stress": 5}, Limits(longest_right=1))
    assert Counter(int(name[1:]) % 2 for name in chosen) == {0: 3, 1: 5}


def test_at_most_one_of_a_cluster() -> None:
    entries = [entry(i, cluster=i // 3) for i in range(9)]
    chosen = select(entries, {"rhyme": 3}, Limits())
    assert {int(name[1:]) // 3 for name in chosen} == {0, 1, 2}


def test_at_most_one_of_a_cluster_that_spans_subcategories() -> None:
    entries = [
        entry(0, cluster=0, verification="program"),
        entry(1),
        entry(2, cluster=0, subcategory="stress", verification="human"),
        entry(3, subcategory="stress"),
    ]
    assert select(entries, {"rhyme": 1, "stress": 1}, Limits()) == ["c1", "c2"]


def test_no_template_gives_more_than_its_share() -> None:
    entries = [
        entry(i, template="same" if i < 10 else f"t{i}", verification="program" if i < 10 else "none")
        for i in range(20)
    ]
    chosen = select(entries, {"rhyme": 8}, Limits(per_template=4))
    assert sum(int(name[1:]) < 10 for name in chosen) == 4


def test_better_verified_and_less_flagged_are_preferred() -> None:
    entries = [
        entry(0),
        entry(1, verification="program"),
        entry(2, verification="program", flags=1),
        entry(3, verification="human"),
    ]
    assert select(entries, {"rhyme": 2}, Limits()) == ["c1", "c3"]


def test_the_longest_option_is_not_right_too_often() -> None:
    entries = [
        entry(i, longest_right=1.0 if i < 10 else 0.0, verification="program" if i < 10 else "none") for i in range(20)
    ]
    chosen = select(entries, {"rhyme": 10}, Limits(longest_right=0.2))
    assert sum(int(name[1:]) < 10 for name in chosen) == 2


def test_proven_items_leave_room_for_others_as_far_as_these_can_fill_it() -> None:
    limits = Limits(proven={"rhyme": 7})
    assert sum(int(name[1:]) < 10 for name in select(half(), {"rhyme": 10}, limits)) == 7
    assert sum(int(name[1:]) < 10 for name in select(half(), {"rhyme": 19}, limits)) == 9


def test_no_template_gives_more_than_its_share_of_a_subcategory() -> None:
    chosen = select(half(template="same"), {"rhyme": 10}, Limits(template_share=0.3))
    assert sum(int(name[1:]) < 10 for name in chosen) == 3


def test_what_can_be_chosen_is_chosen_where_a_quota_cannot_be_filled() -> None:
    assert select([entry(i) for i in range(2)], {"rhyme": 5, "stress": 4}, Limits()) == ["c0", "c1"]


def test_the_order_of_candidates_does_not_matter() -> None:
    entries = [entry(i) for i in range(30)]
    assert set(select(entries, {"rhyme": 7}, Limits())) == set(select(entries[::-1], {"rhyme": 7}, Limits()))


def mixed(seed: int) -> list[Entry]:
    """Entries of two subcategories that compete for every limit."""
    draw = random.Random(seed)
    return [
        entry(
            i,
            subcategory=draw.choice(["rhyme", "stress"]),
            template=draw.choice(["a", "b", "c", f"t{i}"]),
            verification=draw.choice(["human", "program", "none"]),
            proven=draw.random() < 0.5,
            cluster=draw.randrange(40),
            flags=draw.randrange(3),
            longest_right=draw.choice([0.0, 0.0, 0.5, 1.0]),
        )
        for i in range(120)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_what_is_left_out_before_solving_costs_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    quotas = {"rhyme": 6, "stress": 9}
    limits = Limits(per_template=4, template_share=0.4, longest_right=0.2, proven={"rhyme": 2})
    fewer = select(mixed(seed), quotas, limits)
    monkeypatch.setattr(selection, "contenders", lambda entries, *_: entries)
    assert fewer == select(mixed(seed), quotas, limits)


def test_most_candidates_are_left_out_before_solving() -> None:
    entries = [entry(i, longest_right=(i % 3) / 2) for i in range(3000)]
    assert len(selection.contenders(entries, {"rhyme": 10}, [])) <= 30


def test_a_cue_that_falls_on_right_options_too_often_is_held_back() -> None:
    entries = [entry(i, verification="program", cues=(0.75,)) for i in range(50)]
    entries += [entry(i, cues=(-0.25,)) for i in range(50, 200)]
    free = select(entries, {"rhyme": 40}, Limits(longest_right=1))
    held = select(entries, {"rhyme": 40}, Limits(longest_right=1, cue_balance=0.02))
    assert sum(int(name[1:]) < 50 for name in free) == 40
    assert 9 <= sum(int(name[1:]) < 50 for name in held) <= 11


def test_quotas_are_filled_even_where_no_choice_is_balanced() -> None:
    entries = [entry(i, cues=(0.75,)) for i in range(9)]
    assert len(select(entries, {"rhyme": 5}, Limits(longest_right=1, cue_balance=0.02))) == 5


def test_computation_is_bounded_over_all_and_in_each_category() -> None:
    places = [{"category": ("Music", "Sound")[i % 2], "subcategory": ("rhyme", "stress")[i % 2]} for i in range(120)]
    entries = [entry(i, verification="program", skill="computation", **places[i]) for i in range(40)]
    entries += [entry(i, **places[i]) for i in range(40, 120)]
    limits = Limits(longest_right=1, computation=0.2, computation_in=0.3)
    computing = [int(n[1:]) for n in select(entries, {"rhyme": 20, "stress": 20}, limits) if int(n[1:]) < 40]
    assert len(computing) == 8
    assert max(sum(i % 2 == side for i in computing) for side in (0, 1)) <= 6


def test_a_part_of_each_subcategory_is_hard_and_no_more_while_others_can_fill_the_rest() -> None:
    places = [{"subcategory": ("rhyme", "stress")[i % 2]} for i in range(80)]
    entries = [entry(i, **places[i]) for i in range(40)]
    entries += [entry(i, hard=True, **places[i]) for i in range(40, 80) if i % 2 == 0 or i < 44]
    chosen = select(entries, {"rhyme": 15, "stress": 15}, Limits(longest_right=1, hard=1 / 3))
    hard = Counter(int(name[1:]) % 2 for name in chosen if int(name[1:]) >= 40)
    assert len(chosen) == 30
    assert hard == {0: 5, 1: 2}  # a third, and all that there are
    assert len(select(entries[40:], {"rhyme": 15}, Limits(longest_right=1, hard=1 / 3))) == 15


def test_a_better_verified_item_goes_before_a_hard_one() -> None:
    entries = [entry(0, hard=True), entry(1, verification="program"), entry(2)]
    assert select(entries, {"rhyme": 1}, Limits(longest_right=1)) == ["c1"]
    assert select(entries, {"rhyme": 2}, Limits(longest_right=1)) == ["c0", "c1"]
