"""Cues that need no knowledge: whether the right option is the longest, the second smallest, the odd one out …

Each cue picks one option of a question, or several that tie. Over a benchmark that gives nothing away it picks the
right one as often as any other; the selection holds it to that, cue by cue, in each category.

    cues("Which barks?", ("a dog", "a cat", "a cow", "a mule"), 3)["letters: log ratio to the mean, most"]
        ->  0.75; -0.25 if another one were right
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from akb.analysis.option_surface import columns_of, surface

# Features of which both ends are cues.
_ENDS = (
    "letters: log ratio to the mean",
    "alphabet: first",
    "alphabet: last",
    "stem: share of the option's words in it",
    "stem: letters in threes shared",
    "others: words shared, mean",
    "others: words shared, most",
    "others: letters in threes shared, mean",
    "others: same first word",
    "others: same last letters",
    "others: same number of words",
    "others: same word-by-word but one",
    "words that another option repeats",
    "words that stand in no other option",
    "number: log distance to the nearest",
    "number: others at a ratio of 2",
    "number: significant digits",
    "number: stands in the stem",
    "absolute words",
    "hedges",
    "negations",
    "comma",
    "hyphen",
    "and, or",
    "comparative endings",
    "length of its words",
)
# Features that are cues where they are highest: one a rank.
_RANKS = tuple(f"{what}: rank {n} of 4" for what in ("number", "letters") for n in (1, 2, 3, 4))
NAMES = tuple(f"{name}, {end}" for name in _ENDS for end in ("most", "least")) + _RANKS


def cues(stem: str, options: Sequence[str], answer: int) -> dict[str, float]:
    """By cue, how much more of it falls on the right option than chance would: 0 where it picks none.

    From -1 / options to 1 - 1 / options.
    """
    columns = columns_of(surface(stem, options))
    found = {}
    for name in NAMES:
        feature, _, end = name.rpartition(", ")
        values = columns[feature] if end in ("most", "least") and feature in columns else columns[name]
        found[name] = _share(-values if end == "least" else values, answer)
    return found


def _share(values: np.ndarray, answer: int) -> float:
    best = values >= values.max() - 1e-9
    return (float(best[answer]) / int(best.sum()) if not best.all() else 1 / len(values)) - 1 / len(values)
