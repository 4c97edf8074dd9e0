"""What is expected of several candidates' audio accuracy, as a distribution: intervals, draws, chances to be best.

A forecast is a Student distribution on a rule's own scale; several rules' forecasts make a mixture.

    mixture.quantile(0.05); chances(mixture.draws(seed=0), places=3)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from akb.estimates import Array

DRAWS = 20_000
EDGE = 1e-3  # how near 0 and 1 a logit is taken


@dataclass(frozen=True)
class Forecast:
    """What a rule expects of several candidates, as a joint Student distribution on the rule's own scale.

    centre: (candidates,). spread: (candidates, candidates), its squared scale, with what they share.
    """

    centre: Array
    spread: Array
    df: float
    logits: bool

    @property
    def expected(self) -> Array:
        """Each candidate's middle accuracy, as a fraction of 1."""
        return accuracies_of(self.centre, self.logits)

    def below(self, accuracies: Array) -> Array:
        """The share of what is expected of each candidate that lies below `accuracies` (..., candidates)."""
        found: Array = special.stdtr(self.df, self._strayed(accuracies))
        return found

    def density(self, accuracies: Array) -> Array:
        """The logarithm of each candidate's density over accuracy, at `accuracies` (..., candidates)."""
        slope = -np.log(np.clip(accuracies * (1 - accuracies), EDGE, None)) if self.logits else 0.0
        bound = special.gammaln((self.df + 1) / 2) - special.gammaln(self.df / 2) - 0.5 * math.log(self.df * math.pi)
        tail = (self.df + 1) / 2 * np.log1p(self._strayed(accuracies) ** 2 / self.df)
        found: Array = bound - tail - 0.5 * np.log(np.diag(self.spread)) + slope
        return found

    def draws(self, rng: np.random.Generator, count: int) -> Array:
        """Accuracies (count, candidates) that could come of training them all."""
        root = np.linalg.cholesky(self.spread + 1e-12 * np.eye(len(self.centre)))
        scale = np.sqrt(rng.chisquare(self.df, size=(count, 1)) / self.df)
        return accuracies_of(self.centre + rng.normal(size=(count, len(self.centre))) @ root.T / scale, self.logits)

    def given(self, one: int, accuracies: Array) -> Array:
        """What is expected of every candidate (count, candidates) once `one` was trained and reached `accuracies`."""
        strayed = (logit(accuracies) if self.logits else accuracies) - self.centre[one]
        share = self.spread[one] / self.spread[one, one]
        return accuracies_of(self.centre + strayed[:, None] * share, self.logits)

    def _strayed(self, accuracies: Array) -> Array:
        aim = logit(accuracies) if self.logits else accuracies
        found: Array = (aim - self.centre) / np.sqrt(np.diag(self.spread))
        return found


@dataclass(frozen=True)
class Mixture:
    """Several rules' forecasts of the same candidates, and how much each counts (sums to 1)."""

    forecasts: tuple[Forecast, ...]
    weights: Array

    @property
    def expected(self) -> Array:
        found: Array = sum(w * f.expected for w, f in zip(self.weights, self.forecasts, strict=True))
        return found

    def below(self, accuracies: Array) -> Array:
        found: Array = sum(w * f.below(accuracies) for w, f in zip(self.weights, self.forecasts, strict=True))
        return found

    def quantile(self, share: float) -> Array:
        """The accuracy of each candidate below which lies `share` of what is expected."""
        low = np.zeros(len(self.expected))
        high = np.ones(len(low))
        for _ in range(30):  # halves until a thousandth of a point is exact
            middle = (low + high) / 2
            short = self.below(middle) < share
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return high

    def draws(self, seed: int, count: int = DRAWS) -> Array:
        """Accuracies (count, candidates) that could come of training them all."""
        rng = np.random.default_rng(seed)
        counts = rng.multinomial(count, self.weights)
        return np.concatenate([f.draws(rng, n) for f, n in zip(self.forecasts, counts, strict=True)])

    def gain_of_training(self, one: int, seed: int, had: float = 0.0, count: int = 4_000) -> float:
        """What training candidate `one` first is expected to gain for the choice of the best, in points.

        Now the best expectation is chosen. Once `one` is trained, its accuracy is known, moves what each rule
        expects of the others and tells how much each rule counts; the best of all is chosen then.
        had: the best accuracy of a model that is trained already, as a fraction of 1.
        """
        reached = self.draws(seed, count)[:, one]
        likely = np.stack([f.density(reached[:, None] + np.zeros(len(f.centre)))[:, one] for f in self.forecasts])
        logs = np.log(self.weights + 1e-300)[:, None] + likely
        counts = np.exp(logs - logs.max(axis=0))
        counts /= counts.sum(axis=0)
        expected = [c[:, None] * f.given(one, reached) for c, f in zip(counts, self.forecasts, strict=True)]
        then: Array = np.sum(expected, axis=0)
        now = max(had, float(then.mean(axis=0).max()))
        return max(0.0, 100 * (float(np.maximum(had, then.max(axis=1)).mean()) - now))


def chances(draws: Array, places: int) -> Array:
    """How often each candidate is among the best `places` of draws (count, candidates); ties go to one of them."""
    order = np.argsort(-draws, axis=1)[:, :places]
    return np.bincount(order.ravel(), minlength=draws.shape[1]) / len(draws)


def logit(share: Array) -> Array:
    """log(p / (1 − p)) of fractions, which are taken no nearer to 0 and 1 than EDGE."""
    inside = np.clip(share, EDGE, 1 - EDGE)
    found: Array = np.log(inside / (1 - inside))
    return found


def accuracies_of(values: Array, logits: bool) -> Array:
    """Fractions of 1 from a rule's scale."""
    found: Array = 1 / (1 + np.exp(-values)) if logits else np.clip(values, 0.0, 1.0)
    return found
