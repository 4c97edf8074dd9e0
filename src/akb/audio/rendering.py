"""Music out of sound fonts, with labels that are exact because the notes are known.

A `SoundFont` plays lists of notes with one General MIDI program, or the drum kit. Phrases, pulses and
cadences are made from a random generator: an instrument's phrase tells its timbre, a pulse its
tempo, a cadence its mode.

    font = SoundFont(Path("TimGM6mb.sf2")); samples = font.play(phrase(rng, 48, 79), program=0)
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tinysoundfont

from akb.audio.clips import RATE, Samples, normalise, trim
from akb.errors import AkbError

TEMPI = {"slow": (54, 66), "medium": (96, 112), "fast": (165, 185)}  # beats per minute


@dataclass(frozen=True)
class Note:
    """Start and length in seconds, MIDI pitch, velocity 1 to 127."""

    start: float
    seconds: float
    pitch: int
    velocity: int = 100


class SoundFont:
    """A loaded sound font. Loading takes up to a second (compressed ones), so keep it. Not for two threads at once,
    which `play` sees to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._synth = tinysoundfont.Synth(samplerate=RATE)
        self._lock = threading.Lock()
        try:
            self._font = self._synth.sfload(str(path))
        except Exception as error:
            raise AkbError(
                f"a sound font cannot be loaded: {error}",
                where=str(path),
                remedy="delete the folder of this source and run again",
            ) from error

    def play(self, notes: Sequence[Note], program: int | None, release: float = 0.3) -> Samples:
        """The notes played by `program` (0 to 127; None: the drum kit), mono, at the usual peak."""
        with self._lock:
            synth = self._synth
            synth.notes_off()
            synth.sounds_off()
            synth.program_change(0, 0, True) if program is None else synth.program_change(0, program, False)
            events = [(note.start, 1, note) for note in notes]
            events += [(note.start + note.seconds, 0, note) for note in notes]
            chunks, at = [], 0
            for time, on, note in sorted(events, key=lambda event: event[:2]):
                chunks.append(self._generate(int(time * RATE) - at))
                at = max(at, int(time * RATE))
                if on:
                    synth.noteon(0, note.pitch, note.velocity)
                else:
                    synth.noteoff(0, note.pitch)
            chunks.append(self._generate(int(release * RATE)))
            synth.sounds_off()
        return normalise(np.concatenate(chunks))

    def _generate(self, frames: int) -> Samples:
        if frames <= 0:
            return np.zeros(0, dtype=np.float32)
        stereo = np.frombuffer(bytes(self._synth.generate(frames)), dtype=np.float32)
        return np.asarray(stereo.reshape(-1, 2).mean(axis=1), dtype=np.float32)


def phrase(rng: np.random.Generator, lowest: int, highest: int, seconds: float = 2.0) -> list[Note]:
    """Two to five notes of a major scale within a range, filling `seconds`."""
    count = int(rng.integers(2, 6))
    length = seconds / count
    base = int(rng.integers(lowest, max(lowest + 1, highest - 12)))
    steps = [0, 2, 4, 5, 7, 9, 11, 12]
    pitches = [min(highest, base + steps[int(rng.integers(0, len(steps)))]) for _ in range(count)]
    velocity = int(rng.integers(80, 120))
    return [Note(i * length, length * 0.95, pitch, velocity) for i, pitch in enumerate(pitches)]


def strokes(rng: np.random.Generator, lowest: int, highest: int, seconds: float = 2.0) -> list[Note]:
    """A rhythm of three to eight strokes on the drums `lowest` to `highest` of the kit."""
    count = int(rng.integers(3, 9))
    return [
        Note(i * seconds / count, 0.1, int(rng.integers(lowest, highest + 1)), int(rng.integers(85, 120)))
        for i in range(count)
    ]


def pulse(rng: np.random.Generator, tempo: str, pitch: int, seconds: float = 4.0) -> tuple[list[Note], int]:
    """An even pulse, one note a beat, in the range of `TEMPI`; and its beats per minute."""
    low, high = TEMPI[tempo]
    beats = int(rng.integers(low, high + 1))
    length = 60 / beats
    steps = [0, 4, 7, 12]
    count = int(seconds / length) + 1
    offsets = [steps[int(rng.integers(0, 4))] for _ in range(count)]
    return [Note(i * length, length * 0.6, pitch + offsets[i]) for i in range(count)], beats


def cadence(rng: np.random.Generator, mode: str, tonic: int) -> list[Note]:
    """The tonic triad, the scale's first five notes up, subdominant and tonic triads: 4 s in one mode."""
    third, sixth = (4, 9) if mode == "major" else (3, 8)
    tonic_triad, subdominant = (0, third, 7), (0, 5, sixth)
    notes = [Note(0.0, 0.75, tonic + step) for step in tonic_triad]
    line = [0, 2, third, 5, 7] if rng.random() < 0.5 else [7, 5, third, 2, 0]
    notes += [Note(0.8 + 0.25 * i, 0.24, tonic + 12 + step) for i, step in enumerate(line)]
    notes += [Note(2.1, 0.75, tonic + step) for step in subdominant]
    return notes + [Note(2.9, 1.0, tonic + step) for step in tonic_triad]


def rendered(font: SoundFont, entry: Sequence[object], rng: np.random.Generator, seconds: float = 2.0) -> Samples:
    """A phrase on an instrument of the plan: `entry` is [family, program or None, lowest, highest]."""
    _, program, lowest, highest = entry
    assert isinstance(lowest, int) and isinstance(highest, int)
    assert program is None or isinstance(program, int)
    notes = (phrase if program is not None else strokes)(rng, lowest, highest, seconds)
    return trim(font.play(notes, program))
