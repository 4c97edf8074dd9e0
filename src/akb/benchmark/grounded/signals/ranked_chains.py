"""Out of which of four chains of devices a tone comes pure, or loud and soft come nearest together.

“Clipped, then low-passed” keeps a tone pure where “low-passed, then clipped” does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected, hertz
from akb.benchmark.grounded.craft.wordings import blended

DISTORTION = Rankings("distortion_clipping", "model: the partials that ideal stages make and let through")
LEVELS = Rankings("decibels_levels", "arithmetic: levels through gains and compressors")

# A stage: its kind and a frequency in Hz, a level in dB or a factor.
Stage = list[Any]


def partials(tone: float, stages: list[Stage]) -> set[int]:
    """The frequencies, up to the 59th harmonic, that ideal stages make of a tone; {-1, -2} where several tones are bent together.

    Clipping both half-waves alike gives odd harmonics, full-wave rectification even ones alone (the constant part is
    blocked), half-wave rectification both the tone and even ones.
    """
    present = {round(tone)}
    for kind, figure in stages:
        if kind in _ORDERS:
            if len(present) != 1:
                return {-1, -2}
            (f,) = present
            present = {n * f for n in _ORDERS[kind]}
        elif kind == "ring":
            present = {abs(f + sign * figure) for f in present for sign in (1, -1)} - {0}
        else:
            present = {f for f in present if (f < figure) == (kind == "low")}
        if not present:
            break
    return present


_ORDERS = {"clip": range(1, 60, 2), "half": [1, *range(2, 60, 2)], "full": range(2, 60, 2)}


def purity(tone: float, stages: list[Stage], **_: Any) -> float:
    """1 where a single partial is left, 0 where several are."""
    found = partials(tone, stages)
    return 1.0 if len(found) == 1 else 0.0 if len(found) > 1 else 0.5


def said_stages(tone: float, stages: list[Stage]) -> str:
    """1 kHz, clipped, then low-passed at 1.5 kHz."""
    words = {
        "clip": "clipped", "half": "half-wave rectified", "full": "full-wave rectified",
        "ring": "ring-modulated with a {} carrier", "low": "low-passed at {}", "high": "high-passed at {}",
    }  # fmt: skip
    return f"{hertz(tone)}, " + ", then ".join(words[kind].format(hertz(figure)) for kind, figure in stages)


def _staged(rng: Random, kinds: Sequence[str]) -> dict[str, Any]:
    tone = rng.choice((500, 1000, 2000, 3000))
    stages: list[Stage] = []
    for kind in rng.sample(kinds, 2):
        if kind == "bent":
            stages.append([rng.choice(("clip", "half", "full")), 0])
        elif kind == "ring":
            stages.append(["ring", rng.choice([f for f in (500, 1000, 2000, 3000, 4000) if f != tone])])
        else:
            stages.append([rng.choice(("low", "high")), round(tone * rng.choice((1.5, 2.5, 3.5)))])
    return {"tone": tone, "stages": stages}


def _is_clear(tone: float, stages: list[Stage]) -> bool:
    """Whether something comes out, and no partial lies near to a filter's edge."""
    for n, (kind, figure) in enumerate(stages):
        before = partials(tone, stages[:n])
        if kind in ("low", "high") and any(abs(log2(max(f, 1) / figure)) < 0.2 for f in before):
            return False
        if not partials(tone, stages[: n + 1]):
            return False
    return True


def _purities(rng: Random) -> Drawn:
    odd, kinds = rng.random() < 0.5, rng.choice((("bent", "cut"), ("bent", "cut"), ("ring", "cut")))
    cases: list[dict[str, Any]] = []
    for _ in range(400):
        case = _staged(rng, kinds)
        if len(cases) < 4 and _is_clear(**case) and purity(**case) == float((not cases) == odd):
            cases.append(case)
    # By form the right one has a fellow: the same kinds of stages in the same order.
    forms = [["bent" if kind in _ORDERS else kind for kind, _ in case["stages"]] for case in cases]
    alone = all(form != forms[0] for form in forms[1:])
    left = {tuple(sorted(partials(**case))) for case in cases}
    ideal = "ideal multiplication and steep filters"
    if "bent" in kinds:
        ideal = "hard symmetrical clipping, ideal rectifiers with the constant part blocked, and steep filters"
    shared = {"say_ideal": ideal, "Say_ideal": ideal[:1].upper() + ideal[1:]}
    return shared, [] if alone or len(left) < 4 else cases


