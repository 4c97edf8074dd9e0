"""Which of four chains of devices, or tones through one, comes out loudest, purest, lowest or cleanest.

“Clipped, then low-passed” keeps a tone pure where “low-passed, then clipped” does not.
"""

from __future__ import annotations

from math import log2, log10
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings
from akb.benchmark.grounded.signals.ranked_hearing import hertz

DISTORTION, SAMPLING = Rankings("distortion_clipping"), Rankings("sampling_aliasing")
QUANTISATION, LEVELS = Rankings("quantisation_bit_depth"), Rankings("decibels_levels")
BANDWIDTH = Rankings("bandwidth_response")

# A stage as it is said, by what it does to partials.
_BENT = {
    "clip": "clip its tops and bottoms alike",
    "half": "half-wave rectify",
    "full": "full-wave rectify",
}


def partials(tone: float, steps: list[list[object]]) -> set[int]:
    """The frequencies, up to 20 kHz, that ideal stages make of a tone; their strengths are left out.

    Clipping both half-waves alike gives odd harmonics, full-wave rectification even ones alone (a constant part is
    filtered away), half-wave rectification both the tone and even ones.
    """
    present = {round(tone)}
    for kind, figure in steps:
        if kind in ("clip", "half", "full"):
            if len(present) != 1:
                return {-1, -2}  # more than one tone into a bent stage: far more come out
            (f,) = present
            orders = {"clip": range(1, 60, 2), "half": [1, *range(2, 60, 2)], "full": range(2, 60, 2)}[str(kind)]
            present = {n * f for n in orders if n * f <= 20000}
        elif kind == "ring":
            present = {abs(f + sign * int(str(figure))) for f in present for sign in (1, -1)} - {0}
        elif kind == "low":
            present = {f for f in present if f < float(str(figure))}
        else:
            present = {f for f in present if f > float(str(figure))}
        if not present:
            return set()
    return present


def purity(tone: float, steps: list[list[object]]) -> float:
    """1 where a single partial is left, 0 where several are."""
    found = partials(tone, steps)
    return 1.0 if len(found) == 1 else 0.0 if len(found) > 1 else 0.5


def said_chain(tone: float, steps: list[list[object]]) -> str:
    words = {
        "clip": "clipping", "half": "half-wave rectifier", "full": "full-wave rectifier",
        "ring": "ring modulation by {}", "low": "low-pass at {}", "high": "high-pass at {}",
    }  # fmt: skip
    return f"{hertz(tone)} → " + " → ".join(
        words[str(kind)].format(hertz(float(str(figure)))) for kind, figure in steps
    )


def _chain(rng: Random) -> dict[str, object]:
    tone = rng.choice((500, 800, 1000, 1500, 2000, 3000))
    kinds = rng.choice((("bent", "cut"), ("cut", "bent"), ("ring", "cut"), ("bent", "cut", "ring"), ("ring", "cut", "bent"), ("bent", "cut", "cut"), ("ring", "cut", "cut"), ("bent", "cut", "bent")))  # fmt: skip
    steps: list[list[object]] = []
    for kind in kinds:
        if kind == "bent":
            steps.append([rng.choice(("clip", "half", "full")), 0])
        elif kind == "ring":
            steps.append(["ring", rng.choice([f for f in (400, 500, 1000, 2000, 3000, 4000) if f != tone])])
        else:
            cut = round(tone * rng.choice((0.7, 1.5, 2.5, 3.5, 4.5)), -1)
            steps.append([rng.choice(("low", "high")), cut])
    return {"tone": tone, "steps": steps}


def _clear(case: dict[str, object]) -> bool:
    """Whether something comes out, and no partial ever lies near to a filter's edge."""
    steps: list[list[object]] = case["steps"]  # type: ignore[assignment]
    tone = float(str(case["tone"]))
    for n, (kind, figure) in enumerate(steps):
        present = partials(tone, steps[:n])
        if kind in ("low", "high") and any(abs(log2(max(f, 1) / float(str(figure)))) < 0.2 for f in present):
            return False
        if n and not present:
            return False
    return bool(partials(tone, steps))


