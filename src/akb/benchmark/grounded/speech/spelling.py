"""Grounded questions on pronunciation: silent letters, letter groups, inflections, counts of sounds.

A letter is silent in a word if no sound that the letter can stand for occurs in any listed
pronunciation; everything else is read off CMUdict directly.

    list(GENERATORS["pronunciation.silent_letter"](0))
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words, frequencies, left_out
from akb.benchmark.grounded.speech.pronunciations import (
    Phones,
    bare,
    broads,
    is_settled,
    is_single,
    is_vowel,
    plain,
    pronunciations,
    syllable_count,
)

spelling = Templates("pronunciation", "CMUdict", skill="symbolic")
GENERATORS, CHECKS = spelling.generators, spelling.checks

KNOWN = 3.3

# The sounds that a letter can stand for; it is silent in a word that has none of them.
LETTER_SOUNDS = {
    "b": {"B"},
    "k": {"K"},
    "w": {"W"},
    "l": {"L"},
    "p": {"P", "F"},
    "h": {"HH", "CH", "SH", "TH", "DH", "F"},
    "t": {"T", "CH", "SH", "ZH", "TH", "DH"},
    "g": {"G", "JH", "ZH", "NG", "F"},
    "n": {"N", "NG"},
    "d": {"D", "T", "JH"},
    "m": {"M"},
    "s": {"S", "Z", "SH", "ZH"},
    "f": {"F", "V"},
    "v": {"V"},
    "z": {"Z", "S", "ZH"},
    "j": {"JH", "Y", "HH"},
}
# The letters of which enough words keep silence.
ASKED = "bghklnptw"
# Letters that make a digraph with the one before or after, and words whose silence varies.
_VARYING = frozenset(
    "almond answer awful balm calm clothes empty equation exempt falcon goddamn golf grandfather grandma "
    "grandmother grandpa grandson handful handkerchief handsome herb herbs historic homage huge human humble humor "
    "khan landscape months mozzarella often palm pizza psalm salmon sandwich soften sword tempt temptation tsunami "
    "vehicle wednesday who whoever whole wholly whom whose windmill".split()
) - {"salmon"}


def sounds(word: str) -> set[str]:
    """Every sound in any listed pronunciation."""
    return {s for p in pronunciations(word) for s in bare(p)}


def silent(word: str, letter: str) -> bool:
    """Whether the word has the letter, and in some listed pronunciation none of the letter's sounds."""
    return letter in word and any(not LETTER_SOUNDS[letter] & set(bare(p)) for p in pronunciations(word))


@spelling.check
def has_silent(args: Mapping[str, Any], option: str) -> bool:
    return silent(option, args["letter"])


@spelling.check
def silent_letter_is(args: Mapping[str, Any], option: str) -> bool:
    return silent(args["word"], option)


@spelling.check
def has_sound(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option may have the sound, merging what any accent merges; args: sound, in ARPAbet."""
    wanted = broads((args["sound"] + "1",) if is_vowel(args["sound"]) else (args["sound"],))
    return any(sound in form for p in pronunciations(option) for (sound,), form in zip(wanted, broads(p), strict=True))


@spelling.check
def ends_in(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option ends in the sound named in args, in any listed pronunciation."""
    return any(_ending(p) == args["ending"] for p in pronunciations(option))


@spelling.check
def sound_count(args: Mapping[str, Any], option: str) -> bool:
    return int(option) in {len(p) for p in pronunciations(args["word"])}


def _ending(phones: tuple[str, ...]) -> str:
    """The last sound, or, where the ending needs a vowel of its own (wanted, buses), /ɪd/ and /ɪz/."""
    last = plain(phones[-1])
    before = _LIKE.get(last, frozenset())
    return "I" + last if len(phones) > 2 and phones[-2] in {"AH0", "IH0"} and phones[-3] in before else last


# The sounds after which the ending has a vowel of its own; "areas" has none.
_LIKE = {"D": frozenset({"T", "D"}), "Z": frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})}


