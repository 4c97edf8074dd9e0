"""Grounded questions on words taken apart into sounds and put together anew, proven with CMUdict.

list(GENERATORS["pronunciation.assembled"](0))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import frequencies
from akb.benchmark.grounded.speech import pronunciations as dictionary
from akb.benchmark.grounded.speech.processes import VOICED, VOICELESS
from akb.benchmark.grounded.speech.pronunciations import (
    Phones,
    bare,
    broads,
    is_settled,
    is_vowel,
    pronunciations,
)
from akb.benchmark.grounded.speech.sure_words import could_be, is_rank, sounds, spelled, words

articulation = Templates("articulation", "CMUdict", skill="inference")
pronunciation = Templates("pronunciation", "CMUdict", skill="inference")
rhyme = Templates("rhyme", "CMUdict", skill="inference")

# What is done to a sound, as said after “the first”. Places and manners as in the chart of the IPA (2020).
MOVES: dict[str, dict[str, str]] = {
    "is devoiced": VOICELESS,
    "is voiced": VOICED,
    "becomes the nasal of its place": {"P": "M", "B": "M", "T": "N", "D": "N", "K": "NG", "G": "NG"},
    "becomes the voiced stop of its place": {"M": "B", "N": "D", "NG": "G"},
    "becomes bilabial, its manner and voicing kept": {"T": "P", "D": "B", "N": "M", "K": "P", "G": "B", "NG": "M"},
    "becomes alveolar, its manner and voicing kept": {"P": "T", "B": "D", "M": "N", "K": "T", "G": "D", "NG": "N"},
    "becomes velar, its manner and voicing kept": {"P": "K", "B": "G", "M": "NG", "T": "K", "D": "G", "N": "NG"},
    "becomes a stop, its place and voicing kept": {"S": "T", "Z": "D"},
    "becomes a fricative, its place and voicing kept": {"T": "S", "D": "Z"},
}


def _reshaped(phones: Phones, first: str, last: str) -> Phones:
    """The sounds in reverse order, the new first and last one moved."""
    turned = phones[::-1]
    return (MOVES[first].get(turned[0], turned[0]), *turned[1:-1], MOVES[last].get(turned[-1], turned[-1]))


@articulation.check
def reshaped(args: Mapping[str, Any], option: str) -> bool:
    return any(
        could_be(_reshaped(bare(p), args["first"], args["last"]), bare(q))
        for p in pronunciations(args["word"])
        for q in pronunciations(option)
    )


@articulation.template(reshaped, limit=40, tier="hard")
def turned_and_moved(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Take the sounds of “{0}” in reverse order. Then the first {1}; the last {2}. Which word is heard?",
        "The sounds of “{0}” are put in reverse order. Of the result, the first sound {1} and the last {2}. Which word is it?",
    )
    listed = [(p, w) for p, w in spelled().items() if len(p) <= 4 and not is_vowel(p[0]) and not is_vowel(p[-1])]
    rng.shuffle(listed)
    used: Counter[tuple[str, str]] = Counter()
    for phones, word in listed:
        pairs = [(f, s) for f in MOVES for s in MOVES if f != s and phones[-1] in MOVES[f] and phones[0] in MOVES[s]]
        for f, s in rng.sample(pairs, len(pairs)):
            options = _square(phones, f, s, rng) if used[f, s] < 3 else []
            if options and word not in options:
                used[f, s] += 1
                yield Sketch.of(rng.choice(stems).format(word, f, s), options, {"word": word, "first": f, "last": s})
                break


def _square(phones: Phones, first: str, last: str, rng: Random) -> list[str]:
    """The word that results, and three that come of another move of the first sound, of the last, of both."""
    right, turned, known = _reshaped(phones, first, last), phones[::-1], spelled()
    ones = {turned[0], *(t[turned[0]] for t in MOVES.values() if turned[0] in t)} - {right[0]}
    others = {turned[-1], *(t[turned[-1]] for t in MOVES.values() if turned[-1] in t)} - {right[-1]}
    squares = [
        [right, (a, *right[1:]), (*right[:-1], b), (a, *right[1:-1], b)] for a in sorted(ones) for b in sorted(others)
    ]
    found = [[known[c] for c in cells] for cells in squares if all(c in known for c in cells)]
    return rng.choice(found) if found else []


# Letters with which a consonant is spelled as a rule, and a vowel.
_USUAL = {
    "B": "b", "CH": "c", "D": "d", "DH": "t", "F": "f", "G": "g", "HH": "h", "JH": "j", "K": "kc", "L": "l", "M": "m",
    "N": "n", "NG": "g", "P": "p", "R": "r", "S": "s", "SH": "s", "T": "t", "TH": "th", "V": "v", "W": "w", "Y": "y",
    "Z": "z", "ZH": "z", "AE": "a", "EH": "e", "IH": "i", "AH": "u", "IY": "ee", "EY": "ai", "AY": "ie", "OW": "oa",
    "UW": "oo", "ER": "ur", "AW": "ou", "UH": "oo", "AA": "ar", "OY": "oy",
}  # fmt: skip


def _vowel(phones: Phones) -> str:
    return next(p for p in phones if is_vowel(p))


@cache
def _oddly_spelled() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    """Words by their first sound, their vowel, their last sound, where letters suggest another or hide it."""
    first, vowel, last = defaultdict(list), defaultdict(list), defaultdict(list)
    for word, phones in words().items():
        if not is_vowel(phones[0]) and word[0] not in _USUAL[phones[0]]:
            first[phones[0]].append(word)
        if not is_vowel(phones[-1]) and word.rstrip("e")[-1] not in _USUAL[phones[-1]]:
            last[phones[-1]].append(word)
        if sum(map(is_vowel, phones)) == 1 and _USUAL[_vowel(phones)] not in word:
            vowel[_vowel(phones)].append(word)
    return first, vowel, last


def _assembled(args: Mapping[str, Any]) -> Phones:
    one, two, three = (sounds(w) for w in args["words"])
    return (one[0], _vowel(two), three[-1])


@pronunciation.check
def is_assembled(args: Mapping[str, Any], option: str) -> bool:
    return any(could_be(_assembled(args), bare(q)) for q in pronunciations(option))


@pronunciation.template(is_assembled, limit=40, tier="medium")
def assembled(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Join the first sound of “{}”, the vowel of “{}” and the last sound of “{}”. Which word is heard?",
        "A word has the first sound of “{}”, the vowel of “{}” and the last sound of “{}”. Which word is it?",
    )
    first, vowel, last = _oddly_spelled()
    known = spelled()
    short = [(p, w) for p, w in known.items() if [is_vowel(x) for x in p] == [False, True, False]]
    rng.shuffle(short)
    used: Counter[str] = Counter()
    for phones, word in short:
        a, b, c = phones
        if not (first[a] and vowel[b] and last[c]) or used["first " + a] >= 6 or used[b] >= 6:
            continue
        i, j = rng.choice(((0, 1), (0, 2), (1, 2)))
        squares = []
        for one, _ in short:
            for other in ((*phones[:j], x, *phones[j + 1 :]) for x in sorted(_USUAL) if x != phones[j]):
                if one[i] != phones[i] and one[:i] + one[i + 1 :] == phones[:i] + phones[i + 1 :] and other in known:
                    both = tuple(one[k] if k == i else other[k] for k in range(3))
                    squares += [[word, known[one], known[other], known[both]]] if both in known else []
        parts = [rng.choice(first[a]), rng.choice(vowel[b]), rng.choice(last[c])]
        if squares and len({*parts, *(options := rng.choice(squares))}) == 7:
            used.update(["first " + a, b])
            yield Sketch.of(rng.choice(stems).format(*parts), options, {"words": parts})


@cache
def _known_anywhere() -> frozenset[Phones]:
    """The broad forms of everything that CMUdict holds, but for long words, of which nobody asks."""
    return frozenset(f for w in dictionary.words() for p in pronunciations(w) if len(p) < 8 for f in broads(p))


@pronunciation.check
def gives_word(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option's sounds in reverse order are any word or name in some accent."""
    return any(f in _known_anywhere() for p in pronunciations(option) for f in broads(p[::-1]))


