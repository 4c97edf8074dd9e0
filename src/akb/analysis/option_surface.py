"""What can be seen of a question's options without knowing anything: length, numbers, words, likeness.

Each feature says how one option stands among the others of its question, so it means the same in an
item of four words and in one of four sentences.

    surface("Which barks?", ("a dog", "a cat", "a cow"))  # shape (3, len(FEATURES))
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_NUMBER = re.compile(r"(?<![\w.,])([+−-]?)(\d[\d,]*(?:\.\d+)?)(?![\d])\s*(µ|k|M|G|m(?=[sVWP])|c(?=m\b))?")
_PREFIX = {"µ": 1e-6, "m": 1e-3, "c": 1e-2, "k": 1e3, "M": 1e6, "G": 1e9}
_ABSOLUTE = frozenset(
    "all always any completely each entirely every everyone everything exactly impossible must never no nobody none "
    "nothing nowhere only perfectly purely solely totally wholly".split()
)
_HEDGES = frozenset(
    "about almost around can could few generally less likely mainly many may might more most mostly nearly often "
    "partly perhaps probably rather roughly seldom slightly some sometimes somewhat tends usually".split()
)
_NEGATIONS = frozenset("cannot neither no none nor not nothing without".split())
_STOP = frozenset(
    "a an and are as at be by for from has have in into is it its of on or than that the their them then they this to "
    "was were which while with".split()
)
_LADDER = 4  # ranks of numbers and lengths are told apart up to so many options; beyond, by quarters

FEATURES: tuple[str, ...] = (
    *(f"number: rank {i + 1} of 4" for i in range(_LADDER)),
    "number: log ratio to the middle",
    "number: log distance to the nearest",
    "number: others at a ratio of 2",
    "number: others at a ratio of 10",
    "number: others at a ratio of √2 or 4",
    "number: others that differ by one",
    "number: others of the same size, other sign",
    "number: sum or difference of two others",
    "number: significant digits",
    "number: ends in 0 or 5",
    "number: stands in the stem",
    "number: twice or half of one in the stem",
    *(f"letters: rank {i + 1} of 4" for i in range(_LADDER)),
    "letters: log ratio to the mean",
    "words: more than the mean",
    "alphabet: first",
    "alphabet: last",
    "stem: share of the option's words in it",
    "stem: letters in threes shared",
    "others: words shared, mean",
    "others: words shared, most",
    "others: letters in threes shared, mean",
    "others: same first word",
    "others: same last word",
    "others: same first letter",
    "others: same last letters",
    "others: same number of words",
    "others: same word-by-word but one",
    "words that another option repeats",
    "words that stand in no other option",
    "words said twice",
    "absolute words",
    "hedges",
    "negations",
    "comma",
    "hyphen",
    "brackets",
    "and, or",
    "digits",
    "capital inside",
    "comparative endings",
    "length of its words",
    *(f"place {i + 1}" for i in range(5)),
)


def surface(stem: str, options: Sequence[str]) -> Matrix:
    """The features of each option, shape (options, len(FEATURES)); every column sums to 0 over the options."""
    columns = [*_numbers(stem, options), *_lengths(options), *_alphabet(options), *_likeness(stem, options)]
    columns += [*_wording(options), *_places(len(options))]
    found = np.array(columns, dtype=np.float64).T
    centred: Matrix = found - found.mean(axis=0)
    return centred


def quantity_of(text: str) -> float | None:
    """The one number of an option in base units, None where there are none or several."""
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    sign, digits, prefix = found[0]
    return float(digits.replace(",", "")) * _PREFIX.get(prefix, 1.0) * (-1 if sign in ("−", "-") else 1)


def place_in_order(values: Sequence[float], index: int) -> float:
    """How far up one value stands among all, from 0 (least) to 1 (most); ties share the middle of their places."""
    below = sum(v < values[index] for v in values)
    same = sum(v == values[index] for v in values) - 1
    return (below + same / 2) / max(1, len(values) - 1)


def _ladder(values: Sequence[float]) -> list[list[float]]:
    """By rank, one column each: who stands there; one who ties stands on two neighbouring steps by halves."""
    columns = [[0.0] * len(values) for _ in range(_LADDER)]
    if len(set(values)) > 1:
        for i in range(len(values)):
            at = place_in_order(values, i) * (_LADDER - 1)
            low, part = int(at), at - int(at)
            columns[low][i] += 1 - part
            if part:
                columns[low + 1][i] += part
    return columns


def _numbers(stem: str, options: Sequence[str]) -> list[list[float]]:
    read = [quantity_of(option) for option in options]
    values = [v for v in read if v is not None]
    if len(values) < len(options):
        return [[0.0] * len(options)] * (_LADDER + 12)
    logs = [math.log(abs(v) + 1e-9) for v in values]
    middle = float(np.median(logs))
    told = [abs(float(d.replace(",", "")) * _PREFIX.get(p, 1.0)) for _, d, p in _NUMBER.findall(stem)]
    digits = ["".join(re.findall(r"\d", option)) for option in options]

    def others(test: object) -> list[float]:
        assert callable(test)
        return [float(sum(bool(test(v, o)) for j, o in enumerate(values) if j != i)) for i, v in enumerate(values)]

    def times(one: float, other: float, *factors: float) -> bool:
        ratio = abs(one / other) if other else 0.0
        return any(abs(ratio / f - 1) < 0.02 or abs(ratio * f - 1) < 0.02 for f in factors)

    def combined(i: int) -> float:
        rest = [v for j, v in enumerate(values) if j != i]
        return float(
            any(
                abs(abs(values[i]) - abs(a + s * b)) <= 0.01 * abs(values[i])
                for k, a in enumerate(rest)
                for b in rest[k + 1 :]
                for s in (1, -1)
            )
        )

    near = [min((abs(logs[i] - x) for j, x in enumerate(logs) if j != i), default=0.0) for i in range(len(logs))]
    return [
        *_ladder(values),
        [max(-3.0, min(3.0, x - middle)) for x in logs],
        [max(-4.0, math.log(n + 0.01)) for n in near],
        others(lambda v, o: times(v, o, 2)),
        others(lambda v, o: times(v, o, 10)),
        others(lambda v, o: times(v, o, 4, math.sqrt(2))),
        others(lambda v, o: abs(abs(v - o) - 1) < 1e-9),
        others(lambda v, o: v == -o),
        [combined(i) for i in range(len(values))],
        [float(len(d.strip("0"))) for d in digits],
        [float(d[-1:] in ("0", "5")) for d in digits],
        [float(any(abs(abs(v) - t) <= 1e-6 * t for t in told)) for v in values],
        [float(any(times(v, t, 2) for t in told)) for v in values],
    ]


def _lengths(options: Sequence[str]) -> list[list[float]]:
    letters = [float(len(option)) for option in options]
    words = [float(len(option.split())) for option in options]
    mean, most = sum(letters) / len(letters), sum(words) / len(words)
    return [*_ladder(letters), [math.log((n + 1) / (mean + 1)) for n in letters], [(n - most) / most for n in words]]


def _alphabet(options: Sequence[str]) -> list[list[float]]:
    folded = [option.casefold() for option in options]
    return [[float(o == min(folded)) for o in folded], [float(o == max(folded)) for o in folded]]


def _likeness(stem: str, options: Sequence[str]) -> list[list[float]]:
    said = [_words(option) for option in options]
    content = [frozenset(w) - _STOP for w in said]
    asked = frozenset(_words(stem)) - _STOP
    threes = [_threes(option) for option in options]
    of_stem = _threes(stem)
    split = [option.casefold().split() for option in options]
    n = len(options)

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values) if values else 0.0

    def rest(i: int) -> list[int]:
        return [j for j in range(n) if j != i]

    def part(text: Sequence[str], place: int) -> str:
        return text[place] if text else ""

    held = Counter(word for words in content for word in words)
    return [
        [len(c & asked) / max(1, len(c)) for c in content],
        [len(t & of_stem) / max(1, len(t)) for t in threes],
        [mean([_shared(content[i], content[j]) for j in rest(i)]) for i in range(n)],
        [max((_shared(content[i], content[j]) for j in rest(i)), default=0.0) for i in range(n)],
        [mean([_shared(threes[i], threes[j]) for j in rest(i)]) for i in range(n)],
        [mean([part(split[i], 0) == part(split[j], 0) for j in rest(i)]) for i in range(n)],
        [mean([part(split[i], -1) == part(split[j], -1) for j in rest(i)]) for i in range(n)],
        [mean([options[i][:1].casefold() == options[j][:1].casefold() for j in rest(i)]) for i in range(n)],
        [mean([options[i][-2:].casefold() == options[j][-2:].casefold() for j in rest(i)]) for i in range(n)],
        [mean([len(split[i]) == len(split[j]) for j in rest(i)]) for i in range(n)],
        [mean([_one_apart(split[i], split[j]) for j in rest(i)]) for i in range(n)],
        [sum(held[w] > 1 for w in c) / max(1, len(c)) for c in content],
        [sum(held[w] == 1 for w in c) / max(1, len(c)) for c in content],
        [float(any(a == b for a, b in pairwise(sorted(w for w in words if w not in _STOP)))) for words in said],
    ]


def _wording(options: Sequence[str]) -> list[list[float]]:
    said = [_words(option) for option in options]
    return [
        *([float(any(w in listed for w in words)) for words in said] for listed in (_ABSOLUTE, _HEDGES, _NEGATIONS)),
        [float("," in option) for option in options],
        [float("-" in option or "–" in option) for option in options],
        [float("(" in option) for option in options],
        [float(any(w in ("and", "or") for w in words)) for words in said],
        [float(any(ch.isdigit() for ch in option)) for option in options],
        [float(any(ch.isupper() for ch in option[1:])) for option in options],
        [float(any(w.endswith(("er", "est")) and len(w) > 4 for w in words)) for words in said],
        [sum(map(len, words)) / max(1, len(words)) / 10 for words in said],
    ]


def _places(n: int) -> list[list[float]]:
    return [[float(i == place) for i in range(n)] for place in range(5)]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _threes(text: str) -> frozenset[str]:
    folded = f" {text.casefold()} "
    return frozenset(folded[i : i + 3] for i in range(len(folded) - 2))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _one_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def columns_of(found: Matrix) -> Mapping[str, NDArray[np.float64]]:
    """The columns of `surface` by their names."""
    return dict(zip(FEATURES, found.T, strict=True))
