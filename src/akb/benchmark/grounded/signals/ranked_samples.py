"""Which of four tones lands lowest, or is cleanest, by folding and rounding of samples.

Inside a system of 20 kHz the third harmonic of 9 kHz lands at 7 kHz, the second of 8 kHz at 4 kHz.
"""

from __future__ import annotations

from math import log2, log10
from random import Random

from akb.benchmark.grounded.craft.ranked import Drawn, Rankings, both_ways, collected
from akb.benchmark.grounded.craft.wordings import blended

SAMPLING = Rankings("sampling_aliasing", "arithmetic: folding at half the sampling rate")
QUANTISATION = Rankings("quantisation_bit_depth", "arithmetic: noise of rounding")


def fold(frequency: float, rate: float) -> float:
    """Where a tone lands that is sampled without a filter."""
    rest = frequency % rate
    return min(rest, rate - rest)


def added_partial(rate: float, tone: float, order: int) -> float:
    """Octaves above 1 kHz of a harmonic that a device makes inside a sampled system; figures in kHz."""
    return log2(fold(order * tone, rate))


def said_harmonic(tone: float, order: int) -> str:
    """Second harmonic of 7 kHz."""
    return f"{('Second', 'Third', 'Fourth', 'Fifth')[order - 2]} harmonic of {tone:g} kHz"


