"""Grounded questions on vowels by their formants: whose voice they come from decides which vowel they are.

The formants are the averages of men, women and children of Peterson and Barney (1952), Control methods used in a study of
the vowels, JASA 24, table II: F1, F2, F3 in Hz of vowels between h and d. A vowel is told by the nearest average on a
logarithmic scale, and asked about only where the next one lies much further off.

    nearest((530, 2730, 3600), "child")  ->  "hid"; the same formants from a man would be nearest to "head"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    """Whether one vowel is near and the next clearly further."""
    first, second, *_ = sorted(distances(formants, speaker).values())
    return first <= _NEAR and second >= max(_FURTHER * first, first + 0.15)


@AGES.check
@BODIES.check
def nearest_vowel(args: Mapping[str, Any], option: str) -> bool:
    """Whether the word is nearest, or its merged twin is; args: whose word, times which factor, by whose averages."""
    formants = [f * args["factor"] for f in FORMANTS[args["speaker"]][args["word"]]]
    right = nearest(formants, args["norm"])
    return option.strip("“”") in {right, _MERGED.get(right)}


_FACTORS = {
    0.667: ("slowed to two thirds of its speed", "resampled so that it lasts half as long again"),
    0.8: ("slowed to four fifths of its speed", "resampled so that it lasts a quarter longer"),
    1.25: ("run a quarter faster", "resampled to four fifths of its length"),
    1.5: ("run half as fast again", "resampled to two thirds of its length"),
}


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
        "Formants near {:.0f}, {:.0f} and {:.0f} Hz: in which word did a typical American {} say this vowel?",
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
        who = {"child": "child before puberty", "woman": "woman"}[speaker]
        wrong = _wrong(formants, speaker, word, lures)
        args = {"speaker": speaker, "word": word, "factor": 1, "norm": speaker}
        yield Sketch(rng.choice(stems).format(*formants, who), _quoted(word), [_quoted(w) for w in wrong], args)


def _changed(rng: Random, ages: bool) -> Iterator[Sketch]:
    """A vowel played at another speed, and heard as the vowel of another kind of speaker."""
    stems = (
        "A recording of a {}'s “{}” is {}. To which word of an average American {} do its formants then come closest?",
        "“{1}”, said by a {0}, is {2}. Judged by the formants of American {4}, which word does it become?",
    )
    plural = {"man": "men", "woman": "women", "child": "children"}
    settings = [
        (speaker, word, factor, norm)
        for speaker in FORMANTS
        for norm in FORMANTS
        for word in FORMANTS["man"]
        for factor in _FACTORS
        if ages == ("child" in (speaker, norm)) and is_clear([f * factor for f in FORMANTS[speaker][word]], norm)
    ]
    rng.shuffle(settings)
    asked: dict[str, int] = {}
    for speaker, word, factor, norm in settings:
        formants = [f * factor for f in FORMANTS[speaker][word]]
        right = nearest(formants, norm)
        # No word is right much more often than another.
        if asked.get(right, 0) > min((asked.get(w, 0) for w in ("heed", "head", "had", "hud")), default=0) + 1:
            continue
        asked[right] = asked.get(right, 0) + 1
        lures = [
            word,
            nearest([f / factor for f in FORMANTS[speaker][word]], norm),
            nearest(FORMANTS[speaker][word], norm),
        ]
        wrong = _wrong(formants, norm, right, [w for w in lures if w != right])
        stem = rng.choice(stems).format(speaker, word, rng.choice(_FACTORS[factor]), norm, plural[norm])
        args = {"speaker": speaker, "word": word, "factor": factor, "norm": norm}
        yield Sketch(stem, _quoted(right), [_quoted(w) for w in wrong], args)


@AGES.template(nearest_vowel, tier="hard", limit=30)
def vowel_at_another_speed(rng: Random) -> Iterator[Sketch]:
    yield from _changed(rng, ages=True)


@BODIES.template(nearest_vowel, tier="hard", limit=30)
def vowel_of_another_body(rng: Random) -> Iterator[Sketch]:
    yield from _changed(rng, ages=False)


GENERATORS = {**AGES.generators, **BODIES.generators}
CHECKS = {**AGES.checks, **BODIES.checks}
