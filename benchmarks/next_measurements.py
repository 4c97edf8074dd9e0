"""What `akb predict` says that further measurements save, beside what they do save in made worlds whose truth is known.

In each world twelve trained models and four candidates are known by a noisy probe. Then the probe is asked four times
the questions, or a cascade is measured, of all; or the candidate that is said to gain most is trained.

    python benchmarks/next_measurements.py --worlds 80
"""

from __future__ import annotations

import argparse
from collections import defaultdict

import numpy as np

from akb.analysis.forecast_distributions import Mixture
from akb.analysis.forecast_rules import Trained
from akb.analysis.forecasts import Asked
from akb.analysis.next_measurements import TRAIN, Score, next_measurements
from akb.analysis.rule_weights import forecast_of, weighted
from akb.estimates import Array

MODELS, CANDIDATES, NOISE = 12, 4, 0.04
NAMES, OPEN = tuple(f"m{i}" for i in range(MODELS)), tuple(f"c{i}" for i in range(CANDIDATES))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=80)
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    found: dict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    for world in range(given.worlds):
        for name, told in outcomes(rng, world).items():
            found[name].append(told)
    print("| measurement | regret saved, said | saved | interval shorter, said | shorter |\n|---|--:|--:|--:|--:|")
    for name, told in found.items():
        said, came, shorter, was = np.array(told).T
        error = came.std() / len(came) ** 0.5
        saved = f"{said.mean():.2f} | {came.mean():.2f} ± {error:.2f}"
        print(f"| {name} | {saved} | {shorter.mean():.0%} | {was.mean():.0%} |")


def outcomes(rng: np.random.Generator, seed: int) -> dict[str, tuple[float, float, float, float]]:
    """Of each measurement: regret saved as said and in truth, shortening as said and in truth."""
    ability = rng.normal(size=MODELS + CANDIDATES)
    probe = 0.6 + 0.05 * ability + NOISE * rng.normal(size=len(ability))
    closer = 0.6 + 0.05 * ability + NOISE / 2 * rng.normal(size=len(ability))
    cascade = 0.5 + 0.05 * ability + 0.02 * rng.normal(size=len(ability))
    y = 0.55 + 0.04 * ability + 0.01 * rng.normal(size=len(ability))
    known = trained(["probe/akb"], [probe], y)
    weights, x, truth = weighted(known), probe[MODELS:, None], y[MODELS:]
    now = forecast_of(weights, known, x)
    errors = {"probe/akb": dict.fromkeys((*NAMES, *OPEN), NOISE)}
    more = {"cascade": Score(dict(zip(NAMES, cascade[:MODELS].tolist(), strict=True)))}
    asked = Asked(OPEN, x, known, weights, now, 0.0)
    rows = next_measurements(asked, errors, 1e-6, None, more, seed).to_dicts()
    had = float(truth[int(now.expected.argmax())])
    found = {}
    for start, columns in (("4 ×", [closer]), ("cascade", [probe, cascade])):
        row = next(row for row in rows if row["measurement"].startswith(start))
        then = then_of([f"s{i}" for i in range(len(columns))], columns, y)
        gained = 100 * (float(truth[int(then.expected.argmax())]) - had)
        found[row["measurement"]] = (row["regret_saved"], gained, row["shortening"], 1 - length(then) / length(now))
    best = max((row for row in rows if row["kind"] == TRAIN), key=lambda row: row["regret_saved"])
    expected = now.expected.copy()
    expected[OPEN.index(best["model"])] = truth[OPEN.index(best["model"])]
    gained = 100 * (float(truth[int(expected.argmax())]) - had)
    found["train the one that gains most"] = (best["regret_saved"], gained, best["shortening"], 1.0)
    return found


def trained(metrics: list[str], columns: list[Array], y: Array) -> Trained:
    x = np.column_stack(columns)[:MODELS]
    return Trained(NAMES, NAMES, tuple(metrics), x, y[:MODELS], np.full(MODELS, 1e-6))


def then_of(metrics: list[str], columns: list[Array], y: Array) -> Mixture:
    known = trained(metrics, columns, y)
    return forecast_of(weighted(known), known, np.column_stack(columns)[MODELS:])


def length(mixture: Mixture) -> float:
    """Of the 90 % intervals, on average."""
    return float((mixture.quantile(0.95) - mixture.quantile(0.05)).mean())


if __name__ == "__main__":
    main()
