"""Whether the chances of `akb predict` hold what they say, in made worlds whose truth and noise are known.

In each run eight models with known audio accuracy and six candidates are drawn; ability stands behind noisy text scores
and, in half of the runs, behind audio accuracy measured on a thousand items. Said and come true are set side by side by
tenths of what was said.

    python benchmarks/prediction_calibration.py --runs 500
"""

from __future__ import annotations

import argparse

import numpy as np

from akb.analysis.forecast_distributions import chances
from akb.analysis.forecast_rules import Trained
from akb.analysis.rule_weights import forecast_of, weighted
from akb.estimates import Array

TRAINED, CANDIDATES, METRICS = 8, 6, 3


def world(rng: np.random.Generator, models: int, slope: float) -> tuple[Array, Array]:
    """Text scores (models, metrics) and measured audio accuracies (models,), fractions of 1."""
    ability = rng.normal(size=models)
    x = 0.7 + 0.08 * ability[:, None] + 0.02 * rng.normal(size=(models, METRICS))
    true = 0.55 + slope * ability + 0.02 * rng.normal(size=models)
    return np.clip(x, 0.05, 0.98), rng.binomial(1000, np.clip(true, 0, 1)) / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    names = tuple(map(str, range(TRAINED)))
    said: dict[int, list[Array]] = {1: [], 3: []}
    came: dict[int, list[Array]] = {1: [], 3: []}
    within, regret, of_luck = [], [], []
    for _ in range(given.runs):
        slope = float(rng.choice([0.0, 0.03]))
        known_x, known_y = world(rng, TRAINED, slope)
        known = Trained(names, names, ("a", "b", "c"), known_x, known_y, known_y * (1 - known_y) / 1000)
        x, y = world(rng, CANDIDATES, slope)
        forecast = forecast_of(weighted(known), known, x)
        draws = forecast.draws(seed=1, count=2_000)
        for place in said:
            said[place].append(chances(draws, place))
            came[place].append((y >= np.sort(y)[-place]).astype(float))
        within.append(((forecast.quantile(0.05) <= y) & (y <= forecast.quantile(0.95))).mean())
        regret.append(100 * (y.max() - y[int(forecast.expected.argmax())]))
        of_luck.append(100 * (y.max() - y.mean()))
    for place, title in ((1, "the best"), (3, "among the best three")):
        print(
            f"\nSaid to be {title}, of {CANDIDATES}, {given.runs} runs\n\n| said | came true | cases |\n|--:|--:|--:|"
        )
        chance, true = np.concatenate(said[place]), np.concatenate(came[place])
        for tenth in range(10):
            here = (chance * 10).astype(int).clip(0, 9) == tenth
            if here.any():
                print(f"| {chance[here].mean():.1%} | {true[here].mean():.1%} | {here.sum()} |")
    print(
        f"\n90 % intervals hold {np.mean(within):.1%}; regret of the favourite {np.mean(regret):.2f} points, ", end=""
    )
    print(f"of one chosen by lot {np.mean(of_luck):.2f}")


if __name__ == "__main__":
    main()
