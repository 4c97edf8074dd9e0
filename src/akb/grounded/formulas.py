"""Formulas of acoustics and audio that grounded questions are proven with. SI units, levels in dB.

Each takes figures by name and returns one number; the docstring says which law it is.

    FORMULAS["wavelength"](speed=343, frequency=1000)  ->  0.343
"""

from __future__ import annotations

from collections.abc import Callable
from math import log2, log10, pi, sqrt

FORMULAS: dict[str, Callable[..., float]] = {}


def _formula(function: Callable[..., float]) -> Callable[..., float]:
    FORMULAS[function.__name__] = function
    return function


@_formula
def path(speed: float, time: float) -> float:
    """Distance that sound covers in a time."""
    return speed * time


@_formula
def echo_distance(speed: float, time: float) -> float:
    """Distance of a reflector from the round-trip time."""
    return speed * time / 2


@_formula
def echo_distance_ms(speed: float, ms: float) -> float:
    """Distance of a reflector from the round-trip time in milliseconds."""
    return speed * ms / 2000


@_formula
def travel_time(speed: float, distance: float) -> float:
    """Time that sound takes over a distance."""
    return distance / speed


@_formula
def echo_time(speed: float, distance: float) -> float:
    """Time until an echo returns from a reflector at a distance."""
    return 2 * distance / speed


@_formula
def two_speeds_lead(distance: float, fast: float, slow: float) -> float:
    """How much earlier the faster of two waves arrives after the same distance."""
    return distance / slow - distance / fast


@_formula
def speed_in_air(celsius: float) -> float:
    """Speed of sound by the linear rule 331.3 + 0.606 T."""
    return 331.3 + 0.606 * celsius


@_formula
def wavelength(speed: float, frequency: float) -> float:
    return speed / frequency


@_formula
def frequency_of(speed: float, length: float) -> float:
    """Frequency of a wave of a given length."""
    return speed / length


@_formula
def open_pipe(speed: float, length: float) -> float:
    """Fundamental of a pipe open at both ends."""
    return speed / (2 * length)


@_formula
def stopped_pipe(speed: float, length: float) -> float:
    """Fundamental of a pipe closed at one end."""
    return speed / (4 * length)


@_formula
def stopped_pipe_overtone(speed: float, length: float) -> float:
    """First overtone of a pipe closed at one end: the third harmonic."""
    return 3 * speed / (4 * length)


@_formula
def doppler_approach(frequency: float, velocity: float, speed: float) -> float:
    """Frequency heard at rest from a source that comes straight closer."""
    return frequency * speed / (speed - velocity)


@_formula
def doppler_recede(frequency: float, velocity: float, speed: float) -> float:
    """Frequency heard at rest from a source that moves straight away."""
    return frequency * speed / (speed + velocity)


@_formula
def doppler_listener(frequency: float, velocity: float, speed: float) -> float:
    """Frequency heard by a listener who moves straight towards a source at rest."""
    return frequency * (speed + velocity) / speed


@_formula
def firing_rate(rpm: float, cylinders: float) -> float:
    """Combustions per second of a four-stroke engine: each cylinder fires every second turn."""
    return rpm / 60 * cylinders / 2


@_formula
def two_stroke_rate(rpm: float, cylinders: float) -> float:
    """Combustions per second of a two-stroke engine."""
    return rpm / 60 * cylinders


@_formula
def rpm_of_firing(frequency: float, cylinders: float) -> float:
    """Revolutions per minute of a four-stroke engine from its firing frequency."""
    return frequency * 60 * 2 / cylinders


@_formula
def passing_rate(rpm: float, parts: float) -> float:
    """How many blades, teeth or holes pass a point per second."""
    return rpm / 60 * parts


@_formula
def parts_of_rate(rpm: float, frequency: float) -> float:
    """How many blades a fan has, from its blade-pass frequency."""
    return frequency * 60 / rpm


@_formula
def rpm_of_rate(frequency: float, parts: float) -> float:
    """Revolutions per minute from a blade-pass or tooth-mesh frequency."""
    return frequency * 60 / parts


@_formula
def beats(one: float, other: float) -> float:
    """Beats per second between two tones."""
    return abs(one - other)


@_formula
def level_at(level: float, near: float, far: float) -> float:
    """Level of a point source at another distance, free field: −20 log10."""
    return level - 20 * log10(far / near)


@_formula
def line_level_at(level: float, near: float, far: float) -> float:
    """Level of a line source at another distance, free field: −10 log10."""
    return level - 10 * log10(far / near)


