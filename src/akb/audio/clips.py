"""A clip: samples at 16 kHz mono, checked, identified by their hash, and written as FLAC.

Everything that becomes a clip is brought to the same form (`decode`), rounded to 16 bits before it
is hashed (so that the file decodes to exactly the samples of its `clip_id`), and checked: a clip
that is silent, clipped, too short, too long or already there under another name is refused with a
reason that goes into a table.

    samples = decode(Path("dog.wav")); fault = fault_of(samples); write_flac(samples, Path("dog.flac"))
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from akb.audio.decoding import read_sound
from akb.errors import AkbError

RATE = 16_000
SHORTEST, LONGEST = 0.4, 12.0  # seconds
SILENT = -60.0  # dB relative to full scale, over the loudest 0.1 s
CLIPPED = 0.01  # share of samples at full scale
PEAK = 0.5  # every recording is brought to this peak: its level tells nothing, its source's mixer set it

USERS_REMEDY = "replace the file by the sound that it should be, or take its row out"

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Measures:
    """Seconds, root mean square and peak in dB relative to full scale, share of samples at full scale."""

    seconds: float
    rms: float
    peak: float
    clipped: float


def read_clip(path: Path) -> Samples:
    """The samples of a clip's file: 16 kHz, mono, between -1 and 1. Raises AkbError for any other file.

    A file that is named for its samples, as every clip of a benchmark or a training set is, must hold these samples.
    """
    remedy = (
        "build the clips again, and what rests on them: snakemake --cores 8 all --forcerun "
        f"{next((parent for parent in path.parents if (parent / 'clips.parquet').exists()), path.parent)}/clips.parquet"
    )
    try:
        samples, rate = soundfile.read(path, dtype="int16")
    except (soundfile.SoundFileError, OSError) as error:
        raise AkbError(f"a clip cannot be read: {error}", where=str(path), remedy=remedy) from error
    if rate != RATE or samples.ndim != 1:
        raise AkbError(
            f"a clip must be mono at {RATE} Hz; this one has shape {samples.shape} at {rate} Hz",
            where=str(path),
            remedy=remedy,
        )
    named = re.fullmatch("[0-9a-f]{16,64}", path.stem)
    if named and not _digest(samples).startswith(named[0]):
        raise AkbError("a clip does not hold the samples that it is named for", where=str(path), remedy=remedy)
    return np.asarray(samples / 32768, dtype=np.float32)


def is_clip(path: Path) -> bool:
    """Whether a clip's file is there and holds the samples that it is named for."""
    try:
        read_clip(path)
    except AkbError:
        return False
    return True


def decode(source: Path | bytes, name: str = "", remedy: str = "") -> Samples:
    """The samples of an audio file, or of its content, at 16 kHz, mono, between -1 and 1; see `decoding`.

    name: of the source that it belongs to, for messages. Raises AkbError naming the file.
    """
    place = str(source) if isinstance(source, Path) else "a sound within a data set"
    where = place + (f" (source {name})" if name else "")
    samples, rate = read_sound(source, where, remedy or USERS_REMEDY)
    return resample(samples, rate)


def resample(samples: Samples, rate: int, target: int = RATE) -> Samples:
    """`samples` at `target` Hz; the same array if it is there already."""
    if rate == target or not samples.size:
        return samples.astype(np.float32)
    return np.asarray(soxr.resample(samples, rate, target), dtype=np.float32)


def measure(samples: Samples) -> Measures:
    """Level and length of a clip; an empty clip has level -inf."""
    if not samples.size:
        return Measures(0.0, -np.inf, -np.inf, 0.0)
    magnitude = np.abs(samples)
    with np.errstate(divide="ignore"):
        return Measures(
            seconds=len(samples) / RATE,
            rms=float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2))),
            peak=float(20 * np.log10(magnitude.max())),
            clipped=float((magnitude >= 0.999).mean()),
        )


