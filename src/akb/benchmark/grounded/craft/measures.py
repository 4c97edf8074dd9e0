"""Numbers with units as answer options: written in one form, read back for proof.

Options of one question share their unit and their number of decimals, so that form gives nothing
away; a proof accepts every option that is the truth within rounding or within a stated tolerance.

    same_form([0.0223, 0.0446], "s")  # ['0.0223 s', '0.0446 s']
    near("22.3 ms", 0.0223)           # True
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import floor, log10
from typing import Any

from akb.benchmark.candidates import Predicate

# Factors to Hz, s, m, bit, bit/s, V, Pa, W; a unit that is not here (dB, samples, bars) counts itself.
FACTORS = {
    "kHz": 1e3, "MHz": 1e6, "ms": 1e-3, "µs": 1e-6, "min": 60.0, "minutes": 60.0, "seconds": 1.0, "hours": 3600.0,
    "km": 1e3, "cm": 1e-2, "mm": 1e-3, "mV": 1e-3, "µV": 1e-6, "mPa": 1e-3, "µPa": 1e-6, "mW": 1e-3,
    "bytes": 8.0, "kB": 8e3, "MB": 8e6, "GB": 8e9, "KiB": 8 * 2.0**10, "MiB": 8 * 2.0**20, "GiB": 8 * 2.0**30,
    "kbit/s": 1e3, "Mbit/s": 1e6, "kB/s": 8e3, "MB/s": 8e6, "bytes/s": 8.0, "kbit": 1e3, "Mbit": 1e6,
}  # fmt: skip

_AMOUNT = re.compile(r"(?P<number>[+−]?[\d,]+(?:\.(?P<decimals>\d+))?)\s*(?P<unit>.*)")


def same_form(values: Iterable[float], unit: str, *, significant: int = 3, signed: bool = False) -> list[str]:
    """The values as text with one number of decimals: enough for the first to show `significant` digits.

    Decimals are left out that the first does not need and that change the others by no more than 4 %.
    `signed` writes a plus before positive ones.
    """
    values = list(values)
    decimals = max(0, significant - 1 - floor(log10(abs(values[0])))) if values[0] else significant - 1
    while decimals and round(values[0], decimals) == round(values[0], decimals - 1):
        if any(abs(v - round(v, decimals - 1)) > 0.04 * abs(v) for v in values):
            break
        decimals -= 1
    return [f"{amount(v, decimals, signed=signed)} {unit}".strip() for v in values]


def amount(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with thousands separators and a true minus sign, such as −1,200.5; halves go away from zero."""
    text = f"{value * (1 + 1e-12):{'+' if signed else ''},.{decimals}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def plain(value: float) -> str:
    """A number for a stem: no needless decimals, at most six significant digits."""
    return amount(value, max(0, len(f"{value:.6g}".partition(".")[2])) if "e" not in f"{value:.6g}" else 0)


def near(option: str, truth: float, *, rel: float = 0.02, absolute: float = 0.0) -> bool:
    """Whether an option such as "22.3 ms" is the truth (in base units) within rounding or tolerance.

    rel: share of the truth; absolute: in base units. An option that is not a measure is not right.
    """
    match = _AMOUNT.fullmatch(option)
    if not match:
        return False
    half_step = 0.5 * 10 ** -len(match["decimals"] or "") * FACTORS.get(match["unit"], 1.0)
    return bool(abs(_base(match) - truth) <= max(half_step * 1.000001, rel * abs(truth), absolute))


def _base(match: re.Match[str]) -> float:
    """The measure in base units."""
    return float(match["number"].replace(",", "").replace("−", "-")) * FACTORS.get(match["unit"], 1.0)


def apart(options: Iterable[str]) -> list[str]:
    """The options without those that come within 1 % of an earlier one in decimals: 25.9 dB after 25.8 dB.

    Whole numbers stay, for there one more or less is a slip of its own: 255 and 256 levels.
    """
    kept: list[str] = []
    for option in options:
        match = _AMOUNT.fullmatch(option)
        if match and match["decimals"] and any(near(other, _base(match), rel=0.01) for other in kept):
            continue
        kept.append(option)
    return kept


Formulas = Mapping[str, Callable[[Mapping[str, Any]], float]]


def formula_check(formulas: Formulas, *, rel: float = 0.01, absolute: float = 0.0) -> Predicate:
    """A predicate `equals`: the option is what formulas[args["of"]] gives for the stem's numbers in args.

    rel, absolute: what counts as equal, as in `near`; args["absolute"] overrides the latter.
    """

    def equals(args: Mapping[str, Any], option: str) -> bool:
        return near(option, formulas[args["of"]](args), rel=rel, absolute=args.get("absolute", absolute))

    return equals
