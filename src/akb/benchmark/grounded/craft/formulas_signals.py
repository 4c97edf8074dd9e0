"""Formulas of signals: levels, noise, distortion, filters, sampling, coding, clocks. SI units, levels in dB.

level_sum(one=60, other=60)  ->  63.01
"""

from __future__ import annotations

from math import log2, log10, pi, sqrt


def level_sum_equal(level: float, count: float) -> float:
    """Level of equal incoherent sources together."""
    return level + 10 * log10(count)


def level_sum(one: float, other: float) -> float:
    """Level of two incoherent sources together."""
    return 10 * log10(10 ** (one / 10) + 10 ** (other / 10))


def level_rest(total: float, part: float) -> float:
    """Level that is left when one incoherent source of a mixture falls silent."""
    return 10 * log10(10 ** (total / 10) - 10 ** (part / 10))


def voltage_ratio(decibels: float) -> float:
    """Amplitude ratio of a level difference."""
    return float(10 ** (decibels / 20))


def power_ratio(decibels: float) -> float:
    """Power ratio of a level difference."""
    return float(10 ** (decibels / 10))


def difference(high: float, low: float) -> float:
    """A level above another."""
    return high - low


def total_snr(one: float, other: float) -> float:
    """Signal-to-noise ratio after two noise sources of given ratios add incoherently."""
    return -10 * log10(10 ** (-one / 10) + 10 ** (-other / 10))


def averaging_gain(count: float) -> float:
    """SNR gained by averaging so many aligned recordings with independent noise."""
    return 10 * log10(count)


def noise_in_band(level: float, full: float, band: float) -> float:
    """Level of white noise after filtering to a narrower band."""
    return level - 10 * log10(full / band)


def harmonic(frequency: float, order: float) -> float:
    return frequency * order


def odd_harmonic(frequency: float, place: float) -> float:
    """The place-th harmonic above the fundamental when only odd ones occur."""
    return frequency * (2 * place + 1)


def third_order_low(low: float, high: float) -> float:
    """Lower third-order intermodulation product 2·f1 − f2."""
    return 2 * low - high


def third_order_high(low: float, high: float) -> float:
    """Upper third-order intermodulation product 2·f2 − f1."""
    return 2 * high - low


def difference_tone(low: float, high: float) -> float:
    """Second-order difference product f2 − f1."""
    return high - low


def thd_percent(second: float, third: float) -> float:
    """Total harmonic distortion in percent of the fundamental, from two harmonics' percentages."""
    return sqrt(second**2 + third**2)


def harmonic_level(percent: float) -> float:
    """Level of a harmonic relative to the fundamental, from its percentage."""
    return 20 * log10(percent / 100)


def percent_of_level(decibels: float) -> float:
    """Percentage of the fundamental from a harmonic's level below it (a positive number)."""
    return float(100 * 10 ** (-decibels / 20))


def clip_excess(peak: float, gain: float) -> float:
    """How far a peak (dBFS, negative) overshoots full scale after a gain."""
    return peak + gain


def crest_factor(peak: float, rms: float) -> float:
    """Crest factor in decibels of amplitudes."""
    return 20 * log10(peak / rms)


def bandwidth_of(rate: float) -> float:
    """Highest frequency that a sampling rate can carry."""
    return rate / 2


def compression_ratio(rate: float, bits: float, channels: float, kbps: float) -> float:
    """How many times smaller a coded stream is than the linear PCM it came from."""
    return rate * bits * channels / (kbps * 1000)


def frame_duration(samples: float, rate: float) -> float:
    return samples / rate


def loss_percent(lost: float, seconds: float, ms: float) -> float:
    """Percentage of packets lost in a call of a given duration and packet length."""
    return 100 * lost * ms / (1000 * seconds)


def samples_lost(rate: float, ms: float, packets: float) -> float:
    """Samples per channel that are missing with lost packets."""
    return rate * ms / 1000 * packets


def bits_per_sample(kbps: float, rate: float) -> float:
    """Average bits per sample of a mono stream."""
    return kbps * 1000 / rate


def round_trip_latency(samples: float, rate: float, buffers: float) -> float:
    """Latency of several equal buffers in a row."""
    return buffers * samples / rate


def centre(low: float, high: float) -> float:
    """Geometric centre of a band."""
    return sqrt(low * high)


def quality(middle: float, band: float) -> float:
    """Quality factor: centre frequency over bandwidth."""
    return middle / band


def band_of_quality(middle: float, q: float) -> float:
    return middle / q


def octaves_between(low: float, high: float) -> float:
    return log2(high / low)


def roll_off(order: float, octaves: float) -> float:
    """Attenuation far beyond the cut-off of a filter: 6 dB per octave and order."""
    return 6 * order * octaves


def rc_cutoff(ohms: float, nanofarads: float) -> float:
    """Cut-off frequency of a first-order RC filter."""
    return 1 / (2 * pi * ohms * nanofarads * 1e-9)


def octave_edge(middle: float) -> float:
    """Upper edge of an octave band."""
    return middle * sqrt(2)


def clock_drift(ppm: float, minutes: float) -> float:
    """Time by which two recorders drift apart when their clocks differ by so many parts per million."""
    return minutes * 60 * ppm * 1e-6


def speed_cents(percent: float) -> float:
    """Pitch error in cents when a recording runs too fast by a percentage."""
    return 1200 * log2(1 + percent / 100)


def wrong_rate_pitch(frequency: float, right: float, wrong: float) -> float:
    """Frequency heard when a recording made at one rate is played at another.

    Raises ValueError where the rates are one: nothing is wrong then.
    """
    if right == wrong:
        raise ValueError("the rates do not differ")
    return frequency * wrong / right


def snr_of_volts(signal: float, noise: float) -> float:
    """Signal-to-noise ratio from RMS voltages in the same unit."""
    return 20 * log10(signal / noise)


def snr_of_watts(signal: float, noise: float) -> float:
    """Signal-to-noise ratio from powers in the same unit."""
    return 10 * log10(signal / noise)