def is_silent(samples: Samples) -> bool:
    """Whether nothing is heard: the loudest tenth of a second lies below `SILENT`."""
    return _loudest(samples) < SILENT


def fault_of(samples: Samples) -> str | None:
    """Why these samples cannot be a clip ("silent", "clipped", "too short", "too long", "not finite"), or None."""
    if not np.isfinite(samples).all():
        return "not finite"
    measures = measure(samples)
    if measures.seconds < SHORTEST:
        return "too short"
    if measures.seconds > LONGEST:
        return "too long"
    if is_silent(samples):
        return "silent"
    return "clipped" if measures.clipped > CLIPPED else None


def trim(samples: Samples, below: float = 35.0) -> Samples:
    """Cut away head and tail that lie more than `below` dB under the loudest 20 ms; keeps 20 ms of margin."""
    frame = RATE // 50
    if len(samples) < 2 * frame:
        return samples
    power = (samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-below / 10))
    if not loud.size:
        return samples
    return samples[max(0, loud[0] - 1) * frame : (loud[-1] + 2) * frame]


def normalise(samples: Samples, peak: float = PEAK) -> Samples:
    """Scale to `peak`; silence stays silence."""
    top = float(np.abs(samples).max(initial=0.0))
    return samples if top < 1e-6 else (samples * (peak / top)).astype(np.float32)


def telephone(samples: Samples) -> Samples:
    """What a telephone leaves: 8 kHz sampling and the GSM 06.10 codec, which some sources have gone through
    and others have not; after it a voice's channel does not give away its source."""
    narrow = resample(samples, RATE, 8000)
    packed = io.BytesIO()
    soundfile.write(packed, narrow, 8000, format="RAW", subtype="GSM610")
    packed.seek(0)
    decoded, _ = soundfile.read(
        packed, dtype="float32", format="RAW", subtype="GSM610", channels=1, samplerate=8000, always_2d=True
    )
    return resample(decoded[:, 0], 8000)


def quantise(samples: Samples) -> npt.NDArray[np.int16]:
    """16-bit samples: what is hashed and what is written."""
    return np.round(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")


def clip_id(samples: Samples) -> str:
    """SHA-256 of the 16-bit little-endian samples."""
    return _digest(quantise(samples))


def _digest(samples: npt.NDArray[np.int16]) -> str:
    return hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest()


def write_flac(samples: Samples, path: Path) -> None:
    """Write 16-bit FLAC; decoding it gives `quantise(samples)` again. Writing into a temporary folder is
    the caller's part."""
    soundfile.write(path, quantise(samples), RATE, format="FLAC", subtype="PCM_16")


def same_recording(first: Samples, second: Samples, at_least: float = 0.6) -> bool:
    """Whether one clip holds the other, shifted and scaled: the normalised cross-correlation reaches `at_least`.

    Catches cuts, copies and re-encodings, not changes of speed. Normalised by the shorter clip's energy and the
    energy of the part of the longer one that it lies over.
    """
    from scipy import signal  # slow to import, and few who import this module compare clips

    short, long = sorted((resample(first, RATE, 8000), resample(second, RATE, 8000)), key=len)
    correlation = signal.correlate(long, short, mode="valid", method="fft")
    energies = np.concatenate([[0.0], np.cumsum(long.astype(np.float64) ** 2)])
    under = energies[len(short) :] - energies[: len(energies) - len(short)]
    energy = float((short.astype(np.float64) ** 2).sum())
    # Where the longer clip is all but silent the ratio means nothing.
    scale = np.sqrt(np.maximum(under, 1e-3 * energy) * max(energy, 1e-12))
    return bool((np.abs(correlation) / scale[: len(correlation)]).max() >= at_least)


def _loudest(samples: Samples) -> float:
    frame = min(RATE // 10, max(len(samples), 1))
    power = (samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64) ** 2).mean(axis=1)
    return float(10 * np.log10(max(power.max(initial=0.0), 1e-12)))
