"""The audio benchmark: items and training clips from a library of noises that bear every label."""

from __future__ import annotations

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from akb.audio.clips import RATE
from akb.audio.drafts import BETWEEN_GROUPS, Draft, settle
from akb.audio.library import Library, Voiced
from akb.audio.mini import test_drafts as draw_test
from akb.audio.mini import test_items as ask
from akb.audio.mini_training import training_drafts
from akb.audio.mini_unseen import unseen_drafts, unseen_items
from akb.audio.questions import chance, shortcuts
from akb.audio.sources import read_plan
from akb.errors import AkbError
from akb.items import Item, read_items

PROJECT = Path(__file__).parents[2]
PLAN = read_plan(PROJECT / "resources" / "audio_sources.yaml")
BUILT = PROJECT / "results" / "audio" / "mini"
UNSEEN_SOUNDS = "horse,cow,pig,songbird,insect,crowd,engine,running water,bell,blow,effect".split(",")


def hiss(name: str, seconds: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return (0.1 * rng.standard_normal(int(seconds * RATE))).astype(np.float32)


class FakeFont:
    def __init__(self, name: str) -> None:
        self.name = name

    def play(self, notes: Sequence[Any], program: int | None) -> np.ndarray:
        return hiss(f"{self.name} {program} {notes}")


def library() -> Library:
    """Six noises for every label, two on each side; speakers on two sides alone."""
    made = Library()

    def voiced(number: int, group: str = "", **labels: str) -> Voiced:
        side = ("test", "train")[number % 2] if number < 4 or labels["domain"] == "Speech" else "unseen"
        name = f"{labels} {number}"
        return Voiced(hiss(name), labels, side, f"{side}/{group or name}", "CC0-1.0", name)

    for number in range(6):
        for label, (family, *_) in PLAN["sounds"].items():
            if number < 4 or label in UNSEEN_SOUNDS:
                made.sounds.append(voiced(number, domain="Sound", label=label, family=family))
        for label, (family, *_) in PLAN["instruments"].items():
            made.instruments.append(voiced(number, domain="Music", label=label, family=family, instrument=label))
        for words, vocabulary in PLAN["words"].items() if number < 4 else ():
            for word in vocabulary:
                labels = {"label": words, "transcript": word, "language": "en", "voice": f"v{number}"}
                made.speech.append(voiced(number, domain="Speech", **labels))
    for number in range(60):
        for language in PLAN["languages"]:
            sex = ("female", "male")[number // 2 % 2]
            made.speech.append(
                voiced(number, domain="Speech", language=language, sex=sex, voice=f"{language}{number % 4}")
            )
    made.fonts = [(side, side, "CC0-1.0", FakeFont(side)) for side in ("test", "train", "unseen")]  # type: ignore[misc]
    return made


@pytest.fixture(scope="module")
def built() -> tuple[dict[str, Draft], list[Item]]:
    kept, refused = settle(draw_test(library(), PLAN, 1) + training_drafts(library(), PLAN, 1, scale=0.5))
    assert not [row for row in refused if "same samples" not in row.reason]
    return kept, ask(kept, PLAN, 1)


def test_there_are_sixty_items_a_domain_over_as_many_clips(built: tuple[dict[str, Draft], list[Item]]) -> None:
    _, items = built
    assert Counter(item.category for item in items) == {"Sound": 60, "Music": 60, "Speech": 60}
    assert len({item.clip_id for item in items}) >= 120


def test_every_item_can_be_asked_and_is_about_a_test_clip(built: tuple[dict[str, Draft], list[Item]]) -> None:
    kept, items = built
    assert all(not item.faults() and kept[item.clip_id or ""].split == "test" for item in items)


@pytest.mark.parametrize(
    ("guesser", "slack"), [("place", 0.05), ("words", 0.06), ("longest", 0.06), ("shortest", 0.06)]
)
def test_who_hears_nothing_is_at_chance(built: tuple[dict[str, Draft], list[Item]], guesser: str, slack: float) -> None:
    _, items = built
    assert shortcuts(items)[guesser] <= chance(items) + slack


def test_no_answer_of_a_type_is_right_more_often_than_another(built: tuple[dict[str, Draft], list[Item]]) -> None:
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for item in built[1]:
        right[item.subcategory][item.options[item.answer]] += 1
    assert all(max(count.values()) - min(count.values()) <= 1 for count in right.values())


def test_training_knows_every_label_that_the_test_asks_for(built: tuple[dict[str, Draft], list[Item]]) -> None:
    keys = ("family", "instrument", "tempo", "mode", "sex", "language", "count", "louder")
    known = {side: {(k, d.labels[k]) for d in built[0].values() if d.split == side for k in keys if k in d.labels}
             for side in ("test", "train")}  # fmt: skip
    assert known["test"] <= known["train"]


@pytest.fixture(scope="module")
def unseen() -> tuple[dict[str, Draft], list[Item]]:
    kept, _ = settle(unseen_drafts(library(), PLAN, 1))
    return kept, unseen_items(kept, PLAN, 1)


def test_of_the_unseen_benchmark_nothing_but_speakers_is_of_a_source_that_mini_has(
    built: tuple[dict[str, Draft], list[Item]], unseen: tuple[dict[str, Draft], list[Item]]
) -> None:
    groups = {group for draft in built[0].values() for group in draft.groups}
    for draft in unseen[0].values():
        assert draft.split == "test" and draft.asks
        if draft.labels["domain"] == "Speech":
            assert all(group.startswith("test/") for group in draft.groups)
        else:
            assert not groups & set(draft.groups) and all(g.startswith("unseen/") for g in draft.groups)
    assert not set(unseen[0]) & set(built[0]), "a clip of mini is asked about again"


def test_the_unseen_items_can_be_asked_and_tell_nothing_to_who_hears_nothing(
    unseen: tuple[dict[str, Draft], list[Item]],
) -> None:
    items = unseen[1]
    assert {item.benchmark for item in items} == {"mini-unseen"} and len(items) > 170
    assert all(not item.faults() and item.clip_id in unseen[0] for item in items)
    assert all(value <= chance(items) + 0.06 for value in shortcuts(items).values())
    named = {option for i in items if i.subcategory == "sound source" for option in i.options}
    assert named <= {PLAN["sounds"][label][1] for label in UNSEEN_SOUNDS}, "an option that is never right"


def test_a_handful_of_unseen_items_can_be_asked() -> None:
    items = unseen_items(settle(unseen_drafts(library(), PLAN, 1, per_domain=1))[0], PLAN, 1)
    assert {item.category for item in items} == {"Sound", "Music", "Speech"}
    assert not any(item.faults() for item in items)


def test_a_list_without_unseen_sources_says_what_is_missing() -> None:
    seen = library()
    seen.sounds = [entry for entry in seen.sounds if entry.split != "unseen"]
    with pytest.raises(AkbError, match="unseen"):
        unseen_drafts(seen, PLAN, 1)


def test_the_same_seed_gives_the_same_clips_and_items(built: tuple[dict[str, Draft], list[Item]]) -> None:
    kept, _ = settle(draw_test(library(), PLAN, 1))
    assert [item.item_id for item in ask(kept, PLAN, 1)] == [item.item_id for item in built[1]]


def test_a_library_without_speech_says_what_is_missing() -> None:
    silent = library()
    silent.speech = []
    with pytest.raises(AkbError, match="speech"):
        draw_test(silent, PLAN, 1)


@pytest.mark.skipif(not (BUILT / "items.parquet").exists(), reason="results/audio/mini has not been built")
def test_the_built_benchmark_keeps_its_promises() -> None:
    clips, items = pl.read_parquet(BUILT / "clips.parquet"), read_items(BUILT / "items.parquet")
    if len(items) < 120:
        pytest.skip("results/audio/mini holds a smoke corpus")
    groups = {
        side: {part for group in clips.filter(pl.col("split") == side)["group"] for part in group.split(BETWEEN_GROUPS)}
        for side in ("train", "test")
    }
    assert not groups["train"] & groups["test"]
    assert clips["clip_id"].n_unique() == clips.height
    assert clips["seconds"].is_between(0.4, 12.0).all()
    assert (clips["licence"] != "").all() and all(json.loads(labels) for labels in clips["labels"])
    assert shortcuts(items)["place"] <= chance(items) + 0.05