@_formula
def level_sum_equal(level: float, count: float) -> float:
    """Level of equal incoherent sources together."""
    return level + 10 * log10(count)


@_formula
def level_sum(one: float, other: float) -> float:
    """Level of two incoherent sources together."""
    return 10 * log10(10 ** (one / 10) + 10 ** (other / 10))


@_formula
def level_rest(total: float, part: float) -> float:
    """Level that is left when one incoherent source of a mixture falls silent."""
    return 10 * log10(10 ** (total / 10) - 10 ** (part / 10))


@_formula
def decibels_of_voltage(ratio: float) -> float:
    """Level difference of an amplitude ratio."""
    return 20 * log10(ratio)


@_formula
def decibels_of_power(ratio: float) -> float:
    """Level difference of a power ratio."""
    return 10 * log10(ratio)


@_formula
def voltage_ratio(decibels: float) -> float:
    """Amplitude ratio of a level difference."""
    return float(10 ** (decibels / 20))


@_formula
def power_ratio(decibels: float) -> float:
    """Power ratio of a level difference."""
    return float(10 ** (decibels / 10))


@_formula
def difference(high: float, low: float) -> float:
    """A level above another."""
    return high - low


@_formula
def total_snr(one: float, other: float) -> float:
    """Signal-to-noise ratio after two noise sources of given ratios add incoherently."""
    return -10 * log10(10 ** (-one / 10) + 10 ** (-other / 10))


@_formula
def averaging_gain(count: float) -> float:
    """SNR gained by averaging so many aligned recordings with independent noise."""
    return 10 * log10(count)


@_formula
def noise_in_band(level: float, full: float, band: float) -> float:
    """Level of white noise after filtering to a narrower band."""
    return level - 10 * log10(full / band)


@_formula
def pink_rise(octaves: float) -> float:
    """How far white noise rises, in octave bands, over so many octaves: 3.01 dB each."""
    return 10 * log10(2) * octaves


@_formula
def harmonic(frequency: float, order: float) -> float:
    return frequency * order


@_formula
def odd_harmonic(frequency: float, place: float) -> float:
    """The place-th harmonic above the fundamental when only odd ones occur."""
    return frequency * (2 * place + 1)


@_formula
def third_order_low(low: float, high: float) -> float:
    """Lower third-order intermodulation product 2·f1 − f2."""
    return 2 * low - high


@_formula
def third_order_high(low: float, high: float) -> float:
    """Upper third-order intermodulation product 2·f2 − f1."""
    return 2 * high - low


@_formula
def difference_tone(low: float, high: float) -> float:
    """Second-order difference product f2 − f1."""
    return high - low


@_formula
def thd_percent(second: float, third: float) -> float:
    """Total harmonic distortion in percent of the fundamental, from two harmonics' percentages."""
    return sqrt(second**2 + third**2)


@_formula
def harmonic_level(percent: float) -> float:
    """Level of a harmonic relative to the fundamental, from its percentage."""
    return 20 * log10(percent / 100)


@_formula
def percent_of_level(decibels: float) -> float:
    """Percentage of the fundamental from a harmonic's level below it (a positive number)."""
    return float(100 * 10 ** (-decibels / 20))


@_formula
def clip_excess(peak: float, gain: float) -> float:
    """How far a peak (dBFS, negative) overshoots full scale after a gain."""
    return peak + gain


@_formula
def headroom_gain(peak: float, target: float) -> float:
    """The gain that brings a peak level to a target level."""
    return target - peak


@_formula
def crest_factor(peak: float, rms: float) -> float:
    """Crest factor in decibels of amplitudes."""
    return 20 * log10(peak / rms)


@_formula
def mirror(frequency: float, rate: float) -> float:
    """Where a tone between half the rate and the rate appears after sampling."""
    return rate - frequency


@_formula
def bandwidth_of(rate: float) -> float:
    """Highest frequency that a sampling rate can carry."""
    return rate / 2


@_formula
def compression_ratio(rate: float, bits: float, channels: float, kbps: float) -> float:
    """How many times smaller a coded stream is than the linear PCM it came from."""
    return rate * bits * channels / (kbps * 1000)


@_formula
def frame_duration(samples: float, rate: float) -> float:
    return samples / rate


@_formula
def lost_time(packets: float, ms: float) -> float:
    """Milliseconds missing when consecutive packets of equal duration are lost, in seconds."""
    return packets * ms / 1000


