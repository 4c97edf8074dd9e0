"""Relations between metrics beyond Pearson's r: ranks, families left out, and a covariate held fixed.

Two scores may go together because a third drives both, such as the number of parameters: the partial correlation is
that of what is left of both after a line through the covariate (R. A. Fisher, Metron 3 (1924), for its interval: as
r's, over one model less). Relatives are alike, so r is also told with each family left out in turn.

    table = relations(scores, metrics, "combined", families, Covariate("parameters", {"m": 7.0}))
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from scipy import stats

from akb.analysis.metrics import Metric, values
from akb.errors import AkbError
from akb.estimates import Array, Estimate, pearson, spearman

# `family_low` and `family_high`: the least and the greatest r with one of `families` left out; null where fewer than
# three families, or fewer than four models, are left. `partial` holds `covariate` fixed over `partial_n` models.
RELATIONS = {
    "metric_a": pl.String,
    "metric_b": pl.String,
    "n": pl.Int64,
    "pearson": pl.Float64,
    "spearman": pl.Float64,
    "spearman_low": pl.Float64,
    "spearman_high": pl.Float64,
    "kendall": pl.Float64,
    "families": pl.Int64,
    "family_low": pl.Float64,
    "family_high": pl.Float64,
    "without": pl.String,
    "covariate": pl.String,
    "partial_n": pl.Int64,
    "partial": pl.Float64,
    "partial_low": pl.Float64,
    "partial_high": pl.Float64,
}
FEWEST = 5  # models, for a partial correlation with an interval


@dataclass(frozen=True)
class Covariate:
    """A number for each model, under a name."""

    name: str
    of: Mapping[str, float]


def relations(
    scores: pl.DataFrame,
    metrics: Sequence[Metric],
    cascade_captioner: str,
    families: Mapping[str, str],
    covariate: Covariate | None = None,
) -> pl.DataFrame:
    """RELATIONS rows, one for each unordered pair of `metrics`.

    `without` is the family whose absence gives the least r. families: of those models that have one; a model without
    is a family of its own.
    """
    of = {metric: values(scores, metric, cascade_captioner) for metric in metrics}
    rows = []
    for j, b in enumerate(metrics):
        for a in metrics[:j]:
            shared = sorted(of[a].keys() & of[b].keys())
            x, y = (np.array([of[metric][model] for model in shared]) for metric in (a, b))
            ranks = spearman(list(x), list(y))
            kendall = float(stats.kendalltau(x, y).statistic) if ranks.value is not None else None
            groups = [families.get(model) or model for model in shared]
            fixed = covariate if covariate and covariate.name not in (str(a), str(b)) else None
            rows.append(
                {
                    "metric_a": str(a),
                    "metric_b": str(b),
                    "n": len(shared),
                    "pearson": pearson(list(x), list(y)).value,
                    "spearman": ranks.value,
                    "spearman_low": ranks.low,
                    "spearman_high": ranks.high,
                    "kendall": kendall,
                    **_without_families(x, y, groups),
                    **_held_fixed(shared, x, y, fixed),
                }
            )
    return pl.DataFrame(rows, schema=RELATIONS, orient="row")


def partial_correlation(x: Array, y: Array, z: Array, level: float = 0.95) -> Estimate:
    """The correlation of x and y with z held fixed, with its interval; None where it is not defined, or n < FEWEST."""
    n = len(x)
    if n < 4 or any(np.ptp(values) == 0 for values in (x, y, z)):
        return Estimate(n, None, None, None)
    design = np.column_stack([np.ones(n), z])
    left = [v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (x, y)]
    if any(float(v @ v) < 1e-18 for v in left):  # a line through the covariate: nothing is left
        return Estimate(n, None, None, None)
    r = float(left[0] @ left[1] / math.sqrt(float(left[0] @ left[0]) * float(left[1] @ left[1])))
    r = min(1.0, max(-1.0, r))
    if n < FEWEST or abs(r) > 1 - 1e-12:
        return Estimate(n, r, None, None)
    reach = float(stats.norm.ppf((1 + level) / 2)) / math.sqrt(n - 4)
    return Estimate(n, r, math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach))


def read_covariate(path: Path) -> Covariate:
    """From a CSV of a model's name and a number; the number's head is the covariate's name. Raises AkbError."""
    try:
        frame = pl.read_csv(path, infer_schema=False)
        name, number = frame.columns[:2]
        found = {str(model): float(value) for model, value in frame.select(name, number).iter_rows()}
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError) as error:
        raise AkbError(
            f"the covariate cannot be read: {error}",
            where=str(path),
            remedy="write a CSV with a head: the backbones' names first, a number for each second",
        ) from error
    return Covariate(number, found)


def _without_families(x: Array, y: Array, groups: Sequence[str]) -> dict[str, object]:
    names = list(dict.fromkeys(groups))
    found = {}
    for name in names:
        kept = np.array([group != name for group in groups])
        r = pearson(list(x[kept]), list(y[kept])).value
        if kept.sum() >= 4 and r is not None:
            found[name] = r
    if len(names) < 3 or not found:
        return {"families": len(names)}
    least = min(found, key=lambda name: found[name])
    return {"families": len(names), "family_low": found[least], "family_high": max(found.values()), "without": least}


def _held_fixed(models: Sequence[str], x: Array, y: Array, covariate: Covariate | None) -> dict[str, object]:
    if covariate is None:
        return {}
    kept = np.array([model in covariate.of for model in models], dtype=bool)
    z = np.array([covariate.of[model] for model in models if model in covariate.of])
    found = partial_correlation(x[kept], y[kept], z)
    return {
        "covariate": covariate.name,
        "partial_n": found.n,
        "partial": found.value,
        "partial_low": found.low,
        "partial_high": found.high,
    }
