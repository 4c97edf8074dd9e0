"""Clips: decoded whatever their form, checked, identified by their samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from akb.audio.clips import (
    RATE,
    clip_id,
    decode,
    fault_of,
    is_clip,
    measure,
    normalise,
    quantise,
    read_clip,
    same_recording,
    telephone,
    trim,
    write_flac,
)
from akb.errors import AkbError


def tone(seconds: float, hertz: float = 440.0, level: float = 0.3) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal(int(seconds * RATE))).astype(np.float32)


def test_a_written_clip_decodes_to_the_samples_of_its_id(tmp_path: Path) -> None:
    write_flac(noise(1.0), tmp_path / "a.flac")
    assert clip_id(decode(tmp_path / "a.flac")) == clip_id(noise(1.0))


def test_stereo_at_another_rate_becomes_mono_at_ours(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((44_100, 2)), 44_100)
    assert decode(tmp_path / "a.wav").shape == (RATE,)


@pytest.mark.parametrize(
    ("samples", "fault"),
    [
        (tone(1.0), None),
        (np.zeros(RATE, dtype=np.float32), "silent"),
        (tone(0.1), "too short"),
        (tone(13.0), "too long"),
        (np.sign(tone(1.0)), "clipped"),
        (np.full(RATE, np.nan, dtype=np.float32), "not finite"),
        (np.zeros(0, dtype=np.float32), "too short"),
    ],
)
def test_a_clip_that_cannot_be_one_is_refused_with_its_reason(samples: np.ndarray, fault: str | None) -> None:
    assert fault_of(samples) == fault


@pytest.mark.parametrize("present", [True, False])
def test_a_missing_or_unreadable_clip_names_file_and_source(tmp_path: Path, present: bool) -> None:
    path = tmp_path / "dog.wav"
    if present:
        path.write_bytes(b"no sound at all")
    with pytest.raises(AkbError) as raised:
        decode(path, "scratch")
    assert "dog.wav" in raised.value.where and "scratch" in raised.value.where


def test_level_is_measured_against_full_scale() -> None:
    assert measure(tone(1.0, level=1.0)).rms == pytest.approx(-3.01, abs=0.02)


def test_silence_survives_trimming_and_normalising() -> None:
    silence = np.zeros(RATE, dtype=np.float32)
    assert not quantise(normalise(trim(silence))).any()


def test_a_cut_that_was_made_softer_is_the_same_recording() -> None:
    whole = noise(2.0)
    assert same_recording(whole, 0.2 * whole[8000:20000])


def test_two_recordings_of_one_kind_are_not_the_same() -> None:
    assert not same_recording(noise(2.0, seed=1), noise(1.0, seed=2))


def test_a_telephone_keeps_the_length_and_drops_what_lies_above_4_khz() -> None:
    through = telephone(tone(1.0, 6000.0))
    assert abs(len(through) - RATE) <= 400 and measure(through).rms < -40


def test_a_clip_must_hold_the_samples_that_it_is_named_for(tmp_path: Path) -> None:
    samples = noise(1.0)
    path = tmp_path / f"{clip_id(samples)[:16]}.flac"
    write_flac(samples, path)
    stored, _ = soundfile.read(path, dtype="float32")
    assert np.array_equal(read_clip(path), stored)
    write_flac(samples[::-1], path)
    with pytest.raises(AkbError, match=path.name):
        read_clip(path)
    assert not is_clip(path)
    path.unlink()
    assert not is_clip(path)