@cache
def _is_countable(word: str) -> bool:
    """Whether every accent agrees on the number of sounds: no lost /r/, no yod, no syllabic consonant."""
    listed = pronunciations(word)
    settled = is_settled(word) and len({len(p) for p in listed}) == 1 and not _doubled_at_seam(word)
    return settled and not any(_is_shaky(p, i) for p in listed for i in range(len(p)))


def _doubled_at_seam(word: str) -> bool:
    """Whether two words meet in one sound, which may be spoken twice: team-mate, mid-day, book-case."""
    seams = ((word[:i], word[i:]) for i in range(3, len(word) - 2))
    return any(
        bare(pronunciations(a)[0])[-1] == bare(pronunciations(b)[0])[0]
        for a, b in seams
        if {a, b} <= set(common_words(3.0))
    )


def _is_shaky(phones: Phones, i: int) -> bool:
    """Whether speakers differ in having a sound at or after this place."""
    names = bare(phones)
    name, after = names[i], (names[i + 1 : i + 2] or ("",))[0]
    before_vowel = after != "" and is_vowel(after)
    return (
        name in {"ER", "Y"}
        or (name == "R" and not before_vowel)
        or (is_vowel(name) and before_vowel)
        or (phones[i] in {"AH0", "IH0"} and after in {"L", "N", "M"})
        or (name, after) in _EPENTHETIC
    )


# Between these an extra stop is often heard: prin(t)ce, warm(p)th.
_EPENTHETIC = frozenset(
    {("N", "S"), ("M", "T"), ("N", "CH"), ("N", "JH"), ("M", "S"), ("NG", "K"), ("NG", "S"), ("M", "TH"), ("N", "TH")}
)


SURE = {
    "pronunciation.has_silent": lambda args, option: all(
        not LETTER_SOUNDS[args["letter"]] & set(bare(p)) for p in pronunciations(option)
    ),
    "pronunciation.silent_letter_is": lambda args, option: all(
        not LETTER_SOUNDS[option] & set(bare(p)) for p in pronunciations(args["word"])
    ),
    "pronunciation.has_sound": lambda args, option: is_settled(option) and args["sound"] in sounds(option),
    "pronunciation.ends_in": lambda args, option: is_single(option),
    "pronunciation.sound_count": lambda args, _: _is_countable(args["word"]),
}


@cache
def _words() -> tuple[str, ...]:
    return tuple(w for w in common_words(KNOWN) if is_single(w) and w not in _VARYING)


def _alone(word: str, letter: str) -> bool:
    """Whether the letter stands once, and in no group that spells a sound together."""
    groups = {"h": "[csptgwrxk]h|h$", "w": "[aeo]w|wh", "p": "ph", "g": "ng|gh|gg", "n": "ng|nk", "t": "tch|th"}
    return word.count(letter) == 1 and not re.search(groups.get(letter, "$^"), word)


@cache
def _silent_words(letter: str) -> tuple[str, ...]:
    known = [w for w in common_words(3.0) if is_single(w) and w not in _VARYING]
    found = [w for w in known if w.count(letter) == 1 and silent(w, letter) and _group_free(w, letter)]
    # One word of a family: listen, listening, listener.
    return tuple(w for i, w in enumerate(found) if not any(w[:4] == o[:4] for o in found[:i]))


def _group_free(word: str, letter: str) -> bool:
    groups = {"h": "ch|sh|ph|th|gh|kh|wh|h$", "w": "[aeo]w", "p": "ph", "g": "gh|ng$|ngs$|ng", "n": "ng", "t": "tch|th"}
    return not re.search(groups.get(letter, "$^"), word)


