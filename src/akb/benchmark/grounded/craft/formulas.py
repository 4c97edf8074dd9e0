"""The formulas that grounded questions are proven with, by name. SI units, levels in dB.

Each takes figures by name and returns one number; its docstring says which law it is.

    FORMULAS["wavelength"](speed=343, frequency=1000)  ->  0.343
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import isfunction

from akb.benchmark.grounded.craft import formulas_signals, formulas_sources, formulas_travel

FORMULAS: dict[str, Callable[..., float]] = {
    name: function
    for topic in (formulas_sources, formulas_travel, formulas_signals)
    for name, function in vars(topic).items()
    if isfunction(function)
}
