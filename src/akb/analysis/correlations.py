"""Pearson correlation of each pair of metrics over the models that have both, measured and freed of noise.

Two scores measured without error would correlate more closely than the measured ones. What noise takes away
is given back by the correction for attenuation (C. Spearman, Am. J. Psychol. 15 (1904)), here with noise that
the two may share, for they may be over the same items.

    table = correlations(scores, metrics, "combined", noise_of_marks(graded, metrics, "combined"))
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from akb.analysis.metrics import Metric, values
from akb.analysis.noise import Noise, NoiseOf
from akb.estimates import Estimate, pearson, smallest_significant_r

# `needed`: what |r| must exceed over so many models to be told from 0. `true_r`: freed of noise.
CORRELATIONS = {
    "metric_a": pl.String,
    "metric_b": pl.String,
    "n": pl.Int64,
    "pearson": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "needed": pl.Float64,
    "true_r": pl.Float64,
    "true_low": pl.Float64,
    "true_high": pl.Float64,
}


def correlations(
    scores: pl.DataFrame, metrics: Sequence[Metric], cascade_captioner: str, noise: NoiseOf | None = None
) -> pl.DataFrame:
    """One row per unordered pair, `metric_a` the earlier in the order of `metrics`.

    `n` models have both metrics. `pearson` is null with fewer than two models or no variation, its
    interval (Fisher's z) null with fewer than four. `true_r` and its interval are null where that interval is,
    where noise alone explains what variation there is, or where no noise is given.
    """
    of = {metric: values(scores, metric, cascade_captioner) for metric in metrics}
    rows = []
    for j, b in enumerate(metrics):
        for a in metrics[:j]:
            shared = sorted(of[a].keys() & of[b].keys())
            x, y = [of[a][model] for model in shared], [of[b][model] for model in shared]
            r = pearson(x, y)
            true = freed_of_noise(x, y, r, noise(a, b, shared)) if noise else Estimate(r.n, None, None, None)
            needed = smallest_significant_r(r.n)
            rows.append([str(a), str(b), r.n, r.value, r.low, r.high, needed, true.value, true.low, true.high])
    return pl.DataFrame(rows, schema=CORRELATIONS, orient="row")


def freed_of_noise(x: Sequence[float], y: Sequence[float], r: Estimate, noise: Noise) -> Estimate:
    """The correlation of the true scores, with an interval: r and its bounds, each corrected for attenuation.

    x, y: the models' scores. r: their correlation with its interval. noise: of both, in the scores' unit squared.
    """
    nothing = Estimate(r.n, None, None, None)
    if r.value is None or r.low is None or r.high is None:
        return nothing
    of_x, of_y = float(np.var(x, ddof=1)), float(np.var(y, ddof=1))
    true_x, true_y = of_x - noise.first, of_y - noise.second
    if true_x <= 0 or true_y <= 0:
        return nothing

    def freed(value: float) -> float:
        return min(1.0, max(-1.0, (value * math.sqrt(of_x * of_y) - noise.shared) / math.sqrt(true_x * true_y)))

    return Estimate(r.n, freed(r.value), freed(r.low), freed(r.high))
