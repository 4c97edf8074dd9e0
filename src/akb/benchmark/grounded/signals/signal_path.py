"""Grounded questions on reverberation, bandwidth and recording faults by arithmetic.

list(GENERATORS["reverberation.rt60_of_hall"](0))
"""

from __future__ import annotations

from math import log2, log10, pi, sqrt

from akb.benchmark.grounded.craft.quantities import Quantities

reverberation = Quantities("reverberation")
bandwidth = Quantities("bandwidth_response")
faults = Quantities("recording_faults")

AIR = [343.0]

# --- reverberation ---------------------------------------------------------------------------
reverberation.add(
    "rt60_of_hall", "sabine", "s",
    [
        "A hall of {volume} m³ has an equivalent absorption area of {area} m². Which RT60 does Sabine's formula give?",
        "By Sabine's formula, how long does sound take to fall by 60 dB in a church of {volume} m³ with {area} m² of absorption area?",
        "A gymnasium holds {volume} m³ of air and absorbs like {area} m² of open window. What reverberation time does Sabine's formula predict?",
    ],
    {"volume": [600, 1000, 2000, 3000, 5000, 8000, 12000], "area": [80, 120, 200, 300, 400, 600, 900]},
    [2, 0.5, lambda volume, area: 0.049 * volume / area, lambda volume, area: volume / area, lambda volume, area: area / volume],
    limit=24,
    fits=lambda value: 0.8 <= value <= 9,
)  # fmt: skip
reverberation.add(
    "rt60_of_room", "sabine_uniform", "s",
    [
        "A room of {volume} m³ has {surface} m² of surfaces with a mean absorption coefficient of {alpha}. Which RT60 does Sabine's formula give?",
        "A living room ({volume} m³, {surface} m² of boundaries) absorbs {alpha} of the incident energy on average. How long is its reverberation by Sabine's formula?",
    ],
    {"volume": [60, 75, 90], "surface": [125, 130, 140, 150], "alpha": [0.1, 0.15, 0.2, 0.25, 0.3]},
    [2, 0.5, lambda volume, surface, alpha: 0.161 * volume / (surface * (1 - alpha)), lambda volume, surface, alpha: 0.161 * volume / surface, lambda volume, surface, alpha: 0.161 * surface / (volume * alpha)],
    limit=24,
    fits=lambda value: 0.2 <= value <= 4,
)  # fmt: skip
reverberation.add(
    "absorption_wanted", "absorption_needed", "m²",
    [
        "A lecture room of {volume} m³ is to have an RT60 of {time} s. Which equivalent absorption area does it need, by Sabine's formula?",
        "How much absorption area brings a studio of {volume} m³ to a reverberation time of {time} s by Sabine's formula?",
    ],
    {"volume": [120, 200, 300, 450, 800], "time": [0.3, 0.4, 0.6, 0.8, 1.2, 1.5]},
    [2, 0.5, lambda volume, time: 0.161 * volume * time, lambda volume, time: volume / time, 0.3],
    limit=20,
)  # fmt: skip
reverberation.add(
    "extra_absorption", "added_absorption", "m²",
    [
        "A canteen of {volume} m³ has an RT60 of {before} s. How much absorption area must be added to reach {after} s by Sabine's formula?",
        "To bring a lecture hall of {volume} m³ from {before} s down to {after} s of reverberation, how many m² of equivalent absorption have to be added, by Sabine's formula?",
    ],
    {"volume": [200, 300, 500, 800], "before": [1.6, 2, 2.4, 3], "after": [0.5, 0.6, 0.8, 1, 1.2]},
    [lambda volume, before, after: 0.161 * volume / after, lambda volume, before, after: 0.161 * volume / before, lambda volume, before, after: 0.161 * volume / (before - after), 2, 0.5],
    limit=20,
)  # fmt: skip
reverberation.add(
    "fallen_by", "decay", "dB",
    [
        "A room's RT60 is {rt60} s and its decay exponential. By how much has the reverberation fallen {time} s after the sound stops?",
        "With a reverberation time of {rt60} s, how far below its start is the tail after {time} s (straight-line decay in decibels)?",
        "A syllable ends, and the next important one comes {time} s later. In a hall with RT60 = {rt60} s, how many decibels has the tail lost by then?",
    ],
    {"time": [0.1, 0.15, 0.2, 0.25, 0.3, 0.5], "rt60": [0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 2.5, 3]},
    [lambda time, rt60: 20 * time / rt60, lambda time, rt60: 60 * time * rt60, lambda time, rt60: 60 - 60 * time / rt60, lambda time, rt60: 30 * time / rt60, lambda time, rt60: 120 * time / rt60],
    limit=24,
    fits=lambda value: 3 <= value <= 45,
)  # fmt: skip
reverberation.add(
    "time_until", "time_to_decay", "s",
    [
        "In a room with an RT60 of {rt60} s, how long does the reverberation take to fall by {decibels} dB?",
        "A church has {rt60} s of reverberation time. After how long is the tail {decibels} dB down, its decay being exponential?",
    ],
    {"decibels": [10, 15, 20, 25, 30, 40], "rt60": [0.6, 0.9, 1.2, 1.8, 2.4, 3, 4.8]},
    [2, 0.5, lambda decibels, rt60: rt60 * (60 - decibels) / 60, lambda decibels, rt60: rt60 * 10 ** (-decibels / 60), 3],
    limit=24,
)  # fmt: skip
reverberation.add(
    "extrapolated", "rt_from_slope", "s",
    [
        "Background noise hides the end of a decay. Its usable part falls by {decibels} dB in {time} s. Which RT60 is extrapolated?",
        "An impulse response decays evenly by {decibels} dB within {time} s. What is the reverberation time?",
    ],
    {"decibels": [15, 20, 24, 25, 30], "time": [0.2, 0.3, 0.4, 0.5, 0.75, 0.9]},
    [0.5, 2, lambda decibels, time: time, lambda decibels, time: time * decibels / 20, lambda decibels, time: time * 60 / (60 - decibels)],
    limit=20,
)  # fmt: skip
reverberation.add(
    "reflection_delay", "extra_delay", "ms",
    [
        "The direct sound travels {direct} m to a microphone, a wall reflection {reflected} m. How much later does the reflection arrive, at {speed} m/s?",
        "A listener sits {direct} m from a speaker; the path over the ceiling is {reflected} m long. What is the delay of the reflection (sound: {speed} m/s)?",
        "Which initial time gap separates a direct path of {direct} m from a first reflection of {reflected} m, with sound at {speed} m/s?",
    ],
    {"direct": [2, 3, 5, 8, 10], "reflected": [6.5, 9, 12, 15, 18, 24], "speed": AIR},
    [lambda direct, reflected, speed: reflected / speed, lambda direct, reflected, speed: (reflected + direct) / speed, 2, 0.5],
    limit=24,
    fits=lambda value: value > 0.003,
)  # fmt: skip
reverberation.add(
    "flutter_period", "echo_time", "ms",
    [
        "A hand clap between two bare parallel walls {distance} m apart flutters. How long does one round trip between the walls take, at {speed} m/s?",
        "A clap {distance} m in front of a large flat façade comes back as an echo. After how long, with sound at {speed} m/s?",
        "A stage slap-back comes from the balcony front {distance} m away and returns to the singer. How late is it ({speed} m/s)?",
    ],
    {"distance": [4, 6, 9, 12, 15, 20, 25, 30, 40], "speed": AIR},
    [0.5, 2, 0.25, 3.43],
    limit=20,
)  # fmt: skip

