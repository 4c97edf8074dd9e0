"""What is done to samples keeps the labels true."""

from __future__ import annotations

import numpy as np
import pytest

from akb.audio.clips import RATE
from akb.audio.mixing import augment, burst, gain, in_sequence, pad, window


def noise(seconds: float) -> np.ndarray:
    return (0.1 * np.random.default_rng(0).standard_normal(int(seconds * RATE))).astype(np.float32)


def test_a_sequence_tells_where_each_part_lies() -> None:
    samples, spans = in_sequence([noise(0.5), noise(1.0)], gap=0.25)
    assert spans == [(0.0, 0.5), (0.75, 1.75)] and len(samples) == 1.75 * RATE


def test_the_window_is_the_loudest_stretch() -> None:
    samples = np.concatenate([noise(1.0), 5 * noise(1.0), noise(1.0)])
    assert np.abs(window(samples, 1.0)).max() == np.abs(samples).max()


def test_a_burst_is_taken_where_the_sound_sets_in() -> None:
    samples = np.concatenate([np.zeros(RATE, dtype=np.float32), noise(1.0)])
    assert np.abs(burst(samples, 0.3)[: RATE // 10]).max() > 0.1


@pytest.mark.parametrize("samples", [noise(0.02), noise(0.2), noise(3.0)])
def test_a_burst_is_never_longer_than_asked(samples: np.ndarray) -> None:
    assert 0 < len(burst(samples, 0.4)) <= 0.4 * RATE


def test_gain_is_in_decibels() -> None:
    assert np.abs(gain(noise(0.1), -20)).max() == pytest.approx(np.abs(noise(0.1)).max() / 10, rel=1e-5)


def test_padding_never_shortens() -> None:
    assert len(pad(noise(1.0), 0.5)) == RATE


def test_an_augmentation_is_the_same_for_the_same_generator_and_within_range() -> None:
    first, second = (augment(noise(1.0), np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second) and np.abs(first).max() <= 0.51
