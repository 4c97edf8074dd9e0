"""Grounded questions on animals, machines and signals by arithmetic: echoes, engines, sirens.

list(GENERATORS["animals.bat_echo"](0))
"""

from __future__ import annotations

from math import log10

from akb.benchmark.grounded.craft.quantities import Quantities

animals = Quantities("animals")
machines = Quantities("machines_vehicles")
alarms = Quantities("alarms_signals")

AIR = [343.0]
WATER = [1500.0]

# --- animals ---------------------------------------------------------------------------------
animals.add(
    "bat_echo", "echo_distance_ms", "m",
    [
        "A bat calls and hears the echo of a moth {ms} ms later. With sound at {speed} m/s, how far away is the moth?",
        "The echo of a bat's ultrasonic call comes back from a wall after {ms} ms. How far is the wall, at {speed} m/s?",
        "A hunting bat must be silent again before the echo arrives. From which distance does an echo return {ms} ms after the call began (speed of sound {speed} m/s)?",
        "An oilbird clicks in its dark cave and receives the reflection from the rock {ms} ms later. How far off is the rock if sound travels at {speed} m/s?",
    ],
    {"speed": AIR, "ms": [4, 6, 8, 12, 15, 20, 24, 30, 36, 50]},
    [2, 0.5, 4, 1500 / 343],
)  # fmt: skip
animals.add(
    "dolphin_echo", "echo_distance_ms", "m",
    [
        "A dolphin's click returns from a fish {ms} ms after it was sent. Sound travels at {speed} m/s in sea water. How far away is the fish?",
        "A sperm whale hears the echo of its click from a squid after {ms} ms. At {speed} m/s in water, how distant is the squid?",
        "A porpoise waits {ms} ms for the echo of its click from a net. How far is the net, with sound at {speed} m/s in water?",
    ],
    {"speed": WATER, "ms": [10, 16, 24, 40, 60, 80, 120, 200, 280]},
    [2, 0.5, 343 / 1500, 4],
)  # fmt: skip
animals.add(
    "whale_wavelength", "wavelength", "m",
    [
        "A baleen whale calls at {frequency} Hz. Sound travels at {speed} m/s in sea water. How long is one wave of the call?",
        "What is the wavelength under water ({speed} m/s) of a baleen whale's note at {frequency} Hz?",
        "A great whale holds a tone of {frequency} Hz. How far apart are successive pressure peaks in water, at {speed} m/s?",
    ],
    {"speed": WATER, "frequency": [12, 15, 20, 25, 40, 60, 75, 120, 150, 300]},
    [343 / 1500, 2, 0.5, 0.25],
)  # fmt: skip
animals.add(
    "heterodyne_detector", "heterodyne", "kHz",
    [
        "A heterodyne bat detector is tuned to {tuned} Hz while a bat calls at a constant {frequency} Hz. At which audible frequency does the call come out?",
        "A bat calls at {frequency} Hz, and a detector mixes the call with a {tuned} Hz oscillator. Which difference tone is heard?",
    ],
    {"frequency": [45000, 52000, 83000, 108000, 110000], "tuned": [40000, 42000, 47000, 50000, 80000, 81500, 105000]},
    [lambda frequency, tuned: (frequency + tuned) / 10, lambda frequency, tuned: abs(frequency - tuned) / 2, lambda frequency, tuned: abs(frequency - tuned) * 2, lambda frequency, tuned: frequency / 10, lambda frequency, tuned: tuned / 10],
    fits=lambda value: 1000 <= value <= 9000,
)  # fmt: skip
animals.add(
    "time_expansion", "expanded", "kHz",
    [
        "A bat's call at {frequency} Hz is recorded and replayed {factor} times slower. At which frequency is it heard?",
        "To make a mouse's ultrasonic squeak of {frequency} Hz audible, the recording is slowed down {factor}-fold. What pitch results?",
        "A {frequency} Hz katydid song is played back at 1/{factor} of the original speed. Which frequency do listeners hear?",
    ],
    {"frequency": [32000, 40000, 48000, 56000, 64000, 80000], "factor": [8, 10, 16, 20, 32]},
    [lambda frequency, factor: frequency / factor * 2, lambda frequency, factor: frequency / factor**0.5, lambda frequency, factor: frequency / factor / 2, lambda frequency, factor: frequency - 1000 * factor, lambda frequency, factor: frequency / (factor - 4)],
)  # fmt: skip
animals.add(
    "wingbeat_hum", "rate_of", "Hz",
    [
        "An insect's wings complete {strokes} stroke cycles a minute, and each makes one cycle of its whine. What is the fundamental frequency of the whine?",
        "Counted on slow-motion film, a flying insect beats its wings {strokes} times a minute. What is the fundamental frequency of its buzz?",
        "A hovering insect makes {strokes} complete wingbeats a minute. Which fundamental frequency does its hum have?",
        "A small fly completes {strokes} wing cycles in a minute. At which fundamental frequency does it buzz?",
    ],
    {"strokes": [6000, 7200, 9000, 10800, 12000, 13800, 24000, 30000, 36000]},
    [2, 0.5, 0.6, 6],
)  # fmt: skip
animals.add(
    "bird_at_distance", "level_at", "dB",
    [
        "A nightingale's song measures {level} dB at {near} m. Outdoors, without reflections or absorption, which level reaches a listener {far} m away?",
        "A wren's song measures {level} dB at {near} m. What is the level at {far} m, if only spherical spreading counts?",
        "A dog's bark has {level} dB at {near} m. Which level arrives at {far} m in the open, spherical spreading alone considered?",
    ],
    {"level": [88, 90, 94], "near": [1, 2], "far": [8, 10, 16, 20, 32, 40, 64]},
    [lambda level, near, far: level - 10 * log10(far / near), 6, -6, 3, -10],
    limit=20,
)  # fmt: skip

