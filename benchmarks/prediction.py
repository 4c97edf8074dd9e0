"""How far off each rule of `akb predict` is on the paper's trained models, as the tables of docs/prediction.md.

python benchmarks/prediction.py
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
from statsmodels.regression.mixed_linear_model import MixedLM

from akb.analysis.forecasts import forecasts
from akb.analysis.metrics import Metric, values
from akb.analysis.published import CASCADE_CAPTIONER, TARGETS, published_families, published_scores

PUBLISHED = Path("resources/published/accuracy.csv")


def main() -> None:
    scores, families = published_scores(PUBLISHED), published_families(PUBLISHED)
    for target in TARGETS:
        found = forecasts(scores, scores.clear(), target, families, CASCADE_CAPTIONER, 0, str(PUBLISHED))
        print(f"\n{target}, {found.comparison['n'][0]} models\n")
        print("| rule | weight | error | family left out | saved | in 50 % | in 90 % | pairs right | regret |")
        print("|---|---|---|---|---|---|---|---|---|")
        for row in found.comparison.to_dicts():
            weight = f"{found.weights[row['rule']]:.0%}" if row["rule"] in found.weights else ""
            within = "" if row["saved_low"] is None else f" ({row['saved_low']:+.2f} to {row['saved_high']:+.2f})"
            print(
                f"| {row['rule']} | {weight} | {row['error']:.2f} | {row['family_error']:.2f} "
                f"| {row['saved']:+.2f}{within} "
                f"| {row['covered_50']:.0%} | {row['covered_90']:.0%} | {row['pairs_right']:g} of {row['pairs']} "
                f"| {row['pair_regret']:.2f} |"
            )
        for metric in (Metric("probe", "AKB-2000"), Metric("cascade", "MMAR"), Metric("cascade", "MMAU")):
            errors = family_effects(scores, target, metric, families)
            print(f"| {metric} and its family |  | {errors[0]:.2f} | {errors[1]:.2f} |  |  |  |  |  |")


def family_effects(
    scores: pl.DataFrame, target: Metric, metric: Metric, families: Mapping[str, str]
) -> tuple[float, float]:
    """How far off a line with an effect of each family is (a mixed model, by REML): one model left out, and its family.

    A model's own family counts where a relative was learnt from.
    """
    x, y = values(scores, metric, CASCADE_CAPTIONER), values(scores, target, CASCADE_CAPTIONER)
    names = sorted(x.keys() & y.keys())
    alone, together = [], []
    for name in names:
        for off, left in (
            (alone, [other for other in names if other != name]),
            (together, [other for other in names if families[other] != families[name]]),
        ):
            told = np.array([[1.0, x[other]] for other in left])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an effect of nothing is at the border, which it says
                fit = MixedLM([y[other] for other in left], told, groups=[families[other] for other in left]).fit()
            effect = fit.random_effects.get(families[name])
            forecast = fit.fe_params @ [1.0, x[name]] + (0.0 if effect is None else float(np.asarray(effect)[0]))
            off.append(100 * abs(forecast - y[name]))
    return float(np.mean(alone)), float(np.mean(together))


if __name__ == "__main__":
    main()
