"""Grounded questions whose options are lines of words, of which each word must be heard, proven with CMUdict.

list(GENERATORS["stress.same_line"](0))
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.craft.wordlist import common_words
from akb.benchmark.grounded.speech import syllables as counting
from akb.benchmark.grounded.speech.homophones import could_sound_alike, homophone_pairs, lookalikes, surely_sound_alike
from akb.benchmark.grounded.speech.pronunciations import (
    Phones,
    is_settled,
    is_vowel,
    pronunciations,
    rhyme_part,
    stressed_syllable,
    syllable_count,
)
from akb.benchmark.grounded.speech.rhyme import could_rhyme, surely_rhyme
from akb.benchmark.grounded.speech.stress import is_plain
from akb.benchmark.grounded.speech.sure_words import could_be, is_rank, sounds, spelled, words

homophones = Templates("homophones", "CMUdict", skill="inference")
rhyme = Templates("rhyme", "CMUdict", skill="inference")
stress = Templates("stress", "CMUdict", skill="inference")

KNOWN = 3.6


@homophones.check
def holds_homophones(args: Mapping[str, Any], option: str) -> bool:
    """Whether two of the words, as in "see, sun, sea", may sound alike."""
    return any(could_sound_alike(a, b) for a, b in combinations(option.split(", "), 2))


@homophones.template(holds_homophones, limit=40, tier="hard")
def hidden_pair(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which line do two of the words sound exactly alike?",
        "Which of these lines of words contains a pair of homophones?",
        "Read aloud, one of these lines has two words that sound the same. Which line?",
    )
    every = [p for p in homophone_pairs() if all(w in words() for w in p)]
    pairs = [p for p in every if SequenceMatcher(None, *p).ratio() < 0.7]
    rng.shuffle(pairs)
    # Pairs that look more alike: a word that has a homophone, and one spelled almost like it.
    false = [
        (w, other) for pair in every for w in pair for other in lookalikes(w)[:2] if len(w) > 3 and other in words()
    ]
    others = sorted({w for pair in every for w in pair})
    for pair in pairs * 2:
        rank = rng.randrange(4)
        for _ in range(30):
            shown = [pair, *rng.sample(false, 3)]
            rest = rng.sample(others, 8)
            lines = [[p[0], rest[2 * i], p[1], rest[2 * i + 1]] for i, p in enumerate(shown)]
            options = [", ".join(line if rng.random() < 0.5 else line[::-1]) for line in lines]
            if len({w for line in lines for w in line}) == 16 and is_rank(options, rank):
                yield Sketch.of(rng.choice(stems), options, {"shown": options})
                break


def _without_second(phones: Phones) -> Phones:
    return (phones[0], *phones[2:])


@homophones.check
def alike_after_loss(args: Mapping[str, Any], option: str) -> bool:
    """Whether the first word without its second sound, as in "play – pay", may sound like the second."""
    one, other = option.split(" – ")
    return could_be(_without_second(sounds(one)), sounds(other))


@homophones.template(alike_after_loss, limit=40, tier="medium")
def second_sound_lost(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Leave out the second sound of the first word. In which pair does it then sound exactly like the second word?",
        "In which pair is the second word what is heard when the second sound of the first word is left out?",
    )
    known = [(p, w) for p, w in spelled().items() if len(p) > 3 and not is_vowel(p[0]) and not is_vowel(p[1])]
    by_letters: dict[str, list[str]] = defaultdict(list)
    for _, word in known:
        by_letters[word[0] + word[2:]].append(word)
    alike = [(w, spelled()[_without_second(p)]) for p, w in known if _without_second(p) in spelled()]
    # Such as look alike after the loss of a letter, and those that nearly sound so.
    right = [(a, b) for a, b in alike if a[0] + a[2:] != b and a != b]
    eye = [(a, b) for b in spelled().values() for a in by_letters.get(b, ())]
    # Near misses have the right vowel, and something else after it.
    begins: dict[Phones, list[str]] = defaultdict(list)
    for phones, word in spelled().items():
        begins[phones[:2]].append(word)
    near = [(a, b) for p, a in known for b in begins[_without_second(p)[:2]] if abs(len(a) - len(b)) < 2]
    near = [(a, b) for a, b in near if a[-1] == b[-1] and len(sounds(a)) == len(sounds(b)) + 1]
    wrong = [p for p in (*eye, *near, *near) if not alike_after_loss({}, " – ".join(p))]
    rng.shuffle(right)
    for pair in right:
        shown = [pair, *rng.sample([p for p in wrong if p[0][0] == p[1][0]], 3)]
        if len({w for p in shown for w in p}) == 8:
            options = [" – ".join(p) for p in shown]
            yield Sketch.of(rng.choice(stems), options, {"shown": options})


@rhyme.check
def all_rhyme(args: Mapping[str, Any], option: str) -> bool:
    """Whether the words, as in "two, shoe, flew", may all rhyme."""
    return all(could_rhyme(a, b) for a, b in combinations(option.split(", "), 2))


def _ending(word: str) -> str:
    """The letters from the first vowel letter on."""
    return word[next((i for i, c in enumerate(word) if c in "aeiou"), -2) :]


@rhyme.template(all_rhyme, limit=40, tier="medium")
def rhyming_line(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which line do all four words rhyme with one another?",
        "Which of these lines rhymes from the first word to the last?",
        "A song needs four line endings that all rhyme. Which line gives them?",
    )
    groups: dict[Phones, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for word in words(1):
        groups[rhyme_part(pronunciations(word)[0])][_ending(word)].append(word)
    rich = [p for p, ends in sorted(groups.items()) if len(ends) >= 3 and len(p) > 1]
    looks: dict[Phones, list[str]] = {
        p: [
            w
            for q in groups
            if q != p
            for e in groups[p]
            for w in groups[q].get(e, ())
            if not could_rhyme(w, next(iter(groups[p].values()))[0])
        ]
        for p in rich
    }

    def drawn(part: Phones, size: int) -> list[str]:
        """Words that rhyme, no two spelled alike from the vowel on if there are enough."""
        ends = list(groups[part].values())
        first = [rng.choice(listed) for listed in rng.sample(ends, min(size, len(ends)))]
        rest = sorted({w for listed in ends for w in listed} - set(first))
        return [*first, *rng.sample(rest, min(len(rest), size - len(first)))]

    while True:
        part, *false = rng.sample(rich, 4)
        lines = [drawn(part, 4), *([*drawn(p, 3), rng.choice(looks[p])] for p in false if looks[p])]
        if len({w for line in lines for w in line}) == 16 and all(
            surely_rhyme(a, b) for a, b in combinations(lines[0], 2)
        ):
            options = [", ".join(rng.sample(line, 4)) for line in lines]
            yield Sketch.of(rng.choice(stems), options, {"shown": options})


def _places(word: str, end: str) -> set[int]:
    """The stressed syllable, counted from the start or from the end."""
    return {
        s if end == "start" else syllable_count(p) + 1 - s for p in pronunciations(word) for s in [stressed_syllable(p)]
    }


@stress.check
def stressed_alike(args: Mapping[str, Any], option: str) -> bool:
    return bool(set.intersection(*(_places(w, args["end"]) for w in option.split(", "))))


@cache
def _stressed() -> tuple[str, ...]:
    """Words of two to five syllables with one place of stress, no inflected forms."""
    listed = [w for w in common_words(KNOWN) if is_plain(w) and counting.is_plain(w)]
    return tuple(
        w for w in listed if 2 <= syllable_count(pronunciations(w)[0]) <= 5 and not w.endswith(("s", "ed", "ing", "ly"))
    )


@stress.template(stressed_alike, limit=16, tier="hard")
def same_line(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Count syllables from the {0}. In which line does the main stress fall on the same one in all four words?",
        "In which line are all four words stressed on the same syllable, counted from the {0}?",
    )
    while True:
        end = rng.choice(("start", "end"))
        by_place: dict[int, list[str]] = defaultdict(list)
        for word in _stressed():
            if syllable_count(pronunciations(word)[0]) >= 3:
                by_place[min(_places(word, end))].append(word)
        lines = []
        for i in range(4):
            place, other = rng.sample([p for p in (1, 2, 3) if len(by_place[p]) > 20], 2)
            lines.append([*rng.sample(by_place[place], 3), rng.choice(by_place[other if i else place])])
        if len({w for line in lines for w in line}) == 16:
            options = [", ".join(rng.sample(line, 4)) for line in lines]
            yield Sketch.of(rng.choice(stems).format(end), options, {"end": end, "shown": options})


def _beats(word: str) -> set[str]:
    return {
        "-".join("DUM" if i == s else "da" for i in range(1, syllable_count(p) + 1))
        for p in pronunciations(word)
        for s in [stressed_syllable(p)]
    }


@stress.check
def has_rhythm(args: Mapping[str, Any], option: str) -> bool:
    found = {""}
    for word in option.split():
        found = {f"{before}-{beat}" for before in found for beat in _beats(word)}
    return f"-{args['rhythm']}" in found


@stress.template(has_rhythm, limit=12, tier="hard")
def rhythm_of(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which three words, said one after the other, have the rhythm {} (DUM: the main stress of a word)?",
        "Tapped out by syllables, with DUM for each word's main stress, which line goes {}?",
    )
    by_beat: dict[str, list[str]] = defaultdict(list)
    for word in _stressed():
        by_beat[min(_beats(word))].append(word)
    beats = sorted(b for b, listed in by_beat.items() if len(listed) >= 12)
    while True:
        chosen = [rng.choice(beats) for _ in range(3)]
        i, j = rng.sample(range(3), 2)
        # The stress of one word, of another, of both elsewhere, with as many syllables.
        other = {k: [b for b in beats if b != chosen[k] and b.count("-") == chosen[k].count("-")] for k in (i, j)}
        if sum(b.count("-") + 1 for b in chosen) > 9 or not all(other.values()):
            continue
        swapped = {k: rng.choice(found) for k, found in other.items()}
        lines = [
            [rng.choice(by_beat[swapped[k] if k in moved else chosen[k]]) for k in range(3)]
            for moved in ((), (i,), (j,), (i, j))
        ]
        options = [" ".join(line) for line in lines]
        beat = "-".join(chosen)
        if len({w for line in lines for w in line}) == 12:
            yield Sketch.of(rng.choice(stems).format(beat), options, {"rhythm": beat, "shown": options})


GENERATORS = {**homophones.generators, **rhyme.generators, **stress.generators}
CHECKS = {**homophones.checks, **rhyme.checks, **stress.checks}
SURE = {
    "homophones.holds_homophones": lambda args, option: any(
        surely_sound_alike(a, b) for a, b in combinations(option.split(", "), 2)
    ),
    "homophones.alike_after_loss": lambda args, option: (
        all(map(is_settled, option.split(" – ")))
        and _without_second(sounds(option.split(" – ")[0])) == sounds(option.split(" – ")[1])
    ),
    "rhyme.all_rhyme": lambda args, option: all(surely_rhyme(a, b) for a, b in combinations(option.split(", "), 2)),
    "stress.stressed_alike": lambda args, option: all(map(is_plain, option.split(", "))),
    "stress.has_rhythm": lambda args, option: all(is_plain(w) and counting.is_plain(w) for w in option.split()),
}