def _chains(rng: Random) -> Drawn:
    pure = rng.random() < 0.5
    cases = []
    shape = None
    for place in range(4):
        while True:
            case = _chain(rng)
            if not _clear(case) or purity(**case) != (1.0 if (place == 0) == pure else 0.0):  # type: ignore[arg-type]
                continue
            if shape is not None and len(case["steps"]) != shape:  # type: ignore[arg-type]
                continue
            break
        shape = len(case["steps"])  # type: ignore[arg-type]
        cases.append(case)
    return {}, cases


DISTORTION.add(
    "one_pure_tone",
    purity,
    said_chain,
    {
        "most": [
            "A sine runs through a chain; filters are steep, clipping is hard and symmetrical, and a constant part is blocked. From which chain does a single pure tone come out?",
            "Analogue chains treat a sine (symmetrical hard clipping, ideal rectifiers without the constant part, steep filters). Only one gives a tone without any partials. Which?",
        ],
        "least": [
            "A sine runs through a chain; filters are steep, clipping is hard and symmetrical, and a constant part is blocked. Which chain alone does not give a single pure tone?",
            "Analogue chains treat a sine (symmetrical hard clipping, ideal rectifiers without the constant part, steep filters). All but one give a tone without any partials. Which is that one?",
        ],
    },
    _chains,
    margin=0.9,
    close=1.0,
    seen=(lambda c: c["tone"],),
    tier="hard",
)


def fold(frequency: float, rate: float) -> float:
    """Where a tone lands that is sampled without a filter."""
    rest = frequency % rate
    return min(rest, rate - rest)


_POWERS = {"squared": 2, "cubed": 3}


def added_partial(tone: float, rate: float, order: int) -> float:
    """Octaves above 1 Hz of what a device adds that makes the nth harmonic of a tone inside a sampled system."""
    return log2(max(fold(order * tone, rate), 1.0))


def said_added(tone: float, rate: float, order: int) -> str:
    return f"{tone:g} kHz, {'second' if order == 2 else 'third' if order == 3 else 'fifth'} harmonic, {rate:g} kHz rate"


