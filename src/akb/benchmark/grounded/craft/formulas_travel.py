"""Formulas of sound on its way: delay, echo, Doppler shift, distance, reflection, rooms. SI units, levels in dB.

wavelength(speed=343, frequency=1000)  ->  0.343
"""

from __future__ import annotations

from math import log10


def path(speed: float, time: float) -> float:
    """Distance that sound covers in a time."""
    return speed * time


def echo_distance(speed: float, time: float) -> float:
    """Distance of a reflector from the round-trip time."""
    return speed * time / 2


def echo_distance_ms(speed: float, ms: float) -> float:
    """Distance of a reflector from the round-trip time in milliseconds."""
    return speed * ms / 2000


def travel_time(speed: float, distance: float) -> float:
    """Time that sound takes over a distance."""
    return distance / speed


def echo_time(speed: float, distance: float) -> float:
    """Time until an echo returns from a reflector at a distance."""
    return 2 * distance / speed


def two_speeds_lead(distance: float, fast: float, slow: float) -> float:
    """How much earlier the faster of two waves arrives after the same distance."""
    return distance / slow - distance / fast


def speed_in_air(celsius: float) -> float:
    """Speed of sound by the linear rule 331.3 + 0.606 T."""
    return 331.3 + 0.606 * celsius


def wavelength(speed: float, frequency: float) -> float:
    return speed / frequency


def doppler_approach(frequency: float, velocity: float, speed: float) -> float:
    """Frequency heard at rest from a source that comes straight closer."""
    return frequency * speed / (speed - velocity)


def doppler_recede(frequency: float, velocity: float, speed: float) -> float:
    """Frequency heard at rest from a source that moves straight away."""
    return frequency * speed / (speed + velocity)


def doppler_listener(frequency: float, velocity: float, speed: float) -> float:
    """Frequency heard by a listener who moves straight towards a source at rest."""
    return frequency * (speed + velocity) / speed


def level_at(level: float, near: float, far: float) -> float:
    """Level of a point source at another distance, free field: −20 log10."""
    return level - 20 * log10(far / near)


def line_level_at(level: float, near: float, far: float) -> float:
    """Level of a line source at another distance, free field: −10 log10."""
    return level - 10 * log10(far / near)


def extra_delay(direct: float, reflected: float, speed: float) -> float:
    """Delay of a reflection behind the direct sound."""
    return (reflected - direct) / speed


def comb_first_notch(delay: float) -> float:
    """First notch when a signal is added to its copy after `delay` milliseconds."""
    return 1000 / (2 * delay)


def comb_spacing(delay: float) -> float:
    """Distance between comb-filter notches after `delay` milliseconds."""
    return 1000 / delay


def comb_first_notch_path(metres: float, speed: float) -> float:
    """First notch for a reflection that travels so many metres further."""
    return speed / (2 * metres)


def sabine(volume: float, area: float) -> float:
    """Sabine's reverberation time, from volume and equivalent absorption area."""
    return 0.161 * volume / area


def sabine_uniform(volume: float, surface: float, alpha: float) -> float:
    """Sabine's reverberation time of a room with one mean absorption coefficient."""
    return 0.161 * volume / (surface * alpha)


def absorption_needed(volume: float, time: float) -> float:
    """Equivalent absorption area for a wanted reverberation time."""
    return 0.161 * volume / time


def added_absorption(volume: float, before: float, after: float) -> float:
    """Absorption area to be added to shorten the reverberation time."""
    return 0.161 * volume * (1 / after - 1 / before)


def decay(time: float, rt60: float) -> float:
    """Decibels lost after a time."""
    return 60 * time / rt60


def time_to_decay(decibels: float, rt60: float) -> float:
    """Time for a given fall of the reverberant level."""
    return rt60 * decibels / 60


def rt_from_slope(decibels: float, time: float) -> float:
    """Reverberation time extrapolated from a measured decay."""
    return 60 * time / decibels


def mass_law(decibels: float, factor: float) -> float:
    """Sound insulation of a wall after its mass per area is multiplied: 20 log10."""
    return decibels + 20 * log10(factor)
