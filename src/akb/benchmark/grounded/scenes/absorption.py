"""Grounded questions on how rooms and materials treat sound: absorbers, decay, critical distance, isolation.

Absorption coefficients are those of `pyroomacoustics`' table, read at generation and at proof.

    for candidate in GENERATORS["room_acoustics.best_absorber"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from math import log10, pi, sqrt
from random import Random
from typing import Any

from akb.benchmark.grounded.craft.measures import amount, near, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates
from akb.benchmark.grounded.scenes.rooms import C, equals

ABSORPTION = Templates("room_acoustics", "arithmetic: room acoustics")
GENERATORS, CHECKS = ABSORPTION.generators, ABSORPTION.checks
ABSORPTION.check(equals)
TABLE = "pyroomacoustics: table of absorption coefficients"

# Names for stems of materials whose description in the table needs the table beside it.
MATERIALS = {
    "brickwork": "a rendered brick wall", "rough_concrete": "rough concrete", "ceramic_tiles": "smooth glazed ceramic wall tiles",
    "marble_floor": "a polished marble floor", "limestone_wall": "a limestone wall", "unpainted_concrete": "smooth unpainted concrete",
    "linoleum_on_concrete": "linoleum laid on concrete", "chairs_wooden": "wooden chairs without cushions", "glass_3mm": "a 3 mm glass pane",
    "carpet_thin": "thin carpet glued to concrete", "carpet_tufted_9m": "9 mm pile carpet on felt",
    "curtains_velvet": "tight velvet curtains", "curtains_densely_woven": "densely woven curtains",
    "plywood_thin": "thin plywood panelling", "wooden_lining": "12 mm wooden lining fixed on a frame",
    "rockwool_50mm_80kgm3": "50 mm thick rockwool", "ceiling_melamine_foam": "melamine foam wedges",
    "chairs_heavy_upholstered": "thickly upholstered seats", "audience_2_m2": "a dense seated audience",
    "chairs_unoccupied_plastic": "empty plastic chairs", "wooden_door": "a solid wooden door", "concrete_floor": "a concrete floor",
    "panel_fabric_covered_6pcf": "rockwool wall panels", "ceiling_plasterboard": "a plasterboard ceiling with a large air space above",
    "curtains_fabric_folded": "deeply folded curtains", "stage_floor": "a wooden stage floor over an air space",
}  # fmt: skip

# Materials whose absorption of the bass hangs on a thickness or an air gap that their names do not tell.
UNSTATED_DEPTH = {"panel_fabric_covered_6pcf", "ceiling_melamine_foam", "curtains_fabric_folded", "glass_3mm"}


@cache
def coefficients(name: str) -> dict[int, float]:
    """Absorption coefficients of a material by octave-band centre in Hz. Raises StopIteration if unknown."""
    import pyroomacoustics

    data = pyroomacoustics.materials_data
    entry = next(group[name] for group in data["absorption"].values() if name in group)
    return dict(zip(data["center_freqs"], entry["coeffs"], strict=False))


@ABSORPTION.check
def absorbs_extreme(args: Mapping[str, Any], option: str) -> bool:
    """The option's coefficient is at least (at most) those of all materials asked about, less (plus) 0.05."""
    names = {text: key for key, text in MATERIALS.items()}
    values = [coefficients(key)[args["band"]] for key in args["among"]]
    mine = coefficients(names[option])[args["band"]]
    return mine >= max(values) - 0.05 if args["most"] else mine <= min(values) + 0.02


@ABSORPTION.check
def falling_absorption(args: Mapping[str, Any], option: str) -> bool:
    """The option's coefficient at 125 Hz exceeds that at 4 kHz (or the reverse, as asked)."""
    names = {text: key for key, text in MATERIALS.items()}
    low, high = (coefficients(names[option])[band] for band in (125, 4000))
    return low > high if args["bass"] else high > low


@ABSORPTION.check
def absorbed_area(args: Mapping[str, Any], option: str) -> bool:
    """The option is the sum of area × coefficient over the surfaces."""
    return near(option, sum(area * coefficients(name)[args["band"]] for name, area in args["surfaces"]), rel=0.02)


