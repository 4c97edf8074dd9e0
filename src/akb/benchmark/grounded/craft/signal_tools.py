"""Signals made and measured: what simulations of hearing questions have in common. Frequencies in Hz, levels in dB.

level(tone(440, 0.5, 8000))  ->  -3.01
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]


def times(seconds: float, rate: float) -> Signal:
    """The instants of the samples."""
    return np.arange(round(seconds * rate)) / rate


def tone(frequency: float, seconds: float, rate: float) -> Signal:
    """A sine of peak 1."""
    return np.sin(2 * np.pi * frequency * times(seconds, rate))


def harmonic_tone(frequency: float, seconds: float, rate: float, partials: int = 20) -> Signal:
    """A tone with harmonics that fall off as 1 / n, below half the rate."""
    orders = [n for n in range(1, partials + 1) if n * frequency < rate / 2]
    return sum((tone(n * frequency, seconds, rate) / n for n in orders), np.zeros(round(seconds * rate)))


def noise(seconds: float, rate: float, seed: int = 0) -> Signal:
    """White Gaussian noise of RMS 1, the same for the same seed."""
    return np.random.default_rng(seed).standard_normal(round(seconds * rate))


def level(signal: Signal) -> float:
    """RMS level, 0 dB at RMS 1."""
    return float(10 * np.log10(np.mean(np.square(signal)) + 1e-20))


def spectrum(signal: Signal, rate: float) -> tuple[Signal, Signal]:
    """(frequencies, magnitudes) with a Hann window."""
    frequencies: Signal = np.fft.rfftfreq(len(signal), 1 / rate).astype(np.float64)
    magnitudes: Signal = np.abs(np.fft.rfft(signal * np.hanning(len(signal)))).astype(np.float64)
    return frequencies, magnitudes


def strongest(signal: Signal, rate: float) -> float:
    """The frequency of the strongest component."""
    frequencies, magnitudes = spectrum(signal, rate)
    return float(frequencies[int(magnitudes.argmax())])


def band_level(signal: Signal, rate: float, low: float, high: float) -> float:
    """Level of the part of a signal between two frequencies."""
    return level(band(signal, rate, low, high))


def band(signal: Signal, rate: float, low: float, high: float) -> Signal:
    """The part of a signal between two frequencies, cut sharply."""
    content = np.fft.rfft(signal)
    frequencies = np.fft.rfftfreq(len(signal), 1 / rate)
    content[(frequencies < low) | (frequencies > high)] = 0
    return np.asarray(np.fft.irfft(content, len(signal)), dtype=np.float64)


def periodicity(signal: Signal, rate: float, low: float, high: float) -> float:
    """The pitch by autocorrelation, looked for between two frequencies."""
    content = np.abs(np.fft.rfft(signal, 2 * len(signal))) ** 2
    correlation = np.fft.irfft(content)[: len(signal)] / np.arange(len(signal), 0, -1)
    first, last = int(rate / high), int(rate / low)
    window = correlation[first : last + 1]
    # The first lag that is nearly as good as the best: its multiples are as good.
    place = int(np.flatnonzero(window >= 0.97 * window.max())[0])
    while place + 1 < len(window) and window[place + 1] > window[place]:
        place += 1
    return float(rate / (first + place))


def envelope(signal: Signal, rate: float, seconds: float = 0.01) -> Signal:
    """RMS over a running window."""
    size = max(1, round(seconds * rate))
    power = np.convolve(np.square(signal), np.ones(size) / size, mode="same")
    root: Signal = np.sqrt(np.maximum(power, 0))
    return root
