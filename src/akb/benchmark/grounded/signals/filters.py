"""Grounded questions on the spectrum in time and through filters: phase, combs, bands, slopes, noise.

They share subcategory and formulas with `spectrum`.

    for candidate in GENERATORS["spectrum_fourier.comb_notch"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, log2, log10, pi
from random import Random

from akb.benchmark.grounded.craft.measures import plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.signals.spectrum import equals

FILTERS = Templates("spectrum_fourier", "arithmetic: Fourier analysis", skill="computation")
GENERATORS, CHECKS = FILTERS.generators, FILTERS.checks
FILTERS.check(equals)


@FILTERS.template(equals)
def comb_notch(rng: Random) -> Iterator[Sketch]:
    while True:
        ms = rng.choice([0.1, 0.125, 0.2, 0.25, 0.4, 0.5, 0.8, 1, 1.25, 1.6, 2, 2.5, 3, 4, 5, 8, 10, 12.5, 20])
        spacing = rng.random() < 0.4
        if spacing:
            stem = rng.choice([
                f"A sound and an equally loud copy delayed by {plain(ms)} ms are added. How far apart are neighbouring notches of the resulting comb filter?",
                f"What is the spacing between the peaks of the comb filter that a {plain(ms)} ms echo of equal level makes?",
            ])  # fmt: skip
            right = 1000 / ms
            yield Sketch.of(stem, same_form([right * f for f in (1, 0.5, 2, 0.25, 1.5, 4)], "Hz"), {"of": "notch_spacing", "delay_s": ms / 1000}, "1 ÷ delay")  # fmt: skip
            continue
        stem = rng.choice([
            f"A signal is mixed with an equally loud copy of itself delayed by {plain(ms)} ms. What is the lowest frequency that cancels?",
            f"Two equally loud, identical signals arrive {plain(ms)} ms apart and are summed. At which frequency is the first notch?",
            f"A reflection as loud as the direct sound comes {plain(ms)} ms later, with the same polarity. Where is the first dip of the comb filter?",
        ])  # fmt: skip
        right = 500 / ms
        yield Sketch.of(stem, same_form([right * f for f in (1, 2, 0.5, 3, 4, 1.5)], "Hz"), {"of": "notch", "delay_s": ms / 1000}, "1 ÷ (2 × delay)")  # fmt: skip


@FILTERS.template(equals)
def delay_phase(rng: Random) -> Iterator[Sketch]:
    while True:
        tone, ms = (
            rng.choice([50, 100, 125, 200, 250, 400, 500, 800, 1000, 1250, 2000, 2500]),
            rng.choice([0.1, 0.125, 0.2, 0.25, 0.4, 0.5, 0.8, 1, 1.5, 2, 2.5, 3]),
        )
        turns = tone * ms / 1000
        phase = 360 * turns % 360
        if not 10 < phase < 350 or turns > 2 or phase % 3:
            continue
        stem = rng.choice([
            f"A {tone:,} Hz sine is delayed by {plain(ms)} ms. By which phase angle (between 0° and 360°) does it lag?",
            f"A {tone:,} Hz tone reaches a second microphone {plain(ms)} ms after the first. By what phase angle, between 0° and 360°, does the second signal lag?",
            f"What phase lag, reduced to the range from 0° to 360°, does a pure delay of {plain(ms)} ms give a {tone:,} Hz component?",
        ])  # fmt: skip
        wrong = [phase / 2, phase * 2 % 360, (phase + 180) % 360, 360 - phase, (phase + 90) % 360, (phase + 270) % 360]
        options = [f"{round(v)}°" for v in (phase, *wrong) if v > 0]
        yield Sketch.of(stem, options, {"of": "phase", "tone_hz": tone, "delay_s": ms / 1000, "absolute": 1}, "360° × frequency × delay")  # fmt: skip


@FILTERS.template(equals)
def period_and_frequency(rng: Random) -> Iterator[Sketch]:
    while True:
        tones = sorted(
            rng.sample(
                [200, 250, 300, 350, 400, 450, 500, 600, 650, 700, 750, 800, 900, 1000, 1200], rng.choice([2, 3])
            )
        )
        common = gcd(*tones)
        if common == tones[0] or common < 40:
            continue
        listing = ", ".join(f"{t:,}" for t in tones[:-1]) + f" and {tones[-1]:,} Hz"
        stem = rng.choice([
            f"Sines of {listing} are added. After what time does the sum repeat?",
            f"What is the period of a wave made up of sine components at {listing}?",
            f"A steady sound consists of partials at {listing} only. How long is one period of its waveform?",
        ])  # fmt: skip
        right = 1000 / common
        wrong = [1000 / tones[0], right * 3, right * 4, right * 2, right / 2, 1000 / (tones[-1] - tones[0])]
        yield Sketch.of(stem, same_form([right, *wrong], "ms"), {"of": "repeat", "tones": tones}, "1 ÷ the greatest common divisor of the frequencies")  # fmt: skip


@FILTERS.template(equals)
def band_edges(rng: Random) -> Iterator[Sketch]:
    names = {1: "octave", 3: "third-octave"}
    while True:
        per, upper = rng.choice([1, 3]), rng.random() < 0.5
        thirds = [80, 100, 160, 200, 315, 400, 630, 800, 1250, 1600, 2500]
        centre = rng.choice([63, 125, 250, 500, 1000, 2000, 4000, 8000, *(thirds if per == 3 else [])])
        stem = rng.choice([
            f"What is the {'upper' if upper else 'lower'} edge of the {names[per]} band centred (geometrically) on {centre:,} Hz?",
            f"A {'sound level meter' if upper else 'noise analyser'} has {names[per]} filters with base-2 band edges. Where does the {centre:,} Hz band {'end' if upper else 'begin'}?",
        ])  # fmt: skip
        half, other = 2 ** (0.5 / per), 2 ** (0.5 / (4 - per))
        factors = (half, other, half**2, 1 + 1 / (2 * per), half**0.5, 1 / half)
        right, *wrong = (f if upper else 1 / f for f in factors)
        yield Sketch.of(stem, same_form([centre * f for f in (right, *wrong)], "Hz"), {"of": "band_high" if upper else "band_low", "centre_hz": centre, "per_octave": per, "absolute": 0.01 * centre}, "the edges lie half a band away on a logarithmic scale")  # fmt: skip


@FILTERS.template(equals)
def filter_slope(rng: Random) -> Iterator[Sketch]:
    while True:
        order, octaves, kind = (
            rng.choice([1, 2, 3, 4, 6, 8]),
            rng.choice([1, 2, 3, 4]),
            rng.choice(["low-pass", "high-pass"]),
        )
        corner = rng.choice([50, 80, 100, 125, 200, 250, 500, 1000])
        tone = corner * 2**octaves if kind == "low-pass" else corner * 2**5 / 2**octaves
        corner = corner if kind == "low-pass" else corner * 2**5
        slope = 6 * order
        stem = rng.choice([
            f"A {kind} filter of order {order} has its corner at {corner:,} Hz. By its asymptotic slope, about how much does it attenuate {plain(tone)} Hz?",
            f"Going by the asymptote of {slope} dB per octave, how far down is {plain(tone)} Hz after a {corner:,} Hz {kind} filter?",
            f"About what attenuation does the straight-line slope of a {kind} filter of order {order} (corner {corner:,} Hz) give at {plain(tone)} Hz?",
        ])  # fmt: skip
        right = slope * octaves
        options = [
            f"{v} dB"
            for v in (
                right,
                slope,
                right // 2,
                right * 2,
                right + 6,
                right - 6 if right > 6 else right + 12,
                10 * order * octaves,
                3 * order,
            )
        ]
        yield Sketch.of(stem, options, {"of": "slope", "order": order, "octaves": octaves}, "about 6 dB per octave and order")  # fmt: skip


@FILTERS.template(equals, limit=30)
def corner_frequency(rng: Random) -> Iterator[Sketch]:
    while True:
        kilo_ohm, nano = (
            rng.choice([1, 1.5, 2.2, 3.3, 4.7, 6.8, 10, 15, 22, 33, 47, 100]),
            rng.choice([1, 2.2, 4.7, 10, 22, 33, 47, 68, 100]),
        )
        right = 1 / (2 * pi * kilo_ohm * nano * 1e-6)
        if not 30 < right < 18000:
            continue
        stem = rng.choice([
            f"An RC low-pass filter has {plain(kilo_ohm)} kΩ and {plain(nano)} nF. What is its −3 dB frequency?",
            f"A resistor of {plain(kilo_ohm)} kΩ and a capacitor of {plain(nano)} nF form a first-order high-pass. At which frequency does it pass half the power?",
        ])  # fmt: skip
        options = same_form(
            [float(f"{v:.3g}") for v in (right, right * 2 * pi, right / (2 * pi), right * 2, right / 2, right * pi)],
            "Hz",
        )
        yield Sketch.of(stem, options, {"of": "corner", "ohm": kilo_ohm * 1000, "farad": nano * 1e-9}, "1 ÷ (2π R C)")  # fmt: skip


@FILTERS.template(equals, limit=30)
def resonance_quality(rng: Random) -> Iterator[Sketch]:
    while True:
        centre, q, back = (
            rng.choice([100, 150, 200, 300, 400, 500, 600, 800, 1000, 1200, 1500, 2000, 3000, 4000]),
            rng.choice([1.25, 2, 2.5, 4, 5, 8, 10, 12.5, 20, 25, 40]),
            rng.random() < 0.5,
        )
        width = centre / q
        if width % 1:
            continue
        if back:
            stem = rng.choice([
                f"A band-pass filter at {centre:,} Hz has a quality factor Q of {plain(q)}. How wide is it between its −3 dB points?",
                f"A resonance at {centre:,} Hz has Q = {plain(q)}. What is its half-power bandwidth?",
            ])  # fmt: skip
            options = same_form(
                [width, width * 2, width / 2, width * 4, centre / q**2, centre / (q + 1)], "Hz", significant=4
            )
            yield Sketch.of(stem, options, {"of": "bandwidth", "centre_hz": centre, "q": q}, "centre ÷ Q")
            continue
        low, high = (
            round((width**2 / 4 + centre**2) ** 0.5 - width / 2),
            round((width**2 / 4 + centre**2) ** 0.5 + width / 2),
        )
        stem = rng.choice([
            f"A resonance peaks at {centre:,} Hz and has fallen by 3 dB at {low:,} Hz and at {high:,} Hz. What is its quality factor Q?",
            f"A formant filter centred on {centre:,} Hz is {high - low:,} Hz wide between half-power points. What is its Q?",
        ])  # fmt: skip
        options = same_form([q, q * 2, q / 2, q * 4, q / 4, q * 1.5], "")
        yield Sketch.of(stem, options, {"of": "quality", "centre_hz": centre, "width_hz": high - low, "absolute": 0.04 * q}, "centre ÷ bandwidth")  # fmt: skip


@FILTERS.template(equals, limit=30)
def octave_distance(rng: Random) -> Iterator[Sketch]:
    while True:
        low, octaves = rng.choice([20, 25, 30, 40, 55, 60, 75, 80, 110, 125, 150, 250, 300]), rng.randrange(2, 8)
        high = low * 2**octaves
        if high > 20000:
            continue
        if rng.random() < 0.5:
            stem = rng.choice([
                f"How many octaves lie between {low} Hz and {high:,} Hz?",
                f"A loudspeaker covers {low} Hz to {high:,} Hz. How many octaves is that?",
            ])  # fmt: skip
            options = [
                f"{v} octave{'s' if v != 1 else ''}"
                for v in (octaves, octaves - 1, octaves + 1, octaves + 2, 2**octaves, 2 * octaves)
            ]
            yield Sketch.of(stem, options, {"of": "octaves", "low_hz": low, "high_hz": high}, "log₂ of the ratio")
            continue
        stem = rng.choice([
            f"Which frequency lies {octaves} octaves above {low} Hz?",
            f"A sweep starts at {low} Hz and rises by {octaves} octaves. Where does it end?",
        ])  # fmt: skip
        options = [
            f"{v:,} Hz" for v in (high, high * 2, high // 2, low * (octaves + 1), low * 2 * octaves, low * octaves**2)
        ]
        yield Sketch.of(stem, options, {"of": "octave_up", "tone_hz": low, "octaves": octaves}, "frequency × 2^octaves")  # fmt: skip


@FILTERS.template(equals, limit=30)
def white_noise_band(rng: Random) -> Iterator[Sketch]:
    while True:
        narrow, factor = (
            rng.choice([50, 100, 125, 200, 250, 400, 500, 1000]),
            rng.choice([2, 3, 4, 5, 8, 10, 16, 20, 25, 32, 40, 50, 100]),
        )
        wide = narrow * factor
        if wide > 20000:
            continue
        stem = rng.choice([
            f"White noise is measured in a band {wide:,} Hz wide and then in one {narrow:,} Hz wide. By how much does the level fall?",
            f"Hiss with a flat spectrum fills {wide:,} Hz of bandwidth. A filter keeps {narrow:,} Hz of it. About how much lower is the level after the filter?",
            f"The bandwidth of a white-noise measurement is widened from {narrow:,} Hz to {wide:,} Hz. By about how many decibels does the reading rise?",
        ])  # fmt: skip
        right = 10 * log10(factor)
        options = same_form(
            [round(v, 1) for v in (right, 2 * right, right / 2, right + 3, 3 * log2(factor) / 2 + 6, right * 1.5)], "dB"
        )
        yield Sketch.of(stem, options, {"of": "noise_band", "wide_hz": wide, "narrow_hz": narrow, "absolute": 0.25}, "power goes with bandwidth: 10 log₁₀ of the ratio")  # fmt: skip
