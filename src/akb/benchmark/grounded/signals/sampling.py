"""Grounded questions on sampling: the Nyquist limit, aliasing, resampling and sample counts.

Aliases are proven by sampling both tones and comparing the samples, the rest by arithmetic.

    for candidate in GENERATORS["sampling_aliasing.alias"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import cos, log2, pi
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import Formulas, amount, formula_check, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

SAMPLING = Templates("sampling_aliasing", "arithmetic: sampling theorem", skill="computation")
GENERATORS, CHECKS = SAMPLING.generators, SAMPLING.checks

RATES_KHZ = (8.0, 11.025, 16.0, 22.05, 24.0, 32.0, 44.1, 48.0, 88.2, 96.0)


def _same_samples(first_hz: float, second_hz: float, rate_hz: float) -> bool:
    """Whether two cosines take the same values at 64 sampling instants."""
    return all(
        abs(cos(2 * pi * first_hz * n / rate_hz) - cos(2 * pi * second_hz * n / rate_hz)) < 1e-6 for n in range(64)
    )


@SAMPLING.check
def heard_alias(args: Mapping[str, Any], option: str) -> bool:
    """The option lies in the base band and has the same samples as the tone."""
    value = float(option.split()[0].replace(",", "")) * (1000 if option.endswith("kHz") else 1)
    return value <= args["rate_hz"] / 2 and _same_samples(value, args["tone_hz"], args["rate_hz"])


@SAMPLING.check
def same_samples(args: Mapping[str, Any], option: str) -> bool:
    """The option, of whatever frequency, has the same samples as the tone."""
    value = float(option.split()[0].replace(",", "")) * (1000 if option.endswith("kHz") else 1)
    return _same_samples(value, args["tone_hz"], args["rate_hz"])


@SAMPLING.check
def aliases(args: Mapping[str, Any], option: str) -> bool:
    """The tone of the option "9 kHz sampled at 16 kHz" exceeds half its rate."""
    tone, rate = (float(part.split()[0]) for part in option.split(" sampled at "))
    return tone > rate / 2


FORMULAS: Formulas = {
    "nyquist": lambda a: a["rate_hz"] / 2,
    "samples": lambda a: a["rate_hz"] * a["seconds"] * a["channels"],
    "latency": lambda a: a["frames"] / a["rate_hz"],
    "samples_per_cycle": lambda a: a["rate_hz"] / a["tone_hz"],
    "stretched": lambda a: a["seconds"] * a["made_hz"] / a["played_hz"],
    "semitones": lambda a: 12 * log2(a["played_hz"] / a["made_hz"]),
    "heard": lambda a: a["tone_hz"] * a["played_hz"] / a["made_hz"],
    "drift": lambda a: a["rate_hz"] * a["ppm"] * 1e-6 * a["seconds"],
}  # fmt: skip
equals = SAMPLING.check(formula_check(FORMULAS))


@SAMPLING.check
def resampling_ratio(args: Mapping[str, Any], option: str) -> bool:
    """The option "up by L, down by M" turns the one rate into the other."""
    up, down = (int(word.strip(",")) for word in option.split() if word.strip(",").isdigit())
    return bool(args["from_hz"] * up == args["to_hz"] * down)


def khz(*values: float) -> list[str]:
    return same_form([v / 1000 for v in values], "kHz", significant=5)


@SAMPLING.template(equals)
def highest_frequency(rng: Random) -> Iterator[Sketch]:
    while True:
        rate = rng.choice(
            [6, 8, 10, 11.025, 12, 14, 16, 18, 20, 22.05, 24, 26, 28, 32, 36, 40, 44.1, 48, 64, 88.2, 96, 192]
        )
        stem = rng.choice([
            f"A converter takes {plain(rate * 1000)} samples a second. Below which frequency must its input be band-limited to avoid aliasing?",
            f"What is the Nyquist frequency of a system that samples at {plain(rate)} kHz?",
            f"A recording is made at a sampling rate of {plain(rate)} kHz. What is the upper limit of the frequencies that it can represent?",
            f"A stereo file has a sampling rate of {plain(rate)} kHz per channel. Which frequency bounds the audio content of each channel?",
        ])  # fmt: skip
        yield Sketch.of(stem, khz(*(rate * 1000 * f for f in (0.5, 0.25, 1, 2, 0.75))),
                     {"of": "nyquist", "rate_hz": rate * 1000}, "half the sampling rate")  # fmt: skip


@SAMPLING.template(heard_alias)
def alias(rng: Random) -> Iterator[Sketch]:
    while True:
        rate = rng.choice(RATES_KHZ) * 1000
        tone = round(rng.uniform(0.52, 1.9) * rate / 500) * 500.0
        folded = abs(tone - rate * round(tone / rate))
        if folded < 0.02 * rate or folded > 0.48 * rate or rate - folded == tone * 2:
            continue
        stem = rng.choice([
            f"A {plain(tone / 1000)} kHz sine is sampled at {plain(rate / 1000)} kHz without an anti-aliasing filter. At which frequency does it appear?",
            f"The anti-aliasing filter of a {plain(rate / 1000)} kHz recorder fails, and a pure tone of {plain(tone / 1000)} kHz reaches the converter. Which frequency does the recording hold instead?",
            f"A signal at {plain(rate / 1000)} kHz sampling rate should contain a synthesised sine of {plain(tone / 1000)} kHz, above the Nyquist limit. To which frequency does the tone fold?",
            f"A high-pitched tone of {plain(tone / 1000)} kHz is captured unfiltered at {plain(rate)} samples per second. Where does it show up in the spectrogram?",
        ])  # fmt: skip
        wrong = [
            abs(tone - rate / 2),
            rate / 2 - folded,
            tone / 2,
            rate / 2,
            abs(tone - rate),
            abs(2 * rate - tone),
            folded / 2,
        ]
        wrong = [w for w in wrong if 0 < w <= rate / 2]
        yield Sketch.of(stem, khz(folded, *wrong), {"tone_hz": tone, "rate_hz": rate},
                     "the distance to the nearest multiple of the sampling rate")  # fmt: skip


@SAMPLING.template(heard_alias)
def decimated(rng: Random) -> Iterator[Sketch]:
    while True:
        rate, factor = rng.choice([24, 32, 44.1, 48, 64, 88.2, 96]) * 1000, rng.choice([2, 3, 4])
        low = rate / factor
        tone = round(rng.uniform(0.55, 0.45 * factor) * low / 100) * 100.0
        folded = abs(tone - low * round(tone / low))
        if low % 50 or tone <= low / 2 or tone >= rate / 2 or folded < 0.03 * low or folded > 0.47 * low:
            continue
        ordinal = {2: "second", 3: "third", 4: "fourth"}[factor]
        stem = rng.choice([
            f"A {plain(rate / 1000)} kHz recording is thinned by keeping every {ordinal} sample, without filtering. Where does a tone of {plain(tone / 1000)} kHz end up?",
            f"A programmer downsamples audio from {plain(rate / 1000)} kHz by a factor of {factor} by dropping samples and forgets the low-pass filter. At which frequency does a {plain(tone / 1000)} kHz tone of it then appear?",
            f"From a signal sampled at {plain(rate / 1000)} kHz only every {ordinal} sample is kept. To which frequency does its {plain(tone / 1000)} kHz component alias?",
        ])  # fmt: skip
        wrong = [
            tone / factor,
            abs(tone - low / 2),
            low / 2 - folded,
            low / 2,
            folded / 2,
            tone - rate / 2 if tone > rate / 2 else rate / 2 - tone,
        ]
        wrong = [w for w in wrong if 0 < w <= low / 2]
        yield Sketch.of(stem, khz(folded, *wrong), {"tone_hz": tone, "rate_hz": low},
                     f"the new rate is {plain(low / 1000)} kHz; the tone folds about half of that")  # fmt: skip


@SAMPLING.template(same_samples)
def indistinguishable(rng: Random) -> Iterator[Sketch]:
    while True:
        rate = rng.choice([8, 10, 12, 16, 20, 24, 32, 48]) * 1000
        tone = rng.randrange(1, 9) * 500
        if not 0.05 < tone / rate < 0.45:
            continue
        right = rng.choice([rate - tone, rate + tone, 2 * rate - tone])
        stem = rng.choice([
            f"Sampled at {plain(rate / 1000)} kHz, which cosine gives exactly the same samples as a cosine of {plain(tone / 1000)} kHz?",
            f"At a sampling rate of {plain(rate / 1000)} kHz a cosine of {plain(tone / 1000)} kHz cannot be told from a cosine of which other frequency?",
            f"A converter runs at {plain(rate / 1000)} kHz. Which input frequency, if not filtered out, is an alias of {plain(tone / 1000)} kHz?",
        ])  # fmt: skip
        wrong = [
            rate / 2 + tone,
            rate / 2 - tone,
            2 * tone,
            rate * 1.5 - tone,
            1.5 * rate + tone,
            rate - 2 * tone,
            rate - tone / 2,
            rate + 2 * tone,
        ]
        yield Sketch.of(stem, khz(right, *(w for w in wrong if w > 0 and w != tone)), {"tone_hz": tone, "rate_hz": rate},
                     "multiples of the rate plus or minus the tone have the same samples")  # fmt: skip


@SAMPLING.template(aliases, limit=30)
def which_aliases(rng: Random) -> Iterator[Sketch]:
    while True:
        rates = rng.sample(RATES_KHZ, 4)
        shares = [rng.uniform(0.52, 0.65), *(rng.uniform(0.38, 0.485) for _ in range(3))]
        stem = rng.choice([
            "Without an anti-aliasing filter, which of these tones is not recorded at its true frequency?",
            "Four unfiltered sine tones are digitised. Which of them aliases?",
            "Which of these combinations of tone and sampling rate violates the Nyquist criterion?",
            "In which of these cases does the tone lie above the Nyquist frequency?",
        ])  # fmt: skip
        options = [
            f"{plain(round(r * s, 1))} kHz sampled at {plain(r)} kHz" for r, s in zip(rates, shares, strict=True)
        ]
        yield Sketch.of(
            stem, options, {"options": sorted(options)}, "only there the tone exceeds half the sampling rate"
        )


@SAMPLING.template(equals)
def buffer_latency(rng: Random) -> Iterator[Sketch]:
    while True:
        rate, frames = rng.choice(RATES_KHZ[2:]) * 1000, rng.choice([32, 64, 96, 128, 192, 256, 512, 1024, 2048])
        stem = rng.choice([
            f"An audio interface runs at {plain(rate / 1000)} kHz with a buffer of {plain(frames)} samples per channel. How much delay does one buffer add?",
            f"How long does a block of {plain(frames)} samples per channel last at a sampling rate of {plain(rate / 1000)} kHz?",
            f"A plug-in delays its signal by exactly {plain(frames)} samples in a project at {plain(rate / 1000)} kHz. How much time is that?",
        ])  # fmt: skip
        truth = frames / rate * 1000
        yield Sketch.of(stem, same_form([truth * f for f in (1, 2, 0.5, 10, 0.1, 4)], "ms"),
                     {"of": "latency", "frames": frames, "rate_hz": rate}, "samples ÷ rate")  # fmt: skip


@SAMPLING.template(equals)
def wrong_rate_duration(rng: Random) -> Iterator[Sketch]:
    while True:
        made, played = rng.sample(RATES_KHZ, 2)
        seconds = rng.choice([6, 10, 12, 20, 24, 30, 36, 45, 60, 90, 120])
        if not 0.24 < made / played < 4.1:
            continue
        stem = rng.choice([
            f"A {seconds} s clip recorded at {plain(made)} kHz is played, sample for sample, at {plain(played)} kHz. How long does it last?",
            f"Raw samples of a {seconds} s recording made at {plain(made)} kHz are imported as if they were {plain(played)} kHz. How long is the clip then?",
            f"The header of a {seconds} s sound file is wrongly set from {plain(made)} kHz to {plain(played)} kHz, the samples untouched. What duration does a player show?",
        ])  # fmt: skip
        truth = seconds * made / played
        wrong = [seconds * played / made, seconds, truth / 2, truth * 2, seconds * (1 + abs(made - played) / made)]
        yield Sketch.of(stem, same_form([truth, *wrong], "s"),
                     {"of": "stretched", "seconds": seconds, "made_hz": made * 1000, "played_hz": played * 1000},
                     "duration × rate of recording ÷ rate of playback")  # fmt: skip


@SAMPLING.template(equals)
def wrong_rate_pitch(rng: Random) -> Iterator[Sketch]:
    while True:
        made, played = rng.sample(RATES_KHZ, 2)
        tone = rng.choice([100, 120, 150, 200, 220, 240, 300, 330, 400, 440, 500, 600, 880, 1000])
        if not 0.24 < made / played < 4.1:
            continue
        stem = rng.choice([
            f"A file of {plain(made)} kHz sampling rate holds a {tone} Hz tone. A device plays the samples at {plain(played)} kHz. At what frequency is the tone heard?",
            f"A {tone} Hz tone was digitised at {plain(made)} kHz, but the player assumes {plain(played)} kHz and does not resample. What frequency comes out?",
            f"Because a converter is set to {plain(played)} kHz, a {plain(made)} kHz recording of a {tone} Hz hum plays at the wrong speed. What is the hum's frequency now?",
        ])  # fmt: skip
        truth = tone * played / made
        wrong = [tone * made / played, tone, truth * 2, truth / 2, tone * (played / made) ** 2]
        yield Sketch.of(stem, same_form([truth, *wrong], "Hz", significant=4),
                     {"of": "heard", "tone_hz": tone, "made_hz": made * 1000, "played_hz": played * 1000},
                     "frequency × rate of playback ÷ rate of recording")  # fmt: skip


@SAMPLING.template(equals, limit=30)
def clock_drift(rng: Random) -> Iterator[Sketch]:
    while True:
        rate, ppm, minutes = (
            rng.choice([16, 44.1, 48, 96]) * 1000,
            rng.choice([2, 5, 10, 20, 25, 50, 100]),
            rng.choice([5, 10, 20, 30, 60, 90]),
        )
        truth = rate * ppm * 1e-6 * minutes * 60
        if truth < 20 or truth % 1:
            continue
        stem = rng.choice([
            f"Two recorders run at a nominal {plain(rate / 1000)} kHz, but their clocks differ by {ppm} parts per million. By how many samples do they drift apart in {minutes} minutes?",
            f"A camera's audio clock runs {ppm} ppm fast against a {plain(rate / 1000)} kHz reference. How many surplus samples has it taken after {minutes} minutes?",
            f"A wireless receiver and a sender at {plain(rate / 1000)} kHz disagree by {ppm} ppm. How many samples must a buffer absorb over {minutes} minutes?",
        ])  # fmt: skip
        yield Sketch.of(stem, [f"{amount(truth * f)} samples" for f in (1, 1 / 60, 10, 0.1, 1000, 2, 0.5) if truth * f % 1 == 0],
                     {"of": "drift", "rate_hz": rate, "ppm": ppm, "seconds": minutes * 60}, "rate × time × deviation")  # fmt: skip
