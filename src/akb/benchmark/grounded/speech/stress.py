"""Grounded questions on word stress, proven with CMUdict.

Only words of one stressed syllable in every listed pronunciation are asked about, and none of the
groups that Britons and Americans stress differently.

    list(GENERATORS["stress.which_syllable"](0))
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.speech.pronunciations import (
    HETERONYMS,
    UNSETTLED,
    pronunciations,
    stressed_syllable,
    stresses,
    syllable_count,
)
from akb.benchmark.grounded.speech.syllables import is_plain as has_plain_count

stress = Templates("stress", "CMUdict", skill="symbolic")
GENERATORS, CHECKS = stress.generators, stress.checks

KNOWN = 3.4
SAME_ENDING = 6  # how many words in -ion, or any other last three letters, one template may ask about

ORDINALS = ("first", "second", "third", "fourth", "fifth")

# Endings that American and British speakers stress or reduce differently, and noun–verb pairs.
_SHIFTY = re.compile(r".*(ory|ories|ary|aries|mony|ery|ette|ate|ates|ated|ating|ee|eer|ise|ize|ized|ising|izing)$")
_DOUBTFUL = frozenset(
    "absent absolutely access accountability address admirable adult advertisement affect aforementioned afternoon alloy "
    "ally already alternate alternating alternative altogether aluminium alumni ancillary annex anybody anyway "
    "applicable applique aristocrat attache attribute august ballet barrage billionaire bouquet brassiere buffet "
    "cabaret cafe caffeine café camouflage candidacy cannot capillary cement centenary cervical chagrin chalet cigar "
    "circulation clandestine cliche cocaine collage combat comfortable comfortably communal commune communique "
    "compact comparable complex composite compound compress concentrated concrete consort contact contents contracted "
    "contracting contractor contrary contribute contributing contributor control controversy conversely corollary "
    "cyclone debris debut decline decor decorative decorous default defense demonstrative design despicable detail "
    "deterioration diagnose diagnosed discharge discourse display dispute distribute distributed distributor downhill "
    "download downstairs downtown effect eighteen elsewhere engineer enquiries enquiry enterprise enthusiast "
    "entourage entrance everyone exploit export express exquisite fiance fiancee fifteen finance financing forever "
    "formidable fourteen frequent frontier furthermore garage gasoline goodbye gourmet guarantee guitar halfway "
    "harass harassed harassment hello hereby herein herself himself hospitable hotel however ice-cream illustrative "
    "impact implant import impress imprint incomparable increase indoor indoors infrastructure innovative input "
    "inquiries inquiry insane insecure inside insult insurance integral interested interesting intrigue introduce "
    "inverse irrefutable irreparable itself kilometer kilometre laboratory lamentable legislative magazine mankind "
    "massage matinee maybe meantime meanwhile medieval medullary metallurgy microwave midnight millionaire mirage "
    "miscellany mischievous montage moreover motel mustache myself narrator nationwide necessarily negligee "
    "nevertheless nineteen nomenclature offense offline offset offshore online onshore ordinarily ourselves outdoor "
    "outdoors outlook output outside overall overnight oversea overseas paprika parliament patina pejorative percent "
    "perfume permit picturesque plateau police precedent preferable premature premier premiere prestige pretext "
    "primarily princess promissory prospect protege protester quarantine questionnaire quinine rampage reboot rebound "
    "rebuild rebuilding recess recharge record redress refill regime reject remake reparable replay reprint research "
    "reset resource respiratory restart resume retail retake rethink retreat robust rodeo routine sabotage salon "
    "sardine saxophonist secretary segment seventeen sixteen soiree somehow somewhat sonata spectator subdivision "
    "subordinate substantive survey telegrapher television temporarily thanksgiving themselves thereby therefore "
    "therein thereof thirteen tortoise toupee translator transplant transport trustee tv umbrella underground "
    "understand update upgrade uphill upload upset upstairs uptown valet verbally vermouth viola voluntarily weekend "
    "whatever whenever wherever whoever worldwide yourself yuan".split()
)


# Prefixes with a stress of their own, which contends with that of the rest.
_PREFIXED = re.compile(
    r"(over|under|out|up|re|pre|mid|non|semi|multi|fore|inter|super|after|counter|un|self|ultra|micro).*"
)
# Pairs of which the longer does not mean what the shorter and the ending mean.
_UNRELATED = frozenset(
    "active apart chill commerce confident definite depart destiny divers empire event existent fabric gravy heave "
    "hospital initial internal manifest mater medic minister motive organ orient photograph polite potent prior ready "
    "reside respective sanitation special specify successive system universe various worthy".split()
)


def positions(word: str) -> set[int]:
    """The stressed syllables that CMUdict gives the word; 0 stands for none or several."""
    return {stressed_syllable(p) for p in pronunciations(word)}


def is_plain(word: str) -> bool:
    """Whether the word's stress is beyond dispute: one place, one count of syllables, no shifty group."""
    listed = pronunciations(word)
    return (
        len(positions(word)) == 1
        and 0 not in positions(word)
        and len({syllable_count(p) for p in listed}) == 1
        and word not in HETERONYMS | UNSETTLED | _DOUBTFUL
        and not _SHIFTY.fullmatch(word)
        and not (_PREFIXED.fullmatch(word) and "2" in stresses(listed[0]))
    )


