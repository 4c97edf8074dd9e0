"""Grounded questions on sound in air and rooms: wavelength, delay, Doppler, modes, reverberation.

Answers are proven by the formula of their quantity; absorption coefficients are those of
`pyroomacoustics`' table. Stems state the speed of sound that they assume.

    for candidate in GENERATORS["room_acoustics.wavelength"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log10, pi, sqrt
from random import Random

from akb.benchmark.grounded.craft.measures import Formulas, amount, formula_check, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

ROOMS = Templates("room_acoustics", "arithmetic: propagation of sound", skill="computation")
GENERATORS, CHECKS = ROOMS.generators, ROOMS.checks

FORMULAS: Formulas = {
    "wavelength": lambda a: a["c"] / a["tone_hz"],
    "tone": lambda a: a["c"] / a["metres"],
    "travel": lambda a: a["metres"] / a["c"],
    "echo_path": lambda a: a["seconds"] * a["c"] / 2,
    "distance": lambda a: a["seconds"] * a["c"],
    "speed": lambda a: 331.3 + 0.606 * a["celsius"],
    "moving_source": lambda a: a["tone_hz"] * a["c"] / (a["c"] - a["speed"]),
    "moving_listener": lambda a: a["tone_hz"] * (a["c"] + a["speed"]) / a["c"],
    "axial": lambda a: a["order"] * a["c"] / (2 * a["metres"]),
    "sabine": lambda a: 0.161 * a["volume"] / a["area"],
    "sabine_area": lambda a: 0.161 * a["volume"] / a["seconds"],
    "absorption": lambda a: sum(s * k for s, k in a["surfaces"]),
    "inverse": lambda a: a["level"] - 20 * log10(a["to"] / a["from"]),
    "line": lambda a: a["level"] - 10 * log10(a["to"] / a["from"]),
    "quarter": lambda a: a["c"] / (4 * a["metres"]),
    "quarter_depth": lambda a: a["c"] / (4 * a["tone_hz"]),
    "critical": lambda a: sqrt(a["area"] / (16 * pi)),
    "schroeder": lambda a: 2000 * sqrt(a["seconds"] / a["volume"]),
    "gap": lambda a: (a["reflected"] - a["direct"]) / a["c"],
    "free_path": lambda a: 4 * a["volume"] / a["surface"],
    "mass_law": lambda a: 20 * log10(a["factor"]),
    "area_change": lambda a: 10 * log10(a["after"] / a["before"]),
    "decay": lambda a: 60 * a["seconds"] / a["rt"],
}  # fmt: skip
equals = ROOMS.check(formula_check(FORMULAS, rel=0.015))
C = 343


@ROOMS.template(equals)
def wavelength(rng: Random) -> Iterator[Sketch]:
    while True:
        tone, back = (
            rng.choice(
                [
                    20,
                    25,
                    31.5,
                    40,
                    50,
                    63,
                    80,
                    100,
                    125,
                    160,
                    200,
                    250,
                    315,
                    440,
                    500,
                    700,
                    800,
                    1000,
                    1500,
                    2000,
                    3000,
                    4000,
                    5000,
                    8000,
                    10000,
                ]
            ),
            rng.random() < 0.4,
        )
        c, medium = rng.choice([(343, "air"), (343, "air"), (1480, "water")])
        metres = c / tone
        if back:
            shown = float(f"{metres:.2g}")
            stem = rng.choice([
                f"A sound in {medium} (speed {c:,} m/s) has a wavelength of {plain(shown * 100)} cm. What is its frequency?",
                f"Which frequency has a wavelength of {plain(shown * 100)} cm in {medium}, at {c:,} m/s?",
            ])  # fmt: skip
            options = same_form([float(f"{v:.3g}") for v in (c / shown * f for f in (1, 2, 0.5, 4, 0.25, 10))], "Hz")
            yield Sketch.of(stem, options, {"of": "tone", "c": c, "metres": shown}, "speed ÷ wavelength")
            continue
        stem = rng.choice([
            f"What is the wavelength of a {plain(tone)} Hz tone in {medium} at {c:,} m/s?",
            f"Sound travels at {c:,} m/s in {medium}. How long is one wave of a {plain(tone)} Hz tone?",
            f"Two points one whole wavelength apart in a {plain(tone)} Hz plane wave in {medium} ({c:,} m/s) are how far from each other?",
        ])  # fmt: skip
        scale, unit = (1, "m") if metres >= 0.8 else (100, "cm")
        options = same_form([metres * scale * f for f in (1, 2, 0.5, 4, 0.25, 1.5)], unit)
        yield Sketch.of(stem, options, {"of": "wavelength", "c": c, "tone_hz": tone}, "speed ÷ frequency")


@ROOMS.template(equals)
def travel_time(rng: Random) -> Iterator[Sketch]:
    while True:
        metres = rng.choice([1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 17, 20, 25, 30, 34, 40, 50, 60, 75, 85, 100])
        stem = rng.choice([
            f"How long does sound take to cover {plain(metres)} m in air at 343 m/s?",
            f"A delay loudspeaker hangs {plain(metres)} m in front of the main loudspeakers, towards the audience. By how much must its signal be delayed to line up (343 m/s)?",
            f"A drummer on a parade ground is {plain(metres)} m away from a trumpeter. How late does the trumpeter hear a stroke, at 343 m/s?",
        ])  # fmt: skip
        right = metres / C * 1000
        yield Sketch.of(stem, same_form([right * f for f in (1, 2, 0.5, 3.43, 0.343, 10, 1.5)], "ms"), {"of": "travel", "metres": metres, "c": C}, "distance ÷ speed")  # fmt: skip


@ROOMS.template(equals)
def echo_distance(rng: Random) -> Iterator[Sketch]:
    while True:
        seconds, echo = (
            rng.choice([0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 2.4, 3, 4, 5, 6, 8]),
            rng.random() < 0.7,
        )
        if not echo and seconds < 1.5:
            continue
        stem = rng.choice([
            f"A clap returns from a cliff after {plain(seconds)} s. How far away is the cliff, at 343 m/s?",
            f"The echo of a shout arrives {plain(seconds)} s after the shout. What is the distance to the wall that reflects it (343 m/s)?",
            f"A climber shouts towards a rock face and hears the echo {plain(seconds)} s later. With sound at 343 m/s, how far away is the rock?",
        ] if echo else [
            f"Thunder is heard {plain(seconds)} s after the flash. At 343 m/s, how far away was the lightning?",
            f"A spectator sees a starting pistol's smoke {plain(seconds)} s before hearing the shot. How far is the pistol (343 m/s)?",
        ])  # fmt: skip
        right = seconds * C / (2 if echo else 1)
        options = same_form([right * f for f in (1, 2, 0.5, 0.25, 1.5, 3)], "m")
        yield Sketch.of(stem, options, {"of": "echo_path" if echo else "distance", "seconds": seconds, "c": C}, "an echo goes there and back")  # fmt: skip


@ROOMS.template(equals, limit=24)
def speed_in_warm_air(rng: Random) -> Iterator[Sketch]:
    while True:
        celsius = rng.choice([-20, -15, -10, -5, 5, 10, 12, 15, 18, 22, 24, 25, 28, 30, 32, 35, 38, 40])
        text = amount(celsius)
        stem = rng.choice([
            f"By the rule 331.3 m/s + 0.606 m/s per degree Celsius, how fast is sound in air of {text} °C?",
            f"The speed of sound in air is 331.3 m/s at 0 °C and changes by about 0.606 m/s per degree. What is it at {text} °C?",
        ])  # fmt: skip
        right = 331.3 + 0.606 * celsius
        options = [
            f"{v:.0f} m/s"
            for v in (
                right,
                331.3 - 0.606 * celsius,
                right + 6,
                right - 6,
                right + 12,
                right - 12,
                343 if abs(right - 343) > 4 else 331,
            )
        ]
        yield Sketch.of(stem, options, {"of": "speed", "celsius": celsius}, "331.3 + 0.606 × temperature")  # fmt: skip


@ROOMS.template(equals)
def doppler(rng: Random) -> Iterator[Sketch]:
    while True:
        tone, speed, away, listener = (
            rng.choice([200, 300, 400, 440, 500, 600, 700, 800, 1000, 1200, 1500, 2000]),
            rng.choice([10, 15, 20, 25, 30, 35, 40, 45, 50]),
            rng.random() < 0.5,
            rng.random() < 0.35,
        )
        sign = -1 if away else 1
        if listener:
            stem = rng.choice([
                f"A train carries a listener at {speed} m/s {'away from' if away else 'towards'} a fixed bell of {tone:,} Hz. What frequency does the listener hear (343 m/s)?",
                f"A racing driver moves at {speed} m/s straight {'away from' if away else 'towards'} a resting {tone:,} Hz siren. At which frequency is it heard, with sound at 343 m/s?",
            ])  # fmt: skip
            right, other = tone * (C + sign * speed) / C, tone * C / (C - sign * speed)
        else:
            stem = rng.choice([
                f"A siren of {tone:,} Hz moves at {speed} m/s straight {'away from' if away else 'towards'} a listener at rest. Which frequency is heard (343 m/s)?",
                f"A locomotive whistling at {tone:,} Hz {'leaves' if away else 'approaches'} a station at {speed} m/s. What frequency do people on the platform hear, with sound at 343 m/s?",
            ])  # fmt: skip
            right, other = tone * C / (C - sign * speed), tone * (C + sign * speed) / C
        wrong = [
            other,
            2 * tone - right,
            tone,
            tone + 2 * (right - tone),
            tone + (right - tone) / 2,
            tone - 2 * (right - tone),
        ]
        # The wrong formula is too close to the right one at low speeds to be a fair option.
        wrong = [w for w in wrong if abs(w - right) > 0.018 * right]
        yield Sketch.of(stem, same_form([float(round(v)) for v in (right, *wrong)], "Hz", significant=4),
                        {"of": "moving_listener" if listener else "moving_source", "tone_hz": tone, "speed": sign * speed, "c": C}, "f·c ÷ (c ∓ v) for a source, f·(c ± v) ÷ c for a listener")  # fmt: skip


@ROOMS.template(equals)
def axial_mode(rng: Random) -> Iterator[Sketch]:
    ordinals = {1: "lowest", 2: "second", 3: "third", 4: "fourth"}
    while True:
        metres, order = (
            rng.choice([2.2, 2.4, 2.5, 2.8, 3, 3.2, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 10, 12]),
            rng.choice([1, 1, 1, 2, 3, 4]),
        )
        stem = rng.choice([
            f"Two rigid parallel walls stand {plain(metres)} m apart. What is the frequency of their {ordinals[order]} axial mode (343 m/s)?",
            f"A studio's hard side walls are {plain(metres)} m apart. At which frequency does the {ordinals[order]} axial mode between them lie, with sound at 343 m/s?",
            f"A room with hard walls is {plain(metres)} m long. Where is its {ordinals[order]} axial mode along the length, at 343 m/s?",
        ])  # fmt: skip
        right = order * C / (2 * metres)
        yield Sketch.of(stem, same_form([right * f for f in (1, 2, 0.5, 1.5, 0.25, 3)], "Hz"), {"of": "axial", "metres": metres, "order": order, "c": C}, "order × speed ÷ twice the distance")  # fmt: skip


@ROOMS.template(equals)
def sabine_time(rng: Random) -> Iterator[Sketch]:
    while True:
        sides, mean = (
            [rng.choice([4, 5, 6, 8, 10, 12, 15, 20]), rng.choice([3, 4, 5, 6, 8, 10]), rng.choice([2.5, 3, 4, 5, 6])],
            rng.choice([0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25]),
        )
        volume = sides[0] * sides[1] * sides[2]
        surface = 2 * (sides[0] * sides[1] + sides[0] * sides[2] + sides[1] * sides[2])
        given = rng.random() < 0.5
        right = 0.161 * volume / (surface * mean)
        if not 0.15 < right < 8:
            continue
        stem = rng.choice([
            f"A room has a volume of {plain(volume)} m³, {plain(surface)} m² of surface and a mean absorption coefficient of {plain(mean)}. What reverberation time does Sabine's formula give?",
            f"By Sabine's formula, how long is RT60 in a room of {plain(volume)} m³ whose {plain(surface)} m² of walls, floor and ceiling absorb {plain(mean * 100)} % on average?",
        ] if given else [
            f"A hall measures {plain(sides[0])} m × {plain(sides[1])} m × {plain(sides[2])} m, with a mean absorption coefficient of {plain(mean)} on all six surfaces. What RT60 does Sabine's formula predict?",
            f"All six faces of a box-shaped room of {plain(sides[0])} m by {plain(sides[1])} m by {plain(sides[2])} m absorb {plain(mean * 100)} % of the sound. What is its reverberation time by Sabine's formula?",
        ])  # fmt: skip
        options = same_form(
            [right * f for f in (1, 2, 0.5, 0.161 / 0.049 if right < 2 else 0.25, 1.5, 0.7)], "s", significant=2
        )
        yield Sketch.of(stem, options, {"of": "sabine", "volume": volume, "area": surface * mean}, "volume × 0.161 ÷ (surface × coefficient)")  # fmt: skip


@ROOMS.template(equals)
def absorption_needed(rng: Random) -> Iterator[Sketch]:
    while True:
        volume, seconds = (
            rng.choice([50, 80, 100, 120, 150, 200, 250, 300, 400, 500, 800, 1000, 1500, 2000, 3000, 5000, 8000]),
            rng.choice([0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 2.5]),
        )
        stem = rng.choice([
            f"A room of {volume:,} m³ is to have a reverberation time of {plain(seconds)} s. What absorption area does Sabine's formula ask for?",
            f"RT60 measures {plain(seconds)} s in a hall of {volume:,} m³. What is its equivalent absorption area by Sabine's formula?",
        ])  # fmt: skip
        right = 0.161 * volume / seconds
        options = same_form(
            [
                float(f"{v:.3g}")
                for v in (right, right * 2, right / 2, 0.161 * volume * seconds, volume / seconds / 10, right * 1.5)
            ],
            "m²",
        )
        yield Sketch.of(stem, options, {"of": "sabine_area", "volume": volume, "seconds": seconds}, "0.161 × volume ÷ time")  # fmt: skip


@ROOMS.template(equals)
def reverberant_change(rng: Random) -> Iterator[Sketch]:
    while True:
        before, factor = rng.choice([5, 8, 10, 12, 15, 20, 25, 30, 40]), rng.choice([1.5, 2, 2.5, 3, 4, 5, 6, 8, 10])
        after = before * factor
        stem = rng.choice([
            f"Panels raise a room's absorption area from {plain(before)} m² to {plain(after)} m². By about how much does the diffuse reverberant level of a steady source fall?",
            f"A hall's equivalent absorption area grows from {plain(before)} m² to {plain(after)} m². How much quieter does the reverberant field become?",
        ])  # fmt: skip
        right = 10 * log10(factor)
        options = same_form(
            [round(v, 1) for v in (right, 2 * right, right / 2, right + 3, right * 1.5, factor + right)],
            "dB",
            significant=2,
        )
        yield Sketch.of(stem, options, {"of": "area_change", "before": before, "after": after, "absolute": 0.3}, "10 log₁₀ of the ratio of areas")  # fmt: skip


@ROOMS.template(equals)
def spreading_loss(rng: Random) -> Iterator[Sketch]:
    while True:
        line = rng.random() < 0.4
        start = rng.choice([10, 15, 20, 25] if line else [1, 2, 3, 4, 5, 10])  # nobody measures traffic at 1 m
        factor, level = rng.choice([2, 3, 4, 5, 8, 10, 16, 20]), rng.randrange(70, 92 if line else 116)
        end = start * factor
        stem = rng.choice([
            f"A straight line source, far longer than all distances here, gives {level} dB at {start} m in free field. What level is there at {end} m?",
            f"Steady motorway traffic, an endless line source, is measured at {level} dB at {start} m. What does cylindrical spreading predict at {end} m?",
        ] if line else [
            f"A point source in free field gives {level} dB at {start} m. What level does it give at {end} m?",
            f"Outdoors, away from reflections, a small loudspeaker reads {level} dB at {start} m. By the inverse-square law, what does it read at {end} m?",
        ])  # fmt: skip
        per = 10 if line else 20
        drop = per * log10(factor)
        options = same_form(
            [
                round(level - d, 1)
                for d in (
                    drop,
                    drop * 2 if line else drop / 2,
                    drop + 3,
                    drop - 3 if drop > 5 else drop + 6,
                    3,
                    drop * 1.5,
                )
            ],
            "dB",
            significant=4,
        )
        yield Sketch.of(stem, options, {"of": "line" if line else "inverse", "level": level, "from": start, "to": end, "absolute": 0.3} , "6 dB per doubling from a point, 3 dB from a line")  # fmt: skip


@ROOMS.template(equals, limit=30)
def reflection_gap(rng: Random) -> Iterator[Sketch]:
    while True:
        direct, extra = (
            rng.choice([3, 4, 5, 6, 8, 10, 12, 15, 20]),
            rng.choice([1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 9, 11, 14, 17]),
        )
        reflected = direct + extra
        stem = rng.choice([
            f"The direct path from stage to seat is {direct} m, the path by way of the ceiling {plain(reflected)} m. How long after the direct sound does the reflection arrive (343 m/s)?",
            f"A first reflection travels {plain(reflected)} m to a microphone, the direct sound {direct} m. What is the initial time delay gap at 343 m/s?",
        ])  # fmt: skip
        right = extra / C * 1000
        options = same_form(
            [right, reflected / C * 1000, direct / C * 1000, right * 2, right / 2, (reflected + direct) / C * 1000],
            "ms",
        )
        yield Sketch.of(stem, options, {"of": "gap", "direct": direct, "reflected": reflected, "c": C}, "difference of paths ÷ speed")  # fmt: skip