# --- machines and vehicles -------------------------------------------------------------------
machines.add(
    "four_stroke", "firing_rate", "Hz",
    [
        "A four-stroke engine with {cylinders} cylinders runs at {rpm} revolutions a minute. What is its firing frequency?",
        "Each cylinder of a four-stroke engine fires once in two turns of the crankshaft. At {rpm} rpm and with {cylinders} cylinders, which frequency dominates the exhaust note?",
        "A car with a {cylinders}-cylinder four-stroke engine is kept at {rpm} rpm. At which frequency do the combustions follow one another?",
    ],
    {"rpm": [900, 1500, 1800, 2400, 3000, 3600, 4500, 6000], "cylinders": [3, 4, 5, 6, 8, 12]},
    [2, 0.5, lambda rpm, cylinders: rpm / 60, lambda rpm, cylinders: rpm / 120, 4],
)  # fmt: skip
machines.add(
    "tachometer_by_ear", "rpm_of_firing", "rpm",
    [
        "The exhaust note of a {cylinders}-cylinder four-stroke engine has its firing frequency at {frequency} Hz. How fast does the engine turn?",
        "A recording of a four-stroke engine with {cylinders} cylinders shows the firing frequency at {frequency} Hz. What would the rev counter read?",
    ],
    {"frequency": [40, 50, 60, 75, 90, 100, 120, 150, 200], "cylinders": [3, 4, 6, 8]},
    [0.5, 2, 0.25, lambda frequency, cylinders: frequency * 60],
)  # fmt: skip
machines.add(
    "two_stroke", "two_stroke_rate", "Hz",
    [
        "A chainsaw's single-cylinder two-stroke engine runs at {rpm} rpm. What is its firing frequency?",
        "A moped's two-stroke engine has one cylinder, which fires in every turn. At {rpm} rpm, at which frequency do the combustions follow one another?",
    ],
    {"rpm": [3000, 4200, 6000, 7200, 9000, 10800, 12000], "cylinders": [1]},
    [0.5, 2, 0.25, 4],
    limit=8,
)  # fmt: skip
machines.add(
    "blade_passing", "passing_rate", "Hz",
    [
        "A fan with {parts} blades turns at {rpm} rpm. Which blade-pass frequency is heard?",
        "The propeller of a model aircraft has {parts} blades and turns at {rpm} rpm. What is the fundamental frequency of its drone?",
        "A drone's rotor with {parts} blades spins at {rpm} rpm. At which frequency do the blades pass?",
        "A ventilator with {parts} blades is heard at its blade-pass frequency. What is that at {rpm} rpm?",
    ],
    {"rpm": [600, 900, 1200, 1500, 2100, 2400, 3000, 4500, 6000], "parts": [2, 3, 4, 5, 6, 7, 9]},
    [lambda rpm, parts: rpm / 60, 0.5, 2, 6, lambda rpm, parts: rpm / 60 * (parts - 1)],
)  # fmt: skip
machines.add(
    "rotor_speed", "rpm_of_rate", "rpm",
    [
        "A ventilator's impeller has {parts} blades, and a microphone picks up {frequency} blade passages a second. How fast does it turn?",
        "A fan with {parts} blades has a blade-pass frequency of {frequency} Hz. What is its speed?",
        "From a recording, the blade-pass frequency of a rotor with {parts} blades is {frequency} Hz. How fast does it rotate?",
    ],
    {"frequency": [14, 18, 20, 24, 28, 60, 70, 84, 120], "parts": [2, 3, 4, 5, 7]},
    [lambda frequency, parts: frequency * 60, lambda frequency, parts: frequency * 60 * parts, 0.5, 2],
)  # fmt: skip
machines.add(
    "gear_mesh", "passing_rate", "Hz",
    [
        "A gear wheel with {parts} teeth turns at {rpm} rpm. At which frequency does the gearbox sound because of the meshing teeth?",
        "What is the tooth-mesh frequency of a pinion with {parts} teeth at {rpm} rpm?",
    ],
    {"rpm": [300, 600, 900, 1200, 1500, 3000], "parts": [17, 18, 23, 24, 31, 40]},
    [lambda rpm, parts: rpm / 60, 2, 0.5, lambda rpm, parts: rpm / 60 * (parts - 4), 1.5],
)  # fmt: skip
machines.add(
    "horn_approaching", "doppler_approach", "Hz",
    [
        "A train comes straight towards you at {velocity} m/s and sounds its {frequency} Hz horn. Which frequency do you hear (speed of sound {speed} m/s)?",
        "A police car sounds a {frequency} Hz horn while it drives straight at a bystander at {velocity} m/s. What does the bystander hear, with sound at {speed} m/s?",
    ],
    {"frequency": [280, 340, 370, 420, 500, 660], "velocity": [30, 34.3, 40, 45, 55], "speed": AIR},
    [lambda frequency, velocity, speed: frequency * speed / (speed + velocity), lambda frequency, velocity, speed: frequency, lambda frequency, velocity, speed: frequency * (speed / (speed - velocity)) ** 2, lambda frequency, velocity, speed: frequency * speed / (speed - 2.8 * velocity)],
)  # fmt: skip
machines.add(
    "engine_receding", "doppler_recede", "Hz",
    [
        "A racing car whose engine note is {frequency} Hz speeds straight away from you at {velocity} m/s. Which frequency reaches you (sound: {speed} m/s)?",
        "A motorcycle's {frequency} Hz exhaust tone is heard from behind as it leaves at {velocity} m/s. What pitch is heard, at {speed} m/s speed of sound?",
    ],
    {"frequency": [240, 300, 360, 440, 520], "velocity": [35, 40, 50, 60, 70], "speed": AIR},
    [lambda frequency, velocity, speed: frequency * speed / (speed - velocity), lambda frequency, velocity, speed: frequency, lambda frequency, velocity, speed: frequency * (speed / (speed + velocity)) ** 2, lambda frequency, velocity, speed: frequency * (speed / (speed - velocity)) ** 2],
)  # fmt: skip
machines.add(
    "rail_clicks", "rail_joints", "Hz",
    [
        "Rails are {rail} m long. At which frequency does one wheel click over the joints at {kmh} km/h?",
        "On jointed track with {rail} m rails, a wheel knocks at every joint. At {kmh} km/h, what is the rate of the knocks?",
    ],
    {"rail": [12, 15, 18, 20, 25], "kmh": [54, 72, 90, 108, 135]},
    [3.6, 0.5, 2, lambda rail, kmh: rail / (kmh / 3.6)],
    limit=16,
)  # fmt: skip

