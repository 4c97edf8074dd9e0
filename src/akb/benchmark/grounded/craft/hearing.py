"""Questions on what is heard, proven by simulation: the signal is made, processed and measured.

An `Outcomes` template has a closed set of things that may be heard. A function makes the signal from a setting's
figures, measures it and names the outcome; the other outcomes are the wrong options. Settings are drawn so that each
outcome is right equally often: nothing about an option says whether it is right. A setting whose outcome is not clear
(the function returns "") is not asked.

    heard = Outcomes("sampling_aliasing"); heard.add("sweep", measured_turns, {"0": "It rises", …}, stems, settings)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates

SOURCE = "simulation: the signal is made and measured"

# From a setting's figures to the name of an outcome, "" where it is not clear.
Measured = Callable[..., str]


class Outcomes:
    """The simulated templates of one subcategory."""

    def __init__(self, subcategory: str) -> None:
        self.templates = Templates(subcategory, SOURCE, skill="inference")
        self._by_name: dict[str, tuple[Measured, Mapping[str, str]]] = {}
        self.generators, self.checks = self.templates.generators, self.templates.checks

        def is_heard(args: Mapping[str, Any], option: str) -> bool:
            """Whether the option is what the named simulation gives at these figures, measured anew."""
            measured, said = self._by_name[args["simulation"]]
            return said.get(measured(**args["figures"])) == option

        self._check = self.templates.check(is_heard)

    def add(
        self,
        name: str,
        measured: Measured,
        said: Mapping[str, str],
        stems: Sequence[str],
        settings: Sequence[Mapping[str, Any]],
        *,
        tier: str,
        limit: int = 24,
    ) -> None:
        """Register a template.

        said: the option's text for each outcome, four or more. stems: with {fields} of a setting. settings: figures for
        `measured`, and words for stems under keys that begin with "say".
        """
        self._by_name[name] = measured, said

        def sketches(rng: Random) -> Iterator[Sketch]:
            found: dict[str, list[Mapping[str, Any]]] = {outcome: [] for outcome in said}
            for setting in settings:
                outcome = measured(**_figures(setting))
                if outcome:
                    found[outcome].append(setting)
            for drawn in found.values():
                rng.shuffle(drawn)
            asked = 0
            # Round by round one setting of each outcome, so that leading parts are balanced too.
            for row in zip_longest(*found.values()):
                if None in row and len(said) == 4:
                    return
                outcomes = list(zip(found, row, strict=True))
                for outcome, setting in rng.sample(outcomes, len(outcomes)):
                    if setting is None:
                        continue
                    stem = stems[asked % len(stems)].format(**setting)
                    asked += 1
                    wrong = [text for other, text in said.items() if other != outcome]
                    args = {"simulation": name, "figures": _figures(setting)}
                    yield Sketch(stem[:1].upper() + stem[1:], said[outcome], wrong, args)

        sketches.__name__ = name
        self.templates.template(self._check, limit=limit, tier=tier)(sketches)


def _figures(setting: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in setting.items() if not key.startswith("say")}
