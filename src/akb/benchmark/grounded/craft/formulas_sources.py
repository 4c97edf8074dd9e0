"""Formulas of what makes a sound: pipes, engines, struck and falling bodies, intermittent signals. SI units.

stopped_pipe(speed=343, length=0.25)  ->  343.0
"""

from __future__ import annotations

from math import sqrt


def open_pipe(speed: float, length: float) -> float:
    """Fundamental of a pipe open at both ends."""
    return speed / (2 * length)


def stopped_pipe(speed: float, length: float) -> float:
    """Fundamental of a pipe closed at one end."""
    return speed / (4 * length)


def firing_rate(rpm: float, cylinders: float) -> float:
    """Combustions per second of a four-stroke engine: each cylinder fires every second turn."""
    return rpm / 60 * cylinders / 2


def two_stroke_rate(rpm: float, cylinders: float) -> float:
    """Combustions per second of a two-stroke engine."""
    return rpm / 60 * cylinders


def rpm_of_firing(frequency: float, cylinders: float) -> float:
    """Revolutions per minute of a four-stroke engine from its firing frequency."""
    return frequency * 60 * 2 / cylinders


def passing_rate(rpm: float, parts: float) -> float:
    """How many blades, teeth or holes pass a point per second."""
    return rpm / 60 * parts


def rpm_of_rate(frequency: float, parts: float) -> float:
    """Revolutions per minute from a blade-pass or tooth-mesh frequency."""
    return frequency * 60 / parts


def beats(one: float, other: float) -> float:
    """Beats per second between two tones."""
    return abs(one - other)


def bounce_gap(seconds: float, restitution: float, bounces: float) -> float:
    """Time between later impacts of a bouncing ball, from the first gap and the coefficient of restitution."""
    return float(seconds * restitution**bounces)


def fall_time(height: float, speed: float) -> float:
    """Time until the splash of a stone dropped from rest is heard, g = 9.81 m/s²."""
    return sqrt(2 * height / 9.81) + height / speed


def scaled_frequency(frequency: float, factor: float) -> float:
    """Resonance of a geometrically similar object, all lengths multiplied by a factor: inverse to it."""
    return frequency / factor


def plate_frequency(frequency: float, factor: float) -> float:
    """Bending resonance of a plate or bar whose thickness is multiplied, all else equal: proportional."""
    return frequency * factor


def bar_length_frequency(frequency: float, factor: float) -> float:
    """Bending resonance of a bar whose length is multiplied: inverse square."""
    return frequency / factor**2


def string_tension(frequency: float, factor: float) -> float:
    """Frequency of a string whose tension is multiplied: square root."""
    return frequency * sqrt(factor)


def helmholtz(frequency: float, factor: float) -> float:
    """Resonance of a bottle whose air volume is multiplied: inverse square root."""
    return frequency / sqrt(factor)


def per_minute(seconds: float) -> float:
    """Events a minute from the interval between them."""
    return 60 / seconds


def rate_of(strokes: float) -> float:
    """Events a second from events a minute."""
    return strokes / 60


def cricket_celsius(chirps: float) -> float:
    """Dolbear's law for the snowy tree cricket: T = 10 + (N − 40) / 7, N chirps a minute."""
    return 10 + (chirps - 40) / 7


def expanded(frequency: float, factor: float) -> float:
    """Frequency after playback slowed by a factor."""
    return frequency / factor


def heterodyne(frequency: float, tuned: float) -> float:
    """Audible difference tone of a heterodyne detector."""
    return abs(frequency - tuned)


def on_share(on: float, off: float) -> float:
    """Percentage of time that an intermittent tone sounds."""
    return 100 * on / (on + off)


def cycles_in(seconds: float, on: float, off: float) -> float:
    """Complete on–off cycles in a time."""
    return seconds / (on + off)


def sweep_rate(low: float, high: float, seconds: float) -> float:
    """Mean change of frequency per second of a linear sweep."""
    return (high - low) / seconds


def rail_joints(rail: float, kmh: float) -> float:
    """Clicks a second of a wheel on jointed rails of a given length."""
    return kmh / 3.6 / rail


def aeolian_tone(wind: float, millimetres: float) -> float:
    """Tone of wind round a cylinder, Strouhal number 0.2."""
    return 0.2 * wind / (millimetres / 1000)
