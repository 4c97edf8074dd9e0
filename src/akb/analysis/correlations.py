"""Pearson correlation of each pair of metrics over the models that have both.

table = correlations(scores, metrics, cascade_captioner="combined")
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from akb.analysis.metrics import Metric, values
from akb.estimates import pearson

CORRELATIONS = {
    "metric_a": pl.String,
    "metric_b": pl.String,
    "n": pl.Int64,
    "pearson": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def correlations(scores: pl.DataFrame, metrics: Sequence[Metric], cascade_captioner: str) -> pl.DataFrame:
    """One row per unordered pair, `metric_a` the earlier in the order of `metrics`.

    `n` models have both metrics. `pearson` is null with fewer than two models or no variation, its
    interval (Fisher's z) null with fewer than four.
    """
    of = {metric: values(scores, metric, cascade_captioner) for metric in metrics}
    rows = []
    for j, b in enumerate(metrics):
        for a in metrics[:j]:
            shared = sorted(of[a].keys() & of[b].keys())
            r = pearson([of[a][model] for model in shared], [of[b][model] for model in shared])
            rows.append([str(a), str(b), r.n, r.value, r.low, r.high])
    return pl.DataFrame(rows, schema=CORRELATIONS, orient="row")
