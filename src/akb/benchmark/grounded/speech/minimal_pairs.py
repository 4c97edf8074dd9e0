"""Grounded questions on minimal pairs, proven with CMUdict.

Two words are a minimal pair if they have as many sounds and differ in exactly one, in the same place.

    list(GENERATORS["minimal_pairs.which_pair"](0))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.craft.wordnet import share_a_sense
from akb.benchmark.grounded.speech.homophones import could_sound_alike
from akb.benchmark.grounded.speech.pronunciations import (
    Phones,
    bare,
    broad,
    broads,
    is_settled,
    is_single,
    is_vowel,
    pronunciations,
    syllable_count,
)

minimal = Templates("minimal_pairs", "CMUdict", skill="symbolic")
GENERATORS, CHECKS = minimal.generators, minimal.checks

KNOWN = 3.5

# Consonants that differ in voicing alone.
VOICING = frozenset(frozenset(p) for p in (("P", "B"), ("T", "D"), ("K", "G"), ("F", "V"), ("TH", "DH"), ("S", "Z"), ("SH", "ZH"), ("CH", "JH")))  # fmt: skip


def difference(one: Phones, other: Phones) -> int | None:
    """The index of the only sound that differs, or None."""
    if len(one) != len(other):
        return None
    places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return places[0] if len(places) == 1 else None


def one_apart(one: Phones, other: Phones) -> bool:
    """Whether one sound is exchanged, added or left out: what a loose definition calls a minimal pair."""
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return difference(one, other) is not None
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def could_be_minimal(one: str, other: str) -> bool:
    """Whether any pronunciations in any accent make the words a minimal pair, loosely defined."""
    return any(
        one_apart(form(a), form(b))
        for a in pronunciations(one)
        for b in pronunciations(other)
        for form in (bare, broad)
    )


def surely_minimal(one: str, other: str) -> bool:
    """Whether the words are a minimal pair in every pronunciation and accent."""
    return (
        is_settled(one)
        and is_settled(other)
        and difference(bare(pronunciations(one)[0]), bare(pronunciations(other)[0])) is not None
        # The vowel of "bird" is one sound to some, a vowel and an /r/ to others.
        and ("ER" in bare(pronunciations(one)[0])) == ("ER" in bare(pronunciations(other)[0]))
        and all(
            difference(a, b) is not None
            for a, b in zip(broads(pronunciations(one)[0]), broads(pronunciations(other)[0]), strict=True)
        )
    )


@minimal.check
def is_minimal(args: Mapping[str, Any], option: str) -> bool:
    return could_be_minimal(*option.split(" – "))


@minimal.check
def minimal_with(args: Mapping[str, Any], option: str) -> bool:
    return could_be_minimal(args["word"], option)


@minimal.check
def differ_in(args: Mapping[str, Any], option: str) -> bool:
    """option: "The vowel", "The first consonant", "The last consonant", "Nothing: they sound the same"."""
    return option in {_place(a, b) for a in pronunciations(args["one"]) for b in pronunciations(args["other"])}


@minimal.check
def voicing_only(args: Mapping[str, Any], option: str) -> bool:
    one, other = option.split(" – ")
    return any(_voicing(bare(a), bare(b)) for a in pronunciations(one) for b in pronunciations(other))


PLACES = (
    "The first consonant sound",
    "The vowel sound",
    "The last consonant sound",
    "Nothing: they sound the same",
    "More than one sound",
)


def _place(one: Phones, other: Phones) -> str:
    """In which sound two words of one syllable differ, as an option says it."""
    a, b = bare(one), bare(other)
    if a == b:
        return PLACES[3]
    at = difference(a, b)
    if at is None:
        return PLACES[4]
    if is_vowel(a[at]) and is_vowel(b[at]):
        return PLACES[1]
    return PLACES[0] if at == 0 else PLACES[2] if at == len(a) - 1 else PLACES[4]


def _voicing(one: Phones, other: Phones) -> bool:
    at = difference(one, other)
    return at is not None and frozenset((one[at], other[at])) in VOICING


SURE = {
    "minimal_pairs.is_minimal": lambda args, option: surely_minimal(*option.split(" – ")),
    "minimal_pairs.minimal_with": lambda args, option: surely_minimal(args["word"], option),
    "minimal_pairs.differ_in": lambda args, option: (
        surely_minimal(args["one"], args["other"])
        or (is_settled(args["one"]) and is_settled(args["other"]) and option == PLACES[3])
    ),
    "minimal_pairs.voicing_only": lambda args, option: all(map(is_settled, option.split(" – "))),
}


@cache
def _words() -> tuple[str, ...]:
    return tuple(w for w in common_words(KNOWN) if is_settled(w) and syllable_count(pronunciations(w)[0]) == 1)


@cache
def _neighbours() -> dict[str, tuple[str, ...]]:
    """For each known word of one syllable, those that differ from it in one sound."""
    frames: dict[tuple[Phones, int], list[str]] = defaultdict(list)
    for word in _words():
        phones = bare(pronunciations(word)[0])
        for i in range(len(phones)):
            frames[(*phones[:i], "_", *phones[i + 1 :]), i].append(word)
    found: dict[str, list[str]] = defaultdict(list)
    for words in frames.values():
        for word in words:
            found[word] += [w for w in words if surely_minimal(word, w)]
    return {word: tuple(others) for word, others in found.items() if others}


def _unlike(one: str, other: str) -> int:
    """How different two spellings look: letters that are not shared."""
    return sum(((Counter(one) - Counter(other)) + (Counter(other) - Counter(one))).values())


def _hidden(rng: Random, word: str) -> str | None:
    """A neighbour of the word that does not look like one."""
    fitting = [w for w in _neighbours().get(word, ()) if _unlike(word, w) >= 3]
    return rng.choice(fitting) if fitting else None


@cache
def _impostors(word: str) -> tuple[str, ...]:
    """Words that look like neighbours of `word` and are not: more than one sound differs, or none."""
    return tuple(
        w
        for w in common_words(KNOWN)
        if w[0] == word[0]
        and 1 <= _unlike(word, w) <= 3
        and SequenceMatcher(None, word, w).ratio() >= 0.7
        and is_single(w)
        and not could_be_minimal(word, w)
        and not could_sound_alike(word, w)
    )


@minimal.template(is_minimal, limit=60)
def which_pair(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these pairs of words is a minimal pair, differing in exactly one sound?",
        "In which pair do the words have the same sounds except for a single one?",
        "Going by sound and not by letters, which two words form a minimal pair?",
        "A phonetician needs two words that differ in one phoneme only. Which pair will do?",
    )
    words = list(_words())
    rng.shuffle(words)
    false = [(w, i) for w in words[:500] if len(w) > 3 for i in _impostors(w)[:1]][:400]
    for word in words:
        other = _hidden(rng, word)
        if other is None:
            continue
        shown = [p for p in rng.sample(false, 6) if not {word, other} & set(p)][:3]
        answer, *wrong = (" – ".join(rng.sample(p, 2)) for p in ((word, other), *shown))
        yield Sketch(rng.choice(stems), answer, wrong, {"shown": [answer, *wrong]})


@minimal.template(minimal_with, limit=60)
def partner(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which word forms a minimal pair with “{}”, so that just one sound is different?",
        "Change a single sound of “{}” and you get which of these words?",
        "Which of these words differs from “{}” in exactly one phoneme?",
    )
    words = [w for w in _words() if len(w) > 3]
    rng.shuffle(words)
    for word in words:
        other = _hidden(rng, word)
        wrong = _impostors(word)
        if other and len(wrong) >= 3:
            yield Sketch(rng.choice(stems).format(word), other, wrong, {"word": word})


@minimal.template(differ_in, limit=60)
def where_different(rng: Random) -> Iterator[Sketch]:
    stems = (
        "What, if anything, sounds different in “{}” and “{}”?",
        "What, if anything, tells “{}” from “{}” by ear?",
        "“{}” and “{}” are spoken one after the other. What, if anything, is different?",
    )
    words = list(_words())
    pairs = [
        (w, o, _place(pronunciations(w)[0], pronunciations(o)[0])) for w in words for o in _neighbours().get(w, ())
    ]
    wanted = {place: [p for p in pairs if p[2] == place and _unlike(p[0], p[1]) >= 3] for place in PLACES[:3]}
    alike: dict[Phones, list[str]] = defaultdict(list)
    for word in words:
        alike[bare(pronunciations(word)[0])].append(word)
    wanted[PLACES[3]] = [
        (w[0], w[1], PLACES[3]) for w in alike.values() if len(w) > 1 and not share_a_sense(w[0], w[1])
    ]
    for listed in wanted.values():
        rng.shuffle(listed)
    used: Counter[str] = Counter()
    while any(wanted.values()):
        for place, listed in wanted.items():
            if not listed:
                continue
            one, other, _ = listed.pop()
            if used[one] or used[other]:
                continue
            used.update((one, other))
            wrong = [p for p in PLACES[:4] if p != place]
            yield Sketch(rng.choice(stems).format(one, other), place, wrong, {"one": one, "other": other})


@minimal.template(voicing_only, limit=60)
def voicing_pair(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which pair do the words differ only in the voicing of one consonant?",
        "Which two words are distinguished by nothing but a voiced against a voiceless consonant?",
        "Which two words differ in one consonant alone, voiced in one word and voiceless in the other?",
    )
    pairs = [(w, o) for w in _words() for o in _neighbours().get(w, ()) if w < o]
    # At the end of a word voicing changes the vowel's length as well: "mate" and "maid" differ in more than one way.
    pairs = [p for p in pairs if _place(*(pronunciations(w)[0] for w in p)) == PLACES[0]]
    voiced = [p for p in pairs if _voicing(*(bare(pronunciations(w)[0]) for w in p))]
    others = [p for p in pairs if not _voicing(*(bare(pronunciations(w)[0]) for w in p))]
    rng.shuffle(voiced)
    for pair in voiced:
        shown = [p for p in rng.sample(others, 6) if not set(pair) & set(p)][:3]
        answer, *wrong = (" – ".join(rng.sample(p, 2)) for p in (pair, *shown))
        yield Sketch(rng.choice(stems), answer, wrong, {"shown": [answer, *wrong]})
