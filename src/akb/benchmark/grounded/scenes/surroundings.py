"""Grounded questions on the surroundings by arithmetic: thunder, impacts, crowds, appliances.

list(GENERATORS["nature_weather.thunder"](0))
"""

from __future__ import annotations

from math import log10, sqrt

from akb.benchmark.grounded.craft.quantities import Quantities

nature = Quantities("nature_weather")
materials = Quantities("materials_impacts")
scenes = Quantities("acoustic_scenes")
household = Quantities("household_tools")

AIR = [343.0]

# --- nature and weather ----------------------------------------------------------------------
nature.add(
    "thunder", "path", "km",
    [
        "Thunder follows the flash after {time} s. With sound at {speed} m/s, how far away did the lightning strike?",
        "You count {time} s between lightning and thunder. How distant is the stroke, at {speed} m/s?",
        "A camper sees a flash and hears the first thunder {time} s later. How far off is the storm if sound covers {speed} m in a second?",
    ],
    {"speed": [340.0], "time": [3, 5, 6, 7, 9, 10, 12, 14, 15, 18, 20, 25]},
    [2, 0.5, 1000 / 340, 1.609, 0.25],
)  # fmt: skip
nature.add(
    "cliff_echo", "echo_distance", "m",
    [
        "A shout in the mountains comes back from a cliff after {time} s. At {speed} m/s, how far is the cliff?",
        "An echo over a lake returns {time} s after the clap. How far away is the far shore's rock face, with sound at {speed} m/s?",
        "A hiker's whistle is reflected by a forest edge and heard again {time} s later. What is the distance to the trees ({speed} m/s)?",
    ],
    {"speed": [340.0], "time": [0.5, 0.8, 1.2, 1.5, 2, 2.5, 3, 3.6, 4]},
    [2, 0.5, 4, 1500 / 340],
)  # fmt: skip
nature.add(
    "water_or_air", "two_speeds_lead", "s",
    [
        "A blast at sea is heard through water ({fast} m/s) and through air ({slow} m/s), {distance} m away. How much earlier does the sound in the water arrive?",
        "A hydrophone and a microphone pick up the same explosion {distance} m away, one through water ({fast} m/s), the other through air ({slow} m/s). What is the gap between the two arrivals?",
    ],
    {"distance": [600, 900, 1500, 2400, 3000, 4500], "fast": [1500.0], "slow": [340.0]},
    [lambda distance, fast, slow: distance / slow, lambda distance, fast, slow: distance / fast, lambda distance, fast, slow: distance / (fast - slow), lambda distance, fast, slow: distance / slow + distance / fast],
    limit=12,
)  # fmt: skip
nature.add(
    "distant_eruption", "travel_time", "min",
    [
        "A volcano {distance} m away explodes. After how many minutes is the bang heard, with sound at {speed} m/s?",
        "The boom of a meteor that burst {distance} m away travels at {speed} m/s. How long does it take?",
    ],
    {"distance": [20400, 30600, 51000, 81600, 102000, 163200], "speed": [340.0]},
    [2, 0.5, 1.6, 0.6, 3.6],
    limit=12,
)  # fmt: skip
nature.add(
    "waterfall_level", "level_sum", "dB",
    [
        "Beside a stream the level is {one} dB from a waterfall alone and {other} dB from the wind alone. Which level do both make together?",
        "Rain on a roof gives {one} dB and surf in the distance {other} dB at the same spot. What does the meter show when both sound?",
    ],
    {"one": [55, 60, 64, 70], "other": [52, 57, 60, 61, 64, 67, 70]},
    [lambda one, other: one + other, lambda one, other: max(one, other) + 10, lambda one, other: (one + other) / 2 - 1, 6, -4],
    limit=16,
    fits=lambda value: True,
)  # fmt: skip

