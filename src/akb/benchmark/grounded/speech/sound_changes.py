"""Grounded questions on what named sound changes make of a word: a child's, an accent's, an impaired voice's.

list(GENERATORS["speaker_age.two_alike"](0))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, permutations
from random import Random
from typing import Any

from akb.benchmark.candidates import Generator, Predicate
from akb.benchmark.grounded.craft.templates import Sketch, Sketcher, Templates
from akb.benchmark.grounded.speech.processes import (
    ACCENT,
    CHILD,
    HEALTH,
    Change,
    Process,
    changed,
    is_clear,
    together,
)
from akb.benchmark.grounded.speech.pronunciations import Phones, bare, is_settled, pronunciations
from akb.benchmark.grounded.speech.sure_words import could_be, sounds, spelled

EVERY = {**CHILD, **ACCENT, **HEALTH}
PER_PAIR = 3  # how often a template asks about the same two processes

SPEAKERS = {
    "speaker_age": (CHILD, ("A three-year-old's speech shows {} and {}.", "A small child shows two processes: {} and {}.")),
    "accent_dialect": (ACCENT, ("A speaker's accent has {} and {}.", "Two marks of a speaker's English are {} and {}.")),
    "health_state": (HEALTH, ("A patient's speech shows {} and {}.", "A clinician notes two things: {} and {}.")),
}  # fmt: skip


def processes_of(args: Mapping[str, Any]) -> list[Process]:
    return [EVERY[name] for name in args["processes"]]


def _outcomes(word: str, processes: Sequence[Process]) -> set[Phones]:
    """What may become of a word: of any listed pronunciation, with the processes in any order."""
    return {changed(bare(p), order) for p in pronunciations(word) for order in permutations(processes)}


def said_alike(args: Mapping[str, Any], option: str) -> bool:
    """Whether the two words, as in "tea – key", could come out alike, or what becomes of one is a matter of opinion."""
    listed = processes_of(args)
    one, other = option.split(" – ")
    return not all(is_clear(sounds(w), listed) for w in (one, other)) or any(
        could_be(a, b) for a in _outcomes(one, listed) for b in _outcomes(other, listed)
    )


def comes_out_as(args: Mapping[str, Any], option: str) -> bool:
    """Whether args' word could come out as the option."""
    return any(
        could_be(a, bare(b)) for a in _outcomes(args["word"], processes_of(args)) for b in pronunciations(option)
    )


