"""The audio benchmark `mini`: which test clips are made, and what is asked about them.

Every clip, test or training, carries labels as a JSON object. Its keys, each present only where it applies:
  domain      "Sound", "Music" or "Speech"
  kind        "sound", "instrument", "melody", "speech" or "sequence" (several events one after another)
  events      list of {label, start, end}, times in seconds
  label       what is heard, e.g. "dog"; in speech the closed set that the word is from ("digits", "animals")
  family      the category of a sound ("animal"), the family of an instrument ("brass")
  instrument  e.g. "trumpet"
  tempo_bpm   beats per minute; tempo: "slow", "medium" or "fast"
  mode        "major" or "minor"
  sex         "female" or "male", of the speaker
  language    "en", "es", "fr", "it" or "ru"
  transcript  what is said
  count       how many times the event is heard, 1 to 4
  louder      "first" or "second"
  voice       who speaks, as named in the list of sources

Test items are taken from recordings wherever there are any; training hears other recordings, other
sound fonts and other speakers (`library` splits, `training_clips` draws).

    drafts = test_drafts(library, plan, seed=1, per_domain=60); items = test_items(kept, plan, seed=1)
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from akb.audio.clips import normalise
from akb.audio.drafts import Draft
from akb.audio.library import Library, Voiced
from akb.audio.mixing import burst, fade, gain, in_sequence, pad, window
from akb.audio.questions import KINDS, Asked, in_order, orders, questions_of
from akb.audio.rendering import cadence, pulse, rendered
from akb.audio.sources import Plan
from akb.errors import AkbError
from akb.items import Item

# How many items of each type make up 60 of a domain.
SHARES = {
    "sound category": 18,
    "sound source": 16,
    "order of sounds": 10,
    "count": 8,
    "louder": 8,
    "instrument family": 18,
    "instrument": 13,
    "order of instruments": 12,
    "tempo": 9,
    "mode": 8,
    "language": 20,
    "speaker's sex": 14,
    "digit": 10,
    "word": 16,
}
COUNTS = {1: "once", 2: "twice", 3: "three times", 4: "four times"}
SEXES = {"female": "a woman", "male": "a man"}
LOUDER = {"first": "the first", "second": "the second"}

# Sounds that a listener tells apart by name, each recorded several times on both sides.
NAMED_SOUNDS = (
    "dog", "cat", "horse", "cow", "sheep", "duck", "chicken", "songbird", "insect", "laugh", "cough", "engine",
    "running water", "bell", "door", "beep",
)  # fmt: skip
NAMED_INSTRUMENTS = (
    "piano", "organ", "harpsichord", "xylophone", "guitar", "harp", "violin", "cello", "trumpet", "tuba", "flute",
    "clarinet", "drums",
)  # fmt: skip
# Sounds short enough to be counted one by one.
COUNTABLE = ("dog", "cat", "duck", "beep", "blow", "bell", "door", "cough", "sheep", "crow")


def generator(seed: int, name: str) -> np.random.Generator:
    """A random generator of its own for every clip: adding one clip changes no other."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def sequence_labels(domain: str, labels: Sequence[str], spans: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """Labels of a clip in which several events follow one another."""
    events = [{"label": label, "start": a, "end": b} for label, (a, b) in zip(labels, spans, strict=True)]
    return {"domain": domain, "kind": "sequence", "events": events}


class Maker:
    """Makes drafts out of one side of a library. Names decide the randomness, so drafts do not depend on order."""

    def __init__(
        self, library: Library, plan: Plan, side: str, seed: int, speech: Sequence[Voiced] | None = None
    ) -> None:
        """speech: in place of the side's own."""
        self.plan, self.side, self.seed = plan, side, seed
        self.sounds = [e for e in library.sounds if e.split == side]
        self.instruments = [e for e in library.instruments if e.split == side]
        self.speech = [e for e in library.speech if e.split == side] if speech is None else list(speech)
        self.fonts = [(name, licence, font) for split, name, licence, font in library.fonts if split == side]
        for what, found in (("sounds", self.sounds), ("speech", self.speech), ("sound fonts", self.fonts)):
            if not found:
                raise AkbError(
                    f"no {what} for the {side} side", where="audio sources", remedy="gather all the listed sources"
                )

    def single(self, entry: Voiced, asks: str = "") -> Draft:
        kinds = {"Sound": "sound", "Music": "instrument", "Speech": "speech"}
        labels = {**entry.labels, "kind": kinds[entry.labels["domain"]]}
        return self._draft(entry.samples, labels, [entry], asks)

    def order(self, first: Voiced, second: Voiced, asks: str = "") -> Draft:
        """Two recordings one after the other, each cut to 1.5 s."""
        parts = [normalise(window(entry.samples, 1.5)) for entry in (first, second)]
        samples, spans = in_sequence(parts, gap=0.3)
        names = [entry.labels["label"] for entry in (first, second)]
        return self._draft(samples, sequence_labels(first.labels["domain"], names, spans), [first, second], asks)

    def count(self, entry: Voiced, times: int, asks: str = "") -> Draft:
        """One short burst of a recording `times` times, at slightly uneven distances."""
        rng = generator(self.seed, f"count {entry.group} {times} {self.side}")
        one = burst(normalise(entry.samples))
        parts = [pad(one, len(one) / 16_000 + float(rng.uniform(0.0, 0.15))) for _ in range(times)]
        samples, spans = in_sequence(parts, gap=0.3)
        labels = sequence_labels("Sound", [entry.labels["label"]] * times, spans)
        return self._draft(pad(samples, 0.8), {**labels, "count": times, "label": entry.labels["label"]}, [entry], asks)

    def louder(self, entry: Voiced, which: str, asks: str = "") -> Draft:
        """The same sound twice, one of them 14 dB softer."""
        part = fade(window(normalise(entry.samples), 1.0))
        levels = (0.0, -14.0) if which == "first" else (-14.0, 0.0)
        samples, spans = in_sequence([gain(part, level) for level in levels], gap=0.3)
        labels = sequence_labels("Sound", [entry.labels["label"]] * 2, spans)
        return self._draft(samples, {**labels, "louder": which, "label": entry.labels["label"]}, [entry], asks)

    def render(self, instrument: str, number: int, asks: str = "", seconds: float = 2.0) -> Voiced:
        """A phrase on an instrument of one of this side's sound fonts."""
        name, licence, font = self.fonts[number % len(self.fonts)]
        entry = self.plan["instruments"][instrument]
        samples = rendered(font, entry, generator(self.seed, f"{name} {instrument} {number} {asks}"), seconds)
        labels = {"domain": "Music", "label": instrument, "instrument": instrument, "family": entry[0]}
        return Voiced(
            samples, labels, self.side, f"{name}/{instrument}", licence, f"{name}: {instrument}, phrase {number}"
        )

    def tempo(self, tempo: str, number: int, asks: str = "") -> Draft:
        """An even pulse on one of six instruments."""
        name, licence, font = self.fonts[number % len(self.fonts)]
        instrument = ("piano", "guitar", "xylophone", "harp", "clarinet", "organ")[number % 6]
        rng = generator(self.seed, f"tempo {tempo} {number} {self.side}")
        notes, beats = pulse(rng, tempo, int(rng.integers(55, 70)))
        samples = font.play(notes, self.plan["instruments"][instrument][1])
        labels = {"domain": "Music", "kind": "melody", "tempo": tempo, "tempo_bpm": beats, "instrument": instrument}
        return Draft(
            samples, labels, self.side, (f"{name}/{instrument}",), licence, f"{name}: pulse", (asks,) if asks else ()
        )

    def mode(self, mode: str, number: int, asks: str = "") -> Draft:
        """A cadence in a key of its own on one of four instruments."""
        name, licence, font = self.fonts[number % len(self.fonts)]
        instrument = ("piano", "organ", "guitar", "harpsichord")[number % 4]
        rng = generator(self.seed, f"mode {mode} {number} {self.side}")
        samples = font.play(cadence(rng, mode, int(rng.integers(48, 60))), self.plan["instruments"][instrument][1])
        labels = {"domain": "Music", "kind": "melody", "mode": mode, "instrument": instrument}
        return Draft(
            samples, labels, self.side, (f"{name}/{instrument}",), licence, f"{name}: cadence", (asks,) if asks else ()
        )

    def _draft(self, samples: Any, labels: dict[str, Any], entries: Sequence[Voiced], asks: str) -> Draft:
        licences = " AND ".join(sorted({entry.licence for entry in entries}))
        origin = " | ".join(dict.fromkeys(entry.source for entry in entries))
        groups = tuple(entry.group for entry in entries)
        return Draft(samples, labels, self.side, groups, licences, origin, (asks,) if asks else ())


