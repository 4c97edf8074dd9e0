"""Grounded questions on syllables, proven with CMUdict.

Words that many speakers shorten (family, camera) or stretch (fire, prism) are left out, so that a
count holds for any careful speaker.

    list(GENERATORS["syllables.how_many"](0))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.speech.pronunciations import (
    HETERONYMS,
    UNSETTLED,
    Phones,
    bare,
    is_vowel,
    plain,
    pronunciations,
    syllable_count,
)

syllables = Templates("syllables", "CMUdict", skill="symbolic")
GENERATORS, CHECKS = syllables.generators, syllables.checks

KNOWN = 3.4

_DOUBTFUL = frozenset(
    "aged aisle alleged allegedly arctic asked athlete awful beloved blessed boil bowel business caramel child "
    "childbirth childcare childhood childish chocolate client clothes coal coil collegiate comfortable comfortably "
    "cool create cruel cupboard curl deal decorative dial diamond diaper duel evening every everybody everyday "
    "everywhere fail familiar familiarity favorite favourite february feel file film filming filmmaker foal foil fool "
    "foul fowl fuel giant girl girlfriend goalkeeper growl gruel heel hourly howl idealist ideally immediate "
    "individual interesting isle jagged jail jewel jewellery jewelry layer learned lightning lion loyal mail marked "
    "markedly mathematical mathematics mayonnaise mayor meal medicine medieval mild mildly mile milestone mischievous "
    "months museum nail naked nuclear oil opera orange owl pail pearl peculiar pile player poem poet police pool "
    "prayer principally quiet ragged rail railroad railway real realisation realise realised realism realistic "
    "realization realize realized riot royal rugged rule ruler sail school science scowl several sixths smile soil "
    "sophomore sovereign sovereigns sovereignty squirrel steal style supposed tail theater theatre tile toil tool "
    "towel trial trowel twirl uncomfortable underworld vacuum vegetable vehicle veteran vial violence violent violet "
    "visual vowel wednesday wheel wheelchair while whirl wicked wild wildlife wildly wireless world worldwide".split()
)

# Endings that lose a syllable in Britain, and syllabic consonants that CMUdict counts either way.
_SHORTENED = re.compile(
    r".*(ary|ory|ery|arily|orily|berry|aries|ories|eries|ually|uary|ically|ual|uals|iate|iately)|.*[sztd][eo]n(a|er|i).*|.*(sm|thms?|sms|ier|lion|[bcdfgkpstz]ling)"
)


def counts(word: str) -> set[int]:
    return {syllable_count(p) for p in pronunciations(word)}


@cache
def is_plain(word: str) -> bool:
    """Whether careful speakers of any accent agree on the number of syllables."""
    listed = pronunciations(word)
    return (
        len(counts(word)) == 1
        and word not in HETERONYMS | UNSETTLED | _DOUBTFUL
        and not _SHORTENED.fullmatch(word)
        and not any(_is_elastic(p) for p in listed)
    )


def _is_elastic(phones: Phones) -> bool:
    """Whether a vowel may fall out or break in two: camera, fire, real, idea, hidden hiatus."""
    names = bare(phones)
    for i, phone in enumerate(phones):
        if not is_vowel(phone):
            continue
        after, second = (names[i + 1 : i + 2] or ("",))[0], (phones[i + 2 : i + 3] or ("",))[0]
        if after and is_vowel(after):
            return True  # two vowels in a row: lion, various
        last, broken = i + 2 == len(phones), names[i] in {"AY", "AW", "OY"} and not (second and is_vowel(second))
        if names[i] in {"AY", "AW", "OY", "EY", "IY", "UW", "OW"} and after in {"R", "L"} and (last or broken):
            return True  # fire, hour, feel, requirement
        if phone in {"AH0", "ER0", "IH0"} and i > 0 and after in {"R", "L", "N", "M"} and second.endswith("0"):
            return True  # camera, family, general
        if phone == "ER0" and after and is_vowel(phones[i + 1]):
            return True
        if phone in {"IH0", "AH0"} and i and plain(phones[i - 1]) not in {"", "R"} and after in {"R"}:
            return True
    return any(
        names[i : i + 2] == ("Y", "AH") and names[i - 1 : i] not in {(), ("K",), ("B",), ("P",)}
        for i in range(len(names))
    )


@syllables.check
def has_count(args: Mapping[str, Any], option: str) -> bool:
    """option: a number; args: the words that are counted together."""
    low, high = (sum(pick(counts(w)) for w in args["words"]) for pick in (min, max))
    return low <= int(option) <= high


@syllables.check
def is_of_count(args: Mapping[str, Any], option: str) -> bool:
    return args["count"] in counts(option)


@syllables.check
def counts_apart(args: Mapping[str, Any], option: str) -> bool:
    others = [w for w in args["group"] if w != option]
    return len(set.union(*map(counts, others))) == 1 and counts(option) != counts(others[0])


@syllables.check
def has_most(args: Mapping[str, Any], option: str) -> bool:
    return all(max(counts(option)) >= min(counts(w)) for w in args["group"] if w != option)


@syllables.check
def has_fewest(args: Mapping[str, Any], option: str) -> bool:
    return all(min(counts(option)) <= max(counts(w)) for w in args["group"] if w != option)


SURE = {
    "syllables.has_count": lambda args, option: all(map(is_plain, args["words"])),
    "syllables.is_of_count": lambda args, option: is_plain(option),
    "syllables.counts_apart": lambda args, option: all(map(is_plain, args["group"])),
    "syllables.has_most": lambda args, option: all(map(is_plain, args["group"])),
    "syllables.has_fewest": lambda args, option: all(map(is_plain, args["group"])),
}


@cache
def _words(count: int) -> tuple[str, ...]:
    return tuple(w for w in common_words(KNOWN) if is_plain(w) and counts(w) == {count})


def _misleading(count: int) -> tuple[str, ...]:
    """The words of so many syllables that are spelt with unusually many or few letters."""
    words = sorted(_words(count), key=lambda w: (len(w), w))
    return tuple(words[: len(words) // 8] + words[-len(words) // 8 :])


@syllables.template(has_count, limit=50)
def how_many(rng: Random) -> Iterator[Sketch]:
    stems = (
        "How many syllables does the word “{}” have?",
        "Into how many syllables is “{}” divided when it is spoken carefully?",
        "If you clap once for each syllable of “{}”, how many times do you clap?",
    )
    while True:
        count = rng.choice((1, 2, 3, 3, 4, 4, 5, 5, 6))
        word = rng.choice(_misleading(count) or _words(count))
        numbers = [n for n in range(max(1, count - 2), count + 3) if n != count]
        yield Sketch(rng.choice(stems).format(word), str(count), [str(n) for n in numbers], {"words": [word]})


@syllables.template(has_count, limit=40)
def how_many_together(rng: Random) -> Iterator[Sketch]:
    stems = (
        "How many syllables do “{}”, “{}” and “{}” have together?",
        "Spoken one after another, how many syllables do “{}”, “{}” and “{}” make?",
        "Add up the syllables of “{}”, “{}” and “{}”. What is the total?",
    )
    while True:
        words = [rng.choice(_misleading(rng.choice((1, 2, 3, 4))) or _words(2)) for _ in range(3)]
        total = sum(min(counts(w)) for w in words)
        numbers = [str(n) for n in range(max(3, total - 3), total + 4) if n != total]
        yield Sketch(rng.choice(stems).format(*words), str(total), numbers, {"words": words})


@syllables.template(is_of_count, limit=50)
def which_has(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words has exactly {} syllable{}?",
        "Which word is pronounced with {} syllable{}?",
        "Only one of these words is spoken in {} syllable{}. Which?",
    )
    names = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
    while True:
        count = rng.choice((1, 2, 3, 4, 5))
        word = rng.choice(_misleading(count))
        others = [w for n in (count - 1, count + 1) if n for w in _words(n) if abs(len(w) - len(word)) <= 1]
        if len(others) < 3:
            continue
        stem = rng.choice(stems).format(names[count], "" if count == 1 else "s")
        yield Sketch(stem, word, rng.sample(others, 3), {"count": count, "word": word})


@syllables.template(counts_apart, limit=50)
def odd_count(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Three of these words have the same number of syllables. Which one has a different number?",
        "By number of syllables, which of these words is the odd one out?",
        "Three of these words have equally many syllables. Which one has another number?",
    )
    while True:
        count = rng.choice((1, 2, 3, 4))
        odd = rng.choice([n for n in (count - 1, count + 1) if n])
        word = rng.choice(_misleading(odd))
        others = [w for w in _words(count) if abs(len(w) - len(word)) <= 1]
        if len(others) > 3:
            shown = rng.sample(others, 3)
            yield Sketch(rng.choice(stems), word, shown, {"group": [word, *shown]})


@syllables.template(has_most, limit=50)
def most(rng: Random) -> Iterator[Sketch]:
    stems = ("Which of these words has the most syllables?", "Which word takes the largest number of syllables to say?")
    while True:
        count = rng.choice((3, 4, 5))
        short = [w for w in _words(count) if len(w) <= 2 * count]
        long = [w for w in _words(count - 1) if len(w) >= 2 * count]
        if short and len(long) >= 3:
            word, shown = rng.choice(short), rng.sample(long, 3)
            yield Sketch(rng.choice(stems), word, shown, {"group": [word, *shown]})


@syllables.template(has_fewest, limit=50)
def fewest(rng: Random) -> Iterator[Sketch]:
    stems = ("Which of these words has the fewest syllables?", "Which word is the shortest by number of syllables?")
    while True:
        count = rng.choice((1, 2, 3))
        word = rng.choice([w for w in _words(count) if len(w) >= 2 * count + 4])
        others = [w for w in _words(count + 1) if len(w) <= len(word)]
        if len(others) >= 3:
            shown = rng.sample(others, 3)
            yield Sketch(rng.choice(stems), word, shown, {"group": [word, *shown]})
