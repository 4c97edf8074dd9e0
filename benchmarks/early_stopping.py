"""What stopping early saves and costs in made worlds: the table and the figure of docs/prediction.md.

In each world a dozen backbones of unknown ability are trained; ability stands behind the audio accuracy, measured on
a thousand items, behind a noisy probe, and behind the held-out loss, the closer the longer the training went on. In
half of the worlds losses tell nothing. Races of four are held among them at each checkpoint, as by `akb predict`.

    python benchmarks/early_stopping.py --worlds 500 --figure docs/early_stopping.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from polars import selectors as cs

from akb.analysis.early_stopping import stopping
from akb.analysis.forecast_rules import Trained
from akb.analysis.training_curves import Checkpoint
from akb.estimates import Array
from akb.report.figures.style import FAINT, save, style

MODELS, STEPS = 12, 1000
SHARES = (0.05, 0.1, 0.25, 0.5)


def world(rng: np.random.Generator, telling: bool) -> list[tuple[Checkpoint | None, Trained]]:
    """The models before any training, and at each checkpoint."""
    ability = rng.normal(size=MODELS)
    probe = np.clip(0.6 + 0.05 * ability + 0.04 * rng.normal(size=MODELS), 0.05, 0.95)
    y = rng.binomial(1000, np.clip(0.55 + 0.04 * ability + 0.01 * rng.normal(size=MODELS), 0, 1)) / 1000
    names, variances = tuple(map(str, range(MODELS))), y * (1 - y) / 1000

    def known(columns: list[Array], early: int) -> Trained:
        metrics = ("probe", "short run: held-out loss")[: len(columns)]
        return Trained(names, names, metrics, np.column_stack(columns), y, variances, early)

    found: list[tuple[Checkpoint | None, Trained]] = [(None, known([probe], 0))]
    for share in SHARES:
        noise = 0.35 * (1 - share) / share**0.5
        loss = 3 - 0.2 * ((ability if telling else 0) + noise * rng.normal(size=MODELS))
        found.append((Checkpoint("distil", int(share * STEPS), int(share * STEPS), share), known([probe, loss], 1)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=500)
    parser.add_argument("--races", type=int, default=10, help="in each world, at each checkpoint")
    parser.add_argument("--risk", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--figure", type=Path, help="PNG or PDF: regret against the share of steps taken")
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    tables = {True: list[pl.DataFrame](), False: list[pl.DataFrame]()}
    for number in range(given.worlds):
        telling = number % 2 == 0
        tables[telling].append(stopping(world(rng, telling), "audio", given.risk, number, given.races))
    means = {
        telling: pl.concat(own).group_by("share").agg(cs.numeric().mean()).sort("share")
        for telling, own in tables.items()
        if own
    }
    for telling, table in means.items():
        print(
            f"\n**Losses {'tell' if telling else 'tell nothing'}**, {len(tables[telling])} worlds of {MODELS} models\n"
        )
        print("| after | off by | go on, of 4 | said | best dropped | regret | steps saved | favourite alone: regret |")
        print("|--:|--:|--:|--:|--:|--:|--:|--:|")
        for row in table.to_dicts():
            print(
                f"| {row['share']:.0%} | {row['error']:.2f} | {row['kept']:.2f} | {row['said']:.1%} "
                f"| {row['missed']:.1%} | {row['regret']:.2f} | {row['saved']:.0%} | {row['favourite_regret']:.2f} |"
            )
    if given.figure:
        with style():
            save(drawn(means[True], given.risk), [given.figure])


def drawn(table: pl.DataFrame, risk: float) -> plt.Figure:
    """Regret against the share of the steps that training all four would take."""
    figure, axes = plt.subplots(figsize=(5.2, 3.2))
    series = [(f"dropped at a risk of {risk:.0%}", "regret", "saved", "o", "#b3122e"),
              ("the favourite alone goes on", "favourite_regret", "favourite_saved", "s", "#2a62b6")]  # fmt: skip
    for label, regret, saved, mark, colour in series:
        x, y = (100 * (1 - table[saved])).to_list(), table[regret].to_list()
        axes.plot(x, y, mark, linestyle="-", color=colour, label=label, linewidth=1.4, markersize=5)
    for at, lost, share in zip(x, y, table["share"].to_list(), strict=True):  # of the last: others lie too close
        offset, side = ((4, 4), "left") if share else ((-5, -3), "right")  # of the first beside it: its line goes up
        axes.annotate(f"{share:.0%}", (at, lost), offset, textcoords="offset points", ha=side, fontsize=7, color=FAINT)
    axes.plot([100], [0], "D", color="#1f2531", markersize=5, label="all trained to the end")
    axes.set(xlim=(0, 105), xlabel="Steps taken, % of training all four", ylabel="Regret, points")
    axes.legend(fontsize=7.5)
    return figure


if __name__ == "__main__":
    main()