# --- materials and impacts -------------------------------------------------------------------
materials.add(
    "scaled_bell", "scaled_frequency", "Hz",
    [
        "A bell rings at {frequency} Hz. A geometrically similar bell of the same bronze has all its dimensions multiplied by {factor}. At which frequency does it ring?",
        "A glass vase rings at {frequency} Hz when tapped. A second one of the same glass is {factor} times as large in every direction, wall thickness included. At which frequency does it ring?",
        "A wooden bowl knocked on gives {frequency} Hz. Every length of a second bowl of the same wood is {factor} times as long. Which frequency does it give?",
    ],
    {"frequency": [240, 400, 480, 600, 900, 1200], "factor": [0.5, 1.25, 1.5, 2, 2.5, 3]},
    [lambda frequency, factor: frequency * factor, lambda frequency, factor: frequency / factor**2, lambda frequency, factor: frequency / sqrt(factor), lambda frequency, factor: frequency / factor**3],
    limit=24,
)  # fmt: skip
materials.add(
    "shorter_bar", "bar_length_frequency", "Hz",
    [
        "A free steel bar bends and rings at {frequency} Hz. A bar of the same cross-section and steel is {factor} times as long. At which frequency does the same mode ring?",
        "A wooden slat, struck, sounds at {frequency} Hz. What does a slat of equal wood and thickness sound that is {factor} times as long and held in the same way (bending mode)?",
    ],
    {"frequency": [180, 360, 450, 720, 900], "factor": [0.5, 1.5, 2, 3]},
    [lambda frequency, factor: frequency / factor, lambda frequency, factor: frequency * factor, lambda frequency, factor: frequency / sqrt(factor), lambda frequency, factor: frequency * factor**2],
    limit=20,
)  # fmt: skip
materials.add(
    "thicker_plate", "plate_frequency", "Hz",
    [
        "A thin metal plate rings at {frequency} Hz in its lowest bending mode. A plate of the same metal and outline is {factor} times as thick, and still thin. At which frequency does it ring?",
        "Two panes of equal size and mounting differ only in thickness, by a factor of {factor}. The thinner pane's bending resonance is at {frequency} Hz. At which frequency is the thicker pane's?",
    ],
    {"frequency": [90, 120, 160, 200, 250, 320], "factor": [1.5, 2, 2.5, 3, 4]},
    [lambda frequency, factor: frequency / factor, lambda frequency, factor: frequency * factor**2, lambda frequency, factor: frequency * sqrt(factor), lambda frequency, factor: frequency, lambda frequency, factor: frequency * factor**3],
    limit=20,
)  # fmt: skip
materials.add(
    "bouncing_ball", "bounce_gap", "ms",
    [
        "The first gap between a ball's impacts lasts {seconds} s, and every later gap is {restitution} times the one before it. How long is the gap that comes {bounces} gaps after the first?",
        "A dropped marble clicks on stone. The first two clicks are {seconds} s apart, and each later interval is {restitution} times the one before it. If the first interval is number 0, how long is number {bounces}?",
    ],
    {"seconds": [0.3, 0.4, 0.5, 0.6, 0.8], "restitution": [0.5, 0.6, 0.7, 0.8], "bounces": [2, 3, 4]},
    [lambda seconds, restitution, bounces: seconds * restitution, lambda seconds, restitution, bounces: seconds * restitution ** (bounces - 1), lambda seconds, restitution, bounces: seconds * restitution ** (bounces + 1), lambda seconds, restitution, bounces: seconds * restitution ** (2 * bounces), lambda seconds, restitution, bounces: seconds * restitution / bounces],
    limit=20,
)  # fmt: skip
materials.add(
    "string_tightened", "string_tension", "Hz",
    [
        "A wire twangs at {frequency} Hz. Its tension is multiplied by {factor}, all else equal. At which frequency does it twang now?",
        "A stretched cable hums at {frequency} Hz when struck. Which frequency does it have with {factor} times the tension, at the same length and mass?",
    ],
    {"frequency": [80, 110, 150, 200, 300], "factor": [2, 2.25, 3, 4, 9]},
    [lambda frequency, factor: frequency * factor, lambda frequency, factor: frequency / sqrt(factor), lambda frequency, factor: frequency * factor**2, lambda frequency, factor: frequency * (1 + factor) / 2, 1.2],
    limit=18,
)  # fmt: skip
materials.add(
    "heavier_wall", "mass_law", "dB",
    [
        "By the mass law, a wall insulates by {decibels} dB at some frequency. What does a wall with {factor} times the mass per square metre reach?",
        "A partition reduces sound by {decibels} dB. Its mass per area is multiplied by {factor}. Which value does the mass law predict now, at the same frequency?",
    ],
    {"decibels": [28, 32, 36, 40, 44], "factor": [2, 3, 4, 5, 10]},
    [lambda decibels, factor: decibels + 10 * log10(factor), lambda decibels, factor: decibels + 40 * log10(factor), lambda decibels, factor: decibels + factor * 5, lambda decibels, factor: decibels - 20 * log10(factor), lambda decibels, factor: decibels * factor],
    limit=18,
)  # fmt: skip