@stress.check
def on_syllable(args: Mapping[str, Any], option: str) -> bool:
    """option: "The second"; args: word."""
    return ORDINALS.index(option.removeprefix("The ")) + 1 in positions(args["word"])


@stress.check
def has_stress_on(args: Mapping[str, Any], option: str) -> bool:
    return args["syllable"] in positions(option)


@stress.check
def stressed_apart(args: Mapping[str, Any], option: str) -> bool:
    others = [w for w in args["group"] if w != option]
    return len(set.union(*map(positions, others))) == 1 and positions(option) != positions(others[0])


@stress.check
def same_pattern(args: Mapping[str, Any], option: str) -> bool:
    return bool(_patterns(args["word"]) & _patterns(option))


@stress.check
def stress_moves(args: Mapping[str, Any], option: str) -> bool:
    base, derived = option.split(" → ")
    return positions(base) != positions(derived)


def _patterns(word: str) -> set[tuple[int, int]]:
    return {(syllable_count(p), stressed_syllable(p)) for p in pronunciations(word)}


SURE = {
    "stress.on_syllable": lambda args, option: is_plain(args["word"]),
    "stress.has_stress_on": lambda args, option: is_plain(option),
    "stress.stressed_apart": lambda args, option: all(map(is_plain, args["group"])),
    "stress.same_pattern": lambda args, option: all(is_plain(w) and has_plain_count(w) for w in (option, args["word"])),
    "stress.stress_moves": lambda args, option: all(map(is_plain, option.split(" → "))),
}


@cache
def _words(syllables: tuple[int, ...]) -> tuple[str, ...]:
    """Plain words of so many syllables, without inflected forms of others."""
    known = frozenset(common_words(KNOWN))
    return tuple(
        w
        for w in common_words(KNOWN)
        if is_plain(w)
        and syllable_count(pronunciations(w)[0]) in syllables
        and not (w.endswith(("s", "ed", "ing", "ly")) and any(w.startswith(k) for k in (w[:-1], w[:-2], w[:-3]) if k in known))
    )  # fmt: skip


def _balanced(rng: Random, words: tuple[str, ...]) -> Iterator[str]:
    """The words in random order, the stressed syllables taken in turn, endings varied."""
    endings: Counter[str] = Counter()
    by_place: dict[int, list[str]] = {}
    for word in words:
        by_place.setdefault(next(iter(positions(word))), []).append(word)
    for listed in by_place.values():
        rng.shuffle(listed)
    while any(by_place.values()):
        for place in sorted(by_place):
            if by_place[place]:
                word = by_place[place].pop()
                endings[word[-3:]] += 1
                if endings[word[-3:]] <= SAME_ENDING:
                    yield word


@stress.template(on_syllable, limit=60)
def which_syllable(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which syllable of “{}” carries the main stress?",
        "When “{}” is spoken, which syllable is stressed most?",
        "Which syllable of “{}” does a dictionary mark with the primary stress?",
        "On which syllable does the primary stress of “{}” fall?",
    )
    for word in _balanced(rng, _words((4, 5))):
        place = next(iter(positions(word)))
        answer = f"The {ORDINALS[place - 1]}"
        wrong = [f"The {o}" for o in ORDINALS[:4] if f"The {o}" != answer]
        if place <= 4:
            yield Sketch(rng.choice(stems).format(word), answer, wrong, {"word": word})


