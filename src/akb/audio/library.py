"""The gathered sources as one library of recordings, split into a training and a test side.

Voices and sound fonts are split in the plan. Sounds and recorded instruments are split here, by
recording and stratified by label, after recordings that hold one another (packages copy from each
other) have been put into one group: no recording, cut or copy stands on both sides. A source whose `split` is
"unseen" stands whole on a third side, for the benchmark `mini-unseen`; what another source holds too is refused there.

    library = Library.load([Path("results/audio/sources/scratch/source.json"), …], plan, seed=1)
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from akb.audio.clips import RATE, Samples, decode, fault_of, normalise, same_recording, telephone, trim
from akb.audio.drafts import Refused
from akb.audio.mixing import in_sequence, pad, window
from akb.audio.rendering import SoundFont
from akb.audio.sources import Plan, Recording, Source, check_source, read_source

_REMEDY = "delete the folder of this source and run again; it is then unpacked anew"

SHORTEST_SOUND = 0.12  # seconds: a shorter recording cannot be told by ear
SHORTEST_CLIP = 0.6  # seconds: shorter recordings are followed by silence
LONGEST_SOUND = 4.0  # seconds: of longer recordings the loudest stretch is taken


@dataclass(frozen=True)
class Voiced:
    """A usable recording: prepared samples and where they are from. Identity is the group's name."""

    samples: Samples = field(repr=False)
    labels: dict[str, str]
    split: str
    group: str
    licence: str
    source: str


