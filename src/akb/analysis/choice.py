"""If one backbone must be chosen now: how likely each is the best by ear, and what choosing it is expected to cost.

Backbones that were heard compete by what they earned, resampled together over items and, where there are several
trainings, over trainings, and drawn together by what luck there is in being first. Where some were not heard, their
accuracy is forecast from text (`forecasts`), if enough trained models share their scores: our own, or the paper's for
MMAU and MMAR, with our probe taken for AKB-2000 and our captioner for the paper's. That is an assumption, and the table
says which rows rest on it.

    table = choices(graded, scores, published, "combined", families, seed=1)
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from akb.analysis.forecasts import forecasts
from akb.analysis.metrics import Metric
from akb.analysis.published import CASCADE_CAPTIONER
from akb.analysis.scores import by_training
from akb.errors import AkbError
from akb.estimates import Array, resampled, strayed, training_variance

# Accuracies in %, `best` and `top_3` chances among the rows of the benchmark. `regret`: how many points the best of
# them is expected to be above this one. `basis`: "measured", "forecast from our own", "forecast from the paper's", or
# "unknown" for a backbone that no forecast reaches: it is in no chance.
CHOICES = {
    "benchmark": pl.String,
    "backbone": pl.String,
    "basis": pl.String,
    "expected": pl.Float64,
    "low_90": pl.Float64,
    "high_90": pl.Float64,
    "best": pl.Float64,
    "top_3": pl.Float64,
    "regret": pl.Float64,
    "trainings": pl.Int64,
}
MEASURED, OWN, PAPER, UNKNOWN = "measured", "forecast from our own", "forecast from the paper’s", "unknown"
# Of the standard deviation of true accuracies: the greatest that is thought of, and the scale of the prior. That of the
# paper's eight trained models is 0.04 on either benchmark.
_WIDEST, _USUAL = 0.3, 0.05
_PAPERS = {"mmau": "MMAU", "mmar": "MMAR"}


def choices(
    graded: pl.DataFrame,
    scores: pl.DataFrame,
    published: pl.DataFrame,
    captioner: str,
    families: Mapping[str, str],
    seed: int,
) -> pl.DataFrame:
    """CHOICES rows for every audio benchmark, best expectation first.

    graded: the frame of `scores.graded`; scores: our SCORES rows; published: the paper's.
    """
    asked = sorted(scores.filter(pl.col("control").is_null())["backbone"].unique())
    benchmarks = sorted(scores.filter(pl.col("setting") != "probe")["benchmark"].unique())
    rows: list[dict[str, object]] = []
    for benchmark in benchmarks:
        heard = graded.filter(pl.col("control").is_null(), setting="audio", benchmark=benchmark)
        measured = set(heard["backbone"])
        found = _forecast(scores, published, benchmark, captioner, families, seed) if measured != set(asked) else None
        own = found or _measured(heard, seed)
        known = {str(row["backbone"]) for row in own}
        own += [{"backbone": name, "basis": UNKNOWN} for name in asked if name not in known]
        rows += [{"benchmark": benchmark, **row} for row in own]
    return pl.DataFrame(rows, schema=CHOICES, orient="row")


def _measured(heard: pl.DataFrame, seed: int) -> list[dict[str, object]]:
    if not len(heard):
        return []
    runs = {str(name): by_training(own) for (name,), own in sorted(heard.group_by("backbone"), key=lambda p: str(p[0]))}
    units = next(iter(runs.values()))[1]
    marks = np.column_stack([table.mean(axis=1) for table, _ in runs.values()])
    trainings = [table.shape[1] for table, _ in runs.values()]
    training = training_variance([table for table, _ in runs.values()], units)
    means, deviations = marks.mean(axis=0), resampled(marks, units, seed) + strayed(training, trainings, seed)
    draws = means + deviations
    best, top, regret = chances_of(shrunk(means, deviations, seed))
    low, high = 100 * np.quantile(np.clip(draws, 0, 1), [0.05, 0.95], axis=0)
    rows = [
        {
            "backbone": name,
            "basis": MEASURED,
            "expected": 100 * float(marks[:, i].mean()),
            "low_90": float(low[i]),
            "high_90": float(high[i]),
            "best": float(best[i]),
            "top_3": float(top[i]),
            "regret": float(regret[i]),
            "trainings": trainings[i],
        }
        for i, name in enumerate(runs)
    ]
    return sorted(rows, key=lambda row: -float(str(row["expected"])))


def shrunk(means: Array, deviations: Array, seed: int) -> Array:
    """What the true accuracies may be (draws, backbones), given what was measured and how far that strays.

    Whoever did best did so by luck, too: accuracies are drawn towards their mean by as much as noise explains of their
    spread, over all spreads of true accuracies that the measured ones allow (a half-normal prior of their standard
    deviation; A. Gelman, Bayesian Anal. 1 (2006)).
    """
    count = len(means)
    if count < 2:
        return means + deviations
    common = deviations.mean(axis=1, keepdims=True)
    apart = deviations - common
    noise = float(apart.var(axis=0).mean()) * count / (count - 1)
    spreads = np.linspace(0, _WIDEST, 151)
    total = noise + spreads**2 + 1e-12
    logs = -(count - 1) / 2 * (np.log(total) + float(means.var(ddof=1)) / total) - (spreads / _USUAL) ** 2 / 2
    weights = np.exp(logs - logs.max())
    drawn = np.random.default_rng([seed, 2]).choice(spreads, size=(len(deviations), 1), p=weights / weights.sum())
    kept = drawn**2 / (drawn**2 + noise + 1e-12)
    centre = means.mean()
    found: Array = centre + common + kept * (means - centre) + np.sqrt(kept) * apart
    return found


def chances_of(draws: Array) -> tuple[Array, Array, Array]:
    """Of draws (count, backbones): chances to be best (equals share it) and among three, mean distance to the best."""
    greatest = draws.max(axis=1, keepdims=True)
    first = draws >= greatest - 1e-12
    third = np.sort(draws, axis=1)[:, -min(3, draws.shape[1])][:, None]
    best = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return best, (draws >= third).mean(axis=0), 100 * (greatest - draws).mean(axis=0)


def _forecast(
    scores: pl.DataFrame,
    published: pl.DataFrame,
    benchmark: str,
    captioner: str,
    families: Mapping[str, str],
    seed: int,
) -> list[dict[str, object]] | None:
    """From our own trained models where they suffice, else from the paper's; None where neither does."""
    renamed = scores.with_columns(
        benchmark=pl.col("benchmark").replace({"akb": "AKB-2000", **_PAPERS}),
        captioner=pl.col("captioner").replace({captioner: CASCADE_CAPTIONER}),
    )
    tries = [(OWN, scores, scores.clear(), Metric("audio", benchmark), captioner)]
    if benchmark in _PAPERS:
        tries.append((PAPER, renamed, published, Metric("audio", _PAPERS[benchmark]), CASCADE_CAPTIONER))
    for basis, own, known, target, given in tries:
        try:
            found = forecasts(own, known, target, families, given, seed, "results/scores.parquet")
        except AkbError:  # too few trained models share these scores
            continue
        return [
            {
                "backbone": row["model"],
                "basis": MEASURED if row["status"] == "measured" else basis,
                **{key: row[key] for key in ("expected", "low_90", "high_90", "best", "top_3", "regret")},
            }
            for row in found.candidates.to_dicts()
        ]
    return None