@stress.template(has_stress_on, limit=60)
def word_with_stress(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words is stressed on its {} syllable?",
        "In which word does the main stress fall on the {} syllable?",
        "Only one of these words has primary stress on the {} syllable. Which?",
    )
    for word in _balanced(rng, _words((3, 4))):
        place = next(iter(positions(word)))
        count = syllable_count(pronunciations(word)[0])
        wrong = [w for w in _words((count,)) if place not in positions(w) and w[-2:] != word[-2:]]
        same_start = [w for w in wrong if w[:2] == word[:2]]
        chosen = rng.sample(same_start, min(1, len(same_start))) + rng.sample(wrong, 6)
        chosen = list(dict.fromkeys(chosen))[:3]
        yield Sketch(rng.choice(stems).format(ORDINALS[place - 1]), word, chosen, {"syllable": place, "word": word})


@stress.template(stressed_apart, limit=60)
def odd_stress(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Three of these words are stressed on the same syllable. Which one is not?",
        "Which of these words has its main stress in a different place from the other three?",
        "By the position of the primary stress, which word is the odd one out?",
    )
    for word in _balanced(rng, _words((2, 3, 4))):
        count = syllable_count(pronunciations(word)[0])
        others = _words((count,))
        place = rng.choice([w for w in others if positions(w) != positions(word)])
        group = [w for w in others if positions(w) == positions(place)]
        if len(group) < 3:
            continue  # few words of four syllables are stressed on the last
        shown = rng.sample(group, 3)
        yield Sketch(rng.choice(stems), word, shown, {"group": [word, *shown]})


@stress.template(same_pattern, limit=60)
def pattern_of(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which word has as many syllables as “{0}” and its main stress on the same one?",
        "Which word matches “{0}” in number of syllables and in the place of the main stress?",
        "Which word has the same number of syllables as “{0}”, with the main stress in the same place?",
    )
    fitting = tuple(w for w in _words((3, 4)) if is_plain(w) and has_plain_count(w))
    for word in _balanced(rng, fitting):
        pattern = next(iter(_patterns(word)))
        right = [w for w in fitting if _patterns(w) == {pattern} and w[-2:] != word[-2:]]
        # As many syllables, or the stress in the same place, but not both.
        wrong = [w for w in fitting if next(iter(_patterns(w)))[0] == pattern[0] and pattern not in _patterns(w)]
        if right:
            yield Sketch(rng.choice(stems).format(word), rng.choice(right), rng.sample(wrong, 3), {"word": word})


# Endings that are taken off to find a word's base: what they leave may need an e or a y.
_MOVING = ("ity", "ic", "ical", "ian", "ation", "ious", "eous", "ial", "ual", "ition")
_STAYING = ("ness", "ful", "less", "ment", "able", "er", "ly", "ish", "hood", "ship", "ist", "ous", "ity", "ive")


@cache
def _derivations() -> tuple[tuple[str, str], ...]:
    """Pairs of a known word and a longer one made from it with an ending."""
    known = {w for w in common_words(KNOWN) if is_plain(w) and len(w) > 3 and w not in _UNRELATED}
    found = []
    for word in sorted(known):
        for ending in sorted({*_MOVING, *_STAYING}, key=len, reverse=True):
            stem = word.removesuffix(ending)
            bases = [stem + tail for tail in ("", "e", "y") if stem + tail in known and stem + tail != word]
            if stem != word and len(stem) > 3 and bases:
                found.append((bases[0], word))
                break
    return tuple(p for p in found if syllable_count(pronunciations(p[0])[0]) > 1)


@stress.template(stress_moves, limit=60)
def moving_stress(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which of these pairs does the ending move the main stress to another syllable?",
        "Adding a suffix shifts the stress in only one of these pairs. Which?",
        "Which derived word is stressed on a different syllable from the word it comes from?",
        "In three of these pairs the stress stays on the same syllable. In which does it move?",
    )
    moves = [p for p in _derivations() if positions(p[0]) != positions(p[1])]
    stays = [p for p in _derivations() if positions(p[0]) == positions(p[1])]
    rng.shuffle(moves)
    used: Counter[str] = Counter()
    for pair in moves:
        shown = rng.sample(stays, 3)
        answer, *wrong = (" → ".join(p) for p in (pair, *shown))
        if not used[pair[0]]:
            used[pair[0]] += 1
            yield Sketch(rng.choice(stems), answer, wrong, {"shown": [answer, *wrong]})