class Library:
    """Usable recordings by side; the sound fonts by side; what was refused."""

    def __init__(self) -> None:
        self.sounds: list[Voiced] = []
        self.instruments: list[Voiced] = []
        self.speech: list[Voiced] = []
        self.fonts: list[tuple[str, str, str, SoundFont]] = []  # split, name, licence, font
        self.refused: list[Refused] = []

    @classmethod
    def load(cls, sources: Iterable[Path], plan: Plan, seed: int, voice_clips: int = 30) -> Library:
        """Read sources, decode and check their recordings, split them.

        voice_clips: so many clips are taken of each voice that speaks freely (words of the closed sets: all).
        """
        library = cls()
        for path in sorted(sources):
            source = read_source(path)
            check_source(source, path.parent)
            if source.soundfont:
                font = SoundFont(path.parent / source.soundfont)
                library.fonts.append((source.split, source.name, source.licence, font))
            named = [r for r in source.recordings if r.labels["domain"] != "Speech"]
            library._take_named(source, named, path.parent)
            voices: dict[str, list[Recording]] = defaultdict(list)
            for recording in source.recordings:
                if recording.labels["domain"] == "Speech":
                    voices[recording.labels["voice"]].append(recording)
            for voice in sorted(voices):
                library._take_voice(source, voices[voice], path.parent, voice_clips, random.Random(f"{seed} {voice}"))
        library.sounds = library._sides(library.sounds, seed, share=0.4)
        library.instruments = library._sides(library.instruments, seed, share=0.5)
        return library

    def _sides(self, entries: Sequence[Voiced], seed: int, share: float) -> list[Voiced]:
        """Every recording on its side: those of whole sources as their plan says, the others split."""
        split = self._split([entry for entry in entries if not entry.split], seed, share)
        by_family: dict[str, list[Voiced]] = defaultdict(list)
        for entry in split:
            by_family[entry.labels["family"]].append(entry)

        def copied(entry: Voiced) -> str | None:
            others = by_family[entry.labels["family"]]
            return next((other.source for other in others if same_recording(entry.samples, other.samples)), None)

        whole = [entry for entry in entries if entry.split]
        with ThreadPoolExecutor(2) as pool:
            for entry, other in zip(whole, pool.map(copied, whole), strict=True):
                if other is None:
                    split.append(entry)
                else:
                    source, _, path = entry.group.partition("/")
                    self.refused.append(Refused(source, path, f"a copy of {other}, so not unseen"))
        return split

    def _take_named(self, source: Source, recordings: Sequence[Recording], folder: Path) -> None:
        with ThreadPoolExecutor(2) as pool:
            decoded = pool.map(lambda r: trim(decode(folder / r.path, source.name, _REMEDY)), recordings)
            for recording, samples in zip(recordings, decoded, strict=True):
                fault = "too short" if len(samples) < SHORTEST_SOUND * RATE else None
                ready = pad(normalise(window(samples, LONGEST_SOUND)), SHORTEST_CLIP)
                fault = fault or fault_of(samples if len(samples) > RATE * 0.4 else ready)
                # Too long and clipped are mended by the window and by normalising, silence is not.
                if fault in ("silent", "too short", "not finite"):
                    self.refused.append(Refused(source.name, recording.path, fault))
                    continue
                group = f"{source.name}/{recording.path}"
                origin = f"{source.package}: {recording.path}"
                entry = Voiced(ready, recording.labels, source.split, group, source.licence, origin)
                (self.sounds if recording.labels["domain"] == "Sound" else self.instruments).append(entry)

    def _take_voice(
        self, source: Source, recordings: Sequence[Recording], folder: Path, clips: int, rng: random.Random
    ) -> None:
        order = list(recordings)
        rng.shuffle(order)
        free = "label" not in order[0].labels
        taken = 0
        step = order[0].join
        for at in range(0, len(order) - step + 1, step):
            if free and taken >= clips:
                return
            batch = order[at : at + step]
            parts = [trim(decode(folder / r.path, source.name, _REMEDY)) for r in batch]
            faults = [
                fault for part in parts if (fault := fault_of(pad(part, 0.4))) not in (None, "clipped", "too long")
            ]
            joined, _ = in_sequence([normalise(part) for part in parts], gap=0.15)
            names = [f"{source.name}/{r.path}" for r in batch]
            if len(joined) < batch[0].at_least * RATE:
                faults.append("too short to tell a language")
            if faults:
                self.refused.append(Refused(source.name, names[0], faults[0]))
                continue
            labels = {k: v for k, v in batch[0].labels.items() if step == 1 or k != "transcript"}
            for piece in _pieces(joined, batch[0].pieces):
                if batch[0].pieces > 1:
                    labels = {k: v for k, v in labels.items() if k != "transcript"}
                ready = pad(normalise(telephone(window(piece, LONGEST_SOUND))), SHORTEST_CLIP)
                origin = f"{source.package}: " + ", ".join(r.path for r in batch)
                # One voice is one group, so that no speaker stands on both sides.
                self.speech.append(
                    Voiced(ready, labels, batch[0].split, f"voice/{labels['voice']}", source.licence, origin)
                )
                taken += 1

    def _split(self, entries: Sequence[Voiced], seed: int, share: float) -> list[Voiced]:
        """About `share` of each label's recordings to the test side, at least one of two; labels with a single
        recording go to either side by turns within their family."""
        named = _grouped(entries)
        by_label: dict[str, list[str]] = defaultdict(list)
        for entry, group in named:
            if group not in by_label[entry.labels["label"]]:
                by_label[entry.labels["label"]].append(group)
        side: dict[str, str] = {}
        family = {entry.labels["label"]: entry.labels["family"] for entry in entries}
        singles: dict[str, int] = defaultdict(int)
        for label in sorted(by_label):
            groups = sorted(by_label[label])
            random.Random(f"{seed} {label}").shuffle(groups)
            to_test = max(1, round(share * len(groups)))
            if len(groups) == 1:
                singles[family[label]] += 1
                to_test = singles[family[label]] % 2
            for position, group in enumerate(groups):
                side.setdefault(group, "test" if position < to_test else "train")
        return [Voiced(e.samples, e.labels, side[group], group, e.licence, e.source) for e, group in named]


def _grouped(entries: Sequence[Voiced]) -> list[tuple[Voiced, str]]:
    """Every entry with the name of its group: the first of the recordings that hold one another."""
    name = {entry.group: entry.group for entry in entries}
    families: dict[str, list[Voiced]] = defaultdict(list)
    for entry in entries:
        families[entry.labels["family"]].append(entry)
    pairs = [pair for family in families.values() for pair in combinations(family, 2)]
    with ThreadPoolExecutor(2) as pool:
        same = pool.map(lambda pair: same_recording(pair[0].samples, pair[1].samples), pairs)
        for (first, second), together in zip(pairs, same, strict=True):
            if together:
                old, new = sorted((name[first.group], name[second.group]), reverse=True)
                name = {key: new if value == old else value for key, value in name.items()}
    return [(entry, name[entry.group]) for entry in entries]


def _pieces(samples: Samples, count: int) -> list[Samples]:
    size = len(samples) // count
    return [samples[i * size : (i + 1) * size] for i in range(count)]