# --- acoustic scenes -------------------------------------------------------------------------
scenes.add(
    "crowd", "level_sum_equal", "dB",
    [
        "One child in a playground makes {level} dB at the fence. Which level do {count} equally loud, independent children make there?",
        "A single typist in an office causes {level} dB at a desk. What do {count} such typists cause, all at equal distance?",
        "One frog in a pond is heard at {level} dB. How loud is a chorus of {count} equal, unsynchronised frogs?",
        "A lone guest in a restaurant makes {level} dB at the bar. Which level results from {count} equally loud and distant guests, each talking independently?",
    ],
    {"level": [48, 52, 56, 60, 64], "count": [2, 4, 5, 8, 10, 20, 50]},
    [lambda level, count: level + 20 * log10(count), lambda level, count: level + count, lambda level, count: level + 5 * log10(count), 3, -3, 10],
    limit=24,
)  # fmt: skip
scenes.add(
    "busy_road", "line_level_at", "dB",
    [
        "Steady traffic on a long straight road acts as a line source: {level} dB at {near} m. Which level remains at {far} m, by geometry alone?",
        "A long goods train measures {level} dB at {near} m and behaves as a line source. What is heard at {far} m, without ground or air absorption?",
    ],
    {"level": [70, 74, 78, 82], "near": [10, 15, 25], "far": [30, 50, 100, 150, 200, 400]},
    [lambda level, near, far: level - 20 * log10(far / near), 3, -3, 6, lambda level, near, far: level - 30 * log10(far / near)],
    limit=20,
)  # fmt: skip
scenes.add(
    "stage_to_street", "level_at", "dB",
    [
        "An open-air stage gives {level} dB at {near} m. Treated as a point source without reflections, what does it give at {far} m?",
        "A brass band in the street plays at {level} dB, measured {near} m away. Which level reaches a café {far} m away in the open, by distance alone?",
        "A jackhammer on a building site makes {level} dB at {near} m. What is its level at a window {far} m away, spherical spreading only?",
    ],
    {"level": [84, 90, 96, 100], "near": [2, 5], "far": [20, 25, 50, 80, 125, 200]},
    [lambda level, near, far: level - 10 * log10(far / near), 6, -6, 3, -10],
    limit=20,
)  # fmt: skip
scenes.add(
    "one_source_off", "level_rest", "dB",
    [
        "In a kitchen the meter shows {total} dB. The extractor alone would make {part} dB. Which level do all the other sounds make together?",
        "A busy square measures {total} dB in all; a fountain alone is known to make {part} dB there. What remains when the fountain is turned off?",
        "A workshop's total is {total} dB; the compressor alone would give {part} dB. How loud is the rest?",
    ],
    {"total": [60, 66, 72, 75, 80], "part": [58, 59, 63, 64, 65, 69, 71, 73, 74, 77, 78]},
    [lambda total, part: total - part, lambda total, part: total - 3, lambda total, part: part, lambda total, part: (total + part) / 2, -5, lambda total, part: total - 10],
    limit=24,
    fits=lambda value: value > 50,
)  # fmt: skip
scenes.add(
    "far_choir", "travel_time", "ms",
    [
        "A marching band's last row walks {distance} m behind the first. How much later does its sound reach the front, at {speed} m/s?",
        "A row of spectators sits {distance} m from a loudspeaker. With sound at {speed} m/s, how late do they hear it?",
        "Two groups of singers stand {distance} m apart in the open. After which delay does one hear the other ({speed} m/s)?",
    ],
    {"distance": [12, 18, 24, 36, 48, 60, 90, 120], "speed": AIR},
    [2, 0.5, 343 / 1500, 10 / 3.43, 4],
    limit=20,
)  # fmt: skip