@_formula
def loss_percent(lost: float, seconds: float, ms: float) -> float:
    """Percentage of packets lost in a call of a given duration and packet length."""
    return 100 * lost * ms / (1000 * seconds)


@_formula
def samples_lost(rate: float, ms: float, packets: float) -> float:
    """Samples per channel that are missing with lost packets."""
    return rate * ms / 1000 * packets


@_formula
def bits_per_sample(kbps: float, rate: float) -> float:
    """Average bits per sample of a mono stream."""
    return kbps * 1000 / rate


@_formula
def sabine(volume: float, area: float) -> float:
    """Sabine's reverberation time, from volume and equivalent absorption area."""
    return 0.161 * volume / area


@_formula
def sabine_uniform(volume: float, surface: float, alpha: float) -> float:
    """Sabine's reverberation time of a room with one mean absorption coefficient."""
    return 0.161 * volume / (surface * alpha)


@_formula
def absorption_needed(volume: float, time: float) -> float:
    """Equivalent absorption area for a wanted reverberation time."""
    return 0.161 * volume / time


@_formula
def added_absorption(volume: float, before: float, after: float) -> float:
    """Absorption area to be added to shorten the reverberation time."""
    return 0.161 * volume * (1 / after - 1 / before)


@_formula
def decay_in(decibels: float, time: float, rt60: float) -> float:
    """How far a reverberant level has fallen after a time: 60 dB per reverberation time."""
    return 60 * time / rt60 + 0 * decibels


@_formula
def decay(time: float, rt60: float) -> float:
    """Decibels lost after a time."""
    return 60 * time / rt60


@_formula
def time_to_decay(decibels: float, rt60: float) -> float:
    """Time for a given fall of the reverberant level."""
    return rt60 * decibels / 60


@_formula
def rt_from_slope(decibels: float, time: float) -> float:
    """Reverberation time extrapolated from a measured decay."""
    return 60 * time / decibels


@_formula
def extra_delay(direct: float, reflected: float, speed: float) -> float:
    """Delay of a reflection behind the direct sound."""
    return (reflected - direct) / speed


@_formula
def comb_first_notch(delay: float) -> float:
    """First notch when a signal is added to its copy after `delay` milliseconds."""
    return 1000 / (2 * delay)


@_formula
def comb_spacing(delay: float) -> float:
    """Distance between comb-filter notches after `delay` milliseconds."""
    return 1000 / delay


@_formula
def comb_first_notch_path(metres: float, speed: float) -> float:
    """First notch for a reflection that travels so many metres further."""
    return speed / (2 * metres)


@_formula
def buffer_latency(samples: float, rate: float) -> float:
    return samples / rate


@_formula
def round_trip_latency(samples: float, rate: float, buffers: float) -> float:
    """Latency of several equal buffers in a row."""
    return buffers * samples / rate


@_formula
def centre(low: float, high: float) -> float:
    """Geometric centre of a band."""
    return sqrt(low * high)


@_formula
def quality(middle: float, band: float) -> float:
    """Quality factor: centre frequency over bandwidth."""
    return middle / band


@_formula
def band_of_quality(middle: float, q: float) -> float:
    return middle / q


@_formula
def octaves_between(low: float, high: float) -> float:
    return log2(high / low)


@_formula
def roll_off(order: float, octaves: float) -> float:
    """Attenuation far beyond the cut-off of a filter: 6 dB per octave and order."""
    return 6 * order * octaves


@_formula
def rc_cutoff(ohms: float, nanofarads: float) -> float:
    """Cut-off frequency of a first-order RC filter."""
    return 1 / (2 * pi * ohms * nanofarads * 1e-9)


@_formula
def octave_edge(middle: float) -> float:
    """Upper edge of an octave band."""
    return middle * sqrt(2)


@_formula
def third_octave_next(middle: float) -> float:
    """The next third-octave centre, exact base 2."""
    return float(middle * 2 ** (1 / 3))


@_formula
def drift(hertz: float, ppm: float, minutes: float) -> float:
    """Time by which two recorders drift apart, in seconds."""
    return minutes * 60 * ppm * 1e-6 + 0 * hertz


@_formula
def clock_drift(ppm: float, minutes: float) -> float:
    """Time by which two recorders drift apart when their clocks differ by so many parts per million."""
    return minutes * 60 * ppm * 1e-6


@_formula
def speed_cents(percent: float) -> float:
    """Pitch error in cents when a recording runs too fast by a percentage."""
    return 1200 * log2(1 + percent / 100)