# --- bandwidth and response ------------------------------------------------------------------
bandwidth.add(
    "width_in_octaves", "octaves_between", "octaves",
    [
        "A loudspeaker covers {low} Hz to {high} Hz. How many octaves is that?",
        "A recording's energy lies between {low} Hz and {high} Hz. Over how many octaves does it extend?",
        "A filter passes the band from {low} Hz to {high} Hz. How wide is this band in octaves?",
    ],
    {"low": [50, 100, 125, 200, 250, 300], "high": [800, 1600, 2400, 3200, 4000, 6400, 8000, 16000]},
    [lambda low, high: log10(high / low), lambda low, high: high / low / 2, lambda low, high: log2(high / low) + 1, lambda low, high: log2(high / low) - 1, lambda low, high: 2 * log2(high / low)],
    limit=24,
)  # fmt: skip
bandwidth.add(
    "band_centre", "centre", "Hz",
    [
        "A band-pass filter has its cut-offs at {low} Hz and {high} Hz. What is its geometric centre frequency?",
        "An equaliser bell reaches from {low} Hz to {high} Hz between its −3 dB points. Where is its centre on a logarithmic frequency axis?",
    ],
    {"low": [90, 160, 200, 250, 400, 500], "high": [1000, 1440, 1600, 2000, 3200, 4000, 4500]},
    [lambda low, high: (low + high) / 2, lambda low, high: high - low, lambda low, high: 2 * low * high / (low + high), lambda low, high: sqrt(high - low) * 10, 0.5, 2],
    limit=20,
)  # fmt: skip
bandwidth.add(
    "far_down_the_slope", "roll_off", "dB",
    [
        "A low-pass filter of order {order} is used {octaves} octaves above its cut-off. How much does it attenuate there, by the asymptotic slope of 6 dB per octave and order?",
        "Well above its cut-off, a low-pass of order {order} falls by 6 dB per octave for each order. By how much does it fall from one frequency there to another {octaves} octaves higher?",
        "How much does a high-pass of order {order} attenuate {octaves} octaves below its corner, by the asymptotic slope of 6 dB per octave for each order?",
    ],
    {"order": [1, 2, 3, 4, 6, 8], "octaves": [2, 3, 4, 5]},
    [lambda order, octaves: 6 * octaves, lambda order, octaves: 6 * order, lambda order, octaves: 3 * order * octaves, lambda order, octaves: 20 * order * octaves, lambda order, octaves: 6 * (order + octaves), lambda order, octaves: 12 * order * octaves],
    limit=20,
)  # fmt: skip
bandwidth.add(
    "response_dip", "voltage_ratio", "times",
    [
        "A treble boost of {decibels} dB multiplies the amplitude of high frequencies by how much?",
        "A resonance stands {decibels} dB above the flat part of a voltage response. How many times the voltage of the flat part is reached there?",
        "An equaliser raises one band by {decibels} dB. By which factor is the amplitude in it multiplied?",
    ],
    {"decibels": [3, 4, 6, 8, 9, 10, 12, 14, 15, 18, 20]},
    [lambda decibels: 10 ** (decibels / 10), lambda decibels: 10 ** (decibels / 40), lambda decibels: decibels / 3, 2, 0.75],
    limit=20,
)  # fmt: skip

