"""Out of which of four chains of devices a tone comes pure, or loud and soft come nearest together.

“Clipped, then low-passed” keeps a tone pure where “low-passed, then clipped” does not.
"""

from __future__ import annotations

from math import log2
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, collected, hertz

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


def purity(tone: float, stages: list[Stage]) -> float:
    """1 where a single partial is left, 0 where several are."""
    found = partials(tone, stages)
    return 1.0 if len(found) == 1 else 0.0 if len(found) > 1 else 0.5


def said_stages(tone: float, stages: list[Stage]) -> str:
    """1 kHz, clipped, then low-passed at 1.5 kHz."""
    words = {
        "clip": "clipped", "half": "half-wave rectified", "full": "full-wave rectified",
        "ring": "ring-modulated by {}", "low": "low-passed at {}", "high": "high-passed at {}",
    }  # fmt: skip
    return f"{hertz(tone)}, " + ", then ".join(words[kind].format(hertz(figure)) for kind, figure in stages)


def _staged(rng: Random) -> dict[str, Any]:
    tone = rng.choice((500, 1000, 2000, 3000))
    stages: list[Stage] = []
    for kind in rng.choice((("bent", "cut"), ("cut", "bent"), ("ring", "cut"), ("bent", "ring"), ("ring", "bent"))):
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
    odd = rng.random() < 0.5
    cases: list[dict[str, Any]] = []
    while len(cases) < 4:
        case = _staged(rng)
        if _is_clear(**case) and purity(**case) == float((not cases) == odd):
            cases.append(case)
    return {}, cases


DISTORTION.add(
    "one_pure_tone",
    purity,
    said_stages,
    {
        "most": [
            "{occasion} a sine runs through two stages: symmetrical hard clipping, ideal rectifiers (constant part blocked), ring modulation or steep filters. Out of which does a single pure tone come?",
            "{occasion} two stages in a row treat a sine; clipping is hard and symmetrical, rectifiers are ideal (constant part blocked), filters steep. Which leaves a single pure tone?",
        ],
        "least": [
            "{occasion} a sine runs through two stages: symmetrical hard clipping, ideal rectifiers (constant part blocked), ring modulation or steep filters. Out of which alone comes more than a single pure tone?",
            "{occasion} two stages in a row treat a sine; clipping is hard and symmetrical, rectifiers are ideal (constant part blocked), filters steep. Which alone leaves more than a single pure tone?",
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
                "expand": f"expanded 1:{ratio} below −{-at} dB",
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
    {
        "least": [
            "{occasion} has a whisper at {quiet} dBFS and a shout at {loud} dBFS, both steady, and runs through three devices in the order given. Which chain brings them nearest together?",
        ],
        "most": [
            "{occasion} has a whisper at {quiet} dBFS and a shout at {loud} dBFS, both steady, and runs through three devices in the order given. Which chain leaves them farthest apart?",
        ],
    },
    _dynamics,
    skill="computation",
    margin=3.0,
    close=12.0,
)


GENERATORS, CHECKS, SURE = collected(DISTORTION, LEVELS)