@pronunciation.template(gives_word, limit=40, tier="hard")
def reversible(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words gives another common word when its sounds, not its letters, are put in reverse order?",
        "Put the sounds of each word in reverse order. Which one turns into another common word?",
    )
    known = spelled()
    listed = [
        (p, w)
        for p, w in known.items()
        if 3 <= len(p) <= 5
        and "R" not in p[2:]
        and not is_vowel(p[0])
        and p[0] not in {"HH", "W", "Y"}
        and sum(map(is_vowel, p)) == 1
    ]
    right = [(p, w) for p, w in listed if p[::-1] in known and p[::-1] != p]
    # Slang that CMUdict lacks: noob, gyp, moob.
    wrong = [(p, w) for p, w in listed if w not in {"boon", "pig", "boom"} and not gives_word({}, w)]
    on_paper = [w for _, w in wrong if frequencies().get(w[::-1], 0) > 2.5]
    rng.shuffle(right)
    used: Counter[str] = Counter()
    for phones, word in right:
        same = [w for p, w in wrong if len(p) == len(phones) and not used[w]]
        letters = [w for w in on_paper if used[w] < 2] or on_paper
        rank = rng.randrange(3)
        drawn = [[word, rng.choice(letters), *rng.sample(same, min(2, len(same)))] for _ in range(30)]
        options = next((d for d in drawn if is_rank(d, rank)), drawn[0])
        if len(set(options)) == 4:
            used.update(options)
            turned = known[phones[::-1]]
            yield Sketch.of(rng.choice(stems), options, {"shown": options}, f"In reverse order: “{turned}”.")


