"""What is done to samples on their way to a clip: cuts, sequences, repetitions and augmentations.

Every function returns new samples at 16 kHz with the times of the events in them where there are
several, so that labels such as "a dog, then a bell" or "three times" are true by construction.

    samples, spans = in_sequence([dog, bell], gap=0.3)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from akb.audio.clips import RATE, Samples, normalise, resample

Span = tuple[float, float]  # start and end in seconds


def window(samples: Samples, seconds: float) -> Samples:
    """The loudest stretch of at most `seconds`, with 10 ms fades where it was cut."""
    size = int(seconds * RATE)
    if len(samples) <= size:
        return samples
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    start = int(np.argmax(energy[size:] - energy[:-size]))
    return fade(samples[start : start + size])


def fade(samples: Samples, seconds: float = 0.01) -> Samples:
    """Fade in and out over `seconds`, against clicks."""
    size = min(int(seconds * RATE), len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, size, dtype=np.float32)
    faded = samples.copy()
    if size:
        faded[:size] *= ramp
        faded[-size:] *= ramp[::-1]
    return faded


def pad(samples: Samples, seconds: float) -> Samples:
    """At least `seconds` long: silence is put after the samples."""
    return np.pad(samples, (0, max(0, int(seconds * RATE) - len(samples))))


def in_sequence(parts: Sequence[Samples], gap: float) -> tuple[Samples, list[Span]]:
    """The parts one after another with `gap` seconds of silence between them, and the span of each."""
    silence = np.zeros(int(gap * RATE), dtype=np.float32)
    pieces: list[Samples] = []
    spans: list[Span] = []
    at = 0
    for part in parts:
        if pieces:
            pieces.append(silence)
            at += len(silence)
        pieces.append(part)
        spans.append((round(at / RATE, 3), round((at + len(part)) / RATE, 3)))
        at += len(part)
    return np.concatenate(pieces), spans


def burst(samples: Samples, seconds: float = 0.4) -> Samples:
    """One short burst out of a recording: from just before its steepest rise in level, with a soft end.

    A recording of a dog may hold several barks; counting needs an event that is heard as one.
    """
    frame = RATE // 100
    count = len(samples) // frame
    size = int(seconds * RATE)
    if count < 4 or len(samples) <= size:
        return fade(samples[:size])
    level = np.sqrt((samples[: count * frame].reshape(count, frame).astype(np.float64) ** 2).mean(axis=1))
    rise = level[2:] - level[:-2]
    usable = max(1, count - 2 - size // frame)
    start = max(0, int(np.argmax(rise[:usable])) - 1) * frame
    cut = samples[start : start + size].copy()
    tail = len(cut) // 3
    cut[-tail:] *= np.linspace(1.0, 0.0, tail, dtype=np.float32)
    return fade(cut, 0.005)


def gain(samples: Samples, decibels: float) -> Samples:
    """Louder or softer by `decibels`."""
    return (samples * 10 ** (decibels / 20)).astype(np.float32)


def augment(samples: Samples, rng: np.random.Generator, speed: float = 0.15) -> Samples:
    """A variation that keeps what is heard: speed and pitch together by up to `speed`, tilt of the spectrum
    by up to 6 dB, noise at 20 to 45 dB below the signal, a little reverberation in one case of three."""
    factor = float(rng.uniform(1 - speed, 1 + speed))
    varied = resample(samples, int(RATE * factor)) if speed else samples
    spectrum = np.fft.rfft(varied)
    frequency = np.linspace(0.02, 1.0, len(spectrum))
    varied = np.fft.irfft(spectrum * frequency ** float(rng.uniform(-0.25, 0.25)), len(varied)).astype(np.float32)
    if rng.random() < 1 / 3:
        varied = _reverberate(varied, rng)
    varied = normalise(varied)
    level = float(np.sqrt((varied.astype(np.float64) ** 2).mean()))
    noise = rng.standard_normal(len(varied)).astype(np.float32)
    return gain(normalise(varied + noise * level * 10 ** (-float(rng.uniform(20, 45)) / 20)), -float(rng.uniform(0, 8)))


def _reverberate(samples: Samples, rng: np.random.Generator) -> Samples:
    """A room of 0.2 to 0.5 s as exponentially decaying noise behind the direct sound."""
    size = int(float(rng.uniform(0.2, 0.5)) * RATE)
    room = rng.standard_normal(size) * np.exp(-6.9 * np.arange(size) / size) * 0.03
    room[0] = 1.0
    length = 1 << (len(samples) + size).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, length) * np.fft.rfft(room, length), length)
    return wet[: len(samples)].astype(np.float32)
