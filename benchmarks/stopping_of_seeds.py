"""What short runs of a finished study with several seeds say of how its trainings ended.

Of each training: the held-out loss at every checkpoint that all share, and what it ended with by ear. Then, seed by
seed, since trainings of one seed hold out the same clips, how often the backbone with the lowest loss is the one that
ends best, and how often the one with the highest loss, which would be dropped, is. Last, what `akb predict` says: of
the backbones as they are, and of all trainings taken for models of their own, which seeds of one backbone are not.

    python benchmarks/stopping_of_seeds.py results --benchmarks mini mini-unseen
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from akb.analysis.early_stopping import stopping
from akb.analysis.forecast_rules import Trained
from akb.analysis.metrics import Metric
from akb.analysis.predict_text import place_of, stopping_sentence, stopping_text
from akb.analysis.scores import graded
from akb.analysis.short_runs import shown_by, stopping_of
from akb.analysis.training_curves import Checkpoint, checkpoints, read_curves
from akb.tables import ITEMS, RESPONSES, SCORES, read_table

LOSS = "short run: held-out loss"
Training = tuple[str, str]


def ends(results: Path, benchmark: str) -> dict[Training, tuple[float, int]]:
    """(backbone, seed) → accuracy by ear, and over how many items."""
    items = read_table(results / "audio" / benchmark / "items.parquet", ITEMS)
    found = {}
    for path in sorted(results.glob(f"models/*/lalm/*/audio-{benchmark}.parquet")):
        marks = graded(read_table(path, RESPONSES).filter(pl.col("control").is_null()), items)
        found[path.parts[-4], path.parts[-2]] = (float(marks["correct"].mean()), len(marks))  # type: ignore[arg-type]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--benchmarks", nargs="+", default=["mini"])
    parser.add_argument("--captioner", default="combined")
    parser.add_argument("--risk", type=float, default=0.05)
    given = parser.parse_args()
    curves = read_curves([given.results])
    for benchmark in given.benchmarks:
        ended = ends(given.results, benchmark)
        keys = [key for key in ended if len(curves.filter(model=key[0], seed=key[1]))]
        print(f"\n## {benchmark}\n")
        described(ended, keys)
        # Each training a model of its own: its name is both, so that no mean over seeds is taken.
        apart = curves.with_columns(model=pl.col("model") + ":" + pl.col("seed"))
        places = checkpoints(apart, [":".join(key) for key in keys])
        told(apart, places, {key: value for key, (value, _) in ended.items() if key in keys})
        scores = read_table(given.results / "scores.parquet", SCORES)
        as_they_are = stopping_of(scores, Metric("audio", benchmark), given.captioner, {}, curves, given.risk, seed=0)
        print(f"\n`akb predict`, of the backbones: {stopping_sentence(as_they_are)}")
        known = [(place, trained(apart, place, ended, keys)) for place in places]
        table = stopping([(place, own) for place, own in known if own], f"audio/{benchmark}", given.risk, seed=0)
        print("\n" + stopping_text(table, len(keys), given.risk))


def described(ended: dict[Training, tuple[float, int]], keys: list[Training]) -> None:
    """What each training ended with, and how far seeds and backbones lie apart."""
    backbones = sorted({key[0] for key in keys})
    print("| backbone | by ear, a training each, % | mean |\n|---|---|--:|")
    own = {name: [100 * ended[key][0] for key in keys if key[0] == name] for name in backbones}
    for name, values in sorted(own.items(), key=lambda pair: -float(np.mean(pair[1]))):
        print(f"| {name} | {', '.join(f'{value:.1f}' for value in values)} | {np.mean(values):.1f} |")
    several = [values for values in own.values() if len(values) > 1]
    if several:
        freedom = sum(len(values) - 1 for values in several)
        within = (sum(float(np.var(values)) * len(values) for values in several) / freedom) ** 0.5
        item = np.mean([ended[key][0] * (1 - ended[key][0]) / ended[key][1] for key in keys]) ** 0.5
        print(
            f"\nStandard deviation: between seeds of a backbone {within:.1f} points ({freedom} degrees of freedom), "
            f"between the backbones' means {np.std([np.mean(v) for v in own.values()], ddof=1):.1f}; a training's "
            f"score over its items has a standard error of {100 * item:.1f}."
        )


def told(apart: pl.DataFrame, places: list[Checkpoint], ended: dict[Training, float]) -> None:
    """At each checkpoint the losses, and how often, of the seeds, they point at the backbone that ends best."""
    backbones = sorted({key[0] for key in ended})
    by_seed = [[(name, seed) for name in backbones] for seed in sorted({key[1] for key in ended})]
    draws = [draw for draw in by_seed if all(key in ended for key in draw)]
    print("\n| after | of the steps | " + " | ".join(backbones) + " | lowest is best | highest is best | regret |")
    print("|---|--:|" + "--:|" * (len(backbones) + 3))
    for place in places:
        losses = shown_by(apart, place).get(LOSS, {})
        if not all(":".join(key) in losses for key in ended):
            continue
        of = {key: losses[":".join(key)] for key in ended}
        spans = [[of[key] for key in ended if key[0] == name] for name in backbones]
        kept, lost, regret = [], [], []
        for draw in draws:
            first, last = min(draw, key=lambda key: of[key]), max(draw, key=lambda key: of[key])
            top = max(ended[key] for key in draw)
            kept.append(ended[first] == top)
            lost.append(ended[last] == top)
            regret.append(100 * (top - ended[first]))
        cells = [f"{min(span):.2f} to {max(span):.2f}" for span in spans]
        print(
            f"| {place_of({'step': place.step, 'stage': place.stage})} | {place.share:.0%} | {' | '.join(cells)} "
            f"| {sum(kept)} of {len(draws)} | {sum(lost)} of {len(draws)} | {np.mean(regret):.1f} |"
        )


def trained(
    apart: pl.DataFrame, place: Checkpoint, ended: dict[Training, tuple[float, int]], keys: list[Training]
) -> Trained | None:
    """The trainings as models, with the held-out loss at a checkpoint."""
    losses = shown_by(apart, place).get(LOSS, {})
    names = [":".join(key) for key in keys]
    if not all(name in losses for name in names):
        return None
    y, n = (np.array([ended[key][i] for key in keys]) for i in (0, 1))
    x = np.array([[losses[name]] for name in names])
    return Trained(tuple(names), tuple(key[0] for key in keys), (LOSS,), x, y, y * (1 - y) / n, early=1)


if __name__ == "__main__":
    main()
