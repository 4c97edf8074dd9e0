"""How a clip sounds, measured and then said in words that a text LLM can use.

Loudness, sound events and pauses, pitch, brightness, onsets, tempo and key, with numpy alone; every
measurement is over the whole clip, in SI units or decibels relative to full scale.

    in_words(acoustics_of(samples, 16000))
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
_Array = NDArray[np.float64]

_HOP_SECONDS = 0.01
_GAP_SECONDS = 0.2  # a shorter silence does not part two sound events
_SHORTEST_EVENT_SECONDS = 0.04
_FLOOR_DB = -100.0
_PITCH_RANGE = (60.0, 1000.0)  # Hz
_VOICED = 0.6  # smallest normalised autocorrelation of a periodic frame
_TEMPO_RANGE = (40.0, 220.0)  # beats per minute
_NOTES = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")
# How well each pitch class fits a key, from the tonic up: Krumhansl and Kessler (1982).
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])


@dataclass(frozen=True)
class Event:
    """A stretch of sound between silences: start and end in seconds, level in dB re full scale (RMS)."""

    start: float
    end: float
    level: float


@dataclass(frozen=True)
class Acoustics:
    """What was measured; None where the clip does not have the property (no pitch, no beat, no key).

    level: dB re full scale (RMS). brightness: energy-weighted mean frequency, Hz. pitch: median Hz of the
    periodic frames, pitch_low and pitch_high their 10th and 90th percentile, pitched the share of sounding
    frames that are periodic. tempo: beats per minute. key: such as "A minor".
    """

    seconds: float
    level: float
    events: tuple[Event, ...]
    brightness: float
    pitched: float
    pitch: float | None
    pitch_low: float | None
    pitch_high: float | None
    onsets: int
    tempo: float | None
    key: str | None


def acoustics_of(samples: Samples, sample_rate: int) -> Acoustics:
    """Measure a mono clip, values in [-1, 1]. An empty or silent clip has no events and no pitch."""
    x = np.asarray(samples, dtype=np.float64)
    hop = int(sample_rate * _HOP_SECONDS)
    envelope = _levels(x, hop)
    events = _events(envelope)
    if not events:
        return Acoustics(len(x) / sample_rate, _db(x), (), 0.0, 0.0, None, None, None, 0, None, None)
    sounding = _mask(events, len(envelope))
    spectrum, frequencies = _spectrogram(x, sample_rate, 512, hop)
    pitches, pitched = _pitch(x, sample_rate, sounding)
    flux = _flux(spectrum)
    onsets = _peaks(flux)
    energy = (spectrum**2).sum(axis=0)
    return Acoustics(
        seconds=len(x) / sample_rate,
        level=_db(x),
        events=events,
        brightness=float((energy * frequencies).sum() / max(energy.sum(), 1e-12)),
        pitched=pitched,
        pitch=float(np.median(pitches)) if len(pitches) else None,
        pitch_low=float(np.percentile(pitches, 10)) if len(pitches) else None,
        pitch_high=float(np.percentile(pitches, 90)) if len(pitches) else None,
        onsets=len(onsets),
        tempo=_tempo(flux, onsets),
        key=_key(x, sample_rate) if pitched > 0.5 else None,
    )


def in_words(sound: Acoustics, *, music: bool = True, voice: bool = False) -> str:
    """An English description. music adds tempo and key where there are any; voice says what the pitch tells."""
    if not sound.events:
        return f"The clip lasts {sound.seconds:.1f} seconds and is silent."
    parts = [f"The clip lasts {sound.seconds:.1f} seconds and is {_loudness(sound.level)} ({sound.level:.0f} dB)."]
    parts += _events_in_words(sound.events)
    if sound.pitch is None or sound.pitch_low is None or sound.pitch_high is None or sound.pitched < 0.15:
        parts.append("It has no clear pitch.")
    else:
        parts.append(
            f"The median pitch is {sound.pitch:.0f} Hz ({_height(sound.pitch)}), "
            f"moving between {sound.pitch_low:.0f} and {sound.pitch_high:.0f} Hz."
        )
        if voice:
            parts.append(f"This voice pitch is typical of {_speaker(sound.pitch)}.")
    parts.append(f"The sound is {_brightness(sound.brightness)} (centre of the spectrum {sound.brightness:.0f} Hz).")
    if music:
        if sound.tempo is not None:
            parts.append(f"The tempo is {_speed(sound.tempo)}, about {sound.tempo:.0f} beats per minute.")
        if sound.onsets:
            parts.append(f"Number of notes or sounds that begin: {sound.onsets}.")
        if sound.key is not None:
            parts.append(f"The notes fit {sound.key}: it sounds {sound.key.rpartition(' ')[2]}.")
    return " ".join(parts)


def _events_in_words(events: tuple[Event, ...]) -> list[str]:
    numbers = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    count = numbers[len(events)] if len(events) < len(numbers) else str(len(events))
    if len(events) == 1:
        return ["One continuous sound event, without pauses."]
    spans = ", ".join(f"{event.start:.1f} to {event.end:.1f}" for event in events[:8])
    more = ", …" if len(events) > 8 else ""
    parts = [f"{count.capitalize()} sound events, parted by pauses, at {spans}{more} seconds."]
    if len(events) == 2:
        difference = events[1].level - events[0].level
        if abs(difference) < 1.5:
            parts.append("Both are about equally loud.")
        else:
            which, other = ("second", "first") if difference > 0 else ("first", "second")
            parts.append(f"The {which} is louder than the {other}, by {abs(difference):.0f} dB.")
    else:
        loudest = max(range(len(events)), key=lambda i: events[i].level)
        parts.append(f"The loudest is number {loudest + 1}.")
    return parts


def _loudness(db: float) -> str:
    steps = ((-45, "very quiet"), (-32, "quiet"), (-22, "moderately loud"), (-14, "loud"))
    return next((word for limit, word in steps if db < limit), "very loud")


def _height(hz: float) -> str:
    steps = ((100, "very low"), (165, "low"), (260, "medium"), (500, "high"))
    return next((word for limit, word in steps if hz < limit), "very high")


def _speaker(hz: float) -> str:
    # Mean speaking pitches lie near 120 Hz (men) and 210 Hz (women) in all surveys.
    return "a man" if hz < 160 else "a woman" if hz < 270 else "a child or a very high voice"


def _brightness(hz: float) -> str:
    steps = ((400, "very dark"), (900, "dark"), (1800, "of medium brightness"), (3200, "bright"))
    return next((word for limit, word in steps if hz < limit), "very bright")


def _speed(bpm: float) -> str:
    steps = ((76, "slow"), (120, "moderate"), (160, "fast"))
    return next((word for limit, word in steps if bpm < limit), "very fast")


def _db(x: _Array) -> float:
    power = float(np.mean(x**2)) if len(x) else 0.0
    return max(_FLOOR_DB, 10 * np.log10(power)) if power > 0 else _FLOOR_DB


def _levels(x: _Array, hop: int) -> _Array:
    """Level of each 10 ms in dB."""
    frames = x[: len(x) // hop * hop].reshape(-1, hop)
    power = (frames**2).mean(axis=1)
    levels: _Array = np.maximum(_FLOOR_DB, 10 * np.log10(np.maximum(power, 1e-12)))
    return levels


def _events(envelope: _Array) -> tuple[Event, ...]:
    """Stretches within 35 dB of the loudest 10 ms and above -60 dB; short gaps are bridged."""
    if not len(envelope) or envelope.max() < -60:
        return ()
    active = np.flatnonzero(envelope > max(envelope.max() - 35.0, -60.0))
    breaks = np.flatnonzero(np.diff(active) > _GAP_SECONDS / _HOP_SECONDS)
    starts = active[np.r_[0, breaks + 1]]
    ends = active[np.r_[breaks, len(active) - 1]] + 1
    return tuple(
        Event(start * _HOP_SECONDS, end * _HOP_SECONDS, 10 * float(np.log10(np.mean(10 ** (envelope[start:end] / 10)))))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if (end - start) * _HOP_SECONDS >= _SHORTEST_EVENT_SECONDS
    )


def _mask(events: tuple[Event, ...], length: int) -> NDArray[np.bool_]:
    mask = np.zeros(length, dtype=bool)
    for event in events:
        mask[round(event.start / _HOP_SECONDS) : round(event.end / _HOP_SECONDS)] = True
    return mask


def _frames(x: _Array, length: int, hop: int) -> _Array:
    if len(x) < length:
        x = np.pad(x, (0, length - len(x)))
    return np.lib.stride_tricks.sliding_window_view(x, length)[::hop]


def _spectrogram(x: _Array, sample_rate: int, length: int, hop: int) -> tuple[_Array, _Array]:
    """Magnitudes, frames × bins, and the bins' frequencies in Hz."""
    spectrum = np.abs(np.fft.rfft(_frames(x, length, hop) * np.hanning(length), axis=1))
    return spectrum.astype(np.float64), np.arange(length // 2 + 1, dtype=np.float64) * (sample_rate / length)


def _pitch(x: _Array, sample_rate: int, sounding: NDArray[np.bool_]) -> tuple[_Array, float]:
    """Pitches of the periodic frames in Hz, and their share of the sounding frames.

    Autocorrelation normalised by the energies of both parts, as in YIN's difference function (de
    Cheveigné and Kawahara, 2002); the first lag close to the best one, against octave errors.
    """
    length, hop = int(0.05 * sample_rate), int(2 * _HOP_SECONDS * sample_rate)
    frames = _frames(x, length, hop)
    frames = frames[sounding[::2][: len(frames)].nonzero()[0]] if len(sounding) >= 2 else frames
    if not len(frames):
        return np.empty(0), 0.0
    frames = frames - frames.mean(axis=1, keepdims=True)
    shortest, longest = int(sample_rate / _PITCH_RANGE[1]), int(sample_rate / _PITCH_RANGE[0])
    power = np.abs(np.fft.rfft(frames, 2 * length, axis=1)) ** 2
    product = np.fft.irfft(power, axis=1)[:, : longest + 2]
    squares = np.cumsum(frames**2, axis=1)
    lags = np.arange(longest + 2)
    head = squares[:, length - 1 - lags]
    tail = squares[:, -1:] - np.where(lags > 0, squares[:, lags - 1], 0.0)
    correlation = 2 * product / np.maximum(head + tail, 1e-12)
    inner = correlation[:, shortest : longest + 1]
    peak = (inner >= correlation[:, shortest - 1 : longest]) & (inner >= correlation[:, shortest + 1 : longest + 2])
    best = np.where(peak, inner, 0.0).max(axis=1)
    first = (peak & (inner >= 0.9 * best[:, None])).argmax(axis=1) + shortest
    voiced = best > _VOICED
    rows = np.flatnonzero(voiced)
    if not len(rows):
        return np.empty(0), 0.0
    lag = first[rows]
    before, at, after = (correlation[rows, lag + step] for step in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0.0)
    return sample_rate / (lag + np.clip(shift, -0.5, 0.5)), float(voiced.mean())


def _flux(spectrum: _Array) -> _Array:
    """How much louder the spectrum gets from frame to frame, on a compressed scale."""
    compressed = np.log1p(1000 * spectrum / max(spectrum.max(), 1e-12))
    rise = np.maximum(np.diff(compressed, axis=0, prepend=compressed[:1] * 0), 0).mean(axis=1)
    return np.convolve(rise, np.ones(3) / 3, mode="same")


def _peaks(flux: _Array) -> NDArray[np.intp]:
    """Frames at which something begins: local maxima well above their surroundings, 80 ms apart."""
    if len(flux) < 3:
        return np.empty(0, dtype=np.intp)
    threshold = np.median(flux) + 0.2 * (flux.max() - np.median(flux))
    padded = np.pad(flux, 4)
    surroundings = np.lib.stride_tricks.sliding_window_view(padded, 9).max(axis=1)
    candidates = np.flatnonzero((flux >= surroundings) & (flux > threshold))
    kept: list[int] = []
    for frame in candidates.tolist():
        if not kept or frame - kept[-1] >= 8:
            kept.append(frame)
    return np.array(kept, dtype=np.intp)


def _tempo(flux: _Array, onsets: NDArray[np.intp]) -> float | None:
    """Beats per minute by autocorrelation of the onset strength; None without a regular beat.

    Multiples and fractions of a beat repeat as well. Preferred are those near the middle of 110 a
    minute, where listeners tap, and the rate of the onsets: a normal weight, one octave wide.
    """
    if len(onsets) < 4:
        return None
    strength = flux - flux.mean()
    lags = np.arange(int(60 / _TEMPO_RANGE[1] / _HOP_SECONDS), int(60 / _TEMPO_RANGE[0] / _HOP_SECONDS) + 1)
    lags = lags[lags < len(flux) // 2]
    if not len(lags):
        return None
    whole = float(strength @ strength)
    repeats = np.array([float(strength[lag:] @ strength[:-lag]) for lag in lags]) / max(whole, 1e-12)
    # A longer lag has fewer products; without this, fast tempi would win.
    repeats *= len(flux) / (len(flux) - lags)
    onset_rate = 60 / (float(np.median(np.diff(onsets))) * _HOP_SECONDS)
    octaves = np.log2(60 / (lags * _HOP_SECONDS) / np.sqrt(110 * onset_rate))
    best = int((repeats * np.exp(-0.5 * octaves**2)).argmax())
    return float(60 / (lags[best] * _HOP_SECONDS)) if repeats[best] > 0.25 else None


def _key(x: _Array, sample_rate: int) -> str | None:
    """The key whose profile fits the clip's pitch classes best; None where none fits well."""
    spectrum, frequencies = _spectrogram(x, sample_rate, 4096, 1024)
    wanted = (frequencies > 80) & (frequencies < 2000)
    energy = (spectrum[:, wanted] ** 2).sum(axis=0)
    classes = np.round(12 * np.log2(frequencies[wanted] / 261.6256)).astype(int) % 12
    chroma = np.bincount(classes, weights=np.sqrt(energy), minlength=12)
    # One or two pitches are no scale.
    if (chroma > 0.25 * chroma.max()).sum() < 3:
        return None
    fits = {
        f"{_NOTES[tonic]} {mode}": float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1])
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        for tonic in range(12)
    }
    best = max(fits, key=lambda name: fits[name])
    return best if fits[best] > 0.6 else None
