"""Grounded questions on rhyme, alliteration and assonance, proven with CMUdict.

Distractors share letters rather than sounds with the target, so that spelling misleads. A wrong
option must differ in sound for every accent (`pronunciations.broad`); a right one must hold in all.

    list(GENERATORS["rhyme.rhymes_with"](0))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.speech.pronunciations import (
    Phones,
    bare,
    broads,
    ipa,
    is_settled,
    is_single,
    is_vowel,
    plain,
    pronunciations,
    rhyme_part,
    stressed_syllable,
    syllable_count,
)

rhyme = Templates("rhyme", "CMUdict", skill="symbolic")
GENERATORS, CHECKS = rhyme.generators, rhyme.checks

# How often one word may be the right option of a template.
REPEATS = 3

# How frequent a word must be to be asked about (Zipf).
KNOWN = 3.7


def could_rhyme(one: str, other: str) -> bool:
    """Whether any pronunciations of the two words rhyme in any accent, weak rhymes such as name – nickname included."""
    return any(_weakly_rhyme(a, b) for a in pronunciations(one) for b in pronunciations(other))


def surely_rhyme(one: str, other: str) -> bool:
    """Whether the words, each of one primary stress, rhyme in every pronunciation and accent and are no homophones."""
    if not (is_settled(one) and is_settled(other)):
        return False
    both = [p for word in (one, other) for p in pronunciations(word)]
    return (
        all(map(stressed_syllable, both))
        and len(set(map(rhyme_part, both))) == 1
        and bare(pronunciations(one)[0]) != bare(pronunciations(other)[0])
    )


def _weakly_rhyme(one: Phones, other: Phones) -> bool:
    # A last vowel that is not weakened rhymes without stress too: online – timeline, statue – virtue.
    tails = [
        {
            form
            for i, phone in enumerate(p)
            if phone[-1] in "12" or _full_last(p, i)
            for form in enumerate(broads(p[i:]))
        }
        for p in (one, other)
    ]
    # After a final stress, the last syllables are what is compared, stressed or not.
    if any(syllable_count(p) == stressed_syllable(p) for p in (one, other)):
        for tail, phones in zip(tails, (one, other), strict=True):
            last = max((i for i, p in enumerate(phones) if is_vowel(p)), default=0)
            tail.update(enumerate(broads((phones[last].rstrip("012") + "1", *phones[last + 1 :]))))
    return bool(tails[0] & tails[1])


def _full_last(phones: Phones, i: int) -> bool:
    last = not any(is_vowel(p) for p in phones[i + 1 :])
    return last and is_vowel(phones[i]) and plain(phones[i]) not in {"AH", "ER", "IH", "IY"}


@rhyme.check
def rhymes(args: Mapping[str, Any], option: str) -> bool:
    return could_rhyme(args["with"], option)


@rhyme.check
def rhymes_not(args: Mapping[str, Any], option: str) -> bool:
    others = [word for word in args["group"] if word != option]
    alike = all(could_rhyme(a, b) for a in others for b in others if a < b)
    return alike and not all(surely_rhyme(option, other) for other in others)


@rhyme.check
def pair_rhymes(args: Mapping[str, Any], option: str) -> bool:
    one, other = option.split(" – ")
    return could_rhyme(one, other)


@rhyme.check
def begins_alike(args: Mapping[str, Any], option: str) -> bool:
    return bool(_ends(args["with"], 0) & _ends(option, 0))


@rhyme.check
def ends_alike(args: Mapping[str, Any], option: str) -> bool:
    return bool(_ends(args["with"], -1) & _ends(option, -1))


@rhyme.check
def same_vowel(args: Mapping[str, Any], option: str) -> bool:
    return bool(_vowels(args["with"]) & _vowels(option))


def _ends(word: str, where: int) -> set[str]:
    ends = {plain(p[where]) for p in pronunciations(word)}
    # In Birmingham, Manchester and Liverpool "sing" ends in a /g/.
    return ends | {"G"} if where == -1 and "NG" in ends else ends


def _vowels(word: str) -> set[tuple[int, str]]:
    forms = (form for phones in pronunciations(word) for form in enumerate(broads(phones)))
    return {(i, next(p for p in form if is_vowel(p))) for i, form in forms}


def _surely_same_vowel(one: str, other: str) -> bool:
    vowels = _strict_vowels(one) | _strict_vowels(other)
    # Scots keep the vowels of fern, fir and fur apart.
    return is_settled(one) and is_settled(other) and len(vowels) == 1 and "ER" not in vowels


def _strict_vowels(word: str) -> set[str]:
    # A vowel before /r/ is a vowel of its own in many accents.
    return {
        plain(p) + ("R" if phones[i + 1 : i + 2] == ("R",) else "")
        for phones in pronunciations(word)
        for i, p in enumerate(phones)
        if is_vowel(p)
    }


# What must hold of an answer beyond the predicate, which accepts whatever could be defended.
SURE = {
    "rhyme.rhymes": lambda args, option: surely_rhyme(args["with"], option),
    "rhyme.rhymes_not": lambda args, option: (
        not any(could_rhyme(option, other) for other in args["group"] if other != option)
    ),
    "rhyme.pair_rhymes": lambda args, option: surely_rhyme(*option.split(" – ")),
    "rhyme.begins_alike": lambda args, option: is_single(option) and _ends(args["with"], 0) == _ends(option, 0),
    "rhyme.ends_alike": lambda args, option: is_single(option) and _ends(args["with"], -1) == _ends(option, -1),
    "rhyme.same_vowel": lambda args, option: _surely_same_vowel(args["with"], option),
}


@cache
def _words(syllables: tuple[int, ...] = (1, 2)) -> tuple[str, ...]:
    """Known words with one reading."""
    return tuple(w for w in common_words(KNOWN) if is_single(w) and syllable_count(pronunciations(w)[0]) in syllables)


@cache
def _by_rhyme() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in _words():
        if is_settled(word):
            found[rhyme_part(pronunciations(word)[0])].append(word)
    return {part: tuple(words) for part, words in found.items()}


@cache
def _by_ending(letters: int) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in _words():
        if len(word) > letters:
            found[word[-letters:]].append(word)
    return {ending: tuple(words) for ending, words in found.items()}


def eye_rhymes(word: str) -> list[str]:
    """Known words that end in the same letters, as many as possible, and rhyme in no accent."""
    for letters in (4, 3):
        ending = _by_ending(letters).get(word[-letters:], ())
        found = [w for w in ending if w != word and not could_rhyme(word, w) and not _inflected(word, w)]
        if found:
            return found
    return []


def _inflected(one: str, other: str) -> bool:
    """Whether both end in the same inflection, which makes no eye rhyme."""
    return any(one.endswith(e) and other.endswith(e) for e in ("ing", "ed", "ers", "er", "ly", "ies", "es"))


def _near(word: str, rng: Random) -> list[str]:
    """Words with the same vowel or the same close as `word`, that do not rhyme."""
    part = rhyme_part(pronunciations(word)[0])
    close = [p for p, words in _by_rhyme().items() if p != part and len(p) == len(part)]
    alike = [p for p in close if p[1:] == part[1:]]  # the same consonants after another vowel
    rng.shuffle(alike)
    return [rng.choice(_by_rhyme()[p]) for p in alike[:6]]


def _fresh(rng: Random, words: list[str], used: Counter[str]) -> str | None:
    """One of the words that has not been used too often, and counted as used."""
    free = [w for w in words if used[w] < REPEATS]
    if not free:
        return None
    chosen = rng.choice(free)
    used[chosen] += 1
    return chosen


def _strangers(word: str, words: tuple[str, ...]) -> list[str]:
    """Words that do not share the last two letters, nor end in one another."""
    return [w for w in words if w[-2:] != word[-2:] and not w.endswith(word) and not word.endswith(w)]


@rhyme.template(rhymes)
def rhymes_with(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words rhymes with “{}”?",
        "Read aloud, which word is a perfect rhyme for “{}”?",
        "A songwriter needs a rhyme for “{}”. Which of these words is one by sound?",
        "Going by sound and not by spelling, which word rhymes with “{}”?",
    )
    targets = [w for w in _words() if is_settled(w)]
    rng.shuffle(targets)
    for target in targets:
        part = rhyme_part(pronunciations(target)[0])
        right = _strangers(target, _by_rhyme()[part])
        right = [w for w in right if surely_rhyme(w, target)]
        wrong = eye_rhymes(target)
        if not right or not wrong:
            continue
        wrong = rng.sample(wrong, min(3, len(wrong)))
        yield Sketch(
            stem=rng.choice(stems).format(target),
            answer=rng.choice(right),
            wrong=wrong if len(wrong) == 3 else wrong + _near(target, rng)[: 3 - len(wrong)],
            args={"with": target},
            why=f"Both end in {ipa(part)}.",
        )


@rhyme.template(rhymes_not)
def odd_one_out(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Three of these words rhyme with one another. Which one does not belong?",
        "Which of these words does not rhyme with the other three?",
        "Spoken aloud, three of these four words rhyme. Which is the odd one out?",
        "A poet wants four rhyming line endings. Which of these words would spoil the rhyme?",
    )
    parts = list(_by_rhyme().values())
    rng.shuffle(parts)
    for words in parts:
        for word in rng.sample(words, min(2, len(words))):
            group = [w for w in words if w == word or surely_rhyme(w, word)]
            eyes = [w for w in eye_rhymes(word) if not any(could_rhyme(w, g) for g in group)]
            if len(group) < 3 or not eyes:
                continue
            others = _strangers(word, tuple(group)) or group
            chosen = list(dict.fromkeys([word, rng.choice(others), *rng.sample(group, len(group))]))[:3]
            if any(not surely_rhyme(a, b) for a in chosen for b in chosen if a != b):
                continue
            odd = rng.choice(eyes)
            yield Sketch(
                stem=rng.choice(stems),
                answer=odd,
                wrong=chosen,
                args={"group": sorted([odd, *chosen])},
                why=f"The others end in {ipa(rhyme_part(pronunciations(word)[0]))}.",
            )


@rhyme.template(pair_rhymes)
def pair(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these pairs of words rhymes perfectly?",
        "In which pair do the two words make a perfect rhyme when they are spoken?",
        "Only one of these pairs is a true rhyme to the ear. Which?",
        "Which two words make a perfect rhyme, whatever their spelling?",
    )
    parts = [w for w in _by_rhyme().values() if len(w) > 1]
    looks = [(w, e) for w in _words() for e in eye_rhymes(w)[:3] if len(w) > 3 and w < e]
    rng.shuffle(parts)
    for words in parts:
        one = rng.choice(words)
        right = [w for w in _strangers(one, words) if surely_rhyme(one, w)]
        if not right:
            continue
        wrong = [f"{a} – {b}" for a, b in rng.sample(looks, 8) if not {a, b} & set(words)]
        answer = f"{one} – {rng.choice(right)}"
        yield Sketch(rng.choice(stems), answer, wrong[:3], {"asked": "rhyme", "shown": [answer, *wrong[:3]]})


@cache
def _by_letter(where: int) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in _words():
        found[word[where]].append(word)
    return {letter: tuple(words) for letter, words in found.items()}


# Letters that a first or last sound is spelt with when it goes without saying.
_USUAL = {
    "B": "b", "D": "d", "F": "f", "G": "g", "HH": "h", "JH": "j", "K": "ck", "L": "l", "M": "m", "N": "n", "P": "p",
    "R": "r", "S": "s", "T": "t", "V": "v", "W": "w", "Z": "z", "Y": "y", "CH": "c", "SH": "s", "TH": "t",
}  # fmt: skip


@rhyme.template(begins_alike)
def first_sound(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words begins with the same sound as “{}”?",
        "For the ear, which word alliterates with “{}”?",
        "Which word starts with the same consonant sound as “{}”?",
    )
    words = [w for w in _words() if not is_vowel(pronunciations(w)[0][0]) and w[0] != "w"]
    odd = [w for w in words if w[0] not in _USUAL.get(plain(pronunciations(w)[0][0]), "")]
    rng.shuffle(odd)
    used: Counter[str] = Counter()
    for word in odd:
        sound = plain(pronunciations(word)[0][0])
        right = [w for w in words if _ends(w, 0) == {sound} and w[0] != word[0]]
        # Words that begin with the same letters but another sound.
        wrong = [w for w in _by_letter(0)[word[0]] if sound not in _ends(w, 0)]
        wrong = [w for w in wrong if w[:2] == word[:2]] if rng.random() < 0.5 else wrong
        if len(wrong) < 3 or _yod(word):
            continue
        answer = _fresh(rng, right, used)
        if answer:
            yield Sketch(rng.choice(stems).format(word), answer, rng.sample(wrong, 3), {"with": word})


def _yod(word: str) -> bool:
    """Whether the word begins with a stop that may merge with a following /j/ or /r/."""
    names = bare(pronunciations(word)[0])
    return names[1:2] == ("Y",) or (names[0] in {"T", "D", "S"} and names[1:2] in {("R",), ("UW",)})


@rhyme.template(ends_alike)
def last_sound(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words ends with the same sound as “{}”?",
        "When spoken, which word has the same final sound as “{}”?",
        "Take the last sound of “{}”. Which word ends in it too?",
    )
    words = [
        w for w in _words((1,)) if not is_vowel(pronunciations(w)[0][-1]) and plain(pronunciations(w)[0][-1]) != "R"
    ]
    odd = [w for w in words if w[-1] not in _USUAL.get(plain(pronunciations(w)[0][-1]), "") + "e"]
    rng.shuffle(odd)
    used: Counter[str] = Counter()
    for word in odd:
        sound = plain(pronunciations(word)[0][-1])
        right = [w for w in words if _ends(w, -1) == {sound} and w[-1] != word[-1] and w[-2:] != word[-2:]]
        wrong = [w for w in words if w[-1] == word[-1] and sound not in _ends(w, -1)]
        wrong = [w for w in wrong if w[-2:] == word[-2:]] or wrong
        if len(wrong) < 3:
            continue
        answer = _fresh(rng, right, used)
        if answer:
            yield Sketch(rng.choice(stems).format(word), answer, rng.sample(wrong, 3), {"with": word})


@rhyme.template(same_vowel)
def vowel_sound(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words has the same vowel sound as “{}”?",
        "Which word shares its vowel sound with “{}”?",
        "Ignore the spelling: in which word is the vowel pronounced as in “{}”?",
    )
    words = [w for w in _words((1,)) if is_settled(w)]
    letters = {w: "".join(c for c in w if c in "aeiouyw") for w in _words((1,))}
    rng.shuffle(words)
    used: Counter[str] = Counter()
    for word in words:
        if len(letters[word]) < 2 or word[-1] in "r":
            continue
        wrong = [w for w in _words((1,)) if letters[w] == letters[word] and not _vowels(w) & _vowels(word)]
        # Some hear the vowel of "rare" as that of "rain", drawn out.
        wrong = [w for w in wrong if not any("R" in vowel for vowel in _strict_vowels(w))]
        right = [w for w in words if _surely_same_vowel(w, word) and letters[w] != letters[word]]
        right = [w for w in right if w[-1] != word[-1]]
        if len(wrong) < 3:
            continue
        answer = _fresh(rng, right, used)
        if answer:
            yield Sketch(rng.choice(stems).format(word), answer, rng.sample(wrong, 3), {"with": word})
