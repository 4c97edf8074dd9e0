"""Which of AudioSet's 521 sound classes are heard, second by second: YAMNet as an 8-bit ONNX file.

The features are YAMNet's own (github.com/tensorflow/models, research/audioset/yamnet): 25 ms windows
every 10 ms, 64 mel bands from 125 to 7500 Hz, log(x + 0.001), patches of 0.96 s every 0.48 s.

    tagger = Yamnet(Path("results/checkpoints/yamnet")); tags_in_words(tagger.tags(samples))
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from akb.audio.clips import RATE
from akb.errors import AkbError
from akb.models.model_files import check_files
from akb.reading.files import read_records

PATCH_FRAMES, PATCH_HOP = 96, 48  # frames of 10 ms
# The pinned file's quantisation: value = scale * (byte - zero).
_INPUT_SCALE, _INPUT_ZERO = 0.04793788492679596, 144
_OUTPUT_SCALE, _OUTPUT_ZERO = 0.7565417289733887, 190
# Parents that say less than any of their children, and marks of the recording rather than of a sound.
GENERIC = frozenset(
    "Animal,Music,Musical instrument,Vehicle,Domestic animals,Wild animals,Inside,Sound effect,Noise,Silence,"
    "Outside,Musical note,Human voice,Alarm,Tools,Mechanisms".split(",")
) | {"Domestic animals, pets", "Inside, small room", "Inside, large room or hall", "Inside, public space"}
GENERIC |= {"Outside, urban or manmade", "Outside, rural or natural"}


# Tuned on `mini`'s training clips (benchmarks/captioners.py): how many classes are named as heard and from which score
# on, how many more as possible; and how long a clip is made by saying it again, since silence after it drowns it.
SURE, MOST_SURE = 0.1, 5
FAINT, MOST_FAINT = 0.01, 10
_SHORTEST = 2.0  # seconds


@dataclass(frozen=True)
class Tag:
    """A sound class, where it is heard (seconds), and its highest score between 0 and 1; SURE or above is sure."""

    name: str
    start: float
    end: float
    score: float


class Yamnet:
    """A loaded tagger. Raises AkbError if the folder does not hold the model."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        check_files(folder)
        try:
            self.classes = [row["display_name"] for _, row in read_records(folder / "class_map.csv")]
            options = onnxruntime.SessionOptions()
            # A patch takes 8 ms on one thread; a second one only spins, and starves on a busy machine.
            options.intra_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        except Exception as error:  # onnxruntime has its own exceptions for missing and damaged files
            raise AkbError(
                f"the sound tagger cannot be loaded: {error}",
                where=str(folder),
                remedy=f"build it again: snakemake --cores 8 {folder}/fingerprint.json",
            ) from error

    def scores(self, samples: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores between 0 and 1, patches × 521; patch p starts at 0.48 p seconds."""
        patches = np.round(log_mel_patches(samples) / _INPUT_SCALE + _INPUT_ZERO).clip(0, 255).astype(np.uint8)
        raw = np.concatenate([self._session.run(None, {"audio": patch[None, None]})[0] for patch in patches])
        logits = _OUTPUT_SCALE * (raw.astype(np.float64) - _OUTPUT_ZERO)
        return np.asarray(1 / (1 + np.exp(-logits)))

    def tags(self, samples: NDArray[np.float32]) -> list[Tag]:
        """The best classes with the stretch in which each is heard, the most certain first: sure ones, then faint."""
        seconds = len(samples) / RATE
        times = max(1, int(np.ceil(_SHORTEST / max(seconds, 0.01)))) if seconds else 1
        scores = self.scores(np.tile(samples, times) if times > 1 else samples)
        scores[:, [i for i, name in enumerate(self.classes) if name in GENERIC]] = 0.0
        peaks = scores.max(axis=0)
        ranked = [int(i) for i in np.argsort(-peaks, kind="stable") if peaks[i] >= FAINT]
        sure = [i for i in ranked if peaks[i] >= SURE][:MOST_SURE]
        faint = [i for i in ranked if i not in sure][:MOST_FAINT]
        found = []
        for i in [*sure, *faint]:
            heard = np.flatnonzero(scores[:, i] >= max(SURE if i in sure else FAINT, 0.5 * peaks[i]))
            start, end = heard[0] * 0.48, heard[-1] * 0.48 + 0.96
            if start >= seconds:  # in a repeat only
                start, end = 0.0, seconds
            found.append(Tag(self.classes[i], float(start), float(min(end, seconds)), float(peaks[i])))
        return found


def tags_in_words(tags: list[Tag]) -> str:
    """The tags in sentences: sure ones by certainty, with times; their order in time if there is one; faint ones."""
    sure = [tag for number, tag in enumerate(tags) if tag.score >= SURE and number < MOST_SURE]
    faint = tags[len(sure) :]
    if not tags:
        return "No known sound was recognised."
    parts = []
    if sure:
        listed = "; ".join(f"{tag.name} ({tag.start:.1f} to {tag.end:.1f} s, {100 * tag.score:.0f} %)" for tag in sure)
        parts.append(f"Sounds recognised, the most certain first: {listed}.")
        in_order = _in_order(sure)
        if len(in_order) > 1:
            parts.append(f"In order: {', then '.join(in_order)}.")
    if faint:
        opening = "Less certain" if sure else "Nothing for certain; perhaps"
        parts.append(f"{opening}: {', '.join(tag.name for tag in faint)}.")
    return " ".join(parts)


def _in_order(tags: list[Tag]) -> list[str]:
    """The names of sounds that follow each other without overlapping; a less certain one gives way."""
    kept: list[Tag] = []
    for tag in tags:
        if all(tag.end <= other.start + 0.5 or tag.start >= other.end - 0.5 for other in kept):
            kept.append(tag)
    return [tag.name for tag in sorted(kept, key=lambda tag: tag.start)]


def log_mel_patches(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """YAMNet's input patches, n × 96 × 64; a short clip is padded with silence to one patch, an end to half one."""
    frames = max(1, 1 + (len(samples) - 400) // 160)
    patches = 1 + max(0, -(-(frames - PATCH_FRAMES) // PATCH_HOP))
    wanted = 400 + 160 * (PATCH_FRAMES + (patches - 1) * PATCH_HOP - 1)
    padded = np.zeros(wanted)
    padded[: min(wanted, len(samples))] = samples[:wanted]
    windows = np.lib.stride_tricks.sliding_window_view(padded, 400)[::160]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    magnitudes = np.abs(np.fft.rfft(windows * hann, 512, axis=1))
    mel = np.log(magnitudes @ _mel_weights() + 0.001)
    return np.stack([mel[p * PATCH_HOP : p * PATCH_HOP + PATCH_FRAMES] for p in range(patches)])


def _mel_weights() -> NDArray[np.float64]:
    """Triangles, bins × bands, equally wide on the mel scale 1127 ln(1 + f / 700)."""

    def mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1127.0 * np.log(1.0 + hz / 700.0))

    edges = np.linspace(mel(np.array(125.0)), mel(np.array(7500.0)), 66)
    bins = mel(np.linspace(0.0, RATE / 2, 257))[:, None]
    lower, centre, upper = edges[:-2], edges[1:-1], edges[2:]
    return np.maximum(0.0, np.minimum((bins - lower) / (centre - lower), (upper - bins) / (upper - centre)))