@ABSORPTION.template(absorbs_extreme, source=TABLE, skill="recall")
def best_absorber(rng: Random) -> Iterator[Sketch]:
    while True:
        band, most = rng.choice([125, 250, 500, 1000, 2000, 4000]), rng.random() < 0.6
        four = rng.sample(sorted(MATERIALS), 4)
        if band < 500 and UNSTATED_DEPTH & set(four):
            continue
        four.sort(key=lambda name: coefficients(name)[band], reverse=most)
        first, second = (coefficients(name)[band] for name in four[:2])
        # A clear gap, so that no other measurement would turn the order round.
        if (most and (first < 0.35 or first - second < 0.25)) or (not most and (first > 0.06 or second < 0.2)):
            continue
        extreme = "most" if most else "least"
        stem = rng.choice([
            f"Per square metre, which of these surfaces typically absorbs the {extreme} sound at {band:,} Hz?",
            f"Around {band:,} Hz, which of these has the {'highest' if most else 'lowest'} absorption coefficient according to common tables?",
            f"A designer wants a surface that {'soaks up' if most else 'reflects'} as much {band:,} Hz energy as possible. Which of these serves best?",
        ])  # fmt: skip
        options = [MATERIALS[name] for name in four]
        # Absorbers have the longer names; half of the questions that this would give away are left out.
        if len(options[0]) == max(map(len, options)) and rng.random() < 0.5:
            continue
        yield Sketch.of(
            stem,
            options,
            {"band": band, "most": most, "among": sorted(four)},
            f"coefficient {first:g}; the next is {second:g}",
        )


@ABSORPTION.template(falling_absorption, source=TABLE, limit=30, skill="recall")
def bass_absorber(rng: Random) -> Iterator[Sketch]:
    def tilt(name: str) -> float:
        return coefficients(name)[125] - coefficients(name)[4000]

    falling = [name for name in sorted(MATERIALS) if tilt(name) > 0.05]
    rising = [name for name in sorted(MATERIALS) if tilt(name) < -0.05]
    while True:
        bass = rng.random() < 0.5
        options = (
            [rng.choice(falling), *rng.sample(rising, 3)] if bass else [rng.choice(rising), *rng.sample(falling, 3)]
        )
        stem = rng.choice([
            f"Which of these absorbs {'low' if bass else 'high'} frequencies (near {'125 Hz' if bass else '4 kHz'}) better than {'high' if bass else 'low'} ones (near {'4 kHz' if bass else '125 Hz'})?",
            f"By tables of absorption coefficients, which of these absorbs more at {'125 Hz than at 4 kHz' if bass else '4 kHz than at 125 Hz'}?",
            f"Which of these makes a room sound {'thinner, by taking away bass (125 Hz) rather than treble (4 kHz)' if bass else 'duller, by taking away treble (4 kHz) rather than bass (125 Hz)'}?",
        ])  # fmt: skip
        yield Sketch.of(stem, [MATERIALS[n] for n in options], {"bass": bass, "among": sorted(options)}, "thin panels vibrate with the bass, porous layers absorb the treble")  # fmt: skip


@ABSORPTION.template(equals, limit=30)
def quarter_wave(rng: Random) -> Iterator[Sketch]:
    while True:
        cm, back = rng.choice([5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100]), rng.random() < 0.5
        tone = rng.choice([50, 60, 63, 80, 100, 120, 125, 150, 200, 250, 300, 400, 500, 800, 1000])
        if back:
            stem = rng.choice([
                f"How far in front of a hard wall lies the first pressure null of a normally incident {tone:,} Hz wave (343 m/s)?",
                f"How far from a rigid wall does a thin porous layer hang to absorb {tone:,} Hz best, if that is a quarter of a wavelength (343 m/s)?",
            ])  # fmt: skip
            right = C / (4 * tone) * 100
            yield Sketch.of(stem, same_form([right * f for f in (1, 2, 4, 0.5, 0.25)], "cm"), {"of": "quarter_depth", "tone_hz": tone, "c": C}, "speed ÷ (4 × frequency)")  # fmt: skip
            continue
        stem = rng.choice([
            f"A small source stands {cm} cm in front of a hard wall. What is the lowest frequency at which the reflection off that wall cancels the direct sound straight ahead (343 m/s)?",
            f"A thin porous absorber hangs {cm} cm from a rigid wall. For which frequency is that a quarter wavelength, at 343 m/s?",
        ])  # fmt: skip
        right = C / (4 * cm / 100)
        yield Sketch.of(stem, same_form([float(f"{right * f:.3g}") for f in (1, 2, 4, 0.5, 0.25)], "Hz"), {"of": "quarter", "metres": cm / 100, "c": C}, "speed ÷ (4 × distance)")  # fmt: skip