# --- household and tools ---------------------------------------------------------------------
household.add(
    "power_tool", "passing_rate", "Hz",
    [
        "A circular saw with {parts} teeth idles at {rpm} rpm. Which frequency does the passing of its teeth have?",
        "A milling cutter with {parts} cutting edges turns at {rpm} rpm. At which frequency do the edges strike the wood?",
        "A blender's {parts} blades spin at {rpm} rpm. What is the blade-pass frequency?",
    ],
    {"rpm": [1200, 2400, 3000, 4200, 4500, 6000], "parts": [2, 3, 4, 6, 24, 40]},
    [lambda rpm, parts: rpm / 60, 0.5, 2, 6, lambda rpm, parts: rpm / 60 * (parts - 1)],
    limit=20,
)  # fmt: skip
household.add(
    "two_appliances", "level_sum", "dB",
    [
        "A washing machine makes {one} dB and a dishwasher {other} dB at the kitchen table. Which level do both together make?",
        "A vacuum cleaner ({one} dB) and a hairdryer ({other} dB) run at the same time, levels at the listener's place. What is the total?",
        "By the stove an extractor hood makes {one} dB and a kettle {other} dB. What does a meter show for both?",
    ],
    {"one": [52, 55, 58, 60, 62, 64], "other": [50, 52, 53, 55, 56, 57, 59, 61, 63, 66]},
    [lambda one, other: one + other, lambda one, other: max(one, other) + 10, lambda one, other: (one + other) / 2 - 1, 6, -4],
    limit=20,
)  # fmt: skip
household.add(
    "bottle_tone", "helmholtz", "Hz",
    [
        "Blown across, a bottle sounds at {frequency} Hz. Water is poured in until its air volume is {factor} times what it was. Which tone results (Helmholtz resonator)?",
        "A jug hums at {frequency} Hz when blown over. Treat it as a Helmholtz resonator: what does it hum when liquid leaves only {factor} of the air volume?",
    ],
    {"frequency": [110, 120, 140, 150, 180, 200], "factor": [0.25, 0.36, 0.5, 0.64]},
    [lambda frequency, factor: frequency / factor, lambda frequency, factor: frequency * factor, lambda frequency, factor: frequency * sqrt(factor), lambda frequency, factor: frequency],
    limit=18,
)  # fmt: skip
household.add(
    "blown_pipe", "stopped_pipe", "Hz",
    [
        "A test tube with an air column of {length} m, closed at the bottom, is blown across its mouth. What is its fundamental, at {speed} m/s and without end correction?",
        "A drinking straw is blown across at one end and held shut at the other, its air column {length} m long. Which fundamental does it have as a pipe closed at one end ({speed} m/s, no end correction)?",
        "Water rises in a tall jug until {length} m of air are left. Taken as a pipe closed at one end, at which fundamental does the air column sound ({speed} m/s, no end correction)?",
    ],
    {"length": [0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3], "speed": AIR},
    [2, 4, 0.5, 3],
    limit=20,
)  # fmt: skip

_ALL = (nature, materials, scenes, household)
GENERATORS = {name: generator for q in _ALL for name, generator in q.templates.generators.items()}
CHECKS = {name: check for q in _ALL for name, check in q.templates.checks.items()}