DISTORTION.add(
    "one_pure_tone",
    purity,
    said_stages,
    {
        "most": [
            "A sine goes through two stages ({say_ideal}). Which is the only chain out of which a single pure tone comes?",
            "Which is the only one that ends in a single pure tone? ({Say_ideal}.)",
            "A synthesiser's sine passes two devices in a row ({say_ideal}). Three results have several partials. Which has one?",
            "Four patches start from a sine. In which one does a listener hear one sine at the end, and nothing else? ({Say_ideal}.)",
            "After which two treatments of a sine does a spectrum analyser show one line only, given {say_ideal}?",
            "On a test bench sines are treated twice, with {say_ideal}. Three come out as mixtures. Which comes out as a sine?",
            "Where do two processes, one after the other, leave one partial and no more of what was one sine? ({Say_ideal}.)",
        ],
        "least": [
            "A sine goes through two stages ({say_ideal}). Which is the only chain out of which more than a single pure tone comes?",
            "Which is the only one that does not end in a single pure tone? ({Say_ideal}.)",
            "A synthesiser's sine passes two devices in a row ({say_ideal}). Three results have one partial. Which has several?",
            "Four patches start from a sine. In all but one a listener hears one sine at the end, and nothing else. Which is the exception? ({Say_ideal}.)",
            "After which two treatments of a sine does a spectrum analyser show more than one line, given {say_ideal}?",
            "On a test bench sines are treated twice, with {say_ideal}. Three come out as sines. Which comes out as a mixture?",
            "Where do two processes, one after the other, leave more than one partial of what was one sine? ({Say_ideal}.)",
        ],
    },
    _purities,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["tone"],),
)


def level_after(start: float, stages: list[Stage]) -> float:
    """The steady level in dBFS after gains, compressors, expanders and limiters (kind, dB, ratio)."""
    level = start
    for kind, at, ratio in stages:
        if kind == "gain":
            level += at
        elif kind == "compress" and level > at:
            level = at + (level - at) / ratio
        elif kind == "expand" and level < at:
            level = at - (at - level) * ratio
        elif kind == "limit":
            level = min(level, at)
    return level


def span(quiet: float, loud: float, stages: list[Stage]) -> float:
    """How far apart a quiet and a loud passage lie after a chain."""
    return level_after(loud, stages) - level_after(quiet, stages)


def said_dynamics(stages: list[Stage]) -> str:
    """Raised 6 dB, compressed 4:1 above −30 dB, limited at −12 dB."""
    words = []
    for kind, at, ratio in stages:
        words.append(
            {
                "gain": f"{'raised' if at > 0 else 'lowered'} {abs(at)} dB",
                "compress": f"compressed {ratio}:1 above −{-at} dB",
                "expand": f"downward expander 1:{ratio} below −{-at} dB",
                "limit": f"limited at −{-at} dB",
            }[kind]
        )
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _dynamics(rng: Random) -> Drawn:
    quiet = rng.choice((-50, -40))
    loud = quiet + rng.choice((30, 40))
    figures = {"gain": (-10, 10, 20), "compress": (-40, -30, -20), "expand": (-40, -30, -20), "limit": (-20, -10)}
    ratios = {"compress": (2, 4, 5), "expand": (2,)}
    cases = []
    for _ in range(8):
        kinds = rng.sample(("compress", "expand", "limit"), 2)
        kinds.insert(rng.randint(0, 1), "gain")
        stages = [[k, rng.choice(figures[k]), rng.choice(ratios.get(k, (1,)))] for k in kinds]
        # Nothing may exceed full scale on its way, where it might be held to clip.
        if all(level_after(loud, stages[:n]) <= 0 for n in range(4)):
            cases.append({"stages": stages})
    return {"quiet": quiet, "loud": loud}, cases[:4]


LEVELS.add(
    "span_after_dynamics",
    span,
    said_dynamics,
    both_ways(
        *blended(
            "a radio play; a podcast interview; a film's dialogue; an audiobook; a lecture",
            "{Thing} has a whisper at {quiet} dBFS and a shout at {loud} dBFS, both steady. It runs through three devices in this order. Which chain leaves them {}?",
            "Two steady passages lie at {quiet} and {loud} dBFS. After which three treatments, one after the other, are their levels {}?",
            "A soft voice holds {quiet} dBFS, a loud one {loud} dBFS. Which sequence of processors, left to right, brings out the two {}?",
            "{Thing} is mastered. Its soft part stays at {quiet} dBFS, its loud part at {loud} dBFS. Out of which chain do they come {} in level?",
            "Steady levels of {quiet} and {loud} dBFS are sent through gain, compressors, downward expanders and limiters. Where do they end {}?",
            "A passage at {quiet} dBFS and one at {loud} dBFS lie {} behind which chain?",
        ),
        most="farthest apart",
        least="nearest together",
    ),
    _dynamics,
    skill="computation",
    margin=3.0,
    close=12.0,
)


GENERATORS, CHECKS, SURE = collected(DISTORTION, LEVELS)