def test_drafts(library: Library, plan: Plan, seed: int, per_domain: int = 60) -> list[Draft]:
    """The clips of the test side, each with the type of question that it serves."""
    maker = Maker(library, plan, "test", seed)
    share = {name: max(2, round(count * per_domain / 60)) for name, count in SHARES.items()}
    makers = (_sounds, _music, _speech)
    return [draft for make in makers for draft in make(maker, share, random.Random(f"{seed} {make.__name__}"))]


def _sounds(maker: Maker, share: Mapping[str, int], rng: random.Random) -> Iterator[Draft]:
    shelf = Shelf(maker.sounds, rng)
    yield from of_sounds(maker, share, rng, shelf, list(maker.plan["categories"]), NAMED_SOUNDS, COUNTABLE)


def of_sounds(
    maker: Maker,
    share: Mapping[str, int],
    rng: random.Random,
    shelf: Shelf,
    families: Sequence[str],
    named: Sequence[str],
    may_be_counted: Sequence[str],
) -> Iterator[Draft]:
    """Every type of question about sounds. Of what may be counted, only what the shelf has is."""
    for family in evenly(families, share["sound category"]):
        yield maker.single(shelf.take("family", family), "sound category")
    for label in evenly(named, share["sound source"]):
        yield maker.single(shelf.take("label", label), "sound source")
    for first, second in pairs_of(named, share["order of sounds"], maker, rng):
        yield maker.order(shelf.take("label", first), shelf.take("label", second), "order of sounds")
    countable = [label for label in may_be_counted if shelf.has(label)]
    for number in range(share["count"]):
        entry = shelf.take("label", countable[number % len(countable)])
        yield maker.count(entry, 1 + number % 4, "count")
    for number in range(share["louder"]):
        entry = shelf.take("label", named[number % len(named)])
        yield maker.louder(entry, ("first", "second")[number % 2], "louder")


