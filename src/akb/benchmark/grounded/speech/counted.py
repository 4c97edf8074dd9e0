"""Grounded questions on the sounds of lists: how many words have one, how syllables are built; proven with CMUdict.

list(GENERATORS["articulation.words_with_sound"](0))
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.speech.pronunciations import bare, is_settled, is_vowel, pronunciations
from akb.benchmark.grounded.speech.sure_words import sounds, words
from akb.benchmark.grounded.speech.syllables import counts, is_plain

articulation = Templates("articulation", "CMUdict", skill="inference")
syllables = Templates("syllables", "CMUdict", skill="inference")

COUNTS = ("One", "Two", "Three", "Four")  # always the four options
SHOWN = 5
KNOWN = 3.6

# By class, its sounds, the letters that suggest them, and what it is called. The IPA's chart (2020).
CLASSES: dict[str, tuple[frozenset[str], str, str]] = {
    "voiceless": (frozenset({"P", "T", "K", "F", "TH", "S", "SH", "CH", "HH"}), "ptkfscxqh", "a voiceless sound"),
    "velar": (frozenset({"K", "G", "NG"}), "kgcqx", "a velar stop or nasal (/k/, /ɡ/ or /ŋ/)"),
    "postalveolar": (frozenset({"SH", "ZH", "CH", "JH"}), "sjhg", "one of the sounds /ʃ/, /ʒ/, /tʃ/ and /dʒ/"),
    "labiodental": (frozenset({"F", "V"}), "fv", "a labiodental sound (lower lip against upper teeth)"),
    "z": (frozenset({"Z"}), "z", "the sound /z/"),
}
# Consonants that merge, or a nasal that may take on the place of the next: tree, six years, income, comfort.
_MERGING = {("T", "R"), ("D", "R"), ("S", "R")} | {(a, "Y") for a in "STZD"} | {("M", "F"), ("M", "V")} | {
    ("N", b) for b in ("K", "G", "F", "V", "S", "SH", "CH", "JH")
}  # fmt: skip


def has_sound(word: str, name: str) -> bool:
    """Whether any pronunciation has a sound of the class."""
    return any(set(bare(p)) & CLASSES[name][0] for p in pronunciations(word))


@cache
def doubtful(word: str) -> bool:
    """Whether a sound of the word is said, or classed, in two ways: a flapped t, a merging pair, an h between vowels."""
    phones = sounds(word)
    around = zip(phones, phones[1:], phones[2:], strict=False)
    between = any(b in {"T", "HH"} and is_vowel(a) and (is_vowel(c) or c == "L") for a, b, c in around)
    return not is_settled(word) or bool(_MERGING & set(pairwise(phones))) or between or "wh" in word


@cache
def _sorted_words(name: str) -> dict[tuple[bool, bool], list[str]]:
    """Words by whether they have a sound of the class, and by whether their letters suggest it."""
    found: dict[tuple[bool, bool], list[str]] = defaultdict(list)
    for word in words():
        if not doubtful(word):
            found[has_sound(word, name), any(c in word for c in CLASSES[name][1])].append(word)
    return found


@articulation.check
def how_many_with(args: Mapping[str, Any], option: str) -> bool:
    return sum(has_sound(w, args["class"]) for w in args["words"]) == COUNTS.index(option) + 1


@articulation.template(how_many_with, limit=12, tier="hard")
def words_with_sound(rng: Random) -> Iterator[Sketch]:
    stems = ("How many of these words contain {}: {}?", "Said aloud, in how many of these words is there {}: {}?")
    numbers: list[int] = []
    while True:
        name = rng.choice(sorted(set(CLASSES) - {"voiceless"}))
        found = _sorted_words(name)
        numbers = numbers or rng.sample(range(1, 5), 4)
        number = numbers.pop()
        # Letters hide the sound in half of the words that have it, and suggest it in those that do not.
        half, enough = (number + 1) // 2, 2 * SHOWN
        heard, silent = found[True, False] + found[True, True], found[False, True] + found[False, False]
        hidden = found[True, False] if len(found[True, False]) >= enough else heard
        suggested = found[False, True] if len(found[False, True]) >= enough else silent
        shown = rng.sample(hidden, half) + rng.sample(heard, number - half) + rng.sample(suggested, SHOWN - number)
        if len(set(shown)) == SHOWN:
            stem = rng.choice(stems).format(CLASSES[name][2], ", ".join(rng.sample(shown, SHOWN)))
            wrong = [c for i, c in enumerate(COUNTS, 1) if i != number]
            yield Sketch(stem, COUNTS[number - 1], wrong, {"class": name, "words": shown})


@articulation.check
def all_voiced(args: Mapping[str, Any], option: str) -> bool:
    return not any(has_sound(w, "voiceless") for w in option.split(", "))


@articulation.template(all_voiced, limit=40, tier="hard")
def voiced_line(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which line is every sound of every word a voiced one, as dictionaries transcribe them?",
        "Which line contains no voiceless sound, going by a dictionary's transcriptions?",
    )
    found = _sorted_words("voiceless")
    voiced = found[False, True]
    odd = [w for w in found[True, True] if sum(p in CLASSES["voiceless"][0] for p in sounds(w)) == 1]
    while True:
        kept, strange = rng.sample(voiced, 9), rng.sample(odd, 3)
        lines = [kept[:3], *([kept[3 + 2 * i], kept[4 + 2 * i], strange[i]] for i in range(3))]
        options = [", ".join(rng.sample(line, 3)) for line in lines]
        yield Sketch.of(rng.choice(stems), options, {"shown": options})


@syllables.check
def has_total(args: Mapping[str, Any], option: str) -> bool:
    totals = {0}
    for word in option.split(", "):
        totals = {t + c for t in totals for c in counts(word)}
    return args["total"] in totals


@cache
def _misleading() -> dict[int, list[str]]:
    """Words by their syllables, with more or fewer groups of vowel letters than that."""
    found: dict[int, list[str]] = defaultdict(list)
    for word in common_words(KNOWN):
        groups = sum(c in "aeiouy" and word[i - 1 : i] not in tuple("aeiouy") for i, c in enumerate(word))
        if is_plain(word) and len(word) > 4 and groups != min(counts(word)):
            found[min(counts(word))].append(word)
    return found


@syllables.template(has_total, limit=12, tier="hard")
def line_of(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which line has {} syllables when it is read aloud?",
        "Only one of these lines is spoken in exactly {} syllables. Which?",
    )
    totals = (6, 7, 8, 9)
    by_count = _misleading()
    while True:
        total = rng.choice(totals)
        lines: dict[int, list[str]] = {}
        while len(lines) < 4:
            sizes = [rng.choice((1, 2, 2, 3, 3, 4)) for _ in range(3)]
            if sum(sizes) in totals:
                lines.setdefault(sum(sizes), [rng.choice(by_count[n]) for n in sizes])
        if len({w for line in lines.values() for w in line}) == 12:
            options = [", ".join(lines[t]) for t in (total, *(t for t in totals if t != total))]
            yield Sketch.of(rng.choice(stems).format(total), options, {"total": total, "shown": options})


def _shape(word: str) -> str:
    """The spoken word as consonants and vowels: CVCC of box."""
    return "".join("V" if is_vowel(p) else "C" for p in sounds(word))


@syllables.check
def has_shapes(args: Mapping[str, Any], option: str) -> bool:
    return [_shape(w) for w in option.split(" – ")] == list(args["shapes"])


@cache
def _by_shape() -> dict[str, list[str]]:
    """Words of one syllable of which the letters suggest another shape; no affricate, glide or /r/ that some drop."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, phones in words(1).items():
        spoken, written = _shape(word), "".join("V" if c in "aeiou" else "C" for c in word.rstrip("e"))
        odd = {"CH", "JH", "Y", "ER"} & set(phones) or "R" in phones[spoken.index("V") :] or phones[-2:] == ("TH", "S")
        if not odd and not doubtful(word) and spoken != written:
            found[spoken].append(word)
    return found


