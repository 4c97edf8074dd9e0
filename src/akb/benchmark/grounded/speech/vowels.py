"""Grounded questions on vowels by their formants: whose voice they come from decides which vowel they are.

The formants are the averages of men, women and children of Peterson and Barney (1952), Control methods used in a study of
the vowels, JASA 24, table II: F1, F2, F3 in Hz of vowels between h and d. A vowel is told by the nearest average, and
asked about only where the next one lies much further off and every measure says the same.

    nearest((530, 2730, 3600), "child")  ->  "hid"; the same formants from a man would be nearest to "head"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product
from math import dist, log
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates

AGES = Templates("speaker_age", "averages of Peterson and Barney 1952", skill="inference")
BODIES = Templates("speaker_sex_physiology", "averages of Peterson and Barney 1952", skill="inference")

Formants = tuple[float, float, float]

FORMANTS: Mapping[str, Mapping[str, Formants]] = {
    "man": {
        "heed": (270, 2290, 3010), "hid": (390, 1990, 2550), "head": (530, 1840, 2480), "had": (660, 1720, 2410),
        "hod": (730, 1090, 2440), "hawed": (570, 840, 2410), "hood": (440, 1020, 2240), "who'd": (300, 870, 2240),
        "hud": (640, 1190, 2390), "heard": (490, 1350, 1690),
    },
    "woman": {
        "heed": (310, 2790, 3310), "hid": (430, 2480, 3070), "head": (610, 2330, 2990), "had": (860, 2050, 2850),
        "hod": (850, 1220, 2810), "hawed": (590, 920, 2710), "hood": (470, 1160, 2680), "who'd": (370, 950, 2670),
        "hud": (760, 1400, 2780), "heard": (500, 1640, 1960),
    },
    "child": {
        "heed": (370, 3200, 3730), "hid": (530, 2730, 3600), "head": (690, 2610, 3570), "had": (1010, 2320, 3320),
        "hod": (1030, 1370, 3170), "hawed": (680, 1060, 3180), "hood": (560, 1410, 3310), "who'd": (430, 1170, 3260),
        "hud": (850, 1590, 3360), "heard": (560, 1820, 2160),
    },
}  # fmt: skip
# Words of which Americans differ, hod and hawed, stand for one another.
_MERGED = {"hod": "hawed", "hawed": "hod"}
# The nearest average is at most so far in octaves, and the next one further by so much.
_NEAR, _FURTHER = 0.35, 1.6


def distances(formants: Sequence[float], speaker: str) -> dict[str, float]:
    """To each vowel's average of such speakers, in octaves over F1, F2 and F3."""
    here = [log(f, 2) for f in formants]
    return {word: dist(here, [log(f, 2) for f in there]) for word, there in FORMANTS[speaker].items()}


def nearest(formants: Sequence[float], speaker: str) -> str:
    """The word whose vowel's average is nearest."""
    found = distances(formants, speaker)
    return min(found, key=found.__getitem__)


def is_clear(formants: Sequence[float], speaker: str) -> bool:
    """Whether one vowel is near and the next clearly further, in Hz, Bark and octaves, with and without F3."""
    first, second, *_ = sorted(distances(formants, speaker).values())
    table = FORMANTS[speaker]
    winners = {
        min(table, key=lambda word: dist([scale(f) for f in formants[:n]], [scale(f) for f in table[word][:n]]))
        for n in (2, 3)
        for scale in (float, log, _bark)
    }
    return first <= _NEAR and second >= max(_FURTHER * first, first + 0.15) and len(winners) == 1


def _bark(hertz: float) -> float:
    """Traunmüller 1990."""
    return 26.81 * hertz / (1960 + hertz) - 0.53


@AGES.check
@BODIES.check
def nearest_vowel(args: Mapping[str, Any], option: str) -> bool:
    """Whether the word is nearest, or its merged twin is; args: whose word, times which factor, by whose averages."""
    formants = [f * args["factor"] for f in FORMANTS[args["speaker"]][args["word"]]]
    right = nearest(formants, args["norm"])
    return option.strip("“”") in {right, _MERGED.get(right)}