@spelling.template(has_silent, limit=60)
def silent_letter(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which of these words is the letter “{}” silent?",
        "Which word is written with a “{}” that is not pronounced?",
        "Which of these words has a silent “{}”?",
    )
    while True:
        letter = rng.choice(ASKED)
        answer = rng.choice(_silent_words(letter))
        place = answer.index(letter)
        # The letter in a like place: at the start, at the end, or between.
        where = "start" if place == 0 else "end" if place >= len(answer) - 2 else "inside"
        wrong = [w for w in _words() if _alone(w, letter) and not silent(w, letter)]
        like = [
            w for w in wrong if {"start": w[0] == letter, "end": letter in w[-2:], "inside": letter in w[1:-2]}[where]
        ]
        like = [w for w in like if abs(len(w) - len(answer)) <= 2]
        if len(like) >= 3:
            args = {"letter": letter, "word": answer}
            yield Sketch(rng.choice(stems).format(letter), answer, rng.sample(like, 3), args)


@spelling.template(silent_letter_is, limit=50)
def which_is_silent(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which letter of “{}” is not pronounced?",
        "Which of these letters is silent in “{}”?",
        "A learner pronounces every letter of “{}”. Which one should stay silent?",
    )
    while True:
        letter = rng.choice(ASKED)
        word = rng.choice(_silent_words(letter))
        # A consonant before a vowel is never swallowed in running speech, as the d of "handwriting" is.
        secure = {a for a, b in pairwise(word) if a in LETTER_SOUNDS and b in "aeiou"}
        wrong = sorted(c for c in secure if c != letter and word.count(c) == 1 and not silent(word, c))
        wrong += sorted(c for c in dict.fromkeys(word) if c in "msfv" and c not in wrong and c != letter)
        if len(wrong) >= 3 and not any(silent(word, c) for c in LETTER_SOUNDS if c in word and c != letter):
            yield Sketch(rng.choice(stems).format(word), letter, rng.sample(wrong, 3), {"word": word})


# A group of letters, and the sounds it is known to stand for, each with a word that shows it.
GROUPS = {
    "ea": {"IY": "seat", "EH": "head", "EY": "steak"},
    "oo": {"UW": "moon", "UH": "cook", "AH": "blood"},
    "ou": {"AW": "loud", "UW": "soup", "AH": "young"},
    "ow": {"OW": "snow", "AW": "cow"},
    "ie": {"IY": "field", "AY": "tie", "EH": "friend"},
    "ey": {"EY": "they", "IY": "key"},
    "ei": {"EY": "vein", "IY": "ceiling", "AY": "height"},
    "ch": {"K": "echo", "SH": "machine", "CH": "cheese"},
    "th": {"TH": "think", "DH": "this"},
    "gh": {"F": "laugh"},
    "g": {"JH": "gentle", "G": "girl"},
    "c": {"S": "city", "K": "cat"},
    "u": {"AH": "cup", "UH": "push"},
    "o": {"AH": "son", "OW": "bone", "UW": "move"},
    "i": {"AY": "wine", "IH": "sit", "IY": "machine"},
}  # fmt: skip


@spelling.template(has_sound, limit=60)
def letter_group(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which of these words is “{}” pronounced as in “{}”?",
        "Which word has “{}” with the same sound as in “{}”?",
        "“{}” can stand for several sounds. In which word does it sound as in “{}”?",
    )
    pools: dict[str, list[str]] = {}
    for group in GROUPS:
        vowel = group[0] in "aeiou"
        fits = [w for w in _words() if w.count(group) == 1 and "r" not in w[w.index(group) :][len(group) :][:1]]
        # With one vowel, the group's sound is the word's only vowel; consonant groups need a word without rivals.
        pools[group] = [
            w
            for w in fits
            if (not vowel or syllable_count(pronunciations(w)[0]) == 1)
            and not (group == "c" and re.search("ch|ck|cc|sc|k|s|z|x|q", w))
            and not (group == "gh" and re.search("f|ph", w))
            and not (group == "g" and re.search("gg|ng|gh|dg|j|gn", w))
            and not (group == "ch" and re.search("tch|k|c[^h]|s|t", w))
            and not (group in {"o", "i", "u"} and re.search("[aeiouwy]{2}", w))
        ]
    used: Counter[str] = Counter()
    while True:
        group = rng.choice(sorted(GROUPS))
        sound = rng.choice(sorted(GROUPS[group]))
        example = GROUPS[group][sound]
        right = [
            w for w in pools[group] if is_settled(w) and sound in sounds(w) and w[:4] != example[:4] and not used[w]
        ]
        wrong = [w for w in pools[group] if not has_sound({"sound": sound}, w) and w not in GROUPS[group].values()]
        if not right or len(wrong) < 3:
            if all(used.values()) and len(used) > 200:
                return
            used["-"] += 1
            if used["-"] > 500:
                return
            continue
        answer = rng.choice(right)
        used[answer] += 1
        args = {"sound": sound, "word": answer, "group": group}
        yield Sketch(rng.choice(stems).format(group, example), answer, rng.sample(wrong, 3), args)


