"""Grounded questions on spectra: transform bins, frames, harmonics, modulation, bands, filters, phase.

Every answer is proven by the formula of its quantity, evaluated anew from the stem's numbers.

    for candidate in GENERATORS["spectrum_fourier.bin_width"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import gcd, log2, log10, pi
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import Formulas, amount, formula_check, near, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

SPECTRUM = Templates("spectrum_fourier", "arithmetic: Fourier analysis", skill="computation")
GENERATORS, CHECKS = SPECTRUM.generators, SPECTRUM.checks

FORMULAS: Formulas = {
    "bin_width": lambda a: a["rate_hz"] / a["size"],
    "bin_frequency": lambda a: a["bin"] * a["rate_hz"] / a["size"],
    "bin_of": lambda a: a["tone_hz"] * a["size"] / a["rate_hz"],
    "window": lambda a: a["size"] / a["rate_hz"],
    "real_bins": lambda a: a["size"] // 2 + 1,
    "frames": lambda a: (a["samples"] - a["size"]) // a["hop"] + 1,
    "frame_rate": lambda a: a["rate_hz"] / (a["size"] * (1 - a["overlap"])),
    "period": lambda a: 1 / a["tone_hz"],
    "harmonic": lambda a: a["tone_hz"] * a["number"],
    "partial_db": lambda a: -20 * log10(a["number"] ** a["power"]),
    "missing": lambda a: gcd(*a["partials"]),
    "octaves": lambda a: log2(a["high_hz"] / a["low_hz"]),
    "octave_up": lambda a: a["tone_hz"] * 2 ** a["octaves"],
    "band_low": lambda a: a["centre_hz"] / 2 ** (0.5 / a["per_octave"]),
    "band_high": lambda a: a["centre_hz"] * 2 ** (0.5 / a["per_octave"]),
    "phase": lambda a: 360 * a["tone_hz"] * a["delay_s"] % 360,
    "notch": lambda a: 0.5 / a["delay_s"],
    "notch_spacing": lambda a: 1 / a["delay_s"],
    "repeat": lambda a: 1 / gcd(*a["tones"]),
    "slope": lambda a: a["order"] * 20 * log10(2) * a["octaves"],
    "corner": lambda a: 1 / (2 * pi * a["ohm"] * a["farad"]),
    "quality": lambda a: a["centre_hz"] / a["width_hz"],
    "bandwidth": lambda a: a["centre_hz"] / a["q"],
    "noise_band": lambda a: 10 * log10(a["wide_hz"] / a["narrow_hz"]),
    "samples_apart": lambda a: a["rate_hz"] / a["apart_hz"],
}
equals = SPECTRUM.check(formula_check(FORMULAS))


@SPECTRUM.check
def sidebands(args: Mapping[str, Any], option: str) -> bool:
    """The option "a Hz and b Hz" names the frequencies of a product of two sines."""
    low, high = option.split(" and ")
    return near(low, args["carrier"] - args["modulator"], rel=0) and near(
        high, args["carrier"] + args["modulator"], rel=0
    )


@SPECTRUM.check
def intermodulation(args: Mapping[str, Any], option: str) -> bool:
    """The option is a product m·f1 + n·f2 whose order |m| + |n| is the one asked for."""
    first, second, order = args["first"], args["second"], args["order"]
    products = {
        abs(m * first + n * second) for m in range(-3, 4) for n in range(-3, 4) if abs(m) + abs(n) == order and m and n
    }
    return any(near(option, p, rel=0.001) for p in products)


RATES = (8000, 16000, 22050, 32000, 44100, 48000, 96000)
SIZES = (128, 256, 400, 512, 800, 1024, 2048, 4096, 8192)


@SPECTRUM.template(equals)
def window_duration(rng: Random) -> Iterator[Sketch]:
    while True:
        rate, size = rng.choice(RATES), rng.choice(SIZES)
        resolve = rng.random() < 0.4
        apart = rng.choice([1, 2, 2.5, 4, 5, 8, 10, 12.5, 16, 20, 25, 40, 50, 100])
        if resolve:
            stem = rng.choice([
                f"How many samples at {plain(rate / 1000)} kHz must a Fourier transform span for a bin spacing of {plain(apart)} Hz?",
                f"An analysis of {plain(rate / 1000)} kHz audio needs frequency bins {plain(apart)} Hz apart, without zero-padding. How long must its frame be?",
            ])  # fmt: skip
            right = rate / apart
            if right % 1 or right < 64:
                continue
            options = [
                f"{amount(v)} samples"
                for v in (right, right * 2, right / 2, right * 4, right / 4, right * 10)
                if v % 1 == 0
            ]
            yield Sketch.of(
                stem, options, {"of": "samples_apart", "rate_hz": rate, "apart_hz": apart}, "rate ÷ bin spacing"
            )
            continue
        stem = rng.choice([
            f"How much time does an analysis window of {amount(size)} samples cover at {plain(rate / 1000)} kHz?",
            f"A spectrogram of a {plain(rate / 1000)} kHz recording is made with {amount(size)}-sample windows. How long is each window?",
        ])  # fmt: skip
        right = size / rate * 1000
        yield Sketch.of(stem, same_form([right * f for f in (1, 2, 0.5, 0.25, 4)], "ms"), {"of": "window", "size": size, "rate_hz": rate}, "samples ÷ rate")  # fmt: skip


@SPECTRUM.template(equals, limit=30)
def missing_fundamental(rng: Random) -> Iterator[Sketch]:
    while True:
        base, start = (
            rng.choice([50, 60, 70, 80, 90, 100, 110, 120, 125, 130, 140, 150, 175, 180, 200, 220, 240, 250]),
            rng.randrange(3, 8),
        )
        numbers = rng.choice(
            [[start, start + 1, start + 2], [start, start + 1, start + 3], [start, start + 2, start + 3]]
        )
        partials = [base * n for n in numbers]
        listing = f"{partials[0]:,}, {partials[1]:,} and {partials[2]:,} Hz"
        stem = rng.choice([
            f"A harmonic sound contains only partials at {listing}. What is its fundamental frequency?",
            f"Of a note, only the harmonics at {listing} reach the listeners. Which missing fundamental do they hear as its pitch?",
            f"Partials of {listing} are the only components of a periodic wave. With which frequency does the wave repeat?",
        ])  # fmt: skip
        wrong = [
            partials[0],
            base * 2,
            base / 2,
            partials[0] / 2,
            partials[2] - partials[0],
            sum(partials) / 3,
            base * 1.5,
        ]
        yield Sketch.of(stem, same_form([base, *wrong], "Hz", significant=4), {"of": "missing", "partials": partials}, "the greatest common divisor of the partials")  # fmt: skip


@SPECTRUM.template(equals, limit=30)
def partial_level(rng: Random) -> Iterator[Sketch]:
    shapes = {
        "square": (1, range(3, 16, 2), "an ideal square wave"),
        "saw": (1, range(2, 13), "an ideal sawtooth wave"),
        "triangle": (2, range(3, 12, 2), "an ideal triangle wave"),
    }
    while True:
        power, numbers, name = shapes[rng.choice(sorted(shapes))]
        number = rng.choice(list(numbers))
        stem = rng.choice([
            f"By how many decibels does harmonic number {number} of {name} lie below the fundamental (number 1)?",
            f"In the spectrum of {name}, how far below the first harmonic is harmonic number {number}?",
            f"An analyser shows the line spectrum of {name}. What is the level of harmonic number {number} relative to the fundamental?",
        ])  # fmt: skip
        right = -20 * power * log10(number)
        wrong = [right / 2, right * 2, -6.02 * (number - 1), -6.02 * power, right - 6, right + 3, -3.01 * number]
        options = same_form([round(v, 1) for v in (right, *wrong)], "dB")
        if "how many decibels" in stem or "how far below" in stem:
            options = [o.lstrip("−") for o in options]
            yield Sketch.of(stem, options, {"of": "slope", "order": power, "octaves": log2(number), "absolute": 0.2}, "amplitudes fall with the number, or its square for a triangle")  # fmt: skip
            continue
        yield Sketch.of(stem, options, {"of": "partial_db", "number": number, "power": power, "absolute": 0.2}, "amplitudes fall with the number, or its square for a triangle")  # fmt: skip


@SPECTRUM.template(sidebands, limit=30)
def modulation_products(rng: Random) -> Iterator[Sketch]:
    while True:
        carrier, modulator = (
            rng.randrange(6, 40) * 50,
            rng.choice([20, 30, 40, 60, 70, 80, 90, 110, 120, 130, 150, 160, 180]),
        )
        stem = rng.choice([
            f"Two sines of {carrier:,} Hz and {modulator} Hz are multiplied (ring modulation). Which frequencies come out?",
            f"A {carrier:,} Hz sine is ring-modulated by a {modulator} Hz sine. Which two components does the result contain?",
            f"A carrier of {carrier:,} Hz is amplitude-modulated by a sine of {modulator} Hz. At which frequencies do the sidebands appear?",
        ])  # fmt: skip
        pairs = [(carrier - modulator, carrier + modulator), (carrier - modulator // 2, carrier + modulator // 2), (carrier - 2 * modulator, carrier + 2 * modulator),
                 (modulator, carrier + modulator), (carrier, carrier + modulator), (carrier - modulator, 2 * carrier), (carrier + modulator, 2 * (carrier + modulator))]  # fmt: skip
        yield Sketch.of(stem, [f"{a:,} Hz and {b:,} Hz" for a, b in pairs if 0 < a < b], {"carrier": carrier, "modulator": modulator}, "difference and sum of the two")  # fmt: skip


@SPECTRUM.template(intermodulation, limit=30)
def distortion_products(rng: Random) -> Iterator[Sketch]:
    while True:
        first = rng.randrange(10, 60) * 100
        second = first + rng.choice([100, 150, 200, 300, 400, 500, 700])
        order = rng.choice([2, 3])
        right = rng.choice(
            [second - first, first + second]
            if order == 2
            else [2 * first - second, 2 * second - first, 2 * first + second]
        )
        name = "second" if order == 2 else "third"
        stem = rng.choice([
            f"Tones of {first:,} Hz and {second:,} Hz pass a nonlinear amplifier. Which of these is a {name}-order intermodulation product of theirs?",
            f"A distorting stage receives {first:,} Hz and {second:,} Hz at once. At which of these frequencies does {name}-order intermodulation appear?",
        ])  # fmt: skip
        wrong = [
            2 * first,
            2 * second,
            3 * first,
            3 * second,
            (first + second) / 2,
            3 * first - 2 * second,
            second - first,
            2 * second - first,
            2 * first - second,
            first + second,
        ]
        options = [f"{amount(v)} Hz" for v in (right, *wrong) if v > 0 and v % 1 == 0]
        yield Sketch.of(stem, options, {"first": first, "second": second, "order": order}, "sums and differences whose multiples add up to the order")  # fmt: skip
