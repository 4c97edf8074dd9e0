"""Known words whose sounds no accent disputes, and what it takes for two chains of sounds to be the same.

Stricter than `pronunciations.is_settled`: words of which one consonant is said in two ways are left out, too.

    spelled()[("N", "AY", "T")]  ->  "night"
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

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
    "barr bauer bock bum bums burr burrow chablis char chas chic chick coot dal diva dyke fie gab hag hick jut kale lac "
    "lea mei meme mojo napa phi pharma rabbi rho ridley rower saw sept sharia tat telly trey uhf yang yeah".split()
)
# Words of which Britons and Americans, or people of one country, say a consonant in two ways (parse, booth, version).
# Wells (2008), Longman Pronunciation Dictionary.
_TWO_WAYS = re.compile(
    r"(trans|exi[lt]|exhal|exu|dis[bdglmr]|mis[bdglmr]).*|.*([rl]sion|sual|[sx]ure|cia[lt]|sia|ciat|tiat|these|tue|tual|tuous|tut|dual|ducat).*"
)
_SPLIT = frozenset(
    "absorb absorbed absurd asthma beige bequeath blouse booth booths comparison crescent crimson damsel desist diesel "
    "discern dissolve dissolved everything handsome houses immersed islam issue issues jasmine lens length lengths "
    "lengthy luxury mouths muslim muslims newspaper nothing oaths ostrich parse paths possess prestige resource rouge "
    "sandwich scallop schism smooth something soothe species spinach strength strengths tissue truths usage used "
    "venison warmth with wither within without youths".split()
)


@cache
def words(syllables: int = 2) -> dict[str, Phones]:
    """Known words of at most so many syllables whose sounds no accent disputes, the more frequent first."""
    # Britons say the first vowel of worry as in cup, Americans as in bird.
    found = {
        w: bare(pronunciations(w)[0])
        for w in common_words(KNOWN)
        if is_settled(w) and w not in _LEFT_OUT | _SPLIT and not _TWO_WAYS.fullmatch(w)
    }
    found = {w: p for w, p in found.items() if not any(a == "ER" and is_vowel(b) for a, b in pairwise(p))}
    return {w: p for w, p in found.items() if syllable_count(pronunciations(w)[0]) <= syllables and len(p) > 1}


@cache
def spelled() -> dict[Phones, str]:
    """By its sounds, the most frequent word that has them."""
    found: dict[Phones, str] = {}
    for word, phones in words().items():
        found.setdefault(phones, word)
    return found


def could_be(phones: Phones, heard: Phones) -> bool:
    """Whether two pronunciations are the same in some accent."""
    stressed = [tuple(p + "1" if is_vowel(p) else p for p in x) for x in (phones, heard)]
    return phones == heard or any(a == b for a, b in zip(*map(broads, stressed), strict=True))


def sounds(word: str) -> Phones:
    """The first pronunciation that CMUdict lists, without stress."""
    return bare(pronunciations(word)[0])
