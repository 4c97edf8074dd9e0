"""Grounded questions on quantisation: steps, codes, signal-to-noise ratio, dynamic range, oversampling.

Every answer is proven by the formula of its quantity, evaluated anew from the stem's numbers.

    for candidate in GENERATORS["quantisation_bit_depth.signal_to_noise"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log2, log10, sqrt
from random import Random

from akb.benchmark.grounded.craft.measures import Formulas, amount, formula_check, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

BITS = Templates("quantisation_bit_depth", "arithmetic: uniform quantisation", skill="computation")
GENERATORS, CHECKS = BITS.generators, BITS.checks

FORMULAS: Formulas = {
    "levels": lambda a: 2 ** a["bits"],
    "sine_snr": lambda a: 10 * log10(1.5 * 4 ** a["bits"]),
    "quiet_snr": lambda a: 10 * log10(1.5 * 4 ** a["bits"]) + a["dbfs"],
    "bits_for_range": lambda a: ceil(a["db"] / (20 * log10(2)) - 1e-9),
    "bits_for_levels": lambda a: ceil(log2(a["levels"])),
    "step": lambda a: a["span_v"] / 2 ** a["bits"],
    "noise_rms": lambda a: a["step_v"] / sqrt(12),
    "range_change": lambda a: 20 * log10(2 ** abs(a["from_bits"] - a["to_bits"])),
    "most_negative": lambda a: -(2 ** (a["bits"] - 1)),
    "most_positive": lambda a: 2 ** (a["bits"] - 1) - 1,
    "used_bits": lambda a: a["bits"] + a["dbfs"] / (20 * log10(2)),
    "oversampling_db": lambda a: 10 * log10(a["factor"]),
    "oversampling_bits": lambda a: log2(a["factor"]) / 2,
    "codes_used": lambda a: 2 ** a["bits"] * a["share"],
    "requantised": lambda a: a["sample"] // 2 ** (a["from_bits"] - a["to_bits"]),
    "enob": lambda a: (a["sinad"] - 1.76) / 6.02,
    "noise_sum": lambda a: -10 * log10(10 ** (-a["first"] / 10) + 10 ** (-a["second"] / 10)),
    "floor": lambda a: a["peak_spl"] - 20 * log10(2 ** a["bits"]),
}
equals = BITS.check(formula_check(FORMULAS, rel=0.002))


def whole(*values: float, unit: str = "") -> list[str]:
    """The whole ones of the values, as text, the first of them right."""
    return [f"{amount(v)} {unit}".strip() for v in values if v == int(v)]


def db(*values: float) -> list[str]:
    return same_form([round(v, 1) for v in values], "dB", significant=4)


@BITS.template(equals)
def signal_to_noise(rng: Random) -> Iterator[Sketch]:
    while True:
        bits, below = (
            rng.choice([6, 8, 10, 12, 13, 14, 16, 18, 20, 24]),
            rng.choice([0, 0, 3, 6, 10, 12, 15, 18, 20, 24, 30]),
        )
        right = 6.0206 * bits + 1.76 - below
        if right < 10:
            continue
        what = "full-scale sine" if not below else f"sine {below} dB below full scale"
        stem = rng.choice([
            f"A {what} is quantised uniformly to {bits} bits. With quantisation noise alone, what signal-to-noise ratio is expected (full band)?",
            f"Which theoretical signal-to-quantisation-noise ratio does a {what} reach in an ideal {bits}-bit converter?",
            f"An ideal {bits}-bit linear converter digitises a {what}. About how far does the total quantisation noise lie below the signal?",
        ])  # fmt: skip
        options = db(
            right,
            3.01 * bits + 1.76,
            right - 6,
            right + 6,
            right + below if below else right + 12,
            right - below if below else right - 12,
            right / 2,
        )
        yield Sketch.of(stem, options, {"of": "quiet_snr", "bits": bits, "dbfs": -below, "absolute": 1.8}, "6.02 dB per bit plus 1.76 dB, less what is not used")  # fmt: skip


@BITS.template(equals)
def bits_needed(rng: Random) -> Iterator[Sketch]:
    while True:
        need = rng.choice(
            [
                30,
                40,
                44,
                50,
                52,
                55,
                58,
                62,
                64,
                65,
                70,
                75,
                76,
                80,
                82,
                85,
                88,
                92,
                94,
                98,
                100,
                104,
                105,
                110,
                112,
                115,
                118,
                122,
                124,
                130,
                135,
            ]
        )
        right = ceil(need / 6.0206)
        if abs(need / 6.0206 - right) < 0.05 or right - need / 6.0206 > 0.93:
            continue
        stem = rng.choice([
            f"At about 6.02 dB per bit, how many bits must linear PCM have at least for a dynamic range of {need} dB?",
            f"A field recording spans {need} dB between its softest and loudest sounds. Counting 6.02 dB per bit, what is the shortest word length that covers it?",
            f"Which is the smallest bit depth whose range, at 6.02 dB per bit, reaches {need} dB?",
        ])  # fmt: skip
        options = [
            f"{b} bits"
            for b in (right, right - 1, right + 1, right - 2, right + 2, ceil(need / 3.01), round(need / 10))
            if b > 1
        ]
        yield Sketch.of(stem, options, {"of": "bits_for_range", "db": need}, "range ÷ 6.02 dB, rounded up")  # fmt: skip


@BITS.template(equals, limit=30)
def depth_change(rng: Random) -> Iterator[Sketch]:
    while True:
        high, low = sorted(rng.sample([8, 10, 12, 14, 16, 18, 20, 24], 2), reverse=True)
        stem = rng.choice([
            f"Audio is reduced from {high} to {low} bits. By about how much does the quantisation noise rise?",
            f"By about how many decibels does the theoretical dynamic range of {high}-bit linear PCM exceed that of {low}-bit?",
            f"A {high}-bit signal is reduced to {low} bits. About how much theoretical dynamic range is given up?",
            f"An ideal converter is replaced: {low} bits before, {high} bits now. By about how much does the signal-to-quantisation-noise ratio improve?",
        ])  # fmt: skip
        right = 6.0206 * (high - low)
        options = [
            f"{round(v)} dB"
            for v in (
                right,
                right / 2,
                right * 2,
                right + 6,
                right - 6 if right > 13 else right + 12,
                right * 1.5,
                10 * (high - low),
            )
        ]
        yield Sketch.of(stem, options, {"of": "range_change", "from_bits": high, "to_bits": low}, "about 6 dB per bit")  # fmt: skip


@BITS.template(equals)
def unused_bits(rng: Random) -> Iterator[Sketch]:
    while True:
        bits, unused = rng.choice([12, 14, 16, 20, 24]), rng.randrange(1, 9)
        below = 6 * unused
        stem = rng.choice([
            f"A {bits}-bit recording never peaks above −{below} dBFS. About how many of its bits does the signal really use?",
            f"To be safe, an engineer leaves {below} dB of headroom in a {bits}-bit recording. About how many bits of resolution remain for the signal?",
            f"A converter of {bits} bits receives a signal whose peaks stay {below} dB under full scale. To about how many bits is its effective word length reduced?",
        ])  # fmt: skip
        right = bits - unused
        options = [
            f"{b} bits"
            for b in (right, bits - 2 * unused, right + 1, right - 1, bits, right + 2, right - 2, bits - unused // 2)
            if b > 0
        ]
        yield Sketch.of(stem, options, {"of": "used_bits", "bits": bits, "dbfs": -below}, "about 6 dB per bit")  # fmt: skip


@BITS.template(equals, limit=30)
def oversampling_gain(rng: Random) -> Iterator[Sketch]:
    while True:
        factor, as_bits = rng.choice([2, 4, 8, 16, 32, 64, 128, 256]), rng.random() < 0.5
        gain = 10 * log10(factor)
        if as_bits:
            stem = rng.choice([
                f"A converter without noise shaping oversamples {factor} times and then filters to the audio band. Its quantisation noise is white. How many effective bits are gained?",
                f"By how many bits does the effective resolution grow when plain {factor}-fold oversampling (white quantisation noise, no noise shaping) is followed by ideal decimation?",
            ])  # fmt: skip
            bits = log2(factor) / 2
            options = [f"{amount(b, 1)} bits" for b in (bits, bits * 2, bits / 2, bits + 1, bits * 3, bits + 0.5)]
            yield Sketch.of(stem, options, {"of": "oversampling_bits", "factor": factor}, "half a bit per doubling")
            continue
        stem = rng.choice([
            f"By how many decibels does {factor}-fold oversampling lower the in-band part of white quantisation noise, without noise shaping?",
            f"White quantisation noise of fixed total power is spread over a band {factor} times as wide, and only the original band is kept. By how much does the noise in it fall?",
        ])  # fmt: skip
        yield Sketch.of(stem, db(gain, gain * 2, gain / 2, gain + 3, gain + 6, 6.02 * factor if factor < 9 else gain * 3), {"of": "oversampling_db", "factor": factor}, "10 log₁₀ of the factor")  # fmt: skip


def plain_int(value: int) -> str:
    return f"{value:,}"


@BITS.template(equals, limit=30)
def effective_bits(rng: Random) -> Iterator[Sketch]:
    while True:
        sinad = rng.choice(
            [
                44,
                50,
                53,
                56,
                60,
                62,
                68,
                70,
                72,
                74,
                77,
                80,
                83,
                86,
                90,
                92,
                95,
                98,
                101,
                104,
                107,
                110,
                113,
                116,
                119,
                122,
            ]
        )
        right = (sinad - 1.76) / 6.02
        stem = rng.choice([
            f"A converter is measured at a full-scale signal-to-noise-and-distortion ratio of {sinad} dB. What is its effective number of bits?",
            f"With a full-scale sine an audio interface reaches a SINAD of {sinad} dB. To which effective number of bits does this correspond?",
        ])  # fmt: skip
        options = [
            f"{amount(v, 1)} bits"
            for v in (right, sinad / 10, (sinad - 1.76) / 3.01, right + 1, right - 1, right + 2, right - 2)
        ]
        yield Sketch.of(stem, options, {"of": "enob", "sinad": sinad, "absolute": 0.5}, "(SINAD − 1.76) ÷ 6.02")  # fmt: skip


@BITS.template(equals, limit=30)
def floor_in_the_room(rng: Random) -> Iterator[Sketch]:
    while True:
        bits, peak = rng.choice([8, 12, 13, 14, 16]), rng.randrange(85, 126, 3)
        right = peak - 6.0206 * bits
        stem = rng.choice([
            f"Full scale of a {bits}-bit system is played at {peak} dB SPL. Counting 6.02 dB per bit, what is the lowest sound level within its dynamic range?",
            f"A system of {bits} bits is calibrated so that full scale gives {peak} dB SPL. At 6.02 dB of range per bit, at which sound level lies the lower end of its dynamic range?",
        ])  # fmt: skip
        options = [
            f"{amount(v, 1)} dB SPL"
            for v in (
                right,
                right + 6,
                right - 6,
                peak - 3.01 * bits,
                right + 12,
                peak - 10 * bits if peak > 10 * bits else right - 12,
            )
        ]
        yield Sketch.of(stem, options, {"of": "floor", "bits": bits, "peak_spl": peak, "absolute": 0.5}, "peak level less 6.02 dB per bit")  # fmt: skip
