"""Wrong numbers that give nothing away: two mistakes, each made or not made, in either direction.

Beside the right value stand one with the first mistake, one with the second, and one with both. Seen from any of the
four the other three lie alike, so neither ratios nor gaps say which is right; and as each mistake may raise or lower
the value, the right one may stand at any rank, which the caller chooses.

    crossed("40 Hz", ["80 Hz", "13 Hz"], rank=2)  ->  something like ["20 Hz", "120 Hz", "60 Hz"]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import exp, log
from random import Random

from akb.benchmark.grounded.craft.measures import amount

_FORM = re.compile(r"(?P<number>[+−]?\d[\d,]*(?:\.(?P<decimals>\d+))?)(?P<space>\s*)(?P<unit>\D*)")
# Mistakes that are made with any quantity: a factor of two, its square, one and a half; in decibels 3, 6 and 10.
_FACTORS, _OFFSETS, _STEPS = (2.0, 4.0, 1.5, 3.0), (3.0, 6.0, 10.0), (1.0, 2.0, 3.0)
_SMALL = 16  # whole numbers up to here are missed by counting wrong
_CLOSEST, _FARTHEST = log(1.05), log(40)
_ADDITIVE = ("dB", "phon", "°", "cents", "LUFS", "semitone")


def is_number(option: str) -> bool:
    """Whether an option is one number with or without a unit."""
    return _FORM.fullmatch(option) is not None


def crossed(answer: str, mistakes: Sequence[str], rank: int, rng: Random) -> Iterator[list[str]]:
    """Three wrong options at a time beside which the answer has that rank (0: the least); several, to choose from.

    mistakes: what named mistakes lead to, as text with the answer's unit. Empty if no pair of mistakes can do it.
    """
    read = _FORM.fullmatch(answer)
    if read is None:
        return
    value, decimals = _value(read), len(read["decimals"] or "")
    others = [_value(m) for m in map(_FORM.fullmatch, mistakes) if m is not None]
    step = 10.0**-decimals
    adds = read["unit"].startswith(_ADDITIVE) or value <= 0 or (decimals == 0 and value <= _SMALL)
    sizes = _offsets(value, others, read["unit"], step) if adds else _factors(value, others)
    floor, ceiling = _bounds(value, others, read["unit"])
    found: list[tuple[float, list[str]]] = []
    for pair in combinations(sizes, 2):
        small, large = min(pair), max(pair)
        if large - small < (step if adds else _CLOSEST):
            continue
        # The right value lies above the smaller mistake at odd ranks, above the larger one from rank 2 on.
        one, other = (-small if rank % 2 else small), (-large if rank >= 2 else large)
        values = [value + d if adds else value * exp(d) for d in (one, other, one + other)]
        if not all(floor <= v <= ceiling for v in values):
            continue
        texts = [_written(v, decimals, read) for v in values]
        if len({answer, *texts}) == 4 and not any(re.fullmatch(r"[−+]?0(\.0*)?\D*", t) for t in texts if floor > 0):
            # Far or crooked numbers beside a near or round one would show which was there first.
            reach = (small + large) / (log(2) if not adds else max(1.0, abs(value)) if read["unit"] == "" else 6.0)
            crooked = sum(abs(_digits(t) - _digits(answer)) for t in texts) + 2 * sum(
                len(t) != len(answer) for t in texts
            )
            found.append((reach + crooked + rng.random() * 2, texts))
    yield from (texts for _, texts in sorted(found))


def _digits(text: str) -> int:
    """How many digits of a number say something: zeros at its ends do not."""
    return len("".join(re.findall(r"\d", text)).strip("0"))


def _offsets(value: float, others: Sequence[float], unit: str, step: float) -> list[float]:
    usual = _OFFSETS if unit.startswith(("dB", "phon", "LUFS")) else _STEPS if step >= 1 else ()
    found = [round(abs(o - value), 6) for o in others] + [float(o) for o in usual]
    return [d for d in dict.fromkeys(found) if d >= (0.9 if unit.startswith("dB") else step)]


def _factors(value: float, others: Sequence[float]) -> list[float]:
    found = [abs(log(o / value)) for o in others if o > 0] + [log(f) for f in _FACTORS]
    sizes: list[float] = []
    for size in found:
        if _CLOSEST <= size <= _FARTHEST and all(abs(size - s) > 0.02 for s in sizes):
            sizes.append(size)
    return sizes


def _bounds(value: float, others: Sequence[float], unit: str) -> tuple[float, float]:
    """What a wrong value may be: on the truth's side of 0; a share at most the whole."""
    if value < 0:
        return -1e12, -1e-12
    if unit.startswith("%"):
        return 1e-12, 100.0
    if unit.startswith("°") and not unit.startswith("°C"):
        return 1e-12, 360.0
    return (0.0 if 0.0 in others or value == 0 else 1e-12), 1e12


def _value(read: re.Match[str]) -> float:
    return float(read["number"].replace(",", "").replace("−", "-"))


def _written(value: float, decimals: int, read: re.Match[str]) -> str:
    number = amount(value, decimals, signed=read["number"].startswith("+"))
    unit = read["unit"]
    plural = {"octave": "octaves", "semitone": "semitones", "bar": "bars", "bit": "bits", "time": "times"}
    if unit in plural and number != "1":
        unit = plural[unit]
    elif number == "1" and unit in plural.values() and decimals == 0:
        unit = unit[:-1] if unit != "times" else unit
    return f"{number}{read['space']}{unit}"
