"""Grounded questions whose answer is a number: a scene, its figures, a formula, and the slips people make.

A `Quantity` is one template. Its scenes are complete questions with the figures left open, so that
stems differ in what they tell and not only in numbers. The proof names a formula of `FORMULAS` and
the figures; the predicate computes the truth anew and accepts what is within 3 % of it.

    sound = Quantities("nature_weather"); sound.add("thunder", "distance_from_delay", …)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.formulas import FORMULAS
from akb.benchmark.grounded.craft.measures import FACTORS, near, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

# How far a wrong option must be from the truth, as a share of it or in decibels.
TOLERANCE = 0.03
TOLERANCE_DB = 0.3

# Figures whose names say which is the smaller. Others, such as 1,300 Hz as the low tone beside 1,200 Hz, would put a
# formula's answer to a question that nobody asked.
_ASCENDING = (
    ("low", "high"),
    ("near", "far"),
    ("slow", "fast"),
    ("part", "total"),
    ("band", "full"),
    ("direct", "reflected"),
)

# A slip is a function of the figures, or a factor on the truth (in dB: an offset).
Slip = Callable[..., float] | float


def is_quantity(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option is the value of args' formula at args' figures, in base units."""
    try:
        truth = _truth(args["formula"], args["figures"])
    except ValueError:
        return False
    if option.endswith("dB"):
        return near(option, truth, rel=0.0, absolute=TOLERANCE_DB)
    return near(option, truth, rel=TOLERANCE)


class Quantities:
    """The numeric templates of one subcategory."""

    def __init__(self, subcategory: str, source: str = "arithmetic of acoustics") -> None:
        self.templates = Templates(subcategory, source, skill="computation")
        self.templates.check(is_quantity)

    def add(
        self,
        name: str,
        formula: str,
        unit: str,
        scenes: Sequence[str],
        figures: Mapping[str, Sequence[float]],
        slips: Sequence[Slip],
        *,
        significant: int = 3,
        limit: int = 30,
        fits: Callable[[float], bool] = lambda value: True,
    ) -> None:
        """Register a template.

        scenes: stems with {figure} fields. figures: the values each may take, in base units (Hz, s,
        m, dB). slips: functions of the same figures that give wrong values, in base units, or plain
        factors (offsets in dB); slips that agree with the truth or with one another are passed over.
        unit: of the options. fits: says which truths (in base units) make a sensible question.
        """

        def sketches(rng: Random) -> Iterator[Sketch]:
            settings = [dict(zip(figures, values, strict=True)) for values in product(*figures.values())]
            rng.shuffle(settings)
            shuffled: list[str] = []
            for setting in settings:
                try:
                    truth = _truth(formula, setting)
                except ValueError:
                    continue  # figures that cannot be, such as a part above the total
                if not fits(truth) or (unit != "dB" and truth <= 0):
                    continue
                values = _apart(truth, [_slipped(slip, truth, setting, unit) for slip in slips], unit)
                if len(values) < 2:
                    continue
                factor = 1.0 if unit == "dB" else FACTORS.get(unit, 1.0)
                answer, *wrong = same_form([v / factor for v in (truth, *values)], unit, significant=significant)
                shuffled = shuffled or rng.sample(scenes, len(scenes))
                stem = shuffled.pop().format(**{k: plain(v) for k, v in setting.items()})
                yield Sketch(stem, answer, wrong, {"formula": formula, "figures": setting})

        sketches.__name__ = name
        self.templates.template(is_quantity, limit=limit)(sketches)


def _truth(formula: str, figures: Mapping[str, float]) -> float:
    """The formula's value in base units. Raises ValueError for figures that cannot be or that belie their names."""
    for smaller, larger in _ASCENDING:
        if smaller in figures and larger in figures and figures[smaller] >= figures[larger]:
            raise ValueError(f"{smaller} is {figures[smaller]}, {larger} is {figures[larger]}")
    return FORMULAS[formula](**figures)


def _slipped(slip: Slip, truth: float, setting: Mapping[str, float], unit: str) -> float:
    if callable(slip):
        return slip(**setting)
    return truth + slip if unit == "dB" else truth * slip


def _apart(truth: float, wrong: Sequence[float], unit: str) -> list[float]:
    """The wrong values that are positive (unless decibels), and clear of the truth and of one another."""
    chosen: list[float] = []
    for value in wrong:
        taken = [truth, *chosen]
        if unit == "dB":
            clear = all(abs(value - t) >= 0.9 for t in taken)
        else:
            # Options that differ a hundredfold give themselves away.
            clear = value > 0 and all(abs(value - t) > 0.07 * max(value, t) for t in taken)
            clear = clear and 1 / 120 < value / truth < 120 and not (unit == "%" and value > 100)
            clear = clear and not (unit in ("times", "octaves") and abs(value - 1) < 0.05)
        if clear:
            chosen.append(value)
    return chosen
