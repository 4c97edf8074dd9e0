"""Grounded questions on microphones and loudspeakers: spacing, patterns, sensitivity, noise, power.

Every answer is proven by the formula of its quantity, evaluated anew from the stem's numbers.

    for candidate in GENERATORS["microphones_recording.polar_pattern"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, log10, radians, sin
from random import Random

from akb.benchmark.grounded.craft.measures import Formulas, formula_check, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

MICROPHONES = Templates("microphones_recording", "arithmetic: electroacoustics", skill="computation")
GENERATORS, CHECKS = MICROPHONES.generators, MICROPHONES.checks

FORMULAS: Formulas = {
    "pattern_loss": lambda a: -20 * log10(abs(a["omni"] + (1 - a["omni"]) * cos(radians(a["angle"])))),
    "pair_delay": lambda a: a["metres"] * sin(radians(a["angle"])) / 343,
    "path_delay": lambda a: (a["far"] - a["near"]) / 343,
    "spill": lambda a: 20 * log10(a["far"] / a["near"]),
    "output": lambda a: a["sensitivity_v"] * 10 ** ((a["spl"] - 94) / 20),
    "snr": lambda a: a["spl"] - a["self_noise"],
    "speaker": lambda a: a["sensitivity"] + 10 * log10(a["watt"]) - 20 * log10(a["metres"]),
    "power_for_level": lambda a: 10 ** ((a["spl"] - a["sensitivity"] + 20 * log10(a["metres"])) / 10),
    "notch": lambda a: 343 / (2 * a["extra"]),
    "voltage_power": lambda a: a["volt"] ** 2 / a["ohm"],
    "loading_loss": lambda a: -20 * log10(a["load"] / (a["load"] + a["source"])),
}  # fmt: skip
equals = MICROPHONES.check(formula_check(FORMULAS, rel=0.015))


@MICROPHONES.template(equals)
def polar_pattern(rng: Random) -> Iterator[Sketch]:
    patterns = {
        "ideal cardioid microphone": 0.5,
        "ideal supercardioid microphone (37 % omnidirectional, 63 % figure-of-eight)": 0.37,
        "ideal hypercardioid microphone (25 % omnidirectional, 75 % figure-of-eight)": 0.25,
        "ideal figure-of-eight microphone": 0.0,
        "ideal subcardioid microphone (70 % omnidirectional, 30 % figure-of-eight)": 0.7,
    }
    while True:
        name, angle = rng.choice(sorted(patterns)), rng.choice([30, 45, 60, 75, 90, 120, 135, 150, 180])
        omni = patterns[name]
        gain = abs(omni + (1 - omni) * cos(radians(angle)))
        if not 0.05 < gain < 0.95:
            continue
        stem = rng.choice([
            f"By how many decibels is the sensitivity of an {name} lower at {angle}° off axis than on axis?",
            f"A talker walks from the axis of an {name} to {angle}° off axis, at the same distance. How much does the signal drop?",
            f"An {name} points at a singer. How much weaker does it pick up an equally loud, equally distant source at {angle}° from its axis?",
        ])  # fmt: skip
        right = -20 * log10(gain)
        wrong = [right / 2, right * 2, right + 3, right + 6, right - 3 if right > 4 else right + 9, right * 1.5]
        options = same_form([round(v, 1) for v in (right, *wrong)], "dB", significant=3)
        yield Sketch.of(stem, options, {"of": "pattern_loss", "omni": omni, "angle": angle, "absolute": 0.3}, "the gain is p + (1 − p) cos θ")  # fmt: skip


@MICROPHONES.template(equals)
def pair_delay(rng: Random) -> Iterator[Sketch]:
    while True:
        cm, angle = rng.choice([10, 15, 17, 20, 25, 30, 40, 50, 60, 80, 100]), rng.choice([20, 30, 40, 45, 60, 75, 90])
        stem = rng.choice([
            f"Two microphones stand {cm} cm apart. A distant source lies {angle}° off the line that runs straight ahead from the middle between them. What is the time difference between them (343 m/s)?",
            f"A spaced pair has {cm} cm between its capsules. A plane wave comes in at {angle}° from straight ahead. By how much does one signal lag the other, at 343 m/s?",
        ])  # fmt: skip
        right = cm / 100 * sin(radians(angle)) / 343 * 1000
        other = cm / 343 * 10 * cos(radians(angle))
        options = same_form(
            [right, right * 2, right / 2, cm / 34.3 if angle < 70 else right * 1.5, other, right * 3.43], "ms"
        )
        yield Sketch.of(stem, [o for o in options if o != "0 ms"], {"of": "pair_delay", "metres": cm / 100, "angle": angle}, "spacing × sin(angle) ÷ speed")  # fmt: skip


@MICROPHONES.template(equals)
def spot_delay(rng: Random) -> Iterator[Sketch]:
    while True:
        near, far = rng.choice([0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5]), rng.choice([2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15])
        if rng.random() < 0.55:
            stem = rng.choice([
                f"A spot microphone is {plain(near)} m from a flute, the main pair {plain(far)} m. By how much must the spot signal be delayed to line up with the main pair (343 m/s)?",
                f"A snare drum is {plain(near)} m from its own microphone and {plain(far)} m from the room microphone. How much later does its sound reach the latter, at 343 m/s?",
            ])  # fmt: skip
            right = (far - near) / 343 * 1000
            options = same_form([right, far / 0.343, near / 0.343, (far + near) / 0.343, right * 2, right / 2], "ms")
            yield Sketch.of(
                stem, options, {"of": "path_delay", "near": near, "far": far}, "difference of distances ÷ speed"
            )
            continue
        stem = rng.choice([
            f"In free field a talker is {plain(near)} m from her own microphone and {plain(far)} m from a colleague's identical one. By how much is she weaker in the latter?",
            f"One omnidirectional microphone stands {plain(near)} m from a guitar amplifier, an identical one {plain(far)} m from it. By how many decibels do their direct-sound levels differ?",
        ])  # fmt: skip
        right = 20 * log10(far / near)
        options = same_form(
            [
                round(v, 1)
                for v in (right, right / 2, right * 2, right + 6, right - 6 if right > 7 else right + 3, far / near)
            ],
            "dB",
        )
        yield Sketch.of(stem, options, {"of": "spill", "near": near, "far": far, "absolute": 0.3}, "20 log₁₀ of the ratio of distances")  # fmt: skip


@MICROPHONES.template(equals)
def microphone_output(rng: Random) -> Iterator[Sketch]:
    while True:
        sensitivity, spl = (
            rng.choice([1, 1.5, 2, 2.5, 4, 5, 8, 10, 12, 16, 20, 25, 40, 50]),
            rng.choice([54, 64, 68, 74, 80, 84, 88, 100, 104, 108, 114, 120, 124, 134]),
        )
        if rng.random() < 0.6:
            stem = rng.choice([
                f"A microphone has a sensitivity of {plain(sensitivity)} mV/Pa (1 Pa = 94 dB SPL). What voltage does it give at {spl} dB SPL?",
                f"What does a {plain(sensitivity)} mV/Pa microphone put out in a sound field of {spl} dB SPL, if 94 dB SPL is 1 Pa?",
            ])  # fmt: skip
            right = sensitivity * 10 ** ((spl - 94) / 20)
            wrong = [
                sensitivity * 10 ** ((spl - 94) / 10),
                right * 2,
                right / 2,
                right * 10,
                right / 10,
                sensitivity * spl / 94,
            ]
            options = same_form([float(f"{v:.3g}") for v in (right, *wrong)], "mV")
            yield Sketch.of(stem, [o for o in options if o != "0 mV"], {"of": "output", "sensitivity_v": sensitivity / 1000, "spl": spl}, "sensitivity × 10^((level − 94) ÷ 20)")  # fmt: skip
            continue
        noise, level = (
            rng.choice([4, 5, 7, 10, 12, 13, 14, 16, 18, 20, 22, 25]),
            rng.choice([40, 54, 60, 66, 70, 74, 80, 94]),
        )
        stem = rng.choice([
            f"A microphone has an equivalent self-noise of {noise} dB(A). What A-weighted signal-to-noise ratio does it give for a sound of {level} dB(A)?",
            f"With a self-noise of {noise} dB(A), how far does a microphone's own hiss lie below a voice of {level} dB(A)?",
        ])  # fmt: skip
        options = [
            f"{v} dB"
            for v in (
                level - noise,
                level + noise,
                94 - noise,
                level - noise // 2,
                level - noise + 6,
                level - noise - 6,
                level,
            )
        ]
        yield Sketch.of(stem, options, {"of": "snr", "spl": level, "self_noise": noise}, "level − self-noise")  # fmt: skip


@MICROPHONES.template(equals)
def loudspeaker_level(rng: Random) -> Iterator[Sketch]:
    while True:
        sensitivity, watt, metres = (
            rng.randrange(84, 104),
            rng.choice([2, 4, 5, 8, 10, 20, 25, 40, 50, 80, 100, 200, 400]),
            rng.choice([1, 2, 4, 5, 8, 10, 20]),
        )
        gain, loss = 10 * log10(watt), 20 * log10(metres)
        if rng.random() < 0.6:
            stem = rng.choice([
                f"A loudspeaker is specified as {sensitivity} dB SPL at 1 W and 1 m. What level does it give with {watt} W at {metres} m in free field?",
                f"With a sensitivity of {sensitivity} dB (1 W, 1 m), how loud is a loudspeaker driven by {watt} W at a distance of {metres} m, outdoors and without compression?",
            ])  # fmt: skip
            right = sensitivity + gain - loss
            wrong = [
                sensitivity + 2 * gain - loss,
                sensitivity + gain - loss / 2,
                sensitivity + gain + (0 if metres > 1 else 3),
                right + 3,
                right - 3,
                sensitivity + gain / 2 - loss,
            ]
            options = same_form([round(v, 1) for v in (right, *wrong)], "dB SPL", significant=4)
            yield Sketch.of(stem, options, {"of": "speaker", "sensitivity": sensitivity, "watt": watt, "metres": metres, "absolute": 0.3}, "plus 10 log₁₀ of power, minus 20 log₁₀ of distance")  # fmt: skip
            continue
        up = rng.choice([3, 6, 9, 10, 12, 13, 15, 16, 20])
        stem = rng.choice([
            f"A loudspeaker gives {sensitivity} dB SPL with 1 W at 1 m. How much power does it need for {sensitivity + up} dB SPL at 1 m, without compression?",
            f"To raise the level of a loudspeaker by {up} dB above the {sensitivity} dB SPL that it makes from 1 W at 1 m, about how much power is needed?",
        ])  # fmt: skip
        right = 10 ** (up / 10)
        options = [
            f"{round(v)} W"
            for v in (right, 10 ** (up / 20), up, right * 2, right / 2, 2**up if up < 8 else right * 4)
            if v >= 1.4
        ]
        yield Sketch.of(stem, options, {"of": "power_for_level", "spl": sensitivity + up, "sensitivity": sensitivity, "metres": 1, "absolute": 0.06 * right}, "10^(rise ÷ 10)")  # fmt: skip


@MICROPHONES.template(equals, limit=30)
def floor_reflection(rng: Random) -> Iterator[Sketch]:
    while True:
        direct, extra = (
            rng.choice([0.5, 0.8, 1, 1.2, 1.5, 2, 2.5, 3]),
            rng.choice([0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 0.8, 1, 1.2, 1.5]),
        )
        stem = rng.choice([
            f"A voice reaches a microphone directly over {plain(direct)} m and, off a table top, over {plain(direct + extra)} m. At which frequency is the first dip of the comb filter, if the reflection keeps its polarity (343 m/s)?",
            f"Sound reaches a microphone directly over {plain(direct)} m and, reflected by a rigid floor, over {plain(direct + extra)} m. Where does the lowest dip of the comb filter lie (343 m/s)?",
        ])  # fmt: skip
        right = 343 / (2 * extra)
        options = same_form(
            [
                float(f"{v:.3g}")
                for v in (right, right * 2, right / 2, 343 / direct / 2, 343 / (direct + extra), right * 3)
            ],
            "Hz",
        )
        yield Sketch.of(stem, options, {"of": "notch", "extra": extra, "direct": direct}, "343 ÷ (2 × difference of paths)")  # fmt: skip


@MICROPHONES.template(equals, limit=30)
def loads(rng: Random) -> Iterator[Sketch]:
    while True:
        volt, ohm = rng.choice([2, 2.83, 4, 5, 6, 8, 10, 12, 16, 20, 28.3, 40]), rng.choice([4, 8, 16])
        if rng.random() < 0.4:
            stem = rng.choice([
                f"An amplifier puts {plain(volt)} V RMS across a resistive {ohm} Ω loudspeaker. What power does it deliver?",
                f"How much power does a {ohm} Ω load take at {plain(volt)} V RMS?",
            ])  # fmt: skip
            right = volt**2 / ohm
            options = same_form([right, volt / ohm, right * 2, right / 2, volt * ohm, right * 4], "W")
            yield Sketch.of(stem, options, {"of": "voltage_power", "volt": volt, "ohm": ohm}, "voltage² ÷ resistance")
            continue
        source, load = (
            rng.choice([50, 100, 150, 200, 300, 600]),
            rng.choice([200, 300, 600, 1000, 1200, 1500, 2000, 3000]),
        )
        if load / source > 8:
            continue
        stem = rng.choice([
            f"A microphone of {source} Ω source impedance feeds an input of {load:,} Ω. How much level is lost against an open circuit, both taken as resistive?",
            f"By how many decibels does a resistive input of {load:,} Ω load down a source of {source} Ω?",
        ])  # fmt: skip
        right = 20 * log10((load + source) / load)
        options = same_form(
            [
                round(v, 1)
                for v in (
                    right,
                    right / 2,
                    right * 2,
                    20 * log10(load / source) if load > source else right + 3,
                    20 * log10((load + source) / source),
                    right + 6,
                )
            ],
            "dB",
            significant=3,
        )
        yield Sketch.of(stem, options, {"of": "loading_loss", "source": source, "load": load, "absolute": 0.25}, "the voltage divides: load ÷ (load + source)")  # fmt: skip
