"""Which simple rule foretells the audio accuracy of a training best: rules compared on models that they have not seen.

One model left out, its family left out, two left out and set against each other. The mean of the other models is one
of the rules, and none need be better.

    table = compare(trained, "audio/MMAU")
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl

from akb.analysis.forecast_rules import MEAN, Trained, rules
from akb.analysis.rule_weights import Way, always, best_rule, forecast_of, left_out, weighted
from akb.estimates import jackknife

# Errors, savings and regret in points; coverages are fractions of 1. `saved` is how much smaller `error` is than that
# of the mean of the others. Of `pairs` unseen pairs `pairs_right` are ordered rightly, ties half, and
# `pair_regret` is what choosing the rule's favourite of two costs on average.
COMPARISON = {
    "target": pl.String,
    "rule": pl.String,
    "n": pl.Int64,
    "error": pl.Float64,
    "saved": pl.Float64,
    "saved_low": pl.Float64,
    "saved_high": pl.Float64,
    "covered_50": pl.Float64,
    "covered_90": pl.Float64,
    "families": pl.Int64,
    "family_error": pl.Float64,
    "family_covered_90": pl.Float64,
    "pairs_right": pl.Float64,
    "pairs": pl.Int64,
    "pair_regret": pl.Float64,
}
CHOSEN_ANEW = "the best rule, chosen anew"
WEIGHTED = "all rules, weighted anew"


def compare(trained: Trained, target: str) -> pl.DataFrame:
    """COMPARISON rows, one for each rule, one for taking the best rule, and one for all rules weighted.

    In the last two the rule, or the weights, are found anew without the models asked for: a single rule's row
    does not know that the best of several was taken after the fact.
    """
    among = rules(trained)
    ways: list[tuple[str, Way]] = [(rule.name, always(rule)) for rule in among]
    ways += [(CHOSEN_ANEW, lambda known: [(best_rule(known, among), 1.0)]), (WEIGHTED, weighted)]
    rows = []
    for name, way in ways:
        out = left_out(trained, way)
        right, regret, pairs = _pairs(trained, way)
        row: dict[str, object] = {"target": target, "rule": name, "n": len(trained.y)}
        row |= {"error": 100 * float(np.abs(out.errors).mean())}
        row |= {f"covered_{level}": out.covered(level / 100) for level in (50, 90)}
        row["saved"] = _saved(trained, way)
        if name not in (
            CHOSEN_ANEW,
            WEIGHTED,
        ):  # what is chosen jumps from model to model, and a jackknife needs what does not
            row |= dict(zip(("saved_low", "saved_high"), _saved_within(trained, way), strict=True))
        row |= {"pairs_right": right, "pairs": pairs, "pair_regret": 100 * regret}
        row["families"] = len(set(trained.families))
        if len(set(trained.families)) >= 3:
            apart = left_out(trained, way, trained.families)
            row["family_error"] = 100 * float(np.abs(apart.errors).mean())
            row["family_covered_90"] = apart.covered(0.9)
        rows.append(row)
    return pl.DataFrame(rows, schema=COMPARISON, orient="row")


def _pairs(trained: Trained, way: Way) -> tuple[float, float, int]:
    """Of all pairs, both unseen: how many are ordered rightly, the mean regret of the favourite, their number."""
    right, regret = 0.0, 0.0
    pairs = list(combinations(range(len(trained.y)), 2))
    for pair in pairs:
        both = list(pair)
        known = trained.only(np.delete(np.arange(len(trained.y)), both))
        expected = forecast_of(way(known), known, trained.x[both]).expected
        gap = float(trained.y[both[0]] - trained.y[both[1]])
        favour = 0.0 if abs(expected[0] - expected[1]) < 1e-9 else float(np.sign(expected[0] - expected[1]))
        right += (float(np.sign(gap)) * favour + 1) / 2
        regret += abs(gap) * (1 - float(np.sign(gap)) * favour) / 2
    return right, regret / len(pairs), len(pairs)


def _saved(trained: Trained, way: Way) -> float:
    errors = [np.abs(left_out(trained, each).errors).mean() for each in (always(MEAN), way)]
    return 100 * float(errors[0] - errors[1])


def _saved_within(trained: Trained, way: Way) -> tuple[float, float]:
    return jackknife(lambda kept: _saved(trained.only(kept), way), len(trained.y))
