"""Grounded questions on chains and crossings of minimal pairs, proven with CMUdict.

list(GENERATORS["minimal_pairs.ladder"](0))
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.speech.minimal_pairs import could_be_minimal, difference, surely_minimal
from akb.benchmark.grounded.speech.sure_words import could_be, is_rank, sounds, spelled

minimal = Templates("minimal_pairs", "CMUdict", skill="inference")
GENERATORS, CHECKS = minimal.generators, minimal.checks


@minimal.check
def between(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option makes a minimal pair with each of args' words."""
    return all(could_be_minimal(w, option) for w in args["words"])


@minimal.check
def is_ladder(args: Mapping[str, Any], option: str) -> bool:
    """Whether neighbours, as in "pit – pet – bet", are minimal pairs."""
    return all(could_be_minimal(a, b) for a, b in pairwise(option.split(" – ")))


SURE = {
    "minimal_pairs.between": lambda args, option: all(surely_minimal(w, option) for w in args["words"]),
    "minimal_pairs.is_ladder": lambda args, option: all(surely_minimal(a, b) for a, b in pairwise(option.split(" – "))),
}


@cache
def _neighbours() -> dict[str, list[str]]:
    """By word, those that surely make a minimal pair with it."""
    gaps: dict[Any, list[str]] = defaultdict(list)
    for phones, word in spelled().items():
        for i in range(len(phones)):
            gaps[i, phones[:i], phones[i + 1 :]].append(word)
    found: dict[str, list[str]] = defaultdict(list)
    for listed in gaps.values():
        for one in listed:
            found[one] += [w for w in listed if w != one and surely_minimal(one, w)]
    return found


def _looks(word: str, shown: Sequence[str]) -> float:
    """How much a word looks like those that are shown."""
    return sum(SequenceMatcher(None, word, other).ratio() for other in shown)


@minimal.template(between, limit=40, tier="hard")
def pair_with_all(rng: Random) -> Iterator[Sketch]:
    stems = (
        "Which word makes a minimal pair with each of “{}”, “{}” and “{}”?",
        "Exchange one sound of a word and you get “{}”, exchange another and you get “{}”, a third: “{}”. Which word is it?",
    )
    near = _neighbours()
    listed = [w for w in near if len(near[w]) >= 6 and len(sounds(w)) >= 3]
    rng.shuffle(listed)
    for word in listed * 2:
        by_place: dict[int, list[str]] = defaultdict(list)
        for other in near[word]:
            by_place[difference(sounds(word), sounds(other)) or 0].append(other)
        if len(by_place) < 3:
            continue
        for _ in range(20):
            shown = [rng.choice(by_place[i]) for i in rng.sample(sorted(by_place), 3)]
            # Each wrong word makes a minimal pair with two of the three.
            wrong = []
            for i in range(3):
                one, other = shown[:i] + shown[i + 1 :]
                both = set(near[one]) & set(near[other]) - {word, *shown}
                wrong += (
                    rng.sample(sorted(w for w in both if not could_be_minimal(w, shown[i])), 1)
                    if any(not could_be_minimal(w, shown[i]) for w in both)
                    else []
                )
            # Spelling must not tell: some wrong word looks about as much like the three as the right one.
            if len(set(wrong)) == 3 and _looks(word, shown) < 0.15 + max(_looks(w, shown) for w in wrong):
                yield Sketch.of(rng.choice(stems).format(*shown), [word, *wrong], {"words": shown})
                break


@cache
def _false_steps() -> tuple[tuple[str, str], ...]:
    """Pairs spelled with one letter exchanged, of which everybody hears two sounds or more exchanged."""
    near, gaps = _neighbours(), defaultdict(list)
    for word in spelled().values():
        for i in range(len(word)):
            gaps[i, word[:i], word[i + 1 :]].append(word)
    return tuple(
        (a, b)
        for listed in gaps.values()
        for a in listed
        for b in listed
        if a != b and near[a] and near[b] and not could_be_minimal(a, b) and not could_be(sounds(a), sounds(b))
    )


@minimal.template(is_ladder, limit=40, tier="hard")
def ladder(rng: Random) -> Iterator[Sketch]:
    stems = (
        "In which line does each word differ from the one before it in exactly one sound?",
        "Each step of a ladder exchanges one sound for another. Which line is such a ladder?",
        "Which line leads from word to word by minimal pairs only?",
    )
    near, seams = _neighbours(), sorted(_false_steps())
    starts = sorted(w for w in near if len(sounds(w)) >= 3 and near[w])

    def step(line: list[str]) -> list[str]:
        """The line and a word that makes a minimal pair with its last, spelled otherwise than by one letter if it can be."""
        new = [w for w in near[line[-1]] if w not in line]
        far = [
            w for w in new if sum(a != b for a, b in zip(w, line[-1], strict=False)) + abs(len(w) - len(line[-1])) > 1
        ]
        return [*line, rng.choice(far or new)] if new else line

    while True:
        rank = rng.randrange(4)
        for _ in range(60):
            lines = [step(step([rng.choice(starts)]))]
            for one, other in rng.sample(seams, 3):
                lines.append([*step([one])[::-1], other] if rng.random() < 0.5 else [one, *step([other])])
            options = [" – ".join(line) for line in lines]
            # The ladder is the longest line as often as any other.
            if len({w for line in lines for w in line}) == 12 and is_rank(options, rank):
                yield Sketch.of(rng.choice(stems), options, {"shown": options})
                break
