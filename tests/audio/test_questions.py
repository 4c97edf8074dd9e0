"""Questions about clips: nothing but the clip tells the answer."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from akb.audio.drafts import settle
from akb.audio.mini_synthetic import synthetic_drafts, synthetic_items
from akb.audio.questions import KINDS, Asked, chance, in_order, orders, questions_of, shortcuts
from akb.items import Item

POOL = ["English", "Spanish", "French", "Italian", "Russian"]


@pytest.fixture
def languages() -> list[Item]:
    asked = [Asked(f"clip{i}", POOL[i % 5], "test") for i in range(40)]
    return questions_of(KINDS["language"], asked, POOL, random.Random(1))


def test_every_item_shows_its_right_answer_once(languages: list[Item]) -> None:
    assert all(not item.faults() for item in languages)
    assert [item.options[item.answer] for item in languages] == [POOL[i % 5] for i in range(40)]


def test_every_place_is_right_equally_often(languages: list[Item]) -> None:
    assert set(Counter(item.answer for item in languages).values()) == {10}


def test_every_option_is_shown_about_equally_often(languages: list[Item]) -> None:
    shown = Counter(option for item in languages for option in item.options)
    assert max(shown.values()) - min(shown.values()) <= 2


@pytest.mark.parametrize("guesser", ["place", "words", "longest", "shortest"])
def test_a_guesser_who_hears_nothing_is_at_chance(languages: list[Item], guesser: str) -> None:
    assert shortcuts(languages)[guesser] <= chance(languages) + 0.08


def test_orders_name_four_things_twice_each() -> None:
    one = Asked("clip", in_order("a dog", "a bell"), "test")
    pool = ["a dog", "a bell", "a cat", "water", "a door"]
    (item,) = orders(KINDS["order of sounds"], [(one, "a dog", "a bell")], pool, random.Random(1))
    things = Counter(thing for option in item.options for thing in option.removeprefix("first ").split(", then "))
    assert sorted(things.values()) == [2, 2, 2, 2] and item.options[item.answer] == one.answer


def test_a_skewed_answer_key_is_found_out() -> None:
    items = [Item.make("x", "?", ["a", "b"], 0, category="c", clip_id=str(i)) for i in range(10)]
    assert shortcuts(items)["place"] == 1.0


def test_the_synthetic_corpus_has_both_sides_and_sound_items() -> None:
    kept, refused = settle(synthetic_drafts(seed=1))
    assert not refused and {draft.split for draft in kept.values()} == {"test", "train"}
    items = synthetic_items(kept, seed=1)
    assert {item.category for item in items} == {"Sound", "Music", "Speech"}
    assert all(not item.faults() for item in items)


def test_the_synthetic_unseen_corpus_has_clips_of_its_own_and_none_to_train_on() -> None:
    seen, unseen = (settle(synthetic_drafts(seed=1, unseen=unseen))[0] for unseen in (False, True))
    assert {draft.split for draft in unseen.values()} == {"test"} and not set(seen) & set(unseen)
    assert {item.benchmark for item in synthetic_items(unseen, 1, "mini-unseen")} == {"mini-unseen"}


def test_the_synthetic_corpus_is_the_same_for_a_seed() -> None:
    first, second = (settle(synthetic_drafts(seed=3))[0] for _ in range(2))
    assert list(first) == list(second)
