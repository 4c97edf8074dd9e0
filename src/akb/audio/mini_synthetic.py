"""A corpus of pure tones, noises, clicks and buzzes: the form of `mini` without any download.

For the smoke configuration and tests alone. Its labels are exact because every sample is computed;
its "voices" are buzzes with formants, so nothing measured on it says anything about hearing.

    kept, refused = settle(synthetic_drafts(seed=1)); items = synthetic_items(kept, seed=1)
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from akb.audio.clips import RATE, Samples, normalise
from akb.audio.drafts import Draft
from akb.audio.mini import COUNTS, SEXES, generator, sequence_labels
from akb.audio.mixing import fade, in_sequence
from akb.audio.questions import KINDS, Asked, questions_of
from akb.items import Item

_SOUNDS = {"hiss": "noise", "beep": "a beep", "click": "a click", "sweep": "a sweep"}
_TEMPI = {"slow": 60, "medium": 105, "fast": 175}


def synthetic_drafts(seed: int, per_type: int = 4, *, unseen: bool = False) -> list[Draft]:
    """`per_type` clips of each of four types on each side: what sounds, how fast, who "speaks", how often. unseen:
    other clips on the test side, and none to train on."""
    drafts = []
    for side in ("unseen",) if unseen else ("test", "train"):
        for number in range(per_type):
            for kind, make in (
                ("sound source", _sound),
                ("tempo", _tempo),
                ("speaker's sex", _voice),
                ("count", _count),
            ):
                name = f"synthetic/{side}/{kind}/{number}"
                samples, labels = make(number, generator(seed, name))
                asks = (kind,) if side != "train" else ()
                split = "train" if side == "train" else "test"
                drafts.append(Draft(normalise(samples), labels, split, (name,), "CC0-1.0", "synthetic", asks))
    return drafts


def synthetic_items(kept: Mapping[str, Draft], seed: int, benchmark: str = "mini") -> list[Item]:
    """The questions about the synthetic test clips."""
    naming: dict[str, tuple[str, dict[Any, str]]] = {
        "sound source": ("label", _SOUNDS),
        "count": ("count", COUNTS),
        "tempo": ("tempo", {tempo: tempo for tempo in _TEMPI}),
        "speaker's sex": ("sex", SEXES),
    }
    asked: dict[str, list[Asked]] = defaultdict(list)
    for identity, draft in kept.items():
        for kind in draft.asks:
            key, names = naming[kind]
            asked[kind].append(Asked(identity, names[draft.labels[key]], draft.source))
    items: list[Item] = []
    for kind, (_, names) in naming.items():
        rng = random.Random(f"{seed} {kind}")
        items += questions_of(KINDS[kind], asked[kind], list(names.values()), rng, benchmark)
    return items


def _time(seconds: float) -> Any:
    return np.arange(int(seconds * RATE)) / RATE


def _sound(number: int, rng: np.random.Generator) -> tuple[Samples, dict[str, Any]]:
    label = list(_SOUNDS)[number % 4]
    time = _time(1.0)
    pitch = float(rng.uniform(400, 900))
    wave = {
        "hiss": rng.standard_normal(len(time)),
        "beep": np.sin(2 * np.pi * pitch * time),
        "click": np.exp(-time * 200) * rng.standard_normal(len(time)),
        "sweep": np.sin(2 * np.pi * pitch * (time + time**2)),
    }[label]
    return fade(wave.astype(np.float32), 0.001), {
        "domain": "Sound",
        "kind": "sound",
        "label": label,
        "family": "synthetic",
    }


def _tempo(number: int, rng: np.random.Generator) -> tuple[Samples, dict[str, Any]]:
    tempo = list(_TEMPI)[number % 3]
    beats = _TEMPI[tempo] + int(rng.integers(-4, 5))
    time = _time(2.5)
    wave = np.sin(2 * np.pi * float(rng.uniform(300, 600)) * time) * np.exp(-8 * (time % (60 / beats)))
    labels = {"domain": "Music", "kind": "melody", "tempo": tempo, "tempo_bpm": beats}
    return wave.astype(np.float32), labels


def _voice(number: int, rng: np.random.Generator) -> tuple[Samples, dict[str, Any]]:
    sex = list(SEXES)[number % 2]
    pitch = float(rng.uniform(190, 230) if sex == "female" else rng.uniform(95, 125))
    time = _time(1.0)
    formants = (700.0, 1200.0, 2600.0)
    harmonics = np.arange(1, int(4000 / pitch))
    gains = [sum(np.exp(-(((k * pitch - f) / 150) ** 2)) for f in formants) + 0.02 for k in harmonics]
    wave = sum(g * np.sin(2 * np.pi * k * pitch * time) for k, g in zip(harmonics, gains, strict=True))
    labels = {"domain": "Speech", "kind": "speech", "sex": sex, "language": "en", "voice": f"buzz-{sex}"}
    return fade(np.asarray(wave, dtype=np.float32)), labels


def _count(number: int, rng: np.random.Generator) -> tuple[Samples, dict[str, Any]]:
    times = 1 + number % 4
    time = _time(0.2)
    one = fade(np.sin(2 * np.pi * float(rng.uniform(500, 1500)) * time).astype(np.float32))
    samples, spans = in_sequence([one] * times, gap=0.3)
    samples = np.pad(samples, (0, RATE // 4))
    return samples, {**sequence_labels("Sound", ["beep"] * times, spans), "count": times, "label": "beep"}