# --- alarms and signals ----------------------------------------------------------------------
alarms.add(
    "siren_disc", "passing_rate", "Hz",
    [
        "A disc siren blows air through a rotating plate with {parts} holes at {rpm} rpm. Which pitch does it sound?",
        "A hand-cranked siren's rotor with {parts} openings turns at {rpm} rpm. What is the frequency of the tone?",
    ],
    {"rpm": [900, 1500, 1800, 2400, 3000, 3600], "parts": [8, 10, 12, 16, 20]},
    [lambda rpm, parts: rpm / 60, 0.5, 2, 6],
    limit=20,
)  # fmt: skip
alarms.add(
    "siren_approaching", "doppler_approach", "Hz",
    [
        "An ambulance with a {frequency} Hz siren tone approaches at {velocity} m/s. Which frequency does a pedestrian straight ahead hear (sound: {speed} m/s)?",
        "A fire engine's {frequency} Hz horn comes straight at you at {velocity} m/s. What do you hear, with sound at {speed} m/s?",
    ],
    {"frequency": [440, 585, 700, 800, 960], "velocity": [20, 25, 30, 35], "speed": AIR},
    [lambda frequency, velocity, speed: frequency * speed / (speed + velocity), lambda frequency, velocity, speed: frequency, lambda frequency, velocity, speed: frequency * (speed / (speed - velocity)) ** 2, lambda frequency, velocity, speed: frequency * (speed / (speed + velocity)) ** 2],
    limit=20,
)  # fmt: skip
alarms.add(
    "towards_the_bell", "doppler_listener", "Hz",
    [
        "You ride at {velocity} m/s straight towards a level crossing whose bell rings at {frequency} Hz. Which frequency do you hear (sound: {speed} m/s)?",
        "A train passenger travels at {velocity} m/s towards a fixed {frequency} Hz warning horn. What does she hear, at {speed} m/s speed of sound?",
    ],
    {"frequency": [500, 640, 750, 900], "velocity": [25, 30, 35, 40], "speed": AIR},
    [lambda frequency, velocity, speed: frequency * (speed - velocity) / speed, lambda frequency, velocity, speed: frequency, lambda frequency, velocity, speed: frequency * ((speed + velocity) / speed) ** 2, lambda frequency, velocity, speed: frequency * ((speed - velocity) / speed) ** 2],
    limit=14,
)  # fmt: skip
alarms.add(
    "smoke_alarm_level", "level_at", "dB",
    [
        "An alarm sounder gives {level} dB at {near} m. Which level does it give at {far} m in a free field?",
        "An outdoor siren is rated {level} dB at {near} m. What is left at {far} m if the level falls by spherical spreading only?",
        "A warning horn produces {level} dB at {near} m. Which level is to be expected {far} m away, without reflections?",
    ],
    {"level": [97, 105, 112, 118], "near": [1, 3], "far": [12, 20, 30, 40, 60, 96]},
    [lambda level, near, far: level - 10 * log10(far / near), 6, -6, 3, -10],
    limit=20,
)  # fmt: skip
_ALL = (animals, machines, alarms)
GENERATORS = {name: generator for q in _ALL for name, generator in q.templates.generators.items()}
CHECKS = {name: check for q in _ALL for name, check in q.templates.checks.items()}
