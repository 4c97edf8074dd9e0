"""The audio benchmark `mini-unseen`: the questions of `mini`, about sources that nothing else is made from.

`mini`'s test side holds other recordings of packages that training hears. Here packages and a sound font are held out
whole: neither the alignment nor the distillation nor the tuning of a captioner meets anything of them, and what another
source holds a copy of is refused (`library`). Speakers are those of `mini`'s test side, whom no training hears either,
saying what `mini` does not ask about: no package was found that has others in all five languages.

Clips, labels and questions are made by the code that makes `mini`'s. What differs is that sounds and instruments are
named only where the unseen packages have a recording of them.

    drafts = unseen_drafts(library, plan, seed=1, per_domain=60); items = unseen_items(kept, plan, seed=1)
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from akb.audio.drafts import Draft
from akb.audio.library import Library
from akb.audio.mini import (
    COUNTABLE,
    NAMED_INSTRUMENTS,
    Maker,
    Shelf,
    evenly,
    of_melodies,
    of_sounds,
    of_voices,
    pairs_of,
    test_drafts,
    test_items,
)
from akb.audio.sources import Plan
from akb.errors import AkbError
from akb.items import Item

NAME = "mini-unseen"

# How many items of each type make up 60 of a domain.
SHARES = {
    "sound category": 20,
    "sound source": 20,
    "order of sounds": 8,
    "count": 6,
    "louder": 6,
    "instrument family": 18,
    "instrument": 16,
    "order of instruments": 10,
    "tempo": 9,
    "mode": 7,
    "language": 35,
    "speaker's sex": 25,
}


def unseen_drafts(library: Library, plan: Plan, seed: int, per_domain: int = 60) -> list[Draft]:
    """The clips of the unseen side, each with the type of question that it serves; their split is "test".

    Raises AkbError where the library holds no unseen source.
    """
    asked_in_mini = {draft.source for draft in test_drafts(library, plan, seed, per_domain)}
    said = [e for e in library.speech if e.split == "test" and e.source not in asked_in_mini]
    maker = Maker(library, plan, "unseen", seed, speech=said)
    share = {name: max(2, round(count * per_domain / 60)) for name, count in SHARES.items()}
    makers = (_unseen_sounds, _unseen_music, _unseen_speech)
    drafts = [draft for make in makers for draft in make(maker, share, random.Random(f"{seed} {make.__name__}"))]
    return [replace(draft, split="test") for draft in drafts]


def unseen_items(kept: Mapping[str, Draft], plan: Plan, seed: int) -> list[Item]:
    """The questions about the unseen clips that were kept. Wrong options are things that are heard in other clips."""
    heard = [d.labels for d in kept.values() if d.labels["domain"] == "Sound"]
    labels = {each["label"] for its in heard for each in (its, *its.get("events", ())) if "label" in each}
    sounds = [label for label in plan["sounds"] if label in labels]
    return test_items(kept, plan, seed, NAME, {"Sound": sounds, "Music": NAMED_INSTRUMENTS})


def _unseen_sounds(maker: Maker, share: Mapping[str, int], rng: random.Random) -> Iterator[Draft]:
    shelf = Shelf(maker.sounds, rng)
    named = _there(list(maker.plan["sounds"]), shelf, 5, "sound")
    families = [family for family in maker.plan["categories"] if shelf.unused("family", family)]
    yield from of_sounds(maker, share, rng, shelf, families, named, (*COUNTABLE, "cow", "horse", "songbird"))


def _unseen_music(maker: Maker, share: Mapping[str, int], rng: random.Random) -> Iterator[Draft]:
    shelf = Shelf(maker.instruments, rng)
    for number, label in enumerate(evenly(NAMED_INSTRUMENTS, share["instrument"])):
        entry = shelf.take("label", label) if shelf.unused("label", label) else maker.render(label, 300 + number)
        yield maker.single(entry, "instrument")
    by_family = {
        family: [label for label, (its, *_) in maker.plan["instruments"].items() if its == family]
        for family in maker.plan["families"]
    }
    for number, family in enumerate(evenly(maker.plan["families"], share["instrument family"])):
        if shelf.unused("family", family):
            entry = shelf.take("family", family)
        else:
            entry = maker.render(rng.choice(by_family[family]), 400 + number)
        yield maker.single(entry, "instrument family")
    for number, (first, second) in enumerate(pairs_of(NAMED_INSTRUMENTS, share["order of instruments"], maker, rng)):
        parts = [maker.render(label, 500 + 2 * number + i, seconds=1.5) for i, label in enumerate((first, second))]
        yield maker.order(parts[0], parts[1], "order of instruments")
    yield from of_melodies(maker, share, first=100)


def _unseen_speech(maker: Maker, share: Mapping[str, int], rng: random.Random) -> Iterator[Draft]:
    yield from of_voices(maker, share, rng)


def _there(labels: Sequence[str], shelf: Shelf, least: int, what: str) -> list[str]:
    found = [label for label in labels if shelf.has(label)]
    if len(found) < least:
        raise AkbError(
            f"the unseen sources have recordings of {len(found)} labels of a {what}, and {least} are needed",
            where="audio sources",
            remedy="gather all the listed sources, or give more `split: unseen` in resources/audio_sources.yaml",
        )
    return found
