"""Families of backbones: what colour each backbone has in figures and in the report.

A backbone has the colour that its entry names, else its family's: that of the first member which names one, else the
next of a palette whose colours are told apart with the common kinds of colour blindness as well. Where no backbone
has a family or a colour, none is coloured, and the figures look as the paper's.

    looks = families({"m": {"family": "Qwen", "colour": ""}}); looks.colours["m"], looks.legend
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The colours of the domains (`scatter.MARKS`) come last: beside them no family looks like one.
PALETTE = (
    "#7b3294", "#b8860b", "#56b4e9", "#c51b7d", "#01665e", "#8c510a", "#4d9221", "#cc79a7", "#542788", "#0072b2",
    "#d55e00", "#009e73",
)  # fmt: skip
ALONE = "#6b7280"  # of a backbone without a family, among others that have one


@dataclass(frozen=True)
class Families:
    """colours: by backbone; empty if none is coloured. legend: the colour of each family that is named, in order."""

    colours: Mapping[str, str] = field(default_factory=dict)
    legend: Mapping[str, str] = field(default_factory=dict)


def families(display: Mapping[str, Mapping[str, str]]) -> Families:
    """The colours of all backbones. display: each backbone's {family, colour, …}, as the configuration has them."""
    if not any(entry.get("family") or entry.get("colour") for entry in display.values()):
        return Families()
    named = [entry["family"] for entry in display.values() if entry.get("family")]
    chosen = dict.fromkeys(named, "")
    for entry in display.values():
        if entry.get("family") and entry.get("colour"):
            chosen[entry["family"]] = chosen[entry["family"]] or entry["colour"]
    taken = {colour.lower() for colour in chosen.values()}
    free = [colour for colour in PALETTE if colour not in taken] or list(PALETTE)
    waiting = [family for family, colour in chosen.items() if not colour]
    legend = chosen | {family: free[place % len(free)] for place, family in enumerate(waiting)}
    colours = {
        name: entry.get("colour") or legend.get(entry.get("family", ""), ALONE) for name, entry in display.items()
    }
    return Families(colours, legend)
