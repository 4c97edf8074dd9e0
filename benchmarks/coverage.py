"""How often each interval covers the truth, and how often each kind of sentence is true, in worlds with known truth.

Each world has items in units, backbones of known accuracy with families, controls, trainings that stray, and ties;
the project's own functions score it. Prints a table; `docs/statistics.md` has the figures.

    python benchmarks/coverage.py --worlds 500
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from akb.analysis.correlations import freed_of_noise
from akb.analysis.gains import POOLED, gains
from akb.analysis.leads import leads
from akb.analysis.leave_one_out import noise_floor, prediction
from akb.analysis.noise import Noise
from akb.analysis.scores import score
from akb.analysis.trust import ALPHA
from akb.analysis.verdict import gain_sentences, verdict
from akb.estimates import holm, pearson, spearman
from akb.items import Item, items_frame
from akb.tables import RESPONSES

OPTIONS = 4
KINDS = ("Sound", "Music")
# models, true correlation, items
CORRELATED = ((5, 0.9, 1000), (8, 0.5, 1000), (8, 0.9, 1000), (8, 0.95, 1000), (8, 0.95, 333), (17, 0.9, 1000))
Array = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """abilities: each backbone's, in probits; control: what they lose without the sound; units: the number of them;
    size: items in one; unit, item: spreads of their difficulty, and `own`: of each backbone's luck with a unit;
    strays: of trainings, in probits; trainings: of each backbone; ties: share of items left between two options."""

    abilities: tuple[float, ...]
    control: float = 0.5
    units: int = 90
    size: int = 2
    unit: float = 0.5
    own: float = 0.4
    item: float = 0.5
    strays: float = 0.07
    trainings: int = 3
    ties: float = 0.03

    def truth(self, ability: float) -> float:
        """The accuracy over all items, units and trainings there could be. A tie earns a half, right or not."""
        spread = math.sqrt(1 + self.unit**2 + self.own**2 + self.item**2 + self.strays**2)
        return (1 - self.ties) * float(special.ndtr(ability / spread)) + self.ties / 2

    def without(self, ability: float) -> float:
        """The same without the sound, where no training has a part."""
        spread = math.sqrt(1 + self.unit**2 + self.own**2 + self.item**2)
        return (1 - self.ties) * float(special.ndtr((ability - self.control) / spread)) + self.ties / 2

    def of_training(self, ability: float, stray: float) -> float:
        """The accuracy of one training over all items and units there could be."""
        spread = math.sqrt(1 + self.unit**2 + self.own**2 + self.item**2)
        return (1 - self.ties) * float(special.ndtr((ability + stray) / spread)) + self.ties / 2


def drawn(world: World, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame, NDArray[np.float64]]:
    """Responses and items of one world: audio-grounded with every training, and without audio.

    Every second unit is of the category Music, the others Sound. The third value: how far each training of each
    backbone strays, (backbones, trainings).
    """
    count, k = world.units * world.size, len(world.abilities)
    unit = np.repeat(np.arange(world.units), world.size)
    shared = rng.normal(0, world.unit, world.units)[unit] + rng.normal(0, world.item, count)
    own = rng.normal(0, world.own, (world.units, k))[unit]
    answers = rng.integers(OPTIONS, size=count)
    items = [
        Item.make(
            "mini",
            f"{i}?",
            list("abcd"),
            int(answers[i]),
            category=KINDS[unit[i] % 2],
            clip_id=f"c{i}",
            unit=f"u{unit[i]}",
        )
        for i in range(count)
    ]
    frame, names = items_frame(items), [item.item_id for item in items]
    parts = []
    strays = rng.normal(0, world.strays, (k, world.trainings))
    for b, ability in enumerate(world.abilities):
        for training in range(world.trainings):
            latent = ability + strays[b, training] + shared + own[:, b] + rng.normal(size=count)
            silent = ability - world.control + shared + own[:, b] + rng.normal(size=count)
            for control, values in ((None, latent), ("no_audio", silent)):
                tied = rng.random(count) < world.ties
                parts.append(_responses(names, f"b{b:02}", training, control, values > 0, tied, answers))
    return pl.concat(parts), frame, strays


def _responses(
    names: Sequence[str],
    backbone: str,
    training: int,
    control: str | None,
    right: NDArray[np.bool_],
    tied: NDArray[np.bool_],
    answers: NDArray[np.int64],
) -> pl.DataFrame:
    """As an engine would give them: log-probabilities, and a tie without an answer."""
    count = len(names)
    chosen = np.where(right, answers, (answers + 1) % OPTIONS)
    logprobs = np.full((count, OPTIONS), -5.0)
    logprobs[np.arange(count), chosen] = -1.0
    logprobs[tied] = -5.0
    logprobs[tied, answers[tied]] = -1.0
    logprobs[tied, (answers[tied] + 1) % OPTIONS] = -1.0
    columns = {
        "item_id": names,
        "option_logprobs": logprobs.tolist(),
        "answer": [None if t else int(c) for t, c in zip(tied, chosen, strict=True)],
        "invalid": ["tie" if t else None for t in tied],
    }
    fixed = {"backbone": backbone, "setting": "audio", "benchmark": "mini", "control": control, "training": training}
    rest: dict[str, object] = dict.fromkeys(set(RESPONSES) - columns.keys() - fixed.keys())
    rest |= {"mode": "option", "rotation": 0, "text": "", "key": "", "seconds": 0.0}
    rest |= dict.fromkeys(("prompt_tokens", "output_tokens", "thinking_tokens"), 0)
    frame = pl.DataFrame(columns, schema={name: RESPONSES[name] for name in columns})
    return frame.with_columns(pl.lit(v, RESPONSES[n]).alias(n) for n, v in (fixed | rest).items()).select(
        list(RESPONSES)
    )


class Count:
    """How often each claim held."""

    def __init__(self) -> None:
        self.held: dict[str, list[float]] = defaultdict(list)

    def add(self, claim: str, held: bool | float) -> None:
        self.held[claim].append(float(held))

    def lines(self) -> list[str]:
        return [f"| {claim} | {np.mean(held):.3f} | {len(held):,} |" for claim, held in self.held.items()]


def judge(world: World, rng: np.random.Generator, count: Count, name: str) -> None:
    """One world through scores, gains, leads and their sentences."""
    from akb.analysis.scores import graded

    responses, items, strays = drawn(world, rng)
    once = world.trainings == 1  # then intervals are of the trainings that there were
    truths = {
        f"b{b:02}": world.of_training(a, strays[b, 0]) if once else world.truth(a)
        for b, a in enumerate(world.abilities)
    }
    without = {f"b{b:02}": world.without(a) for b, a in enumerate(world.abilities)}
    best = max(truths.values())
    for row in score(responses, items).filter(pl.col("control").is_null()).to_dicts():
        within = "" if row["domain"] == "all" else " in one domain"
        count.add(f"{name}: an accuracy{within}", row["low"] <= truths[row["backbone"]] <= row["high"])
    marks = graded(responses, items)
    table = gains(marks, seed=1)
    for row in table.to_dicts():
        names = list(truths) if row["backbone"] == POOLED else [row["backbone"]]
        true = 100 * float(np.mean([truths[n] - without[n] for n in names]))
        kind = "pooled gain" if row["backbone"] == POOLED else "gain"
        within = "" if row["domain"] == "all" else " in one domain"
        count.add(f"{name}: a {kind}{within}", row["low"] <= true <= row["high"])
        if row["backbone"] == POOLED and not within:
            (said,) = gain_sentences(table, "audio", None, "Hearing")
            claims = "loss." in said.split("Taken")[0], "not told apart" in said
            count.add(f"{name}: sentence on the gain", true <= 0 if claims[0] else claims[1] or true > 0)
    ranking = leads(marks, "combined", seed=1)
    rows = ranking.to_dicts()
    behind = {row["backbone"]: 100 * (best - truths[row["backbone"]]) for row in rows}
    all_hold = all(row["low"] - 1e-9 <= behind[row["backbone"]] <= row["high"] + 1e-9 for row in rows)
    count.add(f"{name}: distances to the best, all at once", all_hold)
    members = {row["backbone"] for row in rows if row["possibly_best"]}
    equals = [n for n in truths if abs(truths[n] - best) < 1e-9]
    count.add(f"{name}: the set holds a best backbone", not members.isdisjoint(equals))
    count.add(f"{name}: the set holds a given one of the best", equals[0] in members)
    first = rows[0]
    for column in ("accuracy", "shrunk"):
        above = 100 * (first[column] - truths[first["backbone"]])
        count.add(f"{name}: (points) the first’s accuracy, {column}, above the truth", above)
    headline = verdict(ranking, {}).headline
    if once:
        count.add(f"{name}: headline rules nobody out", "no rival" in headline or "No choice" in headline)
    named = set(truths) if "no rival" in headline or "No choice" in headline else {n for n in truths if n in headline}
    count.add(f"{name}: headline names the best among its own", not named.isdisjoint(equals))


def correlate(models: int, rho: float, items: int, rng: np.random.Generator, count: Count) -> None:
    """True scores of a given correlation over models, measured with binomial noise."""
    true = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], models)
    accuracy = np.clip(0.6 + 0.06 * true, 0.05, 0.95)
    measured = rng.binomial(items, accuracy) / items
    error = measured * (1 - measured) / items
    x, y = measured[:, 0].tolist(), measured[:, 1].tolist()
    r = pearson(x, y)
    name = f"{models} models, {items} items, ρ {rho:g}"
    found = freed_of_noise(x, y, r, Noise(float(error[:, 0].mean()), float(error[:, 1].mean())))
    if r.low is None or r.high is None:
        return
    noise = 0.6 * 0.4 / items
    attenuated = rho * 0.06**2 / (0.06**2 + noise)
    count.add(f"{name}: r of the measured scores", r.low <= attenuated <= r.high)
    if found.low is not None and found.high is not None:
        count.add(f"{name}: r freed of noise", found.low <= rho <= found.high)
    rank = spearman(*(true[:, i].tolist() for i in (0, 1)))
    if rank.low is not None and rank.high is not None:
        count.add(f"{name}: rank correlation", rank.low <= 6 / math.pi * math.asin(rho / 2) <= rank.high)


def predict(models: int, rho: float, expected: tuple[float, float], rng: np.random.Generator, count: Count) -> None:
    """Leave-one-out error and saving against their expectations; six comparisons without any truth behind them."""
    x, y = _pair(models, rho, rng)
    row = prediction(x[:, None], y, list(range(models)))
    name = f"{models} models, ρ {rho:g}"
    count.add(f"{name}: leave-one-out error", row["error_low"] <= expected[0] <= row["error_high"])  # type: ignore[operator]
    count.add(f"{name}: leave-one-out saving", row["saved_low"] <= expected[1] <= row["saved_high"])  # type: ignore[operator]
    nothing = [prediction(rng.normal(size=(models, 1)), y, list(range(models))) for _ in range(6)]
    better = holm([float(p["saved_p"]) if float(p["saved"]) > 0 else 1.0 for p in nothing])  # type: ignore[arg-type]
    order = holm([float(p["order_p"]) for p in nothing])  # type: ignore[arg-type]
    count.add(f"{models} models: no false “better” in six comparisons", min(better) >= ALPHA)
    count.add(f"{models} models: no false “order” in six comparisons", min(order) >= ALPHA)


def expectations(models: int, rho: float, rng: np.random.Generator, draws: int = 2_000) -> tuple[float, float]:
    """The mean leave-one-out error and saving over many samples of models."""
    rows = []
    for _ in range(draws):
        x, y = _pair(models, rho, rng)
        rows.append([_loo(x[:, None], y), _loo(x[:, None][:, :0], y)])
    error, rival = np.mean(rows, axis=0)
    return float(error), float(rival - error)


def floor(items: int, rng: np.random.Generator, count: Count) -> None:
    """The noise floor against how far measured scores lie from the true ones."""
    accuracy = rng.uniform(0.4, 0.8, 8)
    measured = rng.binomial(items, accuracy) / items
    errors = np.sqrt(measured * (1 - measured) / items)
    count.add(
        f"{items} items: (points) noise floor less what noise does",
        100 * (noise_floor(errors.tolist()) - np.abs(measured - accuracy).mean()),
    )


def _pair(models: int, rho: float, rng: np.random.Generator) -> tuple[Array, Array]:
    x, y = rng.multivariate_normal([60, 60], [[36, 36 * rho], [36 * rho, 36]], models).T
    return x, y


def _loo(x: Array, y: Array) -> float:
    from akb.analysis.leave_one_out import leave_one_out

    return float(np.abs(leave_one_out(x, y) - y).mean())


def run(worlds: int, seed: int = 0) -> Count:
    """All kinds of worlds, `worlds` of each."""
    rng, count = np.random.default_rng(seed), Count()
    kinds = {
        "3 equal": World((0.3,) * 3),
        "8 equal": World((0.3,) * 8, units=60),
        "8 unequal": World(tuple(np.linspace(0.0, 0.5, 8)), units=60),
        "4, no gain": World((0.3,) * 4, control=0.0),
        "3 trained once": World((0.3, 0.4, 0.5), strays=0.12, trainings=1),
    }
    expected = {rho: expectations(8, rho, rng) for rho in (0.0, 0.8)}
    for number in range(worlds):
        for name, world in kinds.items():
            judge(world, rng, count, name)
        for models, rho, items in CORRELATED:
            correlate(models, rho, items, rng, count)
        for rho, truth in expected.items():
            predict(8, rho, truth, rng, count)
        floor(1000, rng, count)
        if sys.stderr.isatty() and number % 10 == 9:
            print(number + 1, file=sys.stderr)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=500, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print("| claim | holds in | of |\n|---|--:|--:|")
    print("\n".join(run(given.worlds, given.seed).lines()))


if __name__ == "__main__":
    main()
