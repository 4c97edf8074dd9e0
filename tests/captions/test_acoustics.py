"""What is measured of synthetic clips whose properties are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from akb.captions.acoustics import acoustics_of, in_words

RATE = 16000


def tone(hz: float, seconds: float, level: float = 0.3) -> NDArray[np.float32]:
    t = np.arange(int(RATE * seconds)) / RATE
    partials = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 6))
    return (level * partials / 2).astype(np.float32)


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(int(RATE * seconds), dtype=np.float32)


@pytest.mark.parametrize("hz", [90, 120, 210, 440, 880])
def test_pitch_is_found_without_octave_errors(hz: float) -> None:
    assert acoustics_of(tone(hz, 1.0), RATE).pitch == pytest.approx(hz, rel=0.02)


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    assert "no clear pitch" in in_words(acoustics_of(noise, RATE))


@pytest.mark.parametrize("count", [1, 2, 4])
def test_events_between_silences_are_counted(count: int) -> None:
    clip = np.concatenate([np.concatenate([tone(300, 0.3), silence(0.4)]) for _ in range(count)])
    assert len(acoustics_of(clip, RATE).events) == count


def test_the_louder_of_two_is_named() -> None:
    clip = np.concatenate([tone(300, 0.4, 0.1), silence(0.5), tone(300, 0.4, 0.4)])
    assert "second is louder than the first, by 12 dB" in in_words(acoustics_of(clip, RATE))


@pytest.mark.parametrize("bpm", [70, 105, 150])
def test_tempo_of_regular_clicks(bpm: float) -> None:
    clip = silence(6.0)
    for start in np.arange(0, 6 - 0.1, 60 / bpm):
        clip[int(start * RATE) : int(start * RATE) + 800] += tone(1000, 0.05)
    assert acoustics_of(clip, RATE).tempo == pytest.approx(bpm, rel=0.05)


@pytest.mark.parametrize(
    ("steps", "mode"), [((0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0), "major"), ((0, 2, 3, 5, 7, 8, 11, 12, 7, 3, 0), "minor")]
)
def test_mode_of_a_scale(steps: tuple[int, ...], mode: str) -> None:
    clip = np.concatenate([tone(261.63 * 2 ** (s / 12), 0.4) for s in steps])
    key = acoustics_of(clip, RATE).key
    assert key is not None and key.endswith(mode)


@pytest.mark.parametrize("samples", [0, 1, 50, 400, 16000])
def test_a_silent_or_tiny_clip_is_described(samples: int) -> None:
    assert "silent" in in_words(acoustics_of(np.zeros(samples, dtype=np.float32), RATE))


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.3])
def test_a_short_clip_is_measured(seconds: float) -> None:
    assert acoustics_of(tone(300, seconds), RATE).events


def test_the_voice_is_said_only_of_voices() -> None:
    sound = acoustics_of(tone(120, 1.0), RATE)
    assert ("man" in in_words(sound, voice=True), "man" in in_words(sound)) == (True, False)