@_formula
def wrong_rate_pitch(frequency: float, right: float, wrong: float) -> float:
    """Frequency heard when a recording made at one rate is played at another."""
    return frequency * wrong / right


@_formula
def wrong_rate_duration(seconds: float, right: float, wrong: float) -> float:
    """Duration when a recording made at one rate is played at another."""
    return seconds * right / wrong


@_formula
def mass_law(decibels: float, factor: float) -> float:
    """Sound insulation of a wall after its mass per area is multiplied: 20 log10."""
    return decibels + 20 * log10(factor)


@_formula
def absorbed_area(area: float, alpha: float) -> float:
    return area * alpha


@_formula
def reflected_percent(alpha: float) -> float:
    """Share of the incident energy that a surface does not absorb, in percent."""
    return 100 * (1 - alpha)


@_formula
def reflection_loss(alpha: float) -> float:
    """Decibels that one reflection takes."""
    return -10 * log10(1 - alpha)


@_formula
def bounce_gap(seconds: float, restitution: float, bounces: float) -> float:
    """Time between later impacts of a bouncing ball, from the first gap and the coefficient of restitution."""
    return float(seconds * restitution**bounces)


@_formula
def fall_time(height: float, speed: float) -> float:
    """Time until the splash of a stone dropped from rest is heard, g = 9.81 m/s²."""
    return sqrt(2 * height / 9.81) + height / speed


@_formula
def impact_time(height: float) -> float:
    """Time of free fall, g = 9.81 m/s²."""
    return sqrt(2 * height / 9.81)


@_formula
def scaled_frequency(frequency: float, factor: float) -> float:
    """Resonance of a geometrically similar object, all lengths multiplied by a factor: inverse to it."""
    return frequency / factor


@_formula
def plate_frequency(frequency: float, factor: float) -> float:
    """Bending resonance of a plate or bar whose thickness is multiplied, all else equal: proportional."""
    return frequency * factor


@_formula
def bar_length_frequency(frequency: float, factor: float) -> float:
    """Bending resonance of a bar whose length is multiplied: inverse square."""
    return frequency / factor**2


@_formula
def string_tension(frequency: float, factor: float) -> float:
    """Frequency of a string whose tension is multiplied: square root."""
    return frequency * sqrt(factor)


@_formula
def helmholtz(frequency: float, factor: float) -> float:
    """Resonance of a bottle whose air volume is multiplied: inverse square root."""
    return frequency / sqrt(factor)


@_formula
def per_minute(seconds: float) -> float:
    """Events a minute from the interval between them."""
    return 60 / seconds


@_formula
def cricket_celsius(chirps: float) -> float:
    """Dolbear's law for the snowy tree cricket: T = 10 + (N − 40) / 7, N chirps a minute."""
    return 10 + (chirps - 40) / 7


@_formula
def expanded(frequency: float, factor: float) -> float:
    """Frequency after playback slowed by a factor."""
    return frequency / factor


@_formula
def heterodyne(frequency: float, tuned: float) -> float:
    """Audible difference tone of a heterodyne detector."""
    return abs(frequency - tuned)


@_formula
def on_share(on: float, off: float) -> float:
    """Percentage of time that an intermittent tone sounds."""
    return 100 * on / (on + off)


@_formula
def cycles_in(seconds: float, on: float, off: float) -> float:
    """Complete on–off cycles in a time."""
    return seconds / (on + off)


@_formula
def sweep_rate(low: float, high: float, seconds: float) -> float:
    """Mean change of frequency per second of a linear sweep."""
    return (high - low) / seconds


@_formula
def mach_angle_speed(mach: float, speed: float) -> float:
    return mach * speed


@_formula
def rail_joints(rail: float, kmh: float) -> float:
    """Clicks a second of a wheel on jointed rails of a given length."""
    return kmh / 3.6 / rail


@_formula
def aeolian_tone(wind: float, millimetres: float) -> float:
    """Tone of wind round a cylinder, Strouhal number 0.2."""
    return 0.2 * wind / (millimetres / 1000)


@_formula
def rate_of(strokes: float) -> float:
    """Events a second from events a minute."""
    return strokes / 60


@_formula
def snr_of_volts(signal: float, noise: float) -> float:
    """Signal-to-noise ratio from RMS voltages in the same unit."""
    return 20 * log10(signal / noise)


@_formula
def snr_of_watts(signal: float, noise: float) -> float:
    """Signal-to-noise ratio from powers in the same unit."""
    return 10 * log10(signal / noise)