@cache
def _inflected(ending: str) -> dict[str, tuple[str, ...]]:
    """Known past forms in -ed, or forms in -s, by the sound that their ending has."""
    known = set(common_words(3.6))
    found: dict[str, list[str]] = {}
    for word, value in frequencies().items():
        base = next((b for b in (word[: -len(ending)], word[:-1]) if b in known and len(b) > 2), None)
        if value < 3.5 or not word.endswith(ending) or base is None or not is_single(word) or word.endswith("ss"):
            continue
        if word in left_out():
            continue
        sound = _ending(pronunciations(word)[0])
        if sound in {"T", "D", "ID", "S", "Z", "IZ"} and sound[-1] in ("TD" if ending == "ed" else "SZ"):
            found.setdefault(sound, []).append(word)
    return {s: tuple(w) for s, w in found.items()}


_ENDINGS = {
    "T": "/t/",
    "D": "/d/",
    "ID": "/ɪd/ (an extra syllable)",
    "S": "/s/",
    "Z": "/z/",
    "IZ": "/ɪz/ (an extra syllable)",
}


@spelling.template(ends_in, limit=60)
def inflection(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which of these words is the ending “-{}” pronounced {}?",
        "Which word has the ending “-{}” pronounced as {}?",
        "Spoken at normal speed, in which word is the final “-{}” heard as {}?",
    )
    while True:
        ending = rng.choice(("ed", "ed", "s"))
        forms = _inflected(ending)
        sound = rng.choice(sorted(s for s in forms if not (ending == "s" and s == "IZ")))
        answer = rng.choice(forms[sound])
        wrong = [rng.choice(forms[s]) for s in forms for _ in range(2) if s != sound]
        wrong = [w for w in wrong if not (ending == "s" and w.endswith("es") and _ending(pronunciations(w)[0]) == "IZ")]
        if len(set(wrong)) >= 3:
            args = {"ending": sound, "word": answer}
            yield Sketch(rng.choice(stems).format(ending, _ENDINGS[sound]), answer, wrong, args)


@spelling.template(sound_count, limit=60)
def how_many_sounds(rng: Random) -> Iterator[Sketch]:
    stems = (
        "How many speech sounds (phonemes) make up the spoken word “{}”? Count a diphthong or an affricate as one.",
        "“{}” has {} letters. Of how many phonemes does it consist, diphthongs and affricates each counted as one?",
        "Counting each diphthong and each affricate as one sound, how many sounds does “{}” have?",
    )
    words = [w for w in _words() if (_is_countable(w) and abs(len(w) - len(pronunciations(w)[0])) >= 2) or "x" in w]
    words = [w for w in words if _is_countable(w) and syllable_count(pronunciations(w)[0]) <= 3]
    rng.shuffle(words)
    for word in words:
        count = len(pronunciations(word)[0])
        wrong = [str(n) for n in (count - 1, count + 1, count + 2, len(word)) if n > 0 and n != count]
        yield Sketch(rng.choice(stems).format(word, len(word)), str(count), list(dict.fromkeys(wrong)), {"word": word})
