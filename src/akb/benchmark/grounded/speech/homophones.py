"""Grounded questions on homophones, proven with CMUdict.

Right options sound alike in every listed pronunciation, without leaning on a merger of one accent;
wrong options differ for every listener, however alike they look.

    list(GENERATORS["homophones.sounds_like"](0))
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
from akb.benchmark.grounded.speech.pronunciations import (
    bare,
    broads,
    is_settled,
    is_single,
    pronunciations,
    stressed_syllable,
)

homophones = Templates("homophones", "CMUdict", skill="symbolic")
GENERATORS, CHECKS = homophones.generators, homophones.checks

KNOWN = 2.9  # Zipf: homophones are few, and their rarer halves (quay, knead) are still school words

# Spellings of one word, and rare or doubtful words, that make no fair question:
# Scots keep apart the vowels of fir and fur, many Americans sound the l of yolk, some say dee-scent.
_LEFT_OUT = frozenset(
    "adam ade adviser advisor armor armour assistance assistants atom ax axe ay aye ball bawl bazaar bazar beta "
    "blanc bogey bogie borough bourne brand brit britt burrow caddie caddy caliber calibre capital capitol carat "
    "carrot carte cast caste center centre cents chance chants check cheque chi chic chile chili chou clew clue "
    "coco cole color colour coloured colours coop correspondence cote council counsel coupe cue cul cull cum curb "
    "czar dec defendants defense dense dents dependence despatch disc discreet discrete disk dispatch doh done "
    "donut draft draught drier dryer dun encyclopedia enquiry ensure entrance eta eye favor favour fay fetus fey "
    "fiber fibre fie flack flak flavor flavour flier flu flue flyer foreword fulfil gage gauge gel gild gnu gray grey grisly "
    "grizzly guerilla guerrilla guild hallo hangar harbor harbour hello honor honour humor humour incidence incidents "
    "inquiry instance instants insure jam jamb jell jewelry judgement karat kat kerb kernel key knew labelled labor "
    "labour lac lacks ladder lam lamb latter lax lei lessen lesson ley licence license lieu lineman linemen lite "
    "liter litre loo luster lustre maneuver manoeuvre marquee marquis marshall mat matte medal meddle medieval "
    "metal meter metre mettle mince mints mold moo morn mould mourn mourning mu nee neighbor neighbour new nite noose nous "
    "nu odder odor odour offence offense otter packs pajamas patience patients pax pedal peddle per petal phi pi "
    "pic pick pie plough plow poof practice practise presence presents prince principal principle prints "
    "privatisation program programme purr queue raiser realisation realise realised recognise recognised residence "
    "residents rho rider row rumor rumour saber sabre sari savor savour scents sceptic seine sense serge sew sheik "
    "sheikh skeptic somber sombre sorry sow specter spectre storey story tacks tau tax tense tents theater theatre "
    "thru tire tonne trey tsar tuff tumor tumour tung tyre vapor vapour wail warn weal wear weather weighting wet whale "
    "where whet whether which whig while whine whirl whirled whiskey whisky whit white whoa wholly wig wight wile wine wit "
    "witch woe world writer yogurt "
    "berth birth descent dissent earn fir fur urn yoke yolk".split()
)  # fmt: skip


def could_sound_alike(one: str, other: str) -> bool:
    """Whether any pronunciations of the two are the same in any accent."""
    forms = [{form for p in pronunciations(word) for form in enumerate(broads(p))} for word in (one, other)]
    return bool(forms[0] & forms[1])


def surely_sound_alike(one: str, other: str) -> bool:
    """Whether two different spellings sound the same in every listed pronunciation and every accent."""
    return (
        one != other
        and is_settled(one)
        and is_settled(other)
        and {bare(p) for p in pronunciations(one)} == {bare(p) for p in pronunciations(other)}
        and {stressed_syllable(p) for p in pronunciations(one)} == {stressed_syllable(p) for p in pronunciations(other)}
    )


@homophones.check
def sounds_like(args: Mapping[str, Any], option: str) -> bool:
    return could_sound_alike(args["word"], option)


@homophones.check
def alike(args: Mapping[str, Any], option: str) -> bool:
    return could_sound_alike(*option.split(" – "))


@homophones.check
def unlike(args: Mapping[str, Any], option: str) -> bool:
    return not surely_sound_alike(*option.split(" – "))


SURE = {
    "homophones.sounds_like": lambda args, option: surely_sound_alike(args["word"], option),
    "homophones.alike": lambda args, option: surely_sound_alike(*option.split(" – ")),
    "homophones.unlike": lambda args, option: not could_sound_alike(*option.split(" – ")),
}


@cache
def _words() -> tuple[str, ...]:
    return tuple(w for w in common_words(KNOWN) if is_single(w) and w not in _LEFT_OUT)


@cache
def homophone_pairs() -> tuple[tuple[str, str], ...]:
    """Pairs of known words that surely sound alike, the more frequent first."""
    alike_words: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in _words():
        if is_settled(word):
            alike_words[bare(pronunciations(word)[0])].append(word)
    pairs = [(a, b) for words in alike_words.values() for i, a in enumerate(words) for b in words[i + 1 :]]
    return tuple((a, b) for a, b in pairs if surely_sound_alike(a, b) and not share_a_sense(a, b))


@cache
def lookalikes(word: str) -> tuple[str, ...]:
    """Known words spelt almost like `word` that sound different to everyone, the likest first."""
    scored = []
    for other in _words():
        if other[0] != word[0] or abs(len(other) - len(word)) > 2 or other in {word + "s", word + "ed", word + "d"}:
            continue
        ratio = SequenceMatcher(None, word, other).ratio()
        if ratio >= 0.6 and other != word and not could_sound_alike(word, other):
            scored.append((-ratio, other))
    return tuple(other for _, other in sorted(scored)[:8])


@homophones.template(sounds_like, limit=60)
def same_sound(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these words sounds exactly like “{}”?",
        "Which word is a homophone of “{}”?",
        "In dictation, which of these words could be taken for “{}” because it sounds the same?",
        "Someone says “{}”, with no context. Which other word may the listener have heard?",
    )
    pairs = list(homophone_pairs())
    rng.shuffle(pairs)
    for pair in pairs:
        word, answer = pair if rng.random() < 0.5 else pair[::-1]
        wrong = [w for w in lookalikes(word) if not could_sound_alike(w, answer)]
        near = [w for w in lookalikes(answer) if not could_sound_alike(w, word)]
        mixed = list(dict.fromkeys([*rng.sample(wrong, min(2, len(wrong))), *near[:3], *wrong]))[:3]
        yield Sketch(rng.choice(stems).format(word), answer, mixed, {"word": word})


@cache
def _false_pairs() -> tuple[tuple[str, str], ...]:
    return tuple(
        (word, other)
        for pair in homophone_pairs()
        for word in pair
        for other in lookalikes(word)[:4]
        if 3 < len(word) < 8
        and SequenceMatcher(None, word, other).ratio() >= 0.75
        and word.endswith("s") == other.endswith("s")
        and abs(len(word) - len(other)) <= 1
        and word[:-1] != other
        and other[:-1] != word
    )


@homophones.template(alike, limit=60)
def alike_pair(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which of these pairs are homophones?",
        "In which pair do both words sound exactly the same?",
        "The two words of one pair sound exactly alike. Which pair is it?",
        "Which two words differ in spelling but not in sound?",
    )
    pairs = list(homophone_pairs())
    rng.shuffle(pairs)
    for pair in pairs:
        shown = _drawn(rng, _false_pairs(), set(pair))
        if len(shown) == 3:
            answer = " – ".join(rng.sample(pair, 2))
            wrong = [" – ".join(rng.sample(p, 2)) for p in shown]
            yield Sketch(rng.choice(stems), answer, wrong, {"shown": [answer, *wrong]})


@homophones.template(unlike, limit=60)
def unlike_pair(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Three of these pairs are homophones. Which pair is not?",
        "Which of these pairs of words can be told apart by ear?",
        "In which pair do the two words NOT sound the same?",
        "A spoken-word quiz reads out pairs of words. In only one pair can a difference be heard. Which?",
    )
    false = list(_false_pairs())
    rng.shuffle(false)
    used: Counter[str] = Counter()
    for pair in false:
        if any(used[w] for w in pair):
            continue
        used.update(pair)
        shown = _drawn(rng, homophone_pairs(), set(pair))
        answer = " – ".join(rng.sample(pair, 2))
        wrong = [" – ".join(rng.sample(p, 2)) for p in shown]
        yield Sketch(rng.choice(stems), answer, wrong, {"shown": [answer, *wrong]})


def _drawn(rng: Random, pairs: tuple[tuple[str, str], ...], taken: set[str]) -> list[tuple[str, str]]:
    """Three pairs without a word in common with one another or with `taken`."""
    chosen: list[tuple[str, str]] = []
    for pair in rng.sample(pairs, min(30, len(pairs))):
        if not taken & set(pair):
            chosen.append(pair)
            taken = taken | set(pair)
        if len(chosen) == 3:
            break
    return chosen