@syllables.template(has_shapes, limit=40, tier="medium")
def shapes_of(rng: Random) -> Iterator[Sketch]:
    stems = (
        "As spoken, which two words have the shapes {} and {}, in this order (C: a consonant sound, V: a vowel or diphthong)?",
        "By sounds, not letters: in which pair is the first word {}, the second {} (C: consonant, V: vowel or diphthong)?",
    )
    near = {"CVC": ("CCV", "CCVC", "CVCC"), "CCVC": ("CVC", "CVCC"), "CVCC": ("CVC", "CCVC"), "CCV": ("CV", "CVC")}
    by_shape = _by_shape()
    known = sorted(s for s in near if len(by_shape[s]) >= 20)
    while True:
        one, other = rng.choice(known), rng.choice(known)
        wrong = [rng.choice([s for s in near[shape] if s in known]) for shape in (one, other)]
        cells = [(one, other), (wrong[0], other), (one, wrong[1]), (wrong[0], wrong[1])]
        shown = [[rng.choice(by_shape[s]) for s in cell] for cell in cells]
        if len({w for pair in shown for w in pair}) == 8:
            options = [" – ".join(pair) for pair in shown]
            yield Sketch.of(rng.choice(stems).format(one, other), options, {"shapes": [one, other], "shown": options})


GENERATORS = {**articulation.generators, **syllables.generators}
CHECKS = {**articulation.checks, **syllables.checks}
SURE = {
    "articulation.how_many_with": lambda args, option: not any(map(doubtful, args["words"])),
    "articulation.all_voiced": lambda args, option: not any(map(doubtful, option.split(", "))),
    "syllables.has_shapes": lambda args, option: all(w in words(1) and not doubtful(w) for w in option.split(" – ")),
    "syllables.has_total": lambda args, option: all(map(is_plain, option.split(", "))),
}
