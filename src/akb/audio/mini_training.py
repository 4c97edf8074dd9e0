"""The training clips of `mini`: other recordings, sound fonts and speakers than the test's, varied and mixed.

For every type of question that the test asks there are training clips with the same labels, each
label equally often, so that a model can learn the answer from the sound and not from its frequency.
What a clip is varied or mixed from is of the training side alone; the random speed and noise keep
a model from learning a recording by heart.

    drafts = training_drafts(library, plan, seed=1, scale=1.0)
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from akb.audio.clips import telephone
from akb.audio.drafts import Draft
from akb.audio.library import Library, Voiced
from akb.audio.mini import NAMED_INSTRUMENTS, NAMED_SOUNDS, Maker, generator
from akb.audio.mixing import augment
from akb.audio.sources import Plan

# Clips per label, or per type, at scale 1.
PER_CATEGORY, PER_NAMED_SOUND = 12, 8
ORDERS, COUNTS, LOUDER = 40, 32, 24
PER_INSTRUMENT, INSTRUMENT_ORDERS, PER_TEMPO, PER_MODE = 8, 40, 12, 18
PER_LANGUAGE, PER_SEX, PER_WORD = 30, 24, 5


def training_drafts(library: Library, plan: Plan, seed: int, scale: float = 1.0) -> list[Draft]:
    """All training drafts. scale: multiplies how many there are of each kind."""
    maker = Maker(library, plan, "train", seed)
    rng = random.Random(f"{seed} training")
    makers = (_sounds, _music, _speech)
    return [draft for make in makers for draft in make(maker, rng, scale)]


class _Rounds:
    """Recordings dealt out in rounds; from the second round on, each is varied at random."""

    def __init__(self, entries: Sequence[Voiced], maker: Maker, rng: random.Random, speed: float) -> None:
        self._entries, self._maker, self._speed = rng.sample(list(entries), len(entries)), maker, speed
        self._dealt = 0

    def deal(self) -> Voiced:
        entry = self._entries[self._dealt % len(self._entries)]
        name = f"{entry.source} variation {self._dealt} {len(self._entries)}"
        self._dealt += 1
        if self._dealt <= len(self._entries):
            return entry
        samples = augment(entry.samples, generator(self._maker.seed, name), self._speed)
        speech = entry.labels["domain"] == "Speech"
        return replace(entry, samples=telephone(samples) if speech else samples, source=f"{entry.source}, varied")


def _by(key: str, entries: Sequence[Voiced], maker: Maker, rng: random.Random, speed: float) -> dict[str, _Rounds]:
    found: dict[str, list[Voiced]] = defaultdict(list)
    for entry in entries:
        if key in entry.labels:
            found[entry.labels[key]].append(entry)
    return {value: _Rounds(found[value], maker, rng, speed) for value in sorted(found)}


def _sounds(maker: Maker, rng: random.Random, scale: float) -> Iterator[Draft]:
    by_label = _by("label", maker.sounds, maker, rng, speed=0.15)
    by_family = _by(
        "family", [e for e in maker.sounds if e.labels["label"] not in NAMED_SOUNDS], maker, rng, speed=0.15
    )
    named = [label for label in NAMED_SOUNDS if label in by_label]
    family = {label: maker.plan["sounds"][label][0] for label in named}
    for label in named:
        for _ in range(round(PER_NAMED_SOUND * scale)):
            yield maker.single(by_label[label].deal())
    for rounds in by_family.values():
        for _ in range(round(PER_CATEGORY * scale)):
            yield maker.single(rounds.deal())
    for _ in range(round(ORDERS * scale)):
        first, second = _two(named, family, rng)
        yield maker.order(by_label[first].deal(), by_label[second].deal())
    for number in range(round(COUNTS * scale)):
        yield maker.count(by_label[rng.choice(list(by_label))].deal(), 1 + number % 4)
    for number in range(round(LOUDER * scale)):
        yield maker.louder(by_label[rng.choice(named)].deal(), ("first", "second")[number % 2])


def _music(maker: Maker, rng: random.Random, scale: float) -> Iterator[Draft]:
    recorded = _by("label", maker.instruments, maker, rng, speed=0.1)
    number = 0
    for label in maker.plan["instruments"]:
        for turn in range(round(PER_INSTRUMENT * scale)):
            number += 1
            entry = recorded[label].deal() if label in recorded and turn % 3 == 2 else maker.render(label, number)
            if turn % 2:
                # A dry render sounds like no recording: rooms and colours as in those are put on every other one.
                rng_of = generator(maker.seed, f"{label} {number} varied")
                entry = replace(entry, samples=augment(entry.samples, rng_of, 0.06))
            yield maker.single(entry)
    family = {label: maker.plan["instruments"][label][0] for label in NAMED_INSTRUMENTS}
    for _ in range(round(INSTRUMENT_ORDERS * scale)):
        number += 2
        first, second = _two(NAMED_INSTRUMENTS, family, rng)
        yield maker.order(maker.render(first, number, seconds=1.5), maker.render(second, number + 1, seconds=1.5))
    for turn in range(round(PER_TEMPO * scale)):
        for tempo in ("slow", "medium", "fast"):
            yield maker.tempo(tempo, turn)
    for turn in range(round(PER_MODE * scale)):
        for mode in ("major", "minor"):
            yield maker.mode(mode, turn)


def _speech(maker: Maker, rng: random.Random, scale: float) -> Iterator[Draft]:
    free = [entry for entry in maker.speech if "label" not in entry.labels]
    for language in maker.plan["languages"]:
        voices = _by("voice", [e for e in free if e.labels["language"] == language], maker, rng, speed=0.05)
        # By turns, so that a language is not one of its voices.
        turns = list(voices.values())
        for turn in range(round(PER_LANGUAGE * scale)):
            yield maker.single(turns[turn % len(turns)].deal())
    for sex in ("female", "male"):
        voices = _by("voice", [e for e in free if e.labels.get("sex") == sex], maker, rng, speed=0.03)
        turns = list(voices.values())
        for turn in range(round(PER_SEX * scale)):
            yield maker.single(turns[turn % len(turns)].deal())
    for words in maker.plan["words"]:
        said = [entry for entry in maker.speech if entry.labels.get("label") == words]
        for rounds in _by("transcript", said, maker, rng, speed=0.08).values():
            for _ in range(round(PER_WORD * scale)):
                yield maker.single(rounds.deal())


def _two(labels: Sequence[str], family: dict[str, str], rng: random.Random) -> tuple[str, str]:
    """Two labels of different families."""
    first = rng.choice(list(labels))
    return first, rng.choice([label for label in labels if family[label] != family[first]])