def _music(maker: Maker, share: Mapping[str, int], rng: random.Random) -> Iterator[Draft]:
    shelf = Shelf(maker.instruments, rng)
    # Recordings and renders by turns: one sound font alone would make the test one of that font.
    for number, label in enumerate(evenly(NAMED_INSTRUMENTS, share["instrument"])):
        recorded = shelf.has(label) and number % 2 == 0
        entry = shelf.take("label", label) if recorded else maker.render(label, number)
        yield maker.single(entry, "instrument")
    by_family: dict[str, list[str]] = defaultdict(list)
    for label, (family, *_) in maker.plan["instruments"].items():
        by_family[family].append(label)
    for number, family in enumerate(evenly(maker.plan["families"], share["instrument family"])):
        recorded = number % 2 == 0 and shelf.unused("family", family)
        entry = shelf.take("family", family) if recorded else maker.render(rng.choice(by_family[family]), 100 + number)
        yield maker.single(entry, "instrument family")
    for number, (first, second) in enumerate(pairs_of(NAMED_INSTRUMENTS, share["order of instruments"], maker, rng)):
        parts = [maker.render(label, 200 + 2 * number + i, seconds=1.5) for i, label in enumerate((first, second))]
        yield maker.order(parts[0], parts[1], "order of instruments")
    yield from of_melodies(maker, share)