@ABSORPTION.template(equals, limit=30)
def room_measures(rng: Random) -> Iterator[Sketch]:
    while True:
        volume, seconds, area = (
            rng.choice([30, 40, 50, 60, 80, 100, 120, 150, 200, 300, 400, 500, 800, 1000]),
            rng.choice([0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2]),
            rng.choice([5, 8, 10, 15, 20, 25, 30, 40, 50, 80, 100, 200, 300]),
        )
        if rng.random() < 0.5:
            stem = rng.choice([
                f"Estimate the Schroeder frequency of a room of {volume:,} m³ with a reverberation time of {plain(seconds)} s.",
                f"A room has {volume:,} m³ and RT60 = {plain(seconds)} s. Above about which frequency (Schroeder's) do its modes merge into a statistical field?",
            ])  # fmt: skip
            right = 2000 * sqrt(seconds / volume)
            options = same_form(
                [
                    float(round(v))
                    for v in (
                        right,
                        2000 * sqrt(seconds / volume) * 2,
                        right / 2,
                        right * sqrt(2),
                        2000 * seconds / sqrt(volume),
                        right / sqrt(2),
                    )
                ],
                "Hz",
            )
            yield Sketch.of(stem, options, {"of": "schroeder", "seconds": seconds, "volume": volume}, "2000 √(T ÷ V)")
            continue
        stem = rng.choice([
            f"A room has an absorption area of {area} m². At which distance from an omnidirectional source are direct and diffuse sound about equally strong?",
            f"What is the critical distance of a nondirectional talker in a room with {area} m² of absorption area?",
        ])  # fmt: skip
        right = sqrt(area / (16 * pi))
        options = same_form([right * f for f in (1, 2, 0.5, sqrt(2), 4, sqrt(pi))], "m")
        yield Sketch.of(stem, options, {"of": "critical", "area": area}, "√(A ÷ 16π)")


@ABSORPTION.template(equals, limit=30)
def decay_amount(rng: Random) -> Iterator[Sketch]:
    while True:
        rt, seconds = (
            rng.choice([0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 1.8, 2, 2.4, 2.5, 3, 4, 5]),
            rng.choice([0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5]),
        )
        right = 60 * seconds / rt
        if not 3 <= right <= 55 or abs(right - round(right)) > 1e-6:
            continue
        stem = rng.choice([
            f"In a hall with RT60 = {plain(rt)} s a chord is cut off. With an even decay, by how many decibels has the sound fallen after {plain(seconds)} s?",
            f"A room reverberates for {plain(rt)} s (RT60). How far does the level drop in the first {plain(seconds)} s of an exponential decay?",
        ])  # fmt: skip
        options = [
            f"{amount(round(v))} dB"
            for v in (right, right * 2, right / 2, 60 - right, right + 6, 30 * seconds / rt + 3, 20 * seconds / rt)
        ]
        yield Sketch.of(stem, options, {"of": "decay", "rt": rt, "seconds": seconds}, "60 dB × time ÷ reverberation time")  # fmt: skip


@ABSORPTION.template(equals, limit=24)
def mass_law(rng: Random) -> Iterator[Sketch]:
    while True:
        factor, start = rng.choice([1.5, 2, 3, 4, 5, 8, 10]), rng.choice([5, 10, 12, 20, 25, 50])
        tone = rng.random() < 0.4
        stem = rng.choice([
            f"By the mass law, about how much better does a single wall isolate {plain(start * factor * 20)} Hz than {plain(start * 20)} Hz?",
            f"Going by the mass law alone, by how much does a partition's sound reduction rise from {plain(start * 20)} Hz to {plain(start * factor * 20)} Hz?",
        ] if tone else [
            f"By the mass law, about how much does the sound reduction of a wall rise when its mass grows from {start} to {plain(start * factor)} kg/m²?",
            f"A single partition of {start} kg/m² is replaced by one of {plain(start * factor)} kg/m². How many decibels of isolation does the mass law promise in addition?",
        ])  # fmt: skip
        right = 20 * log10(factor)
        options = same_form(
            [round(v, 1) for v in (right, right / 2, right * 2, right + 3, right * 1.5, right + 6)], "dB", significant=2
        )
        yield Sketch.of(stem, options, {"of": "mass_law", "factor": factor, "tone": tone, "start": start, "absolute": 0.3}, "20 log₁₀ of the ratio of masses or frequencies")  # fmt: skip