def _harmonics(rng: Random) -> Drawn:
    rate = rng.choice((20, 24, 30, 32, 40, 44, 48))
    pool = [
        {"tone": tone, "order": order}
        for tone in range(2, rate // 2)
        for order in (2, 3, 4, 5)
        # All of them alias: one that does not would stand out.
        if order * tone > rate / 2 and fold(order * tone, rate) not in (0, tone, rate / 2)
    ]
    return {"rate": rate}, rng.sample(pool, 4)


SAMPLING.add(
    "added_partial",
    added_partial,
    said_harmonic,
    both_ways(
        *blended(
            "a guitar plug-in; a software synthesiser; a voice changer; a game console's sound chip; a digital limiter",
            "{Thing} at {rate} kHz, without oversampling or filter, adds a single harmonic to a sine. Which added harmonic comes out {}?",
            "{Thing} runs at {rate} kHz, where a distortion adds one harmonic to a sine and nothing stops aliasing. Which of these lands {}?",
            "Inside a system with a sampling rate of {rate} kHz a harmonic is made that has no room there. Which of these has the {} frequency after folding?",
            "At a sampling rate of {rate} kHz a naive waveshaper produces the following. Which harmonic, aliased as it is, ends up {}?",
            "Which unwanted partial lies {} when these harmonics are generated digitally at {rate} kHz with no protection against aliasing?",
            "Each sine gets one harmonic from {thing} working at {rate} kHz with no oversampling. Whose harmonic turns up {} in the spectrum?",
        ),
        most="highest",
        least="lowest",
    ),
    _harmonics,
    skill="computation",
    margin=0.2,
    close=1.5,
    seen=(lambda c: c["tone"], lambda c: c["order"] * c["tone"], lambda c: c["order"]),
)


def final_pitch(tone: float, rate: float, played: float) -> float:
    """Octaves above 1 kHz at which a tone is heard that was sampled without a filter and is played at another rate."""
    return log2(fold(tone, rate) * played / rate)


def said_rates(tone: float, rate: float, played: float) -> str:
    """13 kHz, sampled at 20 kHz, played at 10 kHz."""
    return f"A sine of {tone:g} kHz, sampled at {rate:g} kHz, played at {played:g} kHz"


def _rates(rng: Random) -> Drawn:
    cases = []
    for _ in range(4):
        rate, factor = rng.choice((10, 12, 16, 20, 24, 32)), rng.choice((0.5, 0.75, 1.5, 2))
        tone = rng.randint(rate // 2 + 1 if rng.random() < 0.7 else 1, rate - 1)
        if 2 * tone != rate:
            cases.append({"tone": tone, "rate": rate, "played": rate * factor})
    return {}, cases


SAMPLING.add(
    "pitch_after_two_rates",
    final_pitch,
    said_rates,
    both_ways(
        "Sines are sampled without an anti-aliasing filter and played at another rate than they were sampled at. Which sounds {}?",
        "A converter has no filter against aliasing, and playback has another clock. Which of these is heard {}?",
        "An old sampler takes in sines unfiltered and replays the samples at a new rate. Which comes out with the {} pitch?",
        "No filter before sampling, another sampling rate at playback: which of these sines ends up {}?",
        "First a sine is sampled unfiltered, then the same samples are read out at the rate given last. Which tone is the {}?",
        "Which of these sines, folded where need be and then played faster or slower than sampled, is {} to the ear?",
        most="highest",
        least="lowest",
    ),
    _rates,
    skill="computation",
    margin=0.2,
    close=1.2,
    seen=(lambda c: c["tone"], lambda c: c["played"], lambda c: c["rate"], lambda c: c["played"] / c["rate"]),
    counts=(lambda c: c["tone"], lambda c: c["played"] / c["rate"]),
)


def cleanness(level: float, bits: int, gain: float, second: int) -> float:
    """Signal to noise in dB of a sine rounded at a level (dBFS), then amplified and rounded again unless second is 0.

    Dither makes each noise 4.8 dB stronger and so changes no order.
    """
    first = 10 ** ((gain - 6.02 * bits) / 10)
    return level + gain + 1.76 - 10 * log10(first + (10 ** (-0.602 * second) if second else 0.0))


def said_take(level: float, bits: int, gain: float, second: int) -> str:
    """Recorded with 16 bits at −36 dBFS, raised 24 dB, reduced to 12 bits."""
    text = f"Recorded with {bits} bits at " + (f"−{-level} dBFS" if level else "full scale")
    return text + (f", raised {gain} dB, reduced to {second} bits" if second else "")


def _takes(rng: Random) -> Drawn:
    cases = []
    for n in rng.sample(range(4), 4):
        level, bits = rng.choice((-60, -48, -36, -24, -12)), rng.choice((12, 14, 16, 20, 24))
        gains = [g for g in (12, 24, 36, 48) if level + g <= 0]
        again = n > 0
        second = rng.choice([b for b in (8, 10, 12, 14, 16) if b < bits]) if again else 0
        cases.append({"level": level, "bits": bits, "gain": rng.choice(gains) if again else 0, "second": second})
    return {}, cases


QUANTISATION.add(
    "cleanest_take",
    cleanness,
    said_take,
    both_ways(
        *blended(
            "a flute's long note; a tuning fork; a singing bowl; a soprano's held note; an organ pipe",
            "{Thing} is recorded in four takes, dithered at every quantisation. Which has the {} signal-to-quantisation-noise ratio?",
            "Four dithered recordings of a steady tone are in the end played equally loud. In which is the ratio of tone to quantisation hiss {}?",
            "Levels and word lengths differ, dither is always used. Which take of a sustained note has the {} ratio of signal to quantisation noise?",
            "{Thing} is captured at a steady level by four recorders, dithered whenever rounded. Judged by signal to quantisation noise, which take is {}?",
            "With proper dither at each step that rounds, which of these recordings ends with the {} signal-to-quantisation-noise ratio?",
            "Hiss from dithered rounding lies under each of four takes of the same held tone. Whose ratio of tone to hiss is {}?",
        ),
        most="best",
        least="poorest",
    ),
    _takes,
    skill="computation",
    margin=5.0,
    close=18.0,
    seen=(lambda c: c["level"], lambda c: c["bits"], lambda c: c["second"] or c["bits"]),
    counts=(lambda c: c["level"], lambda c: c["bits"], lambda c: c["second"] or c["bits"]),
)

GENERATORS, CHECKS, SURE = collected(SAMPLING, QUANTISATION)