def _rime(phones: Phones) -> Phones:
    """From the last vowel on."""
    return phones[max(i for i, p in enumerate(phones) if is_vowel(p)) :]


@rhyme.check
def reversed_rhymes(args: Mapping[str, Any], option: str) -> bool:
    turned = _rime(sounds(args["word"])[::-1])
    return any(could_be(turned, _rime(bare(q))) for q in pronunciations(option))


@rhyme.template(reversed_rhymes, limit=40, tier="hard")
def backwards_rhyme(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Say the sounds of “{}” in reverse order. What does the result rhyme with?",
        "The sounds (not the letters) of “{}” are put in reverse order. Which word rhymes with what comes out?",
    )
    single = [
        (p, w) for p, w in spelled().items() if sum(map(is_vowel, p)) == 1 and not {p[0], p[-1]} & {"R", "Y", "W"}
    ]
    rhyming: dict[Phones, list[str]] = defaultdict(list)
    for phones, word in single:
        rhyming[_rime(phones)].append(word)
    items = [(p, w) for p, w in single if len(p) <= 4 and not is_vowel(p[0]) and not is_vowel(p[-1])]
    rng.shuffle(items)
    for phones, word in items:
        turned, forward = _rime(phones[::-1]), _rime(phones)
        vowels = [
            t[0] for t in rhyming if t[1:] == turned[1:] and t[0] != turned[0] and (t[0], *forward[1:]) in rhyming
        ]
        if turned == forward or turned not in rhyming or not vowels or "R" in turned:
            continue
        v = rng.choice(sorted(vowels))
        options = [rng.choice(rhyming[t]) for t in (turned, forward, (v, *turned[1:]), (v, *forward[1:]))]
        if word not in options:
            yield Sketch.of(rng.choice(stems).format(word), options, {"word": word})


GENERATORS = {**articulation.generators, **pronunciation.generators, **rhyme.generators}
CHECKS = {**articulation.checks, **pronunciation.checks, **rhyme.checks}
SURE = {
    "articulation.reshaped": lambda args, option: (
        is_settled(option)
        and is_settled(args["word"])
        and _reshaped(sounds(args["word"]), args["first"], args["last"]) == sounds(option)
    ),
    "pronunciation.is_assembled": lambda args, option: (
        all(map(is_settled, [option, *args["words"]])) and _assembled(args) == sounds(option)
    ),
    "pronunciation.gives_word": lambda args, option: is_settled(option) and sounds(option)[::-1] in spelled(),
    "rhyme.reversed_rhymes": lambda args, option: (
        is_settled(args["word"]) and is_settled(option) and _rime(sounds(args["word"])[::-1]) == _rime(sounds(option))
    ),
}
