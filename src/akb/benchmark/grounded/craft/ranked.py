"""Questions of the kind “which of these four …”, proven by a model: each option is a case, and a number decides.

A `Rankings` template draws four cases, works out a value for each and asks for the one with the most or the
least. Cases are drawn so that what is seen without knowledge (the greatest level, the longest text) points at each rank
of the right one equally often, and so that the right one stands clear of the others by a margin and is not ahead on
every count. No two results are alike: of such twins neither could be right.

    loud = Rankings("decibels_levels"); loud.add("loudest_tone", phons, said, {"most": stems}, draw, margin=6.0, …)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, pairwise
from random import Random
from typing import Any

from akb.benchmark.candidates import Generator, Predicate
from akb.benchmark.grounded.craft.crossed import is_number
from akb.benchmark.grounded.craft.templates import Sketch, Templates

Figures = Mapping[str, Any]
# (what all four share, the four cases)
Drawn = tuple[Figures, Sequence[Figures]]
# Where the values are in ascending order.
PLACES = {"least": 0, "most": 3}
_TRIES = 800


# By subcategory and name: the value of a case, how it is said, and the margin.
_MODELS: dict[str, tuple[Callable[..., float], Callable[..., str], float]] = {}


def is_placed(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option is the case at the place, or so near to it that it could be."""
    value, said, margin = _MODELS[args["model"]]
    values = [value(**args["shared"], **case) for case in args["cases"]]
    texts = [said(**case) for case in args["cases"]]
    truth = sorted(values)[PLACES[args["place"]]]
    return option in texts and abs(values[texts.index(option)] - truth) < margin


def is_surely_placed(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option is accepted and no other case is."""
    said = _MODELS[args["model"]][1]
    return [t for t in (said(**case) for case in args["cases"]) if is_placed(args, t)] == [option]


class Rankings:
    """The ranked templates of one subcategory."""

    def __init__(self, subcategory: str, source: str = "model: each case is worked out") -> None:
        self.templates = Templates(subcategory, source)
        self.generators, self.checks = self.templates.generators, self.templates.checks
        self.templates.check(is_placed)
        self.sure: dict[str, Predicate] = {f"{subcategory}.is_placed": is_surely_placed}

    def add(
        self,
        name: str,
        value: Callable[..., float],
        said: Callable[..., str],
        stems: Mapping[str, Sequence[str]],
        draw: Callable[[Random], Drawn],
        *,
        margin: float,
        close: float,
        seen: Sequence[Callable[[Figures], float]] = (),
        counts: Sequence[Callable[[Figures], float]] = (),
        tier: str = "hard",
        skill: str = "inference",
        limit: int = 32,
    ) -> None:
        """Register a template.

        value: of a case, from what all share and its own figures. said: a case as an option. stems: by place, with
        {fields} of what is shared. margin: by how much the case asked for must differ from each other one. close: the
        most by which it may differ from its nearest. seen: numbers that a reader without knowledge may go by. counts:
        numbers each of which raises the value; a case ahead in all of them is not asked for.
        """
        model = f"{self.templates.subcategory}.{name}"
        _MODELS[model] = value, said, margin

        def sketches(rng: Random) -> Iterator[Sketch]:
            ranks: dict[tuple[str, int], Counter[int]] = {}
            for asked, place in enumerate(cycle(stems)):
                for attempt in range(_TRIES):
                    shared, cases = draw(rng)
                    if len(cases) < 4:
                        continue
                    texts = [said(**case) for case in cases]
                    values = [value(**shared, **case) for case in cases]
                    key = sorted(range(4), key=lambda i: values[i])[PLACES[place]]
                    gap = min(abs(values[i] - values[key]) for i in range(4) if i != key)
                    if not margin <= gap <= close or len(set(texts)) < 4 or any(map(is_number, texts)):
                        continue
                    full = [{**shared, **case} for case in cases]
                    if _has_twins(values, margin) or _is_ahead(full, key, place, counts):
                        continue
                    found = [_rank([float(len(t)) for t in texts], key, rng)]
                    found += [_rank([s(case) for case in cases], key, rng) for s in seen]
                    seen_at = [ranks.setdefault((place, i), Counter()) for i in range(len(found))]
                    slack = 1 + attempt // 60
                    if all(c[r] < min(c[k] for k in range(4)) + slack for c, r in zip(seen_at, found, strict=True)):
                        for counted, rank in zip(seen_at, found, strict=True):
                            counted[rank] += 1
                        # The places begin at different stems, lest two questions in a row differ by one word.
                        turn = asked // len(stems) + asked % len(stems) * len(stems[place]) // 2
                        wording = stems[place][turn % len(stems[place])].format(
                            **{k: _shown(v) for k, v in shared.items()}
                        )
                        args = {"model": model, "place": place, "shared": dict(shared), "cases": list(map(dict, cases))}
                        wording = wording[:1].upper() + wording[1:]
                        yield Sketch(wording, texts[key], [t for t in texts if t != texts[key]], args)
                        break
                else:
                    return

        sketches.__name__ = name
        self.templates.template(is_placed, limit=limit, tier=tier, skill=skill)(sketches)


def _has_twins(values: Sequence[float], margin: float) -> bool:
    """Whether two results are nearly alike; of one case that is so, and three that are not, the three are alike."""
    ordered = sorted(values)
    return not set(values) <= {0.0, 1.0} and min(b - a for a, b in pairwise(ordered)) < 0.5 * margin


def _is_ahead(cases: Sequence[Figures], key: int, place: str, counts: Sequence[Callable[[Figures], float]]) -> bool:
    """Whether a case is at the place on every count, so that nothing need be weighed."""
    best = max if place == "most" else min
    return bool(counts) and all(count(cases[key]) == best(map(count, cases)) for count in counts)


def _rank(numbers: Sequence[float], key: int, rng: Random) -> int:
    """How many of the others lie below the key's number; equal ones by lot."""
    below = sum(n < numbers[key] for n in numbers)
    return below + rng.randint(0, sum(n == numbers[key] for n in numbers) - 1)


def _shown(value: Any) -> Any:
    """A figure for a stem: negative ones with a true minus sign."""
    return f"{value:g}".replace("-", "−") if isinstance(value, int | float) and value < 0 else value


def both_ways(*stems: str, most: str, least: str) -> dict[str, list[str]]:
    """Stems by place from such with one empty {} for the word that asks for it."""
    return {place: [stem.replace("{}", word) for stem in stems] for place, word in (("most", most), ("least", least))}


def of_a_kind(odd: bool, fits: Callable[[float, int], Sequence[Figures]], rng: Random) -> list[Figures]:
    """Four cases, the first of value 1 and the others of value 0, or the other way round; fewer if one cannot be had.

    fits: the cases of a value that may stand at a place.
    """
    found = [fits(float((place == 0) == odd), place) for place in range(4)]
    return [rng.choice(cases) for cases in found if cases]


def hertz(frequency: float) -> str:
    """63 Hz, 2.5 kHz."""
    return f"{frequency / 1000:g} kHz" if frequency >= 1000 else f"{frequency:g} Hz"


def collected(*families: Rankings) -> tuple[dict[str, Generator], dict[str, Predicate], dict[str, Predicate]]:
    """GENERATORS, CHECKS and SURE of a module with several subcategories."""
    return (
        {name: made for family in families for name, made in family.generators.items()},
        {name: check for family in families for name, check in family.checks.items()},
        {name: check for family in families for name, check in family.sure.items()},
    )