# --- recording faults ------------------------------------------------------------------------
faults.add(
    "mains_harmonic", "harmonic", "Hz",
    [
        "A ground loop adds mains hum of {frequency} Hz and its harmonics. Where is the harmonic of order {order}, the fundamental being order 1?",
        "To remove a mains buzz of {frequency} Hz fundamental, notches sit on every harmonic. Where must the notch for harmonic {order} be (the fundamental is harmonic 1)?",
        "A dimmer's buzz follows the {frequency} Hz mains. At which frequency is its harmonic number {order}, if the mains frequency itself is number 1?",
    ],
    {"frequency": [50, 60], "order": [2, 3, 4, 5, 6, 7, 9, 11, 13]},
    [lambda frequency, order: frequency * (order + 1), lambda frequency, order: frequency * (order - 1), lambda frequency, order: (110 - frequency) * order, lambda frequency, order: frequency * 2 * order],
    limit=18,
)  # fmt: skip
faults.add(
    "comb_notch", "comb_first_notch", "Hz",
    [
        "The same voice reaches a mixer twice, the second time {delay} ms later and equally loud. Where is the first notch of the resulting comb filter?",
        "Two tracks with identical content are offset by {delay} ms and summed at equal level. At which frequency is the lowest cancellation?",
        "A voice reaches the microphone directly and, {delay} ms later, by a reflection of equal level and polarity. Where is the lowest comb-filter notch?",
    ],
    {"delay": [0.2, 0.25, 0.4, 0.5, 0.8, 1, 1.25, 2, 2.5, 4, 5, 10]},
    [2, 0.5, lambda delay: 1000 / (2 * pi * delay), 3],
    limit=20,
)  # fmt: skip
faults.add(
    "comb_interval", "comb_spacing", "Hz",
    [
        "A comb filter arises when a signal is added to its copy delayed by {delay} ms. How far apart are its notches?",
        "In a spectrum, a {delay} ms echo leaves regularly spaced dips. What is their spacing?",
    ],
    {"delay": [0.5, 0.8, 1, 1.25, 2, 2.5, 4, 5, 8, 10, 20]},
    [2, 0.5, 0.25, lambda delay: 1000 / (2 * pi * delay)],
    limit=16,
)  # fmt: skip
faults.add(
    "table_reflection", "comb_first_notch_path", "Hz",
    [
        "A lectern microphone gets the voice directly and, over a path {metres} m longer, by a reflection from the desk of the same polarity. Where is the first cancellation ({speed} m/s)?",
        "Sound reaches one microphone directly and another {metres} m further on; both are mixed equally. At which frequency do they first cancel, at {speed} m/s?",
    ],
    {"metres": [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5], "speed": AIR},
    [2, 0.5, 4, 343 / 1500],
    limit=16,
)  # fmt: skip
faults.add(
    "monitor_latency", "round_trip_latency", "ms",
    [
        "An interface delays the monitor by {buffers} buffers of {samples} samples at {rate} Hz. How large is the latency?",
        "A singer complains of delay: the software passes the voice through {buffers} buffers of {samples} samples each at {rate} Hz. What latency is that?",
    ],
    {"samples": [64, 128, 256, 512, 1024], "rate": [44100, 48000, 96000], "buffers": [2, 3, 4]},
    [2, 0.5, lambda samples, rate, buffers: samples / rate, 10],
    limit=20,
)  # fmt: skip
faults.add(
    "drifting_clocks", "clock_drift", "ms",
    [
        "Two recorders' clocks differ by {ppm} ppm. By how much are their files apart after {minutes} minutes?",
        "Camera and sound recorder run {ppm} parts per million apart. How large is the lip-sync error after {minutes} minutes, started in sync?",
    ],
    {"ppm": [5, 10, 20, 25, 50, 100], "minutes": [10, 20, 30, 45, 60, 90]},
    [10, 0.1, 2, 0.5, 1 / 60],
    limit=24,
)  # fmt: skip
faults.add(
    "wrong_speed", "speed_cents", "cents",
    [
        "A tape deck runs {percent} % too fast. By how much is the pitch raised?",
        "A turntable turns {percent} % too fast. How sharp does the record sound?",
    ],
    {"percent": [0.5, 1, 1.5, 2, 3, 4, 5, 6]},
    [lambda percent: 100 * percent, lambda percent: percent * 12, 2, 0.5, lambda percent: percent * 6.9],
    limit=12,
)  # fmt: skip
faults.add(
    "mislabelled_rate", "wrong_rate_pitch", "Hz",
    [
        "A file recorded at {right} Hz is played as if it were {wrong} Hz. At which frequency does a {frequency} Hz tone come out?",
        "The header of a {right} Hz recording wrongly says {wrong} Hz. A note of {frequency} Hz is then heard at which frequency?",
    ],
    {"frequency": [220, 330, 440, 500, 880], "right": [16000, 22050, 24000, 32000, 44100, 48000], "wrong": [16000, 22050, 32000, 44100, 48000]},
    [lambda frequency, right, wrong: frequency * right / wrong, lambda frequency, right, wrong: frequency, lambda frequency, right, wrong: frequency * (wrong / right) ** 2, 0.5, 2],
    limit=24,
    fits=lambda value: 80 < value < 2500,
)  # fmt: skip

_ALL = (reverberation, bandwidth, faults)
GENERATORS = {name: generator for q in _ALL for name, generator in q.templates.generators.items()}
CHECKS = {name: check for q in _ALL for name, check in q.templates.checks.items()}
