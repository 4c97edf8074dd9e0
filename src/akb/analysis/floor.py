"""What a choice among the options alone reaches: the floor that stands beside 25 %.

A conditional logit over surface features of options (`option_surface`) learns on some items which option looks
right and chooses in others, which it has not seen; it reads no meaning. Its weights are common to all categories,
with a deviation for each, held small. What it scores above 1 / options is what a benchmark gives away.

    floors([Question("Which barks?", ("a dog", "a cat"), 0, "Sound"), …])["all"].accuracy
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from akb.analysis.option_surface import FEATURES, surface
from akb.estimates import wilson

ALL = "all"
FOLDS = 10
# How strongly weights are held near 0, in items; a category's deviation from the common weights more so.
_RIDGE = 3.0
_RIDGE_CATEGORY = 12.0


@dataclass(frozen=True)
class Question:
    """What the floor sees of an item. group: items that are never parted into learning and testing; "" for itself."""

    stem: str
    options: tuple[str, ...]
    answer: int
    category: str = ""
    group: str = ""


@dataclass(frozen=True)
class Floor:
    """n items, of which so many right: where k options look equally right, 1/k is. chance: mean of 1 / options.

    low, high: 95 % interval (Wilson) over items.
    """

    n: int
    correct: float
    chance: float
    low: float
    high: float

    @property
    def accuracy(self) -> float:
        """Share of items that are right, 0 to 1."""
        return self.correct / self.n if self.n else 0.0


def floors(questions: Sequence[Question], folds: int = FOLDS) -> dict[str, Floor]:
    """The floor of the whole ("all") and of each category, in the order of categories' first items.

    The same on every machine and whatever the order of the questions but for rounding.
    """
    right = cross_validated(questions, folds)
    places: dict[str, list[int]] = {ALL: list(range(len(questions)))}
    for place, question in enumerate(questions):
        if question.category:
            places.setdefault(question.category, []).append(place)
    found = {}
    for name, of in places.items():
        correct = float(sum(right[i] for i in of))
        low, high = _interval(correct, len(of))
        chance = sum(1 / len(questions[i].options) for i in of) / len(of) if of else 0.0
        found[name] = Floor(len(of), correct, chance, low, high)
    return found


def cross_validated(questions: Sequence[Question], folds: int = FOLDS) -> NDArray[np.float64]:
    """By question, how right the option is that a model chooses that has learnt on other folds: 1, 0, or shared."""
    chosen = np.array([1 / len(q.options) for q in questions], dtype=np.float64)
    fold_of = np.array([_fold(q, folds) for q in questions], dtype=np.int64)
    if len(questions) < 2 or len(set(fold_of.tolist())) < 2:
        return chosen  # nothing to learn from
    data = _Data.of(questions)
    for fold in sorted(set(fold_of.tolist())):
        test = fold_of == fold
        chosen[test] = data.shared(data.fit(~test), test)
    return chosen


def weights(questions: Sequence[Question]) -> dict[str, float]:
    """What the common weights are over all questions, by feature, the strongest first: for people to read.

    In units of the feature's standard deviation within items.
    """
    data = _Data.of(questions)
    fitted = data.fit(np.ones(len(questions), dtype=np.bool_))[: len(FEATURES)]
    order = np.argsort(-np.abs(fitted))
    return {FEATURES[i]: float(fitted[i]) for i in order}


def _fold(question: Question, folds: int) -> int:
    """By hash, so that a question keeps its fold whatever stands beside it."""
    key = question.group or "\x00".join((question.stem, *sorted(question.options)))
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % folds


def _interval(correct: float, n: int) -> tuple[float, float]:
    """Wilson's interval; between two counts, where ties share, in between."""
    low, part = int(correct), correct - int(correct)
    one, other = wilson(low, n), wilson(min(n, low + 1), n)
    return one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])


@dataclass(frozen=True)
class _Data:
    """features: (items, most options, width), 0 where an item has fewer options; there: which options exist."""

    features: NDArray[np.float64]
    there: NDArray[np.bool_]
    answers: NDArray[np.int64]
    penalty: NDArray[np.float64]

    @staticmethod
    def of(questions: Sequence[Question]) -> _Data:
        n, most, width = len(questions), max(len(q.options) for q in questions), len(FEATURES)
        categories = _categories(questions)
        features = np.zeros((n, most, width * (1 + len(categories))))
        there = np.zeros((n, most), dtype=np.bool_)
        for i, q in enumerate(questions):
            there[i, : len(q.options)] = True
            features[i, : len(q.options), :width] = surface(q.stem, q.options)
        scale = np.sqrt((features[:, :, :width] ** 2).sum((0, 1)) / there.sum())
        features[:, :, :width] /= np.where(scale > 0, scale, 1.0)
        for place, members in enumerate(categories.values(), start=1):
            features[members, :, place * width : (place + 1) * width] = features[members, :, :width]
        penalty = np.full(features.shape[2], _RIDGE_CATEGORY)
        penalty[:width] = _RIDGE
        return _Data(features, there, np.array([q.answer for q in questions], dtype=np.int64), penalty)

    def fit(self, train: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The weights that make the training items' right options most likely, held near 0."""
        x, there, answers = self.features[train], self.there[train], self.answers[train]
        right = x[np.arange(len(x)), answers].sum(0)

        def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            score = np.where(there, x @ w, -np.inf)
            top = score.max(1, keepdims=True)
            odds = np.exp(score - top)
            total = odds.sum(1, keepdims=True)
            value = float((np.log(total) + top).sum() - right @ w + 0.5 * (self.penalty * w * w).sum())
            slope = np.einsum("nk,nkf->f", odds / total, x) - right + self.penalty * w
            return value, slope

        found = minimize(loss, np.zeros(x.shape[2]), jac=True, method="L-BFGS-B", options={"maxiter": 200})
        fitted: NDArray[np.float64] = found.x
        return fitted

    def shared(self, w: NDArray[np.float64], test: NDArray[np.bool_]) -> NDArray[np.float64]:
        """By test item: 1 if the right option scores highest alone, a share if several do, else 0."""
        score = np.where(self.there[test], self.features[test] @ w, -np.inf)
        best = score >= score.max(1, keepdims=True) - 1e-9
        hit = best[np.arange(len(score)), self.answers[test]]
        share: NDArray[np.float64] = hit / best.sum(1)
        return share


def _categories(questions: Sequence[Question]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for i, q in enumerate(questions):
        found[q.category].append(i)
    return found if len(found) > 1 else {}
