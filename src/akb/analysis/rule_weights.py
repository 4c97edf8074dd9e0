"""How much each rule counts in a forecast: by how likely it made each trained model from the others.

The best of several rules is too sure of itself with few models, so a forecast takes all of them (pseudo Bayesian model
averaging). docs/prediction.md says what that is worth on the paper's models and in a made world.

    forecast = forecast_of(weighted(trained), trained, candidates)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from akb.analysis.forecast_distributions import Mixture
from akb.analysis.forecast_rules import Rule, Trained, fit, rules
from akb.estimates import Array

Weights = list[tuple[Rule, float]]
Way = Callable[[Trained], Weights]


@dataclass(frozen=True)
class LeftOut:
    """Of each model: expectation less truth, the share of its forecast below the truth, the log density there."""

    errors: Array
    below: Array
    density: Array

    def covered(self, level: float) -> float:
        """How many truths lie in the middle `level` of their forecast."""
        return float((np.abs(self.below - 0.5) <= level / 2).mean())


def best_rule(trained: Trained, among: Sequence[Rule]) -> Rule:
    """The rule with the least mean absolute leave-one-out error; of equals the first, which is the simpler."""
    return min(among, key=lambda rule: float(np.abs(left_out(trained, always(rule)).errors).mean()))


def weighted(trained: Trained) -> Weights:
    """Every rule, by how likely it made each model from the others: the density at its accuracy, multiplied."""
    among = rules(trained)
    likely = np.array([left_out(trained, always(rule)).density.sum() for rule in among])
    counts = np.exp(likely - likely.max())
    return list(zip(among, (counts / counts.sum()).tolist(), strict=True))


def always(rule: Rule) -> Way:
    """The way that takes this rule alone, whatever is known."""
    return lambda known: [(rule, 1.0)]


def forecast_of(weights: Weights, trained: Trained, x: Array) -> Mixture:
    """What `weights`' rules, fitted to `trained`, expect of candidates x: (candidates, metrics)."""
    fits = [fit(rule, trained.x, trained.y, trained.variances) for rule, _ in weights]
    return Mixture(tuple(found.forecast(x) for found in fits), np.array([weight for _, weight in weights]))


def left_out(trained: Trained, way: Way, groups: Sequence[Hashable] | None = None) -> LeftOut:
    """Each model as `way`, which knows the others alone, expects it. groups: all of a model's are left out with it."""
    names = list(range(len(trained.y))) if groups is None else list(groups)
    found = LeftOut(*np.empty((3, len(names))))
    for name in dict.fromkeys(names):
        out = np.array([other == name for other in names])
        known, truth = trained.only(np.flatnonzero(~out)), trained.y[out]
        mixture = forecast_of(way(known), known, trained.x[out])
        found.errors[out] = mixture.expected - truth
        found.below[out] = mixture.below(truth)
        found.density[out] = mixture.forecasts[0].density(truth)
    return found