_SPEEDS = (0.65, 0.7, 0.75, 0.8, 0.85, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5)


def _quoted(word: str) -> str:
    return f"“{word}”"


def _wrong(formants: Sequence[float], norm: str, right: str, lures: Sequence[str]) -> list[str]:
    """The lures and the nearest others; never the twin of the right one."""
    near = sorted(distances(formants, norm), key=distances(formants, norm).__getitem__)
    found = [w for w in dict.fromkeys([*lures, *near[1:5]]) if w not in {right, _MERGED.get(right)}]
    # Of two twins only one: they would rule each other out.
    return [w for k, w in enumerate(found) if _MERGED.get(w) not in found[:k]][:4]


@AGES.template(nearest_vowel, tier="hard", limit=30)
def vowel_of_a_speaker(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Formants near {:.0f}, {:.0f} and {:.0f} Hz: in which word did an American {} of Peterson and Barney's study say this vowel?",
        "A vowel's formants lie at about {:.0f}, {:.0f} and {:.0f} Hz. Which word was it, if an average American {} spoke it?",
    )
    settings = [(word, speaker) for speaker in ("child", "woman") for word in FORMANTS["man"]]
    rng.shuffle(settings)
    for word, speaker in settings:
        formants = FORMANTS[speaker][word]
        # What they would be from others: the trap for whoever forgets the size of the head.
        lures = [nearest(formants, other) for other in FORMANTS if other != speaker]
        if all(lure == word for lure in lures):
            continue
        wrong = _wrong(formants, speaker, word, lures)
        args = {"speaker": speaker, "word": word, "factor": 1, "norm": speaker}
        yield Sketch(rng.choice(stems).format(*formants, speaker), _quoted(word), [_quoted(w) for w in wrong], args)


def _changed(rng: Random, ages: bool) -> Iterator[Sketch]:
    """A vowel played at another speed, and heard as the vowel of another kind of speaker: as often another as the same."""
    stems = (
        "A recording of a {}'s “{}” is played at {:g} times its speed. Which word of an average American {} do its formants, which move along, fit best?",
        "“{1}”, said by a {0}, is played at {2:g} times its speed. By the average formants of American {4}, which word is it now?",
    )
    plural = {"man": "men", "woman": "women", "child": "children"}
    kept: list[tuple[str, str, float, str]] = []
    turned: list[tuple[str, str, float, str]] = []
    for speaker, norm, word, factor in product(FORMANTS, FORMANTS, FORMANTS["man"], _SPEEDS):
        formants = [f * factor for f in FORMANTS[speaker][word]]
        if ages == ("child" in (speaker, norm)) and is_clear(formants, norm):
            (kept if nearest(formants, norm) == word else turned).append((speaker, word, factor, norm))
    rng.shuffle(kept)
    rng.shuffle(turned)
    for speaker, word, factor, norm in chain.from_iterable(zip(turned, kept, strict=False)):
        formants = [f * factor for f in FORMANTS[speaker][word]]
        right = nearest(formants, norm)
        lures = [
            word,
            nearest(FORMANTS[speaker][word], norm),
            nearest([f / factor for f in FORMANTS[speaker][word]], norm),
        ]
        wrong = _wrong(formants, norm, right, [w for w in lures if w != right])
        stem = rng.choice(stems).format(speaker, word, factor, norm, plural[norm])
        args = {"speaker": speaker, "word": word, "factor": factor, "norm": norm}
        # The word that was said is always among the options.
        yield Sketch(stem, _quoted(right), [_quoted(w) for w in (wrong[:3] if right != word else wrong)], args)


@AGES.template(nearest_vowel, tier="hard", limit=30)
def vowel_at_another_speed(rng: Random) -> Iterator[Sketch]:
    yield from _changed(rng, ages=True)


@BODIES.template(nearest_vowel, tier="hard", limit=30)
def vowel_of_another_body(rng: Random) -> Iterator[Sketch]:
    yield from _changed(rng, ages=False)


GENERATORS = {**AGES.generators, **BODIES.generators}
CHECKS = {**AGES.checks, **BODIES.checks}