def of_melodies(maker: Maker, share: Mapping[str, int], first: int = 0) -> Iterator[Draft]:
    """Questions about tempo and mode. first: the number of the first melody; other numbers are other melodies."""
    for number, tempo in enumerate(evenly(["slow", "medium", "fast"], share["tempo"])):
        yield maker.tempo(tempo, first + number, "tempo")
    for number, mode in enumerate(evenly(["major", "minor"], share["mode"])):
        yield maker.mode(mode, first + number // 2, "mode")


def _speech(maker: Maker, share: Mapping[str, int], rng: random.Random) -> Iterator[Draft]:
    yield from of_voices(maker, share, rng)
    for kind, words in (("digit", "digits"), ("word", "animals")):
        said = [e for e in maker.speech if e.labels.get("label") == words]
        shelf = Shelf(said, rng)
        for word in evenly(maker.plan["words"][words], share[kind]):
            yield maker.single(shelf.take("transcript", word), kind)


def of_voices(maker: Maker, share: Mapping[str, int], rng: random.Random) -> Iterator[Draft]:
    """Questions about a speaker's language and sex."""
    shelf = Shelf([e for e in maker.speech if "label" not in e.labels], rng)
    for language in evenly(list(maker.plan["languages"]), share["language"]):
        yield maker.single(shelf.take("language", language), "language")
    for sex in evenly(list(SEXES), share["speaker's sex"]):
        yield maker.single(shelf.take("sex", sex), "speaker's sex")


class Shelf:
    """Recordings to take from: those used least come first, so that few clips share a recording."""

    def __init__(self, entries: Sequence[Voiced], rng: random.Random) -> None:
        self._entries = rng.sample(list(entries), len(entries))
        self._used = [0] * len(self._entries)

    def has(self, label: str) -> bool:
        return any(entry.labels["label"] == label for entry in self._entries)

    def unused(self, key: str, value: str) -> bool:
        return any(e.labels.get(key) == value and not n for e, n in zip(self._entries, self._used, strict=True))

    def take(self, key: str, value: str) -> Voiced:
        fitting = [i for i, entry in enumerate(self._entries) if entry.labels.get(key) == value]
        if not fitting:
            raise AkbError(
                f"no test recording with {key} {value!r}",
                where="audio sources",
                remedy="gather all the listed sources, or add recordings of it to resources/audio_sources.yaml",
            )
        index = min(fitting, key=lambda i: self._used[i])
        self._used[index] += 1
        return self._entries[index]


def evenly(labels: Sequence[str], count: int) -> list[str]:
    """`count` labels, each as often as the others within one."""
    return [labels[i % len(labels)] for i in range(count)]


def pairs_of(labels: Sequence[str], count: int, maker: Maker, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Pairs of labels of different families, each label equally often, as far as it goes."""
    family = {name: entry[0] for kind in ("sounds", "instruments") for name, entry in maker.plan[kind].items()}
    used: dict[str, int] = dict.fromkeys(labels, 0)
    for number in range(count):
        order = rng.sample(list(labels), len(labels))
        first = min(order, key=lambda label: used[label])
        second = min((o for o in order if family[o] != family[first]), key=lambda label: used[label])
        used[first] += 1
        used[second] += 1
        yield (first, second) if number % 2 else (second, first)


def test_items(
    kept: Mapping[str, Draft],
    plan: Plan,
    seed: int,
    benchmark: str = "mini",
    named: Mapping[str, Sequence[str]] = {"Sound": NAMED_SOUNDS, "Music": NAMED_INSTRUMENTS},
) -> list[Item]:
    """The questions about the test clips that were kept, in the order of the types.

    named: the labels that questions about a single sound or instrument, and about an order of two, draw from.
    """
    by_kind: dict[str, list[tuple[str, Draft]]] = defaultdict(list)
    for identity, draft in kept.items():
        for asks in draft.asks:
            by_kind[asks].append((identity, draft))
    phrases = {label: phrase for label, (_, phrase) in plan["sounds"].items()}
    phrases |= {label: label for label in plan["instruments"]}
    answers: dict[str, tuple[str, dict[Any, str]]] = {
        "sound category": ("family", plan["categories"]),
        "sound source": ("label", {label: phrases[label] for label in named["Sound"]}),
        "count": ("count", COUNTS),
        "louder": ("louder", LOUDER),
        "instrument family": ("family", {family: family for family in plan["families"]}),
        "instrument": ("instrument", {label: label for label in named["Music"]}),
        "tempo": ("tempo", {tempo: tempo for tempo in ("slow", "medium", "fast")}),
        "mode": ("mode", {"major": "major", "minor": "minor"}),
        "language": ("language", plan["languages"]),
        "speaker's sex": ("sex", SEXES),
        "digit": ("transcript", {word: word for word in plan["words"]["digits"]}),
        "word": ("transcript", {word: word for word in plan["words"]["animals"]}),
    }
    items: list[Item] = []
    for name, kind in KINDS.items():
        clips = by_kind[name]
        rng = random.Random(f"{seed} {name}")
        if name in answers:
            key, naming = answers[name]
            asked = [Asked(identity, naming[d.labels[key]], d.source) for identity, d in clips]
            items += questions_of(kind, asked, list(naming.values()), rng, benchmark)
        else:
            pool = [phrases[label] for label in named[kind.domain]]
            pairs = []
            for identity, draft in clips:
                first, second = (phrases[event["label"]] for event in draft.labels["events"])
                pairs.append((Asked(identity, in_order(first, second), draft.source), first, second))
            items += orders(kind, pairs, pool, rng, benchmark)
    return [replace(item, unit=kept[str(item.clip_id)].group) for item in items]