def _added(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        while True:
            rate, order = rng.choice((16, 20, 24, 32, 40, 48)), rng.choice((2, 3, 5))
            tone = rng.randint(3, rate // 2 - 1)
            where = fold(order * tone, rate)
            if order * tone > rate / 2 and where not in (0, tone, rate / 2):
                break
        cases.append({"tone": tone, "rate": rate, "order": order})
    return {}, cases


SAMPLING.add(
    "added_partial",
    lambda tone, rate, order: added_partial(1000 * tone, 1000 * rate, order),
    said_added,
    {
        "most": [
            "Plug-ins without oversampling each add one harmonic to a sine, which folds back at the sampling rate. Whose added partial lands highest?",
            "A sine gets one harmonic from a digital distortion that neither filters nor oversamples. In which case is the new tone highest in pitch?",
        ],
        "least": [
            "Plug-ins without oversampling each add one harmonic to a sine, which folds back at the sampling rate. Whose added partial lands lowest?",
            "A sine gets one harmonic from a digital distortion that neither filters nor oversamples. In which case is the new tone lowest in pitch?",
        ],
    },
    _added,
    margin=0.2,
    close=0.8,
    seen=(lambda c: c["tone"], lambda c: c["rate"], lambda c: c["order"] * c["tone"], lambda c: c["order"]),
    tier="hard",
)


def final_pitch(tone: float, rate: float, kept: int, played: float) -> float:
    """Octaves above 1 kHz at which a tone is heard: sampled at a rate, one sample in `kept` kept, played at a rate."""
    return log2(max(fold(fold(tone, rate), rate / kept) * played / (rate / kept), 0.01))


def said_rates(tone: float, rate: float, kept: int, played: float) -> str:
    share = {1: "all kept", 2: "every second kept", 3: "every third kept"}[kept]
    return f"{tone:g} kHz taken at {rate:g} kHz, {share}, played at {played:g} kHz"


def _rates(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        while True:
            rate, kept, played = rng.choice((12, 16, 20, 24, 32)), rng.choice((1, 2)), rng.choice((8, 10, 12, 16, 20, 24))
            tone = rng.randint(2, rate - 1)
            if (tone > rate / 2 or kept > 1) and fold(fold(tone, rate), rate / kept) not in (0, rate / kept / 2):
                break
        cases.append({"tone": tone, "rate": rate, "kept": kept, "played": played})
    return {}, cases


SAMPLING.add(
    "pitch_after_three_rates",
    final_pitch,
    said_rates,
    {
        "most": [
            "A sine is sampled without a filter, samples are dropped without one, and the rest is played at some rate. Which treatment gives the highest tone?",
            "Nowhere is there an anti-aliasing filter. Which of these sines is heard at the highest pitch in the end?",
        ],
        "least": [
            "A sine is sampled without a filter, samples are dropped without one, and the rest is played at some rate. Which treatment gives the lowest tone?",
            "Nowhere is there an anti-aliasing filter. Which of these sines is heard at the lowest pitch in the end?",
        ],
    },
    _rates,
    margin=0.2,
    close=0.9,
    seen=(lambda c: c["tone"], lambda c: c["played"], lambda c: c["rate"], lambda c: c["tone"] * c["played"] / c["rate"]),
    tier="hard",
)  # fmt: skip


def cleanness(level: float, bits: int, gain: float, second: int, times: int) -> float:
    """Signal to noise of a sine in dB: quantised with dither at a level, amplified, quantised again, noise filtered.

    level: of the sine below full scale. times: by how much the rate of both is above what the signal needs; half of it
    is cut away at the end by a filter, with the noise in it.
    """
    step = lambda n: -6.02 * n - 1.76  # noqa: E731  (noise of n bits below a full-scale sine)
    noise = 10 * log10(10 ** ((step(bits) + gain) / 10) + (10 ** (step(second) / 10) if second else 0.0))
    return level + gain - noise + 10 * log10(times)


def said_quantised(level: float, bits: int, gain: float, second: int, times: int) -> str:
    text = f"{bits} bits with peaks at {-level:g} dB below full scale" if level else f"{bits} bits, full scale"
    if second:
        text += f", raised {gain:g} dB, reduced to {second} bits"
    if times > 1:
        text += f", at {times} times the rate needed"
    return text


def _quantised(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        bits, level = rng.choice((10, 12, 14, 16, 20, 24)), rng.choice((-60, -48, -36, -24, -18, -12))
        again = rng.random() < 0.6
        second = rng.choice([n for n in (8, 10, 12, 14, 16) if n <= bits]) if again else 0
        gain = rng.choice([g for g in (6, 12, 24, 36, 48) if level + g <= 0] or [6]) if again else 0
        cases.append({"level": level, "bits": bits, "gain": gain, "second": second, "times": rng.choice((1, 1, 4, 16))})
    return {}, cases


QUANTISATION.add(
    "cleanest_take",
    cleanness,
    said_quantised,
    {
        "most": [
            "Four takes of the same tone; surplus bandwidth is filtered off at the end. Which has the least quantisation noise beneath the tone?",
            "The tone is brought to the same loudness in all four, and only the needed band is kept. In which does quantisation hiss least?",
        ],
        "least": [
            "Four takes of the same tone; surplus bandwidth is filtered off at the end. Which has the most quantisation noise beneath the tone?",
            "The tone is brought to the same loudness in all four, and only the needed band is kept. In which does quantisation hiss most?",
        ],
    },
    _quantised,
    margin=5.0,
    close=16.0,
    seen=(lambda c: c["level"], lambda c: c["bits"], lambda c: c["second"] or c["bits"], lambda c: c["times"]),
    tier="hard",
)

Step = list[object]


def level_after(start: float, steps: list[list[float | str]]) -> float:
    """The steady level in dBFS after gains, compressors, expanders, limiters."""
    level = start
    for kind, figure, ratio in steps:
        at, by = float(figure), float(ratio)
        if kind == "gain":
            level += at
        elif kind == "compress" and level > at:
            level = at + (level - at) / by
        elif kind == "expand" and level < at:
            level = at - (at - level) * by
        elif kind == "limit":
            level = min(level, at)
    return level


def said_dynamics(steps: list[list[float | str]]) -> str:
    words = []
    for kind, figure, ratio in steps:
        at = f"{figure:+g}".replace("-", "−")
        words.append(
            {
                "gain": f"gain {at} dB",
                "compress": f"{ratio}:1 above {at.lstrip('+')} dB",
                "expand": f"1:{ratio} below {at.lstrip('+')} dB",
                "limit": f"limit at {at.lstrip('+')} dB",
            }[str(kind)]
        )
    return "; ".join(words)


def _step(rng: Random) -> list[float | str]:
    kind = rng.choice(("gain", "compress", "expand", "limit"))
    if kind == "gain":
        return ["gain", rng.choice((-12, -6, 6, 12, 18, 24)), 0]
    if kind == "limit":
        return ["limit", rng.choice((-24, -18, -12, -6)), 0]
    return [kind, rng.choice((-40, -30, -20)), rng.choice((2, 3, 4)) if kind == "compress" else 2]


def _dynamics(rng: Random) -> Drawn:
    def case() -> dict[str, object]:
        while True:
            steps = [_step(rng) for _ in range(3)]
            if len({s[0] for s in steps}) == 3 and "gain" in {s[0] for s in steps}:
                return {"steps": steps}

    quiet = rng.choice((-50, -45, -40))
    return {"quiet": quiet, "loud": quiet + rng.choice((30, 35))}, [case() for _ in range(4)]


def span(quiet: float, loud: float, steps: list[list[float | str]]) -> float:
    """How far apart a quiet and a loud passage lie after a chain."""
    return level_after(loud, steps) - level_after(quiet, steps)


LEVELS.add(
    "span_after_dynamics",
    span,
    said_dynamics,
    {
        "least": [
            "A whisper at {quiet} dBFS and a shout at {loud} dBFS run through three devices in this order, with steady levels. Which chain brings them nearest together?",
            "A voice recording has soft words at {quiet} dBFS, loud ones at {loud} dBFS. After which chain (in this order, fully settled) is the difference in level smallest?",
        ],
        "most": [
            "A whisper at {quiet} dBFS and a shout at {loud} dBFS run through three devices in this order, with steady levels. Which chain sets them farthest apart?",
            "A voice recording has soft words at {quiet} dBFS, loud ones at {loud} dBFS. After which chain (in this order, fully settled) is the difference in level largest?",
        ],
    },
    _dynamics,
    margin=3.0,
    close=12.0,
    tier="hard",
)


def through(
    high: float, high_order: int, low: float, low_order: int, frequency: float, level: float, **_: object
) -> float:
    """Level after a Butterworth high-pass and low-pass filter of some order (6 dB an octave each)."""
    cut = 10 * log10(1 + (high / frequency) ** (2 * high_order)) + 10 * log10(1 + (frequency / low) ** (2 * low_order))
    return level - cut


def _filtered(rng: Random) -> Drawn:
    high = rng.choice((200, 400, 800))
    shared = {
        "high": high, "high_order": rng.choice((1, 2, 3, 4)), "low": high * rng.choice((2, 4)), "low_order": rng.choice((1, 2, 3, 4)),
    }  # fmt: skip
    octaves = rng.sample((-3, -2, -1, 1, 2, 3), 4)
    cases = []
    for octave in octaves:
        frequency = shared["high"] * 2.0**octave if octave < 0 else shared["low"] * 2.0**octave
        slope = 6 * abs(octave) * (shared["high_order"] if octave < 0 else shared["low_order"])
        cases.append({"frequency": frequency, "level": slope - 60 + rng.choice((0, 6, 12, 18, 24))})
    slopes = {"say_high": 6 * shared["high_order"], "say_low": 6 * shared["low_order"]}
    return shared | slopes, cases


def said_level(frequency: float, level: float) -> str:
    return f"{hertz(frequency)} at {level:g} dB".replace("-", "−")


BANDWIDTH.add(
    "tone_through_filters",
    through,
    said_level,
    {
        "most": [
            "A signal passes a high-pass at {high} Hz ({say_high} dB an octave) and a low-pass at {low} Hz ({say_low} dB an octave), both Butterworth. Which of these input tones comes out strongest?",
        ],
        "least": [
            "A signal passes a high-pass at {high} Hz ({say_high} dB an octave) and a low-pass at {low} Hz ({say_low} dB an octave), both Butterworth. Which of these input tones comes out weakest?",
        ],
    },
    _filtered,
    margin=4.0,
    close=9.0,
    seen=(lambda c: c["level"], lambda c: c["frequency"]),
    tier="hard",
)

_FAMILIES = (DISTORTION, SAMPLING, QUANTISATION, LEVELS, BANDWIDTH)
GENERATORS = {name: made for family in _FAMILIES for name, made in family.generators.items()}
CHECKS = {name: check for family in _FAMILIES for name, check in family.checks.items()}
SURE = {name: check for family in _FAMILIES for name, check in family.sure.items()}