def meant(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option could come out as args' word, or what becomes of it is a matter of opinion."""
    return not is_clear(sounds(option), processes_of(args)) or comes_out_as({**args, "word": option}, args["word"])


def _surely_alike(args: Mapping[str, Any], option: str) -> bool:
    words, listed = option.split(" – "), processes_of(args)
    return all(is_settled(w) and is_clear(sounds(w), listed) for w in words) and (
        len({changed(sounds(w), listed) for w in words}) == 1
    )


def _surely_comes_out(args: Mapping[str, Any], option: str) -> bool:
    word, listed = args["word"], processes_of(args)
    return (
        is_settled(option)
        and is_settled(word)
        and is_clear(sounds(word), listed)
        and changed(sounds(word), listed) == sounds(option)
    )


@cache
def _merged(subcategory: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """By two processes, pairs of words that sound alike only by both of them."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one, other in together(SPEAKERS[subcategory][0]):
        groups: dict[Phones, list[str]] = defaultdict(list)
        for phones, word in spelled().items():
            if is_clear(phones, (one, other)):
                groups[changed(phones, (one, other))].append(word)
        pairs = [
            (a, b)
            for listed in groups.values()
            for a, b in combinations(listed[:8], 2)
            if not any(could_be(p.change(sounds(a)), p.change(sounds(b))) for p in (one, other))
        ]
        if pairs:
            found[one.name, other.name] = pairs
    return found


def _fours(subcategory: str) -> list[tuple[tuple[str, str], ...]]:
    """Four pairs of processes: the three of a triangle, and one that shares a process with two of these.

    So that any of the three may be asked about, and each wrong pair of words is touched by what is asked about.
    """
    pairs = sorted(_merged(subcategory))
    fours: list[tuple[tuple[str, str], ...]] = []
    for one, other in combinations(pairs, 2):
        if len({*one, *other}) == 3:
            a, b = sorted({*one} ^ {*other}, key=list(SPEAKERS[subcategory][0]).index)
            third = (a, b)
            for fourth in pairs if third > max(one, other) and third in pairs else ():
                if len({*one, *other} & {*fourth}) == 1:
                    fours.append((one, other, third, fourth))
    return fours


@cache
def _heard(subcategory: str) -> dict[str, list[tuple[tuple[str, str], str]]]:
    """By the word that is heard, two processes and the word that give it, where it takes both."""
    found: dict[str, list[tuple[tuple[str, str], str]]] = defaultdict(list)
    for one, other in together(SPEAKERS[subcategory][0]):
        for phones, word in spelled().items():
            single = (one.change(phones), other.change(phones))
            outcome = changed(phones, (one, other))
            if outcome not in (phones, *single) and outcome in spelled() and is_clear(phones, (one, other)):
                found[spelled()[outcome]].append(((one.name, other.name), word))
    return found


def _kept(phones: Phones) -> Phones:
    return phones


def _slips(process: Process) -> list[Change]:
    """What may be taken for the process: nothing, its slip, any other process."""
    others = [p.change for p in EVERY.values() if p is not process]
    return [_kept, *([process.slip] if process.slip else []), *others]


def _square(phones: Phones, one: Process, other: Process, rng: Random) -> list[str]:
    """What both processes make of the word, and the words that slips in either or both of them lead to."""
    known = spelled()
    firsts = list({f(phones): f for f in _slips(one)}.values())
    seconds = list({f(phones): f for f in _slips(other)}.values())
    rng.shuffle(firsts)
    rng.shuffle(seconds)
    for f in firsts:
        for s in seconds:
            cells = [changed(phones, (one, other)), other.change(f(phones)), s(one.change(phones)), s(f(phones))]
            if len(set(cells)) == 4 and phones not in cells and all(c in known for c in cells):
                return [known[c] for c in cells]
    return []


def opening(subcategory: str, processes: Sequence[str], rng: Random) -> str:
    """The stem's first sentence: the two processes, in either order."""
    return rng.choice(SPEAKERS[subcategory][1]).format(*rng.sample(list(processes), 2))


def _two_alike(subcategory: str) -> Sketcher:
    asks = (
        "Which two words does this make alike?",
        "Which pair of words then sounds the same?",
        "Which two words can a listener no longer tell apart?",
    )

    def two_alike(rng: Random) -> Iterator[Sketch]:
        fours, pairs = _fours(subcategory), _merged(subcategory)
        rng.shuffle(fours)
        used: Counter[Any] = Counter()
        for four in fours * 2:
            asked = [e for e in four[:3] if used[e] < PER_PAIR and used[e] == min(used[f] for f in four[:3])]
            # The fourth pair must be touched, too, by what is asked about.
            asked = [e for e in asked if {*e} & {*four[3]}]
            if not asked:
                continue
            edge = rng.choice(asked)
            edges = (edge, *(e for e in four if e != edge))
            shown = [
                min(rng.sample(pairs[e], min(9, len(pairs[e]))), key=lambda p: used[p[0]] + used[p[1]]) for e in edges
            ]
            words = [w for p in shown for w in p]
            if len(set(words)) == 8:
                used.update([edge, *words])
                options = [" – ".join(rng.sample(p, 2)) for p in shown]
                args = {"processes": list(edge), "shown": options}
                yield Sketch.of(f"{opening(subcategory, edge, rng)} {rng.choice(asks)}", options, args)

    return two_alike


def _word_heard(subcategory: str) -> Sketcher:
    asks = ("Which word does “{}” come out as?", "“{}” is then heard as which word?", "What does “{}” sound like?")

    def word_heard(rng: Random) -> Iterator[Sketch]:
        pairs = together(SPEAKERS[subcategory][0])
        both = [((EVERY[a], EVERY[b]), w) for listed in _heard(subcategory).values() for (a, b), w in listed]
        # One of the two has nothing to change in the word: its scope must be known.
        one_only = [(pair, w) for pair in pairs for w in rng.sample(sorted(spelled().values()), 150)]
        rng.shuffle(both)
        rng.shuffle(one_only)
        used: Counter[Any] = Counter()
        for (one, other), word in both + one_only:
            phones = sounds(word)
            right = changed(phones, (one, other))
            if (
                used[one.name, other.name] >= PER_PAIR
                or used[word] >= 2
                or used[right] >= 2
                or right == phones
                or right not in spelled()
                or not is_clear(phones, (one, other))
            ):
                continue
            if options := _square(phones, one, other, rng):
                used.update([(one.name, other.name), word, right])
                stem = f"{opening(subcategory, (one.name, other.name), rng)} {rng.choice(asks).format(word)}"
                yield Sketch.of(stem, options, {"processes": [one.name, other.name], "word": word})

    return word_heard


def _word_meant(subcategory: str) -> Sketcher:
    asks = ("“{}” is heard. Which word may have been meant?", "Which word may be meant by what sounds like “{}”?")

    def word_meant(rng: Random) -> Iterator[Sketch]:
        sources = _heard(subcategory)
        items = [(heard, pair, word) for heard, listed in sources.items() for pair, word in listed]
        rng.shuffle(items)
        used: Counter[Any] = Counter()
        for heard, pair, word in items:
            args = {"processes": list(pair), "word": heard}
            others = [(p, w) for p, w in sources[heard] if w != word and not meant(args, w)]
            # Three that are heard so from a speaker with the first process and another, the second and another, two others.
            wanted = ((True, False), (False, True), (False, False))
            shares = [[w for p, w in others if (pair[0] in p, pair[1] in p) == held] for held in wanted]
            if all(shares) and used[pair] < 2 * PER_PAIR and used[heard] < 5:
                used.update([pair, heard])
                stem = f"{opening(subcategory, pair, rng)} {rng.choice(asks).format(heard)}"
                yield Sketch.of(stem, [word, *map(rng.choice, shares)], args)

    return word_meant


GENERATORS: dict[str, Generator] = {}
CHECKS: dict[str, Predicate] = {}
SURE: dict[str, Predicate] = {}

for _subcategory in SPEAKERS:
    _templates = Templates(_subcategory, "CMUdict", skill="inference")
    _alike, _outcome, _source = map(_templates.check, (said_alike, comes_out_as, meant))
    _templates.template(_alike, tier="hard", limit=30)(_two_alike(_subcategory))
    _templates.template(_outcome, tier="hard" if _subcategory == "speaker_age" else "medium", limit=30)(
        _word_heard(_subcategory)
    )
    if _subcategory == "speaker_age":
        _templates.template(_source, tier="medium", limit=30)(_word_meant(_subcategory))
    GENERATORS.update(_templates.generators)
    CHECKS.update(_templates.checks)
    SURE |= {
        f"{_subcategory}.said_alike": _surely_alike,
        f"{_subcategory}.comes_out_as": _surely_comes_out,
        f"{_subcategory}.meant": lambda args, option: _surely_comes_out({**args, "word": option}, args["word"]),
    }
