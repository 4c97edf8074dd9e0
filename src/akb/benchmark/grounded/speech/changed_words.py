"""Grounded questions on which words a speaker's two sound changes touch at all, proven with CMUdict.

list(GENERATORS["health_state.unchanged_line"](0))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

from akb.benchmark.candidates import Generator, Predicate
from akb.benchmark.grounded.craft.templates import Sketch, Sketcher, Templates
from akb.benchmark.grounded.speech.processes import PALATE, Process, changed, is_clear, together
from akb.benchmark.grounded.speech.pronunciations import is_settled, is_vowel
from akb.benchmark.grounded.speech.sound_changes import EVERY, SPEAKERS, opening, processes_of
from akb.benchmark.grounded.speech.sure_words import sounds, words

SHOWN = 5  # how many words are to be counted over
COUNTS = ("One", "Two", "Three", "Four")  # always the four options

# Letters that suggest a sound.
_LETTERS = {
    "K": "ckqx", "G": "g", "F": "f", "V": "v", "S": "sc", "Z": "zs", "SH": "sh", "TH": "th", "DH": "th", "HH": "h",
    "R": "r", "W": "w", "M": "m", "N": "n", "NG": "ng", "B": "b", "D": "d", "T": "t", "P": "p", "CH": "ch", "JH": "jg",
}  # fmt: skip


def surely_changed(word: str, processes: Sequence[Process]) -> bool:
    phones = sounds(word)
    return is_settled(word) and is_clear(phones, processes) and changed(phones, processes) != phones


def surely_kept(word: str, processes: Sequence[Process]) -> bool:
    phones = sounds(word)
    return is_settled(word) and is_clear(phones, processes) and changed(phones, processes) == phones


def all_kept(args: Mapping[str, Any], option: str) -> bool:
    """Whether none of the words, as in "tea, key, sea", is changed beyond doubt."""
    return not any(surely_changed(w, processes_of(args)) for w in option.split(", "))


def how_many(args: Mapping[str, Any], option: str) -> bool:
    """Whether so many of args' words may be changed."""
    listed = processes_of(args)
    least = sum(surely_changed(w, listed) for w in args["words"])
    return least <= COUNTS.index(option) + 1 <= len(args["words"]) - sum(surely_kept(w, listed) for w in args["words"])


def _surely_all_kept(args: Mapping[str, Any], option: str) -> bool:
    return all(surely_kept(w, processes_of(args)) for w in option.split(", "))


def _surely_how_many(args: Mapping[str, Any], option: str) -> bool:
    listed = processes_of(args)
    return all(surely_changed(w, listed) or surely_kept(w, listed) for w in args["words"])


@cache
def _touched(process: str) -> frozenset[str]:
    """The sounds that the process changes or leaves out somewhere."""
    found: set[str] = set()
    for phones in words().values():
        after = EVERY[process].change(phones)
        found |= {p for p in phones if phones.count(p) > after.count(p)}
    return frozenset(found)


def _looks_touched(word: str, process: str) -> bool:
    return any(c in word for p in _touched(process) for c in _LETTERS.get(p, "") if c != "h" or p == "HH")


@cache
def _pairs(subcategory: str) -> tuple[tuple[str, str], ...]:
    """Pairs of processes that change consonants."""
    pairs = [(a.name, b.name) for a, b in together(SPEAKERS[subcategory][0]) if PALATE not in (a.name, b.name)]
    return tuple(p for p in pairs if not any(is_vowel(x) for name in p for x in _touched(name)))


@cache
def _sorted_words(pair: tuple[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Words that are kept although their letters suggest a change; that are changed although they do not; all changed."""
    listed = [EVERY[name] for name in pair]
    # Many begin "tree" and "dream" with an affricate.
    clear = {
        w: p for w, p in words().items() if is_clear(p, listed) and not {("T", "R"), ("D", "R")} & set(pairwise(p))
    }
    looks = {w for w in clear if any(_looks_touched(w, name) for name in pair)}
    kept = [w for w, p in clear.items() if w in looks and changed(p, listed) == p]
    touched = [w for w, p in clear.items() if changed(p, listed) != p]
    hidden = [w for w in touched if w not in looks]
    return kept, hidden if len(hidden) >= 9 else touched, touched


def _unchanged_line(subcategory: str) -> Sketcher:
    asks = (
        "In which line does every word stay as it is?",
        "Which line comes out without any change?",
        "Which of these lines contains no word that is changed?",
    )

    def unchanged_line(rng: Random) -> Iterator[Sketch]:
        while True:
            pair = rng.choice(_pairs(subcategory))
            kept, hidden, _ = _sorted_words(pair)
            if len(kept) < 30 or len(hidden) < 9:
                continue
            calm, odd = rng.sample(kept, 9), rng.sample(hidden, 3)
            lines = [calm[:3], *([calm[3 + 2 * i], calm[4 + 2 * i], odd[i]] for i in range(3))]
            options = [", ".join(rng.sample(line, 3)) for line in lines]
            stem = f"{opening(subcategory, pair, rng)} {rng.choice(asks)}"
            yield Sketch.of(stem, options, {"processes": list(pair), "shown": options})

    return unchanged_line


def _words_changed(subcategory: str) -> Sketcher:
    asks = ("How many of these words does this change: {}?", "In how many of these words can one or both be heard: {}?")

    def words_changed(rng: Random) -> Iterator[Sketch]:
        numbers: list[int] = []
        while True:
            pair = rng.choice(_pairs(subcategory))
            kept, _, touched = _sorted_words(pair)
            if len(kept) < 30 or len(touched) < 9:
                continue
            numbers = numbers or rng.sample(range(1, 5), 4)
            number = numbers.pop()
            shown = rng.sample(touched, number) + rng.sample(kept, SHOWN - number)
            rng.shuffle(shown)
            stem = f"{opening(subcategory, pair, rng)} {rng.choice(asks).format(', '.join(shown))}"
            wrong = [c for i, c in enumerate(COUNTS, 1) if i != number]
            yield Sketch(stem, COUNTS[number - 1], wrong, {"processes": list(pair), "words": shown})

    return words_changed


GENERATORS: dict[str, Generator] = {}
CHECKS: dict[str, Predicate] = {}
SURE: dict[str, Predicate] = {}

for _subcategory in SPEAKERS:
    _templates = Templates(_subcategory, "CMUdict", skill="inference")
    _kept, _count = map(_templates.check, (all_kept, how_many))
    _templates.template(_kept, tier="hard", limit=30)(_unchanged_line(_subcategory))
    _templates.template(_count, tier="hard", limit=12)(_words_changed(_subcategory))
    GENERATORS.update(_templates.generators)
    CHECKS.update(_templates.checks)
    SURE |= {f"{_subcategory}.all_kept": _surely_all_kept, f"{_subcategory}.how_many": _surely_how_many}
