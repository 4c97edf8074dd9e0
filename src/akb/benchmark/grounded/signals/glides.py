"""Where a gliding whistle goes through a chain of steps that shift, mirror or turn it.

A glide from 1 to 2 kHz, ring-modulated by 6 kHz with the lower sideband kept, falls from 5 to 4 kHz.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.templates import Sketch, Templates, with_articles
from akb.benchmark.grounded.craft.wordings import blended

SAMPLING = Templates("sampling_aliasing", "arithmetic: folding and mixing of frequencies", skill="computation")
SPECTRUM = Templates("spectrum_fourier", "arithmetic: folding and mixing of frequencies", skill="computation")

Glide = tuple[float, float]
Step = Sequence[Any]


def step_of(glide: Glide, step: Step) -> Glide | None:
    """The glide (start and end in kHz) after one step; None where it is no single glide any more."""
    (start, end), (kind, figure) = glide, step
    if kind == "turn":
        return end, start
    if kind == "speed":
        return start * figure, end * figure
    if kind == "lower":
        return (figure - start, figure - end) if max(glide) < figure else None
    if kind == "upper":
        return start + figure, end + figure
    if kind == "octave":
        return 2 * start, 2 * end
    # Sampled without a filter: both ends in one half of the rate, else the glide turns.
    half = figure / 2
    if start // half != end // half or start % half == 0 or end % half == 0:
        return None
    return (start % half, end % half) if (start // half) % 2 == 0 else (half - start % half, half - end % half)


def through(glide: Sequence[float], steps: Sequence[Step]) -> Glide | None:
    """The glide after all steps."""
    now: Glide | None = (glide[0], glide[1])
    for step in steps:
        now = step_of(now, step) if now else None
    return now


def said(glide: Sequence[float]) -> str:
    verb = "rises" if glide[1] > glide[0] else "falls"
    return f"It {verb} from {glide[0]:g} to {glide[1]:g} kHz"


_WORDS = {
    "turn": "played backwards",
    "lower": "ring-modulated with a {} kHz carrier (ideal multiplier), lower sideband kept",
    "upper": "ring-modulated with a {} kHz carrier (ideal multiplier), upper sideband kept",
    "sample": "sampled at {} kHz without an anti-aliasing filter",
    "octave": "squared (only the doubled frequency kept)",
}


def said_step(step: Step) -> str:
    kind, figure = step
    if kind == "speed":
        return "played at double speed" if figure == 2 else "played at half speed"
    # An 8 kHz carrier.
    return with_articles(_WORDS[kind].format(f"{figure:g}"))


def is_glide(args: Mapping[str, Any], option: str) -> bool:
    """Whether the option says where the glide goes in the end."""
    end = through(args["glide"], args["steps"])
    return end is not None and said(end) == option


def _draw_step(rng: Random, kinds: Sequence[str]) -> list[Any]:
    kind = rng.choice(kinds)
    figure = {"speed": (2, 0.5), "lower": (4, 5, 6, 8, 9, 10), "upper": (1, 2, 3, 4, 5), "sample": (4, 6, 8, 10, 12)}
    return [kind, rng.choice(figure.get(kind, (0,)))]


def _can_come_of(band: Sequence[float], last: Step) -> bool:
    """Whether the last step could leave such a band at all."""
    kind, figure = last
    if kind == "sample":
        return band[1] <= float(figure) / 2
    if kind == "upper":
        return band[0] > float(figure)
    return kind != "lower" or band[1] < float(figure)


_WORDINGS = blended(
    "a slide whistle; a theremin; a siren; a synthesiser; a test generator",
    "{Thing} glides from {} as a pure tone. The sound is {}. Which way does it go in the end?",
    "A sine sweeps from {}. It is {}. What does one hear at last?",
    "What becomes of a pure tone that glides from {}, if it is {}?",
    "The tone of {thing}, practically a sine, goes evenly from {}. It is {}. How does the result move?",
    "One whistle, without overtones, slides from {} and is {}. Which glide comes out?",
    "A pure glide from {} is treated: {}. Where does it begin and end now?",
)


def _glides(rng: Random, kinds: Sequence[str], needed: str, count: int) -> Iterator[Sketch]:
    turn = 0
    while True:
        low = rng.choice((1, 1.5, 2, 2.5, 3))
        glide = (low, low + rng.choice((0.5, 1)))
        if rng.random() < 0.5:
            glide = glide[::-1]
        steps = [_draw_step(rng, kinds) for _ in range(count)]
        if len({s[0] for s in steps}) < count or needed not in {s[0] for s in steps}:
            continue
        ends = [through(glide, steps[:n]) for n in range(1, count + 1)]
        end = ends[-1]
        if end is None or len({glide, *ends}) <= count:
            continue
        if not 0.2 <= min(end) < max(end) <= 12:
            continue
        # The other band: what leaving out a step, or taking two in the other order, leads to.
        others = [through(glide, [s for s in steps if s is not left]) for left in steps]
        others += [through(glide, order) for order in permutations(steps)]
        bands = sorted({tuple(sorted(o)) for o in others if o and min(o) > 0.2 and max(o) <= 16} - {tuple(sorted(end))})
        bands = [b for b in bands if _can_come_of(b, steps[-1])]
        if not bands:
            continue
        other = rng.choice(bands)
        if other[1] - other[0] != abs(end[1] - end[0]) and rng.random() < 0.7:
            continue
        wrong = [said(end[::-1]), said(other), said(other[::-1])]
        words = [said_step(s) for s in steps]
        stem = _WORDINGS[turn % len(_WORDINGS)].format(f"{glide[0]:g} to {glide[1]:g} kHz", ", then ".join(words))
        turn += 1
        yield Sketch(stem, said(end), wrong, {"glide": list(glide), "steps": steps})


SAMPLING.check(is_glide)
SPECTRUM.check(is_glide)


@SAMPLING.template(is_glide, limit=8, tier="hard")
def glide_through_steps(rng: Random) -> Iterator[Sketch]:
    """A glide through three steps, one of them sampling without a filter."""
    yield from _glides(rng, ("turn", "speed", "lower", "upper", "octave", "sample"), "sample", 3)


@SPECTRUM.template(is_glide, limit=8, tier="hard")
def glide_through_mixers(rng: Random) -> Iterator[Sketch]:
    """A glide through two steps, one of them mirroring it by a lower sideband."""
    yield from _glides(rng, ("turn", "speed", "lower", "upper", "octave"), "lower", 2)


GENERATORS = {**SAMPLING.generators, **SPECTRUM.generators}
CHECKS = {**SAMPLING.checks, **SPECTRUM.checks}
