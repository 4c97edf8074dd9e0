"""Grounded questions on decibels: ratios, sums of levels, reference quantities, gain chains, loudness.

Every answer is proven by the formula of its quantity, evaluated anew from the stem's numbers.

    for candidate in GENERATORS["decibels_levels.amplitude_ratio"](seed): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log2, log10, sqrt
from random import Random

from akb.benchmark.grounded.craft.measures import Formulas, formula_check, plain, same_form
from akb.benchmark.grounded.craft.templates import Sketch, Templates

LEVELS = Templates("decibels_levels", "arithmetic: level definitions", skill="computation")
GENERATORS, CHECKS = LEVELS.generators, LEVELS.checks

FORMULAS: Formulas = {
    "amplitude_db": lambda a: 20 * log10(a["ratio"]),
    "power_db": lambda a: 10 * log10(a["ratio"]),
    "amplitude_factor": lambda a: 10 ** (a["db"] / 20),
    "power_factor": lambda a: 10 ** (a["db"] / 10),
    "sum": lambda a: 10 * log10(sum(10 ** (level / 10) for level in a["levels"])),
    "difference": lambda a: 10 * log10(10 ** (a["total"] / 10) - 10 ** (a["background"] / 10)),
    "spl": lambda a: 20 * log10(a["pascal"] / 20e-6),
    "pascal": lambda a: 20e-6 * 10 ** (a["db"] / 20),
    "dbfs": lambda a: 20 * log10(a["sample"] / 2 ** (a["bits"] - 1)),
    "volt_dbv": lambda a: 10 ** (a["db"] / 20),
    "volt_dbu": lambda a: 0.775 * 10 ** (a["db"] / 20),
    "chain": lambda a: sum(a["gains"]),
    "sone": lambda a: 2 ** ((a["phon"] - 40) / 10),
    "phon": lambda a: 40 + 10 * log2(a["sone"]),
    "exposure_s": lambda a: 8 * 3600 / 2 ** ((a["level"] - 85) / a["exchange"]),
    "sources": lambda a: 10 ** (a["db"] / 10),
    "leq": lambda a: a["level"] + 10 * log10(a["on_s"] / a["of_s"]),
}
equals = LEVELS.check(formula_check(FORMULAS, absolute=0.25))


def db(*values: float, significant: int = 3, signed: bool = False) -> list[str]:
    """Levels with at most one decimal, the first of them right."""
    return same_form([round(v, 1) for v in values], "dB", significant=significant, signed=signed)


@LEVELS.template(equals)
def amplitude_ratio(rng: Random) -> Iterator[Sketch]:
    while True:
        ratio = rng.choice(
            [1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 25, 30, 40, 50, 60, 80, 100, 200, 500]
        )
        stem = rng.choice([
            f"An amplifier makes a voltage {plain(ratio)} times as large. About how much gain is that in decibels?",
            f"The sound pressure at one seat is {plain(ratio)} times that at another. By about how many decibels do the levels differ?",
            f"Every sample of a signal is multiplied by {plain(ratio)}. By about how many decibels does its level rise?",
            f"A loud and a faint signal have peak amplitudes in the ratio {plain(ratio)} to 1. What is their level difference?",
        ])  # fmt: skip
        right = 20 * log10(ratio)
        yield Sketch.of(stem, db(right, right / 2, right * 2, right + 6, right - 6 if right > 7 else right + 3, ratio), {"of": "amplitude_db", "ratio": ratio}, "20 log₁₀ of a ratio of amplitudes")  # fmt: skip


@LEVELS.template(equals)
def power_ratio(rng: Random) -> Iterator[Sketch]:
    while True:
        ratio = rng.choice(
            [1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 25, 32, 40, 50, 64, 80, 100, 200, 250, 400, 1000]
        )
        stem = rng.choice([
            f"An amplifier's output power is raised by a factor of {plain(ratio)}. By about how many decibels does the level rise?",
            f"The sound intensity near a machine is {plain(ratio)} times that in the corridor. About how much higher is the level?",
            f"A signal has {plain(ratio)} times the power of the noise. About how large is the signal-to-noise ratio?",
            f"One loudspeaker radiates {plain(ratio)} times the acoustic power of another. By how many decibels do their sound power levels differ?",
        ])  # fmt: skip
        right = 10 * log10(ratio)
        yield Sketch.of(stem, db(right, right / 2, right * 2, right + 3, right * 1.5, ratio), {"of": "power_db", "ratio": ratio}, "10 log₁₀ of a ratio of powers")  # fmt: skip


@LEVELS.template(equals)
def factor_of_level(rng: Random) -> Iterator[Sketch]:
    while True:
        power, level = (
            rng.random() < 0.5,
            rng.choice([3, 6, 7, 9, 10, 12, 13, 14, 15, 16, 18, 20, 23, 24, 25, 26, 30, 34, 35, 36, 40, 46]),
        )
        if power:
            stem = rng.choice([
                f"A level rises by {level} dB. By about which factor does the sound power grow?",
                f"Two amplifiers differ by {level} dB in output. About what is the ratio of their powers?",
                f"Speech lies {level} dB above background noise. About how many times the noise power is the speech power?",
            ])  # fmt: skip
        else:
            stem = rng.choice([
                f"A level rises by {level} dB. By about which factor does the sound pressure grow?",
                f"A fader is raised by {level} dB. By about what are the sample values multiplied?",
                f"Two microphone signals differ by {level} dB. About what is the ratio of their voltages?",
            ])  # fmt: skip
        right, other = (10 ** (level / 10), 10 ** (level / 20)) if power else (10 ** (level / 20), 10 ** (level / 10))
        options = same_form(
            [float(f"{v:.3g}") for v in (right, other, right * 2, right / 2, level, right**1.5)], "", significant=2
        )
        yield Sketch.of(stem, options, {"of": "power_factor" if power else "amplitude_factor", "db": level}, "powers go with dB ÷ 10, amplitudes with dB ÷ 20")  # fmt: skip


@LEVELS.template(equals)
def equal_sources(rng: Random) -> Iterator[Sketch]:
    things = ["violins", "machines", "ventilators", "engines", "talkers", "looms", "pumps", "sirens"]
    while True:
        count, level, what = (
            rng.choice([2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32, 50, 100]),
            rng.randrange(48, 96),
            rng.choice(things),
        )
        stem = rng.choice([
            f"A listener hears {count} equal {what}, incoherent sources of {level} dB each. What is the level of all together?",
            f"Each of {count} {what} alone produces {level} dB SPL at a measuring point. Their sounds are uncorrelated. What is the total level there?",
            f"With one source alone a meter reads {level} dB. What does it read when {count} such sources ({what}), uncorrelated and equally far away, sound at once?",
        ])  # fmt: skip
        gain = 10 * log10(count)
        options = db(*(level + g for g in (gain, 2 * gain, gain / 2, 0, gain + 3, count)), significant=4)
        yield Sketch.of(stem, options, {"of": "sum", "levels": [level] * count}, "powers add: 10 log₁₀ of the number is added")  # fmt: skip


@LEVELS.template(equals)
def unequal_sum(rng: Random) -> Iterator[Sketch]:
    while True:
        low = rng.randrange(45, 90)
        levels = [low + rng.choice([0, 1, 2, 3, 4, 5, 6, 8, 10, 12]), low] + (
            [low + rng.choice([0, 3, 6])] if rng.random() < 0.3 else []
        )
        rng.shuffle(levels)
        listing = " and ".join([", ".join(f"{v} dB" for v in levels[:-1]), f"{levels[-1]} dB"])
        stem = rng.choice([
            f"Independent noise sources give {listing} at the same point when heard one at a time. What is the level when all sound together?",
            f"Uncorrelated sounds of {listing} are mixed. What is the level of the mixture?",
            f"{'Two' if len(levels) == 2 else 'Three'} machines in a workshop, each measured alone, give {listing}. What is the level when they run together?",
        ])  # fmt: skip
        right, top = 10 * log10(sum(10 ** (v / 10) for v in levels)), max(levels)
        options = db(
            right,
            top,
            sum(levels) / len(levels),
            20 * log10(sum(10 ** (v / 20) for v in levels)),
            top + 3.5,
            right + 1.7,
            right + 10,
            significant=4,
        )
        yield Sketch.of(stem, options, {"of": "sum", "levels": levels}, "powers are added, not decibels")  # fmt: skip


@LEVELS.template(equals)
def without_background(rng: Random) -> Iterator[Sketch]:
    while True:
        total, gap = rng.randrange(50, 100), rng.choice([2, 3, 4, 5, 6, 7, 8])
        stem = rng.choice([
            f"With a machine on, a meter reads {total} dB; with it off, the steady background reads {total - gap} dB. What is the machine's own level?",
            f"A fan together with uncorrelated room noise measures {total} dB, the room noise alone {total - gap} dB. What is the level of the fan alone at that point?",
            f"A level of {total} dB includes uncorrelated background noise of {total - gap} dB. What remains when the background is subtracted?",
        ])  # fmt: skip
        right = 10 * log10(10 ** (total / 10) - 10 ** ((total - gap) / 10))
        options = db(right, gap, total - gap, total - gap / 2, total - 6, total + 3, right - 2.2, significant=4)
        yield Sketch.of(stem, options, {"of": "difference", "total": total, "background": total - gap}, "powers are subtracted")  # fmt: skip


@LEVELS.template(equals)
def pressure_level(rng: Random) -> Iterator[Sketch]:
    while True:
        back, pascal = (
            rng.random() < 0.4,
            rng.choice(
                [
                    0.0002,
                    0.0005,
                    0.001,
                    0.002,
                    0.004,
                    0.005,
                    0.01,
                    0.02,
                    0.04,
                    0.05,
                    0.1,
                    0.2,
                    0.4,
                    0.5,
                    1,
                    2,
                    4,
                    5,
                    10,
                    20,
                ]
            ),
        )
        level = 20 * log10(pascal / 20e-6)
        if back:
            level = float(rng.randrange(34, 124, 6))
            right = 20e-6 * 10 ** (level / 20) * 1000
            stem = rng.choice([
                f"Which RMS sound pressure belongs to {plain(level)} dB SPL (reference 20 µPa)?",
                f"A calibrator gives {plain(level)} dB SPL re 20 µPa. What is its RMS sound pressure?",
            ])  # fmt: skip
            options = same_form(
                [float(f"{v:.3g}") for v in (right, right * 2, right / 2, right * 10, right / 10)], "mPa", significant=2
            )
            yield Sketch.of(stem, options, {"of": "pascal", "db": level, "absolute": 0.0}, "20 µPa × 10^(dB ÷ 20)")
            continue
        stem = rng.choice([
            f"A sound has an RMS pressure of {plain(pascal * 1000)} mPa. What is its sound pressure level re 20 µPa?",
            f"What level in dB SPL (reference 20 µPa) does an RMS sound pressure of {plain(pascal * 1000)} mPa have?",
        ])  # fmt: skip
        options = db(level, level / 2, level - 6, level + 6, level + 20, level - 20, level + 10)
        yield Sketch.of(stem, options, {"of": "spl", "pascal": pascal}, "20 log₁₀ of the ratio to 20 µPa")  # fmt: skip


@LEVELS.template(equals)
def sample_level(rng: Random) -> Iterator[Sketch]:
    while True:
        bits, power = rng.choice([8, 16, 24, 32]), rng.randrange(1, 7)
        sample = 2 ** (bits - 1) / 2**power * rng.choice([1, 1, 0.75, 0.625])
        if sample % 1:
            continue
        stem = rng.choice([
            f"In {bits}-bit signed audio full scale is {plain(2 ** (bits - 1))}. What is the peak level of a signal whose largest sample is {plain(sample)}?",
            f"A {bits}-bit signed recording peaks at a sample value of {plain(sample)}. What level is that, with {plain(2 ** (bits - 1))} as 0 dBFS?",
        ])  # fmt: skip
        right = 20 * log10(sample / 2 ** (bits - 1))
        options = [
            o.replace("dB", "dBFS")
            for o in db(right, right / 2, right * 2, right - 6, right + 3, right - 3, significant=4)
        ]
        yield Sketch.of(stem, options, {"of": "dbfs", "bits": bits, "sample": sample}, "20 log₁₀ of sample ÷ full scale")  # fmt: skip


@LEVELS.template(equals)
def line_level(rng: Random) -> Iterator[Sketch]:
    while True:
        dbu, level = (
            rng.random() < 0.5,
            rng.choice([-60, -50, -46, -40, -34, -26, -20, -16, -12, -10, -6, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]),
        )
        unit, zero = ("dBu", 0.775) if dbu else ("dBV", 1.0)
        reference = "0 dBu = 0.775 V" if dbu else "0 dBV = 1 V"
        signed = f"{'+' if level > 0 else '−'}{abs(level)} {unit}"
        stem = rng.choice([
            f"What RMS voltage is {signed} ({reference})?",
            f"A device puts out {signed}. With {reference}, what is the RMS voltage?",
            f"A mixer's meter stands at {signed} ({reference}). What RMS voltage does it put out?",
        ])  # fmt: skip
        right = zero * 10 ** (level / 20)
        scale, name = (1000, "mV") if right < 0.9 else (1, "V")
        wrong = [
            zero * 10 ** (level / 10),
            right * 2,
            right / 2,
            right * (0.775 if not dbu else 1 / 0.775),
            right * sqrt(10),
        ]
        options = same_form([float(f"{v * scale:.3g}") for v in (right, *wrong)], name)
        yield Sketch.of(stem, options, {"of": "volt_dbu" if dbu else "volt_dbv", "db": level, "absolute": 0.0}, "reference voltage × 10^(dB ÷ 20)")  # fmt: skip


@LEVELS.template(equals)
def gain_chain(rng: Random) -> Iterator[Sketch]:
    while True:
        gains = [rng.choice([20, 26, 30, 36, 40]), -rng.choice([3, 6, 10, 12, 20]), rng.choice([2, 4, 5, 6, 8])]
        factor = rng.choice([2, 4, 10])
        halves = {2: 6.0206, 4: 12.0412, 10: 20.0}[factor]
        stem = rng.choice([
            f"A signal passes a preamplifier (+{gains[0]} dB), a pad (−{-gains[1]} dB), an equaliser (+{gains[2]} dB) and a stage that multiplies the voltage by {factor}. What is the total gain?",
            f"A chain has stages of +{gains[0]} dB, −{-gains[1]} dB and +{gains[2]} dB, then one that amplifies the voltage {factor} times. By how many decibels does the level rise in all?",
        ])  # fmt: skip
        right = sum(gains) + halves
        options = db(
            right,
            sum(gains) + halves / 2,
            sum(gains) - halves,
            right - 2 * gains[1],
            sum(gains) + factor,
        )
        yield Sketch.of(stem, options, {"of": "chain", "gains": [*gains, 20 * log10(factor)]}, "decibels add; a voltage factor counts 20 log₁₀")  # fmt: skip


@LEVELS.template(equals, limit=24)
def loudness(rng: Random) -> Iterator[Sketch]:
    while True:
        phon = rng.choice([50, 60, 70, 80, 90, 100, 110])
        sone = 2 ** ((phon - 40) / 10)
        if rng.random() < 0.5:
            stem = rng.choice([
                f"By the rule that loudness doubles with every 10 phon above 40 phon = 1 sone, how loud is a sound of {phon} phon?",
                f"A tone has a loudness level of {phon} phon. With 40 phon = 1 sone and a doubling per 10 phon, what is its loudness?",
            ])  # fmt: skip
            options = same_form(
                [sone * f for f in (1, 2, 0.5, 4, 1.5)] + [(phon - 40) / 10, phon / 40], "sone", significant=4
            )
            yield Sketch.of(stem, options, {"of": "sone", "phon": phon, "absolute": 0.0}, "2^((phon − 40) ÷ 10)")
            continue
        stem = rng.choice([
            f"A sound has a loudness of {plain(sone)} sone. With 1 sone = 40 phon and a doubling of loudness per 10 phon, what is its loudness level?",
            f"How many phon is {plain(sone)} sone, if 1 sone is 40 phon and every 10 phon double the loudness?",
        ])  # fmt: skip
        options = same_form(
            [phon, phon + 10, phon - 10, phon + 20, 40 + 20 * log10(sone), 40 + sone, phon - 40], "phon"
        )
        yield Sketch.of(stem, options, {"of": "phon", "sone": sone}, "40 + 10 log₂ of the loudness in sone")  # fmt: skip


@LEVELS.template(equals, limit=30)
def exposure_time(rng: Random) -> Iterator[Sketch]:
    while True:
        exchange, steps = rng.choice([3, 5]), rng.choice([-1, 1, 2, 3, 4, 5])
        level = 85 + exchange * steps
        stem = rng.choice([
            f"A noise limit allows 85 dB(A) for 8 hours, with a {exchange} dB exchange rate. How long is {level} dB(A) allowed?",
            f"A regulation allows 85 dB(A) for 8 hours; the time halves for every {exchange} dB more and doubles for every {exchange} dB less. How long does it allow {level} dB(A)?",
        ])  # fmt: skip
        right = 8 * 60 / 2**steps
        options = same_form(
            [right * f for f in (1, 2, 0.5, 0.25, 4)] + [480 * 85 / level, 480 / (steps + 1) if steps > 0 else 720],
            "min",
            significant=4,
        )
        yield Sketch.of(stem, options, {"of": "exposure_s", "level": level, "exchange": exchange, "absolute": 0.0} , "8 hours ÷ 2^(excess ÷ exchange rate)")  # fmt: skip


@LEVELS.template(equals)
def sources_for_rise(rng: Random) -> Iterator[Sketch]:
    while True:
        count, level = rng.choice([2, 4, 5, 8, 10, 16, 20, 32, 40, 64, 100]), rng.randrange(40, 85)
        rise = round(10 * log10(count))
        if abs(10 ** (rise / 10) - count) > 0.06 * count:
            continue
        stem = rng.choice([
            f"One singer alone is measured at {level} dB. About how many such singers, uncorrelated and equally far away, give {level + rise} dB?",
            f"About how many equal, incoherent sources of {level} dB each add up to {level + rise} dB?",
            f"A single fan gives {level} dB at a desk. About how many such fans, with unrelated noise, reach {level + rise} dB there?",
        ])  # fmt: skip
        root = 10 ** (rise / 20)
        options = [f"{round(v)}" for v in (count, root, count * 2, count / 2, rise, count * 4) if round(v) > 1]
        yield Sketch.of(stem, options, {"of": "sources", "db": rise, "absolute": 0.07 * count}, "10^(rise ÷ 10)")  # fmt: skip


@LEVELS.template(equals, limit=30)
def intermittent_level(rng: Random) -> Iterator[Sketch]:
    while True:
        level, on, of = (
            rng.randrange(60, 105),
            rng.choice([1, 2, 3, 5, 6, 10, 12, 15, 20, 30]),
            rng.choice([30, 60, 120, 240]),
        )
        if on * 2 > of:
            continue
        stem = rng.choice([
            f"A machine is on at a steady {level} dB for {on} of {of} minutes and silent otherwise. What is the equivalent continuous level (Leq) over the {of} minutes?",
            f"A generator that gives {level} dB runs for {on} minute{'s' if on > 1 else ''} within {of} otherwise quiet minutes. To which steady level over the {of} minutes is its energy equal?",
        ])  # fmt: skip
        loss = 10 * log10(on / of)
        options = db(
            level + loss,
            level + 2 * loss,
            level + loss / 2,
            level,
            level - 3,
            level + loss - 3,
            significant=4,
        )
        yield Sketch.of(stem, options, {"of": "leq", "level": level, "on_s": on * 60, "of_s": of * 60}, "10 log₁₀ of the share of time is subtracted")  # fmt: skip
